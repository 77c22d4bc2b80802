"""The tables that deduplication writes: every record with its work, every merge with its reason, pairs to review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prismake.common.arrow import flags, places, text, texts
from prismake.common.results.records import COMPARED, TO_REVIEW
from prismake.dedup.features import Integers
from prismake.dedup.matching import Matching
from prismake.dedup.merging import Fetch

# Where a record stands.
PLACES = ("database", "file", "position")


def cluster_tables(records: Iterable[pa.Table], ids: pa.Array, survivor: Integers) -> Iterator[pa.Table]:
    """One row per record: its work, whether it is the survivor, where it came from; of `records`, table by table."""
    start = 0
    for table in records:
        rows = np.arange(start, start + len(table))
        best = survivor[rows]
        start += len(table)
        yield pa.table(
            {
                "record_id": table["record_id"],
                "cluster": ids.take(places(best)),
                "survivor": pc.if_else(flags(best == rows), text("yes"), text("no")),
                **{name: table[name] for name in PLACES},
            }
        )


# Merges that are written together.
TOGETHER = 100_000


def merge_tables(matching: Matching, ids: pa.Array, rank: Integers) -> Iterator[pa.Table]:
    """One row per merge, in the order of the works and then of the records; `rank` is the order of the ids."""
    merges, survivor = matching.merges, matching.survivor
    swapped = rank[merges.record_a] > rank[merges.record_b]
    first = np.where(swapped, merges.record_b, merges.record_a)
    second = np.where(swapped, merges.record_a, merges.record_b)
    work = survivor[merges.record_a]
    kind, known = merges.kinds()
    words = {
        "rule": texts([merge.rule for merge in known]),
        "evidence": texts([merge.evidence for merge in known]),
        "score": texts([str(merge.score) for merge in known]),
    }
    order = np.lexsort((rank[second], rank[first], rank[work]))
    for start in range(0, len(order), TOGETHER):
        rows = order[start : start + TOGETHER]
        yield pa.table(
            {
                **{
                    name: ids.take(places(column[rows]))
                    for name, column in (("cluster", work), ("record_a", first), ("record_b", second))
                },
                **{name: column.take(places(kind[rows])) for name, column in words.items()},
            }
        )


def _shown(fetch: Fetch, chosen: Iterable[int], columns: Sequence[str]) -> dict[int, dict[str, str]]:
    """The columns of some records, by their rows; one that the table lacks is empty."""
    rows = sorted(set(chosen))
    table = fetch(np.array(rows, np.int64))
    known = [name for name in columns if name in table.column_names]
    return {
        row: dict.fromkeys(columns, "") | {name: str(cell) for name, cell in record.items()}
        for row, record in zip(rows, table.select(known).to_pylist(), strict=True)
    }


def link_rows(matching: Matching, fetch: Fetch) -> list[dict[str, object]]:
    """One row per preprint and its article, by the records that survive for them."""
    names = ("record_id", "title", "doi", "journal")
    versions = matching.versions
    shown = _shown(fetch, (row for version in versions for row in (version.preprint, version.article)), names)
    rows: list[dict[str, object]] = [
        {
            "preprint": shown[version.preprint]["record_id"],
            "article": shown[version.article]["record_id"],
            "evidence": version.evidence,
            **{f"{name}_preprint": shown[version.preprint][name] for name in names[1:]},
            **{f"{name}_article": shown[version.article][name] for name in names[1:]},
        }
        for version in versions
    ]
    return sorted(rows, key=lambda row: (str(row["preprint"]), str(row["article"])))


def _compared(table: pa.Table) -> list[str]:
    """The columns of a table that a person compares."""
    return [name for name in COMPARED if name in table.column_names]


def review_columns(table: pa.Table) -> list[str]:
    """The columns of the pairs to review, where the records have only some of those that a person compares."""
    further = {f"{name}_{side}" for name in COMPARED if name not in table.column_names for side in "ab"}
    return [name for name in TO_REVIEW.columns if name not in further]


def review_rows(matching: Matching, fetch: Fetch) -> list[dict[str, object]]:
    """The pairs to review: both records side by side, why the pair is there, what agrees."""
    chosen = sorted({row for question in matching.questions for row in (question.record_a, question.record_b)})
    table = fetch(np.array(chosen, np.int64))
    names = _compared(table)
    shown = dict(zip(chosen, table.select(["record_id", *names]).to_pylist(), strict=True))
    rows = []
    for question in matching.questions:
        a, b = sorted((shown[question.record_a], shown[question.record_b]), key=itemgetter("record_id"))
        row: dict[str, object] = {
            "record_a": a["record_id"],
            "record_b": b["record_id"],
            "why": question.why,
            "evidence": question.evidence,
            "score": question.score,
        }
        for name in names:
            row |= {f"{name}_a": a[name], f"{name}_b": b[name]}
        rows.append(row)
    return rows
