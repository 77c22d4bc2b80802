"""Spreadsheets (XLSX and old binary XLS): the first sheet with a header of a table of records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prismake.common import spreadsheets
from prismake.common.errors import BuildStop, counted, some_of, stop
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Format, Rejected
from prismake.importing.readers.headers import header_at
from prismake.importing.readers.table_fields import FIELDS, dialect, table_values
from prismake.importing.readers.table_rows import Rows


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the records of the first sheet that has a header of a table of records; `line` is the sheet's row.

    A row that the second count finds filled, but that comes out empty, is rejected with that reason. A file in which a
    row comes out filled that the second count does not find is damaged, and refused.
    """
    table = _table(content)
    rows = Rows(table.header)
    for number, cells in enumerate(table.rows, table.start):
        if any(map(str.strip, cells)):
            yield rows.entry(cells, number)
        elif number in table.filled:
            yield Rejected(number, "the row contains nothing that can be read")
    for number in sorted(table.filled):
        if number >= table.start + len(table.rows):
            yield Rejected(number, "the row contains nothing that can be read")
    content.warnings += [*rows.warnings(), *table.unread()]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet's table of records: its header, its rows below that, the number of the first, and the filled rows.

    `others` are the file's further sheets with their number of filled rows.
    """

    header: tuple[str, ...]
    rows: list[list[str]]
    start: int
    filled: set[int]
    sheet: str
    others: dict[str, int]

    def unread(self) -> list[str]:
        """The sheets beside the one that is read, in one message."""
        if not self.others:
            return []
        names = some_of(f"'{name}' ({counted(rows, 'filled row')})" for name, rows in self.others.items())
        return [
            f"only the sheet '{self.sheet}' is read, not {names}: save further sheets with records as files of their "
            "own, and name them under 'files'"
        ]


def _table(content: Content) -> Table:
    with content.open() as file:
        data = file.read()
    sheets = spreadsheets.read_sheets(data, content.name)
    for sheet in sheets:
        best = header_at(sheet.rows)
        if best is not None:
            if faults := spreadsheets.check_formulas(data, sheet, content.name):
                raise BuildStop(faults)
            filled = {number for number in spreadsheets.filled_rows(data, sheet, content.name) if number >= best + 2}
            header = tuple(cell.strip() for cell in sheet.rows[best])
            # The header stands again where exports were joined.
            repeats = [at for at, row in enumerate(sheet.rows) if at > best and tuple(map(str.strip, row)) == header]
            filled -= {at + 1 for at in repeats}
            kept = [[] if at in repeats else row for at, row in enumerate(sheet.rows)]
            others = {other.name: rows for other in sheets if other is not sheet and (rows := _filled(other))}
            return Table(header, kept[best + 1 :], best + 2, filled, sheet.name, others)
    raise stop(
        "unknown-format",
        "no sheet has a row that names the columns of a table of records",
        where=content.name,
        fix="name the columns (Title, Authors, Year, …) in the first row",
    )


def _filled(sheet: spreadsheets.Sheet) -> int:
    return sum(any(map(str.strip, row)) for row in sheet.rows)


def count(content: Content) -> int:
    """Counts the filled rows below the header: of XLSX with openpyxl, of XLS by its cell records."""
    return len(_table(content).filled)


FORMAT = Format("spreadsheet", read, count, FIELDS, table_values, dialect=dialect)
