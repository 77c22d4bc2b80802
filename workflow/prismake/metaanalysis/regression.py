"""Meta-regression on one moderator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from prismake.metaanalysis.distributions import chi2_p, f_p
from prismake.metaanalysis.faults import FloatArray, demand, refusal
from prismake.metaanalysis.linear import Design
from prismake.metaanalysis.models import Fit, heterogeneity, tested
from prismake.metaanalysis.results import Coefficient, Heterogeneity, Test
from prismake.metaanalysis.rows import Effects, Note
from prismake.metaanalysis.tau2 import estimate_tau2


@dataclass(frozen=True)
class Moderation:
    """The test of one or several coefficients: chi-squared with `df`, or F where `df2` is given."""

    statistic: float
    df: int
    df2: int | None
    p: float


@dataclass(frozen=True, eq=False)
class Regression:
    """A mixed-effects meta-regression: effect = intercept + slope × moderator + deviations with variance τ².

    `residual` is the heterogeneity that the moderator leaves, `r2` the percentage of τ² that it explains (None where
    there is none without it), `moderation` the test of the slope. `fit` predicts: see `at`.
    """

    measure: str
    moderator: str
    method: str
    test: Test
    level: float
    labels: tuple[str, ...]
    values: FloatArray
    weights: FloatArray
    intercept: Coefficient
    slope: Coefficient
    residual: Heterogeneity
    r2: float | None
    moderation: Moderation
    warnings: tuple[Note, ...]
    fit: Fit

    def at(self, value: float) -> Coefficient:
        """The mean effect at this value of the moderator."""
        return self.fit.combination(np.array([1.0, value]), self.level)


def meta_regression(
    effects: Effects,
    moderator: npt.ArrayLike,
    name: str,
    tau2: str = "REML",
    test: Test = "z",
    level: float = 0.95,
) -> Regression:
    """The regression of the effects on a numeric moderator, one value per effect.

    Thompson SG, Higgins JPT. Stat Med 2002;21:1559-73. R² is (τ²₀ − τ²)/τ²₀, not below 0: Raudenbush SW, in: The
    handbook of research synthesis. 2nd ed. Russell Sage; 2009:295-315. Raises Inestimable for a missing value, a
    moderator that is constant, fewer than three effects, and a τ² that does not converge.
    """
    values = np.asarray(moderator, dtype=np.float64)
    design = regression_design(effects, values, name)
    projection = design.at(estimate_tau2(design, tau2))
    fit = tested(projection, test, level)
    total = estimate_tau2(Design.intercept(effects.yi, effects.vi), tau2)
    slope = fit.coefficient(1, level)
    return Regression(
        measure=effects.measure,
        moderator=name,
        method=tau2,
        test=test,
        level=level,
        labels=effects.labels,
        values=values,
        weights=projection.w / np.sum(projection.w),
        intercept=fit.coefficient(0, level),
        slope=slope,
        residual=heterogeneity(projection, level),
        r2=100 * max(0.0, (total - projection.tau2) / total) if total > 0 else None,
        moderation=moderation(slope.statistic**2, 1, fit),
        warnings=fit.warnings,
        fit=fit,
    )


def regression_design(effects: Effects, values: FloatArray, name: str) -> Design:
    """Intercept and one moderator. Raises Inestimable as `meta_regression` does."""
    demand(effects.labels, np.isfinite(values), "moderator-missing", f"'{name}' has no value")
    if len(effects) < 3:
        raise refusal(
            "few-studies",
            f"there are {len(effects)} studies, and a regression needs three",
            fix="leave the regression out",
        )
    spread = float(np.ptp(values))
    if spread <= 1e-12 * float(np.max(np.abs(values))):
        raise refusal(
            "constant-moderator",
            f"'{name}' is {values[0]:g} in all studies, so it explains no difference between them",
            fix="leave the moderator out",
        )
    return Design(effects.yi, effects.vi, np.column_stack([np.ones(len(effects)), values]))


def moderation(chi2: float, df: int, fit: Fit) -> Moderation:
    """The test of `df` coefficients whose Wald statistic is `chi2`, by the distribution that the fit's tests use."""
    if fit.df is None:
        return Moderation(chi2, df, None, chi2_p(chi2, df))
    return Moderation(chi2 / df, df, fit.df, f_p(chi2 / df, df, fit.df))


def wald(fit: Fit, contrasts: Sequence[Sequence[float]] | FloatArray) -> Moderation:
    """The joint test that these combinations of the coefficients are all zero."""
    matrix = np.asarray(contrasts, dtype=np.float64)
    values = matrix @ fit.beta
    return moderation(float(values @ np.linalg.solve(matrix @ fit.cov @ matrix.T, values)), matrix.shape[0], fit)
