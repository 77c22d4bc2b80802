"""Texts of the sources, letter by letter, and the blocks in them that print as paragraphs."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

ENTITY = re.compile(r"&#?\w+;")
RUNS = {"---": "—", "--": "–", "...": "…"}


@dataclass(frozen=True)
class Origin:
    """The source of a letter.

    `kind`: text (the author's words), value, citation, reference (a cross-reference), or what is composed elsewhere:
    table, bibliography, label, title-page. `unit` is a section's path or a text of the metadata, `start` and `end`
    the place in its source, `name` the expression, key or table.
    """

    kind: str
    unit: str = ""
    start: int = -1
    end: int = -1
    name: str = ""


@dataclass(frozen=True)
class Sign:
    """A letter of a rendered text, and where it comes from."""

    text: str
    origin: Origin | None


@dataclass
class Unit:
    """A text of the sources: a whole section, or one text of the metadata with its key.

    `pieces` are those of the source map; `lines` has for each line that was rendered its line in the manuscript.
    """

    name: str
    file: str
    source: str
    path: str = ""
    pieces: list[dict[str, Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    @cached_property
    def rows(self) -> list[list[Sign]]:
        """The rendered lines, each as its signs."""
        rows: list[list[Sign]] = [[]]
        for sign in _signs(self):
            rows[-1].append(sign)
            if sign.text == "\n":
                rows.append([])
        return rows


@dataclass
class Block:
    """A paragraph, heading or item as it prints; `start` and `end` span the lines of its source.

    `atoms` are its citations and cross-references, each with the letter of `text` that follows it. `kind` is that of
    a `TextBlock`.
    """

    unit: str
    start: int
    end: int
    text: str
    origins: list[Origin | None]
    atoms: list[tuple[int, Origin]]
    kind: str = ""

    @property
    def key(self) -> str:
        """The text for comparison: letters and digits only."""
        return key_of(self.text)


def key_of(text: str) -> str:
    """Letters and digits of a text in lower case."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _signs(unit: Unit) -> Iterator[Sign]:
    for piece in unit.pieces:
        start = piece.get("start", -1)
        if "place" in piece:
            yield Sign("\ue000", Origin("place", unit.name, start, piece["end"], piece["place"]))
        elif "value" in piece:
            origin = Origin("value", unit.name, start, piece["end"], piece["value"])
            yield from (Sign(letter, origin) for letter in piece["text"])
        elif start >= 0:
            for at, letter in enumerate(piece["text"], start=start):
                yield Sign(letter, Origin("text", unit.name, at, at + 1))
        else:
            yield from (Sign(letter, None) for letter in piece["text"])


def span_of(origins: Sequence[Origin | None]) -> tuple[int, int]:
    """Start and end of what origins cover in their source; -1 where none is known."""
    places = [origin for origin in origins if origin and origin.start >= 0]
    return min((place.start for place in places), default=-1), max((place.end for place in places), default=-1)


def printed_letters(signs: Sequence[Sign]) -> Iterator[tuple[int, Sign]]:
    """Signs as the letters that they print, each with the position of its first sign.

    An escaped letter, an entity, and a run of hyphens or full stops are one letter.
    """
    source = "".join(sign.text for sign in signs)
    at = 0
    while at < len(source):
        text, end = source[at], at + 1
        if text == "\\" and end < len(source):
            text, end = ("\u00a0" if source[end] == " " else source[end]), at + 2
        elif text == "&" and (match := ENTITY.match(source, at)):
            text, end = html.unescape(match[0])[:1], match.end()
        elif run := next((run for run in RUNS if source.startswith(run, at)), None):
            text, end = RUNS[run], at + len(run)
        origin, last = signs[at].origin, signs[end - 1].origin
        if origin and origin.kind == "text" and end > at + 1:
            origin = replace(origin, end=last.end) if last else None
        yield at, Sign(text, origin)
        at = end
