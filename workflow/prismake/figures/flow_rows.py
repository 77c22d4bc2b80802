"""The rows of the flow figure and the texts of its boxes, before they have a position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from prismake.figures.flow_grid import Grid
from prismake.figures.textwidth import NO_BREAK_SPACE, text_width, wrap

Flow = Mapping[str, Any]
Box = Mapping[str, Any]


class Item(NamedTuple):
    """A text that a box shows: its level of indentation, and the box of the flow that it counts, if one."""

    level: int
    text: str
    box: str = ""


@dataclass(frozen=True)
class Entry:
    """A box before it has its place: the texts it shows."""

    name: str
    items: tuple[Item, ...]
    style: str = "box"

    def lines(self, grid: Grid, width: float) -> tuple[tuple[str, str], ...]:
        """(line, the box of the flow that it counts) for its lines in a box of that width."""
        room = width - 2 * grid.padding_x
        return tuple(
            (line, item.box)
            for item in self.items
            for line in wrap(item.text, grid.font_size, room, grid.indent * item.level)
        )

    def cuts(self, grid: Grid, width: float) -> int:
        """How many words do not fit on a line."""
        wide = [
            text_width(word, grid.font_size)
            + text_width(NO_BREAK_SPACE, grid.font_size) * (grid.indent * item.level + 2)
            for item in self.items
            for word in item.text.split(" ")
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


def with_number(label: str, n: int) -> str:
    """The label with its number as PRISMA writes it, `Records identified (n = 1,234)`; the number does not break."""
    return f"{label} (n\u00a0=\u00a0{n:,})"


def text_of(box: Mapping[str, Any]) -> str:
    """The label of a box with its number; a label that ends with a colon heads what follows and has none."""
    label = " ".join(box["label"].split())
    return label if label.endswith(":") else with_number(label, box["n"])


def _item(level: int, box: Box) -> Item:
    return Item(level, text_of(box), box["id"])


Items = list[Item]


def _added(boxes: Sequence[Box], parent: str) -> Items:
    return [
        Item(1, with_number(box["label"], box.get("studies", box["n"])), box["id"])
        for box in boxes
        if box["role"] == "added" and box["parent"] == parent
    ]


def _identified(flow: Flow, boxes: Sequence[Box], column: str) -> Entry:
    """The records that a column's searches identified, by kind or method, with each search."""
    (head,) = (box for box in boxes if box["role"] == "identified" and box.get("column") == column)
    sources = [box for box in boxes if box["role"] == "source" and box["parent"] == head["id"]]
    items = [Item(0, text_of(head))]
    names = flow["methods"] if column == "other" else flow["kinds"]
    for kind in dict.fromkeys(box["kind"] for box in sources):
        alike = [box for box in sources if box["kind"] == kind]
        # A kind of search is no box; its number is that of a box where there is one search, or one kind.
        same = alike[0]["id"] if len(alike) == 1 else head["id"] if len(alike) == len(sources) else ""
        items.append(Item(1, with_number(names[kind], sum(box["n"] for box in alike)), same))
        # A method's only search that is called like it says nothing more.
        if len(alike) > 1 or alike[0]["label"].casefold() not in ("", names[kind].casefold()):
            items += [_item(2, box) for box in alike]
    return Entry(head["id"], (*items, *_added(boxes, head["id"])))


def _removed(flow: Flow, boxes: Sequence[Box]) -> Entry | None:
    """What left before screening: duplicates, what automation marked, what left for other reasons."""
    items: Items = []
    for box in boxes:
        if box.get("column") == "databases" and box["role"] in ("duplicates", "removed"):
            items.append(_item(1, box))
            items += [_item(2, reason) for reason in boxes if reason.get("parent") == box["id"]]
    return Entry("removed", (Item(0, flow["removed"]), *items)) if items else None


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
                own = [_item(2, reason) for reason in reasons if reason.get("kind") == split["kind"]]
                items += [_item(1, split), *own]
            items += [] if splits else [_item(1, reason) for reason in reasons]
            side.append(Entry(box["id"], (_item(0, box), *items, *_added(boxes, box["id"]))))
        elif box["role"] == "pending":
            side.append(Entry(box["id"], (_item(0, box),), "pending"))
    return tuple(side)


def _unseen(boxes: Sequence[Box], entry: Box | None) -> tuple[Entry, ...]:
    """The records that nobody saw at the stage that `entry` begins; they leave beside the stage before it."""
    return tuple(
        Entry(box["id"], (_item(0, box),))
        for box in boxes
        if entry and box["role"] == "unseen" and (box["stage"], box["column"]) == (entry["stage"], entry["column"])
    )


def included_entry(boxes: Sequence[Box], box: Box) -> Entry:
    """Studies, and the reports of them."""
    items = [_item(0, box)]
    if box["role"] == "included" and "studies" in box:
        items = [Item(0, with_number(box["studies_label"], box["studies"]), box["id"]), *items]
    elif box.get("reports") is not None:
        items.append(Item(0, with_number(box["reports_label"], box["reports"]), box["id"]))
    return Entry(box["id"], (*items, *_added(boxes, box["id"])))


def make_rows(flow: Flow) -> list[Row]:
    """The ranks of the figure from the content of flow.json, without the boxes that it does not show.

    A stage is in the same row in both columns.
    """
    boxes: list[Box] = [box for box in flow["boxes"] if box.get("shown", True)]
    removed = _removed(flow, boxes)
    waiting = tuple(
        Entry(box["id"], (_item(0, box),), "pending")
        for box in boxes
        if box["role"] == "pending" and box.get("kind") == "removal"
    )
    entries = [box for box in boxes if box["role"] == "screened"]
    by_column = {name: [box for box in entries if box.get("column") == name] for name in ("databases", "other")}
    following = {before["id"]: after for each in by_column.values() for before, after in pairwise(each)}
    first = {name: each[0] if each else None for name, each in by_column.items()}
    leaving = ((removed,) if removed else ()) + waiting + _unseen(boxes, first["databases"])
    databases = Cell(_identified(flow, boxes, "databases"), leaving)
    other = None
    if any(box["role"] == "identified" and box.get("column") == "other" for box in boxes):
        twice = tuple(
            Entry(box["id"], (_item(0, box),))
            for box in boxes
            if box["role"] == "duplicates" and box.get("column") == "other"
        )
        other = Cell(_identified(flow, boxes, "other"), twice + _unseen(boxes, first["other"]))
    rows = [Row("identification", databases, other)]
    for stage in dict.fromkeys(box["stage"] for box in entries):
        cells = {
            box.get("column", "databases"): Cell(
                Entry(box["id"], (_item(0, box), *_added(boxes, box["id"]))),
                _left(boxes, box) + _unseen(boxes, following.get(box["id"])),
            )
            for box in entries
            if box["stage"] == stage
        }
        rows.append(Row("screening", cells.get("databases"), cells.get("other")))
    ends = [box for box in boxes if box["role"] in ("included", "total")]
    return rows + [Row("included", Cell(included_entry(boxes, box))) for box in ends]
