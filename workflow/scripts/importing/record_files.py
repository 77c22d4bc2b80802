"""Writes records in batches, so that memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from prismake.common.records import COLUMNS, INTEGERS
from prismake.common.writing import whole_file

BATCH = 2000
SCHEMA = pa.schema([(name, pa.int64() if name in INTEGERS else pa.string()) for name in COLUMNS])

# Columns whose values repeat; building a dictionary of the others would only cost time.
REPETITIVE = ["search", "database", "kind", "search_date", "file", "format", "entrytype", "year", "journal", "language"]


def as_table(records: list[dict[str, Any]]) -> pa.Table:
    """Records as an Arrow table of the record model; absent columns are "" (or 0)."""
    rows = [_cells({**_ABSENT, **record}) for record in records]
    columns = zip(*rows, strict=True) if rows else [()] * len(COLUMNS)
    return pa.Table.from_arrays([_column(*column) for column in zip(SCHEMA.types, columns, strict=True)], schema=SCHEMA)


# All cells of a record in one go: much faster than asking for each.
_ABSENT: dict[str, Any] = {name: 0 if name in INTEGERS else "" for name in COLUMNS}
_cells = itemgetter(*COLUMNS)


def _column(kind: pa.DataType, values: tuple[Any, ...]) -> pa.Array:
    # Many columns say the same throughout, or nothing.
    if values and values[0] == values[-1] and values.count(values[0]) == len(values):
        return pa.repeat(pa.scalar(values[0], kind), len(values))
    return pa.array(values, kind)


def batches(records: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Records in lists of at most `BATCH`."""
    batch: list[dict[str, Any]] = []
    for record in records:
        batch.append(record)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


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
        for table in tables:
            if pending is not None:
                pending.result()
            pending = background.submit(writer.write_table, table)
        if pending is not None:
            pending.result()
