"""`prismake extract`: the workbooks of extraction and appraisal for the included studies, and their references."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from prismake import PACKAGE
from prismake.appraisal.forms import Form, read_forms
from prismake.appraisal.grids import agreed_rows, read_grids
from prismake.common.double_entry import CELL_COLUMNS, SHEET, Settled, consensus_columns, consensus_rows
from prismake.common.errors import BuildStop, Issue, counted, inert, nearest, some_of, stop
from prismake.common.inference import STUDY, infer
from prismake.common.places import RESULTS, SCHEMAS, schema_of
from prismake.common.sheet_cells import cell_name, column_name, is_workbook, sheet_table, table_names
from prismake.common.writing import write_text
from prismake.common.yaml_files import house_yaml
from prismake.extraction import guides
from prismake.extraction.appraisal_sheets import Appraised, choices, formless, grid_plans, reviewers_in
from prismake.extraction.columns import EXTRACTED
from prismake.extraction.guides import guide_sheet
from prismake.extraction.included import Screened, disputed_years, new_studies, read_screened, reported_in
from prismake.extraction.references import add_references, cited_as, keys_in, numbers_of, parsed
from prismake.extraction.updating import Changes, Plan, update
from prismake.extraction.workbook import Written, design_codes, extraction_plans, extractor_plans, read_written
from prismake.review.appraisal_tables import OWN_FORMS
from prismake.review.configuration import filled, load_config
from prismake.review.copies import copy_issues, files_written
from prismake.review.settings_file import Settings, write_config
from prismake.review.status import changed_selection
from prismake.review.workbooks import APPRAISAL, CHARACTERISTICS, CONSENSUS, DESIGN, EXTRACTION, LABEL, extractors_of
from prismake.synthesis.extractors import agreed_tables

CONFIG = Path("config.yaml")
BIBLIOGRAPHY = "manuscript/references.bib"
SHOWN = 10


@dataclass
class Extracted:
    """What the command did: workbook -> what was added, new studies and references, and what a person should see.

    `gone` are rows of studies that are no longer included, `waiting` studies whose design decides on their form, `open`
    the cells in which people differ and that nobody has decided, by the workbook of the consensus.
    """

    changes: dict[Path, Changes] = field(default_factory=dict)
    studies: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    open: dict[Path, list[str]] = field(default_factory=dict)
    hints: list[str] = field(default_factory=list)


def extract(
    review: Path, results: Path = RESULTS, *, extractors: Sequence[str] = (), reviewers: Sequence[str] = ()
) -> Extracted:
    """Writes or extends the workbooks of a review and its references, from the results of its last build.

    `extractors` get a workbook each, `reviewers` sheets each. What people wrote stays. Raises BuildStop where there is
    no build, a workbook cannot be read, or the extraction stands in tables of its own.
    """
    config = load_config(review / CONFIG, SCHEMAS)
    synthesis, appraisal = config.get("synthesis") or {}, config.get("appraisal") or {}
    path = review / _workbook(synthesis.get("extraction", EXTRACTION), "synthesis.extraction")
    screened = read_screened(review / results)
    forms = read_forms(
        sorted((PACKAGE / "appraisal" / "forms").glob("*.yaml")),
        [review / file for file in appraisal.get("own_forms", [])] or files_written(review / OWN_FORMS, "*.yaml"),
        schema_of("appraisal_form"),
    )
    written = read_written(path)
    bibliography = review / config.get("manuscript", {}).get("bibliography", BIBLIOGRAPHY)
    library = parsed(bibliography)
    reported = reported_in(written.reports, screened, numbers_of(screened.included))
    cited = cited_as(library, screened.included)
    taken = {row[STUDY] for row in written.studies} | {study for _, study in written.reports} | keys_in(library)
    studies = new_studies(screened, reported, cited, taken)
    codes = design_codes(forms.values(), appraisal.get("designs"))
    plans = extraction_plans(studies, written, synthesis, path.parent, codes)
    done = Extracted(studies=[study.id for study in studies])
    done.changes[path] = update(path, plans, guide_sheet(guides.EXTRACTION))
    for name in dict.fromkeys([*extractors_of(path), *extractors]):
        own = path.with_name(f"{path.stem}.{_initials(name)}{path.suffix}")
        done.changes[own] = update(own, extractor_plans(plans, path), guide_sheet(guides.EXTRACTOR))
    done.hints += _who_fills_in(path, review)
    _write_consensus(path, done)
    done.references = add_references(bibliography, studies)
    done.hints += disputed_years(studies, screened, review / results)
    done.gone = _gone(path, screened)
    _extract_appraisal(review, appraisal, forms, path, screened, reviewers, done)
    done.hints += _named_in_settings(config, path.relative_to(review), review)
    if studies and "tables" not in synthesis:
        done.hints.append(f'place the table of the studies with {{{{ table("{CHARACTERISTICS}") }}}} in manuscript/')
    return done


def _workbook(named: Any, key: str) -> str:
    """The path of a workbook that the settings name."""
    if isinstance(named, str) and is_workbook(Path(named)):
        return named
    message = "the review keeps these tables as CSV, which `prismake extract` does not write"
    raise stop("no-workbook", message, where=f"config.yaml, {key}", fix=f"name a workbook there: {EXTRACTION}")


def _initials(name: str) -> str:
    if not (name.isascii() and name.isalnum()):
        raise stop("initials", f"'{name}' is not a person's initials", fix="letters and digits alone: AB")
    return name


def _write_consensus(path: Path, done: Extracted) -> None:
    """Lists the differences between the extractors, if there are several."""
    people = extractors_of(path)
    if len(people) > 1:
        tables = [name for name in table_names(path) if name in EXTRACTED]
        settled = agreed_tables(people, path.with_name(CONSENSUS), tables, path).settled
        _list_differences(path.with_name(CONSENSUS), [settled], done)


def _who_fills_in(path: Path, review: Path) -> list[str]:
    """Who fills in what, where several people extract."""
    people = extractors_of(path)
    if not people:
        return []
    own = ", ".join(f"{name} fills in {file.relative_to(review).as_posix()}" for name, file in people.items())
    return [f"{own}; together: the sheets reports, codes and overlaps of {path.relative_to(review).as_posix()}"]


def _list_differences(path: Path, settled: Sequence[Settled], done: Extracted) -> None:
    people = list(dict.fromkeys(name for one in settled for name in one.people))
    rows = [row for one in settled for row in consensus_rows(one)]
    if rows or path.is_file():
        subjects = any(one.cell.subject for group in settled for one in group.differences)
        plan = Plan(
            SHEET, consensus_columns(people, subjects=subjects), (*CELL_COLUMNS, *map(column_name, people)), rows
        )
        done.changes[path] = update(path, [plan], guide_sheet(guides.CONSENSUS))
        if still_open := [str(one.cell) for group in settled for one in group.differences if one.open]:
            done.open[path] = still_open


def _extract_appraisal(
    review: Path,
    appraisal: Mapping[str, Any],
    forms: Mapping[str, Form],
    extraction: Path,
    screened: Screened,
    reviewers: Sequence[str],
    done: Extracted,
) -> None:
    """Writes or extends the grids, unless the appraisal stands in tables of its own."""
    answers = appraisal.get("answers", APPRAISAL)
    if not is_workbook(Path(answers)):
        return
    chosen = appraisal.get("forms", [])
    if unknown := [name for name in chosen if name not in forms]:
        fix = nearest(unknown[0], list(forms))
        raise stop("unknown-form", f"there is no form '{unknown[0]}'", where="config.yaml, appraisal.forms", fix=fix)
    path, written = review / answers, read_written(extraction)
    left = set(_left(written, screened))
    design = appraisal.get("design", DESIGN)
    designs = _agreed_designs(extraction, design) or {row[STUDY]: row.get(design) or None for row in written.studies}
    studies = [
        Appraised(row[STUDY], row.get(LABEL, ""), designs.get(row[STUDY]))
        for row in written.studies
        if row[STUDY] and row[STUDY] not in left
    ]
    everyone = list(dict.fromkeys([*reviewers_in(path), *map(_initials, reviewers)]))
    plans = grid_plans(studies, forms, chosen, appraisal.get("designs"), everyone)
    on_grid = {row[STUDY] for plan in plans for row in plan.rows}
    left_over = [study for study in studies if study.id not in on_grid]
    done.waiting = [study.id for study in left_over if not study.design]
    done.hints += formless([study for study in left_over if study.design], forms, chosen, appraisal.get("designs"))
    done.hints += choices(studies, {column_name(plan.title or "") for plan in plans}, forms, appraisal.get("designs"))
    if plans:
        done.changes[path] = update(path, plans, guide_sheet(guides.APPRAISAL))
    if path.is_file():
        consensus = path.with_name(CONSENSUS)
        _list_differences(consensus, agreed_rows(read_grids(path, forms), consensus)[2], done)


def _agreed_designs(path: Path, column: str) -> dict[str, str | None]:
    """Study -> the design that the extractors agree on; nothing where the team fills in one workbook."""
    if not (people := extractors_of(path)):
        return {}
    settled = agreed_tables(people, path.with_name(CONSENSUS), ["studies"], path).settled
    return {cell.study: text or None for cell, text in settled.texts.items() if cell.column == column}


def _left(written: Written, screened: Screened) -> list[str]:
    """The studies of a workbook of whose reports none is an included record."""
    included = {record["record_id"] for record in screened.included}
    reports = reported_in(written.reports, screened, numbers_of(screened.included))
    kept = {study for record, study in reports.items() if record in included}
    return [row[STUDY] for row in written.studies if row[STUDY] not in kept]


def _gone(path: Path, screened: Screened) -> list[str]:
    """The rows of studies that are no longer included, as `study (row 5)`."""
    left = set(_left(read_written(path), screened))
    table = sheet_table(path, "studies", (STUDY,))
    column = next(at for at, text in enumerate(table.header) if text.casefold().startswith("study"))
    return [f"{cells[column]} ({cell_name(number, column)})" for number, cells in table.rows if cells[column] in left]


def _named_in_settings(config: Mapping[str, Any], path: Path, review: Path) -> list[str]:
    """Names the workbooks in config.yaml where it does not yet, so that the next build reads them; says so."""
    blocks: dict[str, dict[str, Any]] = {}
    if "synthesis" not in config:
        blocks["synthesis"] = {"extraction": path.as_posix()}
    if "appraisal" not in config and (review / APPRAISAL).is_file():
        blocks["appraisal"] = {}
    if not blocks:
        return []
    settings = Settings(review / CONFIG)
    for name, content in blocks.items():
        settings.block(name).update(content)
    write_config(settings)
    return [f"{CONFIG}: added the block '{name}', so that the next build reads it" for name in blocks]


def write_schemas(path: Path) -> list[Path]:
    """Writes the inferred schema of each extracted sheet beside the workbook, where there is none; which files."""
    written = read_written(path)
    files = []
    for name in EXTRACTED:
        file = path.with_name(f"{name}.schema.yaml")
        if name in written.sheets and not file.exists():
            table = sheet_table(path, name, (STUDY,))
            rows = [cells for _, cells in table.rows]
            key = [STUDY] if name == "studies" else []
            where = table.row(table.header_row)
            schema = infer(table.header, rows, where=where, key=key, coded=set(written.codes_of()))
            head = f"# The columns of the sheet '{name}', inferred from its cells. The file is yours from now on.\n"
            write_text(file, head + yaml.safe_dump(schema, sort_keys=False, allow_unicode=True))
            files.append(file)
    return files


def report(done: Extracted, review: Path) -> str:
    """What the command did, for the screen."""
    lines = [f"{counted(len(done.studies), 'new study', 'new studies')}{_listed(done.studies)}"]
    for path, changes in done.changes.items():
        named = path.relative_to(review).as_posix()
        lines += [f"{named}: added {line}" for line in changes.lines()] or [f"{named}: nothing to add"]
    if done.references:
        lines.append(f"{counted(len(done.references), 'new reference')}{_listed(done.references)}")
    if done.gone:
        lines.append(f"no longer included, kept as they are{_listed(done.gone)}")
    if done.waiting:
        lines.append(
            f"to appraise once their design is filled in, with `prismake extract` again{_listed(done.waiting)}"
        )
    for path, cells in done.open.items():
        named = path.relative_to(review).as_posix()
        lines.append(f"{named}: {counted(len(cells), 'difference')} to agree on{_listed(cells)}")
    return "\n".join([*lines, *done.hints])


def _listed(names: Sequence[str]) -> str:
    return f": {some_of(names, SHOWN)}" if names else ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `prismake extract`."""
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FOLDER", help=f"(default: {RESULTS})")
    parser.add_argument("--extractors", nargs="+", default=[], metavar="AB", help="a workbook each, to be compared")
    parser.add_argument("--reviewers", nargs="+", default=[], metavar="AB", help="a sheet of each appraisal form each")
    parser.add_argument("--schema", action="store_true", help="write the inferred schemas down, for you to take over")


def _outdated(review: Path, config: dict[str, Any]) -> list[Issue]:
    """A warning if records or decisions have changed since the build that says which studies are included."""
    # The workbooks need not be there: this command writes them.
    selecting = {name: block for name, block in config.items() if name not in ("synthesis", "appraisal")}
    changed = changed_selection(review, filled(selecting, house_yaml(SCHEMAS / "config.schema.yaml")))
    if not changed:
        return []
    message = f"changed since the last build, so other studies may be included: {some_of(changed, SHOWN)}"
    return [Issue("outdated", message, "", "run `snakemake`, then `prismake extract` again", "warning")]


def run(arguments: argparse.Namespace) -> int:
    """Runs `prismake extract` in a review's folder."""
    review = Path()
    config = load_config(review / CONFIG, SCHEMAS)
    if copies := copy_issues(config):
        raise BuildStop(copies)
    for issue in _outdated(review, config):
        print(f"WARNING {issue}", file=sys.stderr)
    done = extract(review, arguments.results, extractors=arguments.extractors, reviewers=arguments.reviewers)
    print(inert(report(done, review)))
    if arguments.schema:
        for file in write_schemas(next(iter(done.changes))):
            print(f"wrote {file.as_posix()}")
    return 0
