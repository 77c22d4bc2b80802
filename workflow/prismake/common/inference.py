"""The schema of a table that has none of its own, inferred from its header and cells.

A column is coded where the code book lists it; a whole number, or a number whose digits are kept, where its cells are,
or where its name or unit says so; else text. An empty cell means: not reported.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from prismake.common.errors import BuildStop, Issue
from prismake.common.sheet_cells import SheetTable, is_workbook, named, repeated, sheet_table, unit_in
from prismake.common.tables import csv_cells
from prismake.common.yaml_files import load_yaml

Schema = dict[str, Any]
STUDY = "study_id"
# The ends of the names of columns that hold numbers; `p` is not among them, as it is often given as a bound (<0.001).
STATISTICS = (
    *("mean", "sd", "median", "se", "min", "max", "q1", "q3", "ci_low", "ci_high", "ratio", "count", "percent"),
    *("events", "total"),
)
NUMBER = "^-?[0-9]+([.][0-9]+)?$"
DIGITS = "a number alone, its digits as reported, such as 65.50"
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")


def is_inferred(schema: Path) -> bool:
    """Whether a table named in place of its schema stands for the one to be inferred."""
    return schema.suffix.lower() not in (".yaml", ".yml", ".json")


def row_schema(
    schema: Path, table: Path, sheet: str, *, coded: Collection[str] = (), numeric: Collection[str] = ()
) -> Schema:
    """The schema of a table's rows: that of the file `schema`, or inferred where this names the table itself.

    `coded` are the columns that the code book lists, `numeric` those that must be numbers. Raises BuildStop for a table
    that cannot be read.
    """
    if not is_inferred(schema):
        document: Schema = load_yaml(schema)
        return document
    header, rows, where = cells_of(table, sheet)
    return infer(header, rows, where=where, key=[STUDY] if sheet == "studies" else [], coded=coded, numeric=numeric)


def inferred(table: SheetTable, *, key: Sequence[str], coded: Collection[str], numeric: Collection[str]) -> Schema:
    """The schema of a table that is read already."""
    rows = [cells for _, cells in table.rows]
    return infer(table.header, rows, where=table.row(table.header_row), key=key, coded=coded, numeric=numeric)


def cells_of(table: Path, sheet: str) -> tuple[list[str], list[list[str]], str]:
    """(header, cells of the rows, the place of the header) of a table, or of the sheet of a workbook."""
    if is_workbook(table):
        on_sheet = sheet_table(table, sheet, (STUDY,))
        return on_sheet.header, [cells for _, cells in on_sheet.rows], on_sheet.row(on_sheet.header_row)
    header, lines, _ = csv_cells(table, (STUDY,))
    return header, [[*map(str.strip, cells), *[""] * len(header)][: len(header)] for _, cells in lines], f"{table}:1"


def infer(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    where: str,
    key: Sequence[str] = (),
    coded: Collection[str] = (),
    numeric: Collection[str] = (),
) -> Schema:
    """The schema of rows with this header. Raises BuildStop if it names no study, or two columns alike."""
    names = named(header, ())
    issues = [
        Issue("column-twice", f"column '{name}' occurs twice", where, "rename or remove one")
        for name in repeated([name for name in names if name])
    ]
    if STUDY not in names:
        fix = f"name the column of the studies' ids '{STUDY}'; the header has: {', '.join(filter(None, header))}"
        issues.append(Issue("missing-column", f"column '{STUDY}' is missing", where, fix))
    if issues:
        raise BuildStop(issues)
    properties: Schema = {}
    for at, (name, text) in enumerate(zip(names, header, strict=True)):
        if name:
            cells = [row[at] for row in rows if row[at]]
            properties[name] = _rule(name, unit_in(text), cells, name in coded, name in numeric)
    properties[STUDY] = {"type": "string", "minLength": 1}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [STUDY],
        **({"uniqueKey": list(key)} if key else {}),
        "properties": properties,
    }


def _rule(name: str, unit: str, cells: Sequence[str], coded: bool, numeric: bool) -> Mapping[str, Any]:
    """The schema of a column, by its name, unit and filled cells."""
    if coded:
        return {"type": ["string", "null"], "coded": True, "list": any(";" in cell for cell in cells)}
    statistic = bool(unit) or name.endswith(tuple(f"_{end}" for end in STATISTICS))
    count = name == "n" or name.startswith("n_")
    numbers = [cell for cell in cells if _NUMBER.fullmatch(cell)]
    if not (numeric or statistic or count) and (not cells or len(numbers) < len(cells)):
        return {"type": ["string", "null"]}
    about = {"unit": unit} if unit else {}
    if not statistic and all(_WHOLE.fullmatch(cell) for cell in numbers):
        return {"type": ["integer", "null"], **about}
    return {"type": ["string", "null"], "decimal": True, "pattern": NUMBER, "description": DIGITS, **about}
