"""What appraisal tables must satisfy: known forms and answers, a form that fits the study, nothing left open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from prismake.appraisal.appraisals import Appraisal
from prismake.appraisal.forms import Form, forms_for
from prismake.appraisal.states import printed_states
from prismake.common.errors import SHOWN, Issue, counted, nearest, some_of
from prismake.common.tables import Row, place_of

Settings = dict[str, Any]
Study = dict[str, Any]


def answer_issues(rows: list[Row], forms: dict[str, Form], known: list[str], path: Path) -> Iterator[Issue]:
    """An issue for each answer of an unknown study, form or item, outside the form's answers, or on a second form."""
    first: dict[str, str] = {}
    for row in rows:
        where, study_id = place_of(row, path), row["study_id"]
        if study_id not in known:
            yield Issue("unknown-study", f"study '{study_id}' is not extracted", where, nearest(study_id, known))
        form = forms.get(row["form"])
        if form is None:
            yield Issue("unknown-form", f"there is no form '{row['form']}'", where, nearest(row["form"], list(forms)))
            continue
        if first.setdefault(study_id, form.id) != form.id:
            message = f"study '{study_id}' is appraised on '{first[study_id]}' and on '{form.id}'"
            yield Issue("two-forms", message, where, "keep the rows of one form: a study is appraised once")
        if row["item"] not in form.items:
            message = f"the form '{form.id}' has no item '{row['item']}'"
            yield Issue("unknown-item", message, where, "its items: " + ", ".join(form.items))
        if row["answer"] is not None and row["answer"] not in form.answers:
            message = f"'{row['answer']}' is not an answer of the form '{form.id}'"
            yield Issue("unknown-answer", message, where, nearest(row["answer"], form.answers))


def overall_issues(rows: list[Row], form_of: dict[str, Form], known: list[str], path: Path | str) -> Iterator[Issue]:
    """An issue for each overall answer of an unknown or unappraised study, or outside the form's overall answers."""
    for row in rows:
        where, study_id = place_of(row, path), row["study_id"]
        if study_id not in known:
            yield Issue("unknown-study", f"study '{study_id}' is not extracted", where, nearest(study_id, known))
        elif study_id in form_of and row["overall"] not in (None, *form_of[study_id].overall):
            message = f"'{row['overall']}' is not an overall answer of the form '{form_of[study_id].id}'"
            yield Issue("unknown-answer", message, where, nearest(row["overall"], form_of[study_id].overall))
        elif study_id not in form_of and row["overall"] is not None:
            message = f"study '{study_id}' has an overall answer, but no item is answered"
            yield Issue("no-answers", message, where, "add its answers")


def setting_issues(settings: Settings, forms: dict[str, Form], columns: list[str]) -> Iterator[Issue]:
    """An issue if the settings name a column that the studies do not have, or an unknown form."""
    if settings["design"] not in columns:
        message = f"the studies table has no column '{settings['design']}'"
        yield Issue("unknown-column", message, "config.yaml: appraisal.design", nearest(settings["design"], columns))
    designs = settings.get("designs", {})
    named = [(f"designs.{design}", form) for design, forms_of in designs.items() for form in forms_of]
    named += [("forms", form) for form in settings.get("forms", [])]
    named += [("patients", form) for form in settings["patients"]]
    for key, form in named:
        if form not in forms:
            where = f"config.yaml: appraisal.{key}"
            yield Issue("unknown-form", f"there is no form '{form}'", where, nearest(form, list(forms)))


def fit_issues(
    study: Study, form: Form, forms: Mapping[str, Form], settings: Settings, patients: str, path: Path
) -> Iterator[Issue]:
    """An issue if the form is not one for the study's design, or for its number of patients."""
    where = f"{path}, study '{study['study_id']}'"
    design: str | None = study[settings["design"]]
    allowed = forms_for(design, settings.get("designs"), forms)
    if design is None:
        fix = f"fill in the column '{settings['design']}' of the studies table"
        yield Issue("design", "the design of the study is missing", where, fix)
    elif not allowed:
        fix = f"add '{design}' to appraisal.designs in config.yaml"
        yield Issue("design", f"no form is configured for the design '{design}'", where, fix)
    elif form.id not in allowed:
        message = f"a {design} is not appraised on the form '{form.id}'"
        yield Issue("design", message, where, f"forms for it (config.yaml, appraisal.designs): {', '.join(allowed)}")
    limits: dict[str, int] = settings["patients"].get(form.id, {})
    n = study[patients]
    if n is not None and not limits.get("minimum", n) <= n <= limits.get("maximum", n):
        yield Issue(
            "patients", f"the form '{form.id}' is not for {counted(n, 'patient')}", where, "choose another form"
        )


def pending_issues(
    appraisals: list[Appraisal], forms: dict[str, Form], path: Path, overall: Path | str
) -> Iterator[Issue]:
    """An issue for each study that is not appraised in full, and one for all that are not appraised at all.

    `overall` is where the overall answers stand.
    """
    if bare := [appraisal.study_id for appraisal in appraisals if appraisal.form is None]:
        message = f"{counted(len(bare), 'study is', 'studies are')} not appraised: {some_of(bare, SHOWN)}"
        yield Issue("not-appraised", message, str(path), "add their answers")
    for appraisal in appraisals:
        name = appraisal.study_id
        if appraisal.form is None:
            continue
        if pending := appraisal.pending_items:
            message = f"study '{name}': no answer to item {', '.join(pending)} of the form '{appraisal.form}'"
            yield Issue("not-appraised", message, str(path), "add the answers")
        if appraisal.overall is None and forms[appraisal.form].overall:
            yield Issue("not-appraised", f"study '{name}' has no overall answer", str(overall), "add it")


def state_issues(cells: dict[str, str], forms: dict[str, Form], missing: str) -> Iterator[Issue]:
    """An issue for each unknown state or answer in `appraisal.table.cells`, and for each text that stands for two."""
    texts = printed_states(cells, forms)
    for name in cells:
        if name not in texts:
            where = f"config.yaml: appraisal.table.cells.{name}"
            yield Issue(
                "unknown-answer", f"'{name}' is not a state or an answer of a form", where, nearest(name, [*texts])
            )
    seen = {missing: "synthesis.missing"}
    for name, text in texts.items():
        if text in seen:
            message = f"'{text}' is also what {seen[text]} prints: a reader could not distinguish them"
            where = f"config.yaml: appraisal.table.cells.{name}"
            yield Issue("same-cell", message, where, "print another text")
        seen.setdefault(text, f"appraisal.table.cells.{name}")
