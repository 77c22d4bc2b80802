"""Values about the appraisal, and about the printed tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prismake.common.results.synthesis import APPRAISAL, PRINTED
from prismake.common.values import Tree, Value, count, noun
from prismake.ledger.records import words_of
from prismake.ledger.studies import listed

ITEM, ANSWER = noun("items"), noun("answers")
FILES = (APPRAISAL.path,)


# How texts say that a study has an answer, or is kept.
SPOKEN = {
    "yes": ("met", "meet", "fulfilled", "satisfied", "adequate", "every", "all"),
    "no": ("not", "none", "never", "without", "neither", "lacked", "failed"),
    "unclear": ("uncertain", "unknown", "insufficient"),
    "include": ("included", "retained", "kept", "accepted"),
    "exclude": ("excluded", "removed", "rejected"),
}


def _spoken(answer: str) -> tuple[str, ...]:
    words = answer.lower().replace("_", " ")
    return tuple(dict.fromkeys((words, *words_of(words), *SPOKEN.get(words, ()))))


@dataclass(frozen=True)
class _Tally:
    """Ids of studies by form, item and answer, and by overall answer."""

    items: dict[str, dict[str, dict[str, list[str]]]]
    overall: dict[str, list[str]]
    all_yes: list[str]


def _tally(appraisal: Mapping[str, Any]) -> _Tally:
    """The studies by their answers; every answer of a form has its list, also where it is empty."""
    forms = appraisal["forms"]
    items: dict[str, dict[str, dict[str, list[str]]]] = {
        form: {item["id"]: {answer: [] for answer in content["answers"]} for item in content["items"]}
        for form, content in forms.items()
    }
    overall: dict[str, list[str]] = {answer: [] for content in forms.values() for answer in content["overall"]}
    all_yes: list[str] = []
    for study in appraisal["studies"]:
        answered = {item: cell["answer"] for item, cell in study["items"].items() if cell["state"] == "answered"}
        for item, answer in answered.items():
            items[study["form"]][item][answer].append(study["study_id"])
        if study["overall"] is not None:
            overall[study["overall"]].append(study["study_id"])
        if study["state"] == "complete" and set(answered.values()) == {"yes"}:
            all_yes.append(study["study_id"])
    return _Tally(items, overall, all_yes)


def _forms(appraisal: Mapping[str, Any]) -> Tree:
    forms: Tree = {}
    for form_id, form in appraisal["forms"].items():
        ids = [study["study_id"] for study in appraisal["studies"] if study["form"] == form_id]
        forms[form_id] = {
            **listed(ids, f"studies appraised with '{form['title']}'", files=FILES),
            "title": Value(form["title"], "text", "title of the form"),
            "n_items": count(len(form["items"]), f"items of '{form['title']}'", ITEM, noun("questions")),
        }
    return forms


def _by_answer(answers: Mapping[str, list[str]], how: str) -> Tree:
    """Answer -> the studies that have it; `how` holds the answer's place."""
    return {
        answer: listed(ids, how.format(answer), roles=(_spoken(answer),), files=FILES)
        for answer, ids in answers.items()
    }


def appraisal_values(appraisal: Mapping[str, Any]) -> Tree:
    """The appraisal in numbers: studies by form, answers in all and by item, overall answers, studies with yes only.

    Every answer of a form has its number, also where it is zero.
    """
    tally = _tally(appraisal)
    answers: Counter[str] = Counter()
    for form in tally.items.values():
        for by_answer in form.values():
            answers.update({answer: len(ids) for answer, ids in by_answer.items()})
    pending = [study["study_id"] for study in appraisal["studies"] if study["state"] != "complete"]
    return {
        "forms": _forms(appraisal),
        "answers": {
            answer: count(number, f"items answered '{answer}'", ANSWER, ITEM, roles=(_spoken(answer),), files=FILES)
            for answer, number in answers.items()
        },
        "n_answers": count(answers.total(), "items answered", ANSWER, ITEM, files=FILES),
        "items": {
            form: {
                item: _by_answer(by_answer, f"studies with '{{}}' for item {item}") for item, by_answer in items.items()
            }
            for form, items in tally.items.items()
        },
        "overall": _by_answer(tally.overall, "studies appraised as '{}'"),
        "overall_studies": {
            answer: Value(ids, "studies", f"studies appraised as '{answer}'", studies=tuple(ids), files=FILES)
            for answer, ids in tally.overall.items()
        },
        "all_yes": listed(tally.all_yes, "studies with 'yes' for every item", roles=(_spoken("yes"),), files=FILES),
        "pending": listed(pending, "studies whose appraisal is not complete", files=FILES),
    }


def table_values(tables: Sequence[Mapping[str, Any]]) -> Tree:
    """Printed tables by id: caption and rows."""
    return {
        table["id"]: {
            "caption": Value(table["caption"], "text", "caption of the table"),
            "rows": count(
                len(table["rows"]), "rows of the table", noun("rows"), files=(PRINTED.at(table=table["id"]),)
            ),
        }
        for table in tables
    }
