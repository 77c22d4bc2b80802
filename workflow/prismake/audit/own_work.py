"""Where a text tells how its review was done, and a finding about it."""

from __future__ import annotations

from prismake.audit.findings import Finding, Severity
from prismake.audit.passages import SUMMARIES, Passage

OWN = SUMMARIES | {"abstract", "letter"}


def is_methods(passage: Passage) -> bool:
    """Whether a passage stands in the Methods."""
    return "method" in passage.part


def is_own(passage: Passage) -> bool:
    """Whether a passage tells how this review was done."""
    return (is_methods(passage) or passage.part in OWN) and not passage.floating


def finding_at(identifier: str, severity: Severity, passage: Passage, message: str, fix: str) -> Finding:
    """A finding of a rule at a passage."""
    return Finding(identifier, severity, passage.file, passage.line, passage.text.strip(), message, fix)
