"""Step: every table as a Word document of its own."""

from pathlib import Path

from prismake.common.writing import write_bytes
from prismake.document.documents import Files, arrange_source, read_source
from prismake.document.docx import docx_of
from prismake.document.variants import edition_of
from prismake.review.journal import read_profile


def write_tables(
    *,
    files: Files,
    folder: Path,
) -> None:
    """Writes every table of the manuscript, with its caption and notes, into `folder`, named as the journal asks.

    Numbers of tables and citations are those of the whole manuscript. Raises BuildStop as `write_docx` does.
    """
    about = read_profile(files.profile, files.schema)
    folder.mkdir(parents=True, exist_ok=True)
    edition = edition_of(about, "table", 1)
    source = read_source(files, edition)
    tables = source.manuscript.counts.tables
    made = arrange_source(source, edition, linked=False)
    for number in range(1, tables + 1):
        name = about["files"]["table"].replace("{number}", str(number))
        write_bytes(folder / f"{name}.docx", docx_of(source, made, edition_of(about, "table", number)))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_tables, globals()["snakemake"])
