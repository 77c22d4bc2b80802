"""The outcome of screening: the trail of each unique record through the stages, and the tables made from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from prismake.common.errors import Issue, counted
from prismake.common.matching import Matcher
from prismake.common.results.records import DESCRIBED
from prismake.common.stages import found_by_other_methods
from prismake.screening.agreement import agreement_of_stages, one_answer_issues
from prismake.screening.dates import date_issues
from prismake.screening.decisions import Settled, answers_of, checked_votes, settle
from prismake.screening.files import DecisionFiles
from prismake.screening.screen import Verdict, judge_all, undecided, unreached
from prismake.screening.stages import Stage
from prismake.screening.votes import Vote, day_of

Record = Mapping[str, str]
Row = dict[str, Any]


@dataclass(frozen=True)
class Searches:
    """The searches as screening needs them: their dates, and the ids of those by other methods."""

    dates: Sequence[str] = ()
    other_methods: Sequence[str] = ()


@dataclass(frozen=True)
class Outcome:
    """The result of screening.

    `trails` maps each record to its verdicts in order; `issues` are faults and warnings.
    """

    records: Sequence[Record]
    stages: Sequence[Stage]
    votes: Sequence[Vote]
    settled: Settled
    trails: Mapping[str, Sequence[Verdict]]
    agreement: Sequence[Row]
    issues: Sequence[Issue]

    def unfinished(self) -> list[Issue]:
        """Faults for the open conflicts and the undecided records, which only a draft may have."""
        return undecided(self.records, self.trails, self.stages, self.settled)

    @property
    def pending(self) -> int:
        """How many records wait for a decision."""
        return sum(trail[-1].decision == "pending" for trail in self.trails.values() if trail)


def screen_records(
    records: Sequence[Record],
    stages: Sequence[Stage],
    decisions: DecisionFiles,
    matcher: Matcher,
    searches: Searches,
    last_day: str = "",
) -> Outcome:
    """Takes the unique `records` through the stages by the votes of `decisions`; `last_day` is the end of screening."""
    votes, faults = checked_votes(decisions.votes, matcher, stages)
    settled, contradictions = settle(votes, stages)
    answers = answers_of(votes, stages)
    elsewhere = found_by_other_methods(matcher.cluster_of, searches.other_methods)
    waiting = {key: f"conflict: {conflict.answers}" for key, conflict in settled.open.items()} | settled.short
    trails = judge_all(records, stages, settled.decisions, elsewhere, waiting)
    issues = [
        *decisions.issues,
        *date_issues(decisions.votes, searches.dates, last_day),
        *faults,
        *contradictions,
        *one_answer_issues(votes, stages, answers),
        *unreached(trails, settled, elsewhere, [stage.id for stage in stages if not stage.other_methods]),
    ]
    return Outcome(records, stages, votes, settled, trails, agreement_of_stages(answers, stages, settled), issues)


def screening_rows(outcome: Outcome) -> Iterator[Row]:
    """The rows of results/screening/screening.csv: a record with its last verdict."""
    for record in outcome.records:
        verdict = outcome.trails[record["record_id"]][-1]
        yield {column.name: record[column.name] for column in DESCRIBED} | verdict.cells()


def trail_rows(outcome: Outcome) -> Iterator[Row]:
    """The rows of results/screening/trail.csv: a record's verdict at each stage that it reached."""
    for name, trail in outcome.trails.items():
        for verdict in trail:
            yield {"record_id": name, **verdict.cells()}


def reviewer_rows(outcome: Outcome) -> Iterator[Row]:
    """The rows of results/screening/reviewers.csv: votes by stage, record and reviewer."""
    order, place = _orders(outcome)
    votes = [vote for vote in outcome.votes if vote.reviewer]
    for vote in sorted(votes, key=lambda vote: (place[vote.stage], order[vote.record], vote.reviewer)):
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
    order, place = _orders(outcome)
    titles = {record["record_id"]: record["title"] for record in outcome.records}
    for conflict in sorted(outcome.settled.conflicts, key=lambda each: (place[each.stage], order[each.record])):
        yield {
            "record_id": conflict.record,
            "stage": conflict.stage,
            "kind": conflict.kind,
            "answers": conflict.answers,
            "settled": conflict.settled,
            "title": titles[conflict.record],
        }


def agreement_rows(outcome: Outcome) -> Iterator[Row]:
    """The rows of results/screening/agreement.csv: a stage, without the pairs of three or more reviewers."""
    for stage in outcome.agreement:
        row = {key: value for key, value in stage.items() if key != "pairs"}
        yield row | {"reviewers": ", ".join(stage["reviewers"])}


def _orders(outcome: Outcome) -> tuple[dict[str, int], dict[str, int]]:
    """(record -> its place among the records, stage -> its place among the stages)."""
    return (
        {record["record_id"]: number for number, record in enumerate(outcome.records)},
        {stage.id: number for number, stage in enumerate(outcome.stages)},
    )


def awaiting(pending: int, records: int) -> str:
    """How many of the records are undecided: `1 of 9 records awaits a decision`."""
    return f"{pending:,} of {counted(records, 'record')} {'awaits' if pending == 1 else 'await'} a decision"
