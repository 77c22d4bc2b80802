"""Harvest plots: for each outcome, the studies as bars under the direction of their effects.

Ogilvie D, Fayter D, Petticrew M, et al. The harvest plot: a method for synthesising evidence about the differential
effects of interventions. BMC Med Res Methodol 2008;8:8.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from prismake.common.errors import counted, stop
from prismake.figures.plots.direction import NAMES, SIZE, SIZES, Directions, Way, check, size_class
from prismake.figures.plots.lights import PALE, draw_key, key_height
from prismake.figures.plots.sheet import BLUE, FAINT, GREY, INK, Drawing, Sheet
from prismake.figures.textwidth import NO_BREAK_SPACE, text_width, wrap

# From left to right: the columns of a harvest plot.
COLUMNS: tuple[Way, ...] = ("harm", "unclear", "benefit")
# Points: a bar and the gap to the next; heights of bars by the size of the study; what a row needs beside its bars.
PITCH, WIDE = 13.0, 10.0
HEIGHTS = {"small": 9.0, "medium": 17.0, "large": 25.0}
ABOVE, BELOW, LABELS, GAP = 11.0, 6.0, 0.22, 8.0


@dataclass(frozen=True)
class _Bar:
    """A study in a row: its number in the plot, its size, and where in its column and line the bar stands."""

    number: int
    way: Way
    size: str
    line: int
    place: int


def draw_harvest(plot: Directions, width: float, tallest: float, font: str = "sans") -> Drawing:
    """One row per outcome, one column per direction, one bar per study, on as many pages as the outcomes need.

    A bar's height shows the study's size, the number above it which study it is, and its fill and symbol the overall
    judgement on it. Raises BuildStop for a plot without studies or outcomes, and for an outcome with more studies than
    a page holds.
    """
    check(plot)
    label = min(LABELS * width, max(text_width(text, SIZE) for text in plot.domains) + 2)
    panel = (width - label - GAP) / len(COLUMNS)
    most = max(1, int((panel - GAP) // PITCH))
    rows = [(domain, list(_bars(plot, place, most))) for place, domain in enumerate(plot.domains)]
    keyed = wrap(
        "; ".join(f"{place}{NO_BREAK_SPACE}{study.label}" for place, study in enumerate(plot.studies, 1)),
        SIZE - 1,
        width,
    )
    head = 2.6 * SIZE
    foot = 1.4 * (SIZE - 1) * (len(keyed) + 1) + key_height(plot.judgements(), (), SIZE - 1, width) + 2 * SIZE
    pages = _pages(plot, rows, tallest - head - foot, label)
    sheets = []
    for page in pages:
        sheet = Sheet(width, math.ceil(head + sum(height for *_, height in page) + foot), font)
        _heads(sheet, label, panel)
        y = head
        for domain, bars, height in page:
            _row(sheet, plot, domain, bars, (y, height), (label, panel))
            y += height
        _foot(sheet, plot, keyed, y + SIZE)
        sheets.append(sheet)
    return Drawing.of(sheets, describe_harvest(plot))


def describe_harvest(plot: Directions) -> str:
    """The plot in words: for each outcome, which studies point which way."""
    parts = [f"Harvest plot of {counted(len(plot.studies), 'study', 'studies')}."]
    for place, domain in enumerate(plot.domains):
        ways = []
        for way in COLUMNS:
            labels = [s.label for s in plot.studies if (one := s.directions[place]) and one.way == way]
            ways.append(f"{NAMES[way]} {len(labels)}" + (f" ({', '.join(labels)})" if labels else ""))
        parts.append(f"{domain}: {'; '.join(ways)}.")
    return " ".join([*parts, plot.test]).strip()


def _bars(plot: Directions, domain: int, most: int) -> Iterator[_Bar]:
    for way in COLUMNS:
        there = [(n, s) for n, s in enumerate(plot.studies, 1) if (one := s.directions[domain]) and one.way == way]
        for place, (number, study) in enumerate(there):
            yield _Bar(number, way, size_class(study.participants), place // most, place % most)


Placed = tuple[list[str], list[_Bar], float]


def _pages(plot: Directions, rows: list[tuple[str, list[_Bar]]], room: float, label: float) -> list[list[Placed]]:
    """(name in lines, bars, height) of each row, page by page."""
    pages: list[list[Placed]] = [[]]
    used = 0.0
    for domain, bars in rows:
        lines = wrap(domain, SIZE, label)
        tall = ABOVE + HEIGHTS["large"] + BELOW
        height = max(tall * (1 + max((bar.line for bar in bars), default=0)), 1.25 * SIZE * len(lines) + SIZE)
        if height > room:
            fix = "divide its studies, or use the effect direction plot"
            raise stop("plot-height", f"'{domain[:40]}' does not fit on a page", where="the harvest plot", fix=fix)
        if used + height > room:
            pages.append([])
            used = 0.0
        pages[-1].append((lines, bars, height))
        used += height
    return pages


def _left(label: float, panel: float, way: Way) -> float:
    return label + GAP + panel * COLUMNS.index(way)


def _heads(sheet: Sheet, label: float, panel: float) -> None:
    for way in COLUMNS:
        middle = _left(label, panel, way) + (panel - GAP) / 2
        sheet.text((middle, 1.2 * SIZE), NAMES[way].capitalize(), SIZE, align="center", bold=True)
    sheet.text((0, 1.2 * SIZE), "Outcome", SIZE, bold=True)
    sheet.line([(0, 1.9 * SIZE), (sheet.width, 1.9 * SIZE)], width=0.5)


def _row(
    sheet: Sheet, plot: Directions, lines: list[str], bars: list[_Bar], down: tuple[float, float],
    across: tuple[float, float],
) -> None:  # fmt: skip
    (top, height), (label, panel) = down, across
    first = top + height / 2 + 0.35 * SIZE - 1.25 * SIZE * (len(lines) - 1) / 2
    for place, words in enumerate(lines):
        sheet.text((0, first + 1.25 * SIZE * place), words, SIZE)
    tall = ABOVE + HEIGHTS["large"] + BELOW
    for way in COLUMNS:
        left = _left(label, panel, way)
        for line in range(1 + max((bar.line for bar in bars if bar.way == way), default=0)):
            base = top + tall * (line + 1) - BELOW
            sheet.line([(left, base), (left + panel - GAP, base)], width=0.6)
    for bar in bars:
        base = top + tall * (bar.line + 1) - BELOW
        _bar(sheet, plot, bar, (_left(label, panel, bar.way) + PITCH * bar.place, base))
    sheet.line([(0, top + height), (sheet.width, top + height)], width=0.4, colour=FAINT)


def _bar(sheet: Sheet, plot: Directions, bar: _Bar, at: tuple[float, float]) -> None:
    (x, base), high, study = at, HEIGHTS[bar.size], plot.studies[bar.number - 1]
    level = study.judgement
    sheet.spot((x, base - high - ABOVE), PITCH, high + ABOVE, study.study)
    fill = level.colour if level else BLUE
    sheet.box((x + 1, base - high), WIDE, high, fill=fill, edge=GREY, name=f"bar-{bar.way}-{bar.number}")
    middle = x + 1 + WIDE / 2
    sheet.text((middle, base - high - 2), str(bar.number), SIZE - 1.5, align="center")
    if level:
        colour = "#ffffff" if level.colour in PALE else INK
        sheet.text((middle, base - 2.2), level.symbol, SIZE - 1.5, align="center", bold=True, colour=colour)


def _foot(sheet: Sheet, plot: Directions, keyed: list[str], top: float) -> None:
    size, y = SIZE - 1, top + SIZE - 1
    for words in [f"Height: {', '.join(f'{kind}, {words}' for kind, words in SIZES.items())}.", *keyed]:
        sheet.text((0, y), words, size, colour=GREY)
        y += 1.4 * size
    draw_key(sheet, (0, y - 0.6 * size), plot.judgements(), (), size, sheet.width)
