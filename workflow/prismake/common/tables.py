"""Tables that people write, read against their schema: every fault named by row and column."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property, partial
from math import inf
from pathlib import Path
from typing import Any

from prismake.common.errors import BuildStop, Issue, counted, near_name, nearest, some_of, stop
from prismake.common.limits import TooMuch, time_bound
from prismake.common.reading import read_text
from prismake.common.sheet_cells import (
    HEADER_ROWS,
    SheetTable,
    cell_name,
    column_name,
    is_workbook,
    listed,
    named,
    sheet_table,
    spaced_codes,
)

Row = dict[str, Any]

# Seconds of the processor that checking a table may take, and more for each row.
LONGEST, LONGEST_ROW = 10.0, 0.001
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
# From when on one column's name is so much like another's that it may be meant.
ALIKE = 0.8
# So many columns that the schema has not, and that resemble none of it, are one fault: they are of another table.
MANY = 3
AS_UTF8 = "save the table as 'CSV UTF-8' in your spreadsheet program"


def _typed(text: str, rule: dict[str, Any]) -> Any:
    """The cell as the type its schema names; text that does not fit stays text, for the validator to report."""
    kinds = rule.get("type", "string")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    text = text.strip()
    if text == "" and "null" in kinds:
        return None
    if "integer" in kinds and text.removeprefix("-").isascii() and text.removeprefix("-").isdigit():
        return int(text)
    if "number" in kinds:
        try:
            return float(text)
        except ValueError:
            return text
    if "boolean" in kinds and text.lower() in {"yes", "no", "true", "false"}:
        return text.lower() in {"yes", "true"}
    return text


# Keywords of a schema that concern one cell at a time, or not a row as a whole.
_BY_CELL = {"$schema", "title", "description", "type", "additionalProperties", "required", "properties", "uniqueKey"}
# Keywords of a column that `_surely_fits` understands, and those that no validator looks at.
_UNDERSTOOD = {"type", "minLength", "enum", "pattern", "minimum", "maximum", "exclusiveMinimum"}
_UNCHECKED = {"title", "description", "coded", "counts", "list", "decimal", "whole", "bounds", "reference"}


def _surely_fits(value: Any, rule: dict[str, Any]) -> bool:
    """Whether a cell surely fits a rule of keywords that are understood.

    Tables may be long and most cells are fine. A doubtful one is for the validator, which is slow to load and to run.
    """
    kinds = rule.get("type", "string")
    if value is None or isinstance(value, bool):
        return ("null" if value is None else "boolean") in kinds and "enum" not in rule
    if isinstance(value, str):
        return (
            "string" in kinds
            and len(value) >= rule.get("minLength", 0)
            and ("enum" not in rule or value in rule["enum"])
            and ("pattern" not in rule or re.search(rule["pattern"], value) is not None)
        )
    fits_type = "number" in kinds or (isinstance(value, int) and "integer" in kinds)
    return (
        fits_type
        and "enum" not in rule
        and rule.get("minimum", -inf) <= value <= rule.get("maximum", inf)
        and value > rule.get("exclusiveMinimum", -inf)
    )


class _RowCheck:
    """Checks rows against the schema of their table; `where` is the place of the row that was checked last."""

    def __init__(self, rules: dict[str, Any], columns: Iterable[str]) -> None:
        """`columns` are those of the schema's that the table has."""
        self._rules = rules
        self._columns: dict[str, Any] = rules["properties"]
        known = _UNDERSTOOD | _UNCHECKED
        self._understood = set(rules) <= _BY_CELL and all(set(self._columns[name]) <= known for name in columns)
        self.where = ""

    @cached_property
    def _faults(self) -> Callable[[Row], list[tuple[str, object, str, str]]]:
        # Loading the validator takes longer than reading most tables, which have no doubtful cell.
        from prismake.common.validation import row_faults, validator

        return partial(row_faults, validator(self._rules))

    def faults(self, row: Row, where: str) -> list[tuple[str, object, Issue]]:
        """(column, rule that it breaks, fault) of the cells of a row that do not satisfy the schema."""
        self.where = where
        if self._understood and all(_surely_fits(value, self._columns[name]) for name, value in row.items()):
            return []
        return [
            (column, broken, Issue("cell", problem, where, fix)) for column, broken, problem, fix in self._faults(row)
        ]


def _separator(text: str, columns: Collection[str]) -> str:
    """The separator of cells: a comma, or the semicolon or tab where only that makes the header name known columns.

    Spreadsheet programs of countries with a decimal comma write semicolons, and offer no choice.
    """

    def known(mark: str) -> int:
        return len({name.strip().strip('"') for name in text.partition("\n")[0].split(mark)}.intersection(columns))

    return max((",", ";", "\t"), key=known)


def read_tables(paths: Path | Sequence[Path], schema: dict[str, Any] | Path, *, sheet: str = "") -> list[Row]:
    """The rows of optional tables, table by table; none if the review has none. See `read_table`."""
    return [
        row for path in ([paths] if isinstance(paths, Path) else paths) for row in read_table(path, schema, sheet=sheet)
    ]


@dataclass(frozen=True)
class _Cells:
    """A table before its cells have types: the names of its columns, the cells of each row with its number, and how a
    row and a cell (row, number of the column) are called.

    `odd` are faults of cells that no schema sees; `sheet` is empty for a CSV, `separator` for a sheet.
    """

    names: list[str]
    rows: list[tuple[int, list[str]]]
    row: Callable[[int], str]
    cell: Callable[[int, int], str]
    odd: list[Issue]
    sheet: str = ""
    separator: str = ""


def read_table(path: Path, schema: dict[str, Any] | Path, *, sheet: str = "") -> list[Row]:
    """Reads a table that a person wrote (CSV, or a sheet of an XLSX workbook): one dictionary per row, cells typed by
    the schema, all faults raised at once.

    The schema is a JSON Schema of one row (an object). Its `properties` are the columns; any other column of a CSV is a
    fault, and is passed over on a sheet, where people write what is theirs.
    `required` columns must be in the header. The separator of a CSV (comma, semicolon or tab) is that of its header. A
    property of type [T, "null"] may be empty. The extra keyword `uniqueKey` lists columns whose values together must be
    unique. Of a workbook, the `sheet` of that name is read (default: that of the file's name).
    `__line__` in each row is its line or the number of its row; see `place_of`.
    Raises BuildStop with every fault found; on a sheet the same fault in several cells of a column is one.
    """
    path = Path(path)
    rules = schema if isinstance(schema, dict) else _read_schema(schema)
    if is_workbook(path):
        return table_rows(sheet_table(path, sheet or path.stem, rules["properties"]), rules)
    return _rows_of(_csv_table(path, rules), rules)


def _read_schema(path: Path) -> dict[str, Any]:
    # A step whose tables have their schema in the code loads no YAML.
    from prismake.common.yaml_files import read_schema

    return read_schema(path)


def table_rows(table: SheetTable, rules: dict[str, Any]) -> list[Row]:
    """The rows of a sheet's table; see `read_table`."""
    return _rows_of(_sheet_cells(table, rules), rules)


def _rows_of(cells: _Cells, rules: dict[str, Any]) -> list[Row]:
    """The rows, each checked. Raises BuildStop with every fault, or if the schema's patterns take too long."""
    places = {name: number for number, name in enumerate(cells.names) if name in rules["properties"]}
    check = _RowCheck(rules, places)
    try:
        with time_bound(LONGEST + len(cells.rows) * LONGEST_ROW):
            return _checked_rows(cells, rules, places, check)
    except TooMuch:
        fix = "rewrite its patterns without a repetition inside a repetition, such as (a+)+"
        raise stop("pattern", "checking it against its schema takes too long", where=check.where, fix=fix) from None


def _checked_rows(cells: _Cells, rules: dict[str, Any], places: dict[str, int], check: _RowCheck) -> list[Row]:
    columns: dict[str, Any] = rules["properties"]
    rows: list[Row] = []
    issues: list[Issue] = list(cells.odd)
    issues_of: dict[tuple[str, object], list[Issue]] = {}
    first: dict[tuple[Any, ...], int] = {}
    for line, texts in cells.rows:
        if not any(text.strip() for text in texts):
            continue
        where = cells.row(line)
        if len(texts) != len(cells.names):
            message = f"{counted(len(texts), 'cell')}, where the header has {len(cells.names)}"
            fix = f"put cells that contain a {SEPARATORS[cells.separator]} in quotes"
            issues.append(Issue("cells", message, where, fix))
            continue
        row = {name: _typed(texts[number], columns[name]) for name, number in places.items()}
        for column, broken, fault in check.faults(row, where):
            at = cells.cell(line, places[column]) if column in places else where
            alike = issues if not cells.sheet else issues_of.setdefault((column, broken), [])
            alike.append(replace(fault, where=at))
        unit = "row" if cells.sheet else "line"
        issues += _repeat_issues(row, rules.get("uniqueKey", []), (line, unit), first, where)
        rows.append(
            {**dict.fromkeys(columns), **row, "__line__": line, **({"__where__": where} if cells.sheet else {})}
        )
    issues += [_one_of(alike) for alike in issues_of.values()]
    if issues:
        raise BuildStop(issues)
    return rows


def sheet_warnings(path: Path, sheet: str, schema: dict[str, Any]) -> Iterator[Issue]:
    """What is not read of a sheet, or may be overlooked on it; nothing for a CSV, of which all columns are read."""
    if is_workbook(path):
        yield from unread(sheet_table(path, sheet, schema["properties"]), schema)


def unread(table: SheetTable, schema: dict[str, Any]) -> Iterator[Issue]:
    """The warnings of a sheet, and one about its columns that the schema does not have."""
    yield from table.warnings
    columns = schema["properties"]
    names = named(table.header, columns)
    if others := [name for name in names if name not in columns and name]:
        absent = [name for name in columns if name not in names]
        meant = {name: near[0] for name in others if (near := get_close_matches(name, absent, n=1, cutoff=ALIKE))}
        fix = "; ".join(f"did you mean '{near}' by '{name}'?" for name, near in meant.items())
        message = f"not in the table's schema, and not read: {', '.join(others)}"
        yield Issue(
            "unread-column", message, table.row(table.header_row), fix or "add the columns to the schema", "warning"
        )


def place_of(row: Row, path: Path | str | None) -> str:
    """Where a row stands, for a person: file and line, or workbook, sheet and row; `path` is the table's."""
    return str(row.get("__where__") or f"{path}:{row['__line__']}")


def cells_in(row: Row) -> Row:
    """A row's cells without its place."""
    return {name: cell for name, cell in row.items() if not name.startswith("__")}


def _one_of(alike: Sequence[Issue]) -> Issue:
    """One issue for the same fault in several cells of a sheet's column."""
    first, *others = alike
    if not others:
        return first
    cells = listed([issue.where.rpartition(", cell ")[2].partition(" ")[0] for issue in others])
    return replace(first, message=f"{first.message}; the same fault in {cells}")


def _csv_table(path: Path, rules: dict[str, Any]) -> _Cells:
    """The cells of a CSV. Raises BuildStop for a faulty one, or a faulty header."""
    header, lines, separator = csv_cells(path, rules["properties"])
    names = [name if name in rules["properties"] or "[" not in name else column_name(name) for name in header]
    if issues := list(_header_issues(names, rules, f"{path}:1")):
        required = set(rules.get("required", ()))
        below = [line for line, cells in lines[:HEADER_ROWS] if required <= {*map(str.strip, cells)}]
        if required and below and not set(names).intersection(rules["properties"]):
            message, fix = "the first row does not name the columns, this one does", "delete the rows above it"
            raise stop("above-header", message, where=f"{path}:{below[0]}", fix=fix)
        raise BuildStop(issues)
    return _Cells(
        names,
        lines,
        lambda line: f"{path}:{line}",
        lambda line, column: f"{path}:{line}, column '{header[column]}'",
        [],
        separator=separator,
    )


def csv_cells(path: Path, columns: Collection[str]) -> tuple[list[str], list[tuple[int, list[str]]], str]:
    """(header, cells of each row with its line, separator) of a CSV with some of these columns.

    Raises BuildStop if it is empty or not well-formed.
    """
    text = read_text(path, fix=AS_UTF8)
    separator = _separator(text, columns)
    header, lines = _cells_of(path, text, separator)
    if not header:
        raise BuildStop(Issue("empty", "the table is empty", str(path), "its first row names: " + ", ".join(columns)))
    return header, lines, separator


def _sheet_cells(table: SheetTable, rules: dict[str, Any]) -> _Cells:
    """The cells of a workbook's sheet. Raises BuildStop for a faulty header."""
    columns: dict[str, Any] = rules["properties"]
    names = named(table.header, columns)
    where = table.row(table.header_row)
    known = [name for name in names if name in columns]
    if issues := list(_header_issues(known, rules, where, names)):
        raise BuildStop(issues)
    odd: list[Issue] = []
    for number, name in enumerate(names):
        if name not in columns:
            continue
        if columns[name].get("coded"):
            for _, cells in table.rows:
                cells[number] = spaced_codes(cells[number])
        filled = {line: cell_name(line, number) for line, cells in table.rows if cells[number]}
        dates = [line for line, cell in filled.items() if cell in table.dates]
        if dates and len(dates) < len(filled):
            shown = listed([filled[line] for line in dates])
            message = f"column '{name}': the program has made {counted(len(dates), 'cell')} a date: {shown}"
            fix = "format the column as text, and type again what the report says"
            odd.append(Issue("date-cell", message, f"{table.path}, sheet '{table.sheet}'", fix))
    return _Cells(names, table.rows, table.row, table.cell, odd, table.sheet)


def _cells_of(path: Path, text: str, separator: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header of a CSV, and the cells of each further row with its line. Raises BuildStop for a faulty CSV."""
    reader = csv.reader(io.StringIO(text), strict=True, delimiter=separator)
    try:
        header = [name.strip() for name in next((cells for cells in reader if any(map(str.strip, cells))), [])]
        while header and not header[-1]:
            # Spreadsheet programs leave empty columns at the end.
            header.pop()
        return header, [(reader.line_num, _without_empty_end(cells, len(header))) for cells in reader]
    except csv.Error as fault:
        where = f"{path}:{reader.line_num}"
        raise stop("csv", f"not a well-formed CSV: {fault}", where=where, fix="check the quotes on this line") from None


def _without_empty_end(cells: list[str], width: int) -> list[str]:
    """The cells of a row without the empty ones behind the header's last column."""
    return cells[:width] if len(cells) > width and not any(map(str.strip, cells[width:])) else cells


def _unknown_columns(
    unknown: Sequence[str], header: Sequence[str], columns: Iterable[str], where: str
) -> Iterator[Issue]:
    """A fault for each column that the schema has not; one for many that resemble none of its columns."""
    free = [column for column in columns if column not in header]
    strange = [name for name in unknown if name and not near_name(name, free)]
    many = strange if len(strange) >= MANY else []
    for name in unknown:
        if name and name not in many:
            yield Issue("unknown-column", f"unknown column '{name}'", where, nearest(name, list(columns)))
    if many:
        message = f"{len(many)} unknown columns: {some_of(many)}"
        yield Issue("unknown-column", message, where, f"remove them; valid here: {', '.join(sorted(columns))}")


def _header_issues(
    header: Sequence[str], rules: dict[str, Any], where: str, written: Sequence[str] = ()
) -> Iterator[Issue]:
    """Columns that occur twice, are not in the schema, or are missing; `written` are those of a sheet's header."""
    columns = rules["properties"]
    for name, count in Counter(header).items():
        if count > 1:
            yield Issue("column-twice", f"column '{name}' occurs twice", where, "remove one")
        if not name:
            yield Issue("unknown-column", "a column without a name", where, "name it, or delete it")
    yield from _unknown_columns([name for name in dict.fromkeys(header) if name not in columns], header, columns, where)
    for name in rules.get("required", []):
        if name not in header:
            fix = f"add it to the header, or rename the column that it is: {', '.join(filter(None, written))}"
            yield Issue(
                "missing-column", f"column '{name}' is missing", where, fix if written else "add it to the first row"
            )


def _repeat_issues(
    row: Row, key: Sequence[str], at: tuple[int, str], first: dict[tuple[Any, ...], int], where: str
) -> Iterator[Issue]:
    """A key that an earlier row has; `at` is the row's number and the word for it (line, row).

    `first` gives the number of each key and is added to.
    """
    line, unit = at
    value = tuple(row.get(name) for name in key)
    if key and first.setdefault(value, line) != line:
        named = ", ".join(f"{name} {part!r}" for name, part in zip(key, value, strict=True))
        yield Issue("twice", f"{named} already occurs in {unit} {first[value]}", where, "keep one of them")
