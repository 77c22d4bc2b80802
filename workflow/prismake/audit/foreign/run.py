"""Runs all checks over a foreign document and writes the report."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from prismake.audit.foreign import checks
from prismake.audit.foreign.findings import CHECKS, Finding, Outcome
from prismake.audit.foreign.paper import Paper
from prismake.common.errors import counted
from prismake.common.limits import TooMuch, time_bound

# Findings of one check, and passed comparisons, that the screen shows; JSON holds all.
SHOWN = 10
SHOWN_PASSED = 5
# Seconds of a check; an article takes a tenth of one.
LONGEST_CHECK = 10

for _module in pkgutil.iter_modules(checks.__path__):
    importlib.import_module(f"{checks.__name__}.{_module.name}")


@dataclass(frozen=True)
class Report:
    """The audit of a foreign document: the outcome of every check."""

    paper: Paper
    outcomes: list[Outcome]

    @property
    def findings(self) -> list[Finding]:
        """All findings, errors first."""
        findings = [finding for outcome in self.outcomes for finding in outcome.findings]
        return sorted(findings, key=lambda one: one.severity != "error")

    @property
    def sound(self) -> bool:
        """Whether there is no error."""
        return not any(finding.severity == "error" for finding in self.findings)

    @property
    def unchecked(self) -> list[str]:
        """What could not be read or checked, each once."""
        return list(
            dict.fromkeys([*self.paper.unread, *(one for outcome in self.outcomes for one in outcome.unchecked)])
        )

    def plain(self) -> dict[str, Any]:
        """The report as plain data."""
        paper = self.paper
        return {
            "file": paper.name,
            "form": paper.form,
            "read": {
                "paragraphs": len(paper.paragraphs),
                "tables": len(paper.tables),
                "references": len(paper.references),
                "citations": paper.style,
            },
            "findings": [asdict(finding) for finding in self.findings],
            "checked": [outcome.plain() for outcome in self.outcomes],
            "unchecked": self.unchecked,
        }

    def lines(self) -> Iterator[str]:
        """The report as text: what was read, found, passed, and could not be checked."""
        paper = self.paper
        read = ", ".join(
            (
                counted(len(paper.paragraphs), "paragraph"),
                counted(len(paper.tables), "table"),
                counted(len(paper.references), "reference"),
            )
        )
        yield f"{paper.name} ({paper.form}): {read}"
        for outcome in self.outcomes:
            for finding in outcome.findings[:SHOWN]:
                place = f"{finding.place} (line {finding.line})" if finding.line else finding.place
                yield f"{finding.severity.upper()} {place}: {finding.message} ({finding.rule})"
                if finding.text:
                    yield f"  “{finding.text}”"
                yield f"  -> {finding.fix}"
            if len(outcome.findings) > SHOWN:
                yield f"… and {len(outcome.findings) - SHOWN} more of {outcome.check.id}"
        yield "Checked and in order:"
        for outcome in self.outcomes:
            if outcome.passed:
                shown = "; ".join(dict.fromkeys(outcome.passed[:SHOWN_PASSED]))
                more = f"; … ({len(outcome.passed)} in all)" if len(outcome.passed) > SHOWN_PASSED else ""
                yield f"  {outcome.check.id}: {shown}{more}"
        if not any(outcome.passed for outcome in self.outcomes):
            yield "  nothing"
        yield "Not checked:"
        for line in self.unchecked:
            yield f"  {line}"
        idle = [one.check.id for one in self.outcomes if not (one.passed or one.findings or one.unchecked)]
        if idle:
            yield f"  nothing to compare for: {', '.join(idle)}"
        yield "  every other number and claim: whether it is true is not decided by the document alone"
        errors = sum(finding.severity == "error" for finding in self.findings)
        yield f"{counted(errors, 'error')}, {counted(len(self.findings) - errors, 'warning')}"


def audit_paper(paper: Paper) -> Report:
    """The report of all checks on a document."""
    outcomes = []
    for check in CHECKS.values():
        outcome = Outcome(check, paper.name)
        try:
            with time_bound(LONGEST_CHECK):
                check.run(paper, outcome)
        except TooMuch:
            outcome.unchecked.append(f"{check.id}: the text is too long for it")
        outcomes.append(outcome)
    return Report(paper, outcomes)
