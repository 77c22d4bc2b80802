"""CSV files of Arrow tables, in batches: the same bytes as `writing.write_rows` makes of rows, many times faster.

Quotes and the guards against formulas are looked for in whole columns; only a cell that needs one costs more than
being copied.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from prismake.common.arrow import text, texts
from prismake.common.writing import FORMULA_STARTS, CsvLines, guard_cell, whole_file

# Bytes that are read together.
BLOCK = 8 << 20
_STARTS = "".join(f"\\{start}" if start == "-" else start for start in FORMULA_STARTS)
_RISKY = rf"\A['{_STARTS}]"
_GUARDED = rf"\A'+[{_STARTS}]"
_SPECIAL = r'[",\r\n]'
_QUOTE, _COMMA, _END, _NOTHING, _EMPTY = (text(each, pa.large_string()) for each in ('"', ",", "\n", "", '""'))


def _guarded(cells: pa.Array) -> pa.Array:
    risky = pc.match_substring_regex(cells, _RISKY)
    if not pc.any(risky).as_py():
        return cells
    guarded = texts([guard_cell(cell) for cell in cells.filter(risky).to_pylist()]).cast(cells.type)
    return pc.replace_with_mask(cells, risky, guarded)


def _quoted(cells: pa.Array) -> pa.Array:
    special = pc.match_substring_regex(cells, _SPECIAL)
    if not pc.any(special).as_py():
        return cells
    doubled = pc.replace_substring(cells.filter(special), '"', '""')
    return pc.replace_with_mask(cells, special, pc.binary_join_element_wise(_QUOTE, doubled, _QUOTE, _NOTHING))


def _cells(column: pa.ChunkedArray) -> pa.Array:
    return _quoted(_guarded(pc.fill_null(column.cast(pa.large_string()).combine_chunks(), _NOTHING)))


def lines(table: pa.Table) -> bytes | memoryview:
    """The rows of a table of texts and integers as CSV, a line each."""
    if not len(table):
        return b""
    cells = [_cells(column) for column in table.columns]
    if len(cells) == 1:
        # A line with nothing on it is no row.
        cells = [pc.replace_with_mask(cells[0], pc.equal(cells[0], _NOTHING), _EMPTY)]
    joined = pc.binary_join_element_wise(*cells, _COMMA) if len(cells) > 1 else cells[0]
    # The texts of an array stand one behind the other in memory.
    return memoryview(pc.binary_join_element_wise(joined, _END, _NOTHING).buffers()[2])


@contextmanager
def csv_file(path: Path, columns: Sequence[str]) -> Iterator[Callable[[pa.Table], None]]:
    """A CSV that is written table by table: yields what adds the rows of a table; the file appears whole or not at all.

    Raises ValueError for a table with other columns, or these in another order.
    """
    header = io.StringIO()
    CsvLines(header).writerow(columns)
    with whole_file(path) as part, part.open("wb") as file:
        file.write(header.getvalue().encode())

        def write(table: pa.Table) -> None:
            if table.column_names != list(columns):
                raise ValueError(f"{path}: the columns are {table.column_names}, not {list(columns)}")
            file.write(lines(table))

        yield write


def write_tables(path: Path, columns: Sequence[str], tables: Iterable[pa.Table]) -> None:
    """Writes tables one after another into a CSV (see `csv_file`)."""
    with csv_file(path, columns) as write:
        for table in tables:
            write(table)


def _unguarded(cells: pa.Array) -> pa.Array:
    guarded = pc.match_substring_regex(cells, _GUARDED)
    if not pc.any(guarded).as_py():
        return cells
    return pc.replace_with_mask(cells, guarded, pc.utf8_slice_codeunits(cells.filter(guarded), 1))


def read_tables(path: Path, columns: Collection[str] = ()) -> Iterator[pa.Table]:
    """The rows of a CSV that Prismake wrote, every cell as text, guards taken back, some thousands at a time.

    Where `columns` are named, the tables have those of them that the file has, in its order. Raises ValueError
    (`pyarrow.ArrowInvalid` is one) for a file that is none. There is one table at least.
    """
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file), [])
    schema = pa.schema([(name, pa.string()) for name in header if name in columns or not columns])
    with pv.open_csv(
        path,
        read_options=pv.ReadOptions(block_size=BLOCK, use_threads=False),
        parse_options=pv.ParseOptions(newlines_in_values=True),
        convert_options=pv.ConvertOptions(column_types=schema, strings_can_be_null=False, include_columns=schema.names),
    ) as reader:
        yield pa.Table.from_batches([], schema)
        for batch in reader:
            yield pa.Table.from_arrays([_unguarded(column) for column in batch.columns], schema=schema)
