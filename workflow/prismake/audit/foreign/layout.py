"""The words of a PDF page in reading order: columns, lines, raised numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from prismake.audit.foreign.building import squeezed
from prismake.audit.foreign.citations import RAISED, UNRAISED

# Letters of this part of the line's size that stand above its foot are raised.
SMALL = 0.85
# The part of a page, above and below, in which running heads stand.
MARGIN = 0.09
# The part of a page's lines that may run across the gutter between two columns.
CROSSING = 0.6


@dataclass(frozen=True)
class Word:
    """A word at its place, in points from the upper left corner."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float


@dataclass(frozen=True)
class Line:
    """A line of a column: its text with the marks of raised numbers, its place, and the edges of its column.

    `column` is the page and the number of the block on it, in reading order.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    page: int
    column: tuple[int, int]
    left: float
    right: float


@dataclass(frozen=True)
class Sheet:
    """The words of a page, its number and its size."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]


def without_running_heads(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The pages without the lines of their margins that repeat, or are page numbers."""
    margins = [
        [
            row
            for row in rows_of(sheet.words)
            if not MARGIN < (row[0].top + row[0].bottom) / 2 / sheet.height < 1 - MARGIN
        ]
        for sheet in sheets
    ]
    plain = [[re.sub(r"\d+", "0", " ".join(word.text for word in row)) for row in rows] for rows in margins]
    repeated = Counter(text for texts in plain for text in set(texts))
    number = re.compile(r"(?:page )?0(?: of 0)?", re.IGNORECASE)
    kept = []
    for sheet, rows, texts in zip(sheets, margins, plain, strict=True):
        heads = {
            word
            for row, text in zip(rows, texts, strict=True)
            if repeated[text] > 1 or number.fullmatch(text)
            for word in row
        }
        kept.append(replace(sheet, words=tuple(word for word in sheet.words if word not in heads)))
    return kept


def without_line_numbers(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The pages without the numbers of lines that a manuscript has in its margin."""
    edges = [edge for sheet in sheets if (edge := _edge_of_numbers(sheet.words)) is not None]
    if not edges:
        return list(sheets)
    return [
        replace(sheet, words=tuple(one for one in sheet.words if not (one.text.isdigit() and one.x1 <= max(edges) + 1)))
        for sheet in sheets
    ]


def _edge_of_numbers(words: Sequence[Word]) -> float | None:
    """The right edge of the numbers of lines, if the lines of a page begin with numbers that count."""
    numbers = [row[0] for row in rows_of(words) if row[0].text.isdigit()]
    steps = [int(two.text) - int(one.text) for one, two in pairwise(numbers)]
    usual = Counter(steps).most_common(1)
    if len(numbers) < 5 or not usual or usual[0][0] not in (1, 2, 5, 10) or usual[0][1] < len(steps) * 0.8:
        return None
    edge = max(word.x1 for word in numbers)
    return edge if edge <= min((word.x0 for word in words if word not in numbers), default=0) + 2 else None


def words_of(page: Any) -> list[Word]:
    """The upright words of a page."""
    upright = page.filter(lambda item: item.get("object_type") != "char" or item.get("upright", True))
    words = upright.extract_words(extra_attrs=["size"], x_tolerance_ratio=0.2, y_tolerance=2)
    return [
        # Some fonts write every hyphen as a soft one.
        Word(
            one["text"].replace("\u00ad", "-"),
            float(one["x0"]),
            float(one["x1"]),
            float(one["top"]),
            float(one["bottom"]),
            float(one["size"]),
        )
        for one in words
    ]


def rows_of(words: Sequence[Word]) -> list[list[Word]]:
    """Words by line, from top to bottom: one belongs to a line if its middle lies within it."""
    rows: list[list[Word]] = []
    edges: list[tuple[float, float]] = []
    for word in sorted(words, key=lambda one: (-one.size > -6, one.top)):
        middle = (word.top + word.bottom) / 2
        place = next((at for at, (top, bottom) in enumerate(edges) if top <= middle <= bottom), None)
        if place is None:
            rows.append([word])
            edges.append((word.top, word.bottom))
        else:
            rows[place].append(word)
            if word.size >= max(one.size for one in rows[place]):
                edges[place] = min(edges[place][0], word.top), max(edges[place][1], word.bottom)
    order = sorted(range(len(rows)), key=lambda at: edges[at][0])
    return [sorted(rows[at], key=lambda one: one.x0) for at in order]


Gutter = tuple[float, float]


def _gutters(rows: Sequence[Sequence[Word]], width: float) -> list[Gutter]:
    """The strips between two or three columns; none on a page of one."""
    if len(rows) < 8:
        return []
    crossing = Counter[int]()
    for row in rows:
        crossing.update({at for word in row for at in range(int(word.x0), int(word.x1) + 1)})
    thirds = [_gutter(rows, crossing, width * start, width * (start + 0.2)) for start in (0.24, 0.56)]
    first, second = thirds
    if first and second:
        # In two columns few lines cross the middle of the page, in three more than cross the strips.
        middle = [crossing[at] for at in range(int(width * 0.46), int(width * 0.54))]
        most = max(crossing[int(sum(one) / 2)] for one in (first, second))
        if sum(middle) / len(middle) > most + len(rows) / 4:
            return [first, second]
    only = _gutter(rows, crossing, width * 0.3, width * 0.7)
    return [only] if only else []


def _gutter(rows: Sequence[Sequence[Word]], crossing: Counter[int], start: float, end: float) -> Gutter | None:
    """The widest strip between two places of a page that few lines cross."""
    places = range(int(start), int(end))
    fewest = min(crossing[at] for at in places)
    if fewest > len(rows) * CROSSING:
        return None
    strips: list[tuple[int, int]] = []
    for at in places:
        if crossing[at] <= fewest + 1:
            if strips and strips[-1][1] == at - 1:
                strips[-1] = strips[-1][0], at
            else:
                strips.append((at, at))
    left, right = max(strips, key=lambda strip: strip[1] - strip[0])
    before = sum(any(word.x1 <= left + 1 for word in row) for row in rows)
    behind = sum(any(word.x0 >= right - 1 for word in row) for row in rows)
    return (left, right) if right - left >= 6 and min(before, behind) > 3 else None


def lines_of(words: Sequence[Word], page: int, width: float) -> list[Line]:
    """The lines of a page in reading order: full lines as they come, columns from left to right between them."""
    rows = rows_of(words)
    gutters = _gutters(rows, width)
    blocks = _columns(rows, gutters) if gutters else [list(words)]
    lines = []
    for number, block in enumerate(blocks):
        left, right = min((word.x0 for word in block), default=0), max((word.x1 for word in block), default=0)
        for row in rows_of(block):
            lines.append(_line(row, page, (page, number), left, right))
    return [line for line in lines if line.text]


def _is_across(row: Sequence[Word], gutter: Gutter) -> bool:
    """Whether a line runs across a gutter."""
    middle = sum(gutter) / 2
    return (
        any(word.x0 < gutter[0] and word.x1 > gutter[1] for word in row)
        or any(one.x1 <= middle <= two.x0 and two.x0 - one.x1 < 0.6 * max(one.size, 8) for one, two in pairwise(row))
        or any(word.x0 < middle - 2 and word.x1 > middle + 2 for word in row)
    )


def _columns(rows: Sequence[Sequence[Word]], gutters: Sequence[Gutter]) -> list[list[Word]]:
    """The blocks of a page: full lines, and between them the columns from left to right."""
    blocks: list[list[Word]] = []
    middles = [sum(gutter) / 2 for gutter in gutters]
    sides: list[list[Word]] = [[] for _ in range(len(gutters) + 1)]
    for row in rows:
        if any(_is_across(row, gutter) for gutter in gutters):
            blocks += [side for side in sides if side]
            sides = [[] for _ in sides]
            blocks.append(list(row))
        else:
            for word in row:
                sides[sum((word.x0 + word.x1) / 2 > middle for middle in middles)].append(word)
    blocks += [side for side in sides if side]
    joined: list[list[Word]] = []
    full = [any(word.x0 < middle < word.x1 for word in block for middle in middles) for block in blocks]
    for at, block in enumerate(blocks):
        if at and full[at] and full[at - 1]:
            joined[-1] += block
        else:
            joined.append(block)
    return joined


def is_raised(word: Word, size: float, foot: float) -> bool:
    """Whether a word is a small number or letter above the foot of its line."""
    small = word.size < SMALL * size and word.bottom < foot - 0.1 * size
    return small and bool(re.match(r"[\d,–\-*†‡§a-z]+$", word.text))


def _line(row: Sequence[Word], page: int, column: tuple[int, int], left: float, right: float) -> Line:
    sizes = Counter[float]()
    for word in row:
        sizes[word.size] += len(word.text)
    size = sizes.most_common(1)[0][0]
    foot = max(word.bottom for word in row if word.size == size)
    text = ""
    for word in row:
        raised = is_raised(word, size, foot)
        text += f"{RAISED}{word.text}{UNRAISED}" if raised else f" {word.text}"
    text = squeezed(text.replace(f"{UNRAISED}{RAISED}", ""))
    top = min(word.top for word in row)
    return Line(text, row[0].x0, row[-1].x1, top, foot, size, page, column, left, right)
