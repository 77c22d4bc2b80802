"""Step: every section that the journal wants as a file of its own, as Word document."""

from pathlib import Path

from prismake.common.writing import write_bytes
from prismake.document.documents import Files, arrange_source, read_source
from prismake.document.docx import docx_of
from prismake.document.variants import edition_of
from prismake.review.journal import read_profile


def write_sections(
    *,
    files: Files,
    folder: Path,
) -> None:
    """Writes the sections that the profile's list of things to submit names as files into `folder`.

    A section that the manuscript does not have gives no file; its numbers of citations are those of the whole
    manuscript. Raises BuildStop as `write_docx` does.
    """
    about = read_profile(files.profile, files.schema)
    folder.mkdir(parents=True, exist_ok=True)
    source = read_source(files, edition_of(about, "section"))
    there = {section.role for section in source.manuscript.sections if section.level == 1}
    made = arrange_source(source, edition_of(about, "section"), linked=False)
    for entry in about["submission"]:
        if "file" in entry and entry["role"] in there:
            content = docx_of(source, made, edition_of(about, "section", role=entry["role"]))
            write_bytes(folder / f"{entry['file']}.docx", content)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_sections, globals()["snakemake"])
