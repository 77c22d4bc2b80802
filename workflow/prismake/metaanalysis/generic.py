"""Effects that the studies report themselves: an estimate with its error or interval, or observed and expected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from prismake.metaanalysis.distributions import Reference
from prismake.metaanalysis.faults import FloatArray, demand
from prismake.metaanalysis.measures import MEASURES
from prismake.metaanalysis.rows import Effects, Note

# By how much of its width an interval may lie beside its estimate before that is reported.
SKEW = 0.1


def from_se(labels: Sequence[str], measure: str, estimate: npt.ArrayLike, se: npt.ArrayLike) -> Effects:
    """Effects on the pooling scale (a log hazard ratio) with their standard errors. Cochrane Handbook 10.3."""
    errors = np.asarray(se, dtype=np.float64)
    demand(
        labels,
        errors > 0,
        "se-not-positive",
        lambda i: f"the standard error is {errors[i]:g}, but it must be positive",
        "give the standard error of the estimate on the scale on which it is pooled",
    )
    return Effects(tuple(labels), measure, np.asarray(estimate, dtype=np.float64), errors**2)


def from_interval(
    labels: Sequence[str],
    measure: str,
    estimate: npt.ArrayLike,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    level: float = 0.95,
) -> Effects:
    """Effects as reported (a hazard ratio) with their confidence intervals, taken to the pooling scale.

    The standard error is (high − low) / (2 z) there. Cochrane Handbook 6.3.1 and 6.3.2. An estimate that does not lie
    in the middle of its interval is noted: it may be misread, or of another scale. Raises Inestimable for ratios that
    are not positive, and for estimates outside their intervals.
    """
    ends = [_pooling_scale(labels, measure, value) for value in (low, estimate, high)]
    left, middle, right = ends
    demand(
        labels,
        (left < right) & (left <= middle) & (middle <= right),
        "interval-order",
        "the estimate does not lie within its interval",
        "check the order of the limits",
    )
    errors = (right - left) / (2 * Reference().critical(level))
    offset = np.abs(middle - (left + right) / 2) / (right - left)
    notes = tuple(_skew(labels[i]) for i in np.flatnonzero(offset > SKEW).tolist())
    return Effects(tuple(labels), measure, middle, errors**2, notes=notes)


def from_observed(labels: Sequence[str], measure: str, excess: npt.ArrayLike, variance: npt.ArrayLike) -> Effects:
    """Log ratios from observed minus expected events and their variance V: (O − E)/V, with variance 1/V.

    Of time-to-event data: Parmar MKB, Torri V, Stewart L. Stat Med 1998;17:2815-34.
    """
    information = np.asarray(variance, dtype=np.float64)
    demand(labels, information > 0, "variance-not-positive", "the variance of O − E must be positive")
    return Effects(tuple(labels), measure, np.asarray(excess, dtype=np.float64) / information, 1 / information)


def _pooling_scale(labels: Sequence[str], measure: str, values: npt.ArrayLike) -> FloatArray:
    reported = np.asarray(values, dtype=np.float64)
    if MEASURES[measure].scale != "log":
        return reported
    demand(
        labels,
        reported > 0,
        "ratio-not-positive",
        lambda i: f"{reported[i]:g} is not a {MEASURES[measure].noun}: a ratio is positive",
        "give the ratio itself, not its logarithm",
    )
    return np.asarray(np.log(reported), dtype=np.float64)


def _skew(label: str) -> Note:
    return Note("skewed-interval", "the estimate lies far from the middle of its interval; check both figures", label)
