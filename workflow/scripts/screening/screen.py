"""Step: every unique record goes through the stages and ends with one stage, one decision and one reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.errors import SHOWN, BuildStop, Issue
from prismake.common.stages import found_by_other_methods
from prismake.common.steps import log, warn
from prismake.common.tables import read_table
from prismake.common.writing import read_rows, write_rows
from prismake.screening.decisions import Decision, Key, settle_decisions
from prismake.screening.rules import first_rule
from prismake.screening.stages import Stage, make_stages

# What screening.csv tells of the record itself, taken over from the unique records.
DESCRIBED = ("record_id", "title", "author", "year", "journal", "doi", "sources")
VERDICT = ("stage", "decision", "reason", "label", "matched", "decided_by", "note")


@dataclass(frozen=True)
class Verdict:
    """The outcome of one record at one stage.

    `decision` is include, exclude or pending; `reason` the code of a rule or reason and `label` its text; `matched`
    what a rule found in the record; `decided_by` "rule <id>" or the file and line of the decision, "" while pending
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

    def cells(self) -> dict[str, str]:
        """The verdict's columns for a CSV."""
        return {name: getattr(self, name) for name in VERDICT}


def judge(record: Mapping[str, str], stage: Stage, decisions: Mapping[Key, Decision]) -> Verdict:
    """The verdict on a record at a stage: its rules first, then the decision of a person."""
    name = record["record_id"]
    if fired := first_rule(stage.rules, record["title"], record["publication_types"]):
        rule, matched = fired
        return Verdict(name, stage.id, "exclude", rule.id, rule.label, matched, f"rule {rule.id}")
    if not stage.takes_decisions:
        return Verdict(name, stage.id, "include")
    decision = decisions.get((name, stage.id))
    if decision is None:
        return Verdict(name, stage.id, "include" if stage.removal else "pending")
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
) -> dict[str, list[Verdict]]:
    """The way of each record: its verdict at every stage it reached, in order.

    `elsewhere` are the records that only other methods found; they skip the stages that do not ask for them.
    """
    ways: dict[str, list[Verdict]] = {}
    for record in records:
        way = ways.setdefault(record["record_id"], [])
        for stage in stages:
            if record["record_id"] in elsewhere and not stage.other_methods:
                continue
            way.append(judge(record, stage, decisions))
            if way[-1].decision != "include":
                break
    return ways


def unreached(
    ways: Mapping[str, Sequence[Verdict]],
    decisions: Mapping[Key, Decision],
    elsewhere: Collection[str] = (),
    not_asked: Collection[str] = (),
) -> list[Issue]:
    """A fault for each decision that was never asked for: the record had left, or waits at an earlier stage.

    Records that only other methods found (`elsewhere`) do not go through the stages `not_asked`.

    A decision that only repeats what a rule of the same stage decided is a warning.
    """
    issues = []
    for (name, stage), decision in decisions.items():
        last = ways[name][-1]
        if any(verdict.stage == stage and verdict.decided_by == decision.where for verdict in ways[name]):
            continue
        if name in elsewhere and stage in not_asked:
            message = f"'{name}' was found by other methods only, which do not go through the stage '{stage}'"
            fix = "drop the row, or set 'other_methods: true' at the stage in config.yaml"
            issues.append(Issue("not-asked", message, decision.where, fix))
        elif last.stage == stage:
            message = f"{decision.decision} for '{name}', which {last.decided_by} excludes ({last.matched})"
            if decision.decision == "exclude":
                issues.append(Issue("repeats-rule", message, decision.where, "drop the row", "warning"))
            else:
                fix = f"narrow the rule with unless_… in config.yaml ({stage}), or drop the row"
                issues.append(Issue("against-rule", message, decision.where, fix))
        elif last.decision == "pending":
            message = f"'{name}' is decided at stage '{stage}' but not at '{last.stage}' before it"
            issues.append(Issue("stage-skipped", message, decision.where, f"decide it at '{last.stage}' too"))
        else:
            why = f"{last.decided_by} excluded it at '{last.stage}'"
            message = f"'{name}' never reached stage '{stage}': {why}"
            issues.append(Issue("stage-not-reached", message, decision.where, "drop the row, or correct the other"))
    return issues


def _titled(record: Mapping[str, str]) -> str:
    return f"{record['record_id']} ({record['title'][:80] or 'no title'})"


def undecided(
    records: Sequence[Mapping[str, str]], ways: Mapping[str, Sequence[Verdict]], stages: Sequence[Stage]
) -> list[Issue]:
    """One fault a stage where records wait, listing them; more than `SHOWN` are cut and the log lists all."""
    issues = []
    for stage in stages:
        waiting = [
            _titled(record)
            for record in records
            if ways[record["record_id"]][-1] == Verdict(record["record_id"], stage.id, "pending")
        ]
        if not waiting:
            continue
        count = "1 record is" if len(waiting) == 1 else f"{len(waiting)} records are"
        shown = waiting[:SHOWN]
        if len(waiting) > SHOWN:
            shown.append(f"… and {len(waiting) - SHOWN} more, listed in this step's log")
            log.info("undecided at stage '%s':\n%s", stage.id, "\n".join(waiting))
        message = f"{count} undecided at stage '{stage.id}':\n     " + "\n     ".join(shown)
        fix = "decide them in screening.decisions, or set 'draft: true' under 'review' in config.yaml"
        issues.append(Issue("undecided", message, "", fix))
    return issues


def _check(issues: list[Issue]) -> None:
    """Warns of the warnings and stops at the errors; the log gets every one of them."""
    errors = [issue for issue in issues if issue.severity == "error"]
    for issue in issues:
        if issue.severity == "warning":
            warn(issue)
    if len(errors) > SHOWN:
        log.info("all faults of this check:\n%s", "\n".join(str(issue) for issue in errors))
    if errors:
        raise BuildStop(errors)


def _read_unique(unique: Path) -> list[dict[str, str]]:
    import pyarrow.parquet as pq

    rows = pq.read_table(unique, columns=[*DESCRIBED, "publication_types"]).to_pylist()
    return [{name: value or "" for name, value in row.items()} for row in rows]


def _read_decisions(decisions: Path | list[Path] | None, schema: Path) -> tuple[Path, list[dict[str, Any]]]:
    """The rows of the decisions table; none where the review has no such table yet."""
    if not decisions:
        return Path(), []
    path = decisions[0] if isinstance(decisions, list) else decisions
    return path, read_table(path, schema)


def screen(
    *,
    unique: Path,
    clusters: Path,
    schema: Path,
    screening: Path,
    trail: Path,
    stages: list[dict[str, Any]],
    draft: bool = False,
    decisions: Path | list[Path] | None = None,
    other_methods: Sequence[str] = (),
) -> None:
    """Screens the unique records.

    Reads `unique` (records, one a cluster), `clusters` (which record belongs to which cluster) and `decisions` (the
    table of people's decisions, checked by `schema`; None or [] where there is none yet). `stages` is the config
    block `screening.stages`. Writes `screening` (a row a record: its last stage with decision and reason) and `trail`
    (a row for each record and stage it reached). Raises BuildStop with every fault of the decisions and every
    undecided record; with `draft` undecided records end as pending instead. `other_methods` are the ids of the searches
    by other methods than databases and registers.
    """
    records = _read_unique(unique)
    plan = make_stages(stages)
    survivors = {row["record_id"]: row["cluster"] for row in read_rows(clusters)}
    path, rows = _read_decisions(decisions, schema)
    settled, issues = settle_decisions(rows, path, survivors, plan)
    elsewhere = found_by_other_methods(survivors, other_methods)
    ways = judge_all(records, plan, settled, elsewhere)
    issues += unreached(ways, settled, elsewhere, [stage.id for stage in plan if not stage.other_methods])
    waiting = undecided(records, ways, plan)
    _check(issues if draft else issues + waiting)
    pending = sum(way[-1].decision == "pending" for way in ways.values() if way)
    if pending:
        warn(Issue("pending", f"draft: {pending} of {len(records)} records wait for a decision", str(path)))

    write_rows(
        screening,
        (*DESCRIBED, *VERDICT),
        ({**{name: record[name] for name in DESCRIBED}, **ways[record["record_id"]][-1].cells()} for record in records),
    )
    write_rows(
        trail,
        ("record_id", *VERDICT),
        ({"record_id": name, **verdict.cells()} for name, way in ways.items() for verdict in way),
    )


if "snakemake" in globals():
    from prismake.common.steps import run

    run(screen, globals()["snakemake"])
