"""Verdicts: every unique record goes through the stages and ends with one stage, one decision and one reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from prismake.common.errors import SHOWN, Issue, counted
from prismake.common.steps import log
from prismake.screening.decisions import Decision, Key, Settled
from prismake.screening.readers.entries import UNSEEN
from prismake.screening.rules import first_rule
from prismake.screening.stages import Stage


@dataclass(frozen=True)
class Verdict:
    """The outcome of one record at one stage.

    `decision` is include, exclude, pending or unseen (screening stopped before anybody saw the record);
    `reason` is the code of a rule or reason and `label` its text (the stopping rule of an unseen record); `matched`
    what a rule matched in the record; `decided_by` "rule <id>" or the file and line of the decision, "" while pending
    and where the rules of a stage that takes no decisions let the record pass.
    """

    record_id: str
    stage: str
    decision: str
    reason: str = ""
    label: str = ""
    matched: str = ""
    decided_by: str = ""
    note: str = ""


@dataclass(frozen=True)
class Undecided:
    """Why records have no decision at a stage, by record and stage.

    `waiting`: reviewers disagree, or are too few; `unseen`: the file and row that show that nobody has seen the record.
    """

    waiting: Mapping[Key, str] = field(default_factory=dict)
    unseen: Mapping[Key, str] = field(default_factory=dict)


def judge(record: Mapping[str, str], stage: Stage, decisions: Mapping[Key, Decision], without: Undecided) -> Verdict:
    """The verdict on a record at a stage: its rules first, then people's decision; `without` says why there is none."""
    name = record["record_id"]
    if fired := first_rule(stage.rules, record["title"], record["publication_types"]):
        rule, matched = fired
        return Verdict(name, stage.id, "exclude", rule.id, rule.label, matched, f"rule {rule.id}")
    if not stage.takes_decisions:
        return Verdict(name, stage.id, "include")
    decision = decisions.get((name, stage.id))
    if decision is None:
        why = without.waiting.get((name, stage.id), "")
        if not why and (where := without.unseen.get((name, stage.id))):
            return Verdict(name, stage.id, UNSEEN, label=stage.stopping_rule, decided_by=where)
        return Verdict(name, stage.id, "include" if stage.passes and not why else "pending", note=why)
    label = stage.reasons.get(decision.reason, "")
    return Verdict(
        name,
        stage.id,
        decision.decision,
        decision.reason,
        label,
        decided_by=decision.where,
        note=decision.note,
    )


def judge_all(
    records: Sequence[Mapping[str, str]],
    stages: Sequence[Stage],
    decisions: Mapping[Key, Decision],
    elsewhere: Collection[str] = (),
    without: Undecided = Undecided(),
) -> dict[str, list[Verdict]]:
    """The trail of each record: its verdict at every stage it reached, in order.

    `elsewhere` are the records that only other methods found; they skip the stages that do not ask for them.
    """
    trails: dict[str, list[Verdict]] = {}
    for record in records:
        trail = trails.setdefault(record["record_id"], [])
        for stage in stages:
            if record["record_id"] in elsewhere and not stage.other_methods:
                continue
            trail.append(judge(record, stage, decisions, without))
            if trail[-1].decision != "include":
                break
    return trails


def _titled(record: Mapping[str, str], why: str) -> str:
    return f"{record['record_id']} ({record['title'][:80] or 'no title'}){f': {why}' if why else ''}"


def _listed(lines: Sequence[str], heading: str) -> str:
    """The lines one below the other; beyond `SHOWN` they are left out, and the log lists all."""
    shown = list(lines[:SHOWN])
    if len(lines) > SHOWN:
        shown.append(f"… and {len(lines) - SHOWN} more, listed in this step's log")
        log.info("%s:\n%s", heading, "\n".join(lines))
    return "\n     " + "\n     ".join(shown)


def undecided(
    records: Sequence[Mapping[str, str]],
    trails: Mapping[str, Sequence[Verdict]],
    stages: Sequence[Stage],
    settled: Settled,
) -> list[Issue]:
    """Faults for each stage where records await a decision or consensus, with a list of them."""
    issues = []
    for stage in stages:
        pending = [r for r in records if _waits(trails[r["record_id"]][-1], stage)]
        conflicts = [c for r in pending if (c := settled.open.get((r["record_id"], stage.id)))]
        if conflicts:
            count = counted(len(conflicts), "conflict is", "conflicts are")
            lines = [f"{c.record}: {c.answers}" for c in conflicts]
            message = f"{count} unresolved at stage '{stage.id}':" + _listed(lines, f"conflicts at stage '{stage.id}'")
            fix = "add the team's decisions to the table under screening.consensus (record_id,stage,decision,reason)"
            issues.append(Issue("conflict", message, "", fix))
        keys = [(r, (r["record_id"], stage.id)) for r in pending]
        waiting = [_titled(r, settled.short.get(key, "")) for r, key in keys if key not in settled.open]
        if waiting:
            count = counted(len(waiting), "record is", "records are")
            message = f"{count} undecided at stage '{stage.id}':" + _listed(waiting, f"undecided at stage '{stage.id}'")
            fix = (
                "add each decision to screening.decisions, or set 'draft: true' under 'review' in config.yaml: "
                "a draft lists them in results/screening/to_screen/"
            )
            issues.append(Issue("undecided", message, "", fix))
    return issues


def _waits(verdict: Verdict, stage: Stage) -> bool:
    return verdict.stage == stage.id and verdict.decision == "pending"


def awaiting(pending: int, records: int) -> str:
    """How many of the records are undecided: `1 of 9 records awaits a decision`."""
    return f"{pending:,} of {counted(records, 'record')} {'awaits' if pending == 1 else 'await'} a decision"
