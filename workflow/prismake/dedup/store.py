"""Features of records in files, a file per shard: only the records and columns that are asked for are in memory.

A file is mapped into memory for the time that one column of it is read, so that what a process holds does not grow with
the number of records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.ipc

from prismake.common.arrow import integers, places
from prismake.common.errors import BuildStop, stop
from prismake.common.writing import whole_file
from prismake.dedup.contents import Contents
from prismake.dedup.features import HASHES, INTEGERS, TEXTS, Features, Integers
from prismake.dedup.questions import Compared
from prismake.dedup.scoring import FIELDS, Comparison

CONTENTS = ("filled", "length", "present")
PAIRS = ("left", "right", "ratio", "points", "veto", "doubt", "rule")
# What a file of a shard was made from, among the metadata of its schema.
SOURCE = b"records"
NARROW = (np.int8, np.int16, np.int32)


def _array(values: pa.Array | npt.NDArray[np.generic]) -> pa.Array:
    if isinstance(values, pa.Array):
        return values
    if values.dtype == np.int64 and len(values):
        # Most columns of whole numbers are small ones.
        low, high = values.min(), values.max()
        fitting = (kind for kind in NARROW if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max)
        values = values.astype(next(fitting, np.int64))
    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def _write(path: Path, columns: Mapping[str, pa.Array | npt.NDArray[np.generic]], source: str) -> None:
    batch = pa.RecordBatch.from_arrays([_array(values) for values in columns.values()], list(columns))
    schema = batch.schema.with_metadata({SOURCE: source.encode()})
    with whole_file(path) as part, pa.OSFile(str(part), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        writer.write_batch(batch.replace_schema_metadata(schema.metadata))


def write_features(path: Path, features: Features, contents: Contents, source: str) -> None:
    """Writes the features and contents of the records of one shard; `source` says which records these are of."""
    columns = {name: getattr(features, name) for name in (*TEXTS, *HASHES, *INTEGERS)}
    _write(path, columns | {name: getattr(contents, name) for name in CONTENTS}, source)


def write_codes(path: Path, codes: npt.NDArray[np.uint64], source: str) -> None:
    """Writes pairs of rows, as numbers in ascending order."""
    _write(path, {"pair": codes}, source)


def write_compared(path: Path, compared: Compared, source: str) -> None:
    """Writes pairs that were compared."""
    pairs = compared.pairs
    columns = {"left": pairs.left, "right": pairs.right, "ratio": pairs.ratio, "points": pairs.points}
    columns |= {"veto": compared.veto, "doubt": compared.doubt, "rule": compared.rule}
    _write(path, columns | {f"level of {name}": pairs.levels[name] for name in FIELDS}, source)


class _Open:
    """A file of a shard while it is mapped into memory."""

    def __init__(self, path: Path) -> None:
        self._map = pa.memory_map(str(path))
        self.batch = pa.ipc.open_file(self._map).get_batch(0)

    def __enter__(self) -> pa.RecordBatch:
        return self.batch

    def __exit__(self, *_: object) -> None:
        del self.batch
        self._map.close()


def source_of(paths: Sequence[Path]) -> str:
    """What the files of shards were made from. Raises BuildStop where that is not the same."""
    sources = []
    for path in paths:
        with pa.memory_map(str(path)) as file:
            sources.append((pa.ipc.open_file(file).schema.metadata or {}).get(SOURCE, b"").decode())
        if sources[-1] != sources[0]:
            raise other_records(path)
    return sources[0] if sources else ""


def other_records(path: Path) -> BuildStop:
    """The fault of a file of a shard that was made from other records."""
    fix = "delete the folder and build again"
    return stop("shard", "was made from other records than those of this build", where=str(path), fix=fix)


def _copied(column: pa.Array) -> Any:
    """A column that stays when its file is closed: whole numbers as NumPy has them."""
    if pa.types.is_large_string(column.type):
        return column
    values = integers(column)
    return values.astype(np.int64 if values.dtype in (*NARROW, np.int64) else values.dtype)


def read_codes(paths: Sequence[Path], low: int, high: int) -> npt.NDArray[np.uint64]:
    """The pairs of files whose smaller row is from `low` to below `high`, each once, ascending."""
    parts = []
    for path in paths:
        with _Open(path) as batch:
            codes = integers(batch.column("pair"))
            first, last = np.searchsorted(codes, np.array([low << 32, high << 32], np.uint64))
            parts.append(codes[first:last].copy())
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.uint64)


def read_compared(paths: Sequence[Path]) -> Compared:
    """The pairs of all files."""
    columns: dict[str, list[Any]] = {}
    for path in paths:
        with _Open(path) as batch:
            for name in batch.schema.names:
                columns.setdefault(name, []).append(integers(batch.column(name)).copy())
    joined = {name: np.concatenate(columns.pop(name)) for name in list(columns)}
    joined |= {name: joined[name].astype(np.int64) for name in ("left", "right")}
    levels = {name: joined[f"level of {name}"] for name in FIELDS}
    pairs = Comparison(joined["left"], joined["right"], levels, joined["ratio"], joined["points"])
    return Compared(pairs, joined["veto"], joined["doubt"], joined["rule"])


class Stored(Features):
    """The features of all records, in the files of the shards in their order. A column is read when it is asked for."""

    def __init__(self, paths: Sequence[Path]) -> None:
        sizes = []
        for path in paths:
            with _Open(path) as batch:
                sizes.append(batch.num_rows)
        ends = np.cumsum(sizes, dtype=np.int64)
        for name, value in (("_paths", list(paths)), ("_starts", ends - np.array(sizes, np.int64)), ("_ends", ends)):
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.gathered(name, None)

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def contents(self) -> Contents:
        """What all records fill."""
        return Contents(*(self.gathered(name, None) for name in CONTENTS))

    def gathered(self, name: str, rows: Integers | None) -> Any:
        """A column, of all records or at some rows, which ascend."""
        parts = []
        for path, start, end in zip(self._paths, self._starts.tolist(), self._ends.tolist(), strict=True):
            here = None if rows is None else rows[slice(*np.searchsorted(rows, (start, end)))] - start
            if here is not None and not len(here):
                continue
            with _Open(path) as batch:
                column = batch.column(name)
                if here is None and pa.types.is_large_string(column.type):
                    here = np.arange(len(column), dtype=np.int64)
                parts.append(_copied(column if here is None else column.take(places(here))))
                del column
        if name in TEXTS:
            return pa.concat_arrays(parts) if parts else pa.array([], pa.large_string())
        empty = np.empty(0, np.uint64 if name in HASHES else np.int64)
        return np.concatenate(parts) if parts else empty

    def take(self, rows: Integers) -> Features:
        """The features of the chosen rows, in their order."""
        distinct, place = np.unique(rows, return_inverse=True)
        near = Features(**{name: self.gathered(name, distinct) for name in (*TEXTS, *HASHES, *INTEGERS)})
        return near.take(place)

    def near(self, left: Integers, right: Integers) -> tuple[Features, Integers, Integers]:
        """(features, left, right): the features of the rows of some pairs, and the rows of the pairs in them."""
        rows = np.unique(np.concatenate([left, right]))
        return _Gathered(self, rows), np.searchsorted(rows, left), np.searchsorted(rows, right)


class _Gathered(Features):
    """The features of some rows, which ascend; a column is gathered when it is first asked for."""

    def __init__(self, stored: Stored, rows: Integers) -> None:
        object.__setattr__(self, "_stored", stored)
        object.__setattr__(self, "_rows", rows)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        column = self._stored.gathered(name, self._rows)
        object.__setattr__(self, name, column)
        return column

    def __len__(self) -> int:
        return len(self._rows)


class Both(Features):
    """The features of known records, and of more behind them."""

    _known: Features
    _more: Features

    def __init__(self, known: Features, more: Features) -> None:
        object.__setattr__(self, "_known", known)
        object.__setattr__(self, "_more", more)

    def near(self, left: Integers, right: Integers) -> tuple[Features, Integers, Integers]:
        """(features, left, right): the features of the rows of some pairs, and the rows of the pairs in them."""
        rows = np.unique(np.concatenate([left, right]))
        known, more = rows[rows < len(self._known)], rows[rows >= len(self._known)] - len(self._known)
        features = self._known.take(known).joined(self._more.take(more))
        return features, np.searchsorted(rows, left), np.searchsorted(rows, right)
