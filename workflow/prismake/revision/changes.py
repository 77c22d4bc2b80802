"""Changes of the sources: spans and the text that replaces them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

TAG = re.compile(r"\{\{.*?(?:\}\}|\Z)|\{%.*?(?:%\}|\Z)|\{#", re.DOTALL)


class Change(NamedTuple):
    """One change of a unit of the sources: what is between `start` and `end` becomes `new`."""

    unit: str
    start: int
    end: int
    new: str


def merged(changes: Sequence[Change]) -> list[Change]:
    """Adjoining deletions joined to one; insertions stay as they are."""
    result: list[Change] = []
    for unit, start, end, new in sorted(changes, key=lambda change: change[:3]):
        if (
            result
            and not new
            and not result[-1].new
            and result[-1].unit == unit
            and start <= result[-1].end
            and end > start
        ):
            last = result[-1]
            if last.end > last.start:
                result[-1] = Change(unit, last.start, max(last.end, end), "")
                continue
        result.append(Change(unit, start, end, new))
    return result


def tags(source: str) -> list[str]:
    """The expressions and statements of the template language in a source."""
    return TAG.findall(source)


def apply(source: str, changes: Sequence[tuple[int, int, str]]) -> str:
    """A source with changes applied, each a span and its new text; spans do not overlap."""
    pieces, at = [], 0
    for start, end, new in sorted(changes, key=lambda change: (change[0], change[1])):
        pieces += [source[at:start], new]
        at = max(at, end)
    return "".join([*pieces, source[at:]])
