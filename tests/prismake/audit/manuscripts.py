"""Small manuscripts for tests of the audit: Markdown with values, a ledger, studies."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from prismake.audit.matter import Matter
from prismake.audit.passages import passages_of
from prismake.audit.run import audit
from prismake.audit.statements import Row, Statements
from prismake.common.values import flat, named_tree
from prismake.ledger.appraisal import appraisal_values
from prismake.ledger.records import agreement_values, flow_values, search_values
from prismake.ledger.studies import extraction_values
from prismake.manuscript.render import Made, Written, render

STATED = ("text", "place", "source", "note")
WAIVERS = ("rule", "text", "reason")
CONFIRMED = ("rule", "text", "digest", "confirmed_by", "date")
REVIEWS = Path(__file__).parent / "reviews"


def _rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Row]:
    padded = [(*row, *[""] * (len(columns) - len(row))) for row in rows]
    return [Row(dict(zip(columns, row, strict=True)), line) for line, row in enumerate(padded, start=2)]


def matter(
    folder: Path,
    text: str,
    tree: Mapping[str, Any],
    *,
    head: Mapping[str, Any] | None = None,
    studies: Sequence[Mapping[str, Any]] = (),
    references: Mapping[str, Mapping[str, Any]] | None = None,
    stated: Sequence[Sequence[str]] = (),
    waivers: Sequence[Sequence[str]] = (),
    confirmed: Sequence[Sequence[str]] = (),
    figures: Sequence[str] = (),
    **more: Any,
) -> Matter:
    """The matter of a manuscript of one section file, `text`, with the ledger `tree` and the head `head`."""
    (folder / "01.text.md").write_text(text, encoding="utf-8")
    metadata = folder / "metadata.yaml"
    metadata.write_text(yaml.safe_dump({"title": "T", **(head or {})}, allow_unicode=True), encoding="utf-8")
    ledger = dict(flat(tree))
    names = named_tree(ledger)
    names.setdefault("search", {"last_date": "2025-12-16"})
    works = references or {}
    keys = frozenset({*works, *(study["study_id"] for study in studies)})
    written = Written([folder / "01.text.md"], metadata, keys, [])
    rendered = render(
        written,
        Made(names, {}, {figure: {"file": figure} for figure in figures}, {}),
        stop_on_uncited=False,
        draft=False,
    )
    statements = Statements(_rows(STATED, stated), _rows(WAIVERS, waivers), _rows(CONFIRMED, confirmed))
    return Matter(passages_of(rendered.manuscript), ledger, studies, works, statements=statements, **more)


def findings(matter: Matter, *rules: str) -> list[tuple[str, str]]:
    """(rule, message) of what the audit finds, by all rules or those named."""
    return [(one.rule, one.message) for one in audit(matter, rules).findings]


def _study(row: Mapping[str, str], columns: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    whole = {name for name, marks in columns.items() if marks.get("number") and not marks.get("decimal")}
    cells = {name: (int(cell) if name in whole else cell) if cell else None for name, cell in row.items()}
    return {**cells, "parts": {}, "reports": [row["study_id"]]}


def _appraisal(forms: Mapping[str, Any], studies: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """An appraisal of which each study is written as its form, a letter for each item, and its overall answer."""
    letters = {form: content["answers"] for form, content in forms.items()}
    return {
        "forms": {
            form: {
                **content,
                "items": [{"id": item, "questions": []} for item in content["items"]],
                "answers": [*letters[form].values()],
            }
            for form, content in forms.items()
        },
        "appraisals": [
            {
                "study_id": study,
                "about": "",
                "score": None,
                "form": form,
                "state": "complete",
                "overall": overall,
                "items": {
                    item: {"state": "answered", "answer": letters[form][letter]}
                    for item, letter in zip(forms[form]["items"], answers, strict=True)
                },
            }
            for study, (form, answers, overall) in studies.items()
        ],
        "tables": {"appraisal": []},
        "agreement": [],
    }


@dataclass(frozen=True)
class Facts:
    """What the tables of a review beside these tests make: its values, studies, columns and references."""

    tree: Mapping[str, Any]
    studies: list[dict[str, Any]]
    columns: Mapping[str, Mapping[str, Any]]
    references: Mapping[str, Mapping[str, Any]]
    head: Mapping[str, Any]
    settings: Mapping[str, Any]
    strategies: Mapping[str, str]
    stated: list[list[str]]


@cache
def facts(name: str) -> Facts:
    """The facts of a review: its studies and its flow through the ledger."""
    made = yaml.safe_load((REVIEWS / name / "review.yaml").read_text(encoding="utf-8"))
    with (REVIEWS / name / "studies.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    columns = {column: {"list": False, **made["columns"].get(column, {})} for column in rows[0]}
    studies = [_study(row, columns) for row in rows]
    codes = {
        column: {code: {"label": label} for code, label in labels.items()} for column, labels in made["codes"].items()
    }
    extraction = {"columns": columns, "codes": codes, "parts": {}, "studies": studies, "overlaps": []}
    flow = {"boxes": [{**box, "records": f"results/flow/{box['id']}.csv"} for box in made["boxes"]]}
    tree = {
        "flow": flow_values(flow),
        "search": search_values(made["searches"], flow),
        **extraction_values(extraction, made["synthesis"]),
        **agreement_values({"stages": made.get("agreement", [])}),
    }
    if "appraisal" in made:
        tree["appraisal"] = appraisal_values(_appraisal(**made["appraisal"]))
    references = {**made["works"], **{study["study_id"]: {} for study in studies}}
    strategies = made.get("strategies", {})
    names = [*strategies, *[""] * len(made["searches"])]
    searches = [{**search, "strategy": name} for search, name in zip(made["searches"], names, strict=False)]
    settings = {"searches": searches, "screening": made.get("screening", {}), "synthesis": made["synthesis"]}
    return Facts(tree, studies, columns, references, made["head"], settings, strategies, made.get("stated", []))


def made_with(folder: Path, text: str, known: Facts, **more: Any) -> Matter:
    """The matter of a text with the facts of a review."""
    return matter(
        folder,
        text,
        known.tree,
        studies=known.studies,
        references=known.references,
        columns=known.columns,
        settings=known.settings,
        strategies=known.strategies,
        **more,
    )


def review(folder: Path, name: str) -> Matter:
    """The matter of one of the reviews beside these tests."""
    known = facts(name)
    text = (REVIEWS / name / "text.md").read_text(encoding="utf-8")
    return made_with(folder, text, known, head=known.head, stated=known.stated)
