"""The checks of a foreign document: one list, and what each reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from prismake.audit.foreign.paper import Paper, Paragraph, Sentence

Severity = Literal["error", "warning", "confirm"]
Place = Sentence | Paragraph | str


@dataclass(frozen=True)
class Finding:
    """A fault, or a claim to confirm: where it stands, its words, what is wrong, what to do. `line` 0: none."""

    rule: str
    severity: Severity
    file: str
    line: int
    place: str
    text: str
    message: str
    fix: str


@dataclass
class Outcome:
    """What a check compared and found in order (`passed`), found wrong, left to a person (`claims`), could not decide.

    `compared` holds the texts of which some number was compared.
    """

    check: Check
    file: str
    passed: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    claims: list[Finding] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)

    def right(self, where: Place, shown: str) -> None:
        """Notes a comparison that holds, as the report shows it."""
        if shown not in self.passed:
            self.passed.append(shown)
        self.compared.append(where if isinstance(where, str) else where.text)

    def wrong(self, where: Place, message: str, fix: str, *, text: str = "", severity: Severity | None = None) -> None:
        """Adds a finding at a sentence, paragraph or named place; the same is reported once."""
        at = where.paragraph if isinstance(where, Sentence) else where
        place, line = (at, 0) if isinstance(at, str) else (at.place, at.line)
        words = text or ("" if isinstance(where, str) else where.text)
        finding = Finding(self.check.id, severity or self.check.severity, self.file, line, place, words, message, fix)
        listed = self.claims if finding.severity == "confirm" else self.findings
        if finding not in listed:
            listed.append(finding)
        if finding.severity != "confirm":
            self.compared.append(words if isinstance(where, str) else where.text)

    def plain(self) -> dict[str, Any]:
        """The outcome as plain data."""
        return {
            "check": self.check.id,
            "description": self.check.description,
            "passed": self.passed,
            "findings": len(self.findings),
            "to_confirm": len(self.claims),
            "unchecked": self.unchecked,
        }


@dataclass(frozen=True)
class Check:
    """A check: what it compares, how sure it is, an example, and what it cannot detect."""

    id: str
    severity: Severity
    description: str
    example: str
    blind: str
    run: Callable[[Paper, Outcome], None]


CHECKS: dict[str, Check] = {}


def check(
    identifier: str, severity: Severity, *, example: str, blind: str
) -> Callable[[Callable[[Paper, Outcome], None]], Callable[[Paper, Outcome], None]]:
    """Registers a check of a foreign document; its docstring says what it compares."""

    def register(run: Callable[[Paper, Outcome], None]) -> Callable[[Paper, Outcome], None]:
        if identifier in CHECKS:
            raise ValueError(f"two checks are called {identifier}")
        CHECKS[identifier] = Check(identifier, severity, " ".join((run.__doc__ or "").split()), example, blind, run)
        return run

    return register
