"""Tables that people write, read against their schema: every fault named by row and column."""

from __future__ import annotations

import csv
import io
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from prismake.common.errors import BuildStop, Issue, counted, nearest, stop
from prismake.common.limits import TooMuch, time_bound
from prismake.common.reading import read_text
from prismake.common.validation import describe, faults, load_yaml, validator

Row = dict[str, Any]

# Seconds of the processor that checking a table may take, and more for each row; a row of the example takes 0.0002.
LONGEST, LONGEST_ROW = 10.0, 0.001
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
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
_SIMPLE = {"description", "title", "type", "minLength", "enum"}


def _plainly_fine(value: Any, rule: dict[str, Any]) -> bool:
    """Whether a cell surely fits its rule: a shortcut for the rules that most columns have, as tables may be long."""
    kinds = rule.get("type", "string")
    if value is None:
        return "null" in kinds and "enum" not in rule
    return (
        isinstance(value, str)
        and "string" in kinds
        and len(value) >= rule.get("minLength", 0)
        and ("enum" not in rule or value in rule["enum"])
    )


@dataclass
class _RowCheck:
    """Checks rows against a schema of the review's own, within a time for all of them: `seconds` are left."""

    validator: Draft202012Validator
    seconds: float

    def issues(self, row: Row, where: str) -> list[Issue]:
        """Cells of a row that do not satisfy the schema. Raises BuildStop if its patterns take too long."""
        start = time.process_time()
        try:
            with time_bound(self.seconds):
                errors = [(error, *describe(error)) for error in faults(self.validator.iter_errors(row))]
        except TooMuch:
            fix = "rewrite its patterns without a repetition inside a repetition, such as (a+)+"
            raise stop("pattern", "checking it against its schema takes too long", where=where, fix=fix) from None
        self.seconds -= time.process_time() - start
        issues = []
        for error, problem, fix in errors:
            column = str(error.absolute_path[0]) if error.absolute_path else ""
            issues.append(Issue("cell", problem, f"{where}, column '{column}'" if column else where, fix))
        return issues


def _separator(text: str, columns: dict[str, Any]) -> str:
    """The separator of cells: a comma, or the semicolon or tab where only that makes the header name known columns.

    Spreadsheet programs of countries with a decimal comma write semicolons, and offer no choice.
    """

    def known(mark: str) -> int:
        return len({name.strip().strip('"') for name in text.partition("\n")[0].split(mark)}.intersection(columns))

    return max((",", ";", "\t"), key=known)


def read_tables(paths: Path | Sequence[Path], schema: dict[str, Any] | Path) -> list[Row]:
    """The rows of optional tables, table by table; none if the review has none. See `read_table`."""
    return [row for path in ([paths] if isinstance(paths, Path) else paths) for row in read_table(path, schema)]


def read_table(path: Path, schema: dict[str, Any] | Path) -> list[Row]:
    """Reads a CSV that a person wrote: one dictionary per row, cells typed by the schema, all faults raised at once.

    The schema is a JSON Schema of one row (an object). Its `properties` are the columns; any other column is a fault.
    `required` columns must be in the header, whose separator (comma, semicolon or tab) holds for all rows. A property
    of type [T, "null"] may be empty. The extra keyword `uniqueKey` lists columns whose values together must be unique.
    `__line__` in each row is its line.
    Raises BuildStop with every fault found.
    """
    path = Path(path)
    rules = load_yaml(schema) if isinstance(schema, Path) else schema
    columns: dict[str, Any] = rules["properties"]
    text = read_text(path, fix=AS_UTF8)
    separator = _separator(text, columns)
    header, lines = _cells_of(path, text, separator)
    if not header:
        raise BuildStop(Issue("empty", "the table is empty", str(path), "its first row names: " + ", ".join(columns)))
    if issues := list(_header_issues(header, rules, f"{path}:1")):
        raise BuildStop(issues)

    check = _RowCheck(validator(rules), LONGEST + len(lines) * LONGEST_ROW)
    simple = set(rules) <= _BY_CELL and all(set(columns[name]) <= _SIMPLE for name in header)
    rows: list[Row] = []
    first: dict[tuple[Any, ...], int] = {}
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{path}:{line}"
        if len(cells) != len(header):
            message = f"{counted(len(cells), 'cell')}, where the header has {len(header)}"
            issues.append(Issue("cells", message, where, f"put cells that contain a {SEPARATORS[separator]} in quotes"))
            continue
        row = {name: _typed(cell, columns[name]) for name, cell in zip(header, cells, strict=True)}
        fine = simple and all(_plainly_fine(value, columns[name]) for name, value in row.items())
        issues += [] if fine else check.issues(row, where)
        issues += _repeat_issues(row, rules.get("uniqueKey", []), line, first, where)
        rows.append({**dict.fromkeys(columns), **row, "__line__": line})
    if issues:
        raise BuildStop(issues)
    return rows


def _cells_of(path: Path, text: str, separator: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header of a CSV, and the cells of each further row with its line. Raises BuildStop for a faulty CSV."""
    reader = csv.reader(io.StringIO(text), strict=True, delimiter=separator)
    try:
        header = [name.strip() for name in next(reader, [])]
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


def _header_issues(header: Sequence[str], rules: dict[str, Any], where: str) -> Iterator[Issue]:
    """Columns that occur twice, are not in the schema, or are missing."""
    columns = rules["properties"]
    for name, count in Counter(header).items():
        if count > 1:
            yield Issue("column-twice", f"column '{name}' occurs twice", where, "remove one")
        if name not in columns:
            yield Issue("unknown-column", f"unknown column '{name}'", where, nearest(name, list(columns)))
    for name in rules.get("required", []):
        if name not in header:
            yield Issue("missing-column", f"column '{name}' is missing", where, "add it to the first row")


def _repeat_issues(
    row: Row, key: Sequence[str], line: int, first: dict[tuple[Any, ...], int], where: str
) -> Iterator[Issue]:
    """A key that an earlier row has; `first` gives the line of each key and is added to."""
    value = tuple(row.get(name) for name in key)
    if key and first.setdefault(value, line) != line:
        named = ", ".join(f"{name} {part!r}" for name, part in zip(key, value, strict=True))
        yield Issue("twice", f"{named} already occurs in line {first[value]}", where, "keep one of them")
