"""Spreadsheets of decisions: which sheets are read, and the table on each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from prismake.common import spreadsheets
from prismake.common.errors import SHOWN, BuildStop, Issue, counted, nearest, stop
from prismake.common.reading import UNPRINTABLE, check_regular
from prismake.common.sheet_cells import GUIDE, LISTS, rows_like_data
from prismake.screening.readers import tables
from prismake.screening.readers.entries import LARGEST, Source, members_of
from prismake.screening.sheet_names import FETCH_SHEET, SCREENING_SHEET

# Where a workbook keeps the comments on its cells.
_COMMENTS = re.compile(r"xl/(?:comments/|threadedComments/)?(?:comment|threadedComment)s?\d*\.xml", re.IGNORECASE)


def is_workbook(path: Path) -> bool:
    """Whether a file is a spreadsheet, by its content."""
    if spreadsheets.is_spreadsheet(members_of(path)):
        return True
    with path.open("rb") as file:
        return file.read(4) == spreadsheets.OLE2


@dataclass(frozen=True, slots=True)
class Filled:
    """A sheet that has filled rows, with their numbers, the faults of its formulas, and its merged cells."""

    name: str
    visible: bool
    rows: list[list[str]]
    numbers: set[int]
    faults: list[Issue]
    merged: tuple[tuple[int, int, int, int], ...] = ()

    def holds(self, text: str) -> bool:
        """Whether a cell holds the text."""
        return any(text in cell for row in self.rows for cell in row)


def sheets_of(source: Source, issues: list[Issue]) -> list[Filled]:
    """The sheets of a source that are read: those under `sheets`, else its only sheet that is shown and filled.

    A hidden sheet that is not named is a warning. Raises BuildStop if a named sheet is not there or is empty, and
    where several could be meant.
    """
    where = str(source.file)
    filled = _filled(source)
    if any(_COMMENTS.match(name) for name in members_of(source.file)):
        fix = "copy what matters into the column Note"
        issues.append(Issue("comments", "comments on cells are not read", where, fix, "warning"))
    if source.sheets:
        by_name = {sheet.name.strip().casefold(): sheet for sheet in filled}
        missing = [name for name in source.sheets if name.strip().casefold() not in by_name]
        if missing:
            raise BuildStop(
                Issue("sheets", f"there is no filled sheet '{name}'", where, nearest(name, list(by_name)))
                for name in missing
            )
        return [by_name[name.strip().casefold()] for name in dict.fromkeys(source.sheets)]
    filled = _without_explanation(filled)
    shown = [sheet for sheet in filled if sheet.visible]
    if len(shown) > 1:
        names = ", ".join(f"'{sheet.name}'" for sheet in shown)
        message = f"{counted(len(shown), 'sheet')} could contain the decisions: {names}"
        raise stop("sheets", message, where=where, fix=f"name those that do under 'sheets' of {source.block}")
    for sheet in filled:
        if not sheet.visible:
            fix = f"name it under 'sheets' of {source.block} if it contains decisions"
            issues.append(Issue("hidden-sheet", f"the hidden sheet '{sheet.name}' is not read", where, fix, "warning"))
    return shown


def _without_explanation(sheets: list[Filled]) -> list[Filled]:
    """The sheets without those that explain and serve a screening sheet, where Prismake wrote the workbook."""
    if not {sheet.name for sheet in sheets} & {SCREENING_SHEET, FETCH_SHEET}:
        return sheets
    return [sheet for sheet in sheets if sheet.name not in (GUIDE, LISTS)]


def _filled(source: Source) -> list[Filled]:
    """The sheets with a filled row. Raises BuildStop if the file cannot be read."""
    check_regular(source.file, LARGEST)
    where = str(source.file)
    data = source.file.read_bytes()
    if data.startswith(spreadsheets.ZIP):
        spreadsheets.check_unpacked(where, lambda: source.file.open("rb"))
    sheets = []
    for sheet in spreadsheets.read_sheets(data, where):
        if any(any(map(str.strip, row)) for row in sheet.rows):
            rows = [[UNPRINTABLE.sub("\ufffd", cell) for cell in row] for row in sheet.rows]
            numbers = spreadsheets.filled_rows(data, sheet, where)
            faults = spreadsheets.check_formulas(data, sheet, where)
            sheets.append(Filled(sheet.name, sheet.visible, rows, numbers, faults, sheet.merged))
    return sheets


def table_on(sheet: Filled, source: Source, issues: list[Issue]) -> tables.Table:
    """The table on a sheet, below the row that names most columns.

    A row that holds a value which cannot be read is an issue; cells under no name are a warning.
    """
    issues += sheet.faults
    known = tables.known_columns(source.columns)
    heads = [[tables.plain(cell) for cell in row] for row in sheet.rows[: tables.HEADER_ROWS]]
    best = max(range(len(heads)), key=lambda at: (len(known.intersection(heads[at])), -at))
    written = tables.without_nameless_end([cell.strip() for cell in sheet.rows[best]])
    header = heads[best][: len(written)]
    issues += tables.above_issues(rows_like_data(sheet.rows[:best], header), source)
    below = [(number, row) for number, row in enumerate(sheet.rows, start=1) if number > best + 1]
    if nameless := [number for number, row in below if any(map(str.strip, row[len(header) :]))]:
        message = (
            f"{counted(len(nameless), 'row has', 'rows have')} cells beyond the last named column, which are not read"
        )
        fix = "name the column in the header if it matters"
        issues.append(Issue("nameless-column", message, source.at(nameless[0]), fix, "warning"))
    issues += _merged_issues(sheet, source, best + 1, len(header))
    read = {number for number, row in below if any(map(str.strip, row))}
    for number in sorted(sheet.numbers - read):
        if number > best + 1:
            message, fix = "the row contains a value that cannot be read", "save the sheet as CSV, and check the row"
            issues.append(Issue("cells", message, source.at(number), fix))
    return tables.Table(header, ((number, row[: len(header)]) for number, row in below), written)


def _merged_issues(sheet: Filled, source: Source, header_row: int, width: int) -> list[Issue]:
    """The fault of cells that are merged over several rows of the table: all but the first read as empty."""
    merged = [
        (top, left, low, right)
        for top, left, low, right in sheet.merged
        if low > top and low > header_row and left <= width
    ]
    if not merged:
        return []
    cells = ", ".join(f"{_column(left)}{top}:{_column(right)}{low}" for top, left, low, right in merged[:SHOWN])
    more = f" and {len(merged) - SHOWN} more" if len(merged) > SHOWN else ""
    message = f"cells are merged over several rows, so only the first row has their value: {cells}{more}"
    fix = "unmerge them in a spreadsheet program, and write the value into each row"
    return [Issue("merged-cells", message, source.at(merged[0][0]), fix)]


def _column(number: int) -> str:
    """The letters of a column, counted from 1."""
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
