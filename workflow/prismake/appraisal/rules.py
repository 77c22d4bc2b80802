"""Rules that propose an answer from other answers, as an appraisal tool's flow chart does: data in the form's file.

A rule is an answer and the cases in which it is proposed. A case names items or questions with the answers that they
must have, and may count: `any`, `all` or `count` of some answers `among` items. Every part of a case must hold; of
several cases one is enough; the first rule that holds proposes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COUNTING = ("any", "all", "count", "among", "at_least", "at_most")


@dataclass(frozen=True)
class Case:
    """What must hold: the `answers` that items or questions have, and how many of `among` have one of `counted`."""

    answers: dict[str, frozenset[str]]
    counted: frozenset[str] = frozenset()
    among: tuple[str, ...] = ()
    at_least: int = 0
    at_most: int | None = None

    @property
    def names(self) -> list[str]:
        """The items and questions that the case looks at."""
        return [*self.answers, *self.among]

    def holds(self, given: Mapping[str, str]) -> bool:
        """Whether the answers that are `given` (item or question -> answer) are such a case."""
        if any(given.get(name) not in valid for name, valid in self.answers.items()):
            return False
        if not self.among:
            return True
        number = sum(given.get(name) in self.counted for name in self.among)
        return number >= self.at_least and (self.at_most is None or number <= self.at_most)


@dataclass(frozen=True)
class Rule:
    """An answer and the cases in which it is proposed; always, where there are none."""

    answer: str
    cases: tuple[Case, ...] = ()

    def holds(self, given: Mapping[str, str]) -> bool:
        """Whether one of the cases holds."""
        return not self.cases or any(case.holds(given) for case in self.cases)


def proposal(rules: Sequence[Rule], given: Mapping[str, str]) -> str | None:
    """The answer of the first rule that holds; None where none does."""
    return next((rule.answer for rule in rules if rule.holds(given)), None)


def names_in(rules: Sequence[Rule]) -> list[str]:
    """The items and questions that rules look at, each once."""
    return list(dict.fromkeys(name for rule in rules for case in rule.cases for name in case.names))


def read_cases(content: Any, groups: Mapping[str, Sequence[str]], items: Sequence[str]) -> tuple[Case, ...]:
    """The cases of a form's file: one as a mapping, or a list of several.

    `groups` are names for several answers, `items` those among which a case counts where it names none.
    """
    cases = [content] if isinstance(content, Mapping) else content or []
    return tuple(_case(case, groups, items) for case in cases)


def _case(content: Mapping[str, Any], groups: Mapping[str, Sequence[str]], items: Sequence[str]) -> Case:
    def answers(names: Sequence[str]) -> frozenset[str]:
        return frozenset(answer for name in names for answer in groups.get(name, [name]))

    named = {name: answers(valid) for name, valid in content.items() if name not in COUNTING}
    key = next((key for key in ("any", "all", "count") if key in content), None)
    if key is None:
        return Case(named)
    among = tuple(content.get("among", items))
    least = {"any": 1, "all": len(among), "count": 0}[key]
    return Case(named, answers(content[key]), among, content.get("at_least", least), content.get("at_most"))


def unknown_names(
    rules: Sequence[tuple[str, Sequence[Rule]]], answers: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str, list[str]]]:
    """(where, name, valid names) of each item, question or answer in rules that the form does not have.

    `rules` are pairs of a place and its rules, `answers` the answers of each item and question.
    """
    for where, own in rules:
        for case in (case for rule in own for case in rule.cases):
            for name in case.names:
                if name not in answers:
                    yield where, name, list(answers)
            for name, valid in case.answers.items():
                for answer in sorted(valid - set(answers.get(name, valid))):
                    yield f"{where}, '{name}'", answer, list(answers[name])
            known = {answer for name in case.among for answer in answers.get(name, ())}
            for answer in sorted(case.counted - known) if case.among else ():
                yield where, answer, sorted(known)
