"""Columns that do not hold what they are named after."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from prismake.common.arrow import repeated, text, texts

# So many issues of journals never differ all: most journals have twelve a year or fewer.
ENOUGH = 20


def running_files(tables: Iterable[pa.Table]) -> list[str]:
    """The files (a column of the tables) whose issues (`number`) are running numbers, sorted.

    A database's running number in the place of the issue differs from record to record; issues repeat. Each file is
    judged by its own records alone, so one more export changes nothing about the others.
    """
    seen: dict[str, set[str]] = {}
    repeating: set[str] = set()
    for table in tables:
        if repeating.issuperset(pc.unique(table["file"]).to_pylist()):
            continue
        for file, value in zip(table["file"].to_pylist(), table["number"].to_pylist(), strict=True):
            if not value or file in repeating:
                continue
            numbers = seen.setdefault(file, set())
            if value in numbers:
                # Its issues need not be kept.
                repeating.add(file)
                del seen[file]
            else:
                numbers.add(value)
    return sorted(file for file, numbers in seen.items() if len(numbers) >= ENOUGH)


def without_numbers(table: pa.Table, files: Iterable[str]) -> pa.Table:
    """The records without the issues of some files."""
    if not (known := list(files)) or "number" not in table.column_names:
        return table
    empty = text("", table["number"].type)
    mask = pc.is_in(table["file"], value_set=texts(known).cast(table["file"].type))
    column = pc.if_else(mask, empty, table["number"])
    return table.set_column(table.column_names.index("number"), "number", column)


def without_running_numbers(table: pa.Table) -> tuple[pa.Table, list[str]]:
    """The records without issues that are running numbers, and the files that give such (see `running_files`).

    Without the column `file` all records are one file, named "".
    """
    if "number" not in table.column_names:
        return table, []
    named = "file" in table.column_names
    whole = table if named else table.append_column("file", repeated("", len(table)))
    running = running_files([whole])
    without = without_numbers(whole, running)
    return without if named else without.drop_columns(["file"]), running
