"""Runs the checks over a document and reports their findings as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from prismake.common.errors import Issue, counted, inert
from prismake.common.limits import TooMuch, time_bound
from prismake.preflight.checks import (
    blinding,
    captions,
    citations,
    fields,
    leftovers,
    markup,
    package,
    pages,
    pictures,
    properties,
    styles,
    table_contents,
    tables,
    text,
    title_page,
)
from prismake.preflight.document import Document
from prismake.preflight.findings import CHECKS, THEMES, Check, Finding, Kind, Outcome, Requirements, Skip

# Importing a module registers its checks.
MODULES = (
    package,
    markup,
    styles,
    fields,
    tables,
    table_contents,
    captions,
    pages,
    pictures,
    citations,
    text,
    leftovers,
    title_page,
    properties,
    blinding,
)

# Findings of a check that are kept, and that are shown as text.
MOST_KEPT = 100
MOST_SHOWN = 10
# Seconds of the processor for one check, and for opening a document; the example takes a fifth of a second in all.
LONGEST_CHECK = {"docx": 10, "pdf": 60}
LONGEST_OPENING = 60


@dataclass
class Report:
    """The findings of all checks in one document. `allowed`: checks whose errors count as warnings.

    `unmet`: what the journal asks for and the manuscript lacks; known only in a build.
    """

    name: str
    outcomes: list[Outcome]
    allowed: Collection[str] = ()
    variant: str = "whole"
    unmet: Sequence[Issue] = ()

    def _count(self, severity: str) -> int:
        return sum(
            outcome.more * (self.severity(outcome, None) == severity)
            + sum(self.severity(outcome, finding) == severity for finding in outcome.findings)
            for outcome in self.outcomes
        )

    def severity(self, outcome: Outcome, finding: Finding | None) -> str:
        """The severity of a finding here: an allowed check only warns."""
        own = outcome.check.severity if finding is None else outcome.severity_of(finding)
        return "warning" if outcome.check.id in self.allowed else own

    @property
    def errors(self) -> int:
        """How many errors there are."""
        return self._count("error")

    @property
    def warnings(self) -> int:
        """How many warnings there are, unmet requirements included."""
        return self._count("warning") + len(self.unmet)

    @property
    def passed(self) -> bool:
        """Whether there is no error."""
        return self.errors == 0

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values; the same document gives the same report."""
        return {
            "file": self.name,
            "variant": self.variant,
            "passed": self.passed,
            "errors": self.errors,
            "warnings": self.warnings,
            "checks": [
                {
                    "id": outcome.check.id,
                    "theme": outcome.check.theme,
                    "severity": outcome.check.severity,
                    "description": outcome.check.description,
                    "result": result_of(outcome),
                    **({"skipped": outcome.skipped} if outcome.skipped else {}),
                    "findings": [
                        {
                            "severity": self.severity(outcome, finding),
                            "message": inert(finding.message),
                            "where": inert(finding.where),
                        }
                        for finding in outcome.findings
                    ],
                    **({"more": outcome.more} if outcome.more else {}),
                }
                for outcome in self.outcomes
            ],
            "unmet": [
                {"message": inert(issue.message), "where": inert(issue.where), "fix": inert(issue.fix)}
                for issue in self.unmet
            ],
        }

    def as_text(self) -> str:
        """The report as text: findings by theme, one line per finding, then the checks that were skipped and why."""
        skipped = [outcome for outcome in self.outcomes if outcome.skipped]
        verdict = "passed" if self.passed else "FAILED"
        kind = "" if self.variant == "whole" else f" ({self.variant})"
        lines = [
            f"{self.name}{kind}: {verdict}. {counted(len(self.outcomes), 'check')}, {counted(self.errors, 'error')}, "
            f"{counted(self.warnings, 'warning')}, {len(skipped)} skipped"
        ]
        if self.unmet:
            lines += ["", "Journal"]
            lines += [f"  {'warning':9}{issue.where}: {issue.message}" for issue in self.unmet]
        for theme in THEMES:
            outcomes = [outcome for outcome in self.outcomes if outcome.check.theme == theme and outcome.findings]
            if outcomes:
                lines += ["", theme.capitalize()]
            for outcome in outcomes:
                lines.append(f"  {outcome.check.id}: {outcome.check.description}")
                for finding in outcome.findings[:MOST_SHOWN]:
                    where = f"{finding.where}: " if finding.where else ""
                    lines.append(f"    {self.severity(outcome, finding)}  {where}{finding.message}")
                left = len(outcome.findings) - MOST_SHOWN + outcome.more
                if left > 0:
                    lines.append(f"    … and {left} more")
        if skipped:
            lines += ["", "Skipped"]
            for reason in dict.fromkeys(outcome.skipped for outcome in skipped):
                names = [outcome.check.id for outcome in skipped if outcome.skipped == reason]
                listed = ", ".join(names) if len(names) <= MOST_SHOWN else f"{len(names)} checks"
                lines.append(f"  {reason}: {listed}")
        return "\n".join(inert(line) for line in lines) + "\n"


def result_of(outcome: Outcome) -> str:
    """passed, found or skipped."""
    return "skipped" if outcome.skipped else "found" if outcome.findings else "passed"


def checks_of(kind: Kind) -> list[Check]:
    """The checks of a kind of document in the order of the themes."""
    return sorted((check for check in CHECKS if check.kind == kind), key=lambda check: THEMES.index(check.theme))


def run_checks(document: Any, required: Requirements, kind: Kind) -> list[Outcome]:
    """Every check of a kind over an opened document. Never raises for what the document holds."""
    return [run_check(check, document, required) for check in checks_of(kind)]


def run_check(check: Check, document: Any, required: Requirements) -> Outcome:
    """One check over an opened document. Never raises for what the document holds."""
    outcome = Outcome(check)
    try:
        with time_bound(LONGEST_CHECK[check.kind]):
            findings = iter(check.find(document, required))
            outcome.findings = list(islice(findings, MOST_KEPT))
            outcome.more = sum(1 for _ in findings)
    except Skip as reason:
        outcome.skipped = str(reason)
    except TooMuch:
        outcome.findings.append(
            Finding(f"the check did not finish within {LONGEST_CHECK[check.kind]} seconds", severity="error")
        )
    # A hostile file may raise what nobody foresaw: the check fails, and the others still run.
    except Exception as fault:
        message = UNREADABLE if check.kind == "pdf" else FAULT
        outcome.findings.append(Finding(f"{message} ({type(fault).__name__}: {str(fault)[:120]})", severity="error"))
    return outcome


# pypdf opens damaged files and raises an exception when a check reaches the damage.
UNREADABLE = "a part of the PDF cannot be read"
FAULT = "the check itself failed on this document; please report it"


def check_docx(content: bytes, required: Requirements, *, allowed: Iterable[str] = ()) -> Report:
    """The preflight of a Word document. Never raises for what the document holds.

    `allowed` names checks that only warn here, as tracked changes in a copy that is made to show them.
    """
    try:
        with time_bound(LONGEST_OPENING):
            document = Document(content)
    except TooMuch:
        return _unopened("zip-bomb", f"the document could not be opened within {LONGEST_OPENING} seconds", required)
    # As with the checks: an unforeseen fault is a finding and not a traceback.
    except Exception as fault:
        return _unopened("zip-readable", f"{FAULT} ({type(fault).__name__}: {str(fault)[:120]})", required)
    required = required.for_variant(document.properties.get("category", ""))
    return Report(required.file_name, run_checks(document, required, "docx"), set(allowed), required.variant)


def _unopened(name: str, message: str, required: Requirements) -> Report:
    check = next(check for check in CHECKS if check.id == name)
    return Report(required.file_name, [Outcome(check, [Finding(message)])])


def report_json(reports: list[Report]) -> str:
    """One report as an object, several as a list."""
    content: Any = [report.as_json() for report in reports]
    return json.dumps(content[0] if len(content) == 1 else content, ensure_ascii=False, indent=2) + "\n"
