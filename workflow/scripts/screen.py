"""Step: every unique record goes through the stages and ends with one stage, one decision and one reason."""

import gc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from prismake.common.errors import SHOWN, BuildStop, Issue
from prismake.common.matching import COLUMNS, Matcher
from prismake.common.records import read_clusters, read_records
from prismake.common.stages import found_by_other_methods
from prismake.common.steps import log, warn
from prismake.common.tables import read_table
from prismake.common.writing import write_json, write_rows
from prismake.screening.agreement import Answers
from prismake.screening.agreement import agreement as agreement_of
from prismake.screening.dates import date_issues
from prismake.screening.decisions import Settled, answers_of, as_vote, checked_votes, settle
from prismake.screening.readers import read_source, sources_of
from prismake.screening.reasons import Reasons, splitter
from prismake.screening.screen import (
    AGREEMENT,
    CONFLICT,
    DESCRIBED,
    SOURCE,
    VERDICT,
    VOTE,
    judge_all,
    undecided,
    unreached,
)
from prismake.screening.stages import Stage, make_stages
from prismake.screening.votes import Vote, day_of, holds_address, labels, relabelled


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
    return read_records(unique, (*DESCRIBED, "publication_types"))


def _read_all(records: Path | None) -> list[dict[str, str]]:
    """What can identify a record, of every record."""
    return read_records(records, COLUMNS) if records else []


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
    cluster_of = read_clusters(clusters)
    written, about = _read_tables((decisions, consensus), schema)
    exported, more, issues = _read_sources(sources, plan)
    about += more
    label = labels({vote.reviewer for vote in (*written, *exported)}, names or {})
    votes = relabelled((*written, *exported), label)
    issues += date_issues(votes, searched, last_day)
    matched, faults = checked_votes(votes, Matcher(cluster_of, partial(_read_all, records)), plan)
    settled, contradictions = settle(matched, plan)
    answers = answers_of(matched, plan)
    issues += faults + contradictions + _unfinished(matched, plan, answers)
    waiting = {key: f"conflict: {conflict.said}" for key, conflict in settled.open.items()} | settled.short
    elsewhere = found_by_other_methods(cluster_of, other_methods)
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
