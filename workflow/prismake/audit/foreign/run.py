"""Runs all checks over a foreign document."""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from prismake.audit.foreign import checks
from prismake.audit.foreign.findings import CHECKS, Check, Finding, Outcome
from prismake.audit.foreign.masking import masked
from prismake.audit.foreign.paper import Paper, Sentence
from prismake.common.limits import TooMuch, time_bound

# Seconds of a check, and of all together; an article takes a tenth of one for all.
LONGEST_CHECK, LONGEST = 10, 60

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
    def claims(self) -> list[Finding]:
        """What a person has to decide."""
        return [claim for outcome in self.outcomes for claim in outcome.claims]

    @property
    def sound(self) -> bool:
        """Whether there is no error."""
        return not any(finding.severity == "error" for finding in self.findings)

    @property
    def unchecked(self) -> list[str]:
        """What could not be read or checked, each once."""
        long = [f"{one.paragraph.place}: {len(one.text):,} letters without a full stop" for one in self.paper.too_long]
        return list(
            dict.fromkeys([*self.paper.unread, *long, *(one for out in self.outcomes for one in out.unchecked)])
        )

    @property
    def idle(self) -> list[str]:
        """The checks that met nothing to compare."""
        return [
            one.check.id for one in self.outcomes if not (one.passed or one.findings or one.unchecked or one.claims)
        ]

    @cached_property
    def numbered(self) -> list[Sentence]:
        """The sentences with numbers on the findings: those of abstract, Results, Discussion, captions and notes."""
        return [one for one in self.paper.sentences if one.reports_findings and masked(one.text).numbers]

    @cached_property
    def uncompared(self) -> list[Sentence]:
        """Those of them of which no number was compared with anything."""
        compared = [text for outcome in self.outcomes for text in outcome.compared]
        return [one for one in self.numbered if not any(one.text in text for text in compared)]

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
            "to_confirm": [asdict(claim) for claim in self.claims],
            "checked": [outcome.plain() for outcome in self.outcomes],
            "unchecked": self.unchecked,
            "uncompared": [{"place": one.paragraph.place, "text": one.text} for one in self.uncompared],
        }

    def by_check(self, findings: Iterable[Finding]) -> Iterator[tuple[str, list[Finding]]]:
        """Findings under the description of their check, in the order of the checks."""
        listed = list(findings)
        for outcome in self.outcomes:
            own = [one for one in listed if one.rule == outcome.check.id]
            if own:
                yield outcome.check.id, own


def audit_paper(paper: Paper) -> Report:
    """The report of all checks on a document."""
    outcomes = []
    started = time.process_time()
    for check in CHECKS.values():
        outcome = Outcome(check, paper.name)
        try:
            _run(check, paper, outcome, LONGEST - (time.process_time() - started))
        except TooMuch:
            outcome.unchecked.append(f"{check.id}: stopped, as the text takes it too long")
        outcomes.append(outcome)
    return Report(paper, outcomes)


def _run(check: Check, paper: Paper, outcome: Outcome, left: float) -> None:
    """Runs a check in the seconds that are left for all. Raises TooMuch where it needs more."""
    if left <= 0:
        raise TooMuch("takes too long")
    with time_bound(min(LONGEST_CHECK, left)):
        check.run(paper, outcome)
