"""The plot of the primary studies of reviews: which review includes which, and how much the reviews overlap."""

from __future__ import annotations

import math
from dataclasses import dataclass

from prismake.common.errors import counted, stop
from prismake.figures.plots.judgements import BAND
from prismake.figures.plots.scale import number
from prismake.figures.plots.sheet import BLUE, Drawing, Sheet
from prismake.figures.textwidth import text_width, wrap
from prismake.synthesis.primary import Inclusions, degree

SIZES = (8.0, 7.5, 7.0, 6.5, 6.0)
# Share of the width that the names may take, and of the height that the names of the reviews may.
LABELS, HEADS, GAP = 0.4, 0.4, 8.0
TOTAL = "Reviews"


def area_words(area: float) -> str:
    """`corrected covered area 12% (high overlap)`."""
    return f"corrected covered area {number(100 * area, 0)}% ({degree(area)} overlap)"


def describe(plot: Inclusions) -> str:
    """The plot in words: how many primary studies are in how many reviews, and the corrected covered area."""
    several = sum(len(one) > 1 for one in plot.studies.values())
    studies = counted(len(plot.studies), "primary study", "primary studies")
    text = f"Overlap of {counted(len(plot.reviews), 'review')}: {studies}, {several:,} of them in several reviews"
    return f"{text}." if plot.area is None else f"{text}; {area_words(plot.area)}."


@dataclass(frozen=True)
class _Columns:
    """Font size, room of the names, and the distances of columns and rows, in points."""

    size: float
    label: float
    pitch: float
    width: float

    def at(self, place: int) -> float:
        """The middle of the column of a review; the one behind the last has the numbers of reviews."""
        return self.label + GAP + self.pitch * (place + 0.5)


def draw_primary(plot: Inclusions, width: float, tallest: float, font: str = "sans") -> Drawing:
    """One row per primary study, one column per review, on as many pages of the height `tallest` as they need.

    Raises BuildStop where there is no primary study, and for more reviews, or longer names, than a page holds.
    """
    if not plot.studies:
        raise stop("plot-empty", "no review has primary studies", fix="fill in the table of primary studies")
    columns = _columns(plot, width)
    size = columns.size
    head = max(text_width(name, size) for name in (*plot.reviews, TOTAL)) + size
    if head > HEADS * tallest:
        raise stop("plot-height", "the names of the reviews are too long", fix="shorten their labels")
    rows = [(wrap(name, size, columns.label), one) for name, one in plot.studies.items()]
    pages: list[list[tuple[list[str], frozenset[int]]]] = [[]]
    used, foot = 0.0, 2.2 * size
    for lines, one in rows:
        height = _height(lines, size)
        if pages[-1] and head + used + height + foot > tallest:
            pages.append([])
            used = 0.0
        pages[-1].append((lines, one))
        used += height
    sheets = []
    for number_of_page, page in enumerate(pages, 1):
        last = number_of_page == len(pages)
        body = sum(_height(lines, size) for lines, _ in page)
        sheet = Sheet(columns.width, math.ceil(head + body + (foot if last else 0)), font)
        _draw_page(sheet, plot, page, columns, head)
        if last:
            _totals(sheet, plot, columns, head + body)
        sheets.append(sheet)
    return Drawing.of(sheets, describe(plot))


def _height(lines: list[str], size: float) -> float:
    return 1.25 * size * len(lines) + 0.35 * size


def _columns(plot: Inclusions, width: float) -> _Columns:
    for size in SIZES:
        label = min(LABELS * width, max(text_width(name, size) for name in (*plot.studies, "Primary study")) + 2)
        least = max(1.3 * size, text_width(f"{len(plot.studies):,}", size) + 3)
        room = width - label - GAP
        if least * (len(plot.reviews) + 1) <= room:
            pitch = min(2 * size, room / (len(plot.reviews) + 1))
            pitch = max(pitch, least)
            return _Columns(size, label, pitch, label + GAP + pitch * (len(plot.reviews) + 1))
    message = f"{len(plot.reviews)} reviews do not fit beside each other in {width * 25.4 / 72:.0f} mm"
    raise stop("plot-width", message, fix="shorten the names of the primary studies")


def _draw_page(
    sheet: Sheet,
    plot: Inclusions,
    page: list[tuple[list[str], frozenset[int]]],
    columns: _Columns,
    head: float,
) -> None:
    size = columns.size
    sheet.text((0, head - 0.6 * size), "Primary study", size, bold=True)
    for place, name in enumerate((*plot.reviews, TOTAL)):
        sheet.text((columns.at(place) + 0.35 * size, head - 0.6 * size), name, size, turned=True, align="left")
    sheet.line([(0, head - 0.2 * size), (columns.width, head - 0.2 * size)], width=0.5)
    y = head
    for row, (lines, one) in enumerate(page, 1):
        height = _height(lines, size)
        if row % 2 == 0:
            sheet.box((0, y), columns.width, height, fill=BAND)
        middle, side = y + height / 2, 0.85 * size
        first = middle + 0.35 * size - 1.25 * size * (len(lines) - 1) / 2
        for line, words in enumerate(lines):
            sheet.text((0, first + 1.25 * size * line), words, size)
        for place in sorted(one):
            corner = (columns.at(place) - side / 2, middle - side / 2)
            sheet.box(corner, side, side, fill=BLUE, name=f"included-{row}-{place + 1}")
        at = (columns.at(len(plot.reviews)), middle + 0.35 * size)
        sheet.text(at, str(len(one)), size, align="center")
        y += height


def _totals(sheet: Sheet, plot: Inclusions, columns: _Columns, y: float) -> None:
    size = columns.size
    sheet.line([(0, y + 0.2 * size), (columns.width, y + 0.2 * size)], width=0.5)
    sheet.text((0, y + 1.5 * size), "Primary studies", size, bold=True)
    for place in range(len(plot.reviews)):
        total = sum(place in one for one in plot.studies.values())
        sheet.text((columns.at(place), y + 1.5 * size), f"{total:,}", size, align="center", bold=True)
    at = (columns.at(len(plot.reviews)), y + 1.5 * size)
    sheet.text(at, f"{len(plot.studies):,}", size, align="center", bold=True)
