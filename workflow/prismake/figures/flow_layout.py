"""The layout of the flow figure: phase bars at the left, then the columns of boxes.

All lengths are points (1/72 inch), the origin at the lower left as Graphviz has it. They are multiples of `PIXEL`, so
that edges are crisp and the picture ends with a whole pixel at 300 dpi. The arrangement is that of the PRISMA 2020
flow diagram (Page et al, BMJ 2021;372:n71).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from prismake.figures.flow_grid import BOLDER, COLUMNS, PIXEL, SHIFTS, WIDTH, Grid, make_grid
from prismake.figures.flow_rows import Cell, Entry, Flow, Row, included_entry, make_rows
from prismake.figures.textwidth import text_width, wrap

ARROW = 5.5  # the length of an arrow's head


@dataclass(frozen=True)
class Shape:
    """A rectangle with its text: centre, size, lines (left-aligned) and kind (box, pending, bar, heading).

    `counted` names for each line of a box the box of the flow whose number it shows, or nothing.
    """

    name: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    style: str = "box"
    counted: tuple[str, ...] = ()

    @classmethod
    def of(cls, entry: Entry, grid: Grid, centre: tuple[float, float], width: float, height: float) -> Shape:
        """The shape of a box in a size that it has room in."""
        pairs = entry.lines(grid, width)
        lines, counted = tuple(line for line, _ in pairs), tuple(box for _, box in pairs)
        return cls(entry.name, *centre, width, height, lines, entry.style, counted)


@dataclass(frozen=True)
class Arrow:
    """An arrow from one shape to another along points, each level with or straight above or below the one before."""

    source: str
    target: str
    points: tuple[tuple[float, float], ...]


@dataclass
class Picture:
    """The whole figure."""

    width: float
    height: float
    font_size: float
    padding: float
    shapes: list[Shape] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)


def _slot(grid: Grid, row: Row) -> float:
    """The height a row needs by itself."""
    heights = [0.0]
    for main, side, cell in row.cells():
        stack = sum(entry.height(grid, grid.columns[side][1]) for entry in cell.side)
        heights += [cell.main.height(grid, grid.columns[main][1]), stack + grid.stack_gap * max(0, len(cell.side) - 1)]
    return max(heights)


def _phase_rows(rows: Sequence[Row]) -> dict[str, list[int]]:
    phases: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        phases.setdefault(row.phase, []).append(number)
    return phases


def _slots(grid: Grid, rows: Sequence[Row], phases: Mapping[str, str], previous: Entry | None) -> list[float]:
    """The height of each row, stretched where a phase would be lower than its name is long."""
    slots = [_slot(grid, row) for row in rows]
    if previous:
        slots[0] = max(slots[0], previous.height(grid, grid.columns["previous"][1]))
    for phase, numbers in _phase_rows(rows).items():
        span = sum(slots[number] for number in numbers) + grid.row_gap * (len(numbers) - 1)
        lacking = text_width(phases[phase], grid.font_size) * BOLDER + 2 * grid.padding_x - span
        for number in numbers if lacking > 0 else []:
            slots[number] += lacking / len(numbers)
    # Whole pixels, an even number of them: the middle of a row is one too.
    return [2 * PIXEL * math.ceil(round(slot / (2 * PIXEL), 6)) for slot in slots]


def _place_cell(
    grid: Grid, columns: tuple[str, str], cell: Cell, top: float, slot: float, fill: bool
) -> Iterator[Shape | Arrow]:
    """The boxes of a cell and the level arrows to what leaves. `fill`: the main box fills the slot."""
    middle = top - slot / 2
    (main_left, main_width), (side_left, side_width) = (grid.columns.get(column, (0.0, 0.0)) for column in columns)
    heights = [entry.height(grid, side_width) for entry in cell.side]
    edge = middle + (sum(heights) + grid.stack_gap * max(0, len(heights) - 1)) / 2
    centres = []
    for entry, height in zip(cell.side, heights, strict=True):
        centres.append(edge - height / 2)
        yield Shape.of(entry, grid, (side_left + side_width / 2, centres[-1]), side_width, height)
        yield Arrow(cell.main.name, entry.name, ((main_left + main_width, centres[-1]), (side_left, centres[-1])))
        edge -= height + grid.stack_gap
    reach = max((abs(centre - middle) for centre in centres), default=0.0)
    height = max(cell.main.height(grid, main_width), 2 * (reach + grid.padding_y) if reach else 0.0)
    yield Shape.of(cell.main, grid, (main_left + main_width / 2, middle), main_width, slot if fill else height)


def _headings(flow: Flow, grid: Grid, top: float) -> list[Shape]:
    """The headings of the columns: databases, other methods, and previous studies."""
    texts = {
        "previous": flow["headings"].get("previous"),
        "main": flow["heading"],
        "other_main": flow["headings"].get("other"),
    }
    last = {"previous": "previous", "main": "side", "other_main": "other_side"}
    spans = {}
    for first, text in texts.items():
        if first in grid.columns and (text or "").strip():
            left = grid.columns[first][0]
            width = sum(grid.columns[last[first]]) - left
            room = width - 2 * grid.padding_x
            spans[first] = (left, width, tuple(wrap((text or "").strip(), grid.font_size * BOLDER, room)))
    if not spans:
        return []
    height = max(len(lines) for _, _, lines in spans.values()) * grid.line_height + grid.stack_gap
    height = 2 * PIXEL * math.ceil(round(height / (2 * PIXEL), 6))
    names = {"previous": "heading.previous", "main": "heading", "other_main": "heading.other"}
    return [
        Shape(names[first], left + width / 2, top - height / 2, width, height, lines, "heading")
        for first, (left, width, lines) in spans.items()
    ]


def _down(above: Shape, below: Shape) -> Arrow:
    points = ((above.x, above.y - above.height / 2), (below.x, below.y + below.height / 2))
    return Arrow(above.name, below.name, points)


def _lowest(
    columns: Sequence[str], width: float, rows: Sequence[Row], phases: Mapping[str, str], previous: Entry | None
) -> tuple[Grid, list[float]]:
    """The grid that cuts the fewest words and makes the figure lowest, and the heights of its rows.

    Long reasons ask for a wider column.
    """
    tried = []
    for shift in SHIFTS:
        grid = make_grid(columns, width, shift)
        slots = _slots(grid, rows, phases, previous)
        cuts = 0
        for row in rows:
            for main, side, cell in row.cells():
                cuts += cell.main.cuts(grid, grid.columns[main][1])
                cuts += sum(entry.cuts(grid, grid.columns[side][1]) for entry in cell.side)
        tried.append((cuts, sum(slots), shift, grid, slots))
    *_, grid, slots = min(tried, key=lambda each: each[:3])
    return grid, slots


def arrange(flow: Flow, width: float = WIDTH) -> Picture:
    """The figure from the content of flow.json, every shape in its place; `width` in points, its margin aside."""
    rows = make_rows(flow)
    before = next((box for box in flow["boxes"] if box["role"] == "previous"), None)
    previous = included_entry(flow["boxes"], before) if before else None
    has_other = any(row.other for row in rows)
    columns = [*(["previous"] if previous else []), *COLUMNS[1:3], *(COLUMNS[3:] if has_other else [])]
    grid, slots = _lowest(columns, width, rows, flow["phases"], previous)
    headings = _headings(flow, grid, 0.0)
    over = headings[0].height + grid.bar_gap if headings else 0.0
    height = sum(slots) + grid.row_gap * (len(rows) - 1) + over
    picture = Picture(width, height, grid.font_size, grid.padding_x, _headings(flow, grid, height))

    top = height - over
    spans: list[tuple[float, float]] = []
    above: dict[str, Shape] = {}
    for row, slot in zip(rows, slots, strict=True):
        _add_row(picture, grid, row, (top, top - slot), above)
        spans.append((top, top - slot))
        top -= slot + grid.row_gap
    if previous:
        _add_previous(picture, grid, previous, spans[0], above["main"])
    for phase, numbers in _phase_rows(rows).items():
        upper, lower = spans[numbers[0]][0], spans[numbers[-1]][1]
        text = (flow["phases"][phase],)
        bar = Shape(f"phase.{phase}", grid.bar / 2, (upper + lower) / 2, grid.bar, upper - lower, text, "bar")
        picture.shapes.append(bar)
    return picture


def _add_row(picture: Picture, grid: Grid, row: Row, span: tuple[float, float], above: dict[str, Shape]) -> None:
    """Adds the boxes of a row between two heights, with their arrows; `above` is the last main box by column."""
    top, bottom = span
    for main, side, cell in row.cells():
        for item in _place_cell(grid, (main, side), cell, top, top - bottom, fill=row.phase != "screening"):
            if isinstance(item, Arrow):
                picture.arrows.append(item)
                continue
            picture.shapes.append(item)
            if item.name != cell.main.name:
                continue
            if main in above:
                picture.arrows.append(_down(above[main], item))
            if row.phase == "included" and "other_main" in above:
                # From below the other column to the level of what is included, and in from the right.
                last = above.pop("other_main")
                points = ((last.x, last.y - last.height / 2), (last.x, item.y), (item.x + item.width / 2, item.y))
                picture.arrows.append(Arrow(last.name, item.name, points))
            above[main] = item


def _add_previous(picture: Picture, grid: Grid, previous: Entry, span: tuple[float, float], end: Shape) -> None:
    """Adds the box of previous studies beside the first row, with its arrow to the last box."""
    left, wide = grid.columns["previous"]
    middle = sum(span) / 2
    height = max(previous.height(grid, wide), span[0] - span[1])
    shape = Shape.of(previous, grid, (left + wide / 2, middle), wide, height)
    picture.shapes.append(shape)
    points = ((shape.x, middle - height / 2), (shape.x, end.y), (end.x - end.width / 2, end.y))
    picture.arrows.append(Arrow(shape.name, end.name, points))
