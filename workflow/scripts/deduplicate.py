"""Step: records that are the same work become one, each merge with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
from prismake.common.arrow import whole
from prismake.common.cluster_map import ClusterMap
from prismake.common.errors import Issue, counted
from prismake.common.matching import COLUMNS as IDENTIFYING
from prismake.common.processors import processors
from prismake.common.progress import stretch
from prismake.common.records import each_record, read_record_batches, read_record_table
from prismake.common.results.records import CLUSTERS, COMPARED, LINKS, MERGES, TO_REVIEW
from prismake.common.steps import warn
from prismake.dedup import decisions as decided
from prismake.dedup.features import COLUMNS, Integers, text_table
from prismake.dedup.matching import Library, Matching, make_works, match
from prismake.dedup.record_ids import check_ids, id_rank
from prismake.dedup.shards import fetch_records, running_numbers
from prismake.dedup.store import Stored, other_records, read_compared, source_of
from prismake.dedup.tables import PLACES, cluster_tables, link_rows, merge_tables, review_rows
from prismake.dedup.unique import write_unique
from prismake.dedup.vetoes import ALL_BUT_DOI

# Shares of the step's time.
MATCHED, JOINED = 0.8, 0.4


@dataclass(frozen=True)
class Shards:
    """Where the review is deduplicated in shards: the features of all records, and the pairs that were compared."""

    features: list[Path]
    compared: list[Path]


def deduplicate(
    *,
    records: Path,
    decisions: Path | Sequence[Path] = (),
    shards: Shards = Shards([], []),
    clusters: Path,
    unique: Path,
    merges: Path,
    to_review: Path,
    links: Path,
    digests: Mapping[Path, str] | None = None,
    workers: int | None = None,
) -> None:
    """Groups the records of a review into works and writes the tables that say how.

    `records` is the table of all records, `decisions` the table of a person's decisions, if there is one. Writes
    `clusters` (every record once, with its work), `unique` (one row per work, its best fields), `merges` (why) and
    `to_review` (pairs for a person, at most a hundredth of the records or 20)
    and `links` (preprints and their articles). The result is the same for any number of `workers` (None: one per
    processor of the job) and of `shards`. Raises BuildStop if records share an id or a decision cannot be followed.
    """
    if shards.features and source_of([*shards.features, *shards.compared]) != (digests or {}).get(records, ""):
        raise other_records(shards.features[0].parent)
    ids = whole(Stored(shards.features).ids if shards.features else read_record_table(records, ["record_id"])[0])
    rank = id_rank(ids)
    check_ids(ids, rank, records)
    known = _decisions(decisions, records, ids)
    # How much of the step it is to find the works; the rest is to write them.
    matched = JOINED if shards.features else MATCHED
    with stretch(0, matched):
        if shards.features:
            matching = _join(records, shards, rank, known, workers or processors())
        else:
            table = read_record_table(records, COLUMNS)
            matching = match(text_table(table), decisions=known, workers=workers or processors())
            del table
    MERGES.write_tables(merges, merge_tables(matching, ids, rank))
    fetch = partial(fetch_records, records, columns=("record_id", *dict.fromkeys((*COMPARED, "journal"))), running=())
    TO_REVIEW.write(to_review, review_rows(matching, fetch))
    LINKS.write(links, link_rows(matching, fetch))
    described = read_record_batches(records, ("record_id", *PLACES))
    CLUSTERS.write_tables(clusters, cluster_tables(described, ids, matching.survivor))
    with stretch(matched, 1):
        write_unique(records, unique, matching.members)
    _report(matching, merges, to_review)


def _join(records: Path, shards: Shards, rank: Integers, known: decided.Decisions, workers: int) -> Matching:
    """The works from what the shards have compared."""
    stored, running = Stored(shards.features), running_numbers(records)
    fetch = partial(fetch_records, records, columns=COLUMNS, running=running)
    library = Library(stored, stored.contents(), rank, fetch)
    return make_works(library, read_compared(shards.compared), known, running, workers)


def _decisions(decisions: Path | Sequence[Path], records: Path, ids: pa.Array) -> decided.Decisions:
    for table in [decisions] if isinstance(decisions, Path) else decisions:
        return decided.read_decisions(table, ClusterMap(ids, ids), partial(each_record, records, IDENTIFYING))
    return decided.NO_DECISIONS


def _report(matching: Matching, merges: Path, to_review: Path) -> None:
    """Warns of merges, columns and doubts that a person should know of."""
    wrong = matching.merges.by_rule(ALL_BUT_DOI)
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


if "snakemake" in globals():
    from prismake.common.steps import run

    run(deduplicate, globals()["snakemake"])
