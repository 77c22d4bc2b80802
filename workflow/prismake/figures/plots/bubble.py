"""Bubble plots of a meta-regression: effects against a moderator, the area of each bubble its weight."""

from __future__ import annotations

import math
from dataclasses import dataclass

from prismake.common.errors import BuildStop, Issue, counted
from prismake.figures.plots.axes import BELOW, LEFT, RIGHT, TOP, draw_horizontal, draw_vertical
from prismake.figures.plots.forest import on
from prismake.figures.plots.scale import Scale, tick, transformed
from prismake.figures.plots.sheet import BLUE, GREY, INK, Drawing, Sheet

HEIGHT = 0.68
LARGEST, SMALLEST = 11.0, 1.6
BAND = "#dbe4ee"
# Shade of a bubble, so that one behind another is seen.
SEEN = "#6f93b8"


@dataclass(frozen=True)
class Bubble:
    """A study: its moderator, its effect as printed, its share of the weight, and its id."""

    label: str
    x: float
    effect: float
    weight: float
    study: str = ""


@dataclass(frozen=True)
class LinePoint:
    """The regression at one value of the moderator, with its interval, as printed."""

    x: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Bubbles:
    """A bubble plot: the studies, the regression line in order of the moderator, and what the axes are called.

    `slope` says the result in words, for the alternative text: "0.97 per degree, 95% CI …"; `subject` is the outcome.
    """

    bubbles: tuple[Bubble, ...]
    line: tuple[LinePoint, ...]
    noun: str
    moderator: str
    log: bool = False
    null: float | None = None
    slope: str = ""
    subject: str = ""


def describe(plot: Bubbles) -> str:
    """The plot in words: studies, range of the moderator, and the result of the regression."""
    low, high = (tick(each) for each in (min(b.x for b in plot.bubbles), max(b.x for b in plot.bubbles)))
    text = f"Bubble plot of {counted(len(plot.bubbles), 'study', 'studies')}{on(plot.subject)}: "
    text += f"{plot.noun.lower()} against "
    text += f"{plot.moderator}, from {low} to {high}."
    return f"{text} {plot.slope}".strip()


def check(plot: Bubbles) -> None:
    """Raises BuildStop, with every study concerned, for a plot without studies and for values that no axis can show."""
    issues = []
    for bubble in plot.bubbles:
        if not (math.isfinite(bubble.x) and math.isfinite(transformed(bubble.effect, plot.log)) and bubble.weight >= 0):
            message = f"{plot.moderator} {bubble.x:g}, effect {bubble.effect:g}, weight {bubble.weight:g}"
            issues.append(Issue("plot-value", message, bubble.label, "check the figures of this row"))
    if not plot.bubbles:
        issues.append(Issue("plot-empty", "the bubble plot has no study", plot.noun))
    if issues:
        raise BuildStop(issues)


def draw_bubbles(plot: Bubbles, width: float, font: str = "sans") -> Drawing:
    """The bubble plot, `width` points wide, with the regression line and the band of its interval.

    Large bubbles lie below small ones. Raises BuildStop for values that no axis can show.
    """
    check(plot)
    sheet = Sheet(width, math.ceil(width * HEIGHT), font)
    bottom = sheet.height - BELOW
    xs = [bubble.x for bubble in plot.bubbles] + [point.x for point in plot.line]
    free = 0.06 * (max(xs) - min(xs) or abs(xs[0]) or 1.0)
    across = Scale(min(xs) - free, max(xs) + free, LEFT, width - RIGHT)
    up = _vertical(plot, bottom)
    if plot.line:
        band = [(across.at(point.x), up.at(point.low)) for point in plot.line]
        band += [(across.at(point.x), up.at(point.high)) for point in reversed(plot.line)]
        sheet.area(band, fill=BAND, name="band")
    if plot.null is not None and up.contains(plot.null):
        y = up.at(plot.null)
        sheet.line([(LEFT, y), (width - RIGHT, y)], width=0.6, colour=GREY, dashes=(2, 2), name="null-line")
    heaviest = max(bubble.weight for bubble in plot.bubbles)
    numbered = sorted(enumerate(plot.bubbles, 1), key=lambda each: -each[1].weight)
    for place, bubble in numbered:
        radius = max(SMALLEST, LARGEST * math.sqrt(bubble.weight / heaviest)) if heaviest else SMALLEST
        at = (across.at(bubble.x), up.at(bubble.effect))
        sheet.circle(at, radius, fill=SEEN, edge=BLUE, width=0.8, name=f"bubble-{place}")
        sheet.spot_around(at, radius, bubble.study)
    if plot.line:
        points = [(across.at(point.x), up.at(point.value)) for point in plot.line]
        sheet.line(points, width=1.2, colour=INK, name="regression")
    draw_horizontal(sheet, across, bottom, plot.moderator[:1].upper() + plot.moderator[1:])
    draw_vertical(sheet, up, LEFT, plot.noun)
    return Drawing.of([sheet], describe(plot))


def _vertical(plot: Bubbles, bottom: float) -> Scale:
    """The axis of effects: all studies and the line; the band is cut where it goes far beyond them."""
    values = [transformed(bubble.effect, plot.log) for bubble in plot.bubbles]
    values += [transformed(point.value, plot.log) for point in plot.line]
    values += [transformed(plot.null, plot.log)] if plot.null is not None else []
    free = 0.12 * (max(values) - min(values) or abs(values[0]) or 1.0)
    low, high = min(values) - free, max(values) + free
    ends = (math.exp(low), math.exp(high)) if plot.log else (low, high)
    return Scale(*ends, bottom, TOP, plot.log)
