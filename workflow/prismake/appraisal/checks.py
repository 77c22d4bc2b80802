"""What appraisal tables must satisfy: known forms and answers, a form that fits the study, nothing left open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from prismake.appraisal.appraisals import Appraisal, key_of
from prismake.appraisal.forms import OVERALL, Form, forms_for
from prismake.appraisal.states import printed_states
from prismake.common.errors import SHOWN, Issue, counted, nearest, some_of
from prismake.common.tables import Row, place_of

# What an appraisal of a form is of that is appraised outcome by outcome.
OUTCOME = "outcome"
# The overall answer of the JBI checklists that a study does not belong into the review.
EXCLUDE = "exclude"

Settings = dict[str, Any]
Study = dict[str, Any]


def answer_issues(rows: list[Row], forms: dict[str, Form], known: list[str], path: Path) -> Iterator[Issue]:
    """An issue for each unknown study, and for each answer of an unknown form or item, that the item does not have, or
    that stands on a second form.
    """
    first: dict[tuple[str, str], str] = {}
    unknown: set[str] = set()
    for row in rows:
        where, study_id = place_of(row, path), row["study_id"]
        if study_id not in known and study_id not in unknown:
            unknown.add(study_id)
            yield Issue("unknown-study", f"study '{study_id}' is not extracted", where, nearest(study_id, known))
        form = forms.get(row["form"])
        if form is None:
            yield Issue("unknown-form", f"there is no form '{row['form']}'", where, nearest(row["form"], list(forms)))
            continue
        if (other := first.setdefault(key_of(row), form.id)) != form.id:
            of = f" for '{row['about']}'" if row.get("about") else ""
            message = f"study '{study_id}' is appraised on '{other}' and on '{form.id}'{of}"
            fix = "keep the rows of one form, or say in the column 'about' what each is of"
            yield Issue("two-forms", message, where, fix)
        valid, answer = form.answers_of(row["item"]), row["answer"]
        if not valid:
            message = f"the form '{form.id}' has no item '{row['item']}'"
            yield Issue("unknown-item", message, where, "its items: " + ", ".join([*form.items, *form.questions]))
        elif answer is not None and answer not in valid:
            message = f"'{answer}' is not an answer to item {row['item']} of the form '{form.id}'"
            yield Issue("unknown-answer", message, where, nearest(answer, valid))


def overall_issues(
    rows: list[Row], form_of: dict[tuple[str, str], Form], known: list[str], path: Path | str
) -> Iterator[Issue]:
    """An issue for each overall answer of an unknown or unappraised study, or outside the form's overall answers."""
    for row in rows:
        where, study_id, key = place_of(row, path), row["study_id"], key_of(row)
        if study_id not in known:
            yield Issue("unknown-study", f"study '{study_id}' is not extracted", where, nearest(study_id, known))
        elif key in form_of and row["overall"] not in (None, *form_of[key].overall):
            message = f"'{row['overall']}' is not an overall answer of the form '{form_of[key].id}'"
            yield Issue("unknown-answer", message, where, nearest(row["overall"], form_of[key].overall))
        elif key not in form_of and row["overall"] is not None:
            of = f" for '{key[1]}'" if key[1] else ""
            message = f"study '{study_id}' has an overall answer{of}, but no item is answered"
            others = [about for study, about in form_of if study == study_id and about]
            yield Issue("no-answers", message, where, nearest(key[1], others) if others else "add its answers")


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
    appraisals: list[Appraisal],
    forms: dict[str, Form],
    path: Path,
    overall: Path | str,
    disputed: Collection[tuple[str, str, str]] = (),
) -> Iterator[Issue]:
    """An issue for each study that is not appraised in full, and one for all that are not appraised at all.

    `overall` is where the overall answers stand; `disputed` are the answers (study, about, item) that wait for a
    consensus, which is an issue of its own.
    """
    if bare := [appraisal.study_id for appraisal in appraisals if appraisal.form is None]:
        message = f"{counted(len(bare), 'study is', 'studies are')} not appraised: {some_of(bare, SHOWN)}"
        yield Issue("not-appraised", message, str(path), "add their answers")
    for appraisal in appraisals:
        if appraisal.form is None:
            continue
        key = (appraisal.study_id, appraisal.about)
        if pending := [name for name in appraisal.pending_items if (*key, name) not in disputed]:
            listed = ", ".join(name + _proposal(appraisal.items[name].proposed) for name in pending)
            message = f"{appraisal.label}: no answer to item {listed} of the form '{appraisal.form}'"
            yield Issue("not-appraised", message, str(path), "add the answers")
        if unanswered := [name for name in appraisal.open if (*key, name) not in disputed]:
            message = f"{appraisal.label}: no answer to question {', '.join(unanswered)} of the form '{appraisal.form}'"
            fix = "answer it: by the answers before it, it applies"
            yield Issue("not-appraised", message, str(path), fix)
        if appraisal.overall is None and forms[appraisal.form].overall and (*key, OVERALL) not in disputed:
            message = f"{appraisal.label} has no overall answer{_proposal(appraisal.proposed)}"
            yield Issue("not-appraised", message, str(overall), "add it")


def _proposal(answer: str | None) -> str:
    return f" (proposed: {answer})" if answer else ""


def excluded_issues(appraisals: list[Appraisal], path: Path | str) -> Iterator[Issue]:
    """A warning if studies whose overall answer is to exclude them are still in the review."""
    if out := list(dict.fromkeys(one.study_id for one in appraisals if one.overall == EXCLUDE)):
        message = f"{counted(len(out), 'study is', 'studies are')} appraised as '{EXCLUDE}' and still included"
        fix = f"exclude them at a last stage: prismake add stage appraisal --by-appraisal {EXCLUDE} --reason REASON"
        yield Issue("excluded-included", f"{message}: {some_of(out, SHOWN)}", str(path), fix, "warning")


def about_issues(
    appraisals: Sequence[Appraisal], forms: Mapping[str, Form], outcomes: Sequence[str], path: Path | str
) -> Iterator[Issue]:
    """A warning for each outcome that is appraised and no study reports; `outcomes` are those of the extraction."""
    unknown: dict[str, list[str]] = {}
    for one in appraisals:
        if one.form and one.about and outcomes and forms[one.form].about == OUTCOME and one.about not in outcomes:
            unknown.setdefault(one.about, []).append(one.study_id)
    for about, studies in unknown.items():
        message = f"no study reports the outcome '{about}', which is appraised of {some_of(studies, SHOWN)}"
        fix = f"{nearest(about, outcomes)}; analyses and sensitivity take an appraisal by its outcome"
        yield Issue("appraised-outcome", message, str(path), fix, "warning")


def departure_issues(appraisals: list[Appraisal], path: Path) -> Iterator[Issue]:
    """A warning for each form with judgements that are not what its rules propose, and that no note explains."""
    by_form: dict[str, list[str]] = {}
    for appraisal in appraisals:
        for item, answer, proposed in appraisal.departures:
            text = f"{appraisal.label}, {item}: {answer}, where the answers propose {proposed}"
            by_form.setdefault(appraisal.form or "", []).append(text)
    for form, texts in by_form.items():
        many = counted(len(texts), "judgement departs", "judgements depart")
        message = f"{many} from the proposal of the form '{form}' without a note: {some_of(texts, SHOWN)}"
        yield Issue("departs", message, str(path), "say why in its note, or change the judgement", "warning")


def state_issues(
    cells: dict[str, str], forms: dict[str, Form], missing: str, shared: Iterable[Iterable[Form]]
) -> Iterator[Issue]:
    """An issue for each unknown state or answer in `appraisal.table.cells`, and for each text that stands for two.

    `shared` are the forms of each printed table.
    """
    known = printed_states(cells, forms.values())
    for name in cells:
        if name not in known:
            where = f"config.yaml: appraisal.table.cells.{name}"
            yield Issue(
                "unknown-answer", f"'{name}' is not a state or an answer of a form", where, nearest(name, [*known])
            )
    twice: dict[str, Issue] = {}
    for table in shared:
        seen = {missing: "synthesis.missing"}
        for name, text in printed_states(cells, table).items():
            if text in seen:
                message = f"'{text}' is also what {seen[text]} prints: a reader could not distinguish them"
                where = f"config.yaml: appraisal.table.cells.{name}"
                twice.setdefault(name, Issue("same-cell", message, where, "print another text"))
            seen.setdefault(text, f"appraisal.table.cells.{name}")
    yield from twice.values()
