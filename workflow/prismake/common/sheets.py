"""Writes spreadsheets (XLSX) for people to fill in: frozen header, notes, drop-down lists; the same content, the same
bytes.

Every text is stored as text, whatever it starts with, so that no spreadsheet program runs it as a formula or makes a
date or another number of it.
"""

from __future__ import annotations

import datetime
import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from prismake.common.reading import UNPRINTABLE
from prismake.common.sheet_cells import LISTS
from prismake.common.writing import rewrite_zip, write_bytes

# What spreadsheet programs accept: characters of a drop-down list's rule, of a cell, of a sheet's name; rows.
LONGEST_RULE, LONGEST_CELL, LONGEST_NAME, LAST_ROW = 255, 32_767, 31, 1_048_576
CUT = " […]"
FIXED_TIME = datetime.datetime(1980, 1, 1)
TEXT = "@"
# The member of the archive that must lead.
FIRST = ("[Content_Types].xml",)
# Years and numbers of records are texts, which programs would mark as a mistake in each cell; openpyxl cannot say so.
_IGNORED = b'<ignoredErrors><ignoredError sqref="A1:XFD1048576" numberStoredAsText="1"/></ignoredErrors>'
_AFTER_ERRORS = re.compile(rb"<(?:legacyDrawing|drawing|tableParts|extLst)\b|</worksheet>")
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
# A sheet can hold so many links, no address longer than this, and no longer text of a link.
MOST_LINKS, LONGEST_LINK, LONGEST_LINK_TEXT = 65_000, 2_000, 255
# Points of a line of text, and the highest row that there can be.
_LINE, _HIGHEST, _HEADER_HEIGHT = 13.0, 409.0, 30
_HEADER_FILL, _ANSWER_FILL = PatternFill("solid", start_color="FFDDE6EE"), PatternFill("solid", start_color="FFFFF8E1")
_MISSING = "FFF8CBAD"
_LINK_FONT = Font(color="FF0563C1", underline="single")
_BORDER = Border(*[Side(style="thin", color="FFD9D9D9")] * 4)


@dataclass(frozen=True)
class SheetColumn:
    """A column: the text of its header, its width in characters, a note with help, the choices of a drop-down list.

    `source` names the cells of the first row below the header that hold its choices, as a range. `other` says what the
    program does with another value: refuse it, ask, or allow it. `wrap` breaks long lines. `answer` colours the cells
    that people fill in. On a sheet for printing, a column that is not `printed` is on screen alone.
    """

    name: str
    width: float = 14
    note: str = ""
    choices: tuple[str, ...] = ()
    source: str = ""
    other: Literal["refuse", "ask", "allow"] = "refuse"
    wrap: bool = True
    answer: bool = False
    printed: bool = True


@dataclass(frozen=True)
class Link:
    """A cell that leads to an address."""

    address: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, columns and rows of cells (text, numbers, links or None); `frozen` columns stay in view.

    `printing` sets it up for paper, with a filter, borders, and rows as high as their texts. `needs` names two columns:
    the second is marked while it is empty, where the first has the value in between.
    """

    name: str
    columns: Sequence[SheetColumn]
    rows: Iterable[Sequence[Any]] = ()
    frozen: int = 1
    printing: bool = False
    needs: tuple[str, str, str] | None = None


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> int:
    """Writes a workbook of these sheets. Returns how many cells were too long and had to be cut.

    Raises ValueError for a name that no sheet can have.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    cut = sum(add_sheet(book, sheet) for sheet in sheets)
    write_bytes(path, workbook_bytes(book))
    return cut


def workbook_bytes(book: Workbook) -> bytes:
    """The workbook as a file, without the time at which it is saved."""
    book.properties.creator = "Prismake"
    book.properties.created = FIXED_TIME
    file = io.BytesIO()
    book.save(file)
    stamp = FIXED_TIME.isoformat().encode() + b"Z"
    change: dict[str, Callable[[bytes], bytes]] = {
        f"xl/worksheets/sheet{number}.xml": lambda content: _AFTER_ERRORS.sub(_IGNORED + rb"\g<0>", content, count=1)
        for number in range(1, len(book.worksheets) + 1)
    }
    change["docProps/core.xml"] = lambda content: _MODIFIED.sub(rb"\g<1>" + stamp, content)
    return rewrite_zip(file.getvalue(), first=FIRST, change=change)


def add_sheet(book: Workbook, sheet: Sheet) -> int:
    """Adds a sheet at the end of a workbook, with its header, notes, drop-down lists and rows.

    Returns how many cells were too long and had to be cut.
    """
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
    cut = add_rows(made, sheet.rows, sheet.columns, bordered=sheet.printing)
    if sheet.printing:
        _set_up_printing(made, sheet)
    if sheet.needs:
        _mark_missing(made, sheet.columns, sheet.needs)
    return cut


def _set_up_printing(made: Worksheet, sheet: Sheet) -> None:
    """A4 across, one page wide, with the header on every page; a filter; rows as high as their texts."""
    made.page_setup.orientation, made.page_setup.paperSize = "landscape", made.PAPERSIZE_A4
    made.page_setup.fitToWidth, made.page_setup.fitToHeight = 1, 0
    made.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    made.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    made.oddFooter.left.text, made.oddFooter.right.text = "&F", "Page &P of &N"
    made.print_title_rows = "1:1"
    last = get_column_letter(max(at for at, column in enumerate(sheet.columns, 1) if column.printed))
    made.print_area = f"A1:{last}{made.max_row}"
    made.auto_filter.ref = made.dimensions
    made.row_dimensions[1].height = _HEADER_HEIGHT
    # Written down, because not every program finds the height when it opens the file.
    for row in made.iter_rows(min_row=2):
        cells = zip(row, sheet.columns, strict=True)
        lines = max(math.ceil(len(str(cell.value or "")) / (column.width * 1.05)) for cell, column in cells)
        made.row_dimensions[row[0].row].height = min(max(lines, 1) * _LINE + 3, _HIGHEST)


def _mark_missing(made: Worksheet, columns: Sequence[SheetColumn], needs: tuple[str, str, str]) -> None:
    answer, value, wanted = needs
    names = [column.name for column in columns]
    one, other = (get_column_letter(names.index(name) + 1) for name in (answer, wanted))
    rule = FormulaRule([f'AND(${one}2="{value}",${other}2="")'], fill=PatternFill(bgColor=_MISSING))
    made.conditional_formatting.add(f"{other}2:{other}{max(made.max_row, 2)}", rule)


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


def add_rows(
    sheet: Worksheet,
    rows: Iterable[Sequence[Any]],
    columns: Sequence[SheetColumn],
    *,
    start: int = 2,
    bordered: bool = False,
) -> int:
    """Writes rows from the row `start` on. Returns how many cells were too long and had to be cut."""
    # A style is made once for each look that cells have: making it for each cell takes longer than all else.
    styles: dict[tuple[int, type], Any] = {}
    cut = links = 0
    for number, row in enumerate(rows, start):
        for at, (value, column) in enumerate(zip(row, columns, strict=True), 1):
            cell = sheet.cell(number, at)
            address = value.address if isinstance(value, Link) else ""
            if linked := bool(address) and links < MOST_LINKS and len(address) <= LONGEST_LINK:
                links += 1
            text = value.text[: LONGEST_LINK_TEXT if linked else None] if isinstance(value, Link) else value
            cut += set_value(cell, text)
            if linked:
                cell.hyperlink = address
            look = (at, Link if linked else type(text))
            if look not in styles:
                _set_look(cell, column, linked=linked, bordered=bordered)
                styles[look] = cell._style
            cell._style = styles[look]
    return cut


def _set_look(cell: Cell, column: SheetColumn, *, linked: bool, bordered: bool) -> None:
    _set_format(cell)
    cell.alignment = Alignment(wrap_text=column.wrap, vertical="top")
    if column.answer:
        cell.fill = _ANSWER_FILL
    if bordered:
        cell.border = _BORDER
    if linked:
        cell.font = _LINK_FONT


def set_cell(cell: Cell, value: Any) -> None:
    """Writes a value with its format: a number as such, all else as text, which no program runs or converts.

    What people type into an empty cell keeps its digits.
    """
    set_value(cell, value)
    _set_format(cell)


def _set_format(cell: Cell) -> None:
    number = isinstance(cell.value, int | float)
    cell.number_format = "General" if number else TEXT
    cell.quotePrefix = not number and cell.value is not None


def set_value(cell: Cell, value: Any) -> bool:
    """Writes a value alone; whether it was too long and had to be cut."""
    if value is None or isinstance(value, int | float):
        cell.value = value
        return False
    text = UNPRINTABLE.sub("\ufffd", str(value))
    too_long = len(text) > LONGEST_CELL
    cell.value = (text[: LONGEST_CELL - len(CUT)] + CUT if too_long else text) or None
    if text:
        cell.data_type = "s"
    return too_long


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
