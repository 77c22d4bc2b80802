"""Step: the manuscript as a Word document, through pandoc."""

from pathlib import Path

from prismake.common.steps import warn
from prismake.common.writing import write_bytes
from prismake.document.blinding import check_blinded
from prismake.document.citation_faults import citation_faults
from prismake.document.csl import prepared_style
from prismake.document.demands import unmet
from prismake.document.documents import Files, Source, arrange_source, read_source
from prismake.document.docx import coarse_figures, docx_of
from prismake.document.kinds import Style
from prismake.document.matter import matter_of
from prismake.document.variants import Edition, edition_of
from prismake.manuscript.model import read_manuscript
from prismake.review.journal import read_profile


def _warn_of_demands(source: Source, edition: Edition) -> None:
    """Warns of everything that the journal asks for and does not get, and of what its style cannot print."""
    manuscript = source.manuscript
    issues = unmet(matter_of(manuscript), edition.profile, manuscript, len(source.works))
    style = Style(prepared_style(source.files.csl.read_bytes()))
    faults = citation_faults(manuscript, style, edition.profile["citations"])
    for issue in [*issues, *faults, *coarse_figures(source.figures, edition.profile)]:
        warn(issue)


def write_docx(
    *,
    files: Files,
    docx: Path,
    variant: str = "whole",
) -> None:
    """Writes the Word document of a manuscript in the look that a journal asks for, or a variant of it.

    The writer's files are the Lua filters word and settings. Raises BuildStop for a float in the wrong order, a
    table that no page can hold, an equation that cannot be set, or a blinded copy that tells who wrote it.
    """
    edition = edition_of(read_profile(files.profile, files.schema), variant)
    source = read_source(files, edition)
    if variant == "whole":
        _warn_of_demands(source, edition)
    # A reference manager writes the text of its fields anew, without links.
    linked = edition.profile["citations"]["live"] == "off"
    content = docx_of(source, arrange_source(source, edition, linked=linked), edition)
    if edition.blinded:
        check_blinded(content, source.identity, docx, read_manuscript(files.manuscript))
    write_bytes(docx, content)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_docx, globals()["snakemake"])
