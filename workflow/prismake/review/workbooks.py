"""Extraction and appraisal in workbooks (or folders of CSVs), named by one path: the settings that this stands for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue, stop
from prismake.common.inference import STUDY, cells_of
from prismake.common.sheet_cells import (
    column_name,
    grid_name,
    is_workbook,
    named,
    sheet_header,
    sheet_titles,
    table_names,
    unit_in,
)
from prismake.review.appraisal_tables import form_ids
from prismake.review.copies import OTHER_SPREADSHEETS, files_written

Settings = dict[str, Any]

EXTRACTION, APPRAISAL = "data/extraction/extraction.xlsx", "data/appraisal/appraisal.xlsx"
# The tables of an extraction that have columns of their own; every other one is a part.
STUDIES, REPORTS, CODES, OVERLAPS = FIXED = ("studies", "reports", "codes", "overlaps")
# What people agree on where they differ, beside their workbooks.
CONSENSUS = "consensus.xlsx"
# What Prismake writes into the table of studies.
LABEL, YEAR, JOURNAL, DESIGN, PATIENTS = "label", "year", "journal", "design", "patients"
# The table that a review has without a setting.
CHARACTERISTICS = "characteristics"
# Columns of studies that a table of characteristics leaves out, and the most that it has.
REMARKS = ("note", "notes", "comment", "comments", "remarks")
MOST_COLUMNS = 10
_FIX = "build the review as a draft, then write it with `prismake extract`"


def with_workbooks(config: Settings) -> Settings:
    """The settings with every short form written out: one path for the whole extraction, an appraisal without a table.

    Raises BuildStop for a workbook that cannot be read, or is not there; a draft does without it.
    """
    whole = dict(config)
    draft = bool(config.get("review", {}).get("draft"))
    for block, missing in (("synthesis", _missing_extraction), ("appraisal", _missing_appraisal)):
        if block in whole and (issue := missing(whole[block], "synthesis" in whole)):
            if not draft:
                raise stop(issue.code, issue.message, where=issue.where, fix=issue.fix)
            del whole[block]
    if "synthesis" in whole and isinstance(whole["synthesis"].get("extraction"), str):
        whole["synthesis"] = _with_tables(whole["synthesis"])
    if "synthesis" in whole and isinstance(extraction := whole["synthesis"].get("extraction"), dict):
        whole["synthesis"] = {**whole["synthesis"], "extraction": _with_schemas(extraction)}
    if "appraisal" in whole:
        whole["appraisal"] = _with_forms(whole["appraisal"])
    return whole


def missing_workbooks(config: Settings) -> list[Issue]:
    """A warning for each workbook that a draft does without, except those that nobody has begun.

    What `prismake extract` writes is due once studies are included; the status names it as the next step then.
    """
    missing = [
        issue
        for block, find in (("synthesis", _missing_extraction), ("appraisal", _missing_appraisal))
        if block in config and (issue := find(config[block], "synthesis" in config))
        if issue.code != "missing-file" or issue.fix != _FIX or not _is_to_come(config[block])
    ]
    return [Issue(issue.code, issue.message, issue.where, issue.fix, "warning") for issue in missing]


def _is_to_come(block: Settings) -> bool:
    """Whether a block names a workbook in its usual place, and its folder is not there yet."""
    path = block.get("extraction") or block.get("answers", APPRAISAL)
    return path in (EXTRACTION, APPRAISAL) and not Path(path).parent.exists()


def _missing_extraction(synthesis: Settings, _: bool) -> Issue | None:
    path = synthesis.get("extraction")
    return _unread(path, "config.yaml, synthesis.extraction") if isinstance(path, str) else None


def _missing_appraisal(appraisal: Settings, synthesis: bool) -> Issue | None:
    path = appraisal.get("answers", APPRAISAL)
    where = "config.yaml, appraisal"
    if not synthesis:
        return Issue("no-synthesis", "an appraisal needs the extraction of its studies", where, "add `synthesis`")
    is_table = Path(path).suffix.lower() not in (".xlsx", *OTHER_SPREADSHEETS)
    return None if is_table else _unread(path, where)


def _unread(path: str, where: str) -> Issue | None:
    """The fault of a workbook that is not there, or that a program has saved in a form that is not read."""
    file = Path(path)
    if file.suffix.lower() in OTHER_SPREADSHEETS:
        fix = "save it as XLSX in the spreadsheet program, and name that file here"
        return Issue("workbook", f"'{path}' is not an XLSX file", where, fix)
    if file.exists():
        return None
    beside = [other for suffix in OTHER_SPREADSHEETS if (other := file.with_suffix(suffix)).is_file()]
    fix = f"save {beside[0].as_posix()} as XLSX in the spreadsheet program" if beside else _FIX
    return Issue("missing-file", f"'{path}' does not exist", where, fix)


def tables_of(path: Path) -> dict[str, Path]:
    """Table -> its file, for a workbook (a sheet is a table) or a folder of CSVs."""
    if is_workbook(path):
        return dict.fromkeys(table_names(path), path)
    return {file.stem: file for file in files_written(path, "*.csv")}


def _with_tables(synthesis: Settings) -> Settings:
    """The block `synthesis` with the tables of its workbook or folder written out, and a table of characteristics."""
    path = Path(synthesis["extraction"])
    tables = tables_of(path)
    if missing := [name for name in (STUDIES, REPORTS) if name not in tables]:
        where, fix = path.as_posix(), f"add it, or rename the one that it is: {', '.join(tables)}"
        unit = "sheet" if is_workbook(path) else "table"
        raise stop("no-sheet", f"the {unit} '{missing[0]}' is missing", where=where, fix=fix)
    extraction: Settings = {STUDIES: {"table": tables[STUDIES].as_posix()}}
    extraction |= {name: tables[name].as_posix() for name in (REPORTS, CODES, OVERLAPS) if name in tables}
    extraction["parts"] = dict(_parts({name: file for name, file in tables.items() if name not in FIXED}))
    if people := extractors_of(path):
        extraction |= {
            "extractors": {name: file.as_posix() for name, file in people.items()},
            "consensus": path.with_name(CONSENSUS).as_posix(),
        }
    whole = {**synthesis, "extraction": extraction}
    own = synthesis.get("tables") or {}
    wanted = whole.pop("characteristics", "tables" not in synthesis)
    if wanted and CHARACTERISTICS not in own:
        studies = next(iter(people.values()), tables[STUDIES])
        coded = {row[0] for row in _cells(tables[CODES], CODES)[1]} if CODES in tables else set()
        table = characteristics(*_cells(studies, STUDIES), coded=coded)
        whole["tables"] = {CHARACTERISTICS: table, **own}
    return whole


def extractors_of(path: Path) -> dict[str, Path]:
    """The people who have a workbook of their own beside `extraction.xlsx`, and it: `extraction.AB.xlsx`."""
    files = sorted(path.parent.glob(f"{path.stem}.*{path.suffix}")) if is_workbook(path) else []
    named_files = {file.name.removeprefix(f"{path.stem}.").removesuffix(path.suffix): file for file in files}
    return {name: file for name, file in named_files.items() if name.isalnum()}


def _cells(table: Path, name: str) -> tuple[list[str], list[list[str]]]:
    header, rows, _ = cells_of(table, name)
    return header, rows


def _parts(tables: dict[str, Path]) -> Iterator[tuple[str, Settings]]:
    """The tables with several rows per study: the fact stands in the first column after the study's id.

    Sheets that name no study are people's own, and are passed over.
    """
    for name, file in tables.items():
        columns = named(sheet_header(file, name) if is_workbook(file) else _cells(file, name)[0], ())
        facts = [column for column in columns if column and column != STUDY]
        if STUDY in columns and facts:
            to, n = f"{facts[0]}_to", "n"
            ends = {key: column for key, column in (("to", to), ("n", n)) if column in facts}
            yield name, {"table": file.as_posix(), "column": facts[0], **ends}


def _with_schemas(extraction: Settings) -> Settings:
    """The tables with the schema beside them, `studies.schema.yaml`, where they name none; else it is inferred."""
    parts = {name: _with_schema(part, name) for name, part in (extraction.get("parts") or {}).items()}
    studies = extraction.get(STUDIES)
    whole = {**extraction, "parts": parts}
    return {**whole, STUDIES: _with_schema(studies, STUDIES)} if isinstance(studies, dict) else whole


def _with_schema(about: Any, name: str) -> Any:
    if not isinstance(about, dict) or "schema" in about or not isinstance(about.get("table"), str):
        return about
    beside = Path(about["table"]).with_name(f"{name}.schema.yaml")
    return {**about, "schema": beside.as_posix() if beside.is_file() else about["table"]}


def _with_forms(appraisal: Settings) -> Settings:
    """The block `appraisal` with its table of answers, and with the forms that have a sheet in a workbook."""
    whole = {"answers": APPRAISAL, **appraisal}
    if not is_workbook(path := Path(whole["answers"])):
        return whole
    return {"overall": whole["answers"], "forms": _forms_used(path, whole.get("own_forms", ())), **whole}


def _forms_used(path: Path, own_forms: Sequence[str]) -> list[str]:
    """The forms with a sheet in a workbook on which a study stands that is not appraised on another form instead.

    Sheets of other names are people's own.
    """
    studies: dict[str, set[str]] = {}
    answered: dict[str, set[str]] = {}
    known = form_ids(own_forms)
    for title in sheet_titles(path):
        form = grid_name(title)[0]
        if form not in known:
            continue
        header, rows, _ = cells_of(path, column_name(title))
        names = named(header, ())
        for row in rows if STUDY in names else ():
            cells = dict(zip(names, row, strict=True))
            studies.setdefault(form, set()).add(cells[STUDY])
            if any(cell for name, cell in cells.items() if name not in (STUDY, LABEL, "about", *REMARKS)):
                answered.setdefault(form, set()).add(cells[STUDY])
    return [
        form for form, on_form in studies.items() if answered.get(form) or on_form - set().union(*answered.values())
    ]


def characteristics(header: Sequence[str], rows: Sequence[Sequence[str]], *, coded: set[str]) -> Settings:
    """The table of characteristics of a review that configures none: every column of studies that has a fact."""
    names = named(header, ())
    units = {name: unit_in(text) for name, text in zip(names, header, strict=True)}
    filled = {name for at, name in enumerate(names) if any(row[at] for row in rows)}
    columns: list[Settings] = [
        {"id": "study", "header": "Study", "cell": LABEL, "cite": True, "width": 1.5},
        {"id": YEAR, "header": "Year", "cell": YEAR, "align": "center", "width": 0.7},
    ]
    headings = _headings([name for name in filled if name not in (LABEL, YEAR)])
    # A column that stands there twice is a fault of the sheet, which whoever reads its values reports with its place.
    for name in dict.fromkeys(names):
        if name in filled - {STUDY, LABEL, YEAR, *REMARKS} and len(columns) < MOST_COLUMNS:
            heading = headings[name] + (f", {units[name]}" if units[name] else "")
            columns += _column(name, heading, filled, name in coded)
    return {"caption": "Characteristics of the included studies", "columns": columns}


def _headings(names: Sequence[str]) -> dict[str, str]:
    """Column -> its heading: the name in words, without what the table shows anyway, where no other has that too."""
    words = {name: name.replace("_", " ").capitalize() for name in names}
    short = {name: name.removesuffix("_mean").removeprefix("n_").replace("_", " ").capitalize() for name in names}
    every = [*short.values(), "Study", "Year"]
    return {name: short[name] if every.count(short[name]) == 1 else words[name] for name in names}


def _column(name: str, heading: str, filled: set[str], coded: bool) -> Iterator[Settings]:
    """The column of a fact; a mean takes its standard deviation and range, which have no columns of their own."""
    measure, _, end = name.rpartition("_")
    if end in ("sd", "min", "max") and f"{measure}_mean" in filled:
        return
    column = {"id": name, "header": heading}
    if end == "mean":
        beside = [f"{measure}_{other}" if f"{measure}_{other}" in filled else "none" for other in ("sd", "min", "max")]
        yield {**column, "cell": f"spread({', '.join([name, *beside])})", "align": "decimal"}
    else:
        yield {**column, "cell": f"codes('{name}', {name})" if coded else name}
