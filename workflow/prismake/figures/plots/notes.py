"""What stands below a plot: what its marks mean, and which studies are not in it, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from prismake.common.errors import counted
from prismake.common.escaping import escape
from prismake.figures.plots.judgements import Judgements
from prismake.figures.plots.primary import area_words
from prismake.figures.plots.scale import number

Analysis = Mapping[str, Any]
# Names that a note lists; of more it gives the number.
MOST = 15


def listed(names: Iterable[str]) -> str:
    """Names in a sentence, as Markdown that prints them as they are: A; A and B; A, B, and C."""
    texts = [escape(name) for name in names]
    if len(texts) < 3:
        return " and ".join(texts)
    return ", ".join(texts[:-1]) + f", and {texts[-1]}"


def _some(names: Sequence[str]) -> str:
    return listed(names) if len(names) <= MOST else counted(len(names), "study", "studies")


def missing_notes(analysis: Analysis, names: Mapping[str, str]) -> Iterator[str]:
    """The studies of the review that the pooled effect is without: each that reports the outcome with the reason."""
    if analysis["excluded"]:
        reasons: dict[str, list[str]] = {}
        for one in analysis["excluded"]:
            reasons.setdefault(one["reason"], []).append(one["label"])
        parts = [f"{listed(labels)} ({escape(reason)})" for reason, labels in reasons.items()]
        yield f"Not pooled: {'; '.join(parts)}."
    if analysis["not_reported"]:
        absent = [names.get(study, study) for study in analysis["not_reported"]]
        yield f"The outcome is not reported by {_some(absent)}."


def forest_notes(analysis: Analysis, forms: Sequence[str]) -> Iterator[str]:
    """What the marks of a forest plot mean."""
    level = f"{number(analysis['level'])}% confidence intervals (CI)"
    weighted = any(row["weight"] is not None for row in analysis["rows"])
    areas = ", their areas in proportion to the weights" if weighted else ""
    several = analysis["k"] > 1
    yield f"Squares, effects of single studies{areas}; lines, {level}{'; diamonds, pooled effects' if several else ''}."
    if forms:
        yield f"Circles, appraisal with {listed(forms)}."
    if converted := [row["label"] for row in analysis["rows"] if row["conversions"]]:
        yield f"Some figures are computed from other statistics of the report: {_some(converted)}."


def pooled_notes(analysis: Analysis, kind: str) -> Iterator[str]:
    """What the marks of a plot of pooled effects mean: without each study, or as the studies were added."""
    order = "without one study" if kind == "leave_one_out" else "after one more study, in the order of publication"
    level = f"{number(analysis['level'])}% confidence intervals (CI)"
    yield f"Squares, the pooled effect {order}; lines, {level}; diamond, the pooled effect of all studies."


def funnel_notes(filled: bool) -> Iterator[str]:
    """What the marks of a funnel plot mean."""
    added = "; open circles, studies that trim and fill adds" if filled else ""
    area = "the area in which 95% of studies would lie if they differed by chance alone"
    yield f"Circles, studies{added}; dashed lines, the pooled effect and {area}."


def bubble_notes(analysis: Analysis) -> Iterator[str]:
    """What the marks of a bubble plot mean."""
    level = f"{number(analysis['level'])}% confidence interval"
    yield f"Circles, studies, their areas in proportion to the weights; line, the meta-regression with its {level}."


def appraisal_notes(plot: Judgements, shown: Iterable[str], names: Mapping[str, str]) -> Iterator[str]:
    """Which studies are not in a plot of one form's judgements; `shown` are the ids of those that are."""
    there = set(shown)
    if absent := [name for study, name in names.items() if study not in there]:
        yield f"Not appraised with {escape(plot.form)}: {_some(absent)}."


def direction_notes(absent: Sequence[str], unknown: Sequence[Mapping[str, Any]], kind: str) -> Iterator[str]:
    """What the marks of a plot of directions mean, and which studies have no direction; `unknown` is why of some."""
    if kind == "directions":
        sides = "to both sides, no change or conflicting effects"
        yield f"Arrows up, benefit; down, harm; {sides}; numbers beside arrows, effects that an arrow sums up."
    else:
        yield "Each bar is a study, numbered as in the list."
    for one in unknown:
        yield f"No direction of {escape(one['label'])}: {escape(one['reason'])}."
    if absent:
        yield f"None of the outcomes is reported with a direction by {_some(absent)}."


def primary_notes(area: float | None, absent: Sequence[str]) -> Iterator[str]:
    """What the marks of the plot of primary studies mean, how much the reviews overlap, and which have no studies."""
    yield "Squares, primary studies that a review includes."
    if area is not None:
        words = area_words(area)
        yield f"{words[0].upper()}{words[1:]}."
    if absent:
        yield f"Without a list of primary studies: {_some(absent)}."
