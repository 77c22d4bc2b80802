"""Studies by their appraisal: which of them a sensitivity analysis keeps, in all and for each outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prismake.appraisal.appraisals import Appraisal
from prismake.appraisal.forms import Form
from prismake.common.errors import Issue, nearest

LOW_RISK = "low_risk"


def selections(
    appraisals: Sequence[Appraisal], forms: Mapping[str, Form], rules: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Name -> the studies that a rule keeps and leaves out, over all appraisals and for each thing appraised.

    A rule names overall answers (`overall`) and answers to items (`items`), all of which an appraisal must have. A
    study is kept if all of its appraisals have them; for an outcome those of the outcome count, or else those of the
    whole study. Without rules there is one, `low_risk`, where every form in use says which overall answers are best.
    """
    used = {appraisal.form for appraisal in appraisals if appraisal.form}
    if rules is None:
        best = {name: forms[name].best for name in used}
        rules = {LOW_RISK: {"best": best}} if best and all(best.values()) else {}
    about = list(dict.fromkeys(one.about for one in appraisals if one.about))
    return {
        name: {**_selected(appraisals, rule), "about": {what: _selected(_of(appraisals, what), rule) for what in about}}
        for name, rule in rules.items()
    }


def _of(appraisals: Sequence[Appraisal], about: str) -> list[Appraisal]:
    """The appraisals that count for an outcome: a study's of this outcome, or else its of the whole study."""
    own = {one.study_id for one in appraisals if one.about == about}
    return [one for one in appraisals if one.about == (about if one.study_id in own else "")]


def _selected(appraisals: Sequence[Appraisal], rule: Mapping[str, Any]) -> dict[str, list[str]]:
    failing = {one.study_id for one in appraisals if not _fits(one, rule)}
    studies = list(dict.fromkeys(one.study_id for one in appraisals))
    return {
        "studies": [study for study in studies if study not in failing],
        "left_out": [study for study in studies if study in failing],
    }


def _fits(appraisal: Appraisal, rule: Mapping[str, Any]) -> bool:
    best = rule.get("best", {}).get(appraisal.form) or rule.get("overall")
    if appraisal.form is None or (best and appraisal.overall not in best):
        return False
    given = {name: item.answer for name, item in appraisal.items.items()}
    return all(given.get(item) in answers for item, answers in rule.get("items", {}).items())


def selection_issues(rules: Mapping[str, Any] | None, forms: Mapping[str, Form]) -> Iterator[Issue]:
    """An issue for each answer or item in a rule that none of the forms has."""
    for name, rule in (rules or {}).items():
        where = f"config.yaml: appraisal.sensitivity.{name}"
        overall = sorted({answer for form in forms.values() for answer in form.overall})
        for answer in rule.get("overall", []):
            if answer not in overall:
                message = f"'{answer}' is not an overall answer of a form in use"
                yield Issue("unknown-answer", message, f"{where}.overall", nearest(answer, overall))
        for item, answers in rule.get("items", {}).items():
            valid = sorted({answer for form in forms.values() for answer in form.answers_of(item)})
            if not valid:
                names = sorted({one for form in forms.values() for one in form.items})
                message = f"no form in use has an item '{item}'"
                yield Issue("unknown-item", message, f"{where}.items", nearest(item, names))
            for answer in (answer for answer in answers if valid and answer not in valid):
                message = f"'{answer}' is not an answer to item {item}"
                yield Issue("unknown-answer", message, f"{where}.items.{item}", nearest(answer, valid))
