"""Where everything of a forest plot stands: columns, lines of text, and pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from prismake.common.errors import stop
from prismake.figures.plots.forest import Forest, Row, Summary
from prismake.figures.plots.lights import PENDING, Level, key_height, key_of_lights
from prismake.figures.plots.scale import Scale, number, plotted_range, transformed
from prismake.figures.textwidth import NO_BREAK_SPACE, text_width, wrap

SIZES = (8.0, 7.5, 7.0, 6.5, 6.0)
# Shares of the width: of the labels at most, of the plot at least.
LABELS, PLOT = 0.34, 0.24
GAP = 8.0
# Spaces before the label of a study in a subgroup.
INDENT = 2
# A prediction interval is shown whole where it is not wider than this, in ranges of the studies.
WIDEST = 1.5
Kind = Literal["title", "row", "summary", "prediction", "words", "space"]


@dataclass(frozen=True)
class Line:
    """One line of the plot: what it is, its label in lines of text, and the row or summary that it shows."""

    kind: Kind
    words: tuple[str, ...] = ()
    row: Row | None = None
    summary: Summary | None = None
    name: str = ""


@dataclass(frozen=True)
class Columns:
    """Font size, and left edges and widths in points: labels, cells (right edges), plot, effects, weights, lights."""

    size: float
    width: float
    label: float
    cells: tuple[float, ...]
    plot: tuple[float, float]
    effect: float
    weight: float | None
    lights: tuple[float, ...]

    @property
    def pitch(self) -> float:
        """Points from one line of text to the next."""
        return self.size * 1.25

    def height(self, line: Line) -> float:
        """The height of a line of the plot."""
        if line.kind == "space":
            return 0.5 * self.size
        return self.pitch * max(1, len(line.words)) + 0.3 * self.size


@dataclass(frozen=True)
class Page:
    """The lines of one page, and whether others follow."""

    lines: tuple[Line, ...]
    number: int
    pages: int


def effect_heading(forest: Forest) -> str:
    """What heads the column of effects: `Risk ratio (95% CI)`."""
    return f"{forest.noun} ({forest.level:g}%{NO_BREAK_SPACE}CI)"


def effect_texts(forest: Forest) -> Iterator[str]:
    """Every text of the column of effects."""
    yield from (forest.written(row.effect) if row.effect else row.note for row in forest.rows())
    for summary in forest.summaries():
        yield forest.written(summary.effect)
        if summary.prediction:
            yield forest.span(summary.prediction)


def weight_text(weight: float | None) -> str:
    """A share of the weight in percent with one decimal."""
    return "" if weight is None else f"{number(100 * weight, 1)}%"


def heading_room(heading: str, size: float) -> float:
    """The width of a heading's widest word: it breaks at spaces."""
    return max((text_width(word, size) for word in heading.split()), default=0.0)


def columns_of(forest: Forest, width: float) -> Columns:
    """The columns in the largest font in which the plot keeps its share of `width`.

    Raises BuildStop where there are more columns than the page holds at the smallest.
    """
    for size in SIZES:
        columns = _columns(forest, width, size)
        if columns.plot[1] - columns.plot[0] >= PLOT * width:
            return columns
    message = f"the columns leave no room for the plot in {width * 25.4 / 72:.0f} mm"
    raise stop("plot-width", message, where=forest.noun, fix="show fewer columns or judgements, or shorten their texts")


def _columns(forest: Forest, width: float, size: float) -> Columns:
    indent = text_width(NO_BREAK_SPACE * INDENT, size) if any(group.title for group in forest.groups) else 0.0
    labels = [text_width(row.label, size) + indent for row in forest.rows()]
    labels += [text_width(text, size) for text in (forest.label, *(summary.label for summary in forest.summaries()))]
    label = min(LABELS * width, max(labels) + 2)
    x, cells = label, []
    owners: list[Row | Summary] = [*forest.rows(), *forest.summaries()]
    for column, heading in enumerate(forest.columns):
        texts = (owner.cells[column] for owner in owners if len(owner.cells) > column)
        x += GAP + max([heading_room(heading, size), *(text_width(text, size) for text in texts)])
        cells.append(x)
    pitch = max([1.45 * size, *(text_width(short, size) + 2 for short, _ in forest.domains)])
    right = width - pitch * len(forest.domains)
    lights = tuple(right + pitch * (place + 0.5) for place in range(len(forest.domains)))
    right -= GAP / 2 if lights else 0
    weights = [weight_text(owner.weight) for owner in owners if owner.weight is not None]
    weight = right if weights else None
    if weights:
        right -= max([heading_room("Weight", size), *(text_width(text, size) for text in weights)]) + GAP
    effect = right
    right -= max([heading_room(effect_heading(forest), size), *(text_width(t, size) for t in effect_texts(forest))])
    return Columns(size, width, label, tuple(cells), (x + GAP, right - GAP), effect, weight, lights)


def lines_of(forest: Forest, columns: Columns) -> Iterator[Line]:
    """All lines of the plot from top to bottom."""
    row_number = 0
    for group in forest.groups:
        if group.title:
            yield Line("title", tuple(wrap(group.title, columns.size, columns.plot[0] - GAP)))
        for row in group.rows:
            row_number += 1
            label = wrap(row.label, columns.size, columns.label, indent=INDENT if group.title else 0)
            yield Line("row", tuple(label), row=row, name=f"row-{row_number}")
        if group.summary:
            yield from _summary_lines(group.summary, columns, f"summary-{forest.groups.index(group) + 1}")
        yield Line("space")
    if forest.overall:
        yield from _summary_lines(forest.overall, columns, "summary-overall")
    yield from (_words(text, columns) for text in forest.lines)


def _summary_lines(summary: Summary, columns: Columns, name: str) -> Iterator[Line]:
    yield Line("summary", tuple(wrap(summary.label, columns.size, columns.label)), summary=summary, name=name)
    if summary.prediction:
        words = tuple(wrap("Prediction interval", columns.size, columns.label))
        yield Line("prediction", words, summary=summary, name=f"{name}-prediction")
    yield from (_words(text, columns) for text in summary.lines)


def _words(text: str, columns: Columns) -> Line:
    """Words below a pooled effect: beside the plot, whose lines they do not cross."""
    return Line("words", tuple(wrap(text, columns.size - 0.5, columns.plot[0] - GAP)))


def pages_of(forest: Forest, lines: Sequence[Line], columns: Columns, tallest: float) -> list[Page]:
    """The lines in pages of at most `tallest` points; a title and its first row, and what belongs to a summary, stay
    together. Raises BuildStop where a page holds no line."""
    room = tallest - head_height(forest, columns) - foot_height(forest, columns)
    pages: list[list[Line]] = [[]]
    used, title = 0.0, ""
    for block in _blocks(lines):
        height = sum(map(columns.height, block))
        title = " ".join(block[0].words) if block[0].kind == "title" else title
        if pages[-1] and used + height > room and any(line.kind != "space" for line in block):
            pages.append([])
            used = 0.0
            if block[0].kind == "row" and title:
                words = tuple(wrap(f"{title} (continued)", columns.size, columns.plot[0] - GAP))
                pages[-1].append(Line("title", words))
                used = columns.height(pages[-1][-1])
        if used + height > room:
            message = f"{block[0].words[0][:40]!r} does not fit on a page {tallest * 25.4 / 72:.0f} mm high"
            raise stop("plot-height", message, where=forest.noun, fix="shorten the label, or show fewer judgements")
        pages[-1] += block
        used += height
    return [Page(tuple(page), place + 1, len(pages)) for place, page in enumerate(pages)]


def _blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Lines that stay together."""
    block: list[Line] = []
    for line in lines:
        joined = block and (block[-1].kind == "title" or line.kind in ("prediction", "words"))
        if block and not joined:
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def heading_lines(forest: Forest, columns: Columns) -> dict[str, list[str]]:
    """The headings in lines: `label`, `effect`, `weight`, `0`, `1`, … for the cells."""
    size, edges = columns.size, (columns.label, *columns.cells)
    headings = {"label": (forest.label, columns.label), "weight": ("Weight", 1e3)}
    headings["effect"] = (effect_heading(forest), columns.effect - columns.plot[1] - GAP)
    for place, heading in enumerate(forest.columns):
        headings[str(place)] = (heading, edges[place + 1] - edges[place] - GAP)
    # Bold letters are a little wider.
    return {key: wrap(text, size, room + 1) for key, (text, room) in headings.items()}


def head_height(forest: Forest, columns: Columns) -> float:
    """The height of the headings with the line below."""
    return columns.pitch * max(map(len, heading_lines(forest, columns).values())) + columns.size


def shown_levels(forest: Forest) -> list[Level]:
    """The judgements that occur, in the order of the form; those still to be made last."""
    lights = {light for row in forest.rows() for light in padded(row, forest)}
    shown = [level for key, level in forest.levels.items() if key in lights]
    return key_of_lights(shown + ([PENDING] if None in lights else []))


def padded(row: Row, forest: Forest) -> tuple[str | None, ...]:
    """A row's judgements, one for each domain."""
    return row.lights + (None,) * (len(forest.domains) - len(row.lights))


def foot_height(forest: Forest, columns: Columns) -> float:
    """The height of the axis, of what lies on its sides, and of the key."""
    sides = side_lines(forest, columns)
    height = columns.size * 2.6 + columns.pitch * max(map(len, sides), default=0)
    if forest.domains:
        size = columns.size - 1
        height += key_height(shown_levels(forest), forest.domains, size, columns.width) + columns.size
    return height


def side_lines(forest: Forest, columns: Columns) -> list[list[str]]:
    """What lies left and right of the null line, in lines as wide as half the plot."""
    if forest.sides is None:
        return []
    room = (columns.plot[1] - columns.plot[0]) / 2 + GAP / 2
    return [wrap(text, columns.size - 0.5, room) for text in forest.sides]


def scale_of(forest: Forest, columns: Columns) -> Scale:
    """The axis, the same on every page."""
    effects = [row.effect for row in forest.rows() if row.effect]
    pooled = [summary.effect for summary in forest.summaries()]
    points = [effect.value for effect in (*effects, *pooled)]
    points += [end for effect in pooled for end in (effect.low, effect.high) if _finite(end, forest.log)]
    points += [forest.null] if forest.null is not None else []
    intervals = [(effect.low, effect.high) for effect in effects]
    reach = _width(plotted_range(points or [1.0], intervals, forest.log), forest.log)
    predictions = [summary.prediction for summary in forest.summaries() if summary.prediction]
    # Of two or three studies they are so wide that they would make the rest of the plot small: they end in arrows.
    intervals += [ends for ends in predictions if _width(ends, forest.log) <= WIDEST * reach]
    low, high = plotted_range(points or [1.0], intervals, forest.log)
    return Scale(low, high, *columns.plot, forest.log)


def _width(ends: tuple[float, float], log: bool) -> float:
    low, high = (transformed(end, log) for end in ends)
    return high - low


def _finite(value: float, log: bool) -> bool:
    return abs(value) != float("inf") and (value > 0 or not log)
