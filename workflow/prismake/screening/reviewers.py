"""Names of reviewers that are probably misspelt, and decisions that one name gives twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from prismake.common.errors import Issue, counted, near_name, some_of
from prismake.screening.votes import Vote

# How alike two names of people are of which one is a misspelling; Jane and June are not.
ALIKE = 0.8


def reviewer_issues(votes: Sequence[Vote], named: Sequence[str], renamed: Mapping[str, str]) -> list[Issue]:
    """The faults of the reviewers' names in the `votes`, which have the reviewers' labels.

    `named` are the people of screening.to_screen.reviewers and `renamed` is screening.reviewers; both declare names.
    A name that resembles one of `named` is an error, as it would make a further reviewer. Where nobody is named, a name
    that resembles another is a warning, unless both decided on one record: that takes two people.
    """
    by_name: dict[str, list[Vote]] = {}
    for vote in votes:
        if not vote.team:
            by_name.setdefault(vote.reviewer, []).append(vote)
    declared = {*named, *renamed, *renamed.values()}
    strange = {name: cast for name, cast in by_name.items() if name not in declared}
    issues = []
    for name, cast in strange.items():
        if meant := near_name(name, named):
            message = f"'{name}' is not one of the reviewers ({', '.join(named)})"
            issues.append(_misspelt(name, meant, cast, message, "error"))
        elif named:
            message = f"'{name}' has {counted(len(cast), 'decision')} but is not among the reviewers "
            message += f"({', '.join(named)})"
            fix = "correct the name, or add it to screening.to_screen.reviewers; if it is meant to be left out there, "
            fix += f"write {{{name}: {name}}} under screening.reviewers"
            issues.append(Issue("reviewer", message, cast[0].where, fix, "warning"))
    return issues if named else [*_alike(strange)]


def _misspelt(name: str, meant: str, cast: Sequence[Vote], message: str, severity: str) -> Issue:
    rows = "the row" if len(cast) == 1 else f"its {len(cast):,} rows"
    fix = f"did you mean '{meant}'? Correct {rows}; if they are two people, write {{{name}: {name}}} under "
    return Issue("reviewer", message, cast[0].where, fix + "screening.reviewers", severity)  # type: ignore[arg-type]


def _alike(by_name: Mapping[str, Sequence[Vote]]) -> Iterator[Issue]:
    """A warning for each name that resembles one with more decisions, where no record has decisions of both."""
    decisions = Counter({name: len(cast) for name, cast in by_name.items()})
    names = [name for name, _ in sorted(decisions.items(), key=lambda item: (-item[1], item[0]))]
    decided = {name: {(vote.stage, vote.record or vote.named) for vote in by_name[name]} for name in names}
    for at, name in enumerate(names):
        for other in names[:at]:
            if _is_like(name, other) and not decided[name] & decided[other]:
                message = f"'{name}' ({counted(decisions[name], 'decision')}) resembles the reviewer '{other}' "
                message += f"({counted(decisions[other], 'decision')})"
                yield _misspelt(name, other, by_name[name], message, "warning")
                break


def _is_like(name: str, other: str) -> bool:
    """Whether two names are alike word by word; initials and numbers must be the same."""
    words, others = name.casefold().split(), other.casefold().split()
    return len(words) == len(others) and all(
        one == two or (min(len(one), len(two)) > 2 and SequenceMatcher(None, one, two).ratio() >= ALIKE)
        for one, two in zip(words, others, strict=True)
        if one != two
    )


def given_twice(votes: Sequence[Vote]) -> Iterator[Issue]:
    """A warning for each reviewer and stage with the same decision on the same record in two places."""
    places: dict[tuple[str, str, str, str], list[str]] = {}
    for vote in votes:
        if not vote.team:
            places.setdefault((vote.reviewer, vote.stage, vote.member, vote.decision), []).append(vote.where)
    twice: dict[tuple[str, str], list[tuple[str, list[str]]]] = {}
    for (reviewer, stage, member, _), where in places.items():
        if len(set(where)) > 1:
            twice.setdefault((reviewer, stage), []).append((member, where))
    for (reviewer, stage), records in twice.items():
        number = counted(len(records), "record")
        names = some_of(name for name, _ in records)
        message = f"{reviewer} decides twice on {number} at stage '{stage}': {names}"
        fix = f"the first is also in {records[0][1][1]}: remove one, or correct the reviewer's name there"
        yield Issue("given-twice", message, records[0][1][0], fix, "warning")
