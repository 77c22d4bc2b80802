"""The preflight of a PDF. A module of its own: the build's preflight need not wait for pypdf."""

from __future__ import annotations

from collections.abc import Iterable

from prismake.common.limits import TooMuch, memory_bound, time_bound
from prismake.preflight.checks.pdf import Pdf
from prismake.preflight.document import Document
from prismake.preflight.findings import CHECKS, Asked, Found, Outcome
from prismake.preflight.run import LONGEST_OPENING, Report, run_checks

# Bytes beyond what is in use; a PDF of three hundred pages takes a tenth of it.
MOST_MEMORY = 2 << 30


def check_pdf(content: bytes, asked: Asked, *, beside: Document | None = None, allowed: Iterable[str] = ()) -> Report:
    """The preflight of a PDF; `beside` is the Word document that must say the same. Never raises for what it holds."""
    try:
        with memory_bound(MOST_MEMORY):
            with time_bound(LONGEST_OPENING):
                pdf = Pdf(content, beside)
            asked = asked.of(pdf.subject)
            return Report(asked.file_name, run_checks(pdf, asked, "pdf"), set(allowed), asked.variant)
    except TooMuch as fault:
        check = next(check for check in CHECKS if check.id == "pdf-readable")
        return Report(asked.file_name, [Outcome(check, [Found(f"reading the PDF {fault}")])], ())
