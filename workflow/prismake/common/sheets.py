"""Writes spreadsheets (XLSX) for people to fill in: frozen header, notes, drop-down lists; the same content, the same
bytes.

Every text is stored as text, whatever it starts with, so that no spreadsheet program runs it as a formula or makes a
date or another number of it.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from prismake.common.reading import UNPRINTABLE
from prismake.common.sheet_cells import LISTS
from prismake.common.writing import rewrite_zip, write_bytes

# What spreadsheet programs accept: characters of a drop-down list's rule, of a cell, of a sheet's name; rows.
LONGEST_RULE, LONGEST_CELL, LONGEST_NAME, LAST_ROW = 255, 32_767, 31, 1_048_576
CUT = " […]"
FIXED_TIME = datetime.datetime(1980, 1, 1)
TEXT = "@"
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_HEADER_FILL = PatternFill("solid", start_color="FFDDE6EE")
_WRAPPED, _PLAIN = Alignment(wrap_text=True, vertical="top"), Alignment(vertical="top")


@dataclass(frozen=True)
class SheetColumn:
    """A column: the text of its header, its width in characters, a note with help, the choices of a drop-down list.

    `source` names the cells of the first row below the header that hold its choices, as a range. `other` says what the
    program does with another value: refuse it, ask, or allow it. `wrap` breaks long lines.
    """

    name: str
    width: float = 14
    note: str = ""
    choices: tuple[str, ...] = ()
    source: str = ""
    other: Literal["refuse", "ask", "allow"] = "refuse"
    wrap: bool = True


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, columns and rows of cells (text, numbers or None); `frozen` columns stay in view."""

    name: str
    columns: Sequence[SheetColumn]
    rows: Iterable[Sequence[Any]] = ()
    frozen: int = 1


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Writes a workbook of these sheets. Raises ValueError for a name that no sheet can have."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        add_sheet(book, sheet)
    write_bytes(path, workbook_bytes(book))


def workbook_bytes(book: Workbook) -> bytes:
    """The workbook as a file, without the time at which it is saved."""
    book.properties.creator = "Prismake"
    book.properties.created = FIXED_TIME
    file = io.BytesIO()
    book.save(file)
    stamp = FIXED_TIME.isoformat().encode() + b"Z"
    return rewrite_zip(
        file.getvalue(),
        first=["[Content_Types].xml"],
        change={"docProps/core.xml": lambda content: _MODIFIED.sub(rb"\g<1>" + stamp, content)},
    )


def add_sheet(book: Workbook, sheet: Sheet) -> Worksheet:
    """Adds a sheet at the end of a workbook, with its header, notes, drop-down lists and rows."""
    if len(sheet.name) > LONGEST_NAME or re.search(r"[\[\]:*?/\\]", sheet.name):
        raise ValueError(f"no sheet can be named '{sheet.name}'")
    made = book.create_sheet(sheet.name)
    made.freeze_panes = f"{get_column_letter(sheet.frozen + 1)}2"
    for number, column in enumerate(sheet.columns, 1):
        set_header(made, number, column)
    # Lists reach beyond the last row, for rows that people add.
    for number, column in enumerate(sheet.columns, 1):
        if column.choices or column.source:
            set_choices(made, number, column)
    add_rows(made, sheet.rows, [column.wrap for column in sheet.columns])
    return made


def set_header(sheet: Worksheet, number: int, column: SheetColumn) -> None:
    """Writes the header of a column, with its note and width."""
    cell = sheet.cell(1, number)
    set_cell(cell, column.name)
    cell.font = Font(bold=True)
    cell.fill = _HEADER_FILL
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if column.note:
        lines = 2 + len(column.note) // 40
        cell.comment = Comment(column.note, "Prismake", height=20 * lines, width=300)
    sheet.column_dimensions[get_column_letter(number)].width = column.width


def add_rows(sheet: Worksheet, rows: Iterable[Sequence[Any]], wrap: Sequence[bool], start: int = 2) -> None:
    """Writes rows from the row `start` on; `wrap` says of each column whether long lines break."""
    alignments = [_WRAPPED if wrapped else _PLAIN for wrapped in wrap]
    # A style is made once for each look that cells have: making it for each cell takes longer than all else.
    styles: dict[tuple[bool, Any], Any] = {}
    for number, row in enumerate(rows, start):
        for at, (value, alignment) in enumerate(zip(row, alignments, strict=True), 1):
            cell = sheet.cell(number, at)
            look = (alignment is _WRAPPED, None if value is None else not isinstance(value, int | float))
            if look in styles:
                set_value(cell, value)
                cell._style = styles[look]
            else:
                cell.alignment = alignment
                set_cell(cell, value)
                styles[look] = cell._style


def set_cell(cell: Cell, value: Any) -> None:
    """Writes a value with its format: a number as such, all else as text, which no program runs or converts.

    What people type into an empty cell keeps its digits.
    """
    set_value(cell, value)
    number = isinstance(value, int | float)
    cell.number_format = "General" if number else TEXT
    cell.quotePrefix = not number and value is not None


def set_value(cell: Cell, value: Any) -> None:
    """Writes a value alone."""
    if value is None or isinstance(value, int | float):
        cell.value = value
        return
    text = UNPRINTABLE.sub("\ufffd", str(value))
    cell.value = text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(CUT)] + CUT
    cell.data_type = "s"


def set_choices(sheet: Worksheet, number: int, column: SheetColumn) -> None:
    """Gives the cells of a column below the header a drop-down list of its choices."""
    listed = ",".join(column.choices)
    inline = len(listed) + 2 <= LONGEST_RULE and not any("," in choice or '"' in choice for choice in column.choices)
    rule = DataValidation(
        type="list",
        formula1=column.source or (f'"{listed}"' if inline else _on_lists(sheet, column)),
        allow_blank=True,
        showErrorMessage=column.other != "allow",
        errorStyle="warning" if column.other == "ask" else "stop",
        errorTitle=column.name[:32],
        error="This value is not in the list." if column.other == "ask" else "Choose a value from the list.",
    )
    letter = get_column_letter(number)
    rule.add(f"{letter}2:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)


def _on_lists(sheet: Worksheet, column: SheetColumn) -> str:
    """The range that holds the choices, written on the hidden sheet of lists."""
    book = sheet.parent
    if LISTS not in book.sheetnames:
        book.create_sheet(LISTS).sheet_state = "hidden"
    lists = book[LISTS]
    number = 1
    while lists.cell(1, number).value is not None:
        number += 1
    add_to = [f"{sheet.title}: {column.name}", *column.choices]
    for row, text in enumerate(add_to, 1):
        set_cell(lists.cell(row, number), text)
    letter = get_column_letter(number)
    return f"{LISTS}!${letter}$2:${letter}${len(add_to)}"
