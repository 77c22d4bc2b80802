"""The outcome of screening: the trail of each unique record through the stages, and the tables made from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from prismake.common.arrow import texts
from prismake.common.errors import Issue
from prismake.common.matching import Matcher
from prismake.common.results.records import DESCRIBED
from prismake.common.results.screening import VERDICT
from prismake.common.stages import found_by_other_methods
from prismake.screening.agreement import agreement_of_stages, one_answer_issues
from prismake.screening.dates import date_issues
from prismake.screening.decisions import Settled, answers_of, checked_votes, overruled, settle
from prismake.screening.files import DecisionFiles
from prismake.screening.lists import ClosedList, Lists, read_lists, unlisted_votes
from prismake.screening.readers.entries import UNSEEN
from prismake.screening.screen import Undecided, Verdict, judge_all, undecided
from prismake.screening.stages import Stage
from prismake.screening.unreached import unreached
from prismake.screening.votes import Vote, day_of

# What verdicts depend on.
JUDGED = ("record_id", "title", "publication_types")
Record = Mapping[str, str]
Row = dict[str, Any]


@dataclass(frozen=True)
class Searches:
    """The searches as screening needs them: their dates, and the ids of those by other methods."""

    dates: Sequence[str] = ()
    other_methods: Sequence[str] = ()


@dataclass
class Outcome:
    """The result of screening; of single records only what decisions are about, and what waits.

    `known` gives the place among all records and the title of each record that somebody decided on, and `trails` its
    verdicts in order, as of each record in `waiting`, with its title (in a draft none). `records` and `pending` count
    all records and those that wait; `others` the records that a file decides by not listing them, by the file's place
    among the files; `issues` are faults and warnings.
    """

    stages: Sequence[Stage]
    votes: Sequence[Vote]
    settled: Settled
    others: Mapping[int, int]
    draft: bool
    agreement: Sequence[Row] = ()
    issues: Sequence[Issue] = ()
    known: dict[str, tuple[int, str]] = field(default_factory=dict)
    trails: dict[str, Sequence[Verdict]] = field(default_factory=dict)
    waiting: list[Record] = field(default_factory=list)
    records: int = 0
    pending: int = 0

    def add(self, records: Sequence[Record], trails: Mapping[str, Sequence[Verdict]], decided: Collection[str]) -> None:
        """Counts some records, and keeps what the tables and messages need of those that wait or are `decided` on."""
        for place, record in enumerate(records, self.records):
            name = record["record_id"]
            trail = trails[name]
            waits = bool(trail) and trail[-1].decision == "pending"
            if waits:
                self.pending += 1
            if waits and not self.draft:
                self.waiting.append({"record_id": name, "title": record["title"]})
            if name in decided:
                self.known[name] = place, record["title"]
            if name in decided or (waits and not self.draft):
                self.trails[name] = trail
        self.records += len(records)

    def unfinished(self) -> list[Issue]:
        """Faults for the open conflicts and the undecided records; none in a draft, which may have them."""
        return undecided(self.waiting, self.trails, self.stages, self.settled)


@dataclass(frozen=True)
class Unique:
    """The unique records: `read` gives them some thousands at a time, as tables of `DESCRIBED` and `JUDGED`.

    `write` takes each of these tables with the trails of its records, once.
    """

    read: Callable[[], Iterable[pa.Table]]
    write: Callable[[pa.Table, Mapping[str, Sequence[Verdict]]], None]

    def batches(self) -> Iterator[tuple[pa.Table, list[Record]]]:
        """The tables, each with its records as verdicts need them."""
        return ((table, table.select(JUDGED).to_pylist()) for table in self.read())


def screen_records(
    unique: Unique,
    stages: Sequence[Stage],
    decisions: DecisionFiles,
    matcher: Matcher,
    searches: Searches,
    last_day: str = "",
    *,
    draft: bool = False,
) -> Outcome:
    """Takes the unique records through the stages by the votes of `decisions`; `last_day` is the end of screening."""
    votes, faults = checked_votes(decisions.votes, matcher, stages)
    lists = read_lists(decisions.files, votes, matcher, stages)
    elsewhere = found_by_other_methods(matcher.cluster_of, searches.other_methods)
    settled, contradictions = settle(votes, stages)
    others: dict[int, int] = {}
    for position, stage in enumerate(stages):
        for closed in (each for each in lists.closed if each.stage == stage.id):
            without, until = _without(settled, lists), stages[: position + 1]
            reached = [
                name
                for _, records in unique.batches()
                for name, trail in judge_all(records, until, settled.decisions, elsewhere, without).items()
                if _is_expected(trail, stage)
            ]
            others[closed.number] = _apply(closed, reached, votes, settled, lists)
            settled, contradictions = settle(votes, stages)
    outcome = Outcome(stages, votes, settled, others, draft)
    decided = {vote.record for vote in votes} | {name for name, _ in (*settled.decisions, *settled.open)}
    without = _without(settled, lists)
    for table, records in unique.batches():
        trails = judge_all(records, stages, settled.decisions, elsewhere, without)
        outcome.add(records, trails, decided)
        unique.write(table, trails)
    answers = answers_of(votes, stages)
    outcome.agreement = agreement_of_stages(answers, stages, settled)
    outcome.issues = [
        *decisions.issues,
        *date_issues(decisions.votes, searches.dates, last_day),
        *faults,
        *lists.issues,
        *contradictions,
        *overruled(settled, votes, stages),
        *one_answer_issues(votes, stages, answers),
        *unreached(outcome.trails, settled, elsewhere, [stage.id for stage in stages if not stage.other_methods]),
    ]
    return outcome


def _without(settled: Settled, lists: Lists) -> Undecided:
    waiting = {key: f"conflict: {conflict.answers}" for key, conflict in settled.open.items()} | settled.short
    return Undecided(waiting, lists.unseen)


def _is_expected(trail: Sequence[Verdict], stage: Stage) -> bool:
    """Whether a record reached the stage and no rule of it decided."""
    return bool(trail) and trail[-1].stage == stage.id and not trail[-1].decided_by.startswith("rule ")


def _apply(closed: ClosedList, reached: Sequence[str], votes: list[Vote], settled: Settled, lists: Lists) -> int:
    """Adds what a list says about the records that it does not name; how many those are."""
    if closed.others == UNSEEN:
        keys = [(name, closed.stage) for name in reached if name not in closed.records]
        open_keys = [key for key in keys if key not in settled.decisions and key not in settled.open]
        lists.unseen.update(dict.fromkeys(open_keys, closed.where))
        return len(open_keys)
    added = list(unlisted_votes(closed, reached, votes, settled))
    votes += added
    return len({vote.record for vote in added})


def screening_table(described: pa.Table, trails: Mapping[str, Sequence[Verdict]]) -> pa.Table:
    """Rows of results/screening/screening.csv: records (`DESCRIBED`) with their last verdicts."""
    last = [trail[-1] for trail in trails.values()]
    return pa.table({column.name: described[column.name] for column in DESCRIBED} | _cells(last))


def trail_table(trails: Mapping[str, Sequence[Verdict]]) -> pa.Table:
    """Rows of results/screening/trail.csv: a record's verdict at each stage that it reached."""
    verdicts = [verdict for trail in trails.values() for verdict in trail]
    return pa.table({"record_id": texts([each.record_id for each in verdicts])} | _cells(verdicts))


def _cells(verdicts: Sequence[Verdict]) -> dict[str, pa.Array]:
    names = [column.name for column in VERDICT]
    return {name: texts([getattr(verdict, name) for verdict in verdicts]) for name in names}


def reviewer_rows(outcome: Outcome) -> Iterator[Row]:
    """The rows of results/screening/reviewers.csv: votes by stage, record and reviewer."""
    place = {stage.id: number for number, stage in enumerate(outcome.stages)}
    votes = [vote for vote in outcome.votes if not vote.team]
    for vote in sorted(votes, key=lambda vote: (place[vote.stage], outcome.known[vote.record], vote.reviewer)):
        day: date | None = day_of(vote.date)
        yield {
            "record_id": vote.record,
            "stage": vote.stage,
            "reviewer": vote.reviewer,
            "decision": vote.decision,
            "reason": vote.reasons[0] if vote.reasons else "",
            "reasons": ", ".join(vote.reasons),
            "note": vote.note,
            "date": day.isoformat() if day else "",
            "member": vote.member,
            "matched_by": vote.matched_by,
            "where": vote.where,
        }


def conflict_rows(outcome: Outcome) -> Iterator[Row]:
    """The rows of results/screening/conflicts.csv, by stage and record."""
    place = {stage.id: number for number, stage in enumerate(outcome.stages)}
    known = outcome.known
    for conflict in sorted(outcome.settled.conflicts, key=lambda each: (place[each.stage], known[each.record])):
        yield {
            "record_id": conflict.record,
            "stage": conflict.stage,
            "kind": conflict.kind,
            "answers": conflict.answers,
            "settled": conflict.settled,
            "title": known[conflict.record][1],
        }


def agreement_rows(outcome: Outcome) -> Iterator[Row]:
    """The rows of results/screening/agreement.csv: a stage, without the pairs of three or more reviewers."""
    for stage in outcome.agreement:
        row = {key: value for key, value in stage.items() if key != "pairs"}
        yield row | {"reviewers": ", ".join(stage["reviewers"])}
