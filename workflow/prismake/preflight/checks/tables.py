"""Checks of tables and captions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from prismake.common.errors import counted
from prismake.preflight.document import Document
from prismake.preflight.findings import Finding, Requirements, check
from prismake.preflight.wordml import TWIPS_PER_POINT, W, find, is_on, twips, value, whole

# Twips by which rounding may change a width.
HAIR = 20
MOST_COLUMNS = 63


def rows_of(table: Any) -> list[Any]:
    """The rows of a table, without those of tables inside it."""
    return [row for row in table.iter(f"{W}tr") if _table_of(row) is table]


def _table_of(node: Any) -> Any:
    node = node.getparent()
    while node is not None and node.tag != f"{W}tbl":
        node = node.getparent()
    return node


def cells_of(row: Any) -> list[Any]:
    """The cells of a row in order."""
    cells = []
    for node in row:
        if node.tag == f"{W}tc":
            cells.append(node)
        elif node.tag in (f"{W}sdt", f"{W}customXml"):
            cells.extend(cell for cell in node.iter(f"{W}tc"))
    return cells


def span_of(cell: Any) -> int:
    """How many columns of the grid a cell spans."""
    return min(max(whole(value(find(cell, "tcPr/gridSpan"))) or 1, 1), 1000)


def grid_of(table: Any) -> list[float | None]:
    """The widths of a table's columns in twips, None where one is not stated."""
    grid = find(table, "tblGrid")
    return [twips(value(column, "w")) for column in grid.findall(f"{W}gridCol")] if grid is not None else []


def columns_of(table: Any) -> int:
    """The number of a table's columns."""
    return len(grid_of(table)) or max((sum(map(span_of, cells_of(row))) for row in rows_of(table)), default=0)


def starts_of(row: Any) -> Iterator[tuple[int, Any]]:
    """The cells of a row, each with the column in which it starts, from 0."""
    at = max(whole(value(find(row, "trPr/gridBefore"))) or 0, 0)
    for cell in cells_of(row):
        yield at, cell
        at += span_of(cell)


@check("table-grid", "tables", "error", "the cells of every row fill the grid, and merged cells match those above")
def table_grid(document: Document, _: Requirements) -> Iterator[Finding]:
    """Rows and grid agree, spans counted."""
    document.need()
    for table in document.body.iter(f"{W}tbl"):
        columns = len(grid_of(table))
        merging: dict[int, int] = {}
        for number, row in enumerate(rows_of(table), start=1):
            filled = sum(span_of(cell) for cell in cells_of(row))
            filled += max(whole(value(find(row, "trPr/gridBefore"))) or 0, 0)
            filled += max(whole(value(find(row, "trPr/gridAfter"))) or 0, 0)
            if filled != columns:
                yield Finding(
                    f"row {number} fills {counted(filled, 'column')} of a grid of {columns}", document.where(table)
                )
            above, merging = merging, {}
            for start, cell in starts_of(row):
                merge = find(cell, "tcPr/vMerge")
                if merge is None:
                    continue
                if (value(merge) or "continue") == "continue" and above.get(start) != span_of(cell):
                    yield Finding(
                        f"row {number}: a merged cell continues from a cell above that does not exist",
                        document.where(table),
                    )
                merging[start] = span_of(cell)
            if columns > MOST_COLUMNS and number == 1:
                yield Finding(f"{columns} columns; Word takes at most {MOST_COLUMNS}", document.where(table))


def _is_headless(table: Any) -> bool:
    """Whether a table states that its first row is not a header row, and marks no row as one."""
    look = find(table, "tblPr/tblLook")
    disclaimed = look is not None and value(look, "firstRow") in ("0", "false", "off")
    return disclaimed and not any(is_on(find(row, "trPr/tblHeader")) for row in rows_of(table))


@check("table-header", "tables", "error", "the header row of every table repeats on each page")
def table_header(document: Document, _: Requirements) -> Iterator[Finding]:
    """The first row is marked as header, unless the table says that it has none."""
    document.need()
    for table in document.tables:
        if _is_headless(table):
            continue
        marks = [is_on(find(row, "trPr/tblHeader")) for row in rows_of(table)]
        if len(marks) > 1 and not marks[0]:
            yield Finding("the first row is not marked as header", document.where(table))
        elif any(later and not earlier for earlier, later in pairwise(marks)):
            yield Finding("a later row is marked as a header row; Word does not repeat it", document.where(table))


@check("table-rows", "tables", "error", "no row breaks across pages")
def table_rows(document: Document, _: Requirements) -> Iterator[Finding]:
    """Every row is marked as one that cannot split."""
    document.need()
    for table in document.tables:
        split = [number for number, row in enumerate(rows_of(table), start=1) if not is_on(find(row, "trPr/cantSplit"))]
        if split:
            listed = ", ".join(map(str, split[:5])) + (", …" if len(split) > 5 else "")
            yield Finding(f"rows that may break across pages: {listed}", document.where(table))


def _drawn(border: Any) -> bool:
    return border is not None and value(border) not in (None, "nil", "none") and value(border, "sz") != "0"


def _table_borders(document: Document, table: Any) -> dict[str, bool]:
    sides: dict[str, bool] = {}
    places = [find(table, "tblPr/tblBorders")]
    for style in document.line_of_styles(value(find(table, "tblPr/tblStyle")) or ""):
        places.append(find(style.element, "tblPr/tblBorders"))
    for place in places:
        for border in place if place is not None else []:
            if isinstance(border.tag, str):
                sides.setdefault(border.tag.rsplit("}", 1)[-1], _drawn(border))
    return sides


@check(
    "table-rules",
    "tables",
    "error",
    "tables have a rule at the top, at the bottom and under the header row, and no vertical lines or shading",
)
def table_rules(document: Document, _: Requirements) -> Iterator[Finding]:
    """The look that journals print."""
    document.need()
    for table in document.tables:
        sides, where = _table_borders(document, table), document.where(table)
        rows = rows_of(table)
        if upright := [side for side in ("left", "start", "right", "end", "insideV") if sides.get(side)]:
            yield Finding(f"vertical lines ({', '.join(upright)})", where)
        if any(
            _drawn(find(cell, f"tcPr/tcBorders/{side}"))
            for row in rows
            for cell in cells_of(row)
            for side in ("left", "start", "right", "end", "insideV")
        ):
            yield Finding("cells have vertical lines", where)
        if any(_shaded(node) for node in table.iter(f"{W}shd")):
            yield Finding("cells or text are shaded", where)
        for side, edge in (("top", 0), ("bottom", -1)):
            own = (
                rows
                and cells_of(rows[edge])
                and all(_drawn(find(cell, f"tcPr/tcBorders/{side}")) for cell in cells_of(rows[edge]))
            )
            if not sides.get(side) and not own:
                yield Finding(f"no rule at the {side}", where)
        heads = [row for row in rows if is_on(find(row, "trPr/tblHeader"))] or rows[:1]
        if len(rows) > 1 and not sides.get("insideH") and not _is_headless(table):
            last = heads[-1]
            below = rows[rows.index(last) + 1] if rows.index(last) + 1 < len(rows) else None
            ruled = all(_drawn(find(cell, "tcPr/tcBorders/bottom")) for cell in cells_of(last))
            ruled = ruled or (
                below is not None and all(_drawn(find(cell, "tcPr/tcBorders/top")) for cell in cells_of(below))
            )
            if not ruled and not _ruled_by_style(document, table):
                yield Finding("no rule under the header row", where)


def _shaded(node: Any) -> bool:
    fill = (value(node, "fill") or "auto").lower()
    return fill not in ("auto", "ffffff") or value(node) not in (None, "clear", "nil")


def _ruled_by_style(document: Document, table: Any) -> bool:
    if (value(find(table, "tblPr/tblLook"), "firstRow") or "0").lower() in ("0", "false", "off"):
        return False
    for style in document.line_of_styles(value(find(table, "tblPr/tblStyle")) or ""):
        for part in style.element.findall(f"{W}tblStylePr"):
            if value(part, "type") == "firstRow" and _drawn(find(part, "tcPr/tcBorders/bottom")):
                return True
    return False


@check("table-width", "tables", "error", "no table is wider than the text, and its column widths add up")
def table_width(document: Document, _: Requirements) -> Iterator[Finding]:
    """Widths fit."""
    document.need()
    for table in document.tables:
        section = document.section_of(table)
        room = section.text_width if section else None
        grid = [width for width in grid_of(table) if width is not None]
        if room is None or not grid:
            continue
        total, where = sum(grid), document.where(table)
        if total > room + HAIR:
            yield Finding(f"{total / TWIPS_PER_POINT:.0f} points wide, the text {room / TWIPS_PER_POINT:.0f}", where)
        if any(width <= 0 for width in grid):
            yield Finding("a column has no width", where)
        stated = find(table, "tblPr/tblW")
        width = twips(value(stated, "w")) if value(stated, "type") == "dxa" else None
        if width is not None and abs(width - total) > HAIR and width > 0:
            yield Finding(f"states a width of {width:.0f} and has columns of {total:.0f} twentieths of a point", where)


@check("cell-width", "tables", "error", "cell widths match the columns of the grid")
def cell_width(document: Document, _: Requirements) -> Iterator[Finding]:
    """Cells and grid agree, so that Word, LibreOffice and Pages draw the same table."""
    document.need()
    for table in document.tables:
        grid = grid_of(table)
        if any(width is None for width in grid) or value(find(table, "tblPr/tblLayout"), "type") != "fixed":
            continue
        for number, row in enumerate(rows_of(table), start=1):
            for start, cell in starts_of(row):
                stated = find(cell, "tcPr/tcW")
                width = twips(value(stated, "w")) if value(stated, "type") == "dxa" else None
                room = sum(width or 0 for width in grid[start : start + span_of(cell)])
                if width is not None and abs(width - room) > HAIR:
                    yield Finding(
                        f"row {number}: a cell of {width:.0f} in a column of {room:.0f}", document.where(table)
                    )
                    break


# Captions -------------------------------------------------------------------------------------------------------
