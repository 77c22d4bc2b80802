"""Judgements of the appraisal as plots show them: beside the studies of a forest plot, and form by form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prismake.figures.plots.judgements import Judged, Judgements
from prismake.figures.plots.lights import OVERALL, Level, levels

Appraisal = Mapping[str, Any]


@dataclass(frozen=True)
class Beside:
    """Judgements of studies: (heading, name) of each, how each looks by its key, and the keys of each study in order.

    `forms` are the short names of the forms; a study that nobody has appraised has no keys.
    """

    domains: tuple[tuple[str, str], ...] = ()
    levels: Mapping[str, Level] = field(default_factory=dict)
    lights: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    forms: tuple[str, ...] = ()

    def of(self, study: str) -> tuple[str | None, ...]:
        """The keys of a study's judgements."""
        return self.lights.get(study, ())


NOTHING_BESIDE = Beside()


def _levels(form: Mapping[str, Any]) -> dict[str, Level]:
    return levels(list(dict.fromkeys([*form["answers"], *form["overall"]])), form["marks"])


def _items(form: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    items = tuple((item["id"], item["subject"]) for item in form["items"])
    return (*items, OVERALL) if form["overall"] else items


def _answers(one: Mapping[str, Any], form: Mapping[str, Any]) -> tuple[str | None, ...]:
    answers = tuple(one["items"][item["id"]]["answer"] for item in form["items"])
    return (*answers, one["overall"]) if form["overall"] else answers


def appraisals_of(appraisal: Appraisal, studies: Iterable[str], subjects: Sequence[str]) -> Iterator[Appraisal]:
    """The appraisal of each study that counts for an outcome, of those on a form: its own, or that of the whole study.

    `subjects` are what the outcome is called.
    """
    for study in studies:
        own = [one for one in appraisal["appraisals"] if one["study_id"] == study and one["form"]]
        fitting = [one for one in own if one["about"] in subjects] or [one for one in own if not one["about"]]
        yield from fitting[:1]


def besides_of(appraisal: Appraisal, studies: Iterable[str], subjects: Sequence[str]) -> Iterator[Beside]:
    """What can stand beside the studies of an outcome, the fullest first: all judgements, then the overall ones.

    Studies on several forms have no items in common, and only overall judgements can stand beside them.
    """
    chosen = list(appraisals_of(appraisal, studies, subjects))
    names = list(dict.fromkeys(one["form"] for one in chosen))
    forms = {name: appraisal["forms"][name] for name in names}
    short = tuple(form["short"] for form in forms.values())
    if len(names) == 1:
        (form,) = forms.values()
        lights = {one["study_id"]: _answers(one, form) for one in chosen}
        yield Beside(_items(form), _levels(form), lights, short)
    if names and all(form["overall"] for form in forms.values()):
        shown = {f"{name}:{key}": level for name, form in forms.items() for key, level in _levels(form).items()}
        given = {one["study_id"]: (one["overall"] and f"{one['form']}:{one['overall']}",) for one in chosen}
        yield Beside((OVERALL,), shown, given, short)


def judgements_of(appraisal: Appraisal, form: str, names: Mapping[str, str]) -> Judgements:
    """Every appraisal on a form; `names` are what the studies are called. The form may be one that no study is on."""
    about = appraisal["forms"].get(form)
    if about is None:
        return Judgements(form, (), (), {})
    own = [one for one in appraisal["appraisals"] if one["form"] == form]
    studies = tuple(Judged(_label(one, names), _answers(one, about), study=one["study_id"]) for one in own)
    return Judgements(about["short"], studies, _items(about), _levels(about))


def weighted_of(appraisal: Appraisal, analysis: Mapping[str, Any], subjects: Sequence[str]) -> Judgements:
    """The judgements on the studies of a meta-analysis, each with the study's weight; of the form that most are on.

    A study that nobody has appraised is among them, without a judgement; one on another form is not.
    """
    weights: dict[str, float] = {}
    for row in analysis["rows"]:
        weights[row["study"]] = weights.get(row["study"], 0.0) + (row["weight"] or 0.0)
    chosen = list(appraisals_of(appraisal, weights, subjects))
    names = [one["form"] for one in chosen]
    if not names:
        return Judgements("an appraisal form", (), (), {})
    form = max(dict.fromkeys(names), key=names.count)
    about = appraisal["forms"][form]
    given = {one["study_id"]: _answers(one, about) if one["form"] == form else () for one in chosen}
    nothing = (None,) * len(_items(about))
    studies = [(study, given.get(study, nothing), weight) for study, weight in weights.items()]
    judged = tuple(Judged(study, answers, weight, study) for study, answers, weight in studies if answers)
    return Judgements(about["short"], judged, _items(about), _levels(about), "weight in the meta-analysis")


def _label(one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    name = names.get(one["study_id"], one["study_id"])
    return f"{name}, {one['about']}" if one["about"] else name
