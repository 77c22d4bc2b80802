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
from prismake.synthesis.figures import name_of

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
    """Ids of studies by form, item and answer, and by overall answer; how many answers there are of each."""

    items: dict[str, dict[str, dict[str, list[str]]]]
    overall: dict[str, list[str]]
    all_yes: list[str]
    answers: Counter[str]


def _tally(appraisal: Mapping[str, Any]) -> _Tally:
    """The studies by their answers; every answer of a form has its list, also where it is empty.

    A study that has several appraisals counts once for each answer that one of them has.
    """
    forms = appraisal["forms"]
    items: dict[str, dict[str, dict[str, list[str]]]] = {
        form: {item["id"]: {answer: [] for answer in content["answers"]} for item in content["items"]}
        for form, content in forms.items()
    }
    overall: dict[str, list[str]] = {answer: [] for content in forms.values() for answer in content["overall"]}
    answers = Counter({answer: 0 for form in forms.values() for answer in form["answers"]})
    only_yes: dict[str, bool] = {}
    for one in appraisal["appraisals"]:
        study = one["study_id"]
        given = {item: cell["answer"] for item, cell in one["items"].items() if cell["answer"] is not None}
        answers.update(given.values())
        for item, answer in given.items():
            _add(items[one["form"]][item][answer], study)
        if one["overall"] is not None:
            _add(overall[one["overall"]], study)
        met = one["state"] == "complete" and set(given.values()) == {"yes"}
        only_yes[study] = only_yes.get(study, True) and met
    return _Tally(items, overall, [study for study, met in only_yes.items() if met], answers)


def _add(studies: list[str], study: str) -> None:
    if study not in studies:
        studies.append(study)


def _states(appraisal: Mapping[str, Any]) -> Tree:
    """The cells of the printed matrices by state: answered, unclear, not on the study's form, not yet answered."""
    cells: Counter[str] = Counter(cell["state"] for one in appraisal["appraisals"] for cell in one["items"].values())
    forms = appraisal["forms"]
    for shown in appraisal["tables"].values():
        on = [one for one in appraisal["appraisals"] if one["form"] in (shown or forms)]
        every = {item["id"] for one in on for item in forms[one["form"]]["items"]}
        cells["not_on_form"] += sum(len(every) - len(one["items"]) for one in on)
    hows = {
        "answered": "items answered otherwise than unclear",
        "unclear": "items answered as unclear or without information",
        "not_on_form": "items of a table that are not on the form of the study",
        "pending": "items not answered yet",
    }
    return {name: count(cells[name], how, ITEM, files=FILES) for name, how in hows.items()}


def _forms(appraisal: Mapping[str, Any]) -> Tree:
    forms: Tree = {}
    for form_id, form in appraisal["forms"].items():
        own = [one for one in appraisal["appraisals"] if one["form"] == form_id]
        ids = tuple(dict.fromkeys(one["study_id"] for one in own))
        how = f"studies appraised with '{form['title']}'"
        forms[form_id] = {
            **listed(ids, how, files=FILES),
            "title": Value(form["title"], "text", "title of the form"),
            "n_items": count(len(form["items"]), f"items of '{form['title']}'", ITEM, noun("questions")),
        }
        if any(one["about"] for one in own):
            how = f"appraisals with '{form['title']}'"
            forms[form_id]["n_appraisals"] = count(len(own), how, noun("appraisals"), studies=ids, files=FILES)
        if scores := [one["score"] for one in own if one["score"] is not None]:
            forms[form_id]["maximum"] = Value(form["maximum"], "measure", f"highest score of '{form['title']}'")
            for name, pick in (("lowest", min), ("highest", max)):
                how = f"{name} score of a study on '{form['title']}'"
                forms[form_id][name] = Value(pick(scores), "measure", how, studies=ids, files=FILES)
    return forms


def _by_answer(answers: Mapping[str, list[str]], how: str) -> Tree:
    """Answer -> the studies that have it; `how` holds the answer's place."""
    return {
        answer: listed(ids, how.format(answer), roles=(_spoken(answer),), files=FILES)
        for answer, ids in answers.items()
    }


def _about(appraisal: Mapping[str, Any]) -> Tree:
    """Outcome, case or time point that is appraised apart -> the studies by overall answer."""
    made: Tree = {}
    for what in dict.fromkeys(one["about"] for one in appraisal["appraisals"] if one["about"]):
        own = [one for one in appraisal["appraisals"] if one["about"] == what]
        answers = dict.fromkeys(answer for one in own for answer in appraisal["forms"][one["form"]]["overall"])
        by_answer = {answer: [one["study_id"] for one in own if one["overall"] == answer] for answer in answers}
        made[name_of(what)] = {
            **listed((one["study_id"] for one in own), f"studies appraised for {what}", files=FILES),
            "label": Value(what, "text", "what is appraised"),
            "overall": _by_answer(by_answer, f"studies appraised as '{{}}' for {what}"),
        }
    return made


def _agreement(agreement: Mapping[str, Any]) -> Tree:
    """Form -> how far its reviewers agree, over all items and item by item."""

    def compared(counts: Mapping[str, Any], where: str) -> Tree:
        made: Tree = {
            "n": count(counts["n"], f"answers of one of the reviewers{where}", ANSWER, ITEM, files=FILES),
            "agree": count(counts["agree"], f"answers on which the reviewers agree{where}", ANSWER, ITEM, files=FILES),
            "raw": Value(counts["raw"], "share", f"share of answers on which the reviewers agree{where}", files=FILES),
        }
        if counts.get("kappa") is not None:
            made["kappa"] = Value(counts["kappa"], "measure", f"kappa of the reviewers{where}", files=FILES)
        return made

    return {
        form: {
            "reviewers": Value(list(about["reviewers"]), "list", "who appraised each on their own", files=FILES),
            **compared(about, ""),
            "open": count(about["open"], "differences that nobody has decided", noun("differences"), files=FILES),
            "items": {name: compared(item, f" to item {name}") for name, item in about["items"].items()},
        }
        for form, about in agreement.items()
    }


def _departures(appraisal: Mapping[str, Any]) -> Value:
    """How many judgements are not what the rules of their form propose."""
    pairs = [
        (cell["answer"], cell["proposed"])
        for one in appraisal["appraisals"]
        for cell in (*one["items"].values(), {"answer": one["overall"], "proposed": one["proposed"]})
    ]
    number = sum(bool(answer and proposed and answer != proposed) for answer, proposed in pairs)
    return count(number, "judgements that depart from the proposal of their form", noun("judgements"), files=FILES)


def appraisal_values(appraisal: Mapping[str, Any]) -> Tree:
    """The appraisal in numbers: studies by form, answers in all and by item, overall answers, studies with yes only.

    Every answer of a form has its number, also where it is zero.
    """
    tally = _tally(appraisal)
    answers = tally.answers
    pending = dict.fromkeys(one["study_id"] for one in appraisal["appraisals"] if one["state"] != "complete")
    made: Tree = {
        "forms": _forms(appraisal),
        "answers": {
            answer: count(number, f"items answered '{answer}'", ANSWER, ITEM, roles=(_spoken(answer),), files=FILES)
            for answer, number in answers.items()
        },
        "n_answers": count(answers.total(), "items answered", ANSWER, ITEM, files=FILES),
        "states": _states(appraisal),
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
    if any(one["about"] for one in appraisal["appraisals"]):
        made["about"] = _about(appraisal)
    if any(item["questions"] for form in appraisal["forms"].values() for item in form["items"]):
        made["departures"] = _departures(appraisal)
    return {**made, **({"agreement": _agreement(appraisal["agreement"])} if appraisal["agreement"] else {})}


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
