"""The corpora of tables: extractions of several topics with right and wrong cells, and what the rules make of them.

Each case changes cells of a study, or the date of a search, and names the rule that must find it; none for what people
write and is right. The rows as they stand are right too.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import yaml
from prismake.audit.findings import RULES
from prismake.audit.matter import Matter, StudyRow
from prismake.audit.run import audit

from .corpus import CORPORA, Sentence

TABLES = CORPORA / "data"
# Columns of a study that hold no numbers.
WORDS = ("study_id", "label", "journal")
FILES = ("data", "study_reference")


def _rows(topic: str, name: str) -> list[dict[str, str]]:
    with (TABLES / topic / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def _table(topic: str) -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((TABLES / topic / "table.yaml").read_text(encoding="utf-8"))
    return made


@cache
def _works(topic: str) -> dict[str, dict[str, Any]]:
    return {
        row["study_id"]: {
            "author": [{"family": name} for name in row["authors"].split("; ")],
            "title": row["title"],
            "container-title": row["journal"],
            "issued": {"date-parts": [[int(row["year"])]]},
        }
        for row in _rows(topic, "references")
    }


def _study(row: Mapping[str, str]) -> dict[str, Any]:
    return {name: (int(cell) if name in ("year", "n") else cell) if cell else None for name, cell in row.items()}


def _matter(topic: str, rows: Sequence[Mapping[str, str]], dates: Mapping[str, str]) -> Matter:
    made = _table(topic)
    numbers = [name for name in rows[0] if name not in WORDS]
    searches = [{**search, "date": dates.get(search["id"], search["date"])} for search in made["searches"]]
    return Matter(
        [],
        {},
        [_study(row) for row in rows],
        _works(topic),
        settings={"synthesis": {"patients": "n", "year": "year", "label": "label"}, "searches": searches},
        columns={name: {"number": True, **(made["columns"].get(name) or {})} for name in numbers},
        rows={row["study_id"]: StudyRow("studies.csv", line) for line, row in enumerate(rows, start=2)},
        record_years=made["records"],
    )


def _findings(matter: Matter) -> set[tuple[str, int, str]]:
    rules = [name for name, rule in RULES.items() if rule.check.__module__.rpartition(".")[2] in FILES]
    return {(one.rule, one.line, one.text) for one in audit(matter, rules).findings}


def _changed(rows: Sequence[Mapping[str, str]], study: str, cells: str) -> list[dict[str, str]]:
    new = dict(cell.split("=", 1) for cell in cells.split("; ")) if study else {}
    return [{**row, **(new if row["study_id"] == study else {})} for row in rows]


@cache
def audited_tables(topic: str) -> list[Sentence]:
    """The rows of a topic's table as they stand, then its cases, each with the rules that find something new in it."""
    rows = _rows(topic, "studies")
    standing = _findings(_matter(topic, rows, {}))
    audited = [
        Sentence(topic, "data", row["study_id"], "", frozenset(rule for rule, at, _ in standing if at == line))
        for line, row in enumerate(rows, start=2)
    ]
    for case in _rows(topic, "cases"):
        study, cells = case["study"], case["cells"]
        dates = {} if study else dict([cells.replace(".date=", "=").split("=")])
        new = _findings(_matter(topic, _changed(rows, study, cells), dates)) - standing
        audited.append(
            Sentence(topic, "data", f"{study}: {cells}", case["rule"], frozenset(rule for rule, _, _ in new))
        )
    return audited


def tables() -> list[str]:
    """The topics for which there is a table."""
    return sorted(path.name for path in TABLES.iterdir())
