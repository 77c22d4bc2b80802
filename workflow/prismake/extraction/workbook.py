"""The sheets of the extraction workbook, for the studies that the records tell of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from prismake.appraisal.forms import Form
from prismake.common.inference import STUDY, is_inferred
from prismake.common.records import split_list
from prismake.common.sheet_cells import column_name, named, sheet_table, table_names
from prismake.common.sheets import SheetColumn
from prismake.common.yaml_files import load_yaml
from prismake.extraction.columns import (
    EXTRACTED,
    IDENTITY,
    SHEETS,
    Column,
    from_analyses,
    from_schema,
    from_settings,
    merged,
)
from prismake.extraction.included import Record, Study, label_of, source_of
from prismake.extraction.updating import Plan
from prismake.review.workbooks import CODES, DESIGN, OVERLAPS, REPORTS, STUDIES
from prismake.synthesis.outcomes import OUTCOMES

Settings = Mapping[str, Any]

KEYS = {REPORTS: ("record_id",), CODES: ("column", "code"), OVERLAPS: ("study_a", "study_b")}
# What a record's publication types say of the design for sure: Case Reports are series too.
DESIGNS = {
    "randomized controlled trial": "randomized_trial",
}


@dataclass(frozen=True)
class Written:
    """What stands in a workbook: its sheets, the rows of studies, (record, study) of reports, (column, code)."""

    sheets: tuple[str, ...] = ()
    studies: tuple[Mapping[str, str], ...] = ()
    reports: tuple[tuple[str, str], ...] = ()
    codes: tuple[tuple[str, str], ...] = ()

    def codes_of(self) -> dict[str, list[str]]:
        """Column -> its codes."""
        book: dict[str, list[str]] = {}
        for column, code in self.codes:
            book.setdefault(column, []).append(code)
        return book


def read_written(path: Path) -> Written:
    """What a workbook says so far; nothing where there is none. Raises BuildStop for a sheet that cannot be read."""
    if not path.is_file():
        return Written()
    sheets = tuple(table_names(path))
    return Written(
        sheets,
        tuple(_rows(path, STUDIES)) if STUDIES in sheets else (),
        tuple((row["record_id"], row[STUDY]) for row in _rows(path, REPORTS)) if REPORTS in sheets else (),
        tuple((row["column"], row["code"]) for row in _rows(path, CODES)) if CODES in sheets else (),
    )


def _rows(path: Path, sheet: str) -> list[Mapping[str, str]]:
    """The cells of a sheet as text, by the names of its columns; those that Prismake looks for are there, if empty."""
    known = [column.name for column in SHEETS[sheet]]
    table = sheet_table(path, sheet, known)
    names = named(table.header, known)
    return [{**dict.fromkeys(known, ""), **dict(zip(names, cells, strict=True))} for _, cells in table.rows]


def design_codes(forms: Iterable[Form], designs: Mapping[str, Any] | None) -> list[str]:
    """The codes of designs: those of the settings, or else those that forms are made for."""
    named = list(designs) if designs else [design for form in forms if not form.on_request for design in form.designs]
    return sorted(dict.fromkeys(named)) if not designs else named


def code_rows(codes: Iterable[str]) -> list[dict[str, str]]:
    """The rows of the code book for designs, their words made of the codes."""
    words = {code: code.replace("_", " ") for code in codes}
    return [{"column": DESIGN, "code": code, "cell": text.capitalize(), "label": text} for code, text in words.items()]


def study_row(study: Study, codes: Sequence[str]) -> dict[str, Any]:
    """A row of studies, from the main report: its id, label, year, journal, and the design that its record says."""
    record = study.main
    types = {kind.casefold() for kind in split_list(record["publication_types"])}
    design = next((code for kind, code in DESIGNS.items() if kind in types and code in codes), None)
    return {
        STUDY: study.id,
        "label": label_of(record),
        "year": _year(record),
        "journal": source_of(record),
        DESIGN: design,
    }


def _year(record: Record) -> int | None:
    return int(record["year"]) if str(record["year"]).isdigit() else None


def report_rows(studies: Sequence[Study]) -> list[dict[str, Any]]:
    """The rows of reports: every record of every study."""
    return [
        {
            "record_id": record["record_id"],
            STUDY: study.id,
            "authors": record["author"],
            "year": _year(record),
            "title": record["title"],
            "journal": source_of(record),
            "doi": record["doi"],
        }
        for study in studies
        for record in study.records
    ]


def extraction_plans(
    studies: Sequence[Study], written: Written, synthesis: Settings, schemas: Path, designs: Sequence[str]
) -> list[Plan]:
    """The sheets of the workbook, with the rows of new studies.

    `schemas` is the folder with the review's own `TABLE.schema.yaml`; `designs` are the codes of designs, which a new
    code book starts with.
    """
    codes = written.codes_of() or {DESIGN: list(designs)}
    rows: dict[str, list[dict[str, Any]]] = {
        STUDIES: [study_row(study, codes.get(DESIGN, [])) for study in studies],
        REPORTS: report_rows(studies),
    }
    plans = []
    for name, base in SHEETS.items():
        own = schemas / f"{name}.schema.yaml"
        further: list[Column] = []
        if name in EXTRACTED and own.is_file() and not is_inferred(own):
            further += from_schema(load_yaml(own), codes)
        if name == OUTCOMES:
            further += from_analyses(synthesis)
        if name == STUDIES:
            further += from_settings(synthesis, codes)
            further.append(Column(DESIGN, codes=tuple(codes.get(DESIGN, ()))))
        columns = merged(base, further)
        chosen = frozenset(column.name for column in columns if column.chosen)
        plans.append(
            Plan(
                name,
                _sheet_columns(columns),
                KEYS.get(name, (STUDY,)),
                rows.get(name, ()),
                chosen,
                seeds=code_rows(designs) if name == CODES else (),
            )
        )
    return plans


def extractor_plans(plans: Sequence[Plan], path: Path) -> list[Plan]:
    """The sheets of one extractor's workbook: those of the team's at `path`, with its columns and the names of its
    studies, and without what the team has filled in.
    """
    own = []
    for plan in (plan for plan in plans if plan.name in EXTRACTED and plan.name in table_names(path)):
        known = [column_name(column.name) for column in plan.columns]
        table = sheet_table(path, plan.name, known)
        added = [text for text, name in zip(table.header, named(table.header, known), strict=True) if name not in known]
        columns = [*plan.columns, *(SheetColumn(text) for text in added if text)]
        names = {column.name for column in IDENTITY}
        rows = [{name: row[name] for name in names} for row in _rows(path, STUDIES)] if plan.name == STUDIES else []
        own.append(
            replace(plan, columns=columns, rows=rows, further=plan.further | set(map(column_name, added)) - {""})
        )
    return own


def _sheet_columns(columns: Sequence[Column]) -> list[SheetColumn]:
    return [column.as_sheet_column() for column in columns]
