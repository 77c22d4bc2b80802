"""Step: every table as a Word document of its own."""

from pathlib import Path

from prismake.common.writing import write_bytes
from prismake.document.docx import docx_of
from prismake.document.matter import read_matter
from prismake.document.variants import edition_of
from prismake.review.journal import ProfileFiles, read_profile


def write_tables(
    *,
    manuscript: Path,
    references: Path,
    figures: list[Path],
    profile: ProfileFiles,
    schema: Path,
    csl: Path,
    filters: list[Path],
    fonts: list[Path],
    folder: Path,
) -> None:
    """Writes every table of the manuscript, with its caption and notes, into `folder`, named as the journal asks.

    Numbers of tables and citations are those of the whole manuscript. Raises BuildStop as `write_docx` does.
    """
    journal = read_profile(profile, schema)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, read_matter(manuscript).tables + 1):
        edition = edition_of(journal, "table", number)
        name = journal["files"]["table"].replace("{number}", str(number))
        content = docx_of(edition, manuscript, references, figures, csl, filters, fonts)
        write_bytes(folder / f"{name}.docx", content)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_tables, globals()["snakemake"])
