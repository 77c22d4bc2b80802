"""Step: records that are the same work become one, each merge with its reason."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from operator import itemgetter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from prismake.common.errors import Issue, stop
from prismake.common.steps import warn
from prismake.common.writing import whole_file, write_rows
from prismake.dedup import decisions as decided
from prismake.dedup.features import COLUMNS, Integers
from prismake.dedup.matching import Matching, match
from prismake.dedup.merging import merged_values, unique_records
from prismake.dedup.vetoes import ALL_BUT_DOI

SIDE_BY_SIDE = ("title", "author", "year", "journal", "volume", "pages", "doi", "pmid", "database")


# What else than `COLUMNS` is written of every record.
PLACES = ("database", "file", "position")
# Records of `unique` that are written together.
BATCH = 5000


def text_table(table: pa.Table) -> pa.Table:
    """What the matcher reads of a table of records."""
    names = [name for name in COLUMNS if name in table.column_names]
    return pa.table({name: table[name].cast(pa.large_string()).combine_chunks() for name in names})


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


MERGE_COLUMNS = ("cluster", "record_a", "record_b", "rule", "evidence", "score")


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


def deduplicate(
    *,
    records: Path,
    decisions: Path | Sequence[Path] = (),
    schema: Path = decided.SCHEMA,
    clusters: Path,
    unique: Path,
    merges: Path,
    to_review: Path,
    workers: int | None = None,
) -> None:
    """Groups the records of a review into works and writes what was found.

    `records` is the table of all records; `decisions` the table of a person's decisions, if there is one, with its
    `schema`. Writes `clusters` (every record once, with its work), `unique` (one row a work, best fields), `merges`
    (why) and `to_review` (pairs for a person, at most a hundredth of the records). The result is the same for any
    number of `workers` (None: one a core). Raises BuildStop for records that share an id and for decisions that cannot
    be followed.
    """
    table = pq.read_table(records, columns=list(dict.fromkeys((*COLUMNS, *SIDE_BY_SIDE, *PLACES))))
    ids = table["record_id"].to_pylist()
    if len(set(ids)) != len(ids):
        twice = next(record_id for record_id, count in Counter(ids).items() if count > 1)
        raise stop("record-twice", f"two records have the id '{twice}'", where=str(records))
    table_of_decisions = decisions if isinstance(decisions, Path) else next(iter(decisions), None)
    known = decided.read_decisions(table_of_decisions, ids, schema) if table_of_decisions else decided.NO_DECISIONS
    matching = match(text_table(table), decisions=known, workers=workers or os.cpu_count() or 1)
    survivor, members = matching.survivor, matching.members
    write_rows(clusters, ("record_id", "cluster", "survivor", *PLACES), cluster_rows(table, survivor))
    write_rows(merges, MERGE_COLUMNS, merge_rows(matching, ids, survivor))
    write_rows(to_review, *review_rows(matching, table))
    del table
    _write_unique(records, unique, members)
    wrong = sum(merge.rule == ALL_BUT_DOI for merge in matching.merges)
    if wrong:
        warn(
            Issue(
                "other-doi",
                f"records merged although their DOIs differ, as all else is the same: {wrong}",
                str(merges),
                f"look at the rule '{ALL_BUT_DOI}'; write 'different' into the decisions where that is wrong",
                "warning",
            )
        )


def _write_unique(records: Path, unique: Path, members: dict[int, list[int]]) -> None:
    """Writes one row a work, some thousand records at a time: the fields as exported are the most of a record."""

    def column(name: str) -> pa.ChunkedArray:
        return pq.read_table(records, columns=[name])[name]

    merged = merged_values(column, members)
    with whole_file(unique) as part, pq.ParquetFile(records) as file:
        batches = (pa.Table.from_batches([batch]) for batch in file.iter_batches(batch_size=BATCH))
        tables = unique_records(chain(batches, [file.schema_arrow.empty_table()]), members, merged)
        first = next(tables)
        with pq.ParquetWriter(part, first.schema, compression="zstd") as writer:
            for table in chain([first], tables):
                writer.write_table(table)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(deduplicate, globals()["snakemake"])
