"""Runs the rules over a manuscript: findings, waived and confirmed ones apart, each once and grouped for the screen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import prismake.audit.rules  # noqa: F401  (registers the rules)
from prismake.audit.findings import RULES, Finding
from prismake.audit.matter import Matter
from prismake.audit.statements import digest_of, faults_of_stated, unused

# Findings of one rule that the screen shows; the file holds all.
SHOWN = 10


@dataclass
class Audit:
    """The outcome of an audit: what was found, and how many findings were waived or confirmed."""

    findings: list[Finding] = field(default_factory=list)
    digests: dict[int, str] = field(default_factory=dict)
    waived: int = 0
    confirmed: int = 0

    def of(self, *severities: str) -> list[Finding]:
        """The findings of these severities."""
        return [finding for finding in self.findings if finding.severity in severities]

    def plain(self) -> dict[str, Any]:
        """The content of results/audit/findings.json."""
        return {
            "findings": [finding.plain() for finding in self.findings],
            "waived": self.waived,
            "confirmed": self.confirmed,
            "rules": sorted(RULES),
        }

    def lines(self) -> Iterator[str]:
        """The findings as text, those of one rule together; of many the first, and the number of the others."""
        groups: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            groups[finding.rule].append(finding)
        for name, members in groups.items():
            for finding in members[:SHOWN]:
                place = f"{finding.file}:{finding.line}" if finding.line else finding.file
                yield f"{finding.severity.upper()} {place}: {finding.message} ({name})"
                yield f"  “{finding.text}”"
                yield f"  -> {finding.fix}"
            if len(members) > SHOWN:
                yield f"… and {len(members) - SHOWN} more of {name}, listed in results/audit/findings.json"


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
    outcome, seen = Audit(), set()
    for identifier, rule in sorted(RULES.items()):
        if chosen and identifier not in chosen:
            continue
        for finding in rule.check(matter):
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
