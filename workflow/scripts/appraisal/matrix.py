"""Step: the appraisal of the included studies, validated against the forms, and its printed matrix.

An item of a study is in one of four states, which are never mixed up: `answered` (with one of the form's answers, of
which "not applicable" is one), `not_on_form` (another form of the matrix has such an item, this one has not) and
`pending` (not yet appraised: a draft prints it, anything else stops).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prismake.appraisal.forms import Form, read_forms
from prismake.common.errors import BuildStop, Issue, nearest
from prismake.common.printed import compose, helpers
from prismake.common.steps import warn
from prismake.common.tables import Row, read_table
from prismake.common.writing import write_json, write_rows

Settings = dict[str, Any]
Study = dict[str, Any]


def answer_issues(rows: list[Row], forms: dict[str, Form], known: list[str], path: Path) -> Iterator[Issue]:
    """An issue for each answer of an unknown study, form or item, outside the form's answers, or on a second form."""
    first: dict[str, str] = {}
    for row in rows:
        where, study_id = f"{path}:{row['__line__']}", row["study_id"]
        if study_id not in known:
            yield Issue("unknown-study", f"study '{study_id}' is not extracted", where, nearest(study_id, known))
        form = forms.get(row["form"])
        if form is None:
            yield Issue("unknown-form", f"there is no form '{row['form']}'", where, nearest(row["form"], list(forms)))
            continue
        if first.setdefault(study_id, form.id) != form.id:
            message = f"study '{study_id}' is appraised on '{first[study_id]}' and on '{form.id}'"
            yield Issue("two-forms", message, where, "appraise a study once: keep the rows of one form")
        if row["item"] not in form.items:
            message = f"the form '{form.id}' has no item '{row['item']}'"
            yield Issue("unknown-item", message, where, "its items: " + ", ".join(form.items))
        if row["answer"] is not None and row["answer"] not in form.answers:
            message = f"'{row['answer']}' is no answer of the form '{form.id}'"
            yield Issue("unknown-answer", message, where, nearest(row["answer"], form.answers))


def overall_issues(rows: list[Row], form_of: dict[str, Form], known: list[str], path: Path) -> Iterator[Issue]:
    """An issue for each overall answer of an unknown or unappraised study, or outside the form's overall answers."""
    for row in rows:
        where, study_id = f"{path}:{row['__line__']}", row["study_id"]
        if study_id not in known:
            yield Issue("unknown-study", f"study '{study_id}' is not extracted", where, nearest(study_id, known))
        elif study_id in form_of and row["overall"] not in (None, *form_of[study_id].overall):
            message = f"'{row['overall']}' is no overall answer of the form '{form_of[study_id].id}'"
            yield Issue("unknown-answer", message, where, nearest(row["overall"], form_of[study_id].overall))
        elif study_id not in form_of and row["overall"] is not None:
            message = f"study '{study_id}' has an overall answer, but no item is answered"
            yield Issue("no-answers", message, where, "add its answers")


def fit_issues(study: Study, form: Form, settings: Settings, patients: str, path: Path) -> Iterator[Issue]:
    """An issue where the form is not one for the study's design, or for its number of patients."""
    where = f"{path}, study '{study['study_id']}'"
    design: str = study[settings["design"]]
    allowed: list[str] | None = settings["designs"].get(design)
    if allowed is None:
        fix = f"add '{design}' to appraisal.designs in config.yaml"
        yield Issue("design", f"no form is named for the design '{design}'", where, fix)
    elif form.id not in allowed:
        message = f"a {design} is not appraised on the form '{form.id}'"
        yield Issue("design", message, where, f"forms for it (config.yaml, appraisal.designs): {', '.join(allowed)}")
    limits: dict[str, int] = settings.get("patients", {}).get(form.id, {})
    n = study[patients]
    if n is not None and not limits.get("minimum", n) <= n <= limits.get("maximum", n):
        yield Issue("patients", f"the form '{form.id}' is not for {n} patients", where, "choose another form")


def appraise(
    studies: list[Study], answers: list[Row], overall: list[Row], forms: dict[str, Form]
) -> list[dict[str, Any]]:
    """One entry a study: form, items (state, answer, note), overall, state (complete, partial or pending)."""
    given: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in answers:
        given[row["study_id"]][row["item"]] = row
    decided = {row["study_id"]: row["overall"] for row in overall}
    entries = []
    for study in studies:
        study_id = study["study_id"]
        held = given.get(study_id, {})
        form = forms[next(iter(held.values()))["form"]] if held else None
        items: dict[str, dict[str, str | None]] = {}
        for item in form.items if form else ():
            cell = held.get(item)
            if cell is None or cell["answer"] is None:
                items[item] = {"state": "pending", "answer": None, "note": None}
            else:
                items[item] = {"state": "answered", "answer": cell["answer"], "note": cell["note"]}
        open_items = [item for item, state in items.items() if state["state"] == "pending"]
        verdict = decided.get(study_id)
        complete = form is not None and not open_items and (verdict is not None or not form.overall)
        state = "complete" if complete else "pending" if len(open_items) == len(items) else "partial"
        entries.append(
            {
                "study_id": study_id,
                "form": form.id if form else None,
                "state": state,
                "overall": verdict,
                "items": items,
            }
        )
    return entries


def pending_issues(entries: list[dict[str, Any]], forms: dict[str, Form], path: Path, overall: Path) -> Iterator[Issue]:
    """An issue for each study that is not appraised in full."""
    for entry in entries:
        study_id = entry["study_id"]
        if entry["form"] is None:
            yield Issue("not-appraised", f"study '{study_id}' is not appraised", str(path), "add its answers")
            continue
        open_items = [item for item, cell in entry["items"].items() if cell["state"] == "pending"]
        if open_items:
            message = f"study '{study_id}': no answer to item {', '.join(open_items)} of the form '{entry['form']}'"
            yield Issue("not-appraised", message, str(path), "add the answers")
        if entry["overall"] is None and forms[entry["form"]].overall:
            yield Issue("not-appraised", f"study '{study_id}' has no overall answer", str(overall), "add it")


def item_columns(entries: list[dict[str, Any]], forms: dict[str, Form]) -> list[str]:
    """The items of the matrix: those of all forms used, each once, in the order of the longest form first."""
    used = sorted(
        {entry["form"] for entry in entries if entry["form"]}, key=lambda name: (-len(forms[name].items), name)
    )
    return list(dict.fromkeys(item for name in used for item in forms[name].items))


def matrix_rows(
    entries: list[dict[str, Any]],
    studies: list[Study],
    data: dict[str, Any],
    forms: dict[str, Form],
    cells: dict[str, str],
) -> list[dict[str, Any]]:
    """What the matrix's expressions may use: a study's columns, `form`, `overall`, and `item_<id>` of each item."""
    items = item_columns(entries, forms)
    rows = []
    for entry, study in zip(entries, studies, strict=True):
        pending = cells["pending"]
        row = helpers(study, data)
        row["form"] = forms[entry["form"]].short if entry["form"] else pending
        row["overall"] = cells.get(entry["overall"], entry["overall"]) if entry["overall"] else pending
        for item in items:
            if entry["form"] is None:
                row[f"item_{item}"] = pending
            elif item not in entry["items"]:
                row[f"item_{item}"] = cells["not_on_form"]
            else:
                answer = entry["items"][item]["answer"]
                row[f"item_{item}"] = cells.get(answer, answer) if answer is not None else pending
        rows.append(row)
    return rows


def item_notes(entries: list[dict[str, Any]], forms: dict[str, Form], header: str) -> list[str]:
    """A note for each form used that has subjects: what its items ask about."""
    used = dict.fromkeys(entry["form"] for entry in entries if entry["form"])
    return [
        f"{forms[name].short} form: "
        + "; ".join(f"{header.format(item=item)}, {subject}" for item, subject in forms[name].items.items())
        + "."
        for name in sorted(used)
        if all(forms[name].items.values())
    ]


def matrix(
    *,
    extraction: Path,
    answers: Path,
    answers_schema: Path,
    overall: Path,
    overall_schema: Path,
    forms: list[Path],
    form_schema: Path,
    abbreviations: Path,
    abbreviations_schema: Path,
    cells: Path,
    tables: list[Path],
    appraisal: Path,
    settings: Settings,
    patients: str,
    missing: str,
    not_abbreviations: list[str],
    draft: bool,
) -> None:
    """Writes the validated answers (`appraisal`, JSON) and their printed matrix (`cells`, CSV; the one of `tables`, JSON).

    Inputs: `extraction` (results/studies.json), the tables of answers and overall answers, `forms` (the package's and
    the review's form files), the abbreviations. `settings` is the config block `appraisal`, `patients` the column that
    counts a study's patients. Studies that the screening left out may keep their answers; they are passed over.
    Raises BuildStop with all faults at once; what is not yet appraised stops all but a draft.
    """
    data = json.loads(extraction.read_text(encoding="utf-8"))
    studies: list[Study] = data["studies"]
    left_out = {entry["study_id"] for entry in data["left_out"]}
    known = [study["study_id"] for study in studies] + sorted(left_out)
    form_book = read_forms(forms, form_schema)
    answer_rows, overall_rows = read_table(answers, answers_schema), read_table(overall, overall_schema)
    issues = list(answer_issues(answer_rows, form_book, known, answers))
    if issues:
        raise BuildStop(issues)
    entries = appraise(studies, answer_rows, overall_rows, form_book)
    form_of = {row["study_id"]: form_book[row["form"]] for row in answer_rows}
    issues += overall_issues(overall_rows, form_of, known, overall)
    for study in studies:
        if study["study_id"] in form_of:
            issues += fit_issues(study, form_of[study["study_id"]], settings, patients, answers)
    waiting = list(pending_issues(entries, form_book, answers, overall))
    if issues or (waiting and not draft):
        raise BuildStop([*issues, *([] if draft else waiting)])
    for issue in waiting:
        warn(issue)

    layout = settings["table"]
    columns = [
        *layout["columns"],
        *(
            {
                **layout["item"],
                "id": f"item_{item}",
                "header": layout["item"]["header"].format(item=item),
                "cell": f"item_{item}",
            }
            for item in item_columns(entries, form_book)
        ),
        *layout["last_columns"],
    ]
    notes = list(layout.get("notes", []))
    if layout.get("list_items"):
        notes += item_notes(entries, form_book, layout["item"]["header"])
    dictionary = {row["abbreviation"]: row["expansion"] for row in read_table(abbreviations, abbreviations_schema)}
    printed, plain_rows = compose(
        {**layout, "columns": columns, "notes": notes},
        matrix_rows(entries, studies, data, form_book, layout["cells"]),
        table_id=layout["id"],
        missing=missing,
        dictionary=dictionary,
        common=not_abbreviations,
    )
    used = dict.fromkeys(entry["form"] for entry in entries if entry["form"])
    write_rows(cells, ["study_id", *(column["id"] for column in columns)], plain_rows)
    (table,) = tables
    write_json(table, printed)
    write_json(
        appraisal,
        {
            "forms": {
                name: {
                    "title": form_book[name].title,
                    "short": form_book[name].short,
                    "answers": list(form_book[name].answers),
                    "overall": list(form_book[name].overall),
                    "items": [{"id": item, "subject": subject} for item, subject in form_book[name].items.items()],
                }
                for name in sorted(used)
            },
            "studies": entries,
        },
    )


if "snakemake" in globals():
    from prismake.common.steps import run

    run(matrix, globals()["snakemake"])
