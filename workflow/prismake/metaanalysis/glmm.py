"""The logistic model of proportions: binomial events, and log odds that vary normally between studies.

Stijnen T, Hamza TH, Özdemir P. Stat Med 2010;29:3046-67. It needs no variance of single studies, and so no correction
of zeros.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from prismake.metaanalysis.distributions import chi2_p
from prismake.metaanalysis.faults import FloatArray, refusal
from prismake.metaanalysis.maximum import hessian, maximise
from prismake.metaanalysis.models import predicted
from prismake.metaanalysis.proportions import Proportions
from prismake.metaanalysis.results import Coefficient, Heterogeneity, Model
from prismake.metaanalysis.rows import Note

LOGISTIC = "logistic, ML"
NODES = 25
MODE_STEPS = 200


def logistic(groups: Proportions, level: float = 0.95, prediction: str = "k-1") -> Model:
    """The pooled log odds of a random-intercept logistic model, by maximum likelihood (measure `PLO`).

    The integrals over the random effect are adaptive Gauss-Hermite sums. `heterogeneity.q` is the likelihood-ratio
    statistic against one proportion per study; I² and weights do not exist. Raises Inestimable for fewer than two
    studies, no or only events in all of them, and a likelihood that does not converge.
    """
    _demand_both(groups)
    common = float(special.logit(np.sum(groups.events) / np.sum(groups.total)))
    mu, se, tau2 = _normal_intercept(groups, common) if _overdispersed(groups, common) else _one(groups, common)
    pooled = Coefficient.from_se(mu, se, level)
    interval = predicted(pooled, tau2, len(groups), prediction, level)
    q, df = _ratio_statistic(groups, common), len(groups) - 1
    return Model(
        measure="PLO",
        method=LOGISTIC,
        test="z",
        level=level,
        labels=groups.labels,
        weights=None,
        pooled=pooled,
        heterogeneity=Heterogeneity(q=q, df=df, p=chi2_p(q, df), tau2=tau2),
        prediction=interval,
        warnings=() if interval else (Note("no-prediction", "there are too few studies for a prediction interval"),),
    )


def _demand_both(groups: Proportions) -> None:
    if len(groups) < 2:
        raise refusal("one-study", "there is one study, and pooling needs two", label=groups.labels[0])
    events, total = float(np.sum(groups.events)), float(np.sum(groups.total))
    if not 0 < events < total:
        raise refusal(
            "no-events",
            f"all studies together have {events:g} events among {total:g} participants, so the log odds is infinite",
            fix="use the Freeman-Tukey proportion, or report the counts",
        )


def _overdispersed(groups: Proportions, mu: float) -> bool:
    """Whether the likelihood rises from τ = 0: the counts vary more than binomial ones."""
    p = special.expit(mu)
    return bool(np.sum((groups.events - groups.total * p) ** 2 - groups.total * p * (1 - p)) > 0)


def _one(groups: Proportions, mu: float) -> tuple[float, float, float]:
    p = float(special.expit(mu))
    return mu, 1 / math.sqrt(float(np.sum(groups.total)) * p * (1 - p)), 0.0


def _normal_intercept(groups: Proportions, mu: float) -> tuple[float, float, float]:
    """(mean log odds, its standard error, τ²)."""

    def likelihood(x: FloatArray) -> float:
        return log_likelihood(groups, float(x[0]), float(x[1]))

    best = maximise(likelihood, np.array([mu, 0.5]), "the logistic model")
    covariance = np.linalg.inv(-hessian(likelihood, best))
    return float(best[0]), math.sqrt(covariance[0, 0]), float(best[1]) ** 2


def log_likelihood(groups: Proportions, mu: float, tau: float) -> float:
    """The log-likelihood but for binomial coefficients. Pinheiro JC, Bates DM. J Comput Graph Stat 1995;4:12-35."""
    mode = _modes(groups, mu, tau)
    p = special.expit(mu + tau * mode)
    scale = 1 / np.sqrt(1 + tau**2 * groups.total * p * (1 - p))
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    u = mode[:, None] + scale[:, None] * nodes
    exponent = _exponent(groups.events[:, None], groups.total[:, None], mu + tau * u, u) + nodes**2 / 2
    integrals = special.logsumexp(exponent, axis=1, b=weights) + np.log(scale) - math.log(2 * math.pi) / 2
    return float(np.sum(integrals))


def _exponent(events: FloatArray, total: FloatArray, logit: FloatArray, u: FloatArray) -> FloatArray:
    return np.asarray(events * logit - total * np.logaddexp(0, logit) - u**2 / 2, dtype=np.float64)


def _modes(groups: Proportions, mu: float, tau: float) -> FloatArray:
    """Where each study's integrand is largest: a concave function, so that Newton's short steps arrive."""
    u = np.zeros(len(groups))
    for _ in range(MODE_STEPS):
        p = special.expit(mu + tau * u)
        gradient = tau * (groups.events - groups.total * p) - u
        step = np.clip(gradient / (1 + tau**2 * groups.total * p * (1 - p)), -1, 1)
        u = u + step
        if np.max(np.abs(step)) < 1e-10:
            break
    return u


def _ratio_statistic(groups: Proportions, mu: float) -> float:
    """Twice the log-likelihood that one proportion per study adds to one for all."""
    p = float(special.expit(mu))
    others = groups.total - groups.events
    own = special.xlogy(groups.events, groups.events / groups.total) + special.xlogy(others, others / groups.total)
    return float(2 * np.sum(own - groups.events * math.log(p) - others * math.log1p(-p)))
