"""Step: the manuscript as Word document, through pandoc."""

import json
from pathlib import Path

from prismake.common.steps import warn
from prismake.common.writing import write_bytes
from prismake.document.blinding import check_blinded, identity_of
from prismake.document.demands import unmet
from prismake.document.docx import coarse_figures, docx_of
from prismake.document.matter import read_head, read_matter
from prismake.document.variants import Edition, edition_of
from prismake.figures.figure import read_figures
from prismake.review.journal import ProfileFiles, read_profile


def _tell_demands(manuscript: Path, references: Path, figures: list[Path], edition: Edition) -> None:
    """Warns of everything that the journal asks for and does not get."""
    matter, works = read_matter(manuscript), json.loads(references.read_text(encoding="utf-8"))
    text = manuscript.read_text(encoding="utf-8")
    found = read_figures(figures, edition.page, edition.profile["figures"]["min_dpi"])
    told = unmet(matter, edition.profile, text, len(works), manuscript.as_posix())
    for issue in [*told, *coarse_figures(found, edition.profile)]:
        warn(issue)


def write_docx(
    *,
    manuscript: Path,
    references: Path,
    figures: list[Path],
    profile: ProfileFiles,
    schema: Path,
    csl: Path,
    filters: list[Path],
    fonts: list[Path],
    docx: Path,
    variant: str = "whole",
) -> None:
    """Writes the Word document of a manuscript in the look that a journal asks for, or a variant of it.

    `filters`: the Lua files prepare, citations, select, columns, word and settings; `fonts` are measured, not embedded.
    Raises BuildStop for an unknown citation key, a missing figure, an unresolved cross-reference, a table that no
    page can hold, or a blinded copy that tells who wrote it.
    """
    journal = read_profile(profile, schema)
    edition = edition_of(journal, variant)
    if variant == "whole":
        _tell_demands(manuscript, references, figures, edition)
    content = docx_of(edition, manuscript, references, figures, csl, filters, fonts)
    if edition.blinded:
        check_blinded(content, identity_of(read_head(manuscript)), docx, manuscript)
    write_bytes(docx, content)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_docx, globals()["snakemake"])
