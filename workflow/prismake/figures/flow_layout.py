"""The layout of the flow figure: phase bars at the left, then the columns of boxes.

All lengths are points (1/72 inch), the origin at the lower left as Graphviz has it. They are multiples of `PIXEL`, so
that edges are crisp and the picture ends with a whole pixel at 300 dpi. The arrangement is that of the PRISMA 2020
flow diagram (Page et al, BMJ 2021;372:n71).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prismake.figures.textwidth import NO_BREAK_SPACE, text_width, wrap

PIXEL = 72 / 300
# White around the figure, so that no line is cut in half.
MARGIN = 3 * PIXEL
# 6.5 inches (165.1 mm) with the margin: the text width of a letter page, so print does not shrink the text.
WIDTH = 1950 * PIXEL - 2 * MARGIN
# How much wider bold text runs at most.
BOLDER = 1.09
ARROW = 5.5  # the length of an arrow's head
# Pixels that a main column may give to the one beside it.
SHIFTS = (0, 30, 60, -30)
COLUMNS = ("previous", "main", "side", "other_main", "other_side")


@dataclass(frozen=True)
class Grid:
    """The positions of columns and the size of the text: `columns` gives (left, width) by the names in `COLUMNS`."""

    width: float
    font_size: float
    padding_x: float
    padding_y: float
    bar: float
    bar_gap: float
    row_gap: float
    stack_gap: float
    indent: int
    columns: Mapping[str, tuple[float, float]]

    @property
    def line_height(self) -> float:
        """As Graphviz sets lines."""
        return 1.2 * self.font_size

    def centre(self, column: str) -> float:
        """The middle of a column."""
        left, width = self.columns[column]
        return left + width / 2


# Pixels at the width of a letter page: bar, gap behind it, then each column and the gap behind it. With four or five
# columns the text is smaller, as far as it stays legible in print.
_WIDE = {"font_size": 9.0, "padding_x": 28, "padding_y": 23, "row_gap": 82, "stack_gap": 34, "indent": 3}
_NARROW = {"font_size": 8.0, "padding_x": 20, "padding_y": 18, "row_gap": 74, "stack_gap": 30, "indent": 2}
_TEMPLATES: dict[tuple[str, ...], tuple[dict[str, float], tuple[int, ...]]] = {
    ("main", "side"): (_WIDE, (84, 32, 816, 116, 896)),
    ("previous", "main", "side"): (_WIDE, (84, 32, 400, 64, 628, 88, 648)),
    ("main", "side", "other_main", "other_side"): (_NARROW, (72, 24, 440, 56, 440, 48, 404, 56, 404)),
    COLUMNS: (_NARROW, (72, 24, 300, 36, 366, 50, 368, 40, 318, 50, 320)),
}


def make_grid(columns: Sequence[str], width: float = WIDTH, shift: int = 0) -> Grid:
    """The grid of one of the four templates in a figure of that width in points, its margin aside.

    `shift` is how many pixels each main column gives to the column at its right.
    """
    measures, template = _TEMPLATES[tuple(columns)]
    lengths = list(template)
    for number, column in enumerate(columns):
        if column in ("side", "other_side"):
            lengths[2 * number] -= shift
            lengths[2 * number + 2] += shift
    placed: dict[str, tuple[float, float]] = {}
    bar, gap = lengths[0] * PIXEL, lengths[1] * PIXEL
    # Bars and the room for arrows stay as they are; the columns share what a wider or narrower figure brings.
    boxes = sum(lengths[2::2]) * PIXEL
    fit = (boxes + width - WIDTH) / boxes
    left = bar + gap
    for number, column in enumerate(columns):
        wide = 2 * round(lengths[2 + 2 * number] * fit / 2) * PIXEL
        if number == len(columns) - 1:
            wide = width - left
        placed[column] = (left, wide)
        left += wide + (lengths[3 + 2 * number] * PIXEL if number < len(columns) - 1 else 0)
    return Grid(
        width=width,
        font_size=measures["font_size"],
        padding_x=measures["padding_x"] * PIXEL,
        padding_y=measures["padding_y"] * PIXEL,
        bar=bar,
        bar_gap=gap,
        row_gap=measures["row_gap"] * PIXEL,
        stack_gap=measures["stack_gap"] * PIXEL,
        indent=int(measures["indent"]),
        columns=placed,
    )


Flow = Mapping[str, Any]
Box = Mapping[str, Any]


@dataclass(frozen=True)
class Shape:
    """A rectangle with its text: centre, size, lines (left-aligned), and what it is (box, pending, bar, heading)."""

    name: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    style: str = "box"


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


@dataclass(frozen=True)
class Entry:
    """A box before it has its place: the texts it shows with their level of indentation."""

    name: str
    items: tuple[tuple[int, str], ...]
    style: str = "box"

    def lines(self, grid: Grid, width: float) -> tuple[str, ...]:
        """Its lines in a box of that width."""
        room = width - 2 * grid.padding_x
        return tuple(
            line for level, text in self.items for line in wrap(text, grid.font_size, room, grid.indent * level)
        )

    def cuts(self, grid: Grid, width: float) -> int:
        """How many words do not fit on a line."""
        wide = [
            text_width(word, grid.font_size) + text_width(NO_BREAK_SPACE, grid.font_size) * (grid.indent * level + 2)
            for level, text in self.items
            for word in text.split(" ")
        ]
        return sum(word > width - 2 * grid.padding_x for word in wide)

    def height(self, grid: Grid, width: float) -> float:
        """The height of a box of that width that holds the text."""
        return len(self.lines(grid, width)) * grid.line_height + 2 * grid.padding_y


@dataclass(frozen=True)
class Cell:
    """One row of a pair of columns: a main box and, at its right, the boxes that leave there."""

    main: Entry
    side: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Row:
    """One rank: the cell of the databases and that of other methods, where there are any."""

    phase: str
    databases: Cell | None = None
    other: Cell | None = None

    def cells(self) -> Iterator[tuple[str, str, Cell]]:
        """(column of the main box, column of what leaves, the cell)."""
        for main, side, cell in (("main", "side", self.databases), ("other_main", "other_side", self.other)):
            if cell:
                yield main, side, cell


def counted(label: str, n: int) -> str:
    """The label with its number as PRISMA writes it, `Records identified (n = 1,234)`; the number does not break."""
    return f"{label} (n\u00a0=\u00a0{n:,})"


def text_of(box: Mapping[str, Any]) -> str:
    """The label of a box with its number; a label that ends with a colon heads what follows and has none."""
    label = " ".join(box["label"].split())
    return label if label.endswith(":") else counted(label, box["n"])


Items = list[tuple[int, str]]


def _added(boxes: Sequence[Box], parent: str) -> Items:
    return [
        (1, counted(box["label"], box.get("studies", box["n"])))
        for box in boxes
        if box["role"] == "added" and box["parent"] == parent
    ]


def _identified(flow: Flow, boxes: Sequence[Box], column: str) -> Entry:
    """What a column's searches identified, by kind or method, with each search."""
    (head,) = (box for box in boxes if box["role"] == "identified" and box.get("column") == column)
    sources = [box for box in boxes if box["role"] == "source" and box["parent"] == head["id"]]
    items = [(0, text_of(head))]
    names = flow["methods"] if column == "other" else flow["kinds"]
    for kind in dict.fromkeys(box["kind"] for box in sources):
        of_kind = [box for box in sources if box["kind"] == kind]
        items.append((1, counted(names[kind], sum(box["n"] for box in of_kind))))
        # A method's only search that is called like it says nothing more.
        if len(of_kind) > 1 or of_kind[0]["label"].casefold() not in ("", names[kind].casefold()):
            items += [(2, text_of(box)) for box in of_kind]
    return Entry(head["id"], (*items, *_added(boxes, head["id"])))


def _removed(flow: Flow, boxes: Sequence[Box]) -> Entry | None:
    """What left before screening: duplicates, what automation marked, what left for other reasons."""
    items: Items = []
    for box in boxes:
        if box.get("column") == "databases" and box["role"] in ("duplicates", "removed"):
            items.append((1, text_of(box)))
            items += [(2, text_of(reason)) for reason in boxes if reason.get("parent") == box["id"]]
    return Entry("removed", ((0, flow["removed"]), *items)) if items else None


def _left(boxes: Sequence[Box], entry: Box) -> tuple[Entry, ...]:
    """What leaves at a stage: who excluded, the reasons, what waits."""
    side = []
    for box in boxes:
        if box.get("stage") != entry["stage"] or box.get("column") != entry.get("column"):
            continue
        if box["role"] == "excluded":
            inner = [other for other in boxes if other.get("parent") == box["id"] and other["role"] != "added"]
            splits = [other for other in inner if other["role"] == "split"]
            reasons = [other for other in inner if other["role"] == "reason"]
            items: Items = []
            for split in splits:
                own = [(2, text_of(reason)) for reason in reasons if reason.get("kind") == split["kind"]]
                items += [(1, text_of(split)), *own]
            items += [] if splits else [(1, text_of(reason)) for reason in reasons]
            side.append(Entry(box["id"], ((0, text_of(box)), *items, *_added(boxes, box["id"]))))
        elif box["role"] == "pending":
            side.append(Entry(box["id"], ((0, text_of(box)),), "pending"))
    return tuple(side)


def _included(boxes: Sequence[Box], box: Box) -> Entry:
    """Studies, and the reports of them."""
    items = [(0, text_of(box))]
    if box["role"] == "included" and "studies" in box:
        items = [(0, counted(box["studies_label"], box["studies"])), *items]
    elif box.get("reports") is not None:
        items.append((0, counted(box["reports_label"], box["reports"])))
    return Entry(box["id"], (*items, *_added(boxes, box["id"])))


def make_rows(flow: Flow) -> list[Row]:
    """The ranks of the figure from the content of flow.json, without the boxes that it does not show.

    A stage is in the same row in both columns.
    """
    boxes: list[Box] = [box for box in flow["boxes"] if box.get("shown", True)]
    removed = _removed(flow, boxes)
    waiting = tuple(
        Entry(box["id"], ((0, text_of(box)),), "pending")
        for box in boxes
        if box["role"] == "pending" and box.get("kind") == "removal"
    )
    databases = Cell(_identified(flow, boxes, "databases"), ((removed,) if removed else ()) + waiting)
    other = None
    if any(box["role"] == "identified" and box.get("column") == "other" for box in boxes):
        twice = tuple(
            Entry(box["id"], ((0, text_of(box)),))
            for box in boxes
            if box["role"] == "duplicates" and box.get("column") == "other"
        )
        other = Cell(_identified(flow, boxes, "other"), twice)
    rows = [Row("identification", databases, other)]
    entries = [box for box in boxes if box["role"] == "screened"]
    for stage in dict.fromkeys(box["stage"] for box in entries):
        cells = {
            box.get("column", "databases"): Cell(
                Entry(box["id"], ((0, text_of(box)), *_added(boxes, box["id"]))), _left(boxes, box)
            )
            for box in entries
            if box["stage"] == stage
        }
        rows.append(Row("screening", cells.get("databases"), cells.get("other")))
    ends = [box for box in boxes if box["role"] in ("included", "total")]
    return rows + [Row("included", Cell(_included(boxes, box))) for box in ends]


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
        lines = entry.lines(grid, side_width)
        yield Shape(entry.name, side_left + side_width / 2, centres[-1], side_width, height, lines, entry.style)
        yield Arrow(cell.main.name, entry.name, ((main_left + main_width, centres[-1]), (side_left, centres[-1])))
        edge -= height + grid.stack_gap
    reach = max((abs(centre - middle) for centre in centres), default=0.0)
    height = max(cell.main.height(grid, main_width), 2 * (reach + grid.padding_y) if reach else 0.0)
    lines = cell.main.lines(grid, main_width)
    centre = main_left + main_width / 2
    yield Shape(cell.main.name, centre, middle, main_width, slot if fill else height, lines, cell.main.style)


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
    previous = _included(flow["boxes"], before) if before else None
    has_other = any(row.other for row in rows)
    columns = [*(["previous"] if previous else []), *COLUMNS[1:3], *(COLUMNS[3:] if has_other else [])]
    grid, slots = _lowest(columns, width, rows, flow["phases"], previous)
    headings = _headings(flow, grid, 0.0)
    over = headings[0].height + grid.bar_gap if headings else 0.0
    top = sum(slots) + grid.row_gap * (len(rows) - 1) + over
    picture = Picture(width, top, grid.font_size, grid.padding_x, _headings(flow, grid, top))
    top -= over

    tops: list[float] = []
    above: dict[str, Shape] = {}
    for row, slot in zip(rows, slots, strict=True):
        tops.append(top)
        for main, side, cell in row.cells():
            for item in _place_cell(grid, (main, side), cell, top, slot, fill=row.phase != "screening"):
                if isinstance(item, Arrow):
                    picture.arrows.append(item)
                    continue
                picture.shapes.append(item)
                if item.name == cell.main.name:
                    if main in above:
                        picture.arrows.append(_down(above[main], item))
                    if row.phase == "included" and "other_main" in above:
                        # From below the other column to the level of what is included, and in from the right.
                        last = above.pop("other_main")
                        points = (
                            (last.x, last.y - last.height / 2),
                            (last.x, item.y),
                            (item.x + item.width / 2, item.y),
                        )
                        picture.arrows.append(Arrow(last.name, item.name, points))
                    above[main] = item
        top -= slot + grid.row_gap
    if previous:
        left, wide = grid.columns["previous"]
        height = previous.height(grid, wide)
        middle = tops[0] - slots[0] / 2
        shape = Shape(previous.name, left + wide / 2, middle, wide, max(height, slots[0]), previous.lines(grid, wide))
        picture.shapes.append(shape)
        end = above["main"]
        points = ((shape.x, middle - shape.height / 2), (shape.x, end.y), (end.x - end.width / 2, end.y))
        picture.arrows.append(Arrow(shape.name, end.name, points))
    for phase, numbers in _phase_rows(rows).items():
        upper, lower = tops[numbers[0]], tops[numbers[-1]] - slots[numbers[-1]]
        text = (flow["phases"][phase],)
        bar = Shape(f"phase.{phase}", grid.bar / 2, (upper + lower) / 2, grid.bar, upper - lower, text, "bar")
        picture.shapes.append(bar)
    return picture
