"""Decisions that people took, checked against the records and the stages.

A decision may name any record of a cluster; it holds for the whole cluster. Every fault is gathered, so that a person
mends the table in one go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue, nearest
from prismake.screening.stages import Stage
from rapidfuzz import fuzz, process

ALIKE = 80.0


@dataclass(frozen=True)
class Decision:
    """What a person decided about a cluster at a stage; `where` is file and line."""

    decision: str
    reason: str
    note: str
    where: str

    @property
    def verdict(self) -> str:
        """`include`, or `exclude (reason)`."""
        return f"{self.decision} ({self.reason})" if self.reason else self.decision


# (record id of the survivor, stage id)
Key = tuple[str, str]


def _unknown_record(name: str, known: Sequence[str], where: str) -> Issue:
    close = process.extractOne(name, known, scorer=fuzz.ratio, score_cutoff=ALIKE)
    fix = f"did you mean '{close[0]}'?" if close else "results/records/clusters.csv lists all records"
    return Issue("unknown-record", f"there is no record '{name}'", where, fix)


def _reason_fault(row: Mapping[str, Any], stage: Stage, where: str) -> Issue | None:
    """What is wrong with the row's reason at its stage."""
    reason = row["reason"] or ""
    if row["decision"] == "include":
        if reason:
            message = f"an included record has the reason '{reason}'"
            return Issue("reason-of-include", message, where, "empty the reason, or write exclude")
        return None
    if not reason:
        if stage.reasons:
            message = f"excluded at stage '{stage.id}' without a reason"
            return Issue("no-reason", message, where, "valid here: " + ", ".join(stage.reasons))
        return None
    if not stage.reasons:
        message = f"the stage '{stage.id}' declares no reasons, so '{reason}' is unknown"
        return Issue("unknown-reason", message, where, "declare it under 'reasons' of the stage in config.yaml")
    if reason not in stage.reasons:
        message = f"unknown reason '{reason}' at stage '{stage.id}'"
        return Issue("unknown-reason", message, where, nearest(reason, list(stage.reasons)))
    return None


def _row_fault(row: Mapping[str, Any], stages: Mapping[str, Stage], where: str) -> Issue | None:
    stage = stages.get(row["stage"])
    if stage is None:
        message = f"unknown stage '{row['stage']}'"
        return Issue("unknown-stage", message, where, nearest(row["stage"], list(stages)))
    if not stage.takes_decisions:
        message = f"the stage '{stage.id}' is decided by its rules alone"
        fix = "remove the row, or declare reasons for the stage in config.yaml"
        return Issue("rules-only", message, where, fix)
    return _reason_fault(row, stage, where)


def settle_decisions(
    rows: Iterable[Mapping[str, Any]], path: Path, survivors: Mapping[str, str], stages: Sequence[Stage]
) -> tuple[dict[Key, Decision], list[Issue]]:
    """The decision of each cluster and stage, with the faults of single rows and the contradictions between rows.

    `rows` as `read_table` gives them; `survivors` maps every record id to the id of its cluster's survivor. Rows that
    say the same about a cluster count once.
    """
    by_id = {stage.id: stage for stage in stages}
    known = list(survivors)
    settled: dict[Key, Decision] = {}
    issues: list[Issue] = []
    for row in rows:
        where = f"{path}:{row['__line__']}"
        unknown = row["record_id"] not in survivors
        if unknown:
            issues.append(_unknown_record(row["record_id"], known, where))
        fault = _row_fault(row, by_id, where)
        if fault:
            issues.append(fault)
        if unknown or fault:
            continue
        key = (survivors[row["record_id"]], row["stage"])
        decision = Decision(row["decision"], row["reason"] or "", row["note"] or "", where)
        earlier = settled.setdefault(key, decision)
        if earlier.verdict != decision.verdict:
            said = f"{earlier.where} says {earlier.verdict}, this line {decision.verdict}"
            message = f"contradictory decisions on '{key[0]}' at stage '{key[1]}': {said}"
            issues.append(Issue("contradiction", message, where, "keep the one that holds"))
    return settled, issues
