"""Spreadsheets (XLSX and old binary XLS): the first sheet with a header of a table of records.

Read with calamine in a process of its own; its rows are counted a second time by openpyxl, or by the cell records of an
old spreadsheet.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from prismake.common.errors import BuildStop, stop
from prismake.importing.containers import OLE2
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Format, Rejected
from prismake.importing.readers import biff, workbook
from prismake.importing.readers.headers import HEADER_ROWS, Rows, score
from prismake.importing.readers.table_fields import FIELDS, dialect, table_values


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the records of the first sheet that has a header of a table of records; `line` is the sheet's row.

    A row that the second count finds filled, but that comes out empty, is rejected with that reason. A file in which a
    row comes out filled that the second count does not find is damaged, and refused.
    """
    sheet = _sheet(content)
    filled = _filled_rows(content, sheet)
    if any(any(map(str.strip, cells)) and number not in filled for number, cells in enumerate(sheet.rows, sheet.start)):
        raise _unreadable(content, ValueError("damaged: two ways of reading it find different rows"))
    rows = Rows(sheet.header)
    for number, cells in enumerate(sheet.rows, sheet.start):
        if any(map(str.strip, cells)):
            yield rows.entry(cells, number)
        elif number in filled:
            yield Rejected(number, "the row contains nothing that can be read")
    for number in sorted(filled):
        if number >= sheet.start + len(sheet.rows):
            yield Rejected(number, "the row contains nothing that can be read")
    content.warnings += rows.warnings()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with a table of records: its index, its header, its rows below that and the number of the first."""

    index: int
    header: tuple[str, ...]
    rows: list[list[str]]
    start: int


def _sheet(content: Content) -> Sheet:
    with content.open() as file:
        data = file.read()
    for index, rows in enumerate(_sheets(content, data)):
        head = [[_text(cell) for cell in row] for row in rows[:HEADER_ROWS]]
        best = max(range(len(head)), key=lambda at: (score(head[at]), -at), default=None)
        if best is not None and score(head[best]) > 1:
            below = [[_text(cell) for cell in row] for row in rows[best + 1 :]]
            return Sheet(index, tuple(cell.strip() for cell in head[best]), below, best + 2)
    raise stop(
        "unknown-format",
        "no sheet has a row that names the columns of a table of records",
        where=content.name,
        fix="name the columns (Title, Authors, Year, …) in the first row",
    )


def _sheets(content: Content, data: bytes) -> Iterator[list[list[Any]]]:
    """The rows of each sheet, read with calamine in a process of its own."""
    try:
        yield from json.loads(_sheets_of(data))
    except subprocess.SubprocessError:
        raise _unreadable(content, ValueError("damaged, or not a spreadsheet")) from None


def _sheets_of(data: bytes) -> bytes | str:
    command = [sys.executable, workbook.__file__]
    return subprocess.run(command, input=data, capture_output=True, timeout=300, check=True).stdout


def _unreadable(content: Content, fault: BaseException) -> BuildStop:
    return stop(
        "workbook",
        f"the spreadsheet cannot be read: {' '.join(str(fault).split())[:200]}",
        where=content.name,
        fix="save it again as XLSX or CSV",
    )


def _text(cell: Any) -> str:
    """A cell as text: whole numbers without a point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def count(content: Content) -> int:
    """Counts the filled rows below the header: of XLSX with openpyxl, of XLS by its cell records."""
    return len(_filled_rows(content, _sheet(content)))


def _filled_rows(content: Content, sheet: Sheet) -> set[int]:
    """The numbers of the rows below the header that hold a value, found without calamine."""
    with content.open() as file:
        data = file.read()
    try:
        filled = biff.filled_rows(data, sheet.index) if data.startswith(OLE2) else _xlsx_rows(data, sheet.index)
    except Exception as fault:
        # openpyxl and zipfile raise many kinds for a damaged file.
        raise _unreadable(content, fault) from None
    return {number for number in filled if number >= sheet.start}


def _xlsx_rows(data: bytes, index: int) -> set[int]:
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[index]
    sheet.reset_dimensions()
    return {
        number
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1)
        if any(cell is not None and str(cell).strip() for cell in row)
    }


FORMAT = Format("spreadsheet", read, count, FIELDS, table_values, dialect=dialect)
