"""Step: every unique record goes through the stages and ends with one stage, one decision and one reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from prismake.common.csv_tables import csv_file
from prismake.common.errors import Issue
from prismake.common.limits import uncollected
from prismake.common.matching import COLUMNS, Matcher
from prismake.common.progress import followed
from prismake.common.records import each_record, read_clusters, read_record_batches, record_count
from prismake.common.results import screening as results
from prismake.common.results.records import DESCRIBED
from prismake.common.steps import report_issues, warn
from prismake.screening.files import read_decisions
from prismake.screening.outcome import (
    Searches,
    Unique,
    agreement_rows,
    conflict_rows,
    reviewer_rows,
    screen_records,
    screening_table,
    trail_table,
)
from prismake.screening.reviewers import given_twice, reviewer_issues
from prismake.screening.screen import Verdict, awaiting
from prismake.screening.stages import make_stages

# Records that are screened together.
BATCH = 10_000


@dataclass(frozen=True)
class Written:
    """The outputs of the step, described in docs/results.md."""

    screening: Path
    trail: Path
    reviewers: Path
    conflicts: Path
    agreement: Path
    agreement_table: Path
    read: Path


@uncollected()
def screen(
    *,
    unique: Path,
    clusters: Path,
    records: Path,
    tables: list[Path],
    written: Written,
    settings: dict[str, Any],
    searches: Sequence[dict[str, Any]],
    draft: bool = False,
) -> None:
    """Screens the `unique` records.

    `records` are all records and `clusters` their works; a row may name any of them. `tables` are the tables of
    decisions and consensus that people write. `settings` is the block `screening` of config.yaml, whose `sources`
    describe the exports of screening tools; of `searches` the ids, dates and kinds count. Raises BuildStop with every
    fault of the decisions, every open conflict and undecided record; in a draft the last two end as pending.
    """
    stages = make_stages(settings["stages"])
    decisions = read_decisions(tables, settings.get("sources", []), stages, settings.get("reviewers", {}))
    matcher = Matcher(read_clusters(clusters), partial(each_record, records, COLUMNS))
    searched = Searches(
        [search["date"] for search in searches],
        [search["id"] for search in searches if search["kind"] == "other"],
    )
    columns, count = (*(column.name for column in DESCRIBED), "publication_types"), record_count(unique)

    def read() -> Iterator[pa.Table]:
        return followed(read_record_batches(unique, columns, BATCH), "screened", count, "records")

    with (
        csv_file(written.screening, results.SCREENING.columns) as write_screening,
        csv_file(written.trail, results.TRAIL.columns) as write_trail,
    ):

        def write(table: pa.Table, trails: Mapping[str, Sequence[Verdict]]) -> None:
            write_screening(screening_table(table, trails))
            write_trail(trail_table(trails))

        last_day = settings.get("last_day", "")
        outcome = screen_records(Unique(read, write), stages, decisions, matcher, searched, last_day, draft=draft)
        people = settings.get("to_screen", {}).get("reviewers", [])
        issues = [*outcome.issues, *reviewer_issues(outcome.votes, people, settings.get("reviewers", {}))]
        report_issues([*issues, *given_twice(outcome.votes), *outcome.unfinished()])
    if outcome.pending:
        message = f"draft: {awaiting(outcome.pending, outcome.records)}"
        warn(Issue("pending", message, str(decisions.files[0].file) if decisions.files else "", severity="warning"))
    results.REVIEWERS.write(written.reviewers, reviewer_rows(outcome))
    results.CONFLICTS.write(written.conflicts, conflict_rows(outcome))
    results.AGREEMENT.write(written.agreement, {"stages": outcome.agreement})
    results.AGREEMENT_TABLE.write(written.agreement_table, agreement_rows(outcome))
    results.DECISION_FILES.write(written.read, decisions.rows(outcome.others))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(screen, globals()["snakemake"])
