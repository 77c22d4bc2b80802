"""Standard deviations from the other figures that reports give.

Cochrane Handbook for Systematic Reviews of Interventions, version 6.5, chapter 6: Higgins JPT, Li T, Deeks JJ. All
raise Inestimable for figures outside their range.
"""

from __future__ import annotations

import math

from scipy import special

from prismake.metaanalysis.distributions import Reference
from prismake.metaanalysis.faults import refusal


def sd_from_se(se: float, n: float) -> float:
    """SE × √n: the deviation of a group of n from the standard error of its mean. Handbook 6.5.2.2."""
    return _positive(se, "standard error") * math.sqrt(_at_least(n, 1, "participants"))


def se_from_interval(low: float, high: float, level: float = 0.95, df: float | None = None) -> float:
    """(high − low) / (2 × critical value): normal, or t with `df` degrees of freedom. Handbook 6.3.1, 6.5.2.2."""
    if not low < high:
        raise refusal("interval-order", f"the interval from {low:g} to {high:g} has no width")
    return (high - low) / (2 * Reference(df).critical(level))


def sd_from_interval(low: float, high: float, n: float, level: float = 0.95, *, t: bool = True) -> float:
    """The deviation of a group from the interval of its mean, by t with n − 1 degrees of freedom, or by the normal.

    Handbook 6.5.2.2: the normal one is good enough from 60 participants on.
    """
    _at_least(n, 2, "participants")
    return sd_from_se(se_from_interval(low, high, level, n - 1 if t else None), n)


def se_from_t(difference: float, t: float) -> float:
    """|difference / t|: the standard error of a difference between two means. Handbook 6.5.2.3."""
    if not difference or not t:
        raise refusal("no-statistic", f"a difference of {difference:g} with t = {t:g} tells nothing about its error")
    return abs(difference / t)


def t_from_p(p: float, n1: float, n2: float) -> float:
    """The |t| of a two-sided p value of two groups, with n₁ + n₂ − 2 degrees of freedom. Handbook 6.5.2.3.

    p must be exact: of "p < 0.05" only the smallest deviation could be told.
    """
    if not 0 < p < 1:
        raise refusal("p-range", f"p = {p:g} is not between 0 and 1")
    _at_least(n1 + n2, 3, "participants")
    return abs(float(special.stdtrit(n1 + n2 - 2, p / 2)))


def sd_from_difference_se(se: float, n1: float, n2: float) -> float:
    """SE / √(1/n₁ + 1/n₂): the average deviation of two groups. Handbook 6.5.2.3."""
    _at_least(min(n1, n2), 1, "participants")
    return _positive(se, "standard error") / math.sqrt(1 / n1 + 1 / n2)


def sd_from_t(difference: float, t: float, n1: float, n2: float) -> float:
    """The average deviation of two groups from their difference and its t. Handbook 6.5.2.3."""
    return sd_from_difference_se(se_from_t(difference, t), n1, n2)


def sd_from_p(difference: float, p: float, n1: float, n2: float) -> float:
    """The average deviation of two groups from their difference and its exact p value. Handbook 6.5.2.3."""
    return sd_from_t(difference, t_from_p(p, n1, n2), n1, n2)


def sd_from_difference_interval(low: float, high: float, n1: float, n2: float, level: float = 0.95) -> float:
    """The average deviation of two groups from the interval of their difference, by t. Handbook 6.5.2.3."""
    _at_least(n1 + n2, 3, "participants")
    return sd_from_difference_se(se_from_interval(low, high, level, n1 + n2 - 2), n1, n2)


def change_sd(baseline: float, final: float, correlation: float) -> float:
    """√(b² + f² − 2 r b f): the deviation of changes, with the stated correlation. Handbook 6.5.2.8."""
    _positive(baseline, "standard deviation")
    _positive(final, "standard deviation")
    variance = baseline**2 + final**2 - 2 * _correlation(correlation) * baseline * final
    if variance <= 0:
        raise refusal("no-deviation", "changes have no deviation with this correlation", fix="state one below 1")
    return math.sqrt(variance)


def correlation_from_change(baseline: float, final: float, change: float) -> float:
    """(b² + f² − c²) / (2 b f): the correlation of baseline and final values. Handbook 6.5.2.8."""
    for value in (baseline, final, change):
        _positive(value, "standard deviation")
    return _correlation((baseline**2 + final**2 - change**2) / (2 * baseline * final))


def _correlation(value: float) -> float:
    if not -1 <= value <= 1:
        raise refusal("correlation-range", f"a correlation of {value:.4g} is impossible; check the three deviations")
    return value


def _positive(value: float, noun: str) -> float:
    if not 0 < value < math.inf:
        raise refusal("not-positive", f"the {noun} is {value:g}, but it must be positive")
    return value


def _at_least(value: float, least: int, noun: str) -> float:
    if not least <= value < math.inf:
        raise refusal("too-few", f"there are {value:g} {noun}, but it takes {least}")
    return value
