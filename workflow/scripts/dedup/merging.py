"""What of a work's records is kept: the survivor, the best value of each field, every identifier and source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from prismake.common.records import join_list, split_list
from prismake.dedup.features import Integers

# The survivor is the record that fills most of these.
TOLD = (
    "title",
    "author",
    "year",
    "journal",
    "doi",
    "pmid",
    "abstract",
    "volume",
    "pages",
    "number",
    "pmcid",
    "issn",
    "keywords",
    "publication_types",
    "language",
)
LISTS = ("trial_ids", "issn", "isbn", "keywords", "publication_types", "url")
IDENTIFIERS = ("doi", "pmid", "pmcid", "embase_id", "central_id", "trial_ids", "accession")
# Where a record comes from stays the survivor's; the other records stand in records.parquet.
OWN = (
    "record_id",
    "search",
    "database",
    "kind",
    "search_date",
    "file",
    "format",
    "position",
    "line",
    "accession",
    "raw",
)


def _filled(table: pa.Table) -> Integers:
    """How many of `TOLD` each record fills."""
    told = np.zeros(len(table), dtype=np.int64)
    for name in TOLD:
        if name in table.column_names:
            told += np.asarray(pc.not_equal(table[name], "")).astype(np.int64)
    return told


def works(table: pa.Table, roots: Integers) -> dict[int, list[int]]:
    """The works of two or more records: survivor -> its rows, the survivor first, then who tells more.

    The survivor is the record with the most of `TOLD` filled, of equals the one with the longer abstract, of equals
    the one with the smallest id: a stated rule that looks at nothing but the records of the work.
    """
    ids, told = table["record_id"].to_pylist(), _filled(table)
    length = np.zeros(len(table), dtype=np.int64)
    if "abstract" in table.column_names:
        length = np.asarray(pc.utf8_length(table["abstract"])).astype(np.int64)
    counts = np.bincount(roots, minlength=len(table))
    members: dict[int, list[int]] = defaultdict(list)
    for row in np.flatnonzero(counts[roots] > 1).tolist():
        members[int(roots[row])].append(row)
    ranked = (sorted(rows, key=lambda row: (-told[row], -length[row], ids[row])) for rows in members.values())
    return {rows[0]: rows for rows in ranked}


def survivors(table: pa.Table, roots: Integers) -> Integers:
    """For each row the row of its work's survivor (see `works`)."""
    chosen = np.arange(len(table), dtype=np.int64)
    for best, rows in works(table, roots).items():
        chosen[rows] = best
    return chosen


def completed(table: pa.Table, members: dict[int, list[int]]) -> tuple[Integers, pa.Table]:
    """(rows, records): the survivors that gain a value from the other records of their work, with the values gained."""
    columns = {name: table[name].to_pylist() for name in table.column_names}
    gained: dict[int, dict[str, str]] = {}
    for best, rows in members.items():
        for name, values in columns.items():
            if not values[best]:
                value = next((values[row] for row in rows if values[row]), "")
                if value:
                    gained.setdefault(best, {})[name] = value
    rows_of = sorted(gained)
    records = {
        name: pa.array([gained[row].get(name, values[row]) for row in rows_of], pa.large_string())
        for name, values in columns.items()
    }
    return np.array(rows_of, dtype=np.int64), pa.table(records)


def unique_records(frame: pd.DataFrame, members: dict[int, list[int]]) -> pd.DataFrame:
    """One row a work, in the order of its survivor: the survivor's fields, each empty one filled from the next record.

    `members` are the works of two or more records (see `works`); all other records are works of their own. Adds
    `members` (record ids, survivor first), `sources` (databases, in the order of the table) and `identifiers` (every
    identifier of every record, as `name:value`).
    """
    gone = {row for best, rows in members.items() for row in rows if row != best}
    kept = [row for row in range(len(frame)) if row not in gone]
    members = {row: members.get(row, [row]) for row in kept}
    unique = frame.iloc[kept].copy().reset_index(drop=True)
    columns = {name: frame[name].tolist() for name in frame.columns}
    for name in frame.columns:
        if name in OWN:
            continue
        values = columns[name]
        cells = unique[name].tolist()
        for at, best in enumerate(kept):
            rows = members[best]
            if len(rows) > 1:
                cells[at] = _merged(name, [values[row] for row in rows])
        unique[name] = cells
    unique["members"] = [join_list([columns["record_id"][row] for row in members[best]]) for best in kept]
    unique["sources"] = [_sources(columns["database"], members[best]) for best in kept]
    unique["identifiers"] = [_identifiers(columns, members[best]) for best in kept]
    return unique


def _merged(name: str, values: list[str]) -> str:
    if name in LISTS:
        return join_list([item for value in values for item in split_list(value)])
    if name == "note":
        return join_list(values)
    if name == "abstract" and values[0] and len(max(values, key=len)) > 2 * len(values[0]):
        # The survivor's abstract was cut off.
        return max(values, key=len)
    return next((value for value in values if value), "")


def _sources(databases: Sequence[str], rows: list[int]) -> str:
    return join_list([databases[row] for row in sorted(rows)])


def _identifiers(columns: dict[str, list[str]], rows: list[int]) -> str:
    return join_list(
        [
            f"{name}:{value}"
            for name in IDENTIFIERS
            if name in columns
            for row in rows
            for value in split_list(columns[name][row])
        ]
    )
