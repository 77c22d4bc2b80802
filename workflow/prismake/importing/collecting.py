"""Joins what the exports of all searches came to: their records' ids, their rows of the tables, their hits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from prismake.common.errors import Issue, counted
from prismake.importing.cells import texts
from prismake.importing.export import ExportReport, Search
from prismake.importing.record_ids import Repeats

_REPEAT = re.compile(r"~\d+$")
Row = dict[str, Any]


def renumbered(tables: Iterable[pa.Table], ids: Iterable[pa.Array]) -> Iterator[pa.Table]:
    """The tables of all exports in order, the repeats of an id numbered through the whole search.

    Each export has numbered its own repeats alone; an id begins with its search's. `ids` are the ids of all records:
    only those that occur more than once are kept in memory.
    """
    several = _repeated(ids)
    repeats, known = Repeats(), set(several.tolist())
    for table in tables:
        names = [_without_number(name) for name in table.column("record_id").to_pylist()]
        if not known or not np.isin(_hashes(names), several).any():
            yield table
            continue
        numbered = [repeats.numbered(name) if hash(name) in known else name for name in names]
        yield table.set_column(0, "record_id", texts(numbered))


def _without_number(name: str) -> str:
    return _REPEAT.sub("", name) if "~" in name else name


def _hashes(names: Sequence[str]) -> npt.NDArray[np.int64]:
    """Hashes of this process: two ids with one hash may differ, so they only show where to look."""
    return np.fromiter(map(hash, names), np.int64, len(names))


def _repeated(ids: Iterable[pa.Array]) -> npt.NDArray[np.int64]:
    """The hashes of the ids that occur more than once, ascending."""
    parts = [_hashes([_without_number(name) for name in part.to_pylist()]) for part in ids]
    ordered = np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int64)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def import_rows(searches: Sequence[Search], reports: Sequence[ExportReport]) -> list[Row]:
    """The rows of the table of imports, one per export: what its report says, with the search that it belongs to."""
    return [
        {
            "export": search.export,
            "search": search.id,
            "database": search.database,
            "kind": search.kind,
            "file": report.path,
            "format": report.format,
            "encoding": report.encoding,
            "counted": report.counted,
            "parsed": report.parsed,
            "rejected": len(report.rejected),
            "without_title": report.without_title,
            "without_year": report.without_year,
            "without_identifier": report.without_identifier,
            "warnings": "; ".join(report.warnings),
        }
        for search, report in zip(searches, reports, strict=True)
    ]


def rejected_rows(searches: Sequence[Search], reports: Sequence[ExportReport]) -> list[Row]:
    """The rows of the table of rejected records, in the order of the exports and of the records in them."""
    return [
        {"export": search.export, "file": report.path, "position": row.position, "line": row.line, "reason": row.reason}
        for search, report in zip(searches, reports, strict=True)
        for row in report.rejected
    ]


def counted_records(searches: Sequence[Search], reports: Sequence[ExportReport]) -> Counter[str]:
    """Search id -> records counted in all its exports, also those that were rejected."""
    counted: Counter[str] = Counter()
    for search, report in zip(searches, reports, strict=True):
        counted[search.id] += report.counted
    return counted


def check_hits(searches: Sequence[Mapping[str, Any]], counts: Mapping[str, int]) -> list[Issue]:
    """An issue for each search whose exports contain another number of records than its `hits`, unexplained."""
    issues = []
    for number, search in enumerate(searches, 1):
        hits, records = search.get("hits"), counts[search["id"]]
        if hits is not None and hits != records and not search.get("hits_explained"):
            exported = f"its exports contain {counted(records, 'record')}"
            message = f"{search['database']} reported {counted(hits, 'hit')}, but {exported}"
            where = f"config.yaml, searches[{number}] ('{search['id']}')"
            fix = "export the rest, correct 'hits', or explain the difference in 'hits_explained'"
            issues.append(Issue("hits", message, where, fix))
    return issues
