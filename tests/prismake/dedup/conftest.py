"""Records for the tests of deduplication, written by hand; none is copied from a database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from prismake.common.cluster_map import ClusterMap
from prismake.dedup import merging
from prismake.dedup.features import text_table
from prismake.dedup.matching import Matching, match
from prismake.dedup.overlap import Overlap, find_overlap

from tests.records import as_frame

ARTICLE = {
    "title": "Percutaneous cement augmentation of painful thoracic fractures in older adults: a cohort study",
    "author": "Okafor, Ada B; Lindqvist, Per; Tanaka, Yui",
    "year": "2014",
    "journal": "European Journal of Invented Medicine",
    "volume": "31",
    "number": "4",
    "pages": "417-425",
    "doi": "10.5555/ejim.2014.417",
    "abstract": "We followed sixty older adults with painful fractures of the thoracic spine for two years after "
    "cement augmentation and compared pain, function and later fractures with those of adults who had a brace only.",
}

Record = dict[str, Any]


def frame_of(records: Iterable[Record]) -> pd.DataFrame:
    """A table of records; ids r0, r1, … where none is given."""
    known = {"search": "one", "database": "One"}
    return as_frame([{"record_id": f"r{place}", **known, **record} for place, record in enumerate(records)])


def table_of(frame: pd.DataFrame) -> pa.Table:
    """What the matcher reads of a table of records."""
    return text_table(pa.Table.from_pandas(frame, preserve_index=False))


def unique_of(frame: pd.DataFrame) -> pd.DataFrame:
    """The works of a table of records, a row each, in batches of two records."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    return unique_table(table, match(text_table(table)).members, 2).to_pandas()


def unique_table(table: pa.Table, members: merging.Works, size: int) -> pa.Table:
    """The works of a table of records, in batches of so many."""
    rows = np.sort(members.rows)
    merged = merging.merged_values(table.take(pa.array(rows)), rows, members)
    batches = [table.slice(start, size) for start in range(0, len(table) + 1, size)]
    return pa.concat_tables(merging.unique_records(batches, members, lambda start, end: merged))


def run(records: Iterable[Record], **settings: Any) -> Matching:
    """The matching of some records."""
    return match(table_of(frame_of(records)), **settings)


def partition(frame: pd.DataFrame, matching: Matching) -> set[frozenset[str]]:
    """The works as sets of record ids."""
    works: dict[int, set[str]] = {}
    for record_id, root in zip(frame["record_id"], matching.roots.tolist(), strict=True):
        works.setdefault(root, set()).add(record_id)
    return {frozenset(work) for work in works.values()}


def overlap_of(searches: Sequence[str], databases: Sequence[str], works: Sequence[str]) -> Overlap:
    """The overlap of records that are given as three columns."""
    names = [str(place) for place in range(len(searches))]
    schema = pa.schema([(name, pa.string()) for name in ("record_id", "search", "database")])
    records = pa.table([names, list(searches), list(databases)], schema=schema)
    return find_overlap(records, ClusterMap.of(dict(zip(names, works, strict=True))))


@pytest.fixture
def works_of() -> Callable[..., list[list[int]]]:
    """Groups of the places of records that are one work."""

    def find(*records: Record, **settings: Any) -> list[list[int]]:
        groups: dict[int, list[int]] = {}
        for place, root in enumerate(run(records, **settings).roots.tolist()):
            groups.setdefault(root, []).append(place)
        return sorted(groups.values())

    return find


def copy(**changes: str) -> Record:
    """The article as another database tells it."""
    return {**ARTICLE, **changes}
