"""Deduplication in shards, for more records than one process should hold.

Each shard's records are read into features (`read_shard`); the kinds of keys are dealt out, and each part of them gives
the pairs that share a key (`blocking.codes_of_kinds`); the pairs are divided among shards again and compared
(`compare_shard`); at the end all that were accepted are joined to works, as they are in one process
(`matching.make_works`). What is decided depends on the records alone, so the number of shards changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import sqrt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from prismake.common.arrow import every_truth, places
from prismake.common.progress import Progress
from prismake.common.records import open_records, read_record_batches
from prismake.dedup.blocking import rows_of
from prismake.dedup.columns import running_files, without_numbers
from prismake.dedup.contents import Contents, contents_of
from prismake.dedup.features import CHUNK, COLUMNS, Features, Integers, read_features, text_table
from prismake.dedup.matching import compare_batch, joined
from prismake.dedup.questions import Compared
from prismake.dedup.store import Stored, read_codes

# Pairs whose features are gathered together.
TOGETHER = 500_000


def running_numbers(records: Path) -> list[str]:
    """The files among all exports whose issues are running numbers (see `columns`)."""
    return running_files(read_record_batches(records, ("file", "number")))


def read_shard(records: Path, shard: int, shards: int) -> tuple[Features, Contents]:
    """The features and contents of the records of one shard of a table: the same number of records in each."""
    running = running_numbers(records)
    with open_records(records) as file:
        count = file.metadata.num_rows
        low, high = count * shard // shards, count * (shard + 1) // shards
        progress = Progress("read", high - low, "records")
        features, contents = [], []
        for table in _between(file, low, high):
            texts = without_numbers(text_table(table), running)
            features.append(read_features(texts))
            contents.append(contents_of(texts))
            progress(len(texts))
    return features[0].joined(*features[1:]), contents[0].joined(*contents[1:])


def _between(file: pq.ParquetFile, low: int, high: int) -> Iterator[pa.Table]:
    """The rows of a file from `low` to below `high`, some thousands at a time; a table without rows first."""
    yield pa.Table.from_batches([], file.schema_arrow).select(list(COLUMNS))
    sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
    groups: list[int] = []
    start = end = 0
    for group, size in enumerate(sizes):
        groups.append(group)
        end += size
        if end - start < CHUNK and group + 1 < len(sizes):
            continue
        if start < high and end > low:
            first, last = max(low, start), min(high, end)
            table = file.read_row_groups(groups, columns=list(COLUMNS)).select(list(COLUMNS))
            yield table.slice(first - start, last - first)
        groups, start = [], end


def bounds(count: int, shard: int, shards: int) -> tuple[int, int]:
    """The rows from and below which the smaller row of a pair lies in a shard: about as many pairs in each."""
    low, high = (round(count * (1 - sqrt(1 - part / shards))) for part in (shard, shard + 1))
    return low, high


def compare_shard(features: Sequence[Path], pairs: Sequence[Path], shard: int, shards: int, workers: int) -> Compared:
    """The pairs of one shard that may matter, compared."""
    stored = Stored(features)
    codes = read_codes(pairs, *bounds(len(stored), shard, shards))
    progress = Progress("compared", len(codes), "pairs")
    parts = []
    for start in range(0, max(len(codes), 1), TOGETHER):
        left, right = by_id(stored, *rows_of(codes[start : start + TOGETHER]))
        parts.append(compare_batch(stored, left, right, workers))
        progress(len(left))
    return joined(parts)


def by_id(features: Features, left: Integers, right: Integers) -> tuple[Integers, Integers]:
    """The pairs with the smaller id first."""
    near, a, b = features.near(left, right)
    swapped = every_truth(pc.less(near.ids.take(places(b)), near.ids.take(places(a))))
    return np.where(swapped, right, left), np.where(swapped, left, right)


def fetch_records(records: Path, rows: Integers, columns: Sequence[str], running: Iterable[str]) -> pa.Table:
    """The records at some rows, which ascend, without the issues of files whose issues are `running` numbers."""
    parts, start = [], 0
    for table in read_record_batches(records, columns):
        here = rows[slice(*np.searchsorted(rows, (start, start + len(table))))]
        if len(here) or not start:
            parts.append(table.take(places(here - start)))
        start += len(table)
        if not len(rows) or start > rows[-1]:
            break
    return without_numbers(text_table(pa.concat_tables(parts), columns), running)
