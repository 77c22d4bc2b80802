"""Writes records in batches, so that memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy
import pyarrow as pa
import pyarrow.parquet as pq

from prismake.common.records import COLUMNS, INTEGERS
from prismake.common.writing import whole_file
from prismake.importing.cells import numbers, repeated, texts

# Records, and characters of theirs, that are made into one table, and that are written together.
BATCH = 1000
BATCH_SIZE = 64 << 20
SCHEMA = pa.schema([(name, pa.int64() if name in INTEGERS else pa.string()) for name in COLUMNS])

# Columns whose values repeat; building a dictionary of the others would only cost time.
REPETITIVE = ["search", "database", "kind", "search_date", "file", "format", "entrytype", "year", "journal", "language"]


def as_table(records: list[dict[str, Any]]) -> pa.Table:
    """Records as an Arrow table of the record model; absent columns are "" (or 0)."""
    rows = [_cells({**_ABSENT, **record}) for record in records]
    columns = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True)) if rows else {}
    return record_table({name: _column(name, values) for name, values in columns.items()}, len(rows))


# All cells of a record in one go: much faster than asking for each.
_ABSENT: dict[str, Any] = {name: 0 if name in INTEGERS else "" for name in COLUMNS}
_cells = itemgetter(*COLUMNS)


def _column(name: str, values: tuple[Any, ...]) -> pa.Array:
    if name in INTEGERS:
        return numbers(numpy.array(values, numpy.int64))
    # Many columns say the same throughout, or nothing.
    if values[0] == values[-1] and values.count(values[0]) == len(values):
        return repeated(values[0], len(values))
    return texts(values)


def record_table(columns: dict[str, pa.Array], count: int) -> pa.Table:
    """Columns as a table of the record model; absent ones are "" (or 0)."""
    absent = {pa.string(): repeated("", count), pa.int64(): numbers(numpy.zeros(count, numpy.int64))}
    return pa.Table.from_arrays([columns.get(column.name, absent[column.type]) for column in SCHEMA], schema=SCHEMA)


def _together(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The tables joined to such of at least `BATCH` records or `BATCH_SIZE` bytes, as far as they go."""
    pending: list[pa.Table] = []
    rows = size = 0
    for table in tables:
        pending.append(table)
        rows, size = rows + len(table), size + table.nbytes
        if rows >= BATCH or size > BATCH_SIZE:
            yield pa.concat_tables(pending)
            pending, rows, size = [], 0, 0
    if rows:
        yield pa.concat_tables(pending)


def write_tables(path: Path, tables: Iterable[pa.Table]) -> None:
    """Writes tables of records one after another into one Parquet file, whole or not at all.

    A table is compressed and written while the next one is made: both take about as long, and the writing does not
    hold Python's lock.
    """
    with (
        whole_file(path) as part,
        pq.ParquetWriter(part, SCHEMA, compression="zstd", use_dictionary=REPETITIVE) as writer,
        ThreadPoolExecutor(max_workers=1) as background,
    ):
        pending: Future[None] | None = None
        for table in _together(tables):
            if pending is not None:
                pending.result()
            pending = background.submit(writer.write_table, table)
        if pending is not None:
            pending.result()
