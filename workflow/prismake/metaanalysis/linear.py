"""The weighted linear model that all inverse-variance methods share: effects, variances, and a matrix of moderators."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from prismake.metaanalysis.distributions import chi2_quantile
from prismake.metaanalysis.faults import FloatArray, refusal
from prismake.metaanalysis.results import Interval

ITERATIONS = 1000
# The step after which τ² has converged, relative to the sum of it and the smallest sampling variance, so that results
# do not depend on the unit. Each step of Newton's method doubles the digits: the last one leaves an error of 1e-14.
TOLERANCE = 1e-7


@dataclass(frozen=True, eq=False)
class Design:
    """Effects `y` with variances `v` and moderators `x`, k × p, of full rank with p < k."""

    y: FloatArray
    v: FloatArray
    x: FloatArray

    @classmethod
    def intercept(cls, y: FloatArray, v: FloatArray) -> Design:
        """The design without moderators."""
        return cls(y, v, np.ones((y.size, 1)))

    @cached_property
    def shift(self) -> FloatArray:
        """The unweighted coefficients. Effects far from 0 would lose digits; `centred` ones do not."""
        return _inverse(self.x.T @ self.x) @ (self.x.T @ self.y)

    @cached_property
    def centred(self) -> FloatArray:
        """The effects as deviations from the unweighted fit."""
        return self.y - self.x @ self.shift

    @property
    def df(self) -> int:
        """k − p."""
        return int(self.x.shape[0] - self.x.shape[1])

    def at(self, tau2: float) -> Projection:
        """The weighted fit at this variance between studies."""
        return Projection(self, tau2)

    @property
    def unit(self) -> float:
        """A variance by which to judge whether two values of τ² are the same."""
        return float(self.v.min())

    @cached_property
    def typical(self) -> float:
        """The typical sampling variance of I² (Higgins JPT, Thompson SG. Stat Med 2002;21:1539-58), (k − p)/tr(P)."""
        return self.df / self.at(0).trace

    def i2(self, tau2: float) -> float:
        """The percentage of the total variability that τ² makes up."""
        return 100 * tau2 / (tau2 + self.typical)

    def h2(self, tau2: float) -> float:
        """The total variability as a multiple of the sampling variability."""
        return 1 + tau2 / self.typical

    def log_likelihoods(self, series: FloatArray, *, restricted: bool) -> FloatArray:
        """`Projection.log_likelihood` at each τ² of a series, at once."""
        w = 1 / (self.v + series[:, None])
        moments = (w[:, None, :] * self.x.T) @ self.x
        beta = np.linalg.solve(moments, ((w * self.centred) @ self.x)[:, :, None])[:, :, 0]
        values = np.sum(np.log(w) - w * (self.centred - beta @ self.x.T) ** 2, axis=1)
        result = values - np.linalg.slogdet(moments)[1] if restricted else values
        return np.asarray(result / 2, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Projection:
    """A weighted least-squares fit with weights 1/(v + τ²), and the traces that the estimators of τ² need.

    P = W − WX(X'WX)⁻¹X'W as in Viechtbauer W. J Educ Behav Stat 2005;30:261-93, never built: its k × k values would
    make 2,000 studies slow.
    """

    design: Design
    tau2: float

    @cached_property
    def w(self) -> FloatArray:
        """The weights."""
        return 1 / (self.design.v + self.tau2)

    @cached_property
    def cov(self) -> FloatArray:
        """(X'WX)⁻¹, the covariance of the coefficients."""
        return _inverse(self._moment(self.w))

    @cached_property
    def beta(self) -> FloatArray:
        """The coefficients."""
        return self.design.shift + self._deviation

    @cached_property
    def _deviation(self) -> FloatArray:
        return self.cov @ (self.design.x.T @ (self.w * self.design.centred))

    @cached_property
    def residuals(self) -> FloatArray:
        """y − Xβ."""
        return self.design.centred - self.design.x @ self._deviation

    @cached_property
    def q(self) -> float:
        """The weighted sum of squared residuals, y'Py."""
        return float(np.sum(self.w * self.residuals**2))

    @cached_property
    def q_slope(self) -> float:
        """y'PPy: by how much q falls as τ² rises."""
        return float(np.sum((self.w * self.residuals) ** 2))

    @cached_property
    def q_curvature(self) -> float:
        """y'PPPy: half of what q_slope falls by as τ² rises."""
        u = self.w * self.residuals
        projected = self.w * (u - self.design.x @ (self.cov @ (self.design.x.T @ (self.w * u))))
        return float(u @ projected)

    @cached_property
    def trace(self) -> float:
        """tr(P)."""
        return float(np.sum(self.w) - np.trace(self.cov @ self._moment(self.w**2)))

    @cached_property
    def trace_square(self) -> float:
        """tr(PP)."""
        second = self.cov @ self._moment(self.w**2)
        third = self.cov @ self._moment(self.w**3)
        return float(np.sum(self.w**2) - 2 * np.trace(third) + np.trace(second @ second))

    def log_likelihood(self, *, restricted: bool) -> float:
        """The (restricted) log-likelihood, but for a constant."""
        return self._restricted_likelihood if restricted else self._likelihood

    @cached_property
    def _likelihood(self) -> float:
        return (float(np.sum(np.log(self.w))) - self.q) / 2

    @cached_property
    def _restricted_likelihood(self) -> float:
        return self._likelihood + float(np.linalg.slogdet(self.cov)[1]) / 2

    def _moment(self, weights: FloatArray) -> FloatArray:
        return self.design.x.T @ (weights[:, None] * self.design.x)


def _inverse(matrix: FloatArray) -> FloatArray:
    return 1 / matrix if matrix.size == 1 else np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def generalised_q_root(design: Design, target: float) -> float:
    """The τ² at which the generalised Q statistic y'Py equals `target`; 0 where it is smaller already at τ² = 0.

    Q is a convex falling function of τ², so that Newton's method from 0 approaches the root from below (DerSimonian R,
    Kacker R. Contemp Clin Trials 2007;28:105-14). Raises Inestimable if it does not arrive.
    """
    tau2 = 0.0
    for _ in range(ITERATIONS):
        fit = design.at(tau2)
        step = (fit.q - target) / fit.q_slope if fit.q > target else 0.0
        tau2 += step
        if step <= TOLERANCE * (tau2 + design.unit):
            return tau2
    raise refusal("no-convergence", f"τ² did not converge in {ITERATIONS:,} steps", fix="choose another estimator")


def q_profile(design: Design, level: float) -> Interval:
    """The Q-profile interval of τ². Viechtbauer W. Stat Med 2007;26:37-52.

    Both ends are 0 where the effects differ less than chance would make them.
    """
    upper = (1 + level) / 2
    return Interval(
        generalised_q_root(design, chi2_quantile(upper, design.df)),
        generalised_q_root(design, chi2_quantile(1 - upper, design.df)),
    )
