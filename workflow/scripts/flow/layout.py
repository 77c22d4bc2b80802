"""Where everything stands in the flow figure: phase bars at the left, main boxes, boxes of what leaves at the right.

All lengths are points (1/72 inch), the origin at the lower left as Graphviz has it. They are multiples of `PIXEL`, so
that edges are crisp and the picture ends with a whole pixel at 300 dpi. The arrangement is that of the PRISMA 2020
flow diagram (Page et al, BMJ 2021;372:n71).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prismake.flow.textwidth import text_width, wrap

FONT_SIZE = 9.0
LINE_HEIGHT = 1.2 * FONT_SIZE  # as Graphviz sets lines
PIXEL = 72 / 300
# White around the figure, so that no line is cut in half.
MARGIN = 3 * PIXEL
# 6.5 inches (165.1 mm) with the margin: the text width of a letter page, so print does not shrink the text.
WIDTH = 1950 * PIXEL - 2 * MARGIN
BAR, BAR_GAP, SIDE_GAP = 84 * PIXEL, 32 * PIXEL, 116 * PIXEL
MAIN = 816 * PIXEL
SIDE = WIDTH - BAR - BAR_GAP - MAIN - SIDE_GAP
PADDING_X, PADDING_Y = 28 * PIXEL, 23 * PIXEL
ROW_GAP, STACK_GAP = 82 * PIXEL, 34 * PIXEL
INDENT = 3
# How much wider bold text runs at most.
BOLDER = 1.09

Flow = Mapping[str, Any]


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
    """A straight arrow from one shape to another, and the points where it starts and ends."""

    source: str
    target: str
    start: tuple[float, float]
    end: tuple[float, float]


@dataclass
class Picture:
    """The whole figure."""

    width: float
    height: float
    shapes: list[Shape] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """A box before it has its place: the texts it shows with their level of indentation."""

    name: str
    items: tuple[tuple[int, str], ...]
    style: str = "box"

    def lines(self, width: float) -> tuple[str, ...]:
        """Its lines in a box of that width."""
        room = width - 2 * PADDING_X
        return tuple(line for level, text in self.items for line in wrap(text, FONT_SIZE, room, INDENT * level))

    def height(self, width: float) -> float:
        """The height of a box of that width that holds the text."""
        return len(self.lines(width)) * LINE_HEIGHT + 2 * PADDING_Y


@dataclass(frozen=True)
class Row:
    """One rank: a main box and, at its right, what leaves there."""

    phase: str
    main: Entry
    side: tuple[Entry, ...]


def counted(label: str, n: int) -> str:
    """The label with its number as PRISMA writes it, `Records identified (n = 1,234)`; the number does not break."""
    return f"{label} (n\u00a0=\u00a0{n:,})"


def _text(box: Mapping[str, Any]) -> str:
    return counted(" ".join(box["label"].split()), box["n"])


def _identified(flow: Flow, boxes: Sequence[Mapping[str, Any]]) -> Entry:
    """What was identified, with each database; registers apart where there are any."""
    sources = [box for box in boxes if box["role"] == "source"]
    items = [(0, _text(box)) for box in boxes if box["role"] == "identified"]
    kinds = sorted({box["kind"] for box in sources})
    for kind in kinds:
        of_kind = [box for box in sources if box["kind"] == kind]
        if len(kinds) > 1:
            items.append((1, counted(flow["kinds"][kind], sum(box["n"] for box in of_kind))))
        items += [(len(kinds), _text(box)) for box in of_kind]
    return Entry("identified", tuple(items))


def _included(box: Mapping[str, Any]) -> Entry:
    """Studies, and the reports of them where the numbers differ."""
    items = [(0, _text(box))]
    if "studies" in box:
        studies = (0, counted(box["studies_label"], box["studies"]))
        items = [studies] if box["studies"] == box["n"] else [studies, *items]
    return Entry("included", tuple(items))


def make_rows(flow: Flow) -> list[Row]:
    """The ranks of the figure from the content of flow.json; reasons that nothing left for are not shown."""
    boxes: list[Mapping[str, Any]] = flow["boxes"]
    duplicates = [Entry("duplicates", ((0, _text(box)),)) for box in boxes if box["role"] == "duplicates"]
    rows = [Row("identification", _identified(flow, boxes), tuple(duplicates))]
    for box in boxes:
        if box["role"] != "screened":
            continue
        here = [other for other in boxes if other.get("stage") == box["stage"]]
        side = []
        for left in here:
            if left["role"] == "excluded":
                reasons = tuple((1, _text(reason)) for reason in here if reason["role"] == "reason" and reason["n"])
                side.append(Entry(left["id"], ((0, _text(left)), *reasons)))
            elif left["role"] == "pending":
                side.append(Entry(left["id"], ((0, _text(left)),), "pending"))
        rows.append(Row("screening", Entry(box["id"], ((0, _text(box)),)), tuple(side)))
    rows += [Row("included", _included(box), ()) for box in boxes if box["role"] == "included"]
    return rows


def _slot(row: Row) -> float:
    """The height a row needs by itself."""
    side = sum(entry.height(SIDE) for entry in row.side) + STACK_GAP * max(0, len(row.side) - 1)
    return max(row.main.height(MAIN), side)


def _phase_rows(rows: Sequence[Row]) -> dict[str, list[int]]:
    phases: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        phases.setdefault(row.phase, []).append(number)
    return phases


def _slots(rows: Sequence[Row], phases: Mapping[str, str]) -> list[float]:
    """The height of each row, stretched where a phase would be lower than its name is long."""
    slots = [_slot(row) for row in rows]
    for phase, numbers in _phase_rows(rows).items():
        span = sum(slots[number] for number in numbers) + ROW_GAP * (len(numbers) - 1)
        lacking = text_width(phases[phase], FONT_SIZE) * BOLDER + 2 * PADDING_X - span
        for number in numbers if lacking > 0 else []:
            slots[number] += 2 * PIXEL * math.ceil(lacking / len(numbers) / (2 * PIXEL))
    return slots


def _place_row(row: Row, top: float, slot: float, fill: bool) -> Iterator[Shape | Arrow]:
    """The boxes of a row and the arrows to what leaves; every arrow runs level. `fill`: the main box fills the slot."""
    middle = top - slot / 2
    main_x, side_x = BAR + BAR_GAP + MAIN / 2, WIDTH - SIDE / 2
    heights = [entry.height(SIDE) for entry in row.side]
    edge = middle + (sum(heights) + STACK_GAP * max(0, len(heights) - 1)) / 2
    centres = []
    for entry, height in zip(row.side, heights, strict=True):
        centres.append(edge - height / 2)
        yield Shape(entry.name, side_x, centres[-1], SIDE, height, entry.lines(SIDE), entry.style)
        ends = (main_x + MAIN / 2, centres[-1]), (side_x - SIDE / 2, centres[-1])
        yield Arrow(row.main.name, entry.name, *ends)
        edge -= height + STACK_GAP
    reach = max((abs(centre - middle) for centre in centres), default=0.0)
    height = slot if fill else max(row.main.height(MAIN), 2 * (reach + PADDING_Y) if reach else 0.0)
    yield Shape(row.main.name, main_x, middle, MAIN, height, row.main.lines(MAIN), row.main.style)


def arrange(flow: Flow) -> Picture:
    """The figure from the content of flow.json, every shape in its place."""
    rows = make_rows(flow)
    slots = _slots(rows, flow["phases"])
    heading = flow["heading"].strip()
    heading_width = WIDTH - BAR - BAR_GAP
    heading_lines = tuple(wrap(heading, FONT_SIZE * BOLDER, heading_width - 2 * PADDING_X))
    heading_height = len(heading_lines) * LINE_HEIGHT + STACK_GAP if heading else 0.0
    top = sum(slots) + ROW_GAP * (len(rows) - 1) + (heading_height + BAR_GAP if heading else 0.0)
    picture = Picture(WIDTH, top)
    if heading:
        x = BAR + BAR_GAP + heading_width / 2
        y = top - heading_height / 2
        picture.shapes.append(Shape("heading", x, y, heading_width, heading_height, heading_lines, "heading"))
        top -= heading_height + BAR_GAP

    tops: list[float] = []
    above: Shape | None = None
    for row, slot in zip(rows, slots, strict=True):
        tops.append(top)
        for item in _place_row(row, top, slot, fill=row.phase != "screening"):
            if isinstance(item, Arrow):
                picture.arrows.append(item)
                continue
            picture.shapes.append(item)
            if item.name == row.main.name:
                if above:
                    start = (above.x, above.y - above.height / 2)
                    end = (item.x, item.y + item.height / 2)
                    picture.arrows.append(Arrow(above.name, item.name, start, end))
                above = item
        top -= slot + ROW_GAP
    for phase, numbers in _phase_rows(rows).items():
        upper, lower = tops[numbers[0]], tops[numbers[-1]] - slots[numbers[-1]]
        bar = Shape(f"phase.{phase}", BAR / 2, (upper + lower) / 2, BAR, upper - lower, (flow["phases"][phase],), "bar")
        picture.shapes.append(bar)
    return picture
