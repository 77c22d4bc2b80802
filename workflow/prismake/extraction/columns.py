"""The columns of the extraction workbook: those of every review, and those that its schema and settings add."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prismake.common.inference import STATISTICS, STUDY
from prismake.common.sheets import SheetColumn
from prismake.synthesis.outcomes import MEANINGS, columns_for, counted_columns

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """A column by its name: what it holds, its unit, width and codes; `chosen` ones come from the review's files."""

    name: str
    help: str = ""
    unit: str = ""
    width: float = 14
    codes: tuple[str, ...] = ()
    several: bool = False
    chosen: bool = False

    def as_sheet_column(self) -> SheetColumn:
        """The column as it is written: the unit in the header, the help as a note, its codes as a drop-down list."""
        header = f"{self.name} [{self.unit}]" if self.unit else self.name
        note = self.help
        if self.codes:
            kind = "Several of these, with a semicolon between" if self.several else "One of these"
            note = f"{note}\n{kind}: {', '.join(self.codes)}.".strip()
        return SheetColumn(header, self.width, note, () if self.several else self.codes)


FROM_RECORDS = "Filled in from the record; correct it where the record is wrong."
STUDIES = (
    Column(STUDY, "Short name of the study, and its key in references.bib. Do not change it.", width=16),
    Column("label", f"The study as tables name it. {FROM_RECORDS}", width=22),
    Column("year", f"Year of the main report. {FROM_RECORDS}", width=8),
    Column("journal", f"Journal of the main report. {FROM_RECORDS}", width=24),
    Column("country", "Where the patients were treated.", width=16),
    Column("design", "Design of the study. It decides on which form the study is appraised.", width=20),
    Column("patients", "Patients of the study: the weight of every mean. A whole number.", width=10),
)
# What the records say of a study; the rest is each extractor's own.
IDENTITY = STUDIES[:4]
REPORTS = (
    Column("record_id", "The report: a record of the searches, or its DOI or PubMed id.", width=18),
    Column(STUDY, "The study that it reports. Give two reports of one study the same name.", width=16),
    Column("authors", FROM_RECORDS, width=30),
    Column("year", FROM_RECORDS, width=8),
    Column("title", FROM_RECORDS, width=60),
    Column("journal", FROM_RECORDS, width=24),
    Column("doi", FROM_RECORDS, width=26),
    Column("note", width=30),
)
ARMS = (
    Column(STUDY, "A study of the sheet studies. One row per arm.", width=16),
    Column("arm", "Short name of the arm, the same in every sheet.", width=20),
    Column("intervention", "What the patients of the arm received.", width=40),
    Column("n", "Patients in the arm; those of all arms add up to the study's patients.", width=10),
    Column("note", width=30),
)
OUTCOMES = (
    Column(STUDY, "A study of the sheet studies. One row per outcome, arm and time.", width=16),
    Column("outcome", "What was measured, under the same name in all studies.", width=24),
    Column("arm", "An arm of the sheet arms; empty in a study without arms.", width=20),
    Column("time", "When it was measured, as the report says.", width=14),
    Column("scale", "Scale or unit of the outcome.", width=14),
    Column("n_analyzed", "Patients measured. A whole number.", width=12),
    Column("n_events", "Patients with the event, for an outcome that is counted.", width=12),
    Column("value_mean", "Mean; digits as reported, so 65.50 stays 65.50.", width=12),
    Column("value_sd", "Standard deviation; digits as reported.", width=12),
    Column("value_median", "Median; digits as reported.", width=12),
    Column("value_q1", "First quartile.", width=12),
    Column("value_q3", "Third quartile.", width=12),
    Column("note", width=30),
)
CODES = (
    Column("column", "The column that uses the code.", width=18),
    Column("code", "What is typed: lower case, digits and underscores.", width=22),
    Column("cell", "How tables print it.", width=26),
    Column("label", "How the text says it.", width=26),
)
OVERLAPS = (
    Column("study_a", "A study.", width=16),
    Column("study_b", "Another that may report the same patients.", width=16),
    Column("decision", "different patients, the same, or unclear", width=14, codes=("different", "same", "unclear")),
    Column("counted", "For same: the study whose patients count.", width=16),
    Column("note", "On what the judgement rests.", width=50),
)
SHEETS: dict[str, tuple[Column, ...]] = {
    "studies": STUDIES,
    "reports": REPORTS,
    "arms": ARMS,
    "outcomes": OUTCOMES,
    "codes": CODES,
    "overlaps": OVERLAPS,
}
# What two people extract, each on their own.
EXTRACTED = ("studies", "arms", "outcomes")
# What a meta-analysis takes from the table of studies.
BY_STUDY = ("subgroups", "moderator")
FUNCTIONS = frozenset(["mean_sd", "mean_range", "spread", "numbers", "codes", "counts", "none"])


def from_schema(schema: Settings, codes: Mapping[str, Sequence[str]]) -> Iterator[Column]:
    """The columns that a review's own schema declares, with their descriptions and codes."""
    for name, rule in schema.get("properties", {}).items():
        about = str(rule.get("description", ""))
        listed = tuple(codes.get(name, ())) if rule.get("coded") else tuple(map(str, rule.get("enum") or ()))
        width = 30 if rule.get("type") == ["string", "null"] and not (listed or rule.get("decimal")) else 14
        yield Column(name, about, rule.get("unit", ""), width, listed, bool(rule.get("list")), chosen=True)


def names_in(expression: str) -> list[str]:
    """The columns in the expression of a cell; none of an expression that is faulty, which the build reports."""
    try:
        nodes = list(ast.walk(ast.parse(expression, mode="eval")))
    except (SyntaxError, ValueError, RecursionError):
        return []
    columns = [node for node in nodes if isinstance(node, ast.Name) and node.id not in FUNCTIONS]
    return [node.id for node in sorted(columns, key=lambda node: (node.lineno, node.col_offset))]


def from_settings(synthesis: Settings, codes: Mapping[str, Sequence[str]]) -> Iterator[Column]:
    """The columns of studies that the block `synthesis` of config.yaml names."""
    units: dict[str, str] = {}
    names: list[str] = []
    for rule in (synthesis.get("pooled") or {}).values():
        columns = [rule[key] for key in ("sum", "mean", "low", "high") if key in rule]
        names += columns
        if "mean" in rule:
            units |= dict.fromkeys(columns, rule.get("unit", ""))
    checks = synthesis.get("checks") or {}
    names += [name for rule in checks.get("sums", []) for name in (*rule["parts"], rule["total"])]
    names += [name for row in checks.get("ascending", []) for name in row]
    names += synthesis.get("same_patients", [])
    names += [about[key] for about in (synthesis.get("meta") or {}).values() for key in BY_STUDY if key in about]
    names += [rule["column"] for rule in (synthesis.get("groups") or {}).values() if "column" in rule]
    for table in (synthesis.get("tables") or {}).values():
        for column in table.get("columns", []):
            names += names_in(str(column["cell"]))
    for name in dict.fromkeys(names):
        help_text = "Digits as reported, so 65.50 stays 65.50." if name.endswith(STATISTICS) else ""
        yield Column(name, help_text, units.get(name, ""), codes=tuple(codes.get(name, ())), chosen=True)


def from_analyses(synthesis: Settings) -> Iterator[Column]:
    """The columns of outcomes that the meta-analyses of the review take figures from."""
    wanted = [
        *columns_for((synthesis.get("meta") or {}).values()),
        *counted_columns(synthesis.get("directions") or {}),
    ]
    for name in dict.fromkeys(wanted):
        yield Column(name, MEANINGS[name], width=12, chosen=True)


def merged(base: Sequence[Column], *further: Iterable[Column]) -> list[Column]:
    """The columns, each name once: in the order of the first, with what later ones say of them."""
    columns = {column.name: column for column in base}
    for column in (column for group in further for column in group):
        there = columns.get(column.name)
        if there is None:
            columns[column.name] = column
        else:
            columns[column.name] = Column(
                there.name,
                column.help or there.help,
                column.unit or there.unit,
                there.width,
                column.codes or there.codes,
                column.several or there.several,
                there.chosen,
            )
    return list(columns.values())
