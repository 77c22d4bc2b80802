"""The tables that deduplication writes: every record with its work, every merge with its reason, pairs to review."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

import pyarrow as pa

from prismake.common.results.records import COMPARED, TO_REVIEW
from prismake.dedup.features import Integers
from prismake.dedup.matching import Matching

# Where a record stands.
PLACES = ("database", "file", "position")


def cluster_rows(table: pa.Table, survivor: Integers) -> Iterator[dict[str, object]]:
    """One row per record: its work, whether it is the survivor, where it came from."""
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


def link_rows(matching: Matching, table: pa.Table) -> list[dict[str, object]]:
    """One row per preprint and its article, by the records that survive for them."""
    names = ("record_id", "title", "doi", "journal")
    columns = {name: table[name] if name in table.column_names else None for name in names}

    def cell(name: str, row: int) -> str:
        column = columns[name]
        return str(column[row].as_py()) if column is not None else ""

    rows: list[dict[str, object]] = [
        {
            "preprint": cell("record_id", version.preprint),
            "article": cell("record_id", version.article),
            "evidence": version.evidence,
            **{f"{name}_preprint": cell(name, version.preprint) for name in names[1:]},
            **{f"{name}_article": cell(name, version.article) for name in names[1:]},
        }
        for version in matching.versions
    ]
    return sorted(rows, key=lambda row: (str(row["preprint"]), str(row["article"])))


def _compared(table: pa.Table) -> list[str]:
    """The columns of a table that a person compares."""
    return [name for name in COMPARED if name in table.column_names]


def review_columns(table: pa.Table) -> list[str]:
    """The columns of the pairs to review, where the records have only some of those that a person compares."""
    further = {f"{name}_{side}" for name in COMPARED if name not in table.column_names for side in "ab"}
    return [name for name in TO_REVIEW.columns if name not in further]


def review_rows(matching: Matching, table: pa.Table) -> list[dict[str, object]]:
    """The pairs to review: both records side by side, why the pair is there, what agrees."""
    names = _compared(table)
    places = sorted({row for question in matching.questions for row in (question.record_a, question.record_b)})
    chosen = table.select(["record_id", *names]).take(pa.array(places, pa.int64())).to_pylist()
    shown = dict(zip(places, chosen, strict=True))
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
