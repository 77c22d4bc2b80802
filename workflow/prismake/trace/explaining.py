"""Finds each number of a finished document again in the manuscript that it was made from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache

from prismake.audit.numerals import numerals
from prismake.audit.passages import Passage
from prismake.trace.document_lines import Line

# How many letters before and after a number must agree, the most telling first; what a line lacks is not asked for.
CONTEXTS = ((24, 24), (12, 12), (24, 0), (0, 24), (12, 0), (0, 12), (6, 6))
# Letters around a number below which they say nothing, unless they are the whole line.
LEAST = 6
DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
NAME = re.compile(r"(?<![\w./:@+-])[\w./:@+-]*\d[\w./:@+-]*")
# The word before a number that the writer set: `Tables` and `and` of `Tables 1 and 2`.
LABEL = re.compile(r"[^\W\d]+\.?[\s\u00a0]+$")
# Letters on either side of a citation among which the words of the manuscript may not be together.
NEAR = 30
BREAK = "\n"


@dataclass(frozen=True)
class Token:
    """A number of a line, or a name that holds digits: its place and what it says."""

    start: int
    end: int
    text: str
    is_name: bool = False


def tokens_of(text: str) -> list[Token]:
    """The numbers of a text, and the names that hold digits, in order; no letter belongs to two."""
    tokens = [Token(one.start, one.end, one.text) for one in numerals(text)]
    taken = {at for token in tokens for at in range(token.start, token.end)}
    wide = [match.span() for match in NAME.finditer(text)]
    for match in DIGITS.finditer(text):
        if not taken.isdisjoint(range(*match.span())):
            continue
        start, end = next(((a, b) for a, b in wide if a <= match.start() < b), match.span())
        if not taken.isdisjoint(range(start, end)):
            start, end = match.span()
        word = text[start:end].rstrip(".,:-/")
        tokens.append(Token(start, start + len(word), word, True))
        taken.update(range(start, start + len(word)))
    return sorted(tokens, key=lambda token: token.start)


@cache
def letters_of(text: str, hidden: tuple[tuple[int, int], ...] = ()) -> tuple[str, tuple[int, ...]]:
    """The letters and digits of a text in lower case, and the place of each; what is `hidden` left out."""
    left_out = {at for start, end in hidden for at in range(start, end)}
    kept = [(letter.lower()[:1], at) for at, letter in enumerate(text) if letter.isalnum() and at not in left_out]
    return "".join(letter for letter, _ in kept), tuple(at for _, at in kept)


def same_number(first: str, second: str) -> bool:
    """Whether two texts write the same number: blanks and dashes may differ, points and commas may not."""
    return re.sub(r"[^\w.,]", "", first).lower() == re.sub(r"[^\w.,]", "", second).lower()


@dataclass(frozen=True)
class Origin:
    """A number of the document in the manuscript: the passage and its place there."""

    passage: Passage
    start: int
    end: int


@dataclass
class Letters:
    """The letters of a manuscript in one string, paragraph after paragraph, with the passage and place of each."""

    passages: Sequence[Passage]
    text: str = ""
    places: list[tuple[int, int]] = field(default_factory=list)
    used: set[tuple[int, int]] = field(default_factory=set)
    beside: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        pieces: list[str] = []
        last = None
        for index, passage in enumerate(self.passages):
            if (passage.paragraph, passage.part) != last:
                pieces.append(BREAK)
                self.places.append((index, 0))
            last = (passage.paragraph, passage.part)
            letters, at = letters_of(passage.text)
            pieces.append(letters)
            self.places += [(index, place) for place in at]
        self.text = "".join(pieces)

    def _at(self, place: int, length: int, token: str) -> Origin | None:
        """The number at a place of the letters, where it is whole and the same as in the document."""
        index, start = self.places[place]
        last, end = self.places[place + length - 1]
        passage = self.passages[index]
        # `P = .003` begins with a point, which is no letter.
        if token.startswith(".") and passage.text[:start].endswith("."):
            start -= 1
        if last != index or not same_number(passage.text[start : end + 1], token):
            return None
        before, after = passage.text[:start], passage.text[end + 1 :]
        if re.search(r"\d$|\d[.,]$", before) or re.match(r"[.,]?\d", after):
            return None
        return Origin(passage, start, end + 1)

    def beside_citation(self, token: str) -> Origin | None:
        """A number beside a citation or reference, which the writer prints in words of its own; each is found once."""
        for index, passage in enumerate(self.passages):
            for number in tokens_of(passage.text) if passage.cited else ():
                near = any(_is_near(cited.at, number) for cited in passage.cited)
                if near and same_number(number.text, token) and (index, number.start) not in self.beside:
                    self.beside.add((index, number.start))
                    return Origin(passage, number.start, number.end)
        return None

    def find(self, before: str, number: str, after: str, token: str) -> Origin | None:
        """A number by the letters before and after it; of several places the first that no other number took."""
        for left, right in CONTEXTS:
            head, tail = before[-left:] if left else "", after[:right]
            few = len(head) + len(tail) < LEAST
            if few and (head, tail) != (before, after):
                continue
            wanted, shift = head + number + tail, len(head)
            places: list[tuple[int, Origin]] = []
            at = self.text.find(wanted)
            while at != -1 and len(places) < 50:
                one = self._at(at + shift, len(number), token)
                # So few letters stand in many places: only a passage that says nothing else is the line.
                if one and not (few and letters_of(one.passage.text)[0] != wanted):
                    places.append((at + shift, one))
                at = self.text.find(wanted, at + 1)
            for place, one in places:
                if (place, len(number)) not in self.used:
                    self.used.add((place, len(number)))
                    return one
            if places:
                return places[0][1]
        return None


def _hidden(line: Line) -> list[tuple[int, int]]:
    """What the writer numbered in a line, with the word before each number (`Tables 1 and 2`), which is its own too."""
    hidden = []
    for start, end, kind in line.added:
        if kind == "numbering":
            label = LABEL.search(line.text, max(0, start - NEAR), start)
            hidden.append((label.start() if label else start, end))
    return hidden


def in_line(line: Line, token: Token, letters: Letters) -> Origin | None:
    """The number of a line of the document in the letters of the manuscript."""
    text, places = letters_of(line.text, tuple(_hidden(line)))
    inside = [number for number, at in enumerate(places) if token.start <= at < token.end]
    if not inside:
        return None
    first, last = inside[0], inside[-1] + 1
    if origin := letters.find(text[:first], text[first:last], text[last:], token.text):
        return origin
    beside = [*(cited.at for cited in line.cited), *(at for start, end, _ in line.added for at in (start, end))]
    return letters.beside_citation(token.text) if any(_is_near(at, token) for at in beside) else None


def _is_near(place: int, token: Token) -> bool:
    """Whether a place is so near that what the writer printed there stands among the letters around a number."""
    return token.start - NEAR <= place <= token.end + NEAR


@dataclass(frozen=True)
class Cell:
    """A cell of a table of the manuscript: the table, its row and column, counted from 0 with the header's rows."""

    table: str
    row: int
    column: int
    passage: Passage

    def find(self, line: Line, token: Token) -> Origin | None:
        """A number of the same cell in the document."""
        ours, our_places = letters_of(self.passage.text)
        theirs, their_places = letters_of(line.text)
        if ours != theirs:
            return self._left_over(line, token)
        inside = [number for number, at in enumerate(their_places) if token.start <= at < token.end]
        start, end = our_places[inside[0]], our_places[inside[-1]] + 1
        return Origin(self.passage, start, end) if same_number(self.passage.text[start:end], token.text) else None

    def _left_over(self, line: Line, token: Token) -> Origin | None:
        """A number of a cell that was changed, where it is not what was changed."""
        ours, theirs = tokens_of(self.passage.text), tokens_of(line.text)
        shown, own_texts = ([letters_of(one.text)[0] for one in tokens] for tokens in (theirs, ours))
        for block in SequenceMatcher(None, shown, own_texts, autojunk=False).get_matching_blocks():
            for offset in range(block.size):
                own = ours[block.b + offset]
                if theirs[block.a + offset].start == token.start and same_number(own.text, token.text):
                    return Origin(self.passage, own.start, own.end)
        return None


def cells_by_place(
    lines: Sequence[Line], grids: Mapping[str, Sequence[Sequence[Passage]]]
) -> dict[tuple[int, int], Cell]:
    """(number of a table in the document, place among its full cells) -> the cell of the manuscript that it prints."""
    shown: dict[int, list[Line]] = {}
    for line in lines:
        if line.cell:
            shown.setdefault(line.cell[0], []).append(line)
    known = {name: list(_cells(name, rows)) for name, rows in grids.items()}
    ours = {name: [letters_of(cell.passage.text)[0] for cell in cells] for name, cells in known.items()}
    result: dict[tuple[int, int], Cell] = {}
    for table, cells in shown.items():
        theirs = [letters_of(line.text)[0] for line in cells]
        # As a share of both, since all the cells of a small table may be in a large one too.
        alike = {
            name: (Counter(texts) & Counter(theirs)).total() / (len(texts) + len(theirs) or 1)
            for name, texts in ours.items()
        }
        name = max(alike, key=lambda each: alike[each], default="")
        # The cells in their order; a cell that differs stands between two that agree.
        for _, start, end, first, last in SequenceMatcher(
            None, theirs, ours.get(name, []), autojunk=False
        ).get_opcodes():
            for offset in range(end - start if end - start == last - first else 0):
                result[table, start + offset] = known[name][first + offset]
    return result


def _cells(name: str, rows: Sequence[Sequence[Passage]]) -> Iterator[Cell]:
    for row, cells in enumerate(rows):
        for column, passage in enumerate(cells):
            if passage.text.strip():
                yield Cell(name, row, column, passage)
