"""Effect direction plots: for each study and outcome domain, the direction of its effects and its size.

Boon MH, Thomson H. The effect direction plot revisited: application of the 2019 Cochrane Handbook guidance on
alternative synthesis methods. Res Synth Methods 2021;12:29-33.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from prismake.common.errors import BuildStop, Issue, counted, stop
from prismake.figures.plots.judgements import BAND
from prismake.figures.plots.lights import Level, draw_key, draw_light, key_height, key_of_lights
from prismake.figures.plots.sheet import BLUE, GREY, Drawing, Sheet
from prismake.figures.textwidth import text_width, wrap

Way = Literal["benefit", "harm", "unclear"]
SIZE, GAP = 8.0, 8.0
LABELS, NARROWEST = 0.4, 34.0
HARM, UNCLEAR = "#d55e00", "#8a929a"
NAMES: dict[Way, str] = {"benefit": "benefit", "harm": "harm", "unclear": "no change or conflicting"}
# Participants below which a study counts as small, and from which it counts as large.
SMALL, LARGE = 50, 300
HEIGHTS = {"small": 0.55, "medium": 0.8, "large": 1.1}
SIZES = {
    "small": f"fewer than {SMALL}",
    "medium": f"{SMALL} to {LARGE - 1}",
    "large": f"{LARGE} or more participants",
}


@dataclass(frozen=True)
class Direction:
    """The direction of a study's effects in one domain, and the number of effects that it sums up."""

    way: Way
    effects: int = 1


@dataclass(frozen=True)
class Directed:
    """A study: its label, a direction for each domain (None: not reported), its participants, judgement and id."""

    label: str
    directions: tuple[Direction | None, ...]
    participants: int | None = None
    judgement: Level | None = None
    study: str = ""


@dataclass(frozen=True)
class Directions:
    """An effect direction plot: the studies and the outcome domains; `test` says what the sign test found.

    `judged` heads the column of judgements, `levels` are all that there may be, in the order of their form.
    """

    studies: tuple[Directed, ...]
    domains: tuple[str, ...]
    test: str = ""
    label: str = "Study"
    judged: str = "Risk of bias"
    levels: tuple[Level, ...] = ()

    def judgements(self) -> list[Level]:
        """The judgements that occur."""
        given = [study.judgement for study in self.studies if study.judgement]
        return key_of_lights([*(level for level in self.levels if level in given), *given])


def size_class(participants: int | None) -> str:
    """Small below 50 participants, large from 300, medium between and where the number is not known."""
    if participants is None:
        return "medium"
    return "small" if participants < SMALL else "large" if participants >= LARGE else "medium"


def describe(plot: Directions) -> str:
    """The plot in words: in each domain, how many studies point which way."""
    parts = [f"Effect direction plot of {counted(len(plot.studies), 'study', 'studies')}."]
    for place, domain in enumerate(plot.domains):
        ways = [each.way for study in plot.studies if (each := study.directions[place])]
        parts.append(
            f"{domain}: " + (", ".join(f"{NAMES[w]} {ways.count(w):,}" for w in NAMES if w in ways) or "none") + "."
        )
    return " ".join([*parts, plot.test]).strip()


def draw_directions(plot: Directions, width: float, tallest: float, font: str = "sans") -> Drawing:
    """One row per study, one column per domain, on as many pages of the height `tallest` as the studies need.

    An arrow up is benefit, down is harm, to both sides no change or conflicting effects; its height tells the study's
    size, the number beside it how many effects it sums up. Raises BuildStop for a plot without studies or domains, a
    study with other domains, and more domains than fit beside each other.
    """
    check(plot)
    label = min(
        LABELS * width, max(text_width(text, SIZE) for text in [plot.label, *(s.label for s in plot.studies)]) + 2
    )
    columns = [*plot.domains, *([plot.judged] if plot.judgements() else [])]
    pitch = (width - label - GAP) / len(columns)
    if pitch < NARROWEST:
        message = f"{len(columns)} domains do not fit beside each other in {width * 25.4 / 72:.0f} mm"
        raise stop("plot-width", message, where="the effect direction plot", fix="divide the domains among two plots")
    heads = [wrap(text, SIZE, pitch - 4) for text in columns]
    head = 1.25 * SIZE * max(map(len, heads)) + SIZE
    key = 2 * 1.5 * SIZE + key_height(plot.judgements(), (), SIZE - 1, width) + SIZE
    pages = _pages(plot, label, tallest - head - key)
    sheets = []
    for page in pages:
        sheet = Sheet(width, math.ceil(head + sum(height for *_, height in page) + key), font)
        _heads(sheet, plot.label, heads, (label + GAP, pitch), head)
        y = head
        for study, place, lines, height in page:
            _row(sheet, study, place, lines, (y, height), (label + GAP, pitch))
            y += height
        _key(sheet, plot, y + SIZE)
        sheets.append(sheet)
    return Drawing.of(sheets, describe(plot))


def check(plot: Directions) -> None:
    """Raises BuildStop for a plot without studies or domains, and for a study with other domains."""
    issues = [
        Issue(
            "plot-columns",
            f"{len(study.directions)} directions for {len(plot.domains)} domains",
            study.label,
            "correct it",
        )
        for study in plot.studies
        if len(study.directions) != len(plot.domains)
    ]
    if not plot.studies or not plot.domains:
        issues.append(Issue("plot-empty", "there is no effect to show", "the effect direction plot"))
    if issues:
        raise BuildStop(issues)


Placed = tuple[Directed, int, list[str], float]


def _pages(plot: Directions, label: float, room: float) -> list[list[Placed]]:
    """(study, its number, label in lines, height) of each row, page by page."""
    pages: list[list[Placed]] = [[]]
    used = 0.0
    for place, study in enumerate(plot.studies, 1):
        lines = wrap(study.label, SIZE, label)
        height = max(2 * SIZE, 1.25 * SIZE * len(lines) + 0.5 * SIZE)
        if height > room:
            fix = "shorten the label, or give the figure more room"
            raise stop("plot-height", f"{study.label[:40]!r} does not fit on a page", where=study.label[:80], fix=fix)
        if used + height > room:
            pages.append([])
            used = 0.0
        pages[-1].append((study, place, lines, height))
        used += height
    return pages


def _heads(sheet: Sheet, label: str, heads: Sequence[Sequence[str]], across: tuple[float, float], head: float) -> None:
    left, pitch = across
    last = head - 0.8 * SIZE
    sheet.text((0, last), label, SIZE, bold=True)
    for column, lines in enumerate(heads):
        for place, words in enumerate(reversed(lines)):
            at = (left + pitch * (column + 0.5), last - 1.25 * SIZE * place)
            sheet.text(at, words, SIZE, align="center", bold=True)
    sheet.line([(0, head - 0.3 * SIZE), (sheet.width, head - 0.3 * SIZE)], width=0.5)


def _row(
    sheet: Sheet,
    study: Directed,
    place: int,
    lines: Sequence[str],
    down: tuple[float, float],
    across: tuple[float, float],
) -> None:
    (top, height), (left, pitch) = down, across
    if place % 2 == 0:
        sheet.box((0, top), sheet.width, height, fill=BAND)
    sheet.spot((0, top), sheet.width, height, study.study)
    middle = top + height / 2
    first = middle + 0.35 * SIZE - 1.25 * SIZE * (len(lines) - 1) / 2
    for line, words in enumerate(lines):
        sheet.text((0, first + 1.25 * SIZE * line), words, SIZE)
    high = HEIGHTS[size_class(study.participants)] * SIZE
    for column, each in enumerate(study.directions):
        at = (left + pitch * (column + 0.5), middle)
        if each is None:
            sheet.text((at[0], at[1] + 0.35 * SIZE), "\u2013", SIZE, align="center", colour=GREY)
            continue
        _arrow(sheet, at, each.way, high, f"direction-{place}-{column + 1}")
        if each.effects > 1:
            sheet.text((at[0] + 0.95 * SIZE, at[1] + 0.55 * SIZE), f"{each.effects:,}", SIZE - 2.5, colour=GREY)
    if study.judgement:
        at = (left + pitch * (len(study.directions) + 0.5), middle)
        draw_light(sheet, at, study.judgement, 0.65 * SIZE, f"light-{place}")


def _arrow(sheet: Sheet, at: tuple[float, float], way: Way, high: float, name: str) -> None:
    """A triangle up or down, or two to the sides."""
    (x, y), half = at, high / 2
    wide = 0.6 * high
    if way == "unclear":
        for sign in (-1, 1):
            tip, base = x + sign * (1 + high * 0.75), x + sign
            sheet.area([(tip, y), (base, y - half * 0.8), (base, y + half * 0.8)], fill=UNCLEAR, name=f"{name}-{sign}")
        return
    sign = -1 if way == "benefit" else 1
    points = [(x, y + sign * half), (x - wide, y - sign * half), (x + wide, y - sign * half)]
    sheet.area(points, fill=BLUE if way == "benefit" else HARM, name=name)


def _key(sheet: Sheet, plot: Directions, top: float) -> None:
    size, x = SIZE - 1, 0.0
    y = top + size
    for way, name in NAMES.items():
        _arrow(sheet, (x + 8, y - 0.35 * size), way, 0.8 * SIZE, f"key-{way}")
        sheet.text((x + 18, y), name, size, colour=GREY)
        x += 32 + text_width(name, size)
    x, y = 0.0, y + 1.5 * SIZE
    for which, name in SIZES.items():
        _arrow(sheet, (x + 8, y - 0.35 * size), "benefit", HEIGHTS[which] * SIZE, f"key-{which}")
        sheet.text((x + 18, y), name, size, colour=GREY)
        x += 32 + text_width(name, size)
    draw_key(sheet, (0, y + 0.8 * size), plot.judgements(), (), size, sheet.width)
