"""Where a value stands: at the label of another, between the ends of a range, at a word for another extreme."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from prismake.audit.bounds import Bound, around, bound_in, finding_in, is_computed, is_range
from prismake.audit.families import GENERAL, member_of
from prismake.audit.findings import Finding, rule
from prismake.audit.matter import Matter
from prismake.audit.nouns import (
    PEOPLE,
    SEXES,
    accepted,
    any_of,
    forms,
    names_people,
    names_role,
    same_root,
    verbs_of,
    words_in,
)
from prismake.audit.passages import Passage
from prismake.audit.rules.wholes import is_part_of
from prismake.common.values import Value

# The two ends of a range, as the ledger names them.
ENDS = {"min": "max", "lowest": "highest", "first": "last", "low": "high"}
UPPER = {upper: lower for lower, upper in ENDS.items()}
SMALL = frozenset("smallest shortest lowest youngest fewest least minimum earliest lightest worst poorest".split())  # noqa: SIM905
LARGE = frozenset("largest longest highest oldest greatest maximum latest biggest heaviest best".split())  # noqa: SIM905
AVERAGE = frozenset("mean means average averages averaged weighted".split())  # noqa: SIM905
RANGED = frozenset("range ranged ranging ranges from between up single individual one extreme extremes most".split())  # noqa: SIM905
# Duplicates are records too: `417 duplicates were removed, and 1,069 remained`.
RECORDS, DUPLICATES = frozenset({"records"}), frozenset({"duplicates", "searches", "exclusions", "hits"})
PART = re.compile(r"[,;:()]|\b(?:and|or|whereas|while|but)\b")
ELLIPTIC = re.compile(r"\s?(?:$|[,;.)]|(?:and|or)\b)")
PREPOSITION = re.compile(r"\b(in|from|by|at|of|on|with)\s$")


def _right(passage: Passage, bounds: Sequence[Bound], index: int) -> str:
    after = around(passage, bounds, index)[1]
    stopped = PART.search(after)
    return after[: stopped.start()] if stopped else after


def _rivals(one: Bound, matter: Matter) -> list[tuple[str, ...]]:
    """The role words of the other members of a value's family: levels of a group, reasons, databases, answers."""
    own, place = one.value.roles[0], member_of(one.name, one.value)
    members = matter.families.get(place.family, {}) if place else {}
    words = {value.roles[0] for value in members.values() if value.roles and value.roles[0] not in GENERAL}
    return sorted(group for group in words if not set(group) & set(own))


@rule(
    "value-rival",
    "error",
    needs=("ledger",),
    example="“insulin was used in `{{ groups.drug.placebo.n }}` trials and placebo in …”",
    blind="labels of which both sides of the number speak",
)
def value_rival(matter: Matter) -> Iterator[Finding]:
    """A number stands at the label of another level, database or reason, and its own label is on neither side."""
    for passage in matter.authored:
        bounds = bound_in(passage, matter)
        for index, one in enumerate(bounds):
            # What a level has alone is said beside what it is without.
            if not one.value.roles or one.value.roles[0] in GENERAL or one.name.endswith("only"):
                continue
            left, right = around(passage, bounds, index)[0], _right(passage, bounds, index)
            inside = passage.text[one.printed.start : one.printed.end]
            if any(names_role(one.value.roles[0], text) for text in (left, right, inside)):
                continue
            there = [group for group in _rivals(one, matter) if names_role(group, left) or names_role(group, right)]
            if there:
                message = f"{one.name} ({one.numeral.text}) stands at {any_of(there[0])}"
                yield finding_in("value-rival", passage, message)


@rule(
    "value-range",
    "error",
    needs=("ledger",),
    example="“from `{{ pooled.age.min }}` to `{{ pooled.time.max }}` years”",
    blind="ranges whose ends are numbers of single studies",
)
def value_range(matter: Matter) -> Iterator[Finding]:
    """One end of a range is the extreme of a value, and the other end is not its counterpart."""
    for passage in matter.authored:
        for first, second in pairwise(bound_in(passage, matter)):
            if not is_range(passage, first, second):
                continue
            parents = [one.name.rpartition(".") for one in (first, second)]
            (low_of, _, low), (high_of, _, high) = parents
            if (low in ENDS or high in UPPER) and (low_of != high_of or ENDS.get(low) != high):
                yield finding_in(
                    "value-range", passage, f"{first.name} and {second.name} are not the ends of one range"
                )


@rule(
    "value-extreme",
    "warning",
    needs=("ledger",),
    example="“the smallest trial randomized `{{ pooled.patients.max }}`”, or “the mean was `{{ pooled.age.max }}`”",
    blind="a smallest mean taken for the smallest single number",
)
def value_extreme(matter: Matter) -> Iterator[Finding]:
    """A word before an extreme says that it is the other extreme, or the mean."""
    for passage in matter.authored:
        bounds = bound_in(passage, matter)
        for index, one in enumerate(bounds):
            end = one.name.rpartition(".")[2]
            if one.value.kind == "year" or (end not in ENDS and end not in UPPER):
                continue
            words = re.findall(r"[a-z]+", around(passage, bounds, index)[0].lower())
            called = next((word for word in reversed(words) if word in SMALL | LARGE), "")
            wrong = called in (LARGE if end in ENDS else SMALL)
            nearby = frozenset(re.findall(r"[a-z]+", _right(passage, bounds, index).lower()))
            beside = nearby | set(words)
            ranged = any(is_range(passage, *pair) for pair in pairwise(bounds) if one in pair)
            mean = not ranged and AVERAGE & beside and not (SMALL | LARGE | RANGED) & beside and words[-1:] != ["to"]
            if wrong or mean:
                yield finding_in("value-extreme", passage, f"{one.name} is not what '{called or 'mean'}' says")


@rule(
    "value-counts",
    "warning",
    needs=("ledger",),
    example="“All `{{ search.n_databases | words }}` agreed”, of two databases",
    blind="numbers with a role, and numbers of single studies; another word for what is counted draws a finding",
)
def value_counts(matter: Matter) -> Iterator[Finding]:
    """Neither the sentence nor the one before it names what a number counts."""
    for passage, words in _with_words_before(matter):
        bounds = bound_in(passage, matter)
        for index, one in enumerate(bounds):
            if not _is_count(one) or one.value.roles or one.name.startswith("studies.") or not one.value.nouns:
                continue
            names = accepted(one.value)
            names |= DUPLICATES if names & RECORDS else frozenset()
            known = {word for noun in names | (PEOPLE if names & PEOPLE else set()) for word in words_in(noun)}
            known |= verbs_of(known)
            # `655 of 1,762 were duplicates`: the part says what the whole is of.
            part = bounds[index - 1] if index and is_part_of(passage, bounds[index - 1], one) else one
            named = part is not one and bool(accepted(part.value) & names)
            alike = known & words or any(same_root(one, other) for one in known for other in words)
            people = bool(names & PEOPLE) and names_people(passage.text[one.printed.end :])
            if not alike and not named and not people:
                counts = any_of([pair[1] for pair in one.value.nouns])
                yield finding_in("value-counts", passage, f"{one.name} counts {counts}, which the text does not name")


def _with_words_before(matter: Matter) -> Iterator[tuple[Passage, frozenset[str]]]:
    """Each passage with its words and those of the sentence before it."""
    before: Passage | None = None
    for passage in matter.authored:
        same = before and before.paragraph == passage.paragraph
        yield passage, words_in(passage.text + (f" {before.text}" if before and same else ""))
        before = passage


def _is_count(one: Bound) -> bool:
    return one.value.kind == "count" and one.numeral.form in ("count", "year", "percent")


@rule(
    "value-narrow",
    "error",
    needs=("ledger",),
    example="“The trials randomized `{{ pooled.girls }}` children”",
    blind="parts that are neither women nor men; rows whose numbers have their nouns",
)
def value_narrow(matter: Matter) -> Iterator[Finding]:
    """Women or men are counted where the text names patients alone, or a row of numbers ends with other things."""
    for passage, words in _with_words_before(matter):
        bounds = bound_in(passage, matter)
        for index, one in enumerate(bounds):
            if not _is_count(one) or is_computed(one.printed):
                continue
            behind = [matter.ledger[name] for name in one.printed.names if name in matter.ledger]
            narrow = [_narrow(value, words) for value in behind]
            if message := next(filter(None, narrow), "") or _ellipsis(passage, bounds, index):
                yield finding_in("value-narrow", passage, message)


def _narrow(value: Value, words: frozenset[str]) -> str:
    """What is wrong where women are counted and only patients are named."""
    first = value.nouns[0][1].lower() if len(value.nouns) > 1 else ""
    if not any(first in family for family in SEXES) or set(words_in(" ".join(forms(first)))) & words:
        return ""
    return f"the text does not name the {first} that are counted ({value.how})"


def _ellipsis(passage: Passage, bounds: Sequence[Bound], index: int) -> str:
    """What is wrong where `in five studies, in three, in 176` ends with a number of other things."""
    if not index or not ELLIPTIC.match(passage.text[bounds[index].numeral.end :]):
        return ""
    one, other = bounds[index], bounds[index - 1]
    words = [PREPOSITION.search(passage.text[: bound.printed.start]) for bound in (other, one)]
    between = passage.text[other.printed.end : one.printed.start]
    if not all(words) or words[0][1] != words[1][1] or not re.search(r",|\b(?:and|or)\b", between):  # type: ignore[index]
        return ""
    if other.value.kind != "count" or accepted(one.value) & accepted(other.value):
        return ""
    return f"{one.name} counts {any_of(pair[1] for pair in one.value.nouns)}, the number before it does not"
