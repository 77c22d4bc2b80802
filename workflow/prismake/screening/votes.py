"""Votes: one reviewer's decision on one record at one stage, from a table or the export of a screening tool."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from prismake.common.matching import Named

INCLUDE, EXCLUDE, MAYBE = "include", "exclude", "maybe"

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]+(?:\.[\w-]+)*", re.UNICODE)
HIDDEN = "[e-mail address]"


@dataclass(frozen=True, slots=True)
class Vote:
    """One decision of one reviewer; with no reviewer, or of `consensus`, it is the team's agreed decision.

    `decision` is include, exclude or maybe; `reasons` the texts or codes as written; `date` as written or "";
    `where` file and line. `own` is how the row names its record where a table of numbers gave `named`. `record` is the
    id of the cluster's survivor and `member` the record that the row named, both "" until it is matched.
    """

    named: Named
    stage: str
    reviewer: str
    decision: str
    reasons: tuple[str, ...]
    note: str
    date: str
    where: str
    record: str = ""
    member: str = ""
    matched_by: str = ""
    consensus: bool = False
    own: Named | None = None

    @property
    def team(self) -> bool:
        """Whether it is the team's decision."""
        return self.consensus or not self.reviewer

    def of(self, record: str, member: str, matched_by: str) -> Vote:
        """The vote with the record that it is about (`dataclasses.replace` takes several times as long)."""
        own = (self.named, self.stage, self.reviewer, self.decision, self.reasons, self.note, self.date, self.where)
        return Vote(*own, record, member, matched_by, self.consensus, self.own)

    @property
    def verdict(self) -> str:
        """`include`, or `exclude (reason)`."""
        return f"{self.decision} ({', '.join(self.reasons)})" if self.reasons else self.decision


def holds_address(text: str) -> bool:
    """Whether the text contains an e-mail address."""
    return "@" in text and bool(_ADDRESS.search(text))


def without_addresses(text: str) -> str:
    """The text with every e-mail address hidden."""
    return _ADDRESS.sub(HIDDEN, text) if "@" in text else text


def _order(name: str) -> str:
    import hashlib

    return hashlib.sha256(name.strip().casefold().encode("utf-8")).hexdigest()


def labels(names: Iterable[str], renamed: Mapping[str, str]) -> dict[str, str]:
    """Reviewer as the tools name them -> label that outputs may show.

    A name stays as it is, or becomes what `renamed` (screening.reviewers) says. Who is known by an e-mail address only
    becomes "Reviewer 1", "Reviewer 2", …: numbered in the order of the addresses' SHA-256, which follows neither the
    alphabet nor the order of the files, and is the same in every build.
    """
    distinct = sorted({name for name in names if name})
    hidden = {name: "" for name in distinct if holds_address(name)}
    shown = {name: " ".join(name.split()) for name in distinct if name not in hidden}
    # A number that config.yaml renames for somebody else would make two people one.
    taken = {*shown.values(), *(renamed.get(label, label) for label in shown.values())}
    number = 0
    numbered: dict[str, str] = {}
    for name in sorted(hidden, key=_order):
        key = _order(name)
        if key not in numbered:
            number += 1
            while f"Reviewer {number}" in taken:
                number += 1
            numbered[key] = f"Reviewer {number}"
        hidden[name] = numbered[key]
    return {name: renamed.get(label, label) for name, label in {**shown, **hidden}.items()}


def relabelled(votes: Iterable[Vote], label: Mapping[str, str]) -> list[Vote]:
    """The votes with the reviewers' labels, and without e-mail addresses in notes and reasons."""
    changed = []
    for vote in votes:
        reviewer = label[vote.reviewer] if vote.reviewer else ""
        if reviewer != vote.reviewer or "@" in vote.note or any("@" in reason for reason in vote.reasons):
            vote = replace(
                vote,
                reviewer=reviewer,
                note=without_addresses(vote.note),
                reasons=tuple(without_addresses(reason) for reason in vote.reasons),
            )
        changed.append(vote)
    return changed


_SECONDS = re.compile(r"\d{9,10}(?:\.\d+)?\Z")
# Days of a spreadsheet from 1982 to 2119.
_SERIAL = re.compile(r"[3-7]\d{4}(?:\.\d+)?\Z")
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?\Z")


def day_of(text: str) -> date | None:
    """The day of a date such as 2026-01-31 or 2026-01-31 10:15:00 UTC; None if it is not a valid date.

    ASReview writes seconds since 1970, which are taken as UTC; an unformatted cell of a spreadsheet holds its day.
    """
    text = text.strip()
    if _SERIAL.match(text):
        return date(1899, 12, 30) + timedelta(days=int(float(text)))
    if _SECONDS.match(text):
        return date(1970, 1, 1) + timedelta(seconds=float(text))
    match = _DAY.match(text)
    if not match:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
