"""Step: counts the flow. Every box is written as the list of its records, and the sums must close."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue
from prismake.common.matching import COLUMNS as IDENTIFYING
from prismake.common.matching import Matcher
from prismake.common.records import read_clusters, read_records
from prismake.common.steps import warn
from prismake.common.tables import read_table
from prismake.common.writing import read_rows, write_json, write_rows
from prismake.flow.boxes import make_boxes, make_clusters, make_labels
from prismake.flow.conservation import check_flow
from prismake.flow.count import (
    DRAFT,
    NEEDED,
    REPORTS_FIX,
    added_boxes,
    as_document,
    describe_records,
    shown_boxes,
    studies_of,
    write_lists,
)
from prismake.flow.previous import TOTAL_COLUMNS, Previous, check_no_report_twice, read_previous, total_rows
from prismake.flow.prisma2020 import COLUMNS, rows_of


def _one(path: Path | list[Path] | None) -> Path | None:
    """The path of an input that a review may do without: the rule gives nothing, or a list."""
    return (path[0] if path else None) if isinstance(path, list) else path


def count(
    *,
    records: Path,
    clusters: Path,
    screening: Path,
    trail: Path,
    flow: Path,
    lists: Path,
    prisma2020: Path,
    stages: list[dict[str, Any]],
    searches: list[dict[str, Any]],
    settings: dict[str, Any] | None = None,
    draft: bool = False,
    reports: Path | list[Path] | None = None,
    reports_schema: Path | None = None,
    previous: Path | list[Path] | None = None,
    previous_schema: Path | None = None,
    added: list[Path] | None = None,
    added_schema: Path | None = None,
) -> None:
    """Counts the flow and checks that nothing is lost.

    Reads all `records`, their `clusters`, the outcome of `screening`, each record's `trail` through the stages and,
    where the review has them, `reports` (record_id, study_id), so that studies and reports are told apart, the
    `previous` version's studies and the tables of `added` boxes, each checked by its schema. `stages`, `searches` and
    `settings` are the config blocks `screening.stages`, `searches` and `flow`. Writes `flow` (JSON), a CSV a box into
    the folder `lists`, and `prisma2020`, the flow as the R package PRISMA2020 reads it.
    Raises BuildStop where the tables disagree or a report lacks its study.
    """
    settings = settings or {}
    rows = read_records(records, NEEDED)
    cluster_of = read_clusters(clusters)
    grouped = make_clusters(rows, cluster_of, searches)
    outcome = read_rows(screening)
    old_table, reports_table = _one(previous), _one(reports)
    texts = make_labels(settings.get("labels") or {}, stages, searches, updated=bool(old_table))
    boxes = make_boxes(rows, grouped, outcome, stages, searches, texts, kinds=settings.get("kinds", "search"))
    check_flow(boxes, rows, grouped, read_rows(trail), stages)
    included = boxes[-1].records
    matcher = Matcher(grouped.representative, partial(read_records, records, IDENTIFYING))
    if added and added_schema:
        boxes += added_boxes(settings["added"], added, added_schema, boxes, matcher)

    study_of = None
    if reports_table and reports_schema:
        table = read_table(reports_table, reports_schema)
        study_of = studies_of(included, table, matcher, reports_table, draft)
    before = None
    if old_table and previous_schema:
        before = read_previous(old_table, previous_schema)
        check_no_report_twice(before, set(included), matcher)
        if study_of is None:
            warn(Issue("no-reports", "each included report counts as a study of its own", "the flow", REPORTS_FIX))
            study_of = {name: name for name in included}

    shown = shown_boxes(boxes, settings.get("hide", []), settings.get("show", []))
    document = as_document(boxes, texts, study_of, lists, shown=shown, previous=before)
    if draft:
        document["draft"] = DRAFT
        document["heading"] = f"{document['heading']} ({DRAFT})".strip()
    write_lists(boxes, *describe_records(rows, grouped, outcome), lists)
    if before and study_of is not None:
        _write_studies(before, study_of, lists)
    write_json(flow, document)
    write_rows(prisma2020, COLUMNS, rows_of(document))


def _write_studies(previous: Previous, study_of: Mapping[str, str], lists: Path) -> None:
    """The lists of the boxes that hold studies."""
    old = [{"study_id": study, "report": text} for study, reports in previous.studies.items() for text, _ in reports]
    write_rows(lists / "previous.csv", ("study_id", "report"), old)
    write_rows(lists / "total.csv", TOTAL_COLUMNS, total_rows(previous, Counter(study_of.values())))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(count, globals()["snakemake"])
