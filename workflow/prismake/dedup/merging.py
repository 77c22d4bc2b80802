"""What is kept of a work's records: the survivor, the best value of each field, every identifier and source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prismake.common.records import COLUMNS, agreed_value, join_list, split_list
from prismake.dedup.features import Integers

# The survivor is the record that fills most of these.
COUNTED = (
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
# Columns to which the other records may add something, also where the survivor fills them.
COMPARED = (*LISTS, "note", "abstract", "year")
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
    """How many of `COUNTED` each record fills."""
    filled = np.zeros(len(table), dtype=np.int64)
    for name in COUNTED:
        if name in table.column_names:
            filled += np.asarray(pc.not_equal(table[name], "")).astype(np.int64)
    return filled


def works(table: pa.Table, roots: Integers) -> dict[int, list[int]]:
    """The works of two or more records: survivor -> its rows, the survivor first, then those with more fields filled.

    The survivor is the record with the most of `COUNTED` filled, of equals the one with the longer abstract, of equals
    the one with the smallest id: a stated rule that looks at nothing but the records of the work.
    """
    ids, filled = table["record_id"].to_pylist(), _filled(table)
    length = np.zeros(len(table), dtype=np.int64)
    if "abstract" in table.column_names:
        length = np.asarray(pc.utf8_length(table["abstract"])).astype(np.int64)
    counts = np.bincount(roots, minlength=len(table))
    members: dict[int, list[int]] = defaultdict(list)
    for row in np.flatnonzero(counts[roots] > 1).tolist():
        members[int(roots[row])].append(row)
    ranked = (sorted(rows, key=lambda row: (-filled[row], -length[row], ids[row])) for rows in members.values())
    return {rows[0]: rows for rows in ranked}


def completed(table: pa.Table, members: dict[int, list[int]]) -> tuple[Integers, pa.Table]:
    """(rows, records): the survivors that gain a value from the other records of their work, with the values gained."""
    columns = {name: table[name].to_pylist() for name in table.column_names}
    gained: dict[int, dict[str, str]] = {}
    for best, rows in members.items():
        for name, values in columns.items():
            if not values[best] and (known := [values[row] for row in rows if values[row]]):
                gained.setdefault(best, {})[name] = known[0]
    rows_of = sorted(gained)
    records = {
        name: pa.array([gained[row].get(name, values[row]) for row in rows_of], pa.large_string())
        for name, values in columns.items()
    }
    return np.array(rows_of, dtype=np.int64), pa.table(records)


def merged_values(column: Callable[[str], pa.ChunkedArray], members: dict[int, list[int]]) -> dict[str, dict[int, str]]:
    """For each column the values that survivors of works of several records get: column -> survivor's row -> value.

    `column` gives a column of all records by its name. Each is fetched once and let go, so that memory holds one
    column of the records that are in such works. The columns are those of the record model but for `OWN`, which stay
    the survivor's, and the three that `unique_records` adds.
    """
    rows = sorted(row for work in members.values() for row in work)
    place = {row: at for at, row in enumerate(rows)}
    works_ = {best: [place[row] for row in work] for best, work in members.items()}

    def cells(name: str) -> list[str]:
        values: list[str] = column(name).take(pa.array(rows, pa.int64())).to_pylist()
        return values

    gains: dict[str, dict[int, str]] = {}
    for name in COLUMNS:
        if name in OWN:
            continue
        values, gained = cells(name), gains.setdefault(name, {})
        for best, work in works_.items() if any(values) else ():
            own = values[work[0]]
            # Most fields that the survivor fills stay as they are.
            if not own or name in COMPARED:
                cell = _merged(name, [values[at] for at in work])
                if cell != own:
                    gained[best] = cell
    ids, databases = cells("record_id"), cells("database")
    gains["members"] = {best: join_list([ids[at] for at in work]) for best, work in works_.items()}
    # Sources stand in the order of the table.
    gains["sources"] = {best: join_list([databases[at] for at in sorted(work)]) for best, work in works_.items()}
    numbers = {name: cells(name) for name in IDENTIFIERS}
    gains["identifiers"] = {best: _identifiers(numbers, work) for best, work in works_.items()}
    return gains


def unique_records(
    batches: Iterable[pa.Table], members: dict[int, list[int]], merged: dict[str, dict[int, str]]
) -> Iterator[pa.Table]:
    """One row per work, in the order of its survivor: its fields, each empty one filled from the next record.

    `batches` are all records in their order; `members` are the works of two or more of them (see `works`), all others
    are works of their own; `merged` is what `merged_values` gives. Adds `members` (record ids, survivor first),
    `sources` (databases, in the order of the table) and `identifiers` (every identifier of every record, as
    `name:value`).
    """
    gone = {row for best, rows in members.items() for row in rows if row != best}
    start = 0
    for batch in batches:
        rows = [row for row in range(start, start + len(batch)) if row not in gone]
        kept = batch.take(pa.array([row - start for row in rows], pa.int64()))
        start += len(batch)
        columns = {name: kept[name] for name in kept.column_names}
        own = {name: columns[name].to_pylist() for name in ("record_id", "database", *IDENTIFIERS)}
        alone = {
            "members": own["record_id"],
            "sources": own["database"],
            "identifiers": [_identifiers(own, [at]) for at in range(len(rows))],
        }
        for name, values in merged.items():
            if name in alone:
                cells = [values.get(row, cell) for row, cell in zip(rows, alone[name], strict=True)]
            elif any(row in values for row in rows):
                cells = [values.get(row, cell) for row, cell in zip(rows, columns[name].to_pylist(), strict=True)]
            else:
                continue
            columns[name] = pa.chunked_array([pa.array(cells, pa.string())])
        yield pa.table(columns)


def _merged(name: str, values: list[str]) -> str:
    if name in LISTS:
        return join_list([item for value in values for item in split_list(value)])
    if name == "note":
        return join_list(values)
    if name == "abstract" and values[0] and len(max(values, key=len)) > 2 * len(values[0]):
        # The survivor's abstract was cut off.
        return max(values, key=len)
    if name == "year" and (agreed := agreed_value(values)):
        return agreed
    return next((value for value in values if value), "")


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
