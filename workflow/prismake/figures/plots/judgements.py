"""Traffic lights of an appraisal form, study by study, and the weighted summary of its items."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from prismake.common.errors import BuildStop, Issue, counted, stop
from prismake.figures.plots.lights import (
    PALE,
    PENDING,
    Level,
    draw_key,
    draw_light,
    item_of,
    key_height,
    key_of_lights,
)
from prismake.figures.plots.scale import number
from prismake.figures.plots.sheet import GREY, INK, Drawing, Sheet
from prismake.figures.textwidth import text_width, wrap

SIZES = (8.0, 7.5, 7.0, 6.5, 6.0)
LABELS, GAP = 0.45, 8.0
BAND = "#f3f5f7"


@dataclass(frozen=True)
class Judged:
    """A study as appraised: its label, its judgements in the order of the items (None: still to be made), its weight.

    A weight is the study's share in a result, or 1 where all count the same; `study` is its id.
    """

    label: str
    answers: tuple[str | None, ...]
    weight: float = 1.0
    study: str = ""


@dataclass(frozen=True)
class Judgements:
    """The judgements of one form: studies, items as (heading, name), and how each answer looks, in the form's order.

    `form` is its short name; `weighted` says by what the summary is weighted ("weight in the meta-analysis").
    """

    form: str
    studies: tuple[Judged, ...]
    items: tuple[tuple[str, str], ...]
    levels: Mapping[str, Level]
    weighted: str = ""
    label: str = "Study"

    def level(self, answer: str | None) -> Level:
        """How an answer looks."""
        return PENDING if answer is None else self.levels[answer]

    def shown(self) -> list[Level]:
        """The levels that occur, in the form's order; what is still to be judged last."""
        given = {answer for study in self.studies for answer in study.answers}
        shown = [level for answer, level in self.levels.items() if answer in given]
        return key_of_lights(shown + ([PENDING] if None in given else []))


def check(plot: Judgements) -> None:
    """Raises BuildStop for a plot without studies, and for answers that are not the form's, or not one per item."""
    issues = []
    for study in plot.studies:
        if len(study.answers) != len(plot.items):
            message = f"{len(study.answers)} judgements for {counted(len(plot.items), 'item')} of {plot.form}"
            issues.append(Issue("plot-columns", message, study.label, "judge each item"))
        for unknown in sorted({answer for answer in study.answers if answer is not None} - set(plot.levels)):
            message = f"'{unknown}' is not a judgement of {plot.form}"
            issues.append(Issue("plot-judgement", message, study.label, "correct it"))
        if not (math.isfinite(study.weight) and study.weight >= 0):
            issues.append(Issue("plot-value", f"the weight {study.weight:g}", study.label, "check the weights"))
    if not plot.studies:
        issues.append(Issue("plot-empty", "no study was appraised with it", plot.form))
    if issues:
        raise BuildStop(issues)


def draw_lights(plot: Judgements, width: float, tallest: float, font: str = "sans") -> Drawing:
    """One row per study, one light per item, on as many pages of the height `tallest` as the studies need.

    Raises BuildStop for judgements that are not the form's, and for more items than fit beside each other.
    """
    check(plot)
    size, pitch, label = _fitting(plot, width)
    key = key_height(plot.shown(), plot.items, size - 1, width)
    head, foot, room = 2.2 * size, key + size, 1.25 * size
    rows = [(study, wrap(study.label, size, label)) for study in plot.studies]
    pages: list[list[tuple[Judged, list[str], float]]] = [[]]
    used = 0.0
    for study, lines in rows:
        height = max(1.75 * size, room * len(lines) + 0.5 * size)
        if pages[-1] and head + used + height + foot > tallest:
            pages.append([])
            used = 0.0
        if head + height + foot > tallest:
            message = f"{study.label[:40]!r} does not fit on a page {tallest * 25.4 / 72:.0f} mm high"
            raise stop("plot-height", message, where=plot.form, fix="shorten the label, or the names of the items")
        pages[-1].append((study, lines, height))
        used += height
    sheets, place = [], 0
    for page in pages:
        sheet = Sheet(width, math.ceil(head + sum(height for *_, height in page) + foot), font)
        _light_heads(sheet, plot, size, pitch, label)
        y = head
        for study, lines, height in page:
            place += 1
            _light_row(sheet, plot, study, lines, (y, height), (size, pitch, label), place)
            y += height
        draw_key(sheet, (0, y + 0.7 * size), plot.shown(), plot.items, size - 1, width)
        sheets.append(sheet)
    return Drawing.of(sheets, describe_lights(plot))


def natural_width(plot: Judgements) -> float:
    """The width in points that the lights take in the largest font."""
    label = max((text_width(study.label, SIZES[0]) for study in plot.studies), default=0.0) + 2
    return label + GAP + 1.4 * _pitch(plot, SIZES[0]) * len(plot.items)


def _pitch(plot: Judgements, size: float) -> float:
    """Points from one light to the next, at least."""
    return max([1.75 * size, *(text_width(short, size) + 3 for short, _ in plot.items)])


def _fitting(plot: Judgements, width: float) -> tuple[float, float, float]:
    """Font size, points from one light to the next, and room of the labels."""
    for size in SIZES:
        pitch = _pitch(plot, size)
        longest = max(text_width(study.label, size) for study in plot.studies)
        label = min(max(longest, text_width(plot.label, size)) + 2, LABELS * width)
        if label + GAP + pitch * len(plot.items) <= width:
            return size, min(pitch * 1.4, (width - label - GAP) / len(plot.items)), label
    message = f"{len(plot.items)} items do not fit beside each other in {width * 25.4 / 72:.0f} mm"
    raise stop("plot-width", message, where=plot.form, fix="give the items shorter headings, or show a table instead")


def _light_heads(sheet: Sheet, plot: Judgements, size: float, pitch: float, label: float) -> None:
    sheet.text((0, 1.1 * size), plot.label, size, bold=True)
    for place, (short, _) in enumerate(plot.items):
        sheet.text((label + GAP + pitch * (place + 0.5), 1.1 * size), short, size, align="center", bold=True)
    sheet.line([(0, 1.7 * size), (label + GAP + pitch * len(plot.items), 1.7 * size)], width=0.5)


def _light_row(
    sheet: Sheet,
    plot: Judgements,
    study: Judged,
    lines: Sequence[str],
    across: tuple[float, float],
    measures: tuple[float, float, float],
    place: int,
) -> None:
    (top, height), (size, pitch, label) = across, measures
    if place % 2 == 0:
        sheet.box((0, top), label + GAP + pitch * len(plot.items), height, fill=BAND)
    middle = top + height / 2
    first = middle + 0.35 * size - 1.25 * size * (len(lines) - 1) / 2
    for line, words in enumerate(lines):
        sheet.text((0, first + 1.25 * size * line), words, size)
    sheet.spot((0, top), label + GAP + pitch * len(plot.items), height, study.study)
    for item, answer in enumerate(study.answers):
        left = label + GAP + pitch * item
        sheet.spot((left, top), pitch, height, study.study, item_of(plot.items[item]))
        at = (label + GAP + pitch * (item + 0.5), middle)
        draw_light(sheet, at, plot.level(answer), 0.68 * size, f"light-{place}-{item + 1}")


def describe_lights(plot: Judgements) -> str:
    """The lights in words: of each item how many studies got which answer."""
    text = f"Traffic-light plot of {counted(len(plot.studies), 'appraisal')} with {plot.form}."
    return " ".join([text, *_item_sentences(plot, weighted=False)])


def capital(text: str) -> str:
    """A text with a capital first letter."""
    return text[:1].upper() + text[1:]


def shares(plot: Judgements, item: int) -> Iterator[tuple[Level, float]]:
    """(level, share of the weight) of one item, in the form's order, without levels that do not occur."""
    total = math.fsum(study.weight for study in plot.studies)
    for level in plot.shown():
        weights = [study.weight for study in plot.studies if plot.level(study.answers[item]) == level]
        if weights:
            yield level, math.fsum(weights) / total if total else 0.0


def _item_sentences(plot: Judgements, *, weighted: bool) -> Iterator[str]:
    for place, (short, name) in enumerate(plot.items):
        if weighted:
            parts = [f"{level.label} {number(100 * share, 0)}%" for level, share in shares(plot, place)]
        else:
            given = [plot.level(study.answers[place]) for study in plot.studies]
            parts = [f"{level.label} {given.count(level):,}" for level in plot.shown() if level in given]
        yield f"{capital(name or short)}: {', '.join(parts)}."


def draw_summary(plot: Judgements, width: float, font: str = "sans") -> Drawing:
    """One bar per item: the share of studies, or of their weight, that each answer has.

    A segment bears the symbol of its answer and its percentage where there is room. Raises BuildStop for judgements
    that are not the form's.
    """
    check(plot)
    if not math.fsum(study.weight for study in plot.studies):
        raise stop("plot-value", "the weights of all studies are 0", where=plot.form, fix="check the weights")
    size = SIZES[0]
    names = [capital(name or short) for short, name in plot.items]
    label = min(max(text_width(name, size) for name in names) + 2, LABELS * width)
    rows = [wrap(name, size, label) for name in names]
    heights = [max(2.1 * size, 1.25 * size * len(lines) + 0.6 * size) for lines in rows]
    key = key_height(plot.shown(), (), size - 1, width)
    bottom = 4 + sum(heights)
    sheet = Sheet(width, math.ceil(bottom + 4.2 * size + key), font)
    left, right, y = label + GAP, width - 2 * size, 4.0
    for item, (lines, height) in enumerate(zip(rows, heights, strict=True)):
        middle = y + height / 2
        first = middle + 0.35 * size - 1.25 * size * (len(lines) - 1) / 2
        for line, words in enumerate(lines):
            sheet.text((0, first + 1.25 * size * line), words, size)
        _bar(sheet, list(shares(plot, item)), (left, right), middle, size, item + 1)
        y += height
    _percent_axis(sheet, (left, right), bottom + 2, size, plot.weighted)
    draw_key(sheet, (0, bottom + 3.9 * size), plot.shown(), (), size - 1, width)
    return Drawing.of([sheet], describe_summary(plot))


def _bar(
    sheet: Sheet, parts: Sequence[tuple[Level, float]], ends: tuple[float, float], y: float, size: float, item: int
) -> None:
    (left, right), half = ends, 0.75 * size
    x = left
    for place, (level, share) in enumerate(parts, 1):
        width = share * (right - left)
        sheet.box((x, y - half), width, 2 * half, fill=level.colour, edge=GREY, name=f"bar-{item}-{place}")
        text = f"{level.symbol} {number(100 * share, 0)}%"
        for words in (text, level.symbol):
            if text_width(words, size - 1) + 3 <= width:
                colour = "#ffffff" if level.colour in PALE else INK
                sheet.text((x + width / 2, y + 0.32 * size), words, size - 1, align="center", bold=True, colour=colour)
                break
        x += width


def _percent_axis(sheet: Sheet, ends: tuple[float, float], y: float, size: float, weighted: str) -> None:
    left, right = ends
    sheet.line([(left, y), (right, y)], width=0.6, name="axis")
    for percent in (0, 25, 50, 75, 100):
        x = left + (right - left) * percent / 100
        sheet.line([(x, y), (x, y + 0.35 * size)], width=0.6)
        sheet.text((x, y + 1.4 * size), f"{percent}%", size - 0.5, align="center")
    title = f"Share of the {weighted}" if weighted else "Share of the studies"
    sheet.text(((left + right) / 2, y + 2.7 * size), title, size - 0.5, align="center")


def describe_summary(plot: Judgements) -> str:
    """The bars in words: of each item the percentage of each answer."""
    by = f", by {plot.weighted}" if plot.weighted else ""
    text = f"Summary of {counted(len(plot.studies), 'appraisal')} with {plot.form}{by}."
    return " ".join([text, *_item_sentences(plot, weighted=True)])
