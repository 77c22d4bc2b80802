"""Values about the appraisal, and about the printed tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prismake.common.results.synthesis import APPRAISAL, PRINTED
from prismake.common.values import Tree, Value, count, noun
from prismake.ledger.records import words_of
from prismake.ledger.studies import listed

ITEM, ANSWER = noun("items"), noun("answers")


def _spoken(answer: str) -> tuple[str, ...]:
    return (answer.lower().replace("_", " "), *words_of(answer.replace("_", " ")))


def appraisal_values(appraisal: Mapping[str, Any]) -> Tree:
    """The appraisal in numbers: studies by form, answers in all and by item, overall answers, studies with yes only.

    Every answer of a form has its number, also where it is zero.
    """
    forms: Tree = {}
    answers: dict[str, int] = {}
    items: dict[str, dict[str, dict[str, list[str]]]] = {}
    overall: dict[str, list[str]] = {}
    all_yes: list[str] = []
    files = (APPRAISAL.path,)
    for form_id, form in appraisal["forms"].items():
        ids = [study["study_id"] for study in appraisal["studies"] if study["form"] == form_id]
        forms[form_id] = {
            **listed(ids, f"studies appraised with '{form['title']}'", files=files),
            "title": Value(form["title"], "text", "title of the form"),
            "n_items": count(len(form["items"]), f"items of '{form['title']}'", ITEM, noun("questions")),
        }
        items[form_id] = {item["id"]: {answer: [] for answer in form["answers"]} for item in form["items"]}
        answers |= dict.fromkeys(form["answers"], 0)
        overall |= {answer: [] for answer in form["overall"]}
    for study in appraisal["studies"]:
        answered = {item: cell["answer"] for item, cell in study["items"].items() if cell["state"] == "answered"}
        for item, answer in answered.items():
            answers[answer] += 1
            items[study["form"]][item][answer].append(study["study_id"])
        if study["overall"] is not None:
            overall[study["overall"]].append(study["study_id"])
        if study["state"] == "complete" and set(answered.values()) == {"yes"}:
            all_yes.append(study["study_id"])
    pending = [study["study_id"] for study in appraisal["studies"] if study["state"] != "complete"]
    return {
        "forms": forms,
        "answers": {
            answer: count(number, f"items answered '{answer}'", ANSWER, ITEM, roles=(_spoken(answer),), files=files)
            for answer, number in answers.items()
        },
        "n_answers": count(sum(answers.values()), "items answered", ANSWER, ITEM, files=files),
        "items": {
            form: {
                item: {
                    answer: listed(
                        ids, f"studies with '{answer}' for item {item}", roles=(_spoken(answer),), files=files
                    )
                    for answer, ids in by_answer.items()
                }
                for item, by_answer in by_item.items()
            }
            for form, by_item in items.items()
        },
        "overall": {
            answer: listed(ids, f"studies appraised as '{answer}'", roles=(_spoken(answer),), files=files)
            for answer, ids in overall.items()
        },
        "overall_studies": {
            answer: Value(ids, "studies", f"studies appraised as '{answer}'", studies=tuple(ids), files=files)
            for answer, ids in overall.items()
        },
        "all_yes": listed(all_yes, "studies with 'yes' for every item", roles=(_spoken("yes"),), files=files),
        "pending": listed(pending, "studies whose appraisal is not complete", files=files),
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
