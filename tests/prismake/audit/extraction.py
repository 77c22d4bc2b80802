"""The example's extraction, references and searches as the audit sees them, without a build; cells may be changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from prismake.audit.matter import Matter, StudyRow
from prismake.audit.passages import Passage
from prismake.common.tables import read_table
from prismake.synthesis.checks import columns_of

from tests.places import PROJECT

EXTRACTION = PROJECT / "data" / "extraction"
ONLINE = Passage("results", "The article was available online before the last search.", "03.results.md", 1)


@cache
def _config() -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((PROJECT / "config.yaml").read_text(encoding="utf-8"))
    return config


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = yaml.safe_load((EXTRACTION / "studies.schema.yaml").read_text(encoding="utf-8"))
    return schema


@cache
def _rows() -> list[dict[str, Any]]:
    return read_table(EXTRACTION / "studies.csv", _schema())


@cache
def references() -> dict[str, dict[str, Any]]:
    """The references of the included studies, read from the fields of their BibTeX entries."""
    text = (PROJECT / "manuscript" / "references.bib").read_text(encoding="utf-8")
    works = {}
    for entry in re.finditer(r"@\w+\{(\w+),\n(.*?)\n\}", text, re.DOTALL):
        fields = dict(re.findall(r"^  (\w+) = \{(.*)\},?$", entry[2].replace("\n    ", " "), re.MULTILINE))
        authors = [
            {"literal": name.strip("{}")}
            if "," not in name
            else dict(zip(("family", "given"), name.split(", "), strict=False))
            for name in fields["author"].split(" and ")
        ]
        works[entry[1]] = {
            "author": authors,
            "title": fields["title"].replace("{", "").replace("}", ""),
            "container-title": fields.get("journal", ""),
            "issued": {"date-parts": [[int(fields["year"])]]},
        }
    return works


def example(
    cells: Mapping[tuple[str, str], Any] | None = None,
    *,
    marks: Mapping[str, Mapping[str, Any]] | None = None,
    dates: Mapping[str, str] | None = None,
    years: Mapping[str, Mapping[int, int]] | None = None,
    passages: Sequence[Passage] = (ONLINE,),
) -> Matter:
    """The example with cells (study, column), marks of columns and dates of searches changed."""
    changed = dict(cells or {})
    studies = [{key: cell for key, cell in row.items() if key != "__line__"} for row in _rows()]
    for study in studies:
        study.update({column: cell for (name, column), cell in changed.items() if name == study["study_id"]})
    columns = columns_of(_schema())
    for name, more in (marks or {}).items():
        columns[name] = {**columns.get(name, {"number": True, "decimal": True}), **more}
    searches = [{**search, "date": (dates or {}).get(search["id"], search["date"])} for search in _config()["searches"]]
    return Matter(
        passages,
        {},
        studies,
        references(),
        settings={**_config(), "searches": searches},
        columns=columns,
        rows={
            row["study_id"]: StudyRow(Path("data/extraction/studies.csv").as_posix(), row["__line__"])
            for row in _rows()
        },
        record_years=years or {"pubmed": {2016: 20, 2025: 4, 2026: 1}},
    )


def columns_matter(values: Mapping[str, Sequence[Any]], marks: Mapping[str, Mapping[str, Any]] | None = None) -> Matter:
    """Studies a, b, … with columns of numbers, and what is known of them; `patients` is their number of patients."""
    many = len(next(iter(values.values())))
    studies = [
        {"study_id": "abcdefghijkl"[at], **{name: cells[at] for name, cells in values.items()}} for at in range(many)
    ]
    columns = {name: {"number": True, **(marks or {}).get(name, {})} for name in values}
    return Matter([], {}, studies, settings={"synthesis": {"patients": "patients"}}, columns=columns)
