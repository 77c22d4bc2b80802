"""Batches: the records that a stage still waits for, in the portions in which they go out to be screened."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from prismake.screening.stages import Stage

ALL, NEW, PILOT, CONFLICTS = "all", "new", "pilot", "conflicts"
Row = Mapping[str, str]


@dataclass(frozen=True)
class Batch:
    """Records of a stage that go out together: their ids in the order of the records.

    `name` says which they are: all that wait, those that are new since the last hand-over, the pilot, or those on which
    reviewers disagree. `reviewer` is whom they are for, "" for everybody.
    """

    stage: Stage
    name: str
    records: tuple[str, ...]
    reviewer: str = ""


@dataclass(frozen=True)
class Screening:
    """Where screening stands, by the tables of the step `screen`.

    `waiting` maps a stage to its records without a decision, and `conflicts` to those on which reviewers disagree;
    `reached` to all that came to it; `answered` maps (record, stage) to the reviewers who have decided.
    """

    waiting: Mapping[str, Sequence[str]]
    conflicts: Mapping[str, Sequence[str]]
    reached: Mapping[str, Sequence[str]]
    answered: Mapping[tuple[str, str], Collection[str]] = field(default_factory=dict)


def standing(
    screening: Iterable[Row], trail: Iterable[Row], conflicts: Iterable[Row], votes: Iterable[Row]
) -> Screening:
    """Where screening stands, from rows of screening.csv, trail.csv, conflicts.csv and reviewers.csv.

    Of the first only those count that are pending, of the second those that no rule decided.
    """
    disputed = {(row["record_id"], row["stage"]) for row in conflicts if not row["settled"]}
    waiting: dict[str, list[str]] = {}
    open_conflicts: dict[str, list[str]] = {}
    for row in screening:
        if row["decision"] == "pending":
            key = (row["record_id"], row["stage"])
            (open_conflicts if key in disputed else waiting).setdefault(row["stage"], []).append(row["record_id"])
    reached: dict[str, list[str]] = {}
    for row in trail:
        if not row["decided_by"].startswith("rule "):
            reached.setdefault(row["stage"], []).append(row["record_id"])
    answered: dict[tuple[str, str], set[str]] = {}
    for row in votes:
        answered.setdefault((row["record_id"], row["stage"]), set()).add(row["reviewer"])
    return Screening(waiting, open_conflicts, reached, answered)


@dataclass(frozen=True)
class Division:
    """How records are divided: the people who screen, how many records the pilot of a stage has, and the seed."""

    reviewers: Sequence[str] = ()
    pilot: Mapping[str, int] = field(default_factory=dict)
    seed: int = 1


def batches(
    stages: Sequence[Stage], now: Screening, division: Division, handed_over: Mapping[str, Collection[str]]
) -> list[Batch]:
    """The batches of every stage, empty ones left out; `handed_over` maps a stage to the records that have gone out."""
    result = []
    for stage in stages:
        waiting = now.waiting.get(stage.id, ())
        portions = {ALL: list(waiting)}
        if stage.id in handed_over:
            portions[NEW] = [name for name in waiting if name not in handed_over[stage.id]]
        if stage.id in division.pilot:
            pilot = _pilot(now.reached.get(stage.id, ()), stage, division)
            portions[PILOT] = [name for name in waiting if name in pilot]
        for name, records in portions.items():
            result.append(Batch(stage, name, tuple(records)))
            result += _for_reviewers(stage, name, records, now, division)
        result.append(Batch(stage, CONFLICTS, tuple(now.conflicts.get(stage.id, ()))))
    return [batch for batch in result if batch.records]


def _digest(division: Division, stage: Stage, record: str, purpose: str) -> int:
    text = f"{purpose}\n{division.seed}\n{stage.id}\n{record}"
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")


def _pilot(reached: Sequence[str], stage: Stage, division: Division) -> set[str]:
    """A random sample of the records that reached the stage.

    Each record has a random number of its own, made from the seed and its id, so the sample does not depend on what has
    been decided, nor on the order of the records.
    """
    return set(sorted(reached, key=lambda name: _digest(division, stage, name, PILOT))[: division.pilot[stage.id]])


def _for_reviewers(stage: Stage, name: str, records: Sequence[str], now: Screening, division: Division) -> list[Batch]:
    """The portion of each person: everybody has the whole pilot; other records go to as many as the stage says."""
    own: dict[str, list[str]] = {reviewer: [] for reviewer in division.reviewers}
    for record in records:
        answered = now.answered.get((record, stage.id), ())
        needed = len(own) if name == PILOT else max(stage.reviewers - len(answered), 0)
        chosen = [reviewer for reviewer in _turn(stage, record, division) if reviewer not in answered]
        for reviewer in chosen[:needed]:
            own[reviewer].append(record)
    return [Batch(stage, name, tuple(portion), reviewer) for reviewer, portion in own.items()]


def _turn(stage: Stage, record: str, division: Division) -> Sequence[str]:
    """The reviewers in the order in which they take a record: it depends on the record alone, so it never changes."""
    people = division.reviewers
    start = _digest(division, stage, record, "turn") % len(people) if people else 0
    return [*people[start:], *people[:start]]
