"""Small-study effects: tests of funnel plot asymmetry, and trim and fill.

All need ten studies: with fewer, chance cannot be told from asymmetry (Sterne JAC, et al. BMJ 2011;343:d4002; Cochrane
Handbook 13.3.5.4). With fewer they raise Inestimable.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from prismake.metaanalysis.distributions import Reference
from prismake.metaanalysis.faults import FloatArray, refusal
from prismake.metaanalysis.linear import Design
from prismake.metaanalysis.models import Fit, common_effect, random_effects, tested
from prismake.metaanalysis.regression import regression_design
from prismake.metaanalysis.results import Coefficient, Model, Test
from prismake.metaanalysis.rows import Effects
from prismake.metaanalysis.tau2 import estimate_tau2

MINIMUM = 10
# From this number of studies on, the exact p value of Begg's test takes long, and the normal one is off by 0.001.
LARGE = 500
ITERATIONS = 100

Side = Literal["left", "right"]


@dataclass(frozen=True)
class Egger:
    """The test of the slope on the standard error; `limit` is the effect that a study without error would have.

    `form` is `mixed effects` or `weighted regression`.
    """

    form: str
    slope: Coefficient
    limit: Coefficient


@dataclass(frozen=True)
class Begg:
    """Kendall's τ between standardised effects and variances; `exact` tells whether p is: see `begg`."""

    tau: float
    p: float
    exact: bool


@dataclass(frozen=True, eq=False)
class TrimAndFill:
    """`missing` studies on one `side` with the standard error of their number, and the model with them filled in.

    `effects` are the studies and then the filled ones.
    """

    missing: int
    se: float
    side: Side
    model: Model
    effects: Effects


def demand_ten(effects: Effects, what: str) -> None:
    """Raises Inestimable for fewer than ten studies."""
    if len(effects) < MINIMUM:
        raise refusal(
            "few-studies",
            f"{what} needs {MINIMUM} studies, and there are {len(effects)}: fewer cannot tell chance from asymmetry",
            fix="leave it out, and say so in the text",
        )


def egger(effects: Effects, tau2: str = "REML", test: Test = "z", level: float = 0.95) -> Egger:
    """Egger's test as a mixed-effects meta-regression on the standard error.

    Sterne JAC, Egger M, in: Publication bias in meta-analysis. Wiley; 2005:99-110.
    """
    design = _funnel(effects, "Egger's test")
    fit = tested(design.at(estimate_tau2(design, tau2)), test, level)
    return Egger("mixed effects", fit.coefficient(1, level), fit.coefficient(0, level))


def egger_classic(effects: Effects, level: float = 0.95) -> Egger:
    """Egger's test as first published: a weighted regression with a dispersion, t with k − 2 degrees of freedom.

    Egger M, Davey Smith G, Schneider M, Minder C. BMJ 1997;315:629-34. Raises Inestimable where no effect differs from
    the line.
    """
    projection = _funnel(effects, "Egger's test").at(0)
    df = projection.design.df
    if projection.q <= np.finfo(float).eps:
        raise refusal("no-residuals", "all effects lie on one line, which leaves Egger's test without an error")
    fit = Fit(projection, projection.q / df * projection.cov, df)
    return Egger("weighted regression", fit.coefficient(1, level), fit.coefficient(0, level))


def _funnel(effects: Effects, what: str) -> Design:
    demand_ten(effects, what)
    return regression_design(effects, np.sqrt(effects.vi), "the standard error")


def begg(effects: Effects) -> Begg:
    """Begg and Mazumdar's rank correlation test. Biometrics 1994;50:1088-101.

    The p value is exact; with ties, and from 500 studies on, it is normal with the variance for ties.
    """
    demand_ten(effects, "Begg's test")
    weights = 1 / effects.vi
    mean = np.sum(weights * effects.yi) / np.sum(weights)
    standardised = (effects.yi - mean) / np.sqrt(effects.vi - 1 / np.sum(weights))
    return _kendall(standardised, effects.vi)


def _kendall(x: FloatArray, y: FloatArray) -> Begg:
    n = x.size
    upper = np.triu_indices(n, 1)
    score = float(np.sum((np.sign(x[:, None] - x) * np.sign(y[:, None] - y))[upper]))
    ties_x, ties_y = _ties(x), _ties(y)
    pairs = n * (n - 1) / 2
    untied = math.sqrt((pairs - np.sum(ties_x * (ties_x - 1)) / 2) * (pairs - np.sum(ties_y * (ties_y - 1)) / 2))
    if not untied:
        raise refusal(
            "constant-moderator", "all variances are equal, so they have no rank correlation with the effects"
        )
    if ties_x.max() == ties_y.max() == 1 and n < LARGE:
        return Begg(score / untied, _exact_kendall_p(n, round((pairs + score) / 2)), True)
    return Begg(score / untied, Reference().p(score / math.sqrt(_kendall_variance(n, ties_x, ties_y))), False)


def _ties(values: FloatArray) -> FloatArray:
    return np.unique(values, return_counts=True)[1].astype(np.float64)


def _exact_kendall_p(n: int, concordant: int) -> float:
    """Two-sided, from the shares of permutations with each number of concordant pairs."""
    shares = np.ones(1)
    for size in range(2, n + 1):
        shares = np.convolve(shares, np.full(size, 1 / size))
    tail = min(float(np.sum(shares[: concordant + 1])), float(np.sum(shares[concordant:])))
    return min(1.0, 2 * tail)


def _kendall_variance(n: int, tx: FloatArray, ty: FloatArray) -> float:
    """The variance of the score under independence. Kendall MG. Rank correlation methods. Griffin, 1970."""

    def terms(t: FloatArray | float) -> tuple[float, float, float]:
        return (
            float(np.sum(t * (t - 1) * (2 * t + 5))),
            float(np.sum(t * (t - 1) * (t - 2))),
            float(np.sum(t * (t - 1))),
        )

    (a, b, c), (ax, bx, cx), (ay, by, cy) = terms(float(n)), terms(tx), terms(ty)
    return (a - ax - ay) / 18 + bx * by / (9 * b) + cx * cy / (2 * c)


def trim_and_fill(
    effects: Effects, tau2: str | None = "REML", test: Test = "z", level: float = 0.95, side: Side | None = None
) -> TrimAndFill:
    """Trim and fill with the estimator L0. Duval S, Tweedie R. Biometrics 2000;56:455-63.

    `tau2` names the estimator of τ², None the common-effect model. `side` is where studies are missing; if not given,
    it is opposite to the slope of Egger's regression. Raises Inestimable without convergence.
    """
    demand_ten(effects, "trim and fill")
    side = side or _missing_side(effects, tau2)
    sign = -1.0 if side == "right" else 1.0
    order = np.argsort(sign * effects.yi, kind="stable")
    missing, mean, se = _trim(sign * effects.yi[order], effects.vi[order], tau2)
    filled = _fill(effects, order[len(effects) - missing :], sign * mean)
    model = common_effect(filled, level) if tau2 is None else random_effects(filled, tau2, test, level)
    return TrimAndFill(missing, se, side, model, filled)


def _missing_side(effects: Effects, tau2: str | None) -> Side:
    design = _funnel(effects, "trim and fill")
    slope = design.at(_tau2(design, tau2)).beta[1]
    return "right" if slope < 0 else "left"


def _tau2(design: Design, method: str | None) -> float:
    return 0.0 if method is None else estimate_tau2(design, method)


def _trim(y: FloatArray, v: FloatArray, tau2: str | None) -> tuple[int, float, float]:
    """(number missing on the left, mean without their counterparts, standard error of the number); y ascends."""
    k, missing = y.size, 0
    for _ in range(ITERATIONS):
        design = Design.intercept(y[: k - missing], v[: k - missing])
        mean = float(design.at(_tau2(design, tau2)).beta[0])
        deviations = y - mean
        ranks = np.empty(k)
        ranks[np.argsort(np.abs(deviations), kind="stable")] = np.arange(1, k + 1)
        estimate = (4 * float(np.sum(ranks[deviations > 0])) - k * (k + 1)) / (2 * k - 1)
        # Half to even, as R rounds.
        following = max(0, round(estimate))
        if following == missing:
            return missing, mean, _se_of_l0(k, estimate)
        missing = following
        if missing > k - 2:
            break
    raise refusal("no-convergence", "trim and fill did not converge", fix="leave it out, and say so in the text")


def _se_of_l0(k: int, missing: float) -> float:
    variance = (
        k * (k + 1) * (2 * k + 1)
        + 10 * missing**3
        + 27 * missing**2
        + 17 * missing
        - 18 * k * missing**2
        - 18 * k * missing
        + 6 * k**2 * missing
    ) / 24
    return 4 * math.sqrt(max(0.0, variance)) / (2 * k - 1)


def _fill(effects: Effects, outer: np.ndarray[tuple[int, ...], np.dtype[np.intp]], mean: float) -> Effects:
    """The effects and the mirror images of the outermost ones about the mean."""
    labels = tuple(f"Filled: {effects.labels[i]}" for i in outer)
    return replace(
        effects,
        labels=effects.labels + labels,
        yi=np.concatenate([effects.yi, 2 * mean - effects.yi[outer]]),
        vi=np.concatenate([effects.vi, effects.vi[outer]]),
        ni=None if effects.ni is None else np.concatenate([effects.ni, effects.ni[outer]]),
    )
