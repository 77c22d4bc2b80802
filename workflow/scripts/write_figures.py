"""Step: the figures as files of their own, at the journal's resolution and in its formats."""

from datetime import UTC, datetime
from pathlib import Path

from prismake.common.errors import Issue
from prismake.common.steps import warn
from prismake.common.writing import write_bytes
from prismake.document.matter import matter_of
from prismake.figures.figure import read_figures
from prismake.figures.separate import as_it_is, files_of
from prismake.manuscript.contents import pictures_in
from prismake.manuscript.model import read_manuscript
from prismake.manuscript.walking import all_nodes
from prismake.review.journal import ProfileFiles, page_of, read_profile


def write_figures(
    *, manuscript: Path, figures: list[Path], profile: ProfileFiles, schema: Path, fonts: list[Path], folder: Path
) -> None:
    """Writes every figure of the manuscript into `folder`, named and made as the journal's profile asks.

    Pictures in its sentences stand beside them under their own names, by which the JATS file calls them.

    Warns of files larger than the journal takes.
    """
    journal = read_profile(profile, schema)
    pictures = read_figures(figures, page_of(journal), journal["figures"]["min_dpi"])
    largest = journal["figures"].get("max_mb")
    text = read_manuscript(manuscript)
    date = matter_of(text).date
    day = datetime(date.year, date.month, date.day, tzinfo=UTC)
    folder.mkdir(parents=True, exist_ok=True)
    # They stand in the order of their numbers.
    shown = [pictures[item.file] for item in text.floats if item.kind == "fig" and item.file in pictures]
    for number, figure in enumerate(shown, start=1):
        for name, content in files_of(figure, number, journal, fonts, day).items():
            write_bytes(folder / name, content)
            if largest and len(content) > largest * 1_000_000:
                message = f"the file has {len(content) / 1e6:.1f} MB; {journal['name']} takes at most {largest:g} MB"
                warn(Issue("figure-large", message, (folder / name).as_posix(), "print the figure smaller", "warning"))
    for picture in pictures_in(all_nodes(text.document)):
        if beside := pictures.get(picture.target):
            write_bytes(folder / beside.main.name, as_it_is(beside))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_figures, globals()["snakemake"])
