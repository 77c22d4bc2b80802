"""Numbers of the finished document that the manuscript does not hold."""

from __future__ import annotations

from collections.abc import Iterator

from prismake.audit.findings import Finding, rule
from prismake.audit.matter import Matter
from prismake.common.results.manuscript import DOCX

FIX = "if the file was changed by hand, delete it and build again; else report it with the journal's profile"


@rule(
    "unexplained-number",
    "error",
    needs=("document",),
    example="“51 women” in manuscript.docx, where the manuscript has 50",
    blind="numbers in pictures and in the list of references; beside a citation, a number that stands beside another",
)
def unexplained_number(matter: Matter) -> Iterator[Finding]:
    """A number of the Word document stands in no sentence, cell, caption or note that it was made from."""
    for row in matter.unexplained:
        text = f"{row['before']}{row['number']}{row['after']}".strip()
        message = f"nothing in the manuscript explains '{row['number']}' ({row['section']})"
        yield Finding("unexplained-number", "error", DOCX.path, 0, text, message, FIX)
