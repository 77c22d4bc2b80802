"""Numbers that values printed, and the words on either side of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from prismake.audit.findings import RULES, Finding
from prismake.audit.matter import Matter
from prismake.audit.nouns import names_role
from prismake.audit.numerals import Numeral, numerals
from prismake.audit.passages import Passage, Printed
from prismake.common.values import Value

CHECK = "look at the value that the expression names, or reword the sentence"
TO = re.compile(r"\s*+%?\s*+(?:[a-z]+\s)?(?:to|and)\s+|\s*+%?\s*+–\s*")
SUPERLATIVE = re.compile(
    r"\b(?:best|worst|most|least)\b|\b(?!(?:inter|t|for|w|ch|inv|harv|sugg|cont|prot|qu|requ|man|mod|hon|dig|arr)est\b)[a-z]{3,}est\b",
    re.IGNORECASE,
)
OPERATOR = re.compile(r"[\w\])]\s*[-+*/]\s*[\w(\[]")
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
CLAUSE = re.compile(r"[;:]\s|\.\s")


@dataclass(frozen=True)
class Bound:
    """A number that a value printed: the value behind it, and where it stands in the passage."""

    numeral: Numeral
    printed: Printed
    name: str
    value: Value


def is_computed(printed: Printed) -> bool:
    """Whether an expression adds, subtracts, multiplies or divides several values."""
    return len(printed.names) > 1 and bool(OPERATOR.search(QUOTED.sub(" ", printed.expression)))


def _computed_from(values: Sequence[Value], numeral: Numeral) -> Value:
    """A sum or difference as a value: it counts what all of its values count, and has no role of one of them."""
    first, *others = values
    nouns = tuple(pair for pair in first.nouns if all(pair in other.nouns for other in others))
    return replace(first, value=numeral.value, nouns=nouns, roles=())


def bound_in(passage: Passage, matter: Matter) -> list[Bound]:
    """The numbers of a passage that values printed, each with the first value behind it."""
    if (known := matter.bounds.get(id(passage))) is not None:
        return known
    bounds = []
    for printed in passage.printed:
        names = [name for name in printed.names if name in matter.ledger]
        inside = [one for one in numerals(passage.text) if printed.start <= one.start < printed.end]
        text = passage.text[printed.start : printed.end].strip().lower()
        if not inside and names and text.split(" ")[0] in ("one", "no", "zero"):
            start = printed.start
            one = Numeral(
                start, start + len(text.split(" ")[0]), text, Decimal(matter.ledger[names[0]].value or 0), "count"
            )
            inside = [one]
        if inside and names:
            values = [matter.ledger[name] for name in names]
            value = _computed_from(values, inside[0]) if is_computed(printed) else values[0]
            bounds.append(Bound(inside[0], printed, names[0], value))
    # A passage of the matter lives as long as the matter does, so its place in memory is its own.
    if id(passage) in matter.places:
        matter.bounds[id(passage)] = bounds
    return bounds


def is_range(passage: Passage, first: Bound, second: Bound) -> bool:
    """Whether two values are the ends of a range: 10–20, 10 to 20, between 10 and 20."""
    between = passage.text[first.printed.end : second.printed.start]
    before = passage.text[: first.printed.start]
    joined = " and " not in between or re.search(r"\bbetween\s+$", before, re.IGNORECASE)
    return bool(TO.fullmatch(between) and joined)


def finding_in(identifier: str, passage: Passage, message: str, fix: str = CHECK) -> Finding:
    """A finding of a rule about a passage, at its line."""
    severity = RULES[identifier].severity
    return Finding(identifier, severity, passage.file, passage.line, passage.text.strip(), message, fix)


def around(passage: Passage, bounds: Sequence[Bound], index: int) -> tuple[str, str]:
    """The words before and behind a number, up to its neighbours."""
    left = bounds[index - 1].printed.end if index else 0
    right = bounds[index + 1].printed.start if index + 1 < len(bounds) else len(passage.text)
    return passage.text[left : bounds[index].printed.start], passage.text[bounds[index].printed.end : right]


def in_clause(before: str, after: str) -> tuple[str, str]:
    """What of the words before and behind a number belongs to its clause."""
    cut = [match.end() for match in CLAUSE.finditer(before)]
    stopped = CLAUSE.search(after)
    return before[cut[-1] :] if cut else before, after[: stopped.start()] if stopped else after


def sides_named(passage: Passage, bounds: Sequence[Bound], index: int, role: Sequence[str] = ()) -> set[str]:
    """On which sides of a number, up to its neighbours, its role, or another, is named."""
    one = bounds[index]
    before, after = in_clause(*around(passage, bounds, index))
    there = {"left": before, "right": after, "inside": passage.text[one.printed.start : one.printed.end]}
    wanted = role or (one.value.roles[0] if one.value.roles else ())
    return {side for side, text in there.items() if names_role(wanted, text)}
