"""The tables that deduplication writes: every record with its work, every merge with its reason, pairs to review."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

import pyarrow as pa

from prismake.dedup.features import Integers
from prismake.dedup.matching import Matching

# Where a record stands, in the table of clusters.
PLACES = ("database", "file", "position")
CLUSTER_COLUMNS = ("record_id", "cluster", "survivor", *PLACES)
MERGE_COLUMNS = ("cluster", "record_a", "record_b", "rule", "evidence", "score")
# What a person sees of both records of a pair.
SIDE_BY_SIDE = ("title", "author", "year", "journal", "volume", "pages", "doi", "pmid", "database")


def cluster_rows(table: pa.Table, survivor: Integers) -> Iterator[dict[str, object]]:
    """One row a record: its work, whether it is the survivor, where it came from."""
    ids = table["record_id"].to_pylist()
    places = zip(survivor.tolist(), *(table[name].to_pylist() for name in PLACES), strict=True)
    for row, (best, *values) in enumerate(places):
        yield {
            "record_id": ids[row],
            "cluster": ids[best],
            "survivor": "yes" if row == best else "no",
            **dict(zip(PLACES, values, strict=True)),
        }


def merge_rows(matching: Matching, ids: list[str], survivor: Integers) -> list[dict[str, object]]:
    """One row a merge, in the order of the works and then of the records."""
    rows = [
        {
            "cluster": ids[survivor[merge.record_a]],
            "record_a": min(ids[merge.record_a], ids[merge.record_b]),
            "record_b": max(ids[merge.record_a], ids[merge.record_b]),
            "rule": merge.rule,
            "evidence": merge.evidence,
            "score": merge.score,
        }
        for merge in matching.merges
    ]
    return sorted(rows, key=lambda row: (str(row["cluster"]), str(row["record_a"]), str(row["record_b"])))


def review_rows(matching: Matching, table: pa.Table) -> tuple[list[str], list[dict[str, object]]]:
    """The queue for a person: both records side by side, why the pair is there, what agrees."""
    names = [name for name in SIDE_BY_SIDE if name in table.column_names]
    places = sorted({row for question in matching.questions for row in (question.record_a, question.record_b)})
    shown_of = table.select(["record_id", *names]).take(pa.array(places, pa.int64())).to_pylist()
    shown = dict(zip(places, shown_of, strict=True))
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
    columns = ["record_a", "record_b", "why", "evidence", "score"]
    return [*columns, *(f"{name}_{side}" for name in names for side in "ab")], rows
