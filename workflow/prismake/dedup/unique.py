"""The table of unique records: written in the order of the records, in little memory.

What the records of a work give to their survivor lies anywhere in the table. The records of works of several are
therefore copied to files first, one for each range of survivors; each is read when the writing comes to its range.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from prismake.common.arrow import places
from prismake.common.progress import followed
from prismake.common.records import COLUMNS, open_records, read_record_batches
from prismake.common.writing import scratch_folder, whole_file
from prismake.dedup.features import Integers
from prismake.dedup.merging import IDENTIFIERS, OWN, Merged, Works, merged_values, unique_records

# Records that are written together.
BATCH = 5000
# Records of works of several that are in memory together.
PART = 400_000
NEEDED = tuple(name for name in COLUMNS if name not in OWN or name in ("record_id", "database", *IDENTIFIERS))


@dataclass(frozen=True)
class _Part:
    """The works whose survivors are above those of the part before, up to the row `last`, and their records."""

    works: Works
    rows: Integers  # ascending
    last: int


def _parts(members: Works) -> list[_Part]:
    order = np.argsort(members.survivors)
    number = np.empty(len(order), np.int64)
    # So many records are in the works up to this one, by their survivors.
    number[order] = (np.cumsum(members.sizes[order]) - 1) // PART
    parts = (members.chosen(number == each) for each in range(int(number.max(initial=-1)) + 1))
    return [_Part(works, np.sort(works.rows), int(works.survivors.max())) for works in parts if len(works)]


class _Sorted:
    """The records of works of several by the part that they are in: in files, or in memory where there is one part."""

    def __init__(self, records: Path, parts: list[_Part], folder: Path) -> None:
        self._memory: list[pa.Table] = []
        self._files = [folder / f"{number}.arrow" for number in range(len(parts))] if len(parts) > 1 else []
        with ExitStack() as stack:
            writers = [stack.enter_context(pa.ipc.new_file(str(file), SCHEMA)) for file in self._files]
            start = 0
            for table in read_record_batches(records, NEEDED):
                for number, part in enumerate(parts):
                    here = part.rows[slice(*np.searchsorted(part.rows, (start, start + len(table))))]
                    if not len(here):
                        continue
                    chosen = table.take(places(here - start)).cast(SCHEMA)
                    if writers:
                        writers[number].write_table(chosen)
                    else:
                        self._memory.append(chosen)
                start += len(table)

    def of(self, number: int) -> pa.Table:
        """The records of a part, in their order."""
        if not self._files:
            return pa.concat_tables(self._memory)
        with pa.OSFile(str(self._files[number])) as file:
            return pa.ipc.open_file(file).read_all()


SCHEMA = pa.schema([(name, pa.string()) for name in NEEDED])


def write_unique(records: Path, unique: Path, members: Works) -> None:
    """Writes one row per work (see `merging.unique_records`) of the table of all records."""
    parts = _parts(members)
    with (
        whole_file(unique) as part,
        open_records(records) as file,
        scratch_folder(unique) as folder,
        ThreadPoolExecutor(max_workers=1) as background,
    ):
        sorted_ = _Sorted(records, parts, folder)
        loaded: dict[int, _Gains] = {}

        def merged_in(start: int, end: int) -> Merged:
            first = -1
            for number, each in enumerate(parts):
                if first < end and each.last >= start and number not in loaded:
                    loaded[number] = _Gains(merged_values(sorted_.of(number), each.rows, each.works))
                if each.last < start:
                    loaded.pop(number, None)
                first = each.last + 1
            return _together([gains.between(start, end) for gains in loaded.values()])

        rows = followed(file.iter_batches(batch_size=BATCH), "wrote", file.metadata.num_rows, "records")
        batches = (pa.Table.from_batches([batch]) for batch in rows)
        empty = pa.Table.from_batches([], file.schema_arrow)
        tables = unique_records(chain(batches, [empty]), members, merged_in)
        first = next(tables)
        with pq.ParquetWriter(part, first.schema, compression="zstd") as writer:
            # A table is compressed while the next one is made.
            pending: Future[None] | None = None
            for table in chain([first], tables):
                if pending is not None:
                    pending.result()
                pending = background.submit(writer.write_table, table)
            if pending is not None:
                pending.result()


class _Gains:
    """What survivors get, by column, so that those of a few rows are quickly at hand."""

    def __init__(self, merged: Merged) -> None:
        self._cells = merged
        self._rows = {name: np.array(sorted(values), np.int64) for name, values in merged.items()}

    def between(self, start: int, end: int) -> Merged:
        """What the survivors from one row to below another get."""
        return {
            name: {row: self._cells[name][row] for row in rows[slice(*np.searchsorted(rows, (start, end)))].tolist()}
            for name, rows in self._rows.items()
        }


def _together(several: list[Merged]) -> Merged:
    names = dict.fromkeys(name for merged in several for name in merged)
    return {name: {row: cell for merged in several for row, cell in merged[name].items()} for name in names}
