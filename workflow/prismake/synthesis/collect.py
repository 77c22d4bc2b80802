"""Reading what was extracted and linking it to the included records, so that no fault reaches a table or a value.

The unit is the study, never the report: a study counts once, however many reports describe it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prismake.common.double_entry import open_issues
from prismake.common.errors import BuildStop, Issue, counted
from prismake.common.inference import inferred, is_inferred, row_schema
from prismake.common.matching import Matcher
from prismake.common.places import schema_of
from prismake.common.sheet_cells import is_workbook, named, sheet_table, table_names
from prismake.common.tables import (
    Row,
    cells_in,
    place_of,
    read_table,
    read_tables,
    sheet_warnings,
    table_rows,
    unread,
)
from prismake.common.yaml_files import house_yaml
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
from prismake.synthesis.extractors import Agreed, agreed_tables
from prismake.synthesis.links import Links, doubtful, link, unknown_studies
from prismake.synthesis.outcomes import NUMBERS, OUTCOMES, studied_numbers

Settings = dict[str, Any]
STUDIES = "studies"
# The columns that `prismake extract` fills in from the records; the others of a sheet are somebody's work.
FROM_RECORDS = frozenset({"", "study_id", "label", "year", "journal", "design"})

LEFT_OUT = {
    "excluded": "its records were excluded",
    "unseen": "screening stopped before anybody saw its records",
    "pending": "its records await a decision",
}


@dataclass(frozen=True)
class ExtractionTables:
    """The tables of the extraction. `schemas` are those of `studies` and then of each of the `parts`, or that table
    itself where its schema is inferred. Several tables may be sheets of one workbook.

    `extractors` are the workbooks of people who extracted the studies and parts each on their own, `consensus` what
    they agree on where they differ. `codes` and `overlap` are empty where the review has none.
    """

    studies: Path
    parts: list[Path]
    schemas: list[Path]
    reports: Path
    codes: list[Path]
    overlap: list[Path]
    extractors: list[Path] = field(default_factory=list)
    consensus: list[Path] = field(default_factory=list)


@dataclass
class Extraction:
    """What the tables say: the columns of the studies table, the code book, studies by id, the rows of each part.

    `issues` stop every build, `gaps`, what is not extracted yet, all but a draft.
    """

    columns: dict[str, dict[str, Any]]
    codes: dict[str, dict[str, dict[str, str]]]
    studies: dict[str, Row]
    parts: dict[str, list[Row]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    gaps: list[Issue] = field(default_factory=list)
    warnings: list[Issue] = field(default_factory=list)
    agreement: dict[str, Any] | None = None


def numeric(settings: Settings) -> set[str]:
    """The columns of studies that the settings take for numbers."""
    checks = settings["checks"]
    named = [settings["patients"], settings["year"]]
    named += [name for rule in checks.get("sums", []) for name in (*rule["parts"], rule["total"])]
    named += [name for names in checks.get("ascending", []) for name in names]
    named += studied_numbers(settings.get("meta", {}))
    pooled = settings.get("pooled", {}).values()
    named += [rule[key] for rule in pooled for key in ("sum", "mean", "low", "high") if key in rule]
    return set(named)


def _agreed(tables: ExtractionTables, settings: Settings, coded: set[str]) -> Agreed | None:
    """What the extractors agree on, where several have workbooks of their own."""
    people = settings["extraction"].get("extractors") or {}
    if not people:
        return None
    own = dict(zip(people, tables.extractors, strict=True))
    consensus = Path(settings["extraction"]["consensus"])
    return agreed_tables(own, consensus, [STUDIES, *settings["extraction"]["parts"]], tables.studies, coded)


def team_warnings(tables: ExtractionTables, settings: Settings) -> Iterator[Issue]:
    """The cells of the team's sheets that are not read, because people extract in workbooks of their own."""
    parts = zip(settings["extraction"]["parts"], tables.parts, strict=True)
    for name, path in ((STUDIES, tables.studies), *parts):
        if path in tables.extractors or name not in (table_names(path) if is_workbook(path) else ()):
            continue
        table = sheet_table(path, name, ("study_id",))
        own = [at for at, column in enumerate(named(table.header, ())) if column not in FROM_RECORDS]
        if filled := [table.cell(number, at) for number, cells in table.rows for at in own if cells[at]]:
            people = " and ".join(settings["extraction"]["extractors"])
            message = (
                f"{counted(len(filled), 'filled cell is', 'filled cells are')} not read: {people} extract the studies"
            )
            fix = "move what is missing there to the workbooks of the extractors, or put these aside"
            yield Issue("not-read", message, filled[0], fix, "warning")


def sort_key(row: Row, order: list[str]) -> tuple[Any, ...]:
    """Sorts rows by the configured columns (missing last), then by study id."""
    return (*((row[name] is None, row[name] if row[name] is not None else 0) for name in order), row["study_id"])


def read_extraction(tables: ExtractionTables, settings: Settings) -> Extraction:
    """Reads and checks the tables of studies, of their parts and of codes; `settings` is the block `synthesis`.

    Raises BuildStop if the settings name a column that is not there or a table does not fit its schema; other
    faults are among the extraction's issues.
    """
    book = code_book(read_tables(tables.codes, schema_of("codes"), sheet="codes"))
    agreed = _agreed(tables, settings, set(book))
    own = agreed.tables if agreed else {}

    def schema_for(name: str, table: Path, schema: Path, counts: Collection[str]) -> dict[str, Any]:
        if name in own and is_inferred(schema):
            return inferred(own[name], key=["study_id"] if name == STUDIES else [], coded=set(book), numeric=counts)
        return row_schema(schema, table, name, coded=set(book), numeric=counts)

    def rows_of(name: str, table: Path, schema: dict[str, Any]) -> list[Row]:
        return table_rows(own[name], schema) if name in own else read_table(table, schema, sheet=name)

    schema = schema_for(STUDIES, tables.studies, tables.schemas[0], numeric(settings))
    columns = columns_of(schema)
    if wrong := list(setting_issues(settings, columns, _columns_at(tables.studies, tables.schemas[0]))):
        raise BuildStop(wrong)
    rows = rows_of(STUDIES, tables.studies, schema)
    read = Extraction(columns, book, {row["study_id"]: row for row in rows})
    read.issues = [
        *code_issues(rows, columns, book, tables.studies),
        *arithmetic_issues(rows, settings["checks"], tables.studies),
    ]
    read.gaps = list(patients_issues(rows, settings["patients"], tables.studies))
    if agreed:
        read.agreement = agreed.agreement
        read.gaps += open_issues(agreed.settled, Path(settings["extraction"]["consensus"]))
    read.warnings = list(unread(own[STUDIES], schema) if own else sheet_warnings(tables.studies, STUDIES, schema))
    read.warnings += team_warnings(tables, settings) if agreed else []
    parts: dict[str, Settings] = settings["extraction"]["parts"]
    for (name, part), path, schema_path in zip(parts.items(), tables.parts, tables.schemas[1:], strict=True):
        counts = {part["n"]} if "n" in part else set()
        counts |= NUMBERS if name == OUTCOMES and _compared(settings) else set()
        part_schema = schema_for(name, path, schema_path, counts)
        read.parts[name] = rows_of(name, path, part_schema)
        read.warnings += unread(own[name], part_schema) if name in own else sheet_warnings(path, name, part_schema)
        read.issues += code_issues(read.parts[name], columns_of(part_schema), book, path)
        read.issues += part_issues(read.parts[name], part, read.studies, settings["patients"], path)
    return read


def _columns_at(studies: Path, schema: Path) -> str:
    """Where the columns of studies are named, for a person: in a schema of the review's own, or in the table."""
    if not is_inferred(schema):
        return str(schema)
    return f"{studies}, sheet '{STUDIES}'" if is_workbook(studies) else str(studies)


def collect_studies(
    tables: ExtractionTables, settings: Settings, screening: list[dict[str, str]], matcher: Matcher, draft: bool
) -> tuple[dict[str, Any], list[Issue]]:
    """(the content of results/studies.json, warnings), from the tables and the rows of screening.csv.

    Studies stand in the configured order; decimals are text, digit by digit as reported. Raises BuildStop with all
    faults of the tables, or of the links between them, at once. In a draft an included record may lack its study.
    """
    read = read_extraction(tables, settings)
    reports = read_table(tables.reports, schema_of("reports"), sheet="reports")
    judged_pairs = {path: read_table(path, schema_of("overlaps"), sheet="overlaps") for path in tables.overlap}
    links = link(reports, list(read.studies), screening, matcher, tables.reports)
    naming = [*zip(tables.parts, read.parts.values(), strict=True), (tables.reports, reports), *judged_pairs.items()]
    unknown = unknown_studies(naming, list(read.studies))
    chosen = sorted((read.studies[name] for name in links.included), key=lambda row: sort_key(row, settings["order"]))
    judged, pair_issues = overlaps(
        chosen,
        [row for rows in judged_pairs.values() for row in rows],
        settings["same_patients"],
        next(iter(tables.overlap), None),
    )
    gaps = [*read.gaps, *links.gaps]
    if issues := [*read.issues, *unknown, *links.faults, *pair_issues, *([] if draft else gaps)]:
        raise BuildStop(issues)
    document = {
        "columns": read.columns,
        "codes": read.codes,
        "parts": settings["extraction"]["parts"],
        "studies": [_entry(row, read, links) for row in chosen],
        "left_out": [{"study_id": study_id, "reason": reason} for study_id, reason in links.left_out.items()],
        "overlaps": judged,
        **({"places": _places(chosen, read, tables, settings)} if _compared(settings) else {}),
        **({"agreement": read.agreement} if read.agreement else {}),
    }
    warnings = _warnings(links, read.studies, screening, settings, tables.reports)
    sheets = {"codes": tables.codes, "reports": [tables.reports], "overlaps": tables.overlap}
    by_house = [
        issue
        for name, paths in sheets.items()
        for path in paths
        for issue in sheet_warnings(path, name, house_yaml(schema_of(name)))
    ]
    return document, [*read.gaps, *read.warnings, *by_house, *warnings]


def _compared(settings: Settings) -> bool:
    """Whether effects are pooled or counted, for which the table of outcomes holds numbers with their places."""
    return bool(settings.get("meta") or settings.get("directions"))


def _places(
    studies: Sequence[Row], read: Extraction, tables: ExtractionTables, settings: Settings
) -> dict[str, list[str]]:
    """Study -> the place of each of its rows of outcomes, for the messages about them."""
    paths = dict(zip(settings["extraction"]["parts"], tables.parts, strict=True))
    places: dict[str, list[str]] = {row["study_id"]: [] for row in studies}
    for row in read.parts.get(OUTCOMES, []):
        if row["study_id"] in places:
            places[row["study_id"]].append(place_of(row, paths[OUTCOMES]))
    return places


def _entry(row: Row, read: Extraction, links: Links) -> dict[str, Any]:
    study_id = row["study_id"]
    parts = {
        name: [
            {key: cell for key, cell in cells_in(part).items() if key != "study_id"}
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
