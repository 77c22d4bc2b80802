"""The tables on the sheets of a workbook (XLSX) that people fill in: found by the sheets' names, with their faults.

Sheets and columns may be moved, and their names may differ in case, blanks and marks from those that Prismake uses.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from prismake.common.errors import BuildStop, Issue, counted, nearest, some_of, stop
from prismake.common.reading import UNPRINTABLE, check_regular
from prismake.common.records import SEPARATOR

if TYPE_CHECKING:
    from prismake.common.spreadsheets import Marks, Sheet

# The sheet with the choices of drop-down lists that are too long for the list's own rule.
LISTS = "lists"
# The sheet that explains a workbook to the people who fill it in.
GUIDE = "Read me"
XLSX = ".xlsx"
# Bytes of a workbook that people write.
LARGEST = 64 << 20
# The header stands in one of the first rows: people write a title above it.
HEADER_ROWS = 10
SHOWN = 8
_UNIT = re.compile(r"\[([^\[\]]*)\]\s*\Z")
# Blanks that programs write instead of a space, and marks of no width.
_BLANKS = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
# Between the codes of a cell.
_CODES = ";"
_NO_WIDTH = re.compile(r"[\u200b-\u200d\u2060\ufeff]")


def is_workbook(path: Path) -> bool:
    """Whether a table that people name is a workbook, by its name."""
    return path.suffix.lower() == XLSX


def column_name(header: str) -> str:
    """The name of a column by its header: `Age, mean [years]` is age_mean.

    >>> column_name("Age, mean [years]"), column_name("Study ID "), column_name("6 months")
    ('age_mean', 'study_id', 'x_6_months')
    """
    letters = unicodedata.normalize("NFKD", _UNIT.sub("", header)).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
    return f"x_{name}" if name[:1].isdigit() else name


def unit_in(header: str) -> str:
    """The unit in a header: of `age_mean [years]`, years; empty where it has none."""
    match = _UNIT.search(header)
    return " ".join(match[1].split()) if match else ""


def named(header: Sequence[str], known: Collection[str]) -> list[str]:
    """The names of the columns: a known one where the header means it, else the header as written, or its own name."""
    names = []
    for text in header:
        text = " ".join(text.split())
        name = column_name(text)
        names.append(text if text in known else name if name in known or name else text)
    return names


@dataclass(frozen=True)
class SheetTable:
    """The table on a sheet: its header as written, and each filled row below with its number."""

    path: Path
    sheet: str
    header_row: int
    header: list[str]
    rows: list[tuple[int, list[str]]]
    dates: frozenset[str] = frozenset()
    warnings: tuple[Issue, ...] = ()

    def row(self, number: int) -> str:
        """The place of a row for a person."""
        return f"{self.path}, sheet '{self.sheet}', row {number}"

    def cell(self, number: int, column: int) -> str:
        """The place of a cell for a person, and its column."""
        name = column_name(self.header[column])
        return f"{self.path}, sheet '{self.sheet}', cell {cell_name(number, column)} ({name})"


def cell_name(row: int, column: int) -> str:
    """`D5`: the row is counted from 1, the column from 0."""
    # Loaded where a spreadsheet is at hand: every step imports this module, and openpyxl takes a tenth of a second.
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column + 1)}{row}"


@dataclass(frozen=True)
class _Book:
    sheets: list[Sheet]
    marks: dict[str, Marks]


def _book(path: Path) -> tuple[bytes, _Book]:
    # Most reviews keep their tables as CSV, and every step that reads one would pay for the reader of workbooks.
    from prismake.common.spreadsheets import ZIP

    check_regular(path, LARGEST)
    try:
        data = path.read_bytes()
    except OSError as fault:
        fix = "close it in the spreadsheet program, and check its permissions"
        raise stop("unreadable", f"cannot be read: {fault.strerror}", where=str(path), fix=fix) from None
    if not data.startswith(ZIP):
        raise stop("workbook", "this is not an XLSX file", where=str(path), fix="save it again as XLSX")
    return data, _read(data, str(path))


# Two extractors have five workbooks, each as it was and as it is written.
@lru_cache(maxsize=16)
def _read(data: bytes, where: str) -> _Book:
    """The sheets and their marks; kept, as each table of a workbook is read on its own."""
    import io

    from prismake.common import spreadsheets

    spreadsheets.check_unpacked(where, lambda: io.BytesIO(data))
    spreadsheets.check_extent(data, where)
    return _Book(*spreadsheets.read_marked_sheets(data, where))


def table_names(path: Path) -> list[str]:
    """The names of the sheets that may hold tables, as Prismake writes them (lower case, underscores), in their order.

    Raises BuildStop if the workbook cannot be read.
    """
    return list(dict.fromkeys(column_name(sheet.name) for sheet in _filled(path)))


def sheet_titles(path: Path) -> list[str]:
    """The names of a workbook's filled sheets as written. Raises BuildStop as `table_names` does."""
    return [sheet.name for sheet in _filled(path)]


def _filled(path: Path) -> list[Sheet]:
    return [sheet for sheet in _book(path)[1].sheets if sheet.name not in (LISTS, GUIDE) and sheet.rows]


def sheet_header(path: Path, name: str) -> list[str]:
    """The header on the sheet of a name, unchecked: it shows whether a sheet is a table, or somebody's own."""
    sheet = next(sheet for sheet in _filled(path) if column_name(sheet.name) == name)
    cells = [[_clean(cell) for cell in row] for row in sheet.rows[:HEADER_ROWS]]
    return cells[_header_at(cells, ("study_id",))]


def sheet_table(path: Path, name: str, known: Collection[str]) -> SheetTable:
    """The table on the sheet of a name; `known` are columns by which its header is recognised.

    Raises BuildStop if the workbook or the sheet is not there, two sheets or columns have one name but for case, blanks
    and marks, and with all faults of its cells: merged ones, errors (#N/A), percentages, formulas without a value.
    """
    from prismake.common.spreadsheets import Marks, check_formulas

    data, book = _book(path)
    fitting = [sheet for sheet in _filled(path) if column_name(sheet.name) == name]
    if len(fitting) > 1:
        message = f"{' and '.join(repr(sheet.name) for sheet in fitting)} are the same name"
        raise stop("sheet-twice", message, where=str(path), fix="rename or delete one of the sheets")
    if not fitting:
        names = table_names(path)
        fix = nearest(name, names) + f" Rename the sheet to '{name}', or add it"
        raise stop("no-sheet", f"the sheet '{name}' is missing", where=str(path), fix=fix)
    (sheet,) = fitting
    marks = book.marks.get(sheet.name) or Marks([], [], {}, [], [], {})
    cells = [[_clean(cell) for cell in row] for row in sheet.rows]
    at = _header_at(cells, known)
    header = cells[at] if cells else []
    width = max((number for number, text in enumerate(header, 1) if text), default=0)
    issues = [*_twice_issues(path, sheet, at + 1, header, known), *_merged_issues(path, sheet, at + 1, width)]
    issues += [*_mark_issues(path, sheet.name, marks, at + 1, width)]
    if data_above := rows_like_data(cells[:at], header):
        message = f"rows above the header in row {at + 1} are not read: {listed([str(one + 1) for one in data_above])}"
        fix = "delete the second header, or the rows above it"
        issues.append(Issue("above-header", message, f"{path}, sheet '{sheet.name}'", fix))
    issues += check_formulas(data, sheet, str(path))
    if issues:
        raise BuildStop(issues)
    for coordinate, decimals in marks.decimals.items():
        row, column = _indices(coordinate)
        if row < len(cells) and column < len(cells[row]):
            cells[row][column] = _with_decimals(cells[row][column], decimals)
    rows = [(number, row[:width]) for number, row in enumerate(cells[at + 1 :], at + 2) if any(row[:width])]
    beyond = [
        cell_name(number, column)
        for number, row in enumerate(cells[at + 1 :], at + 2)
        for column, text in enumerate(row)
        if text and (column >= width or not header[column])
    ]
    hidden = [str(number) for number, _ in rows if number in marks.hidden]
    columns = [header[number - 1] for number in marks.hidden_columns if number <= width and header[number - 1]]
    warnings = tuple(_warnings(path, sheet.name, beyond, hidden, columns))
    return SheetTable(path, sheet.name, at + 1, header[:width], rows, frozenset(marks.dates), warnings)


def _clean(cell: str) -> str:
    text = _NO_WIDTH.sub("", _BLANKS.sub(" ", UNPRINTABLE.sub("\ufffd", cell.replace("\r\n", "\n"))))
    return text.strip()


def _header_at(cells: list[list[str]], known: Collection[str]) -> int:
    """The row that names most of the known columns; the first filled one where none names any."""
    head = cells[:HEADER_ROWS]
    scores = [len({column_name(text) for text in row if text}.intersection(known)) for row in head]
    if any(scores):
        return scores.index(max(scores))
    return next((at for at, row in enumerate(head) if any(row)), 0)


def rows_like_data(above: Sequence[Sequence[str]], header: Sequence[str]) -> list[int]:
    """Which rows above a header are more than a title: they fill at least half as many cells as it, and three."""
    least = max(3, sum(map(bool, header)) / 2)
    return [at for at, row in enumerate(above) if sum(bool(cell.strip()) for cell in row) >= least]


def _indices(coordinate: str) -> tuple[int, int]:
    from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

    letters, row = coordinate_from_string(coordinate)
    return row - 1, column_index_from_string(letters) - 1


def _with_decimals(text: str, decimals: int) -> str:
    """A number with the decimals that it is shown with, where it is stored with fewer: 65.5 shown as 65.50."""
    whole, _, behind = text.partition(".")
    if not whole.lstrip("-").isdigit() or len(behind) >= decimals:
        return text
    return f"{whole}.{behind.ljust(decimals, '0')}"


def listed(cells: Sequence[str]) -> str:
    """`D5, D7 and 3 more`."""
    return some_of(cells, SHOWN)


def _twice_issues(
    path: Path, sheet: Sheet, header_row: int, header: Sequence[str], known: Collection[str]
) -> Iterator[Issue]:
    """The columns of one name, of which all but one would be lost; on people's own sheets they do no harm."""
    names = named(header, known)
    where = f"{path}, sheet '{sheet.name}', row {header_row}"
    for name in repeated([name for name in names if name]) if set(known).intersection(names) else ():
        cells = [cell_name(header_row, at) for at, other in enumerate(names) if other == name]
        message = f"column '{name}' occurs {'twice' if len(cells) == 2 else f'{len(cells)} times'}: {listed(cells)}"
        yield Issue("column-twice", message, where, "rename one, or join them and remove one")


def _merged_issues(path: Path, sheet: Sheet, header_row: int, width: int) -> Iterator[Issue]:
    if merged := [
        f"{cell_name(top, left - 1)}:{cell_name(low, right - 1)}"
        for top, left, low, right in sheet.merged
        if low >= header_row and left <= width
    ]:
        where, message = f"{path}, sheet '{sheet.name}'", f"merged cells: {listed(merged)}"
        yield Issue("merged", message, where, "split them, and fill in each cell; only the first holds a value now")


def _mark_issues(path: Path, sheet: str, marks: Marks, header_row: int, width: int) -> Iterator[Issue]:
    where = f"{path}, sheet '{sheet}'"

    def inside(coordinates: Iterable[str]) -> list[str]:
        return [name for name in coordinates if (at := _indices(name))[0] + 1 > header_row and at[1] < width]

    if errors := inside(marks.errors):
        kinds = ", ".join(sorted({marks.errors[name] for name in errors}))
        many = counted(len(errors), "cell contains", "cells contain")
        message = f"{many} an error ({kinds}): {listed(errors)}"
        yield Issue("error-cell", message, where, "type the value, or leave the cell empty")
    if percents := inside(marks.percents):
        many = counted(len(percents), "cell shows", "cells show")
        message = f"{many} a percentage, which the program keeps as a fraction (25% as 0.25): {listed(percents)}"
        yield Issue("percent-cell", message, where, "format the column as text, and type the number alone: 25")


def _warnings(
    path: Path, sheet: str, beyond: list[str], hidden: list[str], hidden_columns: list[str]
) -> Iterator[Issue]:
    where = f"{path}, sheet '{sheet}'"
    if beyond:
        many = counted(len(beyond), "filled cell stands", "filled cells stand")
        message = f"{many} in a column without a header, and {'is' if len(beyond) == 1 else 'are'} not read"
        message += f": {listed(beyond)}"
        yield Issue("nameless-column", message, where, "name the column if it matters", "warning")
    for noun, names in (("row", hidden), ("column", hidden_columns)):
        if names:
            many = counted(len(names), f"hidden {noun} is", f"hidden {noun}s are")
            message = f"{many} read like the others: {listed(names)}"
            fix = f"show the {noun}s and check them, or delete them"
            yield Issue("hidden-cells", message, where, fix, "warning")


def spaced_codes(cell: str) -> str:
    """The codes of a cell with the separator of lists between them."""
    return SEPARATOR.join(code for part in cell.split(_CODES) if (code := part.strip()))


def repeated(names: Sequence[str]) -> list[str]:
    """The names that occur more than once."""
    return [name for name, count in Counter(names).items() if count > 1]


_REVIEWER = re.compile(r"(?P<form>[^()]+)(?:\((?P<reviewer>[^()]*)\)\s*)?")


def grid_name(title: str) -> tuple[str, str]:
    """(form, reviewer) of a sheet of appraisals by its name: `case_series (AB)` is AB's, `case_series` nobody's."""
    match = _REVIEWER.fullmatch(title.strip())
    if match is None:
        return column_name(title), ""
    return column_name(match["form"]), (match["reviewer"] or "").strip()
