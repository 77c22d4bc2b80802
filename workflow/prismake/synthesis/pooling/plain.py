"""Results as plain data: numbers of twelve significant digits, effects on both scales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from prismake.metaanalysis.results import Coefficient, Heterogeneity, Interval, Model
from prismake.metaanalysis.rows import Note
from prismake.synthesis.figures import DIGITS
from prismake.synthesis.pooling.models import Pooling

Plain = dict[str, Any]


def rounded(value: Any) -> Any:
    """Plain data with every decimal rounded to twelve significant digits, so that any computer writes the same."""
    if isinstance(value, Mapping):
        return {str(key): rounded(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return rounded(value.tolist())
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    if isinstance(value, float | np.floating):
        # Adding zero makes no zero negative.
        return float(f"{float(value):.{DIGITS}g}") + 0.0
    return value


def coefficient(pooling: Pooling, one: Coefficient, labels: Sequence[str]) -> Plain:
    """An effect: `estimate`, `low` and `high` as printed; `yi`, `se` and `yi_low`, `yi_high` as pooled; its test."""
    return {
        "estimate": pooling.displayed(one.estimate, labels),
        **interval(pooling, one.ci, labels),
        "yi": one.estimate,
        "se": one.se,
        "yi_low": one.ci.low,
        "yi_high": one.ci.high,
        "statistic": one.statistic,
        "df": one.df,
        "p": one.p,
    }


def interval(pooling: Pooling, ends: Interval, labels: Sequence[str]) -> Plain:
    """`low` and `high` as printed."""
    return {"low": pooling.displayed(ends.low, labels), "high": pooling.displayed(ends.high, labels)}


def heterogeneity(one: Heterogeneity) -> Plain:
    """Q and its test, I² in percent, τ² and τ, with their intervals where there are any."""
    made: Plain = {"q": one.q, "df": one.df, "p": one.p, "i2": one.i2, "h2": one.h2, "tau2": one.tau2}
    if one.tau2 is not None:
        made["tau"] = float(np.sqrt(one.tau2))
    for name, ends in (("i2", one.i2_ci), ("tau2", one.tau2_ci)):
        if ends is not None and getattr(one, name) is not None:
            made |= {f"{name}_low": ends.low, f"{name}_high": ends.high}
    return made


def model(pooling: Pooling, one: Model) -> Plain:
    """A model: its `pooled` effect, `heterogeneity`, `prediction` where it has one, `k` effects of `studies`."""
    entries = pooling.gathered.entries
    studies = list(dict.fromkeys(entries[label].comparison.study["study_id"] for label in one.labels))
    made: Plain = {
        "method": one.method,
        "test": one.test,
        "k": one.k,
        "studies": studies,
        "participants": participants(pooling, one.labels),
        "events": events(pooling, one.labels),
        "pooled": coefficient(pooling, one.pooled, one.labels),
        "heterogeneity": heterogeneity(one.heterogeneity),
    }
    if one.prediction is not None and pooling.analysis.prediction != "none":
        ends = interval(pooling, one.prediction.interval, one.labels)
        made["prediction"] = {**ends, "rule": one.prediction.rule, "df": one.prediction.df}
    return made


def participants(pooling: Pooling, labels: Sequence[str]) -> float | int | None:
    """The patients behind some effects; None where a study does not say."""
    numbers = [pooling.gathered.entries[label].participants for label in labels]
    return None if None in numbers else whole(sum(number for number in numbers if number is not None))


def events(pooling: Pooling, labels: Sequence[str]) -> float | int | None:
    """The events behind some effects; None where the outcome is not counted."""
    sides = [side for label in labels for side in pooling.gathered.entries[label].raw.values()]
    numbers = [side.get("events") for side in sides]
    return None if None in numbers else whole(sum(number for number in numbers if number is not None))


def whole(number: float) -> float | int:
    """A number that is whole up to rounding as such."""
    return round(number) if abs(number - round(number)) < 1e-9 else number


def notes(some: Sequence[Note]) -> list[Plain]:
    """Notes as plain data, each once."""
    return [{"code": note.code, "message": note.message, "row": note.label} for note in dict.fromkeys(some)]


def test(one: Any) -> Plain:
    """A coefficient with its test: `slope`, `se`, `statistic`, `df`, `p`."""
    return {"slope": one.estimate, "se": one.se, "statistic": one.statistic, "df": one.df, "p": one.p}
