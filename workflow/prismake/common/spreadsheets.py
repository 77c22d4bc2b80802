"""Spreadsheets (XLSX and old binary XLS), read with calamine in a process of its own.

A second way of reading, openpyxl or the cell records of an old spreadsheet, tells which rows hold a value, so that a
damaged file cannot lose rows unnoticed.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from prismake.common import biff, workbook
from prismake.common.errors import BuildStop, Issue, counted, some_of, stop

ZIP, OLE2 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# Bytes that a spreadsheet may unpack to.
UNPACKED_LIMIT = 256 << 20
# Rows and cells, filled or not, of a workbook that is read with its formats; each takes a kilobyte and 50 µs.
MOST_CELLS = 400_000
# Bytes of one text in a workbook's parts. The programs keep 32,767 characters in a cell, each of at most ten bytes.
LONGEST_TEXT = 400_000
_ROW_OR_CELL = re.compile(rb"<(?:\w+:)?(?:row|c)[\s/>]")
# The place of a cell, and merged cells and links over a range, each of whose cells is made.
_CELL = re.compile(rb"<(?:\w+:)?c\s[^<>]{0,99}?\br=\"([A-Z]{1,3})([0-9]{1,7})\"")
_RANGE = re.compile(
    rb"<(?:\w+:)?(?:mergeCell|hyperlink)\s[^<>]{0,999}?\bref=\"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})\""
)
# Cells that a message names.
SHOWN = 8
DAMAGED = "damaged, or not a spreadsheet"
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its index and name, whether it is shown, and its rows, whose cells are text.

    `merged` are the merged cells: first row, first column, last row, last column, counted from 1. Only the first cell
    of them has a value.
    """

    index: int
    name: str
    visible: bool
    rows: list[list[str]]
    merged: tuple[tuple[int, int, int, int], ...] = ()


def read_sheets(data: bytes, where: str) -> list[Sheet]:
    """The sheets of a spreadsheet in their order. Raises BuildStop if it cannot be read."""
    try:
        return _sheets(json_of(data))
    except subprocess.SubprocessError:
        raise unreadable(where, ValueError(DAMAGED)) from None


def _sheets(read: bytes | str) -> list[Sheet]:
    return [
        Sheet(
            index,
            sheet["name"],
            sheet["visible"],
            [[_text(cell) for cell in row] for row in sheet["rows"]],
            tuple((top + 1, left + 1, low + 1, right + 1) for (top, left), (low, right) in sheet.get("merged", ())),
        )
        for index, sheet in enumerate(json.loads(read))
    ]


@dataclass(frozen=True, slots=True)
class Marks:
    """What a sheet's values do not say; cells by their names (`D5`).

    `hidden` rows and `hidden_columns`, counted from 1, `errors` (cell -> #N/A), cells that hold `dates` or show
    `percents`, and the `decimals` that a number is shown with.
    """

    hidden: list[int]
    hidden_columns: list[int]
    errors: dict[str, str]
    dates: list[str]
    percents: list[str]
    decimals: dict[str, int]


def read_marked_sheets(data: bytes, where: str) -> tuple[list[Sheet], dict[str, Marks]]:
    """(the sheets in their order, sheet -> its marks) of an XLSX file. Raises BuildStop if it cannot be read."""
    try:
        sheets, _, marks = json_of(data, workbook.WITH_MARKS).partition(b"\n")
    except subprocess.SubprocessError:
        raise unreadable(where, ValueError(DAMAGED)) from None
    return _sheets(sheets), {sheet.pop("name"): Marks(**sheet) for sheet in json.loads(marks)}


def json_of(data: bytes, *what: str) -> bytes:
    """What the process of `workbook` writes for a spreadsheet; `what` are its arguments."""
    command = [sys.executable, workbook.__file__, *what]
    return subprocess.run(command, input=data, capture_output=True, timeout=300, check=True).stdout


def _text(cell: Any) -> str:
    """A cell as text: whole numbers without a point, others with the fifteen digits that spreadsheet programs keep."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.15g}"
    return str(cell)


def filled_rows(data: bytes, sheet: Sheet, where: str) -> set[int]:
    """The 1-based numbers of the sheet's rows that hold a value, found without calamine.

    Raises BuildStop if the spreadsheet cannot be read, or where calamine reads a value in another row.
    """
    try:
        filled = biff.filled_rows(data, sheet.index) if data.startswith(OLE2) else _xlsx_rows(data, sheet.name)
    except Exception as fault:
        # openpyxl and zipfile raise many kinds for a damaged file.
        raise unreadable(where, fault) from None
    if any(any(map(str.strip, cells)) and number not in filled for number, cells in enumerate(sheet.rows, 1)):
        raise unreadable(where, ValueError("damaged: two ways of reading it find different rows"))
    return filled


def _xlsx_rows(data: bytes, name: str) -> set[int]:
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True)[name]
    sheet.reset_dimensions()
    return {
        number
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1)
        if any(cell is not None and str(cell).strip() for cell in row)
    }


def check_formulas(data: bytes, sheet: Sheet, where: str) -> list[Issue]:
    """The fault of a sheet with formulas that were saved without their values, which read as empty cells.

    Raises BuildStop if the spreadsheet cannot be read.
    """
    try:
        cells = [] if data.startswith(OLE2) else _valueless_formulas(data, sheet.name)
    except Exception as fault:
        # As in `filled_rows`.
        raise unreadable(where, fault) from None
    if not cells:
        return []
    many = counted(len(cells), "formula was", "formulas were")
    message = f"{many} saved without a value on the sheet '{sheet.name}': {some_of(cells, SHOWN)}"
    fix = "open the file in a spreadsheet program, save it there, and check these cells"
    return [Issue("formula", message, where, fix)]


def _valueless_formulas(data: bytes, name: str) -> list[str]:
    """The cells whose formula was never computed; a formula whose value is an empty text was."""
    from openpyxl import load_workbook

    # Few spreadsheets have formulas, and reading one twice takes its time.
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [member for member in archive.namelist() if member.startswith("xl/worksheets/")]
        if not any(_FORMULA.search(archive.read(member)) for member in sheets):
            return []
    written, computed = (
        load_workbook(io.BytesIO(data), read_only=True, data_only=values)[name] for values in (False, True)
    )
    written.reset_dimensions()
    computed.reset_dimensions()
    return [
        cell.coordinate
        for formulas, values in zip(written.iter_rows(), computed.iter_rows(), strict=True)
        for cell, value in zip(formulas, values, strict=True)
        if cell.data_type == "f" and value.value is None and value.data_type != "str"
    ]


def unreadable(where: str, fault: BaseException) -> BuildStop:
    """The error for a spreadsheet that cannot be read."""
    return stop(
        "workbook",
        f"the spreadsheet cannot be read: {' '.join(str(fault).split())[:200]}",
        where=where,
        fix="save it again as XLSX or CSV",
    )


def is_spreadsheet(members: list[str]) -> bool:
    """Whether an archive with these members is an office document other than a text."""
    return any(name in members for name in ("xl/workbook.xml", "[Content_Types].xml", "mimetype"))


def check_extent(data: bytes, where: str) -> None:
    """Raises BuildStop if an XLSX file that has been found to unpack holds more than can be read with its formats.

    Formats that reach down to the last row of a sheet make a million rows and cells, all of them empty, and so do a
    value in a far corner, or cells that are merged or linked over a whole sheet.
    """
    number = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/") and name.endswith(".xml"):
                part = archive.read(name)
                _check_texts(part, where)
                if name.startswith("xl/worksheets/"):
                    number += _cells_made(part)
    if number > MOST_CELLS:
        message = f"the workbook has {number:,} rows and cells, filled or empty; {MOST_CELLS:,} can be read"
        fix = "delete the empty rows below each table and the empty columns beside it, split cells that are merged"
        raise stop("workbook", message, where=where, fix=f"{fix} over them, and save the workbook")


def _check_texts(part: bytes, where: str) -> None:
    start = 0
    while start >= 0:
        end = part.find(b"<", start + 1)
        if (len(part) if end < 0 else end) - start > LONGEST_TEXT:
            message = f"a cell or another text of the workbook has more than {LONGEST_TEXT:,} bytes"
            raise stop("workbook", message, where=where, fix="shorten it: spreadsheet programs keep 32,767 characters")
        start = end


def _cells_made(sheet: bytes) -> int:
    """The rows and cells that are made of a sheet: up to its last row and column, and over each range."""
    written = sum(1 for _ in _ROW_OR_CELL.finditer(sheet))
    ends = [(_column(column), int(row)) for column, row in _CELL.findall(sheet)]
    corner = max((column for column, _ in ends), default=0) * max((row for _, row in ends), default=0)
    ranges = _RANGE.findall(sheet)
    return max(written, corner) + sum(
        (abs(_column(right) - _column(left)) + 1) * (abs(int(low) - int(top)) + 1) for left, top, right, low in ranges
    )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def check_unpacked(where: str, opener: Callable[[], BinaryIO]) -> None:
    """Raises BuildStop if a spreadsheet is damaged or unpacks to more than `UNPACKED_LIMIT`.

    Its reader unpacks it as a whole, so what comes out is measured before.
    """
    left = UNPACKED_LIMIT
    try:
        with opener() as file, zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                with archive.open(info) as member:
                    while left >= 0 and (data := member.read(1 << 20)):
                        left -= len(data)
    except Exception as fault:
        # zipfile raises many kinds for a damaged archive.
        raise stop("archive", f"the spreadsheet is damaged: {fault}", where=where, fix="save it again") from None
    if left < 0:
        message = f"the spreadsheet unpacks to more than {UNPACKED_LIMIT >> 20} MB"
        raise stop("archive-bomb", message, where=where, fix="save its table alone as CSV")
