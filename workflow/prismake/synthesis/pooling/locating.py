"""Which row and column an impossible figure stands in, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from prismake.common.errors import Issue
from prismake.synthesis import outcomes
from prismake.synthesis.pooling.rows import Comparison

Figures = Mapping[str, float]


@dataclass(frozen=True)
class _Check:
    """A fault of single figures: their columns, whether a row's figures have it, what to do if nothing else says so."""

    columns: tuple[str, ...]
    has_it: Callable[[Figures], bool]
    fix: str = ""


_EVENTS, _N, _SD = outcomes.EVENTS, outcomes.N, outcomes.SD
_CHECKS = {
    "negative-count": _Check((_EVENTS,), lambda one: one.get("events", 0) < 0, "correct the number"),
    "events-exceed-total": _Check(
        (_EVENTS, _N), lambda one: one.get("events", 0) > one.get("n", 0), "correct one of the two"
    ),
    "empty-group": _Check((_N,), lambda one: one.get("n", 1) <= 0, "correct the number, or remove the row"),
    "small-group": _Check((_N,), lambda one: one.get("n", 2) < 2, "correct the number, or leave the study out"),
    "sd-not-positive": _Check((_SD,), lambda one: one.get("sd", 1) <= 0),
    "ratio-of-signs": _Check((outcomes.MEAN,), lambda one: one.get("mean", 1) <= 0, "pool mean differences (MD)"),
    "no-time": _Check((outcomes.PERSON_TIME,), lambda one: one.get("time", 1) <= 0, "correct the person-time"),
    "correlation-range": _Check((outcomes.CORRELATION,), lambda one: abs(one.get("r", 0)) >= 1, "correct it"),
    "few-pairs": _Check((_N,), lambda one: one.get("n", 4) <= 3, "correct the number, or leave the study out"),
    "se-not-positive": _Check((outcomes.EFFECT_SE,), lambda one: one.get("se", 1) <= 0),
    "interval-order": _Check((outcomes.EFFECT_LOW, outcomes.EFFECT_HIGH), lambda one: "low" in one),
    "variance-not-positive": _Check(
        (outcomes.OBSERVED_VARIANCE,), lambda one: one.get("variance", 1) <= 0, "correct the variance"
    ),
    "ratio-not-positive": _Check(
        (outcomes.EFFECT,),
        lambda one: one.get("estimate", 1) <= 0,
        f"write the ratio itself, or its logarithm in {outcomes.EFFECT_LOG}",
    ),
}


def located(issue: Issue, comparison: Comparison, raw: Mapping[str, Figures]) -> Issue:
    """A fault of a comparison with the row that has the figure as its place, the columns, and what to do.

    `raw` are the comparison's figures: side (arm, versus or effect) -> figure -> number. A fault of no single figure
    has the comparison's first row as its place.
    """
    check = _CHECKS.get(issue.code)
    rows = {"arm": comparison.ours, "versus": comparison.theirs, "effect": (comparison.given,)}
    for side, figures in raw.items():
        if check and check.has_it(figures) and (row := rows[side][0]):
            return replace(issue, where=row.place(*check.columns), fix=issue.fix or check.fix)
    return replace(issue, where=comparison.where)
