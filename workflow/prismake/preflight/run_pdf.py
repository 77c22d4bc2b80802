"""The preflight of a PDF, in a module of its own so that the build's preflight does not load pypdf."""

from __future__ import annotations

from collections.abc import Iterable

from prismake.common.limits import TooMuch, memory_bound, time_bound
from prismake.preflight.checks.pdf import Pdf
from prismake.preflight.document import Document
from prismake.preflight.findings import CHECKS, Finding, Outcome, Requirements
from prismake.preflight.run import LONGEST_OPENING, Report, run_checks

# Bytes beyond what is in use; a PDF of three hundred pages takes a tenth of it.
MOST_MEMORY = 2 << 30


def check_pdf(
    content: bytes, required: Requirements, *, beside: Document | None = None, allowed: Iterable[str] = ()
) -> Report:
    """The preflight of a PDF; `beside` is the Word document with the same text. Never raises for what the PDF holds."""
    try:
        with memory_bound(MOST_MEMORY):
            with time_bound(LONGEST_OPENING):
                pdf = Pdf(content, beside)
            required = required.for_variant(pdf.subject)
            return Report(required.file_name, run_checks(pdf, required, "pdf"), set(allowed), required.variant)
    except TooMuch as fault:
        check = next(check for check in CHECKS if check.id == "pdf-readable")
        return Report(required.file_name, [Outcome(check, [Finding(f"reading the PDF {fault}")])], ())
