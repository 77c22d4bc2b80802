"""Inverse-variance models: the common effect and random effects."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from prismake.metaanalysis.distributions import Reference, chi2_p
from prismake.metaanalysis.faults import FloatArray, refusal
from prismake.metaanalysis.linear import Design, Projection, q_profile
from prismake.metaanalysis.results import Coefficient, Heterogeneity, Interval, Model, Prediction, Test
from prismake.metaanalysis.rows import Effects, Note
from prismake.metaanalysis.tau2 import estimate_tau2

COMMON = "inverse variance"
ONE_STUDY = "one study"
PREDICTION_RULES = ("z", "k-1", "k-2")


@dataclass(frozen=True, eq=False)
class Fit:
    """A weighted fit with the covariance and degrees of freedom that its tests use (None: normal)."""

    projection: Projection
    cov: FloatArray
    df: int | None
    warnings: tuple[Note, ...] = ()

    @property
    def beta(self) -> FloatArray:
        """The coefficients."""
        return self.projection.beta

    def coefficient(self, position: int, level: float) -> Coefficient:
        """One coefficient with its interval and test."""
        return self.combination(np.eye(self.beta.size)[position], level)

    def combination(self, contrast: FloatArray, level: float) -> Coefficient:
        """A linear combination of the coefficients."""
        se = math.sqrt(float(contrast @ self.cov @ contrast))
        return Coefficient.from_se(float(contrast @ self.beta), se, level, self.df)


def common_effect(effects: Effects, level: float = 0.95) -> Model:
    """The common-effect (fixed-effect) model: the mean weighted by 1/v.

    Raises Inestimable for fewer than two studies.
    """
    design = _design(effects)
    return _model(effects, COMMON, "z", level, Fit(design.at(0), design.at(0).cov, None), None)


def random_effects(
    effects: Effects, tau2: str = "REML", test: Test = "z", level: float = 0.95, prediction: str = "k-1"
) -> Model:
    """The random-effects model: the mean weighted by 1/(v + τ²).

    `tau2` names the estimator (`tau2.ESTIMATORS`). `test` names the interval and test: `z`; `t` (k − 1 degrees of
    freedom); `hartung-knapp`, which also estimates the variance of the mean from the weighted residuals (Hartung J,
    Knapp G. Stat Med 2001;20:3875-89; Sidik K, Jonkman JN. Stat Med 2002;21:3153-9); `hartung-knapp-adhoc`, which
    never lets that variance fall below that of z (Knapp G, Hartung J. Stat Med 2003;22:2693-710). A warning names a
    Hartung-Knapp interval that is narrower than the one of z (Jackson D, et al. Stat Med 2017;36:3923-34).

    `prediction` names the degrees of freedom of the prediction interval: `z`, metafor's default beside `test="z"`;
    `k-1`, its default beside the other tests; `k-2` (Higgins JPT, Thompson SG, Spiegelhalter DJ. J R Stat Soc A
    2009;172:137-59). Raises Inestimable for fewer than two studies, effects that are all equal with Hartung-Knapp, and
    a τ² that does not converge.
    """
    design = _design(effects)
    projection = design.at(estimate_tau2(design, tau2))
    return _model(effects, tau2, test, level, tested(projection, test, level), prediction)


def single(effects: Effects, level: float = 0.95) -> Model:
    """One study as a model, for subgroups and series in which it stands alone: its own effect, and no τ²."""
    pooled = Coefficient.from_se(float(effects.yi[0]), math.sqrt(float(effects.vi[0])), level)
    return Model(
        measure=effects.measure,
        method=ONE_STUDY,
        test="z",
        level=level,
        labels=effects.labels,
        weights=np.ones(1),
        pooled=pooled,
        heterogeneity=Heterogeneity(q=0.0, df=0, p=1.0, i2=0.0, h2=1.0),
        warnings=(Note("one-study", "there is one study, so this is its own effect and no pooled one"),),
    )


def _design(effects: Effects) -> Design:
    if len(effects) < 2:
        raise refusal(
            "one-study",
            "there is one study, and pooling needs two",
            label=effects.labels[0],
            fix="report the study's own effect",
        )
    return Design.intercept(effects.yi, effects.vi)


def tested(projection: Projection, test: Test, level: float) -> Fit:
    """The fit with the covariance and the degrees of freedom of a test, and its warnings."""
    df = projection.design.df
    if test == "z":
        return Fit(projection, projection.cov, None)
    if test == "t":
        return Fit(projection, projection.cov, df)
    if test not in ("hartung-knapp", "hartung-knapp-adhoc"):
        raise refusal("unknown-test", f"'{test}' is not a test", fix="use z, t, hartung-knapp or hartung-knapp-adhoc")
    scale = projection.q / df
    if test == "hartung-knapp-adhoc":
        scale = max(1.0, scale)
    if scale <= np.finfo(float).eps:
        raise refusal(
            "no-residuals",
            "all effects are equal, which leaves a Hartung-Knapp interval without a width",
            fix="use the test z or hartung-knapp-adhoc",
        )
    narrower = math.sqrt(scale) * Reference(df).critical(level) < Reference().critical(level)
    return Fit(projection, scale * projection.cov, df, (_narrow(),) if narrower else ())


def _narrow() -> Note:
    return Note(
        "narrow-hartung-knapp",
        "the Hartung-Knapp interval is narrower than the normal one, because the effects differ less than chance would "
        "make them; report both, or use the ad hoc correction",
    )


def _model(effects: Effects, method: str, test: Test, level: float, fit: Fit, prediction: str | None) -> Model:
    pooled = fit.coefficient(0, level)
    weights = fit.projection.w / np.sum(fit.projection.w)
    warnings = fit.warnings
    interval = None
    if prediction is not None:
        interval = predicted(pooled, fit.projection.tau2, len(effects), prediction, level)
        warnings += () if interval else (_unpredictable(prediction),)
    return Model(
        measure=effects.measure,
        method=method,
        test=test,
        level=level,
        labels=effects.labels,
        weights=weights,
        pooled=pooled,
        heterogeneity=heterogeneity(fit.projection, level, common=method == COMMON),
        prediction=interval,
        warnings=warnings,
    )


def predicted(pooled: Coefficient, tau2: float, k: int, rule: str, level: float) -> Prediction | None:
    """The prediction interval, estimate ± critical value × √(se² + τ²); None where `rule` leaves no degree of freedom.

    Riley RD, Higgins JPT, Deeks JJ. BMJ 2011;342:d549. Raises Inestimable for an unknown rule.
    """
    if rule not in PREDICTION_RULES:
        valid = ", ".join(PREDICTION_RULES)
        raise refusal("unknown-prediction", f"'{rule}' is not a rule of prediction intervals", fix=f"use {valid}")
    df = {"z": None, "k-1": k - 1, "k-2": k - 2}[rule]
    if df is not None and df < 1:
        return None
    half = Reference(df).critical(level) * math.sqrt(pooled.se**2 + tau2)
    return Prediction(Interval(pooled.estimate - half, pooled.estimate + half), rule, df)


def _unpredictable(rule: str) -> Note:
    return Note("no-prediction", f"there are too few studies for a prediction interval with {rule} degrees of freedom")


def heterogeneity(projection: Projection, level: float, *, common: bool = False) -> Heterogeneity:
    """Q, H² and I² of a fit, and the Q-profile intervals of τ² and I².

    Cochran WG. Biometrics 1954;10:101-29; Higgins JPT, Thompson SG. Stat Med 2002;21:1539-58. I² is that of the fit's
    τ², which of a common effect is the one of DerSimonian and Laird: 100 × (Q − df)/Q.
    """
    design = projection.design
    q, df = design.at(0).q, design.df
    tau2 = max(0.0, (q - df) / design.at(0).trace) if common else projection.tau2
    interval = q_profile(design, level)
    return Heterogeneity(
        q=q,
        df=df,
        p=chi2_p(q, df),
        i2=design.i2(tau2),
        h2=q / df if common else design.h2(tau2),
        i2_ci=Interval(design.i2(interval.low), design.i2(interval.high)),
        tau2=None if common else tau2,
        tau2_ci=interval,
    )
