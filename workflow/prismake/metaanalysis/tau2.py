"""Estimators of τ², the variance of true effects between studies.

Compared in Veroniki AA, Jackson D, Viechtbauer W, et al. Res Synth Methods 2016;7:55-79. All cut off at 0.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from prismake.common.errors import nearest
from prismake.metaanalysis.faults import FloatArray, refusal
from prismake.metaanalysis.linear import ITERATIONS, TOLERANCE, Design, Projection, generalised_q_root

HALVINGS = 60
STARTS = 24


def dersimonian_laird(design: Design) -> float:
    """(Q − (k − p)) / tr(P) with weights 1/v. DerSimonian R, Laird N. Control Clin Trials 1986;7:177-88."""
    fit = design.at(0)
    return max(0.0, (fit.q - design.df) / fit.trace)


def hedges(design: Design) -> float:
    """The unweighted moment estimator, also named after Cochran. Hedges LV, Olkin I. Statistical methods for
    meta-analysis. Academic Press, 1985.
    """
    return max(0.0, _unweighted_moment(design))


def _unweighted_moment(design: Design) -> float:
    inverse = np.linalg.inv(design.x.T @ design.x)
    leverage = np.sum((design.x @ inverse) * design.x, axis=1)
    return float(np.sum(design.centred**2) - np.sum(design.v * (1 - leverage))) / design.df


def hunter_schmidt(design: Design) -> float:
    """(Q − k) / Σw with weights 1/v. Hunter JE, Schmidt FL. Methods of meta-analysis. Sage, 1990."""
    fit = design.at(0)
    return max(0.0, float((fit.q - design.y.size) / np.sum(fit.w)))


def sidik_jonkman(design: Design) -> float:
    """The variance of the effects, times the mean weighted square of residuals at that variance.

    Sidik K, Jonkman JN. J R Stat Soc C 2005;54:367-84. Never 0, unless all effects are equal.
    """
    start = float(np.var(design.y))
    return start * design.at(start).q / design.df


def paule_mandel(design: Design) -> float:
    """The τ² at which the generalised Q statistic equals its expectation k − p.

    Paule RC, Mandel J. J Res Natl Bur Stand 1982;87:377-85. The empirical Bayes estimator solves the same equation:
    Morris CN. J Am Stat Assoc 1983;78:47-55; Viechtbauer W, et al. Psychol Methods 2015;20:360-74.
    """
    return generalised_q_root(design, design.df)


def maximum_likelihood(design: Design) -> float:
    """The maximum of the likelihood. Hardy RJ, Thompson SG. Stat Med 1996;15:619-29."""
    return _highest(design, restricted=False)


def restricted_maximum_likelihood(design: Design) -> float:
    """The maximum of the restricted likelihood. Viechtbauer W. J Educ Behav Stat 2005;30:261-93."""
    return _highest(design, restricted=True)


def _highest(design: Design, *, restricted: bool) -> float:
    """The maximum to which the best of a series of values leads: of few studies there can be several."""
    series = _series(design)
    start = float(series[np.argmax(design.log_likelihoods(series, restricted=restricted))])
    return _climb(design.at(start), restricted).tau2


def _series(design: Design) -> FloatArray:
    """0, and values from a small share of the smallest sampling variance to more than the effects can vary."""
    top = max(4 * float(np.sum(design.centred**2)) / design.df, design.unit)
    return np.concatenate([[0.0], np.geomspace(design.unit / 100, top, STARTS)])


def _climb(fit: Projection, restricted: bool) -> Projection:
    for _ in range(ITERATIONS):
        following = _uphill(fit, max(0.0, fit.tau2 + _step(fit, restricted)), restricted)
        if abs(following.tau2 - fit.tau2) <= TOLERANCE * (following.tau2 + fit.design.unit):
            return following
        fit = following
    raise refusal(
        "no-convergence",
        f"the likelihood of τ² did not converge in {ITERATIONS:,} steps",
        fix="choose another estimator, for example PM",
    )


def _step(fit: Projection, restricted: bool) -> float:
    """Newton's step to the maximum; Fisher scoring's, which always goes uphill, where the likelihood is not concave."""
    trace, square = (fit.trace, fit.trace_square) if restricted else (np.sum(fit.w), np.sum(fit.w**2))
    score, curvature = fit.q_slope - float(trace), 2 * fit.q_curvature - float(square)
    return score / (curvature if curvature > 0 else float(square))


def _uphill(fit: Projection, tau2: float, restricted: bool) -> Projection:
    """The fit at `tau2`, or nearer to the present one where that step is so long that the likelihood falls."""
    likelihood = fit.log_likelihood(restricted=restricted)
    # What the sum of the logarithms may lose by rounding is no fall.
    floor = likelihood - 1e-12 * max(1.0, abs(likelihood))
    for _ in range(HALVINGS):
        following = fit.design.at(tau2)
        if following.log_likelihood(restricted=restricted) >= floor:
            return following
        tau2 = (tau2 + fit.tau2) / 2
    return fit


ESTIMATORS: dict[str, Callable[[Design], float]] = {
    "REML": restricted_maximum_likelihood,
    "DL": dersimonian_laird,
    "PM": paule_mandel,
    "EB": paule_mandel,
    "ML": maximum_likelihood,
    "SJ": sidik_jonkman,
    "HE": hedges,
    "HS": hunter_schmidt,
}


def estimate_tau2(design: Design, method: str) -> float:
    """τ² by the estimator of this name. Raises Inestimable for an unknown one, or without convergence."""
    if method not in ESTIMATORS:
        raise refusal("unknown-estimator", f"'{method}' is not an estimator of τ²", fix=nearest(method, [*ESTIMATORS]))
    return ESTIMATORS[method](design)
