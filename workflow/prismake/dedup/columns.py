"""Columns that do not hold what they are named after."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

# So many issues of journals never differ all: most journals have twelve a year or fewer.
ENOUGH = 20


def without_running_numbers(table: pa.Table) -> tuple[pa.Table, list[str]]:
    """The records without issues that are running numbers, and the files that give such.

    A database's running number in the place of the issue differs from record to record; issues repeat. Each file is
    judged by its own records alone, so one more export changes nothing about the others. Without the column `file` all
    records are one file, named "".
    """
    if "number" not in table.column_names:
        return table, []
    files = table["file"].to_pylist() if "file" in table.column_names else [""] * len(table)
    values = table["number"].to_pylist()
    by_file: dict[str, list[str]] = {}
    for file, value in zip(files, values, strict=True):
        if value:
            by_file.setdefault(file, []).append(value)
    running = {file for file, numbers in by_file.items() if len(numbers) == len(set(numbers)) >= ENOUGH}
    if not running:
        return table, []
    kept = [None if file in running else value for file, value in zip(files, values, strict=True)]
    place = table.column_names.index("number")
    column = pc.fill_null(pa.array(kept, pa.large_string()), "")
    return table.set_column(place, "number", column), sorted(running)
