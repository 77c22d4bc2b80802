"""Step: records that are the same work become one, each merge with its reason."""

import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
from prismake.common.errors import Issue, stop
from prismake.common.records import read_records
from prismake.common.steps import warn
from prismake.common.writing import write_parquet, write_rows
from prismake.dedup import decisions as decided
from prismake.dedup import merging
from prismake.dedup.features import COLUMNS, Integers
from prismake.dedup.matching import Matching, match
from prismake.dedup.vetoes import ALL_BUT_DOI

SIDE_BY_SIDE = ("title", "author", "year", "journal", "volume", "pages", "doi", "pmid", "database")


def text_table(frame: pd.DataFrame) -> pa.Table:
    """What the matcher reads of a table of records."""
    names = [name for name in COLUMNS if name in frame.columns]
    return pa.table({name: pa.array(frame[name].tolist(), pa.large_string()) for name in names})


def cluster_rows(frame: pd.DataFrame, survivor: Integers) -> list[dict[str, object]]:
    """One row a record: its work, whether it is the survivor, where it came from."""
    ids = frame["record_id"].tolist()
    return [
        {
            "record_id": ids[row],
            "cluster": ids[best],
            "survivor": "yes" if row == best else "no",
            "database": database,
            "file": file,
            "position": position,
        }
        for row, (best, database, file, position) in enumerate(
            zip(survivor.tolist(), frame["database"], frame["file"], frame["position"], strict=True)
        )
    ]


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


def review_rows(matching: Matching, frame: pd.DataFrame) -> tuple[list[str], list[dict[str, object]]]:
    """The queue for a person: both records side by side, why the pair is there, what agrees."""
    names = [name for name in SIDE_BY_SIDE if name in frame.columns]
    shown = {name: frame[name].tolist() for name in ("record_id", *names)}
    rows = []
    for question in matching.questions:
        a, b = sorted((question.record_a, question.record_b), key=lambda row: shown["record_id"][row])
        row: dict[str, object] = {
            "record_a": shown["record_id"][a],
            "record_b": shown["record_id"][b],
            "why": question.why,
            "evidence": question.evidence,
            "score": question.score,
        }
        for name in names:
            row |= {f"{name}_a": shown[name][a], f"{name}_b": shown[name][b]}
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
    frame = read_records(records)
    ids = frame["record_id"].tolist()
    if len(set(ids)) != len(ids):
        twice = next(iter(frame["record_id"][frame["record_id"].duplicated()]))
        raise stop("record-twice", f"two records have the id '{twice}'", where=str(records))
    table_of_decisions = decisions if isinstance(decisions, Path) else next(iter(decisions), None)
    known = decided.read_decisions(table_of_decisions, ids, schema) if table_of_decisions else decided.NO_DECISIONS
    table = text_table(frame)
    matching = match(table, decisions=known, workers=workers or os.cpu_count() or 1)
    survivor, members = matching.survivor, matching.members
    write_rows(
        clusters,
        ("record_id", "cluster", "survivor", "database", "file", "position"),
        cluster_rows(frame, survivor),
    )
    write_parquet(unique, merging.unique_records(frame, members))
    write_rows(merges, MERGE_COLUMNS, merge_rows(matching, ids, survivor))
    write_rows(to_review, *review_rows(matching, frame))
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


if "snakemake" in globals():
    from prismake.common.steps import run

    run(deduplicate, globals()["snakemake"])
