"""Runs the rules over a manuscript: findings, waived and confirmed ones apart, each once and grouped for the screen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import prismake.audit.rules  # noqa: F401  (registers the rules)
from prismake.audit.findings import RULES, Finding, merged
from prismake.audit.matter import Matter
from prismake.audit.statements import digest_of, faults_of_stated, unused
from prismake.common.errors import Issue, counted

# Findings of one rule that the screen shows; the file holds all.
SHOWN = 10
TYPED = "typed-number"


@dataclass
class Audit:
    """The outcome of an audit by some `rules`: what was found, and how many findings were waived or confirmed."""

    rules: list[str] = field(default_factory=list)

    findings: list[Finding] = field(default_factory=list)
    digests: dict[int, str] = field(default_factory=dict)
    # Whether the manuscript prints no value at all, so that its typed numbers are compared with nothing.
    valueless: bool = False
    waived: int = 0
    confirmed: int = 0

    def of(self, *severities: str) -> list[Finding]:
        """The findings of these severities."""
        return [finding for finding in self.findings if finding.severity in severities]

    def issues(self, *severities: str, without: Sequence[str] = ()) -> Iterator[Issue]:
        """The findings as the screen shows them while a build goes on; of many of one rule the first, and a count."""
        wanted = severities or ("error", "warning")
        listed = [one for one in self.findings if one.rule not in without]
        if self.valueless and (numbers := [one for one in listed if one.rule.startswith(TYPED)]):
            listed = [one for one in listed if not one.rule.startswith(TYPED)]
            message = f"the text prints no value: nothing computes its {counted(len(numbers), 'typed number')}"
            fix = "results/audit/to_state.csv lists them; docs/values.md says how values are written"
            yield Issue("no-values", message, "", fix, "warning")
        findings = [one for one in merged(listed) if one.severity in wanted]
        for name, members in _by_rule(findings).items():
            for one in members[:SHOWN]:
                yield one.issue("warning")
            if len(members) > SHOWN:
                yield Issue(
                    name, f"… and {len(members) - SHOWN} more of {name}, listed in results/audit/", "", "", "warning"
                )

    def plain(self) -> dict[str, Any]:
        """The content of results/audit/findings.json."""
        return {
            "findings": [finding.plain() for finding in self.findings],
            "waived": self.waived,
            "confirmed": self.confirmed,
            "rules": self.rules,
        }

    def summary(self) -> str:
        """The outcome in a line: findings by severity, what people accepted, and how many rules ran."""
        names = {"error": "error", "warning": "warning", "confirm": "claim to confirm"}
        parts = [
            counted(len(self.of(one)), name, "claims to confirm" if one == "confirm" else "")
            for one, name in names.items()
            if self.of(one)
        ]
        accepted = [
            f"{number} {what}" for number, what in ((self.waived, "waived"), (self.confirmed, "confirmed")) if number
        ]
        rest = "".join(f", {one}" for one in accepted)
        return f"{', '.join(parts) or 'no findings'}{rest} ({counted(len(self.rules), 'rule')} ran)"

    def lines(self) -> Iterator[str]:
        """The findings as text, those of one rule together; of many the first, and the number of the others."""
        for name, members in _by_rule(merged(self.findings)).items():
            for finding in members[:SHOWN]:
                yield f"{finding.severity.upper()} {finding.place}: {finding.message} ({name})"
                yield f"  “{finding.text}”"
                yield f"  -> {finding.fix}"
            if len(members) > SHOWN:
                yield f"… and {len(members) - SHOWN} more of {name}, listed in results/audit/findings.json"


def _by_rule(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """The findings of each rule."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for one in findings:
        groups[one.rule].append(one)
    return groups


def _passage_digest(finding: Finding, matter: Matter) -> str:
    for passage in matter.passages:
        if (passage.file, passage.line) == (finding.file, finding.line) and finding.text in passage.text:
            return digest_of(passage, matter.ledger, matter.studies)
    return ""


def audit(matter: Matter, chosen: Sequence[str] = ()) -> Audit:
    """The audit of a manuscript by all rules, or by those that are named.

    A finding that repeats another of its rule at its place is left out; waived ones are counted. A claim to confirm is
    left out while a person's signature holds, and reported as expired when its data have changed.
    """
    outcome, seen = Audit(sorted(chosen or RULES)), set()
    outcome.valueless = bool(matter.passages) and not any(passage.printed for passage in matter.passages)
    for identifier in outcome.rules:
        for finding in RULES[identifier].check(matter):
            key = (finding.rule, finding.file, finding.line, finding.text, finding.message)
            if key in seen:
                continue
            seen.add(key)
            if matter.statements.waives(finding):
                outcome.waived += 1
                continue
            if finding.severity == "confirm":
                digest = _passage_digest(finding, matter)
                state = matter.statements.confirms(finding, digest)
                if state == "yes":
                    outcome.confirmed += 1
                    continue
                outcome.digests[len(outcome.findings)] = digest
                if state == "expired":
                    message = f"{finding.message}; it was confirmed, but the data behind it have changed since"
                    finding = replace(finding, message=message)
            outcome.findings.append(finding)
    if not chosen:
        outcome.findings += faults_of_stated(matter.statements, matter.ledger, matter.references)
        outcome.findings += unused(matter.statements)
    return outcome
