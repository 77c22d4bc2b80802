"""A value beside itself: twice in a sentence, as a share of itself, as both ends of a range, as its own part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from prismake.audit.bounds import Bound, bound_in, finding_in
from prismake.audit.findings import Finding, rule
from prismake.audit.matter import Matter
from prismake.audit.nouns import KINDS_OF_STUDY, PEOPLE, accepted, any_of
from prismake.audit.passages import Passage

# Where a number is taken up again: all nine, the same nine, each of the nine, of 93.
AGAIN = re.compile(
    r"\b(?:all|both|these|those|the|same|each|every|than|other|another|remaining)\s+(?:of\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
CLAUSE_END = re.compile(r"[.;:]\s")
OF = re.compile(r"\b(?:of|in|among)\s+(?:the\s+|all\s+|these\s+)*$", re.IGNORECASE)
PART_OF = re.compile(r"\s+(?:[\w-]+\s+)?of\s+(?:the\s+|all\s+|these\s+)*")
THEM = re.compile(r"\s*(?:[\w-]+\s+)?of\s+(?:them|these|those|which|whom)\b")
WHOM = re.compile(r",\s+of\s+(?:whom|which)\s+$")
SHARE = re.compile(r"\s*([\w.\[\]\"']+?)(?:\.value)?\s*\|\s*(?:pct|share|of)\(\s*([\w.\[\]\"']+?)(?:\.value)?\s*[,)]")


def _again(passage: Passage, bounds: Sequence[Bound], at: int) -> Bound | None:
    """The same value before a number, unless the text takes it up again, or both are what others are a part of."""
    one = bounds[at]
    for other in bounds[:at]:
        if (other.name, other.numeral.value) != (one.name, one.numeral.value) or _is_share(one) or _is_share(other):
            continue
        between = passage.text[other.printed.end : one.printed.start]
        if CLAUSE_END.search(between):
            continue
        if PART_OF.fullmatch(between):
            return other
        if not (AGAIN.search(between) or (OF.search(between) and OF.search(passage.text[: other.printed.start]))):
            return other
    return None


@rule(
    "value-twice",
    "error",
    needs=("ledger",),
    example="“sensitivity was 95.8% and specificity 95.8%”, both printed by the same value",
    blind="two values that happen to be the same number; numbers that the sentence takes up again (all nine, the nine)",
)
def value_twice(matter: Matter) -> Iterator[Finding]:
    """A value is printed twice in a sentence, as if it were two numbers, or as a share of itself."""
    for passage in matter.authored:
        bounds = bound_in(passage, matter)
        for at, one in enumerate(bounds):
            if one.numeral.form == "percent" and _of_itself(one):
                yield finding_in("value-twice", passage, f"{one.name} is given as a percentage of itself")
            elif one.value.kind in ("count", "measure", "year") and (other := _again(passage, bounds, at)):
                message = f"{one.name} ({one.numeral.text}) stands here for two numbers ({other.numeral.text})"
                yield finding_in("value-twice", passage, message)


def _is_share(one: Bound) -> bool:
    """Whether a value is printed as a percentage: with its sign, which the author does not write."""
    return one.numeral.form == "percent" and one.numeral.end <= one.printed.end


def _of_itself(one: Bound) -> bool:
    used = SHARE.match(one.printed.expression)
    return bool(used and used[1] == used[2])


@rule(
    "value-of-them",
    "error",
    needs=("ledger",),
    example="“we included 806 records, six of them prospective”, where the six are studies",
    blind="what `of them` refers to beyond the number before it",
)
def value_of_them(matter: Matter) -> Iterator[Finding]:
    """A number of them counts other things than the number before it, or more of them."""
    for passage in matter.authored:
        bounds = bound_in(passage, matter)
        for at, (other, one) in enumerate(pairwise(bounds)):
            between = passage.text[other.printed.end : one.printed.start]
            them = THEM.match(passage.text, one.printed.end) or WHOM.search(between)
            if not them or {one.value.kind, other.value.kind} != {"count"} or CLAUSE_END.search(between):
                continue
            # `1,773 cows from 68 herds, 340 of them heifers` speaks of what stands first.
            if any(_may_be_part(one, whole) for whole in bounds[:at] if whole.value.kind == "count"):
                continue
            if not _alike(accepted(one.value), accepted(other.value)):
                counts = any_of(pair[1] for pair in one.value.nouns)
                yield finding_in("value-of-them", passage, f"{one.name} counts {counts}, and {other.name} does not")
            elif one.numeral.value > other.numeral.value:
                message = f"{one.numeral.text} of {other.numeral.text} is more than the whole"
                yield finding_in("value-of-them", passage, message)


def _may_be_part(one: Bound, whole: Bound) -> bool:
    return _alike(accepted(one.value), accepted(whole.value)) and one.numeral.value <= whole.numeral.value


def _alike(nouns: frozenset[str], others: frozenset[str]) -> bool:
    """Whether two values may count things of one kind: not records and people; events are of anything."""
    kinds = (PEOPLE, KINDS_OF_STUDY, frozenset({"records"}))
    own, other = ({at for at, kind in enumerate(kinds) if nouns & kind} for nouns in (nouns, others))
    return not own or not other or bool(own & other)
