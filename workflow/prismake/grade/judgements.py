"""The judgements that people write, checked: what each body of evidence is rated, step by step, with its reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue, Severity, counted, nearest, some_of
from prismake.common.tables import Row, place_of
from prismake.grade.domains import DOMAINS, Domain, moved, words

Study = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """A domain with its answer, the levels that it moves, and the reason; the answer is empty while it is pending."""

    domain: Domain
    answer: str
    levels: int
    reason: str


@dataclass(frozen=True)
class Rating:
    """The certainty of the evidence on an outcome.

    `start` is where it starts, `steps` are its domains, `summed` what they give, `certainty` what it is rated, and
    `reason` why that differs. All three levels are empty while something is pending.
    """

    start: str
    steps: tuple[Step, ...]
    summed: str
    certainty: str
    reason: str

    @property
    def pending(self) -> list[str]:
        """What is not judged yet, in words."""
        return [*([] if self.start else ["start"]), *(step.domain.words for step in self.steps if not step.answer)]

    @property
    def moving(self) -> list[Step]:
        """The steps that move the certainty."""
        return [step for step in self.steps if step.levels]


def rating_of(row: Row, designs: Sequence[str]) -> Rating:
    """The rating of a row of judgements; `designs` are those of the studies behind it."""
    start = row["start"] or start_of(designs)
    steps = tuple(_step(domain, row) for domain in DOMAINS)
    if not start or not all(step.answer for step in steps):
        return Rating(start, steps, "", "", "")
    summed = moved(start, sum(step.levels for step in steps))
    return Rating(start, steps, summed, row["certainty"] or summed, row["certainty_reason"] or "")


def _step(domain: Domain, row: Row) -> Step:
    answer = row[domain.name] or ("" if domain.lowers else domain.neutral)
    return Step(domain, answer, domain.steps.get(answer, 0), row[domain.reason] or "")


def start_of(designs: Sequence[str]) -> str:
    """Where the certainty starts by the designs of the studies: high of randomized trials, low where none is a trial.

    Empty where the designs do not decide it.
    """
    kinds = {_kind(design.lower()) for design in designs}
    return kinds.pop() if len(kinds) == 1 else ""


def _kind(design: str) -> str:
    plain = design.replace("randomis", "randomiz").replace("_", " ").replace("-", " ")
    if any(word in plain for word in ("non randomiz", "nonrandomiz", "quasi")):
        return "low"
    if "randomiz" in plain or plain == "rct":
        return "high"
    return "" if not plain or "trial" in plain else "low"


def row_issues(row: Row, rating: Rating, path: Path, *, draft: bool) -> Iterator[Issue]:
    """The faults of a row: what is not judged, a step without a reason, a rating that is not the sum of its steps."""
    where, outcome = place_of(row, path), f"outcome '{row['outcome']}'"
    severity: Severity = "warning" if draft else "error"
    if rating.pending:
        message = f"{outcome} is not judged: {', '.join(rating.pending)}"
        fix = "fill in the columns" + ("" if rating.start else "; `start` is high or low, as the designs do not say it")
        yield Issue("grade-pending", message, where, fix, severity)
    bare = [step.domain.reason for step in rating.moving if not step.reason]
    if bare:
        message = f"{outcome} is rated without a reason"
        yield Issue("grade-reason", message, where, f"write it: {', '.join(bare)}", severity)
    if rating.certainty != rating.summed and not rating.reason:
        message = (
            f"{outcome} is rated {words(rating.certainty)}, where {words(rating.start)} and its steps "
            f"({sum(step.levels for step in rating.steps):+d}) give {words(rating.summed)}"
        )
        fix = "correct the rating or a step, or say why in 'certainty_reason'"
        yield Issue("grade-sum", message, where, fix)
    raised = [step.domain.words for step in rating.moving if step.levels > 0]
    if raised and (rating.start == "high" or any(step.levels < 0 for step in rating.moving)):
        message = f"{outcome} is rated up for {some_of(raised)} although it starts high or is rated down"
        fix = "GRADE rates up evidence that starts low and has no serious limitation"
        yield Issue("grade-raised", message, where, fix, "warning")
    if row["assumed_risk"] is not None and not row["assumed_risk_source"]:
        message = f"{outcome} has an assumed risk without a source"
        yield Issue("grade-reason", message, where, "name it in 'assumed_risk_source'", severity)


def outcome_issues(
    rows: Sequence[Row], analyses: Mapping[str, Any], failed: Mapping[str, str], reported: Sequence[str], path: Path
) -> Iterator[Issue]:
    """An issue for each row of an outcome that nobody pools or reports, and one for the analyses without a row."""
    known = [*analyses, *failed, *reported]
    for row in rows:
        if row["outcome"] not in known:
            message = f"'{row['outcome']}' is neither a meta-analysis nor an outcome of the extraction"
            yield Issue("grade-outcome", message, place_of(row, path), nearest(row["outcome"], known))
    rated = {row["outcome"] for row in rows}
    if left := [name for name in analyses if name not in rated]:
        message = f"{counted(len(left), 'meta-analysis has', 'meta-analyses have')} no GRADE judgement: {some_of(left)}"
        yield Issue("grade-missing", message, str(path), "add a row for each", "warning")
