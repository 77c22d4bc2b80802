"""Step: every unique record goes through the stages and ends with one stage, one decision and one reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue
from prismake.common.limits import uncollected
from prismake.common.matching import COLUMNS, Matcher
from prismake.common.records import read_clusters, read_records
from prismake.common.results import screening as results
from prismake.common.results.records import DESCRIBED
from prismake.common.steps import report_issues, warn
from prismake.screening.files import read_decisions
from prismake.screening.outcome import (
    Searches,
    agreement_rows,
    awaiting,
    conflict_rows,
    reviewer_rows,
    screen_records,
    screening_rows,
    trail_rows,
)
from prismake.screening.reviewers import given_twice, reviewer_issues
from prismake.screening.stages import make_stages


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
    outcome = screen_records(
        read_records(unique, [*(column.name for column in DESCRIBED), "publication_types"]),
        stages,
        decisions,
        Matcher(read_clusters(clusters), partial(read_records, records, COLUMNS)),
        Searches(
            [search["date"] for search in searches],
            [search["id"] for search in searches if search["kind"] == "other"],
        ),
        settings.get("last_day", ""),
    )
    people = settings.get("to_screen", {}).get("reviewers", [])
    issues = [*outcome.issues, *reviewer_issues(outcome.votes, people, settings.get("reviewers", {}))]
    report_issues([*issues, *given_twice(outcome.votes), *([] if draft else outcome.unfinished())])
    if outcome.pending:
        message = f"draft: {awaiting(outcome.pending, len(outcome.records))}"
        warn(Issue("pending", message, str(decisions.files[0].file) if decisions.files else "", severity="warning"))
    results.SCREENING.write(written.screening, screening_rows(outcome))
    results.TRAIL.write(written.trail, trail_rows(outcome))
    results.REVIEWERS.write(written.reviewers, reviewer_rows(outcome))
    results.CONFLICTS.write(written.conflicts, conflict_rows(outcome))
    results.AGREEMENT.write(written.agreement, {"stages": outcome.agreement})
    results.AGREEMENT_TABLE.write(written.agreement_table, agreement_rows(outcome))
    results.DECISION_FILES.write(written.read, decisions.rows(outcome.others))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(screen, globals()["snakemake"])
