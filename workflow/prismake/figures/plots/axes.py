"""A frame with two axes, for plots of points."""

from __future__ import annotations

import math

from prismake.figures.plots.scale import Scale, tick, ticks
from prismake.figures.plots.sheet import Sheet
from prismake.figures.textwidth import text_width, wrap

SIZE = 8.0
# Points around the frame: for numbers and title on the left, below, at the top and right.
LEFT, BELOW, TOP, RIGHT = 52.0, 34.0, 8.0, 12.0


def draw_horizontal(sheet: Sheet, scale: Scale, y: float, title: str = "", size: float = SIZE) -> None:
    """An axis with its ticks below a plot; a number that would touch the one before is left out, its tick stays."""
    sheet.line([(scale.start, y), (scale.end, y)], width=0.6, name="axis")
    last = -math.inf
    for value in ticks(scale.low, scale.high, scale.log):
        x, text = scale.at(value), tick(value)
        sheet.line([(x, y), (x, y + 0.35 * size)], width=0.6)
        half = text_width(text, size) / 2
        if x - half > last:
            sheet.text((x, y + 1.4 * size), text, size, align="center")
            last = x + half + 2
    if title:
        _title(sheet, ((scale.start + scale.end) / 2, y + 2.9 * size), title, abs(scale.end - scale.start), size)


def draw_vertical(sheet: Sheet, scale: Scale, x: float, title: str, size: float = SIZE) -> None:
    """An axis with its ticks on the left of a plot, its title turned."""
    sheet.line([(x, scale.start), (x, scale.end)], width=0.6, name="axis")
    for value in ticks(scale.low, scale.high, scale.log):
        y = scale.at(value)
        sheet.line([(x - 0.35 * size, y), (x, y)], width=0.6)
        sheet.text((x - 0.7 * size, y + 0.35 * size), tick(value), size, align="right")
    middle, room = (scale.start + scale.end) / 2, abs(scale.end - scale.start)
    _title(sheet, (x - LEFT + 2 * size, middle), title, room, size, turned=True)


def _title(
    sheet: Sheet, at: tuple[float, float], title: str, room: float, size: float, *, turned: bool = False
) -> None:
    """A title of one line; one too long for it is set smaller."""
    lines = wrap(title, size, room)
    size = size if len(lines) < 2 else max(5.0, size * room / text_width(title, size))
    sheet.text(at, title, size, align="center", turned=turned)
