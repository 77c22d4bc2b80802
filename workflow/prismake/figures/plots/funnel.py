"""Funnel plots, with contours of significance.

Peters JL, Sutton AJ, Jones DR, Abrams KR, Rushton L. Contour-enhanced meta-analysis funnel plots help distinguish
publication bias from other causes of asymmetry. J Clin Epidemiol 2008;61:991-6.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from prismake.common.errors import BuildStop, Issue, counted
from prismake.figures.plots.axes import BELOW, LEFT, RIGHT, SIZE, TOP, draw_horizontal, draw_vertical
from prismake.figures.plots.forest import on
from prismake.figures.plots.lights import key_lines, key_places
from prismake.figures.plots.scale import Scale, number
from prismake.figures.plots.sheet import BLUE, GREY, INK, Drawing, Sheet

# From the outermost to the innermost, with the critical values of a normal test at their borders.
BANDS = (
    ("p < 0.01", "#eef1f4"),
    ("0.01 \u2264 p < 0.05", "#cfd6de"),
    ("0.05 \u2264 p < 0.10", "#e2e7ec"),
    ("p \u2265 0.10", "#ffffff"),
)
CRITICAL = (2.5758293035489004, 1.959963984540054, 1.6448536269514722)
NORMAL = CRITICAL[1]
HEIGHT, RADIUS = 0.6, 2.6


@dataclass(frozen=True)
class Point:
    """A study: its effect and standard error on the scale on which effects are pooled (a log risk ratio).

    `imputed`: not a study but what trim and fill adds; `study` is the id of one.
    """

    label: str
    yi: float
    se: float
    imputed: bool = False
    study: str = ""


@dataclass(frozen=True)
class Funnel:
    """A funnel plot: its points, the pooled effect on their scale, the noun of the effect, whether they are logarithms.

    `null` is the value of no effect on the points' scale, around which the contours lie (None: no contours).
    `asymmetry` says what the tests found, for the alternative text; `subject` is the outcome, `p`
    what a p value is called.
    """

    points: tuple[Point, ...]
    pooled: float
    noun: str
    log: bool = False
    null: float | None = 0.0
    asymmetry: str = ""
    subject: str = ""
    p: str = "p"


def describe(funnel: Funnel) -> str:
    """The plot in words: how many studies, how they lie around the pooled effect, what the tests found."""
    studies = [point for point in funnel.points if not point.imputed]
    left = sum(point.yi < funnel.pooled for point in studies)
    value = math.exp(funnel.pooled) if funnel.log else funnel.pooled
    text = f"Funnel plot of {counted(len(studies), 'study', 'studies')}{on(funnel.subject)}, around the pooled "
    text += f"{funnel.noun.lower()} of "
    text += f"{number(value, 2)}: {left:,} below it and {len(studies) - left:,} at or above it."
    if imputed := len(funnel.points) - len(studies):
        text += f" {counted(imputed, 'study', 'studies')} added by trim and fill."
    return f"{text} {funnel.asymmetry}".strip()


def check(funnel: Funnel) -> None:
    """Raises BuildStop, with every study concerned, for a plot without studies and for values that no axis can show."""
    issues = [
        Issue("plot-value", f"effect {p.yi:g}, standard error {p.se:g}", p.label, "check the figures of this row")
        for p in funnel.points
        if not (math.isfinite(p.yi) and math.isfinite(p.se) and p.se > 0)
    ]
    if not funnel.points:
        issues.append(Issue("plot-empty", "the funnel plot has no study", funnel.noun))
    if issues:
        raise BuildStop(issues)


def draw_funnel(funnel: Funnel, width: float, font: str = "sans") -> Drawing:
    """The funnel plot, `width` points wide: effects against their standard errors, the most precise at the top.

    Every study is a circle; the dashed lines enclose 95% of studies where chance alone scatters them. Raises BuildStop
    for values that no axis can show.
    """
    check(funnel)
    entries, small = _key_entries(funnel), SIZE - 1
    bottom = TOP + width * HEIGHT
    key = 1.4 * small * key_lines([name for name, _ in entries], small, width)
    sheet = Sheet(width, math.ceil(bottom + BELOW + key), font)
    largest = 1.06 * max(point.se for point in funnel.points)
    errors = Scale(0, largest, TOP, bottom)
    reach = NORMAL * largest
    ends = [point.yi for point in funnel.points] + [funnel.pooled - reach, funnel.pooled + reach]
    if funnel.null is not None:
        ends += [funnel.null]
    free = 0.03 * (max(ends) - min(ends))
    # Effects are drawn on their own scale; the axis is labelled with what they are printed as.
    effects = Scale(min(ends) - free, max(ends) + free, LEFT, width - RIGHT)
    if funnel.null is not None:
        _contours(sheet, funnel.null, effects, errors, largest)
    _funnel_lines(sheet, funnel, effects, errors, largest)
    for place, point in enumerate(funnel.points, 1):
        at = (effects.at(point.yi), errors.at(point.se))
        fill = "#ffffff" if point.imputed else BLUE
        sheet.circle(at, RADIUS, fill=fill, edge=INK if point.imputed else "#ffffff", width=0.5, name=f"point-{place}")
        sheet.spot_around(at, RADIUS, point.study)
    low, high = (math.exp(each) if funnel.log else each for each in (effects.low, effects.high))
    draw_horizontal(sheet, Scale(low, high, effects.start, effects.end, funnel.log), bottom, funnel.noun)
    draw_vertical(sheet, errors, LEFT, "Standard error")
    _key(sheet, entries, bottom + BELOW)
    return Drawing.of([sheet], describe(funnel))


def _contours(sheet: Sheet, null: float, effects: Scale, errors: Scale, largest: float) -> None:
    """Bands of P from the outermost to the innermost, each over the one before, cut at the frame."""
    left, right = effects.start, effects.end
    sheet.box((left, errors.start), right - left, errors.end - errors.start, fill=BANDS[0][1])
    for critical, (name, shade) in zip(CRITICAL, BANDS[1:], strict=True):
        sheet.area(
            _wedge(null, critical, effects, errors, largest), fill=shade, name=f"contour {name}".replace(" ", "-")
        )
    x = effects.at(null)
    sheet.line([(x, errors.start), (x, errors.end)], width=0.6, name="null-line")


def _wedge(centre: float, critical: float, effects: Scale, errors: Scale, largest: float) -> list[tuple[float, float]]:
    """The corners of the triangle below a value, without what lies beyond the frame."""
    corners = [(effects.at(centre), errors.start)]
    for sign, limit in ((1, effects.high), (-1, effects.low)):
        end, reach = centre + sign * critical * largest, abs(limit - centre)
        side = [(effects.at(end), errors.end)]
        if critical * largest > reach:
            side = [(effects.at(limit), errors.at(reach / critical)), (effects.at(limit), errors.end)]
        corners += side if sign > 0 else side[::-1]
    return corners


def _funnel_lines(sheet: Sheet, funnel: Funnel, effects: Scale, errors: Scale, largest: float) -> None:
    x = effects.at(funnel.pooled)
    sheet.line([(x, errors.start), (x, errors.end)], width=0.8, dashes=(3, 2), name="pooled-line")
    for sign in (-1, 1):
        end = (effects.at(funnel.pooled + sign * NORMAL * largest), errors.end)
        sheet.line([(x, errors.start), end], width=0.6, colour=GREY, dashes=(3, 2))


def _key_entries(funnel: Funnel) -> list[tuple[str, str]]:
    """(what a mark means, its shade), the circle of trim and fill without one."""
    bands = [(name.replace("p", funnel.p), shade) for name, shade in BANDS] if funnel.null is not None else []
    return bands + ([("added by trim and fill", "")] if any(point.imputed for point in funnel.points) else [])


def _key(sheet: Sheet, entries: Sequence[tuple[str, str]], top: float) -> None:
    size = SIZE - 1.0
    places = key_places([name for name, _ in entries], size, sheet.width)
    for (name, shade), (x, line) in zip(entries, places, strict=True):
        y = top + size * (1 + 1.4 * line)
        if shade:
            sheet.box((x + 0.5, y - 0.8 * size), 1.2 * size, 0.9 * size, fill=shade, edge=GREY)
        else:
            sheet.circle((x + 0.7 * size, y - 0.35 * size), RADIUS, fill="#ffffff", edge=INK, width=0.5)
        sheet.text((x + 1.6 * size, y), name, size, colour=GREY)
