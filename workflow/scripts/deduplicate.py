"""Step: records that are the same work become one, each merge with its reason."""

from collections.abc import Sequence
from functools import partial
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from prismake.common.errors import Issue, counted
from prismake.common.matching import COLUMNS as IDENTIFYING
from prismake.common.processors import processors
from prismake.common.records import each_record, read_record_table
from prismake.common.results.records import CLUSTERS, COMPARED, LINKS, MERGES, TO_REVIEW
from prismake.common.steps import warn
from prismake.common.writing import whole_file
from prismake.dedup import decisions as decided
from prismake.dedup.features import COLUMNS, check_ids, text_table
from prismake.dedup.matching import Matching, match
from prismake.dedup.merging import merged_values, unique_records
from prismake.dedup.tables import PLACES, cluster_rows, link_rows, merge_rows, review_rows
from prismake.dedup.vetoes import ALL_BUT_DOI

# Unique records that are written together.
BATCH = 5000


def deduplicate(
    *,
    records: Path,
    decisions: Path | Sequence[Path] = (),
    clusters: Path,
    unique: Path,
    merges: Path,
    to_review: Path,
    links: Path,
    workers: int | None = None,
) -> None:
    """Groups the records of a review into works and writes the tables that say how.

    `records` is the table of all records, `decisions` the table of a person's decisions, if there is one. Writes
    `clusters` (every record once, with its work), `unique` (one row per work, its best fields), `merges` (why) and
    `to_review` (pairs for a person, at most a hundredth of the records or 20)
    and `links` (preprints and their articles). The result is the same for any number of `workers` (None: one per
    processor of the job). Raises BuildStop if records share an id or a decision cannot be followed.
    """
    table = read_record_table(records, list(dict.fromkeys((*COLUMNS, *COMPARED, *PLACES))))
    ids = table["record_id"].to_pylist()
    check_ids(ids, records)
    table_of_decisions = decisions if isinstance(decisions, Path) else next(iter(decisions), None)
    load = partial(each_record, records, IDENTIFYING)
    known = decided.read_decisions(table_of_decisions, ids, load) if table_of_decisions else decided.NO_DECISIONS
    matching = match(text_table(table), decisions=known, workers=workers or processors())
    survivor, members = matching.survivor, matching.members
    CLUSTERS.write(clusters, cluster_rows(table, survivor))
    MERGES.write(merges, merge_rows(matching, ids, survivor))
    TO_REVIEW.write(to_review, review_rows(matching, table))
    LINKS.write(links, link_rows(matching, table))
    del table
    _write_unique(records, unique, members)
    _report(matching, merges, to_review)


def _report(matching: Matching, merges: Path, to_review: Path) -> None:
    """Warns of merges, columns and doubts that a person should know of."""
    wrong = sum(merge.rule == ALL_BUT_DOI for merge in matching.merges)
    if wrong:
        warn(
            Issue(
                "other-doi",
                f"{counted(wrong, 'pair was', 'pairs were')} merged despite different DOIs, as all else is the same",
                str(merges),
                f"check the merges by the rule '{ALL_BUT_DOI}'; decide 'different' where one is wrong",
                "warning",
            )
        )
    for file in matching.running:
        message = "the issues are running numbers, as no two records share one; deduplication ignores them"
        warn(Issue("running-issues", message, file, "export the column that holds the journals' issues", "warning"))
    if matching.omitted:
        listed = len(matching.questions)
        message = f"the list shows the {listed} most likely doubtful pairs; {matching.omitted} more are left out"
        warn(Issue("queue-full", message, str(to_review), "decide the listed pairs and build again", "warning"))


def _write_unique(records: Path, unique: Path, members: dict[int, list[int]]) -> None:
    """Writes one row per work, a few thousand records at a time: the fields as exported are most of a record."""

    def column(name: str) -> pa.ChunkedArray:
        return read_record_table(records, [name])[name]

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
