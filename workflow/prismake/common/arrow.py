"""Arrow's arrays from Python and NumPy, and back, by their buffers.

`pyarrow.array()`, `scalar()`, `Schema.empty_table()` and NumPy's `asarray()` of an array load pandas first, which takes
longer than most steps: their like stand here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

import numpy
import numpy.typing
import pyarrow as pa

Numbers = numpy.typing.NDArray[numpy.int64]
Flags = numpy.typing.NDArray[numpy.bool_]
# Rows that are made into Python's texts together.
TOGETHER = 50_000


def texts(values: Sequence[str]) -> pa.StringArray:
    """Texts as an array."""
    whole = "".join(values)
    # In ASCII a character is a byte.
    encoded: Sequence[str] | list[bytes] = values if whole.isascii() else [value.encode() for value in values]
    starts = numpy.zeros(len(values) + 1, numpy.int32)
    numpy.cumsum(numpy.fromiter(map(len, encoded), numpy.int32, len(values)), out=starts[1:])
    return pa.StringArray.from_buffers(len(values), pa.py_buffer(starts), pa.py_buffer(whole.encode()))


def repeated(value: str, count: int) -> pa.StringArray:
    """The same text so many times."""
    encoded = value.encode()
    starts = numpy.arange(count + 1, dtype=numpy.int32) * numpy.int32(len(encoded))
    return pa.StringArray.from_buffers(count, pa.py_buffer(starts), pa.py_buffer(encoded * count))


def numbers(values: Numbers) -> pa.Int64Array:
    """Whole numbers as an array."""
    whole = numpy.ascontiguousarray(values, numpy.int64)
    return pa.Array.from_buffers(pa.int64(), len(whole), [None, pa.py_buffer(whole)])


def flags(values: Flags) -> pa.BooleanArray:
    """Truth values as an array."""
    bits = numpy.packbits(values, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(bits)])


def truth(values: pa.BooleanArray) -> Flags:
    """An array of truth values as flags."""
    bits = numpy.frombuffer(values.buffers()[1] or b"", numpy.uint8)
    return numpy.unpackbits(bits, count=values.offset + len(values), bitorder="little")[values.offset :] > 0


def places(rows: numpy.typing.NDArray[numpy.integer[Any]]) -> pa.Int64Array:
    """Places of rows, for `take`."""
    return numbers(rows.astype(numpy.int64, copy=False))


def integers(values: pa.Array | pa.ChunkedArray) -> numpy.typing.NDArray[Any]:
    """An array of whole numbers without nulls, as NumPy has it; a view where it can be."""
    if isinstance(values, pa.ChunkedArray):
        parts = [integers(chunk) for chunk in values.chunks]
        return numpy.concatenate(parts) if parts else numpy.empty(0, values.type.to_pandas_dtype())
    whole = numpy.frombuffer(values.buffers()[1] or b"", values.type.to_pandas_dtype())
    return whole[values.offset : values.offset + len(values)]


def text(value: str, kind: pa.DataType | None = None) -> pa.Scalar:
    """A text as a scalar (of the type `large_string`, where asked for)."""
    scalar = texts([value])[0]
    return scalar if kind is None else scalar.cast(kind)


def whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A column as one array."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def equal(column: pa.Array | pa.ChunkedArray, value: str) -> Flags:
    """Which cells are this text."""
    import pyarrow.compute as pc

    return _tested(column, lambda cells: pc.equal(cells, text(value)))


def is_in(column: pa.Array | pa.ChunkedArray, values: Sequence[str]) -> Flags:
    """Which cells are one of the texts."""
    import pyarrow.compute as pc

    return _tested(column, lambda cells: pc.is_in(cells, value_set=texts(values)))


def _tested(column: pa.Array | pa.ChunkedArray, test: Callable[[pa.Array], pa.Array]) -> Flags:
    """A test of texts on all cells; of a coded column each text is tested once."""
    parts = [
        truth(test(chunk.dictionary))[integers(chunk.indices)]
        if isinstance(chunk, pa.DictionaryArray)
        else truth(test(chunk))
        for chunk in (column.chunks if isinstance(column, pa.ChunkedArray) else [column])
    ]
    return numpy.concatenate(parts) if parts else numpy.zeros(0, bool)


def coded(tables: Iterable[pa.Table], columns: Collection[str]) -> pa.Table:
    """Tables, at least one, as one, with columns of few different texts as codes, which take four bytes a cell."""
    return pa.concat_tables(
        pa.table({name: table[name].dictionary_encode() if name in columns else table[name] for name in names})
        for table in tables
        for names in [table.column_names]
    )


def codes_of(column: pa.Array | pa.ChunkedArray) -> tuple[numpy.typing.NDArray[Any], list[str]]:
    """(codes, texts): for each cell the place of its text among the different texts of the column."""
    cells = whole(column)
    cells = cells if isinstance(cells, pa.DictionaryArray) else cells.dictionary_encode()
    return integers(cells.indices), cells.dictionary.to_pylist()


def every_truth(values: pa.Array | pa.ChunkedArray) -> Flags:
    """Truth values without nulls, in one or several arrays, as flags."""
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    parts = [truth(chunk) for chunk in chunks]
    return numpy.concatenate(parts) if parts else numpy.zeros(0, bool)


def each(column: pa.Array | pa.ChunkedArray) -> Iterator[str]:
    """The cells of a column of texts, without making all of them at once."""
    for start in range(0, len(column), TOGETHER):
        yield from column.slice(start, TOGETHER).to_pylist()
