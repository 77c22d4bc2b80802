"""Means and standard deviations from medians, ranges and quartiles.

All are estimates: they assume a distribution, and are reported as such.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy import special

from prismake.metaanalysis.distributions import normal_quantile
from prismake.metaanalysis.faults import FloatArray, Inestimable, refusal
from prismake.metaanalysis.maximum import maximise
from prismake.metaanalysis.rows import Note

Method = Literal["wan", "luo", "shi", "mcgrath"]

FEWEST = 5
# What the quantile method puts in the place of 0, of which there is no logarithm, as a share of the largest figure.
TINY = 1e-4


@dataclass(frozen=True)
class Quantiles:
    """The median of n participants with its quartiles, its range, or both.

    Raises Inestimable for other combinations, figures out of order or without spread, and fewer than five participants.
    """

    n: float
    median: float
    low: float | None = None
    q1: float | None = None
    q3: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None) or (self.q1 is None) != (self.q3 is None):
            raise refusal("quantiles", "give both ends of the range, both quartiles, or all four")
        figures = self.figures
        if len(figures) < 3:
            raise refusal(
                "quantiles", "a median alone has no standard deviation", fix="give the range or the quartiles"
            )
        if any(a > b for a, b in pairwise(figures)) or not figures[0] < figures[-1]:
            shown = ", ".join(f"{figure:g}" for figure in figures)
            raise refusal("quantiles", f"{shown} is not a rising series of minimum, quartiles, median and maximum")
        if self.n < FEWEST:
            raise refusal("too-few", f"there are {self.n:g} participants, and an estimate needs {FEWEST}")

    @property
    def figures(self) -> tuple[float, ...]:
        """The figures given, in ascending order."""
        every = (self.low, self.q1, self.median, self.q3, self.high)
        return tuple(figure for figure in every if figure is not None)

    @property
    def range(self) -> tuple[float, float] | None:
        """Minimum and maximum."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def quartiles(self) -> tuple[float, float] | None:
        """First and third quartile."""
        return None if self.q1 is None or self.q3 is None else (self.q1, self.q3)


@dataclass(frozen=True)
class Moments:
    """An estimated mean and standard deviation, how they were estimated, and what speaks against them."""

    mean: float
    sd: float
    method: str
    warnings: tuple[Note, ...] = ()


def moments(quantiles: Quantiles, method: Method = "luo") -> Moments:
    """The mean and standard deviation of a group.

    `wan`: both after Wan X, Wang W, Liu J, Tong T. BMC Med Res Methodol 2014;14:135. `luo`: the mean after Luo D, Wan
    X, Liu J, Tong T. Stat Methods Med Res 2018;27:1785-805, the deviation after Wan. `shi`: as Luo, the deviation of
    five figures after Shi J, Luo D, Weng H, et al. Res Synth Methods 2020;11:641-54. All three assume a normal
    distribution and warn where the figures are skewed. `mcgrath`: quantile estimation, which chooses among
    distributions (McGrath S, Zhao X, Steele R, et al. Stat Methods Med Res 2020;29:2520-37).
    """
    if method == "mcgrath":
        return _quantile_estimation(quantiles)
    mean = _wan_mean(quantiles) if method == "wan" else _luo_mean(quantiles)
    sd = _shi_sd(quantiles) if method == "shi" else _wan_sd(quantiles)
    name = {"wan": "Wan 2014", "luo": "Luo 2018 and Wan 2014", "shi": "Luo 2018 and Shi 2020"}[method]
    return Moments(mean, sd, name, (_SKEWED,) if skewed(quantiles) else ())


_SKEWED = Note(
    "skewed",
    "the median lies so far from the middle that the data are unlikely to be normal, as this estimate assumes; use "
    "quantile estimation, or leave the study out in a sensitivity analysis",
)


def _wan_mean(x: Quantiles) -> float:
    if x.range and x.quartiles:
        return (sum(x.range) + 2 * sum(x.quartiles) + 2 * x.median) / 8
    if x.range:
        return (sum(x.range) + 2 * x.median) / 4
    assert x.quartiles
    return (sum(x.quartiles) + x.median) / 3


def _luo_mean(x: Quantiles) -> float:
    """Equations 7, 11 and 15: weights that minimise the error, depending on n."""
    if x.range and x.quartiles:
        outer, inner = 2.2 / (2.2 + x.n**0.75), 0.7 - 0.72 / x.n**0.55
        return float(outer * sum(x.range) / 2 + inner * sum(x.quartiles) / 2 + (1 - outer - inner) * x.median)
    pair, weight = (x.range, 4 / (4 + x.n**0.75)) if x.range else (x.quartiles, 0.7 + 0.39 / x.n)
    assert pair
    return float(weight * sum(pair) / 2 + (1 - weight) * x.median)


def _range_sd(x: Quantiles) -> float | None:
    """The range over its expectation in standard deviations, which Blom approximates."""
    return (x.range[1] - x.range[0]) / (2 * normal_quantile((x.n - 0.375) / (x.n + 0.25))) if x.range else None


def _quartile_sd(x: Quantiles) -> float | None:
    if not x.quartiles:
        return None
    return (x.quartiles[1] - x.quartiles[0]) / (2 * normal_quantile((0.75 * x.n - 0.125) / (x.n + 0.25)))


def _wan_sd(x: Quantiles) -> float:
    """Equations 9, 12 and 16: the mean of what the range and the quartiles give."""
    parts = [sd for sd in (_range_sd(x), _quartile_sd(x)) if sd is not None]
    return _spread(sum(parts) / len(parts))


def _shi_sd(x: Quantiles) -> float:
    """Equation 10: of five figures, the range counts the less the larger n is."""
    outer, inner = _range_sd(x), _quartile_sd(x)
    if outer is None or inner is None:
        return _wan_sd(x)
    weight = 1 / (1 + 0.07 * float(x.n) ** 0.6)
    return _spread(weight * outer + (1 - weight) * inner)


def _spread(sd: float) -> float:
    if not sd > 0:
        raise refusal("no-deviation", "the figures have no spread, and so no standard deviation")
    return sd


def skewed(x: Quantiles) -> bool:
    """Whether a test of level 0.05 finds the figures skewed.

    Shi J, Luo D, Wan X, et al. Detecting the skewness of data from the five-number summary. Stat Methods Med Res
    2023;32:1338-60.
    """
    root = math.sqrt(x.n)
    outer = _asymmetry(x.range, x.median) if x.range else 0.0
    inner = _asymmetry(x.quartiles, x.median) if x.quartiles else 0.0
    if x.range and x.quartiles:
        return max(2.65 * math.log(0.6 * x.n) / root * outer, inner) > 3 / root - 40 / x.n**3
    if x.range:
        return outer > 1 / math.log(x.n + 9) + 2.5 / (x.n + 1)
    return inner > 2.65 / root - 6 / x.n**2


def _asymmetry(pair: tuple[float, float], median: float) -> float:
    width = pair[1] - pair[0]
    return abs(sum(pair) - 2 * median) / width if width else 0.0


# A family: quantiles at probabilities from two parameters of the order of 1, start values, and (mean, sd).
Family = tuple[Callable[[FloatArray, FloatArray], FloatArray], FloatArray, Callable[[FloatArray], tuple[float, float]]]


def _quantile_estimation(x: Quantiles) -> Moments:
    """The distribution whose quantiles come nearest to the figures, among normal, log-normal, gamma and Weibull.

    Of figures below 0, the normal alone. The figures are divided by the largest one first.
    """
    unit = max(abs(figure) for figure in x.figures)
    figures = np.array(x.figures) / unit
    probabilities = np.array(_probabilities(x))
    candidates = {"normal": _normal(figures)} | (_positive(figures) if figures[0] >= 0 else {})
    fits = {name: _nearest(family, figures, probabilities) for name, family in candidates.items()}
    best = min(fits, key=lambda name: fits[name][0])
    mean, sd = candidates[best][2](fits[best][1])
    return Moments(mean * unit, _spread(sd) * unit, f"McGrath 2020, quantile estimation: {best}")


def _probabilities(x: Quantiles) -> list[float]:
    ends, middle = ([1 / x.n], [1 - 1 / x.n]) if x.range else ([], []), [0.25, 0.5, 0.75] if x.quartiles else [0.5]
    return ends[0] + middle + ends[1]


def _nearest(family: Family, figures: FloatArray, probabilities: FloatArray) -> tuple[float, FloatArray]:
    """(sum of squared distances, parameters) of a family's best fit; infinite where there is none."""
    quantiles, start, _ = family
    shown = np.maximum(figures, TINY) if figures[0] >= 0 else figures

    def closeness(parameters: FloatArray) -> float:
        distance = float(np.sum((quantiles(probabilities, parameters) - shown) ** 2))
        return -distance if math.isfinite(distance) else -math.inf

    try:
        best = maximise(closeness, start, "quantile estimation")
    except Inestimable:
        return math.inf, start
    return -closeness(best), best


def _normal(figures: FloatArray) -> Family:
    return (
        lambda p, t: t[0] + math.exp(t[1]) * special.ndtri(p),
        np.array([float(np.median(figures)), math.log(float(np.ptp(figures)) / 3)]),
        lambda t: (float(t[0]), math.exp(t[1])),
    )


def _positive(figures: FloatArray) -> dict[str, Family]:
    """The families of positive values; parameters are logarithms."""
    median = max(float(np.median(figures)), TINY)
    spread = max(float(np.ptp(figures)) / 3, TINY)
    shape = max((median / spread) ** 2, 0.1)

    def lognormal(t: FloatArray) -> tuple[float, float]:
        variance = math.exp(2 * t[1])
        mean = math.exp(t[0] + variance / 2)
        return mean, mean * math.sqrt(math.expm1(variance))

    def weibull(t: FloatArray) -> tuple[float, float]:
        first, second = (math.exp(math.lgamma(1 + i * math.exp(-t[0]))) for i in (1, 2))
        return math.exp(t[1]) * first, math.exp(t[1]) * math.sqrt(max(0.0, second - first**2))

    return {
        "log-normal": (
            lambda p, t: np.exp(t[0] + math.exp(t[1]) * special.ndtri(p)),
            np.array([math.log(median), math.log(math.sqrt(math.log1p((spread / median) ** 2)))]),
            lognormal,
        ),
        "gamma": (
            lambda p, t: math.exp(t[1] - t[0]) * special.gammaincinv(math.exp(t[0]), p),
            np.array([math.log(shape), math.log(median)]),
            lambda t: (math.exp(t[1]), math.exp(t[1] - t[0] / 2)),
        ),
        "Weibull": (
            lambda p, t: math.exp(t[1]) * np.exp(np.log(-np.log1p(-p)) * math.exp(-t[0])),
            np.array([math.log(shape) / 2, math.log(median)]),
            weibull,
        ),
    }
