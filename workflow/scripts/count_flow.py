"""Step: counts the flow. Every box is written as the list of its records, and the sums must close."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from prismake.common.arrow import coded
from prismake.common.errors import Issue
from prismake.common.matching import COLUMNS, Matcher
from prismake.common.progress import followed, stretch
from prismake.common.records import each_record, read_clusters, read_record_batches
from prismake.common.results import flow as results
from prismake.common.results.flow import INCLUDES
from prismake.common.results.screening import EXCLUDED_BY_APPRAISAL, SCREENING, TRAIL
from prismake.common.steps import report_issues, warn
from prismake.flow.boxes import Outcomes, make_boxes, make_labels
from prismake.flow.clusters import Clusters, make_clusters
from prismake.flow.conservation import check_flow
from prismake.flow.count import (
    REPORTS_FIX,
    added_boxes,
    as_document,
    marked_as_draft,
    read_studies,
    shown_boxes,
    write_study_lists,
)
from prismake.flow.lists import IMPORTED, SCREENED, write_lists
from prismake.flow.previous import Previous, check_no_report_twice, empty_previous, read_previous
from prismake.flow.prisma2020 import rows_of

# How much of the step is done when all boxes are counted, and when the lists of records as imported are written.
COUNTED, BY_IMPORT = 0.3, 0.65
# What the boxes are filled from, beside the ids.
OF_SOURCES = ("search", "kind")
OF_OUTCOME = ("stage", "decision", "reason")


@dataclass(frozen=True)
class Screened:
    """What the stages before the flow made: all records, their works, each record's outcome and trail."""

    records: Path
    clusters: Path
    screening: Path
    trail: Path


@dataclass(frozen=True)
class People:
    """Tables that people write, where the review has them: reports of studies, previous studies, added boxes."""

    reports: list[Path]
    previous: list[Path]
    added: list[Path]


@dataclass(frozen=True)
class Written:
    """The flow (JSON), the folder of the boxes' lists, and the CSV of the R package PRISMA2020."""

    flow: Path
    lists: Path
    prisma2020: Path


def count(
    *,
    screened: Screened,
    people: People,
    written: Written,
    stages: list[dict[str, Any]],
    searches: list[dict[str, Any]],
    settings: dict[str, Any],
    draft: bool = False,
) -> None:
    """Counts the flow and checks that nothing is lost.

    `stages`, `searches` and `settings` are the blocks `screening.stages`, `searches` and `flow` of config.yaml. The
    settings' `includes` is (singular, plural) of what the review includes.
    Raises BuildStop if the tables disagree or a report lacks its study.
    """
    rows = coded(read_record_batches(screened.records, ("record_id", *OF_SOURCES)), OF_SOURCES)
    clusters = make_clusters(rows, read_clusters(screened.clusters), searches)
    outcomes, appraised_out = _outcomes(screened.screening, clusters)
    includes = settings.get("includes") or INCLUDES
    labels, updated = settings.get("labels") or {}, bool(people.previous)
    texts = make_labels(labels, stages, searches, updated=updated, includes=includes[1])
    boxes = make_boxes(rows, outcomes, stages, searches, texts, kinds=settings.get("kinds", "search"))
    trail = coded(TRAIL.read_tables(screened.trail, ("record_id", *OF_OUTCOME)), OF_OUTCOME)
    check_flow(boxes, clusters, trail, stages, [search["id"] for search in searches])
    del trail
    included = boxes[-1].records
    matcher = Matcher(clusters, partial(each_record, screened.records, COLUMNS))
    boxes += added_boxes(settings.get("added", []), people.added, boxes, matcher)

    study_of = read_studies(included, people.reports, matcher, draft, appraised_out)
    previous = None
    if people.previous:
        previous = _previous(people.previous[0], included, matcher, draft=draft)
        study_of = study_of if study_of is not None else _a_study_each(included)

    shown = shown_boxes(boxes, settings.get("hide", []), settings.get("show", []))
    document = as_document(boxes, texts, study_of, written.lists, shown=shown, previous=previous)
    if tuple(includes) != INCLUDES:
        document["includes"] = list(includes)
    with stretch(COUNTED, BY_IMPORT):
        records = followed(read_record_batches(screened.records, IMPORTED), "listed", len(rows), "records")
    with stretch(BY_IMPORT, 1):
        screening = followed(
            SCREENING.read_tables(screened.screening, SCREENED), "listed", len(outcomes.ids), "outcomes"
        )
    write_lists(boxes, outcomes, records, screening, written.lists)
    if previous and study_of is not None:
        write_study_lists(previous, study_of, written.lists)
    results.FLOW.write(written.flow, marked_as_draft(document) if draft else document)
    results.PRISMA2020.write(written.prisma2020, rows_of(document))


def _outcomes(screening: Path, clusters: Clusters) -> tuple[Outcomes, list[str]]:
    """(the outcome of each unique record, the records that their appraisal excluded)."""
    excluded: list[str] = []

    def tables() -> Iterator[pa.Table]:
        for table in SCREENING.read_tables(screening, ("record_id", *OF_OUTCOME, "decided_by")):
            by_appraisal = pc.starts_with(table["decided_by"], EXCLUDED_BY_APPRAISAL.path)
            excluded.extend(table["record_id"].filter(by_appraisal).to_pylist())
            yield table.drop_columns("decided_by")

    return Outcomes(coded(tables(), OF_OUTCOME), clusters), excluded


def _previous(path: Path, included: Sequence[str], matcher: Matcher, *, draft: bool) -> Previous:
    """The studies of the previous version, none of which may be included again."""
    previous = read_previous(path)
    report_issues(empty_previous(previous, path, draft=draft))
    check_no_report_twice(previous, set(included), matcher)
    return previous


def _a_study_each(included: Sequence[str]) -> dict[str, str]:
    """Each included record as a study of its own, with a warning."""
    if included:
        message = "each included report counts as a study of its own"
        warn(Issue("no-reports", message, "the flow", REPORTS_FIX, "warning"))
    return {name: name for name in included}


if "snakemake" in globals():
    from prismake.common.steps import run

    run(count, globals()["snakemake"])
