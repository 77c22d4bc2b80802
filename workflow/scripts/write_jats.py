"""Step: the manuscript as JATS XML, through pandoc."""

from pathlib import Path

from prismake.common.writing import write_bytes
from prismake.document.documents import Files, arrange_source, read_source
from prismake.document.jats_parts import PLAIN, jats_of, own_abstract
from prismake.document.variants import edition_of
from prismake.manuscript.model import read_manuscript
from prismake.review.journal import read_profile


def write_jats(
    *,
    files: Files,
    jats: Path,
) -> None:
    """Writes the manuscript as JATS 1.1.

    The writer's files are the Lua filters jats and settings. Raises BuildStop as the writers of the other documents do.
    """
    about = read_profile(files.profile, files.schema)
    abstract = own_abstract(about["abstract"], read_manuscript(files.manuscript).plain_head.get("abstract"))
    edition = edition_of({**about, **PLAIN, "abstract": abstract}, "whole")
    source = read_source(files, edition)
    contents = source.manuscript.sections, source.manuscript.floats
    made = arrange_source(source, edition, linked=True)
    write_bytes(jats, jats_of(source, made, edition, *contents, journal=files.journal))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_jats, globals()["snakemake"])
