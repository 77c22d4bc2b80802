"""The matter of an audit from a build's results, and the lists that an author starts from."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from prismake.audit.matter import Matter, StudyRow
from prismake.audit.passages import Passage, passages_of, passages_of_letter
from prismake.audit.statements import Row, Statements
from prismake.common.inference import row_schema
from prismake.common.reading import read_json, read_text
from prismake.common.records import each_record
from prismake.common.results.audit import NUMBERS
from prismake.common.results.synthesis import STUDIES, VALUES
from prismake.common.sheet_cells import is_workbook
from prismake.common.tables import read_table
from prismake.common.values import Ledger, ledger_of, named_tree
from prismake.common.writing import unguard_cell
from prismake.common.yaml_files import load_yaml
from prismake.manuscript.composing import lines_of_keys, texts_in
from prismake.manuscript.letter import names_in_letter, read_letter
from prismake.manuscript.model import read_manuscript
from prismake.review.journal import read_profile

# Where the build writes the figures that it draws itself.
DRAWN = "results/figures/"
# The sheet of the studies where the extraction is a workbook.
SHEET = "studies"
METADATA = (".yaml", ".yml")
PANEL = re.compile(r"(?<=\s)\([A-Z]\)\s")
WORD = re.compile(r"\w{3,}")


@dataclass(frozen=True)
class Sources:
    """What the audit reads: the manuscript, values, studies, references, printed tables, the tables that people keep.

    `metadata` words the captions of the figures, `config` is the review's config.yaml. `abbreviations`, `stated`,
    `waivers` and `confirmed` are a table and its schema, `extraction` the table of the studies and its schema,
    `records` all records, `numbers` those of the Word document, `letter` the cover letter, `journal` the schema of
    journals and the files of the journal's profile. Empty lists stand for what a review does without.
    """

    manuscript: Path
    metadata: Path
    values: Path
    studies: list[Path]
    references: Path
    tables: list[Path]
    config: Path
    abbreviations: list[Path]
    stated: list[Path]
    waivers: list[Path]
    confirmed: list[Path]
    figures: list[Path]
    strategies: list[Path]
    extraction: list[Path]
    records: Path
    checklists: list[Path]
    numbers: list[Path]
    letter: list[Path]
    journal: list[Path]


def _rows(table: Sequence[Path]) -> list[Row]:
    rows = read_table(*table) if table else []
    return [
        # Rows copied from results/audit/ are guarded against spreadsheet programs.
        Row({key: unguard_cell(cell or "") for key, cell in row.items() if not key.startswith("__")}, row["__line__"])
        for row in rows
    ]


def kept_statements(tables: Mapping[str, Sequence[Path]]) -> Statements:
    """The rows of stated.csv, waivers.csv and confirmed.csv: name -> the table and its schema, or nothing."""
    rows = {name: _rows(paths) for name, paths in tables.items()}
    files = {name: paths[0].as_posix() for name, paths in tables.items() if paths}
    return Statements(rows.get("stated", ()), rows.get("waivers", ()), rows.get("confirmed", ()), files)


def _unexplained(numbers: Sequence[Path]) -> list[Mapping[str, str]]:
    """The numbers of the Word document that the manuscript does not hold."""
    rows = NUMBERS.read(numbers[0]) if numbers else []
    return [row for row in rows if row["source"] == "unexplained"]


# Where the words of a float stand in YAML: part -> the keys below its own.
KEYS = {"caption": ("caption", "panels"), "notes": ("notes",), "alternative": ("alt",)}


class _Words:
    """The texts of a YAML file by key, to find the one that a caption, note or alternative text was made from."""

    def __init__(self, path: Path) -> None:
        text = read_text(path)
        self.lines, self.texts = lines_of_keys(text), dict(texts_in(load_yaml(path)))

    def line(self, passage: Passage, prefixes: Sequence[str]) -> int:
        """The line of the text that shares most words with a passage, below the first prefix that has any; or 0."""
        words = set(WORD.findall(passage.text))
        for prefix in prefixes:
            starts = tuple(f"{prefix}.{key}" for key in KEYS[passage.part])
            keys = [key for key in self.texts if f".{key}".startswith(starts)]
            if keys:
                return self.lines.get(max(keys, key=lambda key: len(words & set(WORD.findall(self.texts[key])))), 0)
        return 0


def _panels(passage: Passage) -> Iterator[Passage]:
    """A caption in its parts: the first sentence, and each panel."""
    starts = [0, *(mark.start() for mark in PANEL.finditer(passage.text)), len(passage.text)]
    for start, end in pairwise(starts):
        printed = [replace(one, start=one.start - start, end=one.end - start) for one in passage.printed]
        yield replace(
            passage,
            text=passage.text[start:end],
            printed=tuple(one for one in printed if 0 <= one.start < end - start),
            cited=tuple(replace(one, at=one.at - start) for one in passage.cited if start <= one.at < end),
        )


def placed(passages: Sequence[Passage], machine: frozenset[str], config: Path) -> Iterator[Passage]:
    """The passages, those of captions and notes that the build makes with their place in the YAML that words them."""
    files: dict[Path, _Words] = {}
    captions = {one.floating: one.file for one in passages if one.part == "caption"}
    for passage in passages:
        kind, _, name = passage.floating.partition(":")
        path, prefixes = config, [f".synthesis.tables.{name}", f".appraisal.tables.{name}", ".appraisal.table"]
        if kind == "fig" and (caption := captions.get(passage.floating, "")).endswith(METADATA):
            path, prefixes = config.parent / caption, [f".figures.{name}"]
        elif passage.floating not in machine or kind == "fig":
            path = Path()
        if passage.part in KEYS and path != Path():
            there = path.as_posix() if path == config else caption
            for one in _panels(passage) if passage.part == "caption" else [passage]:
                if path not in files:
                    files[path] = _Words(path)
                line = files[path].line(one, prefixes)
                yield replace(one, file=there, line=line) if line or path == config else one
        else:
            yield passage


def _study_rows(extraction: Sequence[Path]) -> dict[str, StudyRow]:
    """Study -> its row in the extraction; `extraction` is the table and its schema, or nothing."""
    if not extraction:
        return {}
    table, schema = extraction
    rows = read_table(table, row_schema(schema, table, SHEET), sheet=SHEET)
    sheet = SHEET if is_workbook(table) else ""
    return {row["study_id"]: StudyRow(table.as_posix(), row["__line__"], sheet) for row in rows}


def _years(records: Path) -> dict[str, dict[int, int]]:
    """Search -> year -> its records of that year."""
    years: dict[str, Counter[int]] = defaultdict(Counter)
    for record in each_record(records, ("search", "year")):
        if record["year"] and record["year"].isdigit():
            years[record["search"]][int(record["year"])] += 1
    return {search: dict(sorted(counts.items())) for search, counts in years.items()}


def passages_of_the_letter(sources: Sources, ledger: Ledger, head: dict[str, Any]) -> list[Passage]:
    """The passages of the cover letter. Raises BuildStop for a value in it that does not exist."""
    if not sources.letter:
        return []
    (letter,), (schema, *profile) = sources.letter, sources.journal
    journal = read_profile(profile, schema)["name"]
    names = names_in_letter(named_tree(ledger), head, journal, sources.values.as_posix())
    return passages_of_letter(read_letter(read_text(letter), letter.as_posix(), names))


def _claims(path: Path) -> Iterator[Passage]:
    """What checklists say that the review did not do (`not_applicable`) or does not say (`not_reported`)."""
    lines = read_text(path).splitlines()
    for items in load_yaml(path).values():
        for answer in items.values() if isinstance(items, dict) else ():
            for part in ("not_applicable", "not_reported"):
                if isinstance(answer, dict) and (text := answer.get(part)):
                    line = next((number for number, row in enumerate(lines, 1) if str(text) in row), 0)
                    yield Passage(part, str(text), path.as_posix(), line)


@dataclass(frozen=True)
class DataSources:
    """What the audit of the extraction reads, before any prose: studies, table and schema, records, config.yaml.

    `references` and `waivers` are empty where the review has no manuscript.
    """

    studies: Path
    extraction: list[Path]
    records: Path
    references: list[Path]
    waivers: list[Path]
    config: Path


def _references(files: Sequence[Path]) -> dict[str, Mapping[str, Any]]:
    return {work["id"]: work for file in files for work in read_json(file)}


def matter_of_data(sources: DataSources, settings: Mapping[str, Any]) -> Matter:
    """What the audit looks at before there is a text: the extraction, its references, the years of the records."""
    collected = STUDIES.read(sources.studies)
    return Matter(
        passages=[],
        ledger={},
        studies=collected["studies"],
        references=_references(sources.references),
        settings=settings,
        columns=collected["columns"],
        rows=_study_rows(sources.extraction),
        record_years=_years(sources.records),
        lines=lines_of_keys(read_text(sources.config)),
        statements=kept_statements({"waivers": sources.waivers}),
    )


def matter_of_build(sources: Sources, settings: Mapping[str, Any]) -> Matter:
    """What the audit of a build looks at."""
    tables = [read_json(path) for path in sources.tables]
    extraction = STUDIES.read(sources.studies[0]) if sources.studies else {"studies": [], "columns": {}}
    known = read_table(*sources.abbreviations) if sources.abbreviations else []
    manuscript = read_manuscript(sources.manuscript)
    drawn = (item.id for item in manuscript.floats if item.file.startswith(DRAWN))
    machine = frozenset({*(f"tbl:{table['id']}" for table in tables), *drawn})
    ledger = ledger_of(VALUES.read(sources.values), sources.values.as_posix())
    passages = [*passages_of(manuscript), *passages_of_the_letter(sources, ledger, manuscript.head)]
    return Matter(
        passages=list(placed(passages, machine, sources.config)),
        ledger=ledger,
        studies=extraction["studies"],
        references=_references([sources.references]),
        settings=settings,
        machine=machine,
        drawings={path.as_posix(): read_text(path).splitlines() for path in sources.figures},
        strategies={path.as_posix(): read_text(path) for path in sources.strategies},
        abbreviations={row["abbreviation"]: row["expansion"] for row in known},
        columns=extraction["columns"],
        rows=_study_rows(sources.extraction),
        record_years=_years(sources.records),
        lines=lines_of_keys(read_text(sources.config)),
        checklists=[one for path in sources.checklists for one in _claims(path)],
        statements=kept_statements(
            {"stated": sources.stated, "waivers": sources.waivers, "confirmed": sources.confirmed}
        ),
        unexplained=_unexplained(sources.numbers),
    )
