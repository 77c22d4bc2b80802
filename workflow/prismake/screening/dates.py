"""Dates of decisions, compared with the dates of the searches, as a step does not read the clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from prismake.common.errors import Issue
from prismake.screening.votes import Vote, day_of

# Years after the last search in which screening may still go on; a later date is a typing error.
LONGEST = 10


def date_issues(votes: Iterable[Vote], searched: Sequence[str], last_day: str) -> list[Issue]:
    """Faults of the dates of decisions.

    A date that is not valid, one after `last_day` (screening.last_day) and one more than `LONGEST` years
    after the last search are faults. One before the first search is a warning: the decision may still be valid.
    `searched` are the dates of the searches, YYYY-MM-DD.
    """
    days = sorted(date.fromisoformat(day) for day in searched)
    end = date.fromisoformat(last_day) if last_day else None
    issues = []
    for text, where in ((vote.date, vote.where) for vote in votes if vote.date):
        day = day_of(text)
        if day is None:
            fix = "write it as YYYY-MM-DD"
            issues.append(Issue("date", f"'{text[:60]}' is not a valid date", where, fix))
        elif end and day > end:
            message = f"decided on {day}, after the last day of screening, {end}"
            issues.append(Issue("date", message, where, "correct the date, or 'last_day' under 'screening'"))
        elif days and day.year > days[-1].year + LONGEST:
            message = f"decided on {day}, more than {LONGEST} years after the last search, {days[-1]}"
            issues.append(Issue("date", message, where, "correct the date"))
        elif days and day < days[0]:
            message = f"decided on {day}, before the first search, {days[0]}"
            issues.append(Issue("date", message, where, "check the date", "warning"))
    return issues
