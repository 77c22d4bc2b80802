"""Step: the manuscript as PDF, through Typst."""

from collections.abc import Sequence
from pathlib import Path

from prismake.common.writing import write_bytes
from prismake.document.blinding import check_blinded
from prismake.document.documents import Files, arrange_source, read_source
from prismake.document.pdf import attachments_of, pdf_of
from prismake.document.variants import edition_of
from prismake.manuscript.model import read_manuscript
from prismake.review.journal import read_profile


def write_pdf(
    *,
    files: Files,
    pdf: Path,
    variant: str = "whole",
    evidence: Sequence[Path] = (),
    records: Sequence[Path] = (),
) -> None:
    """Writes the PDF of a manuscript in the look that a journal asks for, or a variant of it.

    The writer's files are the Lua filters typst and settings and the Typst template. `evidence` (values.json,
    flow.json, config.yaml) is attached to the file whole, `records` (exports, records, clusters, screening) by
    checksum, where the variant carries them; a blinded copy does not. Raises BuildStop as `write_docx` does.
    """
    edition = edition_of(read_profile(files.profile, files.schema), variant)
    source = read_source(files, edition)
    attached = attachments_of(evidence, records) if edition.evidence else {}
    content = pdf_of(source, arrange_source(source, edition, linked=True), edition, attached)
    if edition.blinded:
        check_blinded(content, source.identity, pdf, read_manuscript(files.manuscript))
    write_bytes(pdf, content)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_pdf, globals()["snakemake"])
