"""Drawing a forest plot, page by page."""

from __future__ import annotations

import math
from collections.abc import Sequence

from prismake.figures.plots.axes import draw_horizontal
from prismake.figures.plots.forest import Effect, Forest, Row, Summary, check, describe
from prismake.figures.plots.forest_layout import (
    Columns,
    Line,
    Page,
    columns_of,
    foot_height,
    head_height,
    heading_lines,
    lines_of,
    padded,
    pages_of,
    scale_of,
    shown_levels,
    side_lines,
    weight_text,
)
from prismake.figures.plots.lights import PENDING, draw_key, draw_light, item_of
from prismake.figures.plots.scale import Scale
from prismake.figures.plots.sheet import BLUE, GREY, INK, Drawing, Sheet
from prismake.figures.textwidth import text_width

# Sides of the squares in font sizes: of the greatest weight, of the least, and where there are no weights.
LARGEST, SMALLEST, EQUAL = 1.05, 0.25, 0.5
PREDICTION = "#b04a00"


def draw_forest(forest: Forest, width: float, tallest: float, font: str = "sans") -> Drawing:
    """The forest plot in points, on as many pages of the height `tallest` as its studies need; none is left out.

    The area of a square is in proportion to the study's weight. An arrow ends an interval that goes beyond the axis.
    Raises BuildStop for values that no axis can show, and for labels and columns that the page does not hold.
    """
    check(forest)
    columns = columns_of(forest, width)
    scale = scale_of(forest, columns)
    pages = pages_of(forest, list(lines_of(forest, columns)), columns, tallest)
    sheets = [_page(forest, page, columns, scale, font) for page in pages]
    return Drawing.of(sheets, describe(forest))


def _page(forest: Forest, page: Page, columns: Columns, scale: Scale, font: str) -> Sheet:
    top, body = head_height(forest, columns), sum(map(columns.height, page.lines))
    sheet = Sheet(columns.width, math.ceil(top + body + foot_height(forest, columns)), font)
    _head(sheet, forest, columns, top)
    _reference_lines(sheet, forest, scale, top - 0.3 * columns.size, top + body)
    heaviest = max((row.weight or 0.0 for row in forest.rows()), default=0.0)
    y = top
    for line in page.lines:
        _line(sheet, forest, line, columns, scale, y, heaviest)
        if line.row:
            _spots(sheet, forest, line.row, columns, y, columns.height(line))
        elif line.kind == "summary" and line.summary is forest.overall:
            sheet.spot_of_all((0, y), columns.width, columns.height(line))
        y += columns.height(line)
    _foot(sheet, forest, columns, scale, top + body)
    return sheet


def _head(sheet: Sheet, forest: Forest, columns: Columns, top: float) -> None:
    headings, size = heading_lines(forest, columns), columns.size
    last = top - 0.8 * size

    def write(x: float, lines: Sequence[str], left: bool = False) -> None:
        for place, words in enumerate(reversed(lines)):
            at = (x, last - columns.pitch * place)
            sheet.text(at, words, size, align="left" if left else "right", bold=True)

    write(0, headings["label"], left=True)
    for place, x in enumerate(columns.cells):
        write(x, headings[str(place)])
    write(columns.effect, headings["effect"])
    if columns.weight is not None:
        write(columns.weight, headings["weight"])
    for x, (short, _) in zip(columns.lights, forest.domains, strict=True):
        sheet.text((x, last), short, size, align="center", bold=True)
    sheet.line([(0, top - 0.3 * size), (columns.width, top - 0.3 * size)], width=0.5)


def _reference_lines(sheet: Sheet, forest: Forest, scale: Scale, top: float, bottom: float) -> None:
    if forest.null is not None:
        x = scale.at(forest.null)
        sheet.line([(x, top), (x, bottom)], width=0.6, name="null-line")
    if forest.overall and scale.contains(forest.overall.effect.value):
        x = scale.at(forest.overall.effect.value)
        sheet.line([(x, top), (x, bottom)], width=0.5, colour=GREY, dashes=(2, 2), name="pooled-line")


def _line(sheet: Sheet, forest: Forest, line: Line, columns: Columns, scale: Scale, y: float, heaviest: float) -> None:
    size = columns.size - (0.5 if line.kind == "words" else 0)
    baseline = y + size
    for place, words in enumerate(line.words):
        at = (0, baseline + columns.pitch * place)
        quiet = GREY if line.kind == "words" else INK
        sheet.text(at, words, size, bold=line.kind in ("title", "summary"), colour=quiet)
    middle = baseline - 0.35 * size
    if line.row:
        _row(sheet, forest, line, columns, scale, middle, heaviest)
    elif line.summary:
        _summary(sheet, forest, line, line.summary, columns, scale, middle)


def _spots(sheet: Sheet, forest: Forest, row: Row, columns: Columns, y: float, height: float) -> None:
    """Notes where a row and its lights stand."""
    sheet.spot((0, y), columns.width, height, row.study)
    for x, domain in zip(columns.lights, forest.domains, strict=True):
        sheet.spot((x - 0.7 * columns.size, y), 1.4 * columns.size, height, row.study, item_of(domain))


def _cells(sheet: Sheet, columns: Columns, baseline: float, cells: Sequence[str], effect: str, weight: float | None,
           bold: bool = False) -> None:  # fmt: skip
    for x, text in zip(columns.cells, cells, strict=False):
        sheet.text((x, baseline), text, columns.size, align="right", bold=bold)
    sheet.text((columns.effect, baseline), effect, columns.size, align="right", bold=bold)
    if columns.weight is not None and weight is not None:
        sheet.text((columns.weight, baseline), weight_text(weight), columns.size, align="right", bold=bold)


def _row(
    sheet: Sheet, forest: Forest, line: Line, columns: Columns, scale: Scale, middle: float, heaviest: float
) -> None:
    row = line.row
    assert row is not None
    effect = forest.written(row.effect) if row.effect else row.note
    _cells(sheet, columns, middle + 0.35 * columns.size, row.cells, effect, row.weight)
    for place, (x, light) in enumerate(zip(columns.lights, padded(row, forest), strict=True)):
        level = PENDING if light is None else forest.levels[light]
        draw_light(sheet, (x, middle), level, 0.58 * columns.size, f"{line.name}-light-{place + 1}")
    if row.effect is None:
        return
    _interval(sheet, row.effect.low, row.effect.high, scale, middle, columns.size, f"{line.name}-interval")
    side = EQUAL * columns.size
    if row.weight is not None and heaviest:
        side = max(SMALLEST, LARGEST * math.sqrt(row.weight / heaviest)) * columns.size
    x = scale.at(row.effect.value)
    sheet.box((x - side / 2, middle - side / 2), side, side, fill=BLUE, name=f"{line.name}-square")


def _interval(
    sheet: Sheet, low: float, high: float, scale: Scale, y: float, size: float, name: str, *, ink: str = INK
) -> None:
    """A line with an arrow where it goes beyond the axis."""
    left, right = scale.at(low), scale.at(high)
    sheet.line([(left, y), (right, y)], width=0.9, colour=ink, name=name)
    head = 0.4 * size
    for end, x, inward, side in ((low, left, head, "low"), (high, right, -head, "high")):
        if not scale.contains(end):
            points = [(x - inward * 0.3, y), (x + inward * 0.7, y - head / 1.6), (x + inward * 0.7, y + head / 1.6)]
            sheet.area(points, fill=ink, name=f"{name}-arrow-{side}")


def _summary(
    sheet: Sheet, forest: Forest, line: Line, summary: Summary, columns: Columns, scale: Scale, middle: float
) -> None:
    baseline, size = middle + 0.35 * columns.size, columns.size
    if line.kind == "prediction":
        assert summary.prediction is not None
        low, high = summary.prediction
        sheet.text((columns.effect, baseline), forest.span(summary.prediction), size, align="right")
        _interval(sheet, low, high, scale, middle, size, line.name, ink=PREDICTION)
        for end in (low, high):
            if scale.contains(end):
                x = scale.at(end)
                sheet.line([(x, middle - 0.3 * size), (x, middle + 0.3 * size)], width=0.9, colour=PREDICTION)
        return
    text = forest.written(summary.effect)
    _cells(sheet, columns, baseline, summary.cells, text, summary.weight, bold=True)
    _diamond(sheet, summary.effect, scale, middle, size, line.name)


def _diamond(sheet: Sheet, effect: Effect, scale: Scale, y: float, size: float, name: str) -> None:
    left, centre, right = (scale.at(each) for each in (effect.low, effect.value, effect.high))
    half = 0.45 * size
    sheet.area([(left, y), (centre, y - half), (right, y), (centre, y + half)], fill=INK, name=f"{name}-diamond")
    if not (scale.contains(effect.low) and scale.contains(effect.high)):
        _interval(sheet, effect.low, effect.high, scale, y, size, name)


def _foot(sheet: Sheet, forest: Forest, columns: Columns, scale: Scale, y: float) -> None:
    size = columns.size
    draw_horizontal(sheet, scale, y, size=size - 0.5)
    below = y + 2.5 * size
    sides = side_lines(forest, columns)
    null = scale.at(forest.null) if forest.null is not None else (scale.start + scale.end) / 2
    for lines, left in zip(sides, (True, False), strict=False):
        room = max(text_width(words, size - 0.5) for words in lines)
        x = min(null - 4, columns.width) if left else max(null + 4, 0)
        # A side that is narrow borrows from the columns beside it.
        x = max(x, room) if left else min(x, columns.width - room)
        for place, words in enumerate(lines):
            at = (x, below + columns.pitch * (place + 0.6))
            sheet.text(at, words, size - 0.5, align="right" if left else "left")
    if forest.domains:
        small = size - 1
        top = below + columns.pitch * max(map(len, sides), default=0) + 0.7 * size
        draw_key(sheet, (0, top), shown_levels(forest), forest.domains, small, columns.width)
