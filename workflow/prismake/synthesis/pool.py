"""Every value that the text may use, in one ledger: flow, searches, studies, figures, groups, appraisal."""

from decimal import Decimal
from typing import Any

from prismake.common.errors import stop
from prismake.common.records import split_list
from prismake.synthesis.figures import (
    check_settings,
    group,
    name_of,
    number,
    patients_counted,
    pooled_figure,
    sensitivity,
)

Study = dict[str, Any]
Values = dict[str, Any]


def study_values(study: Study, columns: Values) -> Values:
    """A study's columns for the text: decimals as numbers, lists as lists, parts and reports as they are."""
    values: Values = {}
    for name, cell in study.items():
        marks = columns.get(name, {})
        if cell is not None and marks.get("decimal"):
            values[name] = number(Decimal(cell))
        elif marks.get("list"):
            values[name] = split_list(cell) if cell is not None else []
        elif name == "parts":
            values |= cell
        else:
            values[name] = cell
    return values


def flow_values(flow: Values) -> dict[str, int]:
    """Box id with underscores -> its number; `<box>_studies` and `<box>_reports` where a box counts them apart.

    Raises BuildStop where two boxes get the same name.
    """
    values: dict[str, int] = {}
    for box in flow["boxes"]:
        numbers = {"": box["n"], **{f"_{part}": box[part] for part in ("studies", "reports") if part in box}}
        for part, n in numbers.items():
            name = name_of(box["id"]) + part
            if name in values:
                message = f"two boxes of the flow have the name '{name}' in the text"
                raise stop("box-name", message, where=box["id"], fix="rename one")
            values[name] = n
    return values


def search_values(searches: list[Values], flow: Values) -> Values:
    """The sources of the search with dates, and the records each gave as the flow counts them.

    Sources are databases and registers, as in the figure's first column; searches by other methods are listed apart.
    A search whose records the flow counts as a database's and a register's has both.
    """
    counts = {box["id"]: box["n"] for box in flow["boxes"]}
    names = {
        kind: [search["database"] for search in searches if search.get("kind", "database") == kind]
        for kind in ("database", "register", "other")
    }
    sources = [search["database"] for search in searches if search.get("kind") != "other"]
    dates = sorted(search["date"] for search in searches)
    values: Values = {
        "databases": names["database"],
        "n_databases": len(names["database"]),
        "registers": names["register"],
        "n_registers": len(names["register"]),
        "sources": sources,
        "n_sources": len(sources),
        "other_methods": names["other"],
        "n_other_methods": len(names["other"]),
        "first_date": dates[0],
        "last_date": dates[-1],
    }
    for search in searches:
        if (name := name_of(search["id"])) in values:
            raise stop(
                "search-name",
                f"a search cannot be called '{search['id']}'",
                where="config.yaml: searches",
                fix="rename it",
            )
        values[name] = {
            "database": search["database"],
            "date": search["date"],
            "n": sum(counts.get(f"identified.{search['id']}{kind}", 0) for kind in ("", ".database", ".register")),
        }
    return values


def synthesise(extraction: Values, settings: Values) -> Values:
    """The part of the ledger that comes from the extraction: studies, pooled, groups, years, not_reported, overlap."""
    check_settings(settings, extraction)
    studies, patients = extraction["studies"], settings["patients"]
    counted, doubled = patients_counted(studies, extraction["overlaps"])
    counted_ids = {study["study_id"] for study in counted}
    years = [study[settings["year"]] for study in studies if study[settings["year"]] is not None]
    columns = extraction["columns"]
    not_reported = {
        name: [study["study_id"] for study in studies if study[name] is None] for name in columns if name != "study_id"
    }
    return {
        "studies": {study["study_id"]: study_values(study, columns) for study in studies},
        "study_keys": [study["study_id"] for study in studies],
        "n_studies": len(studies),
        "n_reports": sum(len(study["reports"]) for study in studies),
        "pooled": {name: pooled_figure(counted, rule, patients) for name, rule in settings["pooled"].items()},
        "groups": {
            name: group(studies, rule, extraction, patients, counted_ids) for name, rule in settings["groups"].items()
        },
        "not_reported": {name: _listed(ids) for name, ids in not_reported.items()},
        "years": {"first": min(years), "last": max(years)} if years else {},
        "overlap": {"same": doubled, **sensitivity(counted, settings, extraction["overlaps"])},
    }


def appraisal_values(appraisal: Values) -> Values:
    """The appraisal in numbers: studies by form, answers in all and by item, overall answers, studies with yes only.

    Every answer of a form has its number, also where it is zero.
    """
    forms: Values = {}
    answers: dict[str, int] = {}
    items: dict[str, dict[str, dict[str, list[str]]]] = {}
    overall: dict[str, list[str]] = {}
    all_yes: list[str] = []
    for form_id, form in appraisal["forms"].items():
        ids = [study["study_id"] for study in appraisal["studies"] if study["form"] == form_id]
        forms[form_id] = {"title": form["title"], "n_items": len(form["items"]), **_listed(ids)}
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
    return {
        "forms": forms,
        "answers": answers,
        "n_answers": sum(answers.values()),
        "items": {
            form_id: {
                item: {answer: _listed(ids) for answer, ids in by_answer.items()} for item, by_answer in form.items()
            }
            for form_id, form in items.items()
        },
        "overall": {answer: len(ids) for answer, ids in overall.items()},
        "overall_studies": overall,
        "all_yes": _listed(all_yes),
        "pending": _listed([study["study_id"] for study in appraisal["studies"] if study["state"] != "complete"]),
    }


def agreement_values(agreement: Values) -> Values:
    """Stage -> the agreement of its reviewers: raw, kappa with its interval, records, conflicts; nothing if none."""
    shown = ("raw", "kappa", "low", "high", "n", "agree", "conflicts", "method", "reviewers")
    stages = {name_of(stage["stage"]): {key: stage[key] for key in shown} for stage in agreement["stages"]}
    return {"agreement": stages} if stages else {}


def _listed(studies: list[str]) -> Values:
    return {"n": len(studies), "studies": studies}
