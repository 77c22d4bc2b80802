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
from prismake.screening.decisions import Settled, answers_of, checked_votes, overruled, settle
from prismake.screening.files import DecisionFiles
from prismake.screening.lists import ClosedList, Lists, read_lists, unlisted_votes
from prismake.screening.readers.entries import UNSEEN
from prismake.screening.screen import Undecided, Verdict, judge_all, undecided
from prismake.screening.stages import Stage
from prismake.screening.unreached import unreached
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

    `trails` maps each record to its verdicts in order; `others` counts the records that a file decides by not listing
    them, by the file's place among the files; `issues` are faults and warnings.
    """

    records: Sequence[Record]
    stages: Sequence[Stage]
    votes: Sequence[Vote]
    settled: Settled
    trails: Mapping[str, Sequence[Verdict]]
    agreement: Sequence[Row]
    others: Mapping[int, int]
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
    lists = read_lists(decisions.files, votes, matcher, stages)
    elsewhere = found_by_other_methods(matcher.cluster_of, searches.other_methods)
    settled, contradictions = settle(votes, stages)
    others: dict[int, int] = {}
    for position, stage in enumerate(stages):
        for closed in (each for each in lists.closed if each.stage == stage.id):
            trails = judge_all(records, stages[: position + 1], settled.decisions, elsewhere, _without(settled, lists))
            reached = [name for name, trail in trails.items() if _is_expected(trail, stage)]
            others[closed.number] = _apply(closed, reached, votes, settled, lists)
            settled, contradictions = settle(votes, stages)
    answers = answers_of(votes, stages)
    trails = judge_all(records, stages, settled.decisions, elsewhere, _without(settled, lists))
    issues = [
        *decisions.issues,
        *date_issues(decisions.votes, searches.dates, last_day),
        *faults,
        *lists.issues,
        *contradictions,
        *overruled(settled, votes, stages),
        *one_answer_issues(votes, stages, answers),
        *unreached(trails, settled, elsewhere, [stage.id for stage in stages if not stage.other_methods]),
    ]
    agreement = agreement_of_stages(answers, stages, settled)
    return Outcome(records, stages, votes, settled, trails, agreement, others, issues)


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
    votes = [vote for vote in outcome.votes if not vote.team]
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
