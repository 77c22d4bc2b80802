"""Step: every unique record goes through the stages and ends with one stage, one decision and one reason."""

import gc
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from prismake.common.errors import SHOWN, BuildStop, Issue
from prismake.common.stages import found_by_other_methods
from prismake.common.steps import log, warn
from prismake.common.tables import read_table
from prismake.common.writing import read_rows, write_json, write_rows
from prismake.screening.agreement import Answers
from prismake.screening.agreement import agreement as agreement_of
from prismake.screening.dates import date_issues
from prismake.screening.decisions import Decision, Key, Settled, answers_of, as_vote, checked_votes, settle
from prismake.screening.matching import COLUMNS, Matcher
from prismake.screening.readers import read_source, sources_of
from prismake.screening.reasons import Reasons, splitter
from prismake.screening.rules import first_rule
from prismake.screening.stages import Stage, make_stages
from prismake.screening.votes import Vote, day_of, holds_address, labels, relabelled

# What screening.csv tells of the record itself, taken over from the unique records.
DESCRIBED = ("record_id", "title", "author", "year", "journal", "doi", "sources")
VERDICT = ("stage", "decision", "reason", "label", "matched", "decided_by", "note")
VOTE = (
    "record_id",
    "stage",
    "reviewer",
    "decision",
    "reason",
    "reasons",
    "note",
    "date",
    "member",
    "matched_by",
    "where",
)
CONFLICT = ("record_id", "stage", "kind", "said", "settled", "title")
AGREEMENT = ("stage", "reviewers", "n", "agree", "raw", "kappa", "low", "high", "method", "conflicts", "open", "reason")
SOURCE = ("file", "format", "stage", "rows", "decisions", "undecided", "reviewers")


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


def judge(
    record: Mapping[str, str], stage: Stage, decisions: Mapping[Key, Decision], waiting: Mapping[Key, str]
) -> Verdict:
    """The verdict on a record at a stage: its rules first, then people's decision; `waiting` says why there is none."""
    name = record["record_id"]
    if fired := first_rule(stage.rules, record["title"], record["publication_types"]):
        rule, matched = fired
        return Verdict(name, stage.id, "exclude", rule.id, rule.label, matched, f"rule {rule.id}")
    if not stage.takes_decisions:
        return Verdict(name, stage.id, "include")
    decision = decisions.get((name, stage.id))
    if decision is None:
        why = waiting.get((name, stage.id), "")
        return Verdict(name, stage.id, "include" if stage.removal and not why else "pending", note=why)
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
    waiting: Mapping[Key, str] | None = None,
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
            way.append(judge(record, stage, decisions, waiting or {}))
            if way[-1].decision != "include":
                break
    return ways


def unreached(
    ways: Mapping[str, Sequence[Verdict]],
    settled: Settled,
    elsewhere: Collection[str] = (),
    not_asked: Collection[str] = (),
) -> list[Issue]:
    """A fault for each decision that was never asked for: the record had left, or waits at an earlier stage.

    Records that only other methods found (`elsewhere`) do not go through the stages `not_asked`.

    A decision that only repeats an exclusion by a rule is a warning. Reviewers in conflict are told in the same way.
    """
    said = {key: (decision.decision, decision.where) for key, decision in settled.decisions.items()}
    said |= {key: ("two answers", "; ".join(v.where for v in c.votes)) for key, c in settled.open.items()}
    issues = []
    for (name, stage), (decision, where) in said.items():
        last = ways[name][-1]
        if any(verdict.stage == stage and not verdict.decided_by.startswith("rule ") for verdict in ways[name]):
            continue
        by_rule = last.decided_by.startswith("rule ")
        if name in elsewhere and stage in not_asked:
            message = f"'{name}' was found by other methods only, which do not go through the stage '{stage}'"
            fix = "drop the row, or set 'other_methods: true' at the stage in config.yaml"
            issues.append(Issue("not-asked", message, where, fix))
        elif last.stage == stage or (by_rule and decision == "exclude"):
            message = f"{decision} for '{name}', which {last.decided_by} excludes ({last.matched})"
            if decision != "include":
                issues.append(Issue("repeats-rule", message, where, "drop the row", "warning"))
            else:
                fix = f"narrow the rule with unless_… in config.yaml ({stage}), or drop the row"
                issues.append(Issue("against-rule", message, where, fix))
        elif last.decision == "pending":
            message = f"'{name}' is decided at stage '{stage}' but not at '{last.stage}' before it"
            issues.append(Issue("stage-skipped", message, where, f"decide it at '{last.stage}' too"))
        else:
            why = f"{last.decided_by} excluded it at '{last.stage}'"
            message = f"'{name}' never reached stage '{stage}': {why}"
            issues.append(Issue("stage-not-reached", message, where, "drop the row, or correct the other"))
    return issues


def _titled(record: Mapping[str, str]) -> str:
    return f"{record['record_id']} ({record['title'][:80] or 'no title'})"


def _listed(lines: Sequence[str], what: str) -> str:
    """The lines one below the other; more than `SHOWN` are cut and the log lists all."""
    shown = list(lines[:SHOWN])
    if len(lines) > SHOWN:
        shown.append(f"… and {len(lines) - SHOWN} more, listed in this step's log")
        log.info("%s:\n%s", what, "\n".join(lines))
    return "\n     " + "\n     ".join(shown)


def undecided(
    records: Sequence[Mapping[str, str]],
    ways: Mapping[str, Sequence[Verdict]],
    stages: Sequence[Stage],
    settled: Settled,
) -> list[Issue]:
    """Faults for a stage where records wait, listing them: for reviewers who disagree, and for a decision."""
    issues = []
    for stage in stages:
        here = [r for r in records if _waits(ways[r["record_id"]][-1], stage)]
        conflicts = [c for r in here if (c := settled.open.get((r["record_id"], stage.id)))]
        if conflicts:
            count = "1 conflict is" if len(conflicts) == 1 else f"{len(conflicts)} conflicts are"
            lines = [f"{c.record}: {c.said}" for c in conflicts]
            message = f"{count} unresolved at stage '{stage.id}':" + _listed(lines, f"conflicts at stage '{stage.id}'")
            fix = (
                "write the team's decisions into the table under screening.consensus (record_id,stage,decision,reason)"
            )
            issues.append(Issue("conflict", message, "", fix))
        waiting = [_titled(r) for r in here if (r["record_id"], stage.id) not in settled.open]
        if waiting:
            count = "1 record is" if len(waiting) == 1 else f"{len(waiting)} records are"
            message = f"{count} undecided at stage '{stage.id}':" + _listed(waiting, f"undecided at stage '{stage.id}'")
            fix = "decide them in screening.decisions, or set 'draft: true' under 'review' in config.yaml"
            issues.append(Issue("undecided", message, "", fix))
    return issues


def _waits(verdict: Verdict, stage: Stage) -> bool:
    return verdict.stage == stage.id and verdict.decision == "pending"


def _check(issues: list[Issue]) -> None:
    """Warns of the warnings and stops at the errors; the log gets every one of them."""
    errors = [issue for issue in issues if issue.severity == "error"]
    warnings = [issue for issue in issues if issue.severity == "warning"]
    for issue in warnings[:SHOWN]:
        warn(issue)
    if len(warnings) > SHOWN:
        log.info("all warnings of this check:\n%s", "\n".join(map(str, warnings)))
        warn(Issue("more", f"… and {len(warnings) - SHOWN} more warnings, listed in this step's log"))
    if len(errors) > SHOWN:
        log.info("all faults of this check:\n%s", "\n".join(str(issue) for issue in errors))
    if errors:
        raise BuildStop(errors)


def _read_unique(unique: Path) -> list[dict[str, str]]:
    import pyarrow.parquet as pq

    rows = pq.read_table(unique, columns=[*DESCRIBED, "publication_types"]).to_pylist()
    return [{name: value or "" for name, value in row.items()} for row in rows]


def _read_all(records: Path | None) -> list[dict[str, str]]:
    """What can identify a record, of every record."""
    import pyarrow.parquet as pq

    if records is None:
        return []
    return [
        {name: value or "" for name, value in row.items()}
        for row in pq.read_table(records, columns=list(COLUMNS)).to_pylist()
    ]


def _read_tables(tables: Sequence[Path | list[Path] | None], schema: Path) -> tuple[list[Vote], list[dict[str, Any]]]:
    """The votes of the tables that people write, and a line about each table; a table may be missing in a draft."""
    votes: list[Vote] = []
    about = []
    for table in tables:
        path = table[0] if isinstance(table, list) and table else table
        if not path or isinstance(path, list):
            continue
        told = [as_vote(row, path) for row in read_table(path, schema)]
        about.append(_about(path, "Prismake CSV", "", len(told), told, 0))
        votes += told
    return votes, about


def _about(file: Path, kind: str, stage: str, rows: int, votes: Sequence[Vote], undecided: int) -> dict[str, Any]:
    return {
        "file": file.as_posix(),
        "format": kind,
        "stage": stage,
        "rows": rows,
        "decisions": len(votes),
        "undecided": undecided,
        "reviewers": {vote.reviewer for vote in votes if vote.reviewer},
    }


def _read_sources(
    blocks: Sequence[Mapping[str, Any]], stages: Sequence[Stage]
) -> tuple[list[Vote], list[dict[str, Any]], list[Issue]]:
    """The votes of the exports of screening tools, a line about each file, and what is wrong with them."""
    votes: list[Vote] = []
    about: list[dict[str, Any]] = []
    issues: list[Issue] = []
    known = {stage.id: Reasons(stage) for stage in stages}
    for source in sources_of(blocks):
        if holds_address(str(source.file)) or holds_address(source.reviewer):
            message = "an e-mail address in the file's name or its reviewer would reach the results"
            issues.append(Issue("address", message, source.where, "rename it"))
            continue
        reasons = [known[source.stage]] if source.stage in known else list(known.values())
        try:
            told = read_source(source, partial(splitter, reasons))
        except BuildStop as problem:
            issues += problem.issues
            continue
        issues += told.issues
        votes += told.votes
        about.append(_about(source.file, told.format, source.stage, told.rows, told.votes, told.undecided))
    return votes, about, issues


def _unfinished(votes: Sequence[Vote], plan: Sequence[Stage], answers: Mapping[str, Answers]) -> list[Issue]:
    """A warning for a stage where reviewers work in twos and some records stand on the answer of one alone."""
    issues = []
    for stage in plan:
        held = answers.get(stage.id, {})
        alone = [name for name, given in held.items() if len(given) == 1]
        if stage.reviewers > 1 or not alone or 2 * len(alone) >= len(held):
            continue
        agreed = {vote.record for vote in votes if vote.stage == stage.id and not vote.reviewer}
        if alone := [name for name in alone if name not in agreed]:
            counted = Counter(name for given in held.values() for name in given)
            told = ", ".join(f"{name} {counted[name]}" for name in sorted(counted))
            count = "1 record has" if len(alone) == 1 else f"{len(alone)} records have"
            message = f"{count} the answer of one reviewer, the others of two or more ({told}); first {alone[0]}"
            fix = "set 'reviewers: 2' at the stage in config.yaml if each record needs two"
            issues.append(Issue("one-answer", message, f"stage '{stage.id}'", fix, "warning"))
    return issues


def _agreements(answers: Mapping[str, Answers], stages: Sequence[Stage], settled: Settled) -> list[dict[str, Any]]:
    """The agreement of each stage that two or more reviewers took part in, in the stages' order."""
    found = []
    for stage in stages:
        held = answers.get(stage.id, {})
        names = sorted({name for given in held.values() for name in given})
        if len(names) > 1:
            conflicts = [c for c in settled.conflicts if c.stage == stage.id]
            counts = {"conflicts": len(conflicts), "open": sum(not c.settled for c in conflicts)}
            found.append({"stage": stage.id, **agreement_of(held, names), **counts})
    return found


def _vote_cells(vote: Vote) -> dict[str, str]:
    return {
        "record_id": vote.record,
        "stage": vote.stage,
        "reviewer": vote.reviewer,
        "decision": vote.decision,
        "reason": vote.reasons[0] if vote.reasons else "",
        "reasons": ", ".join(vote.reasons),
        "note": vote.note,
        "date": day.isoformat() if (day := day_of(vote.date)) else "",
        "member": vote.member,
        "matched_by": vote.matched_by,
        "where": vote.where,
    }


@contextmanager
def _uncollected() -> Iterator[None]:
    """Lets the garbage collector rest: millions of objects, no circle among them, and it costs a fifth of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


@_uncollected()
def screen(
    *,
    unique: Path,
    clusters: Path,
    schema: Path,
    screening: Path,
    trail: Path,
    reviewers: Path,
    conflicts: Path,
    agreement: Path,
    agreement_table: Path,
    read: Path,
    stages: list[dict[str, Any]],
    draft: bool = False,
    records: Path | None = None,
    decisions: Path | list[Path] | None = None,
    consensus: Path | list[Path] | None = None,
    exports: Path | list[Path] | None = None,
    sources: Sequence[Mapping[str, Any]] = (),
    names: Mapping[str, str] | None = None,
    searched: Sequence[str] = (),
    last_day: str = "",
    other_methods: Sequence[str] = (),
) -> None:
    """Screens the unique records.

    Reads `unique` (records, one a cluster), `clusters` (which record belongs to which cluster), `records` (all of
    them), the tables that people write, `decisions` and `consensus` (checked by `schema`; None or [] where there is
    none yet), and `exports`, the files that `sources` (the config block `screening.sources`) describes. `stages` is
    the block `screening.stages`, `names` is `screening.reviewers`, `searched` the dates of the searches, `last_day`
    the end of screening, `other_methods` the ids of the searches by other methods than databases and registers.

    Writes `screening` (a row a record: its last stage with decision and reason), `trail` (a row for each record and
    stage it reached), `reviewers` (what each reviewer said), `conflicts`, `agreement` (JSON) and `agreement_table` (a
    row a stage), and `read` (what each file of decisions held). Raises BuildStop with every fault of the decisions,
    every unresolved conflict and undecided record; with `draft` those two end as pending instead.
    """
    unique_records = _read_unique(unique)
    plan = make_stages(stages)
    survivors = {row["record_id"]: row["cluster"] for row in read_rows(clusters)}
    written, about = _read_tables((decisions, consensus), schema)
    exported, more, issues = _read_sources(sources, plan)
    about += more
    label = labels({vote.reviewer for vote in (*written, *exported)}, names or {})
    votes = relabelled((*written, *exported), label)
    issues += date_issues(votes, searched, last_day)
    matched, faults = checked_votes(votes, Matcher(survivors, partial(_read_all, records)), plan)
    settled, contradictions = settle(matched, plan)
    answers = answers_of(matched, plan)
    issues += faults + contradictions + _unfinished(matched, plan, answers)
    waiting = {key: f"conflict: {conflict.said}" for key, conflict in settled.open.items()} | settled.short
    elsewhere = found_by_other_methods(survivors, other_methods)
    ways = judge_all(unique_records, plan, settled.decisions, elsewhere, waiting)
    issues += unreached(ways, settled, elsewhere, [stage.id for stage in plan if not stage.other_methods])
    _check(issues if draft else issues + undecided(unique_records, ways, plan, settled))
    pending = sum(way[-1].decision == "pending" for way in ways.values() if way)
    if pending:
        where = about[0]["file"] if about else ""
        warn(Issue("pending", f"draft: {pending} of {len(unique_records)} records wait for a decision", where))

    write_rows(
        screening,
        (*DESCRIBED, *VERDICT),
        (
            {**{name: record[name] for name in DESCRIBED}, **ways[record["record_id"]][-1].cells()}
            for record in unique_records
        ),
    )
    write_rows(
        trail,
        ("record_id", *VERDICT),
        ({"record_id": name, **verdict.cells()} for name, way in ways.items() for verdict in way),
    )
    order = {record["record_id"]: number for number, record in enumerate(unique_records)}
    titles = {record["record_id"]: record["title"] for record in unique_records}
    place = {stage.id: number for number, stage in enumerate(plan)}
    people = [vote for vote in matched if vote.reviewer]
    people.sort(key=lambda vote: (place[vote.stage], order[vote.record], vote.reviewer))
    write_rows(reviewers, VOTE, map(_vote_cells, people))
    found = sorted(settled.conflicts, key=lambda c: (place[c.stage], order[c.record]))
    write_rows(
        conflicts,
        CONFLICT,
        (
            {
                "record_id": c.record,
                "stage": c.stage,
                "kind": c.kind,
                "said": c.said,
                "settled": c.settled,
                "title": titles[c.record],
            }
            for c in found
        ),
    )
    agreed = _agreements(answers, plan, settled)
    write_json(agreement, {"stages": agreed})
    write_rows(
        agreement_table,
        AGREEMENT,
        ({key: held[key] for key in AGREEMENT} | {"reviewers": ", ".join(held["reviewers"])} for held in agreed),
    )
    write_rows(
        read,
        SOURCE,
        ({**row, "reviewers": ", ".join(sorted(label[name] for name in row["reviewers"]))} for row in about),
    )


if "snakemake" in globals():
    from prismake.common.steps import run

    run(screen, globals()["snakemake"])
