"""Adds rows, columns and sheets to a workbook that people write in; what is there stays as it is."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from prismake.common.errors import counted, stop
from prismake.common.sheet_cells import SheetTable, column_name, named, sheet_table, table_names
from prismake.common.sheets import (
    FIRST,
    Sheet,
    SheetColumn,
    add_rows,
    add_sheet,
    set_choices,
    set_header,
    workbook_bytes,
)
from prismake.common.writing import rewrite_zip, write_bytes

Row = Mapping[str, Any]

# Parts of a workbook that would be lost where it is written again.
_LOST = re.compile(r"xl/(?:media|charts|pivotTables|slicers|(drawings/drawing)|ctrlProps|embeddings|vbaProject)[^/]*")


@dataclass(frozen=True)
class Plan:
    """What a sheet is to hold: its columns, rows by the columns' names, and the columns that tell rows apart.

    `further` are the names of columns that a sheet which is there gets where it lacks them. Rows are added only where
    no row has their key; of `seeds` only where the sheet is new. `computed` gives from a sheet's header and a row's
    cells what other cells of the row say, by column: the only cells that are ever written again.
    """

    name: str
    columns: Sequence[SheetColumn]
    key: tuple[str, ...]
    rows: Sequence[Row] = ()
    further: frozenset[str] = frozenset()
    title: str = ""
    seeds: Sequence[Row] = ()
    computed: Callable[[Sequence[str], Sequence[str]], Row] | None = None


@dataclass
class Changes:
    """What was added to a workbook: rows by sheet, columns by sheet, and whole sheets; computed cells by sheet."""

    rows: dict[str, int] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)
    computed: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.rows or self.columns or self.sheets or self.computed)

    def lines(self) -> list[str]:
        """What was added, a line each."""
        many = [f"{counted(number, 'row')} on the sheet '{sheet}'" for sheet, number in self.rows.items()]
        wide = [f"columns on the sheet '{sheet}': {', '.join(names)}" for sheet, names in self.columns.items()]
        new = [f"the {'sheets' if len(self.sheets) > 1 else 'sheet'} {', '.join(self.sheets)}"] if self.sheets else []
        filled = [f"{counted(number, 'cell')} computed on the sheet '{name}'" for name, number in self.computed.items()]
        return [*new, *many, *wide, *filled]


def update(path: Path, plans: Sequence[Plan], guide: Sheet) -> Changes:
    """Writes a workbook, or adds to the one that is there what it lacks. Nothing is written where nothing is added.

    A new workbook begins with the sheet `guide`.

    Raises BuildStop for a workbook that cannot be read, whose tables have no columns to add rows by, or that holds
    parts (pictures, charts, macros) which writing would lose.
    """
    changes = Changes()
    if not path.is_file():
        book = Workbook()
        book.remove(book.worksheets[0])
        add_sheet(book, guide)
        for plan in plans:
            _add_sheet(book, plan, changes)
        changes.rows = {plan.title or plan.name: len(plan.rows) for plan in plans if plan.rows}
        write_bytes(path, workbook_bytes(book))
        return changes
    there = table_names(path)
    data = path.read_bytes()
    book = load_workbook(io.BytesIO(data))
    for plan in plans:
        if plan.name in there:
            _extend(_sheet(book, plan.name), path, plan, changes)
        else:
            _add_sheet(book, plan, changes)
    if changes:
        _check_kept(path, data)
        write_bytes(path, _with_values(workbook_bytes(book), data, book))
    return changes


_FORMULA = re.compile(rb'(<c r="([A-Z]+[0-9]+)"[^>]*)>(<f\b(?:[^>]*/>|.*?</f>))<v(?:></v>| ?/>)')


def _with_values(written: bytes, before: bytes, book: Workbook) -> bytes:
    """A written workbook in which formulas have the values again that they had `before`: openpyxl drops them."""
    values: dict[str, dict[str, Any]] = {}
    for number, sheet in enumerate(book.worksheets, 1):
        if formulas := [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]:
            computed = load_workbook(io.BytesIO(before), data_only=True)[sheet.title]
            values[f"xl/worksheets/sheet{number}.xml"] = {name: computed[name].value for name in formulas}

    def filled(own: Mapping[str, Any]) -> Callable[[bytes], bytes]:
        return lambda page: _FORMULA.sub(lambda match: _cell_with(match, own[match[2].decode()]), page)

    return rewrite_zip(written, first=FIRST, change={name: filled(own) for name, own in values.items()})


def _cell_with(match: re.Match[bytes], value: Any) -> bytes:
    if value is None:
        return match[0]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    kind = "n" if number else "b" if isinstance(value, bool) else "e" if str(value).startswith("#") else "str"
    text = escape(str(int(value)) if isinstance(value, bool) else str(value)).encode()
    return match[1] + f' t="{kind}">'.encode() + match[3] + b"<v>" + text + b"</v>"


def _sheet(book: Workbook, name: str) -> Worksheet:
    return next(sheet for sheet in book.worksheets if column_name(sheet.title) == name)


def _check_kept(path: Path, data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        lost = sorted(
            {
                match[0].split("/")[1]
                for name in archive.namelist()
                # Google writes a drawing for every sheet, with nothing in it.
                if (match := _LOST.match(name)) and not (match[1] and b"Anchor" not in archive.read(name))
            }
        )
    if lost:
        message = f"holds parts that adding rows would lose: {', '.join(lost)}"
        raise stop("lost-parts", message, where=str(path), fix="move pictures, charts and macros to another workbook")


def _cells(rows: Sequence[Row], names: Sequence[str]) -> list[list[Any]]:
    return [[row.get(name) for name in names] for row in rows]


def _add_sheet(book: Workbook, plan: Plan, changes: Changes) -> None:
    names = [column_name(column.name) for column in plan.columns]
    rows = [*plan.seeds, *plan.rows]
    add_sheet(book, Sheet(plan.title or plan.name, plan.columns, _cells(rows, names), _frozen(plan)))
    changes.sheets.append(plan.title or plan.name)


def _frozen(plan: Plan) -> int:
    return 2 if plan.name == "studies" else 1


def _extend(sheet: Worksheet, path: Path, plan: Plan, changes: Changes) -> None:
    """Adds to a sheet the rows whose key it lacks, and the columns of `further`."""
    wanted = {column_name(column.name): column for column in plan.columns}
    table = sheet_table(path, plan.name, wanted)
    names = named(table.header, wanted)
    if missing := [name for name in plan.key if name not in names]:
        fix = f"name the column '{missing[0]}' again; the header has: {', '.join(filter(None, table.header))}"
        message = f"column '{missing[0]}' is missing, by which rows are known"
        raise stop("missing-column", message, where=table.row(table.header_row), fix=fix)
    for name, column in wanted.items():
        if name in plan.further and name not in names:
            names.append(name)
            set_header(sheet, len(names), column)
            if column.choices:
                set_choices(sheet, len(names), column)
            changes.columns.setdefault(plan.name, []).append(name)
    if plan.computed:
        _compute(sheet, table, names, plan, changes)
    at = [names.index(name) for name in plan.key]
    there = {tuple(cells[column] for column in at) for _, cells in table.rows}
    new = [row for row in plan.rows if tuple(str(row.get(name) or "") for name in plan.key) not in there]
    if new:
        last = max([table.header_row, *(number for number, _ in table.rows)])
        columns = [wanted.get(name) or SheetColumn(name, wrap=False) for name in names]
        add_rows(sheet, _cells(new, names), columns, start=_free_row(sheet, last + 1))
        changes.rows[plan.title or plan.name] = len(new)


def _compute(sheet: Worksheet, table: SheetTable, names: Sequence[str], plan: Plan, changes: Changes) -> None:
    """Writes the computed cells of the rows that are there, where they say something else."""
    for number, cells in table.rows:
        values = plan.computed(table.header, cells) if plan.computed else {}
        for name, text in values.items():
            cell = sheet.cell(number, names.index(name) + 1)
            if str(cell.value or "") != text:
                cell.value = text or None
                title = plan.title or plan.name
                changes.computed[title] = changes.computed.get(title, 0) + 1


def _free_row(sheet: Worksheet, first: int) -> int:
    """The first row from which on nothing is written, wherever in the row it stands."""
    filled: Callable[[int], bool] = lambda row: any(cell.value is not None for cell in sheet[row])  # noqa: E731
    return max((row + 1 for row in range(first, sheet.max_row + 1) if filled(row)), default=first)
