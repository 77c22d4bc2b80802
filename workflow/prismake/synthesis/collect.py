"""Reading what was extracted and linking it to the included records, so that no fault reaches a table or a value.

The unit is the study, never the report: a study counts once, however many reports describe it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prismake.common.errors import BuildStop, Issue
from prismake.common.matching import Matcher
from prismake.common.places import schema_of
from prismake.common.tables import Row, read_table, read_tables
from prismake.common.validation import load_yaml
from prismake.synthesis.checks import (
    arithmetic_issues,
    code_book,
    code_issues,
    columns_of,
    overlaps,
    part_issues,
    patients_issues,
    setting_issues,
)
from prismake.synthesis.links import Links, doubtful, link, unknown_studies

Settings = dict[str, Any]

LEFT_OUT = {
    "excluded": "its records were excluded",
    "unseen": "screening stopped before anybody saw its records",
    "pending": "its records await a decision",
}


@dataclass(frozen=True)
class ExtractionTables:
    """The tables of the extraction. `schemas` are those of `studies` and then of each of the `parts`.

    `codes` and `overlap` are empty where the review has none.
    """

    studies: Path
    parts: list[Path]
    schemas: list[Path]
    reports: Path
    codes: list[Path]
    overlap: list[Path]


@dataclass
class Extraction:
    """What the tables say: the columns of the studies table, the code book, studies by id, the rows of each part."""

    columns: dict[str, dict[str, Any]]
    codes: dict[str, dict[str, dict[str, str]]]
    studies: dict[str, Row]
    parts: dict[str, list[Row]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)


def sort_key(row: Row, order: list[str]) -> tuple[Any, ...]:
    """Sorts rows by the configured columns (missing last), then by study id."""
    return (*((row[name] is None, row[name] if row[name] is not None else 0) for name in order), row["study_id"])


def read_extraction(tables: ExtractionTables, settings: Settings) -> Extraction:
    """Reads and checks the tables of studies, of their parts and of codes; `settings` is the block `synthesis`.

    Raises BuildStop if the settings name a column that is not there or a table does not fit its schema; other
    faults are among the extraction's issues.
    """
    schema = load_yaml(tables.schemas[0])
    columns = columns_of(schema)
    if wrong := list(setting_issues(settings, columns)):
        raise BuildStop(wrong)
    rows = read_table(tables.studies, schema)
    book = code_book(read_tables(tables.codes, schema_of("codes")))
    read = Extraction(columns, book, {row["study_id"]: row for row in rows})
    read.issues = [
        *code_issues(rows, columns, book, tables.studies),
        *patients_issues(rows, settings["patients"], tables.studies),
        *arithmetic_issues(rows, settings["checks"], tables.studies),
    ]
    parts: dict[str, Settings] = settings["extraction"]["parts"]
    for (name, part), path, schema_path in zip(parts.items(), tables.parts, tables.schemas[1:], strict=True):
        part_schema = load_yaml(schema_path)
        read.parts[name] = read_table(path, part_schema)
        read.issues += code_issues(read.parts[name], columns_of(part_schema), book, path)
        read.issues += part_issues(read.parts[name], part, read.studies, settings["patients"], path)
    return read


def collect_studies(
    tables: ExtractionTables, settings: Settings, screening: list[dict[str, str]], matcher: Matcher, draft: bool
) -> tuple[dict[str, Any], list[Issue]]:
    """(the content of results/studies.json, warnings), from the tables and the rows of screening.csv.

    Studies stand in the configured order; decimals are text, digit by digit as reported. Raises BuildStop with all
    faults of the tables, or of the links between them, at once. In a draft an included record may lack its study.
    """
    read = read_extraction(tables, settings)
    reports = read_table(tables.reports, schema_of("reports"))
    judged_pairs = {path: read_table(path, schema_of("overlaps")) for path in tables.overlap}
    links = link(reports, list(read.studies), screening, matcher, tables.reports)
    naming = {**dict(zip(tables.parts, read.parts.values(), strict=True)), tables.reports: reports, **judged_pairs}
    unknown = unknown_studies(naming, list(read.studies))
    chosen = sorted((read.studies[name] for name in links.included), key=lambda row: sort_key(row, settings["order"]))
    judged, pair_issues = overlaps(
        chosen,
        [row for rows in judged_pairs.values() for row in rows],
        settings["same_patients"],
        next(iter(tables.overlap), None),
    )
    if issues := [*read.issues, *unknown, *links.faults, *pair_issues, *([] if draft else links.gaps)]:
        raise BuildStop(issues)
    document = {
        "columns": read.columns,
        "codes": read.codes,
        "parts": settings["extraction"]["parts"],
        "studies": [_entry(row, read, links) for row in chosen],
        "left_out": [{"study_id": study_id, "reason": reason} for study_id, reason in links.left_out.items()],
        "overlaps": judged,
    }
    return document, _warnings(links, read.studies, screening, settings, tables.reports)


def _entry(row: Row, read: Extraction, links: Links) -> dict[str, Any]:
    study_id = row["study_id"]
    parts = {
        name: [
            {key: cell for key, cell in part.items() if key not in ("study_id", "__line__")}
            for part in rows
            if part["study_id"] == study_id
        ]
        for name, rows in read.parts.items()
    }
    return {**{name: row[name] for name in read.columns}, "parts": parts, "reports": links.included[study_id]}


def _warnings(
    links: Links,
    studies: Mapping[str, Row],
    screening: Sequence[dict[str, str]],
    settings: Settings,
    reports: Path,
) -> list[Issue]:
    doubts = doubtful(links, dict(studies), list(screening), settings["label"], settings["year"], reports)
    left_out = [
        Issue(
            "left-out",
            f"study '{study_id}' is left out: {LEFT_OUT[reason]}",
            str(reports),
            severity="warning",
        )
        for study_id, reason in links.left_out.items()
    ]
    return [*links.gaps, *doubts, *left_out]
