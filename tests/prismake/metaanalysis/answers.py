# mypy: disable-error-code="arg-type, index, attr-defined"
"""What Prismake answers to each question that golden.csv puts: (measure, analysis) -> quantity -> numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from prismake.metaanalysis import (
    binary,
    continuous,
    correlations,
    diagnostic,
    generic,
    glmm,
    mantel_haenszel,
    models,
    proportions,
    rates,
    regression,
    sensitivity,
    small_study,
    subgroups,
    tau2,
)
from prismake.metaanalysis.results import Coefficient, Interval, Model
from prismake.metaanalysis.rows import Effects

DATA = Path(__file__).parent / "data"

Answer = dict[str, Any]
TESTS = {"z": "z", "t": "t", "knha": "hartung-knapp", "adhoc": "hartung-knapp-adhoc"}

TABLES = ("ai", "n1i", "ci", "n2i")
MEANS = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
RATES = ("x1i", "t1i", "x2i", "t2i")
ACCURACY = ("tp", "fp", "fn", "tn")
RATIOS: dict[str, Callable[..., Effects]] = {
    "RD": binary.risk_difference,
    "RR": binary.risk_ratio,
    "OR": binary.odds_ratio,
}
OTHERS: dict[str, tuple[Callable[..., Effects], type, tuple[str, ...]]] = {
    "PETO": (binary.peto_odds_ratio, binary.Tables, TABLES),
    "MD": (continuous.mean_difference, continuous.Means, MEANS),
    "SMD": (continuous.standardized_mean_difference, continuous.Means, MEANS),
    "ROM": (continuous.ratio_of_means, continuous.Means, MEANS),
    "IRR": (rates.rate_ratio, rates.Rates, RATES),
    "IRD": (rates.rate_difference, rates.Rates, RATES),
    "IRLN": (rates.incidence_rate, rates.SingleRates, ("x1i", "t1i")),
    "PR": (proportions.raw_proportion, proportions.Proportions, ("xi", "ni")),
    "PLO": (proportions.logit_proportion, proportions.Proportions, ("xi", "ni")),
    "PFT": (proportions.freeman_tukey_proportion, proportions.Proportions, ("xi", "ni")),
    "DOR": (diagnostic.diagnostic_odds_ratio, diagnostic.Accuracy, ACCURACY),
    "SENS": (diagnostic.sensitivity, diagnostic.Accuracy, ACCURACY),
    "SPEC": (diagnostic.specificity, diagnostic.Accuracy, ACCURACY),
}


def ends(interval: Interval | None) -> list[float]:
    assert interval is not None
    return [interval.low, interval.high]


def coefficient(c: Coefficient) -> Answer:
    return {"estimate": c.estimate, "se": c.se, "low": c.ci.low, "high": c.ci.high, "p": c.p, "statistic": c.statistic}


def model(m: Model) -> Answer:
    h = m.heterogeneity
    return coefficient(m.pooled) | {
        "q": h.q,
        "q_p": h.p,
        "tau2": h.tau2,
        "i2": h.i2,
        "h2": h.h2,
        "weights": m.weights,
    }


@cache
def table(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / f"{name}.csv")


def labels(data: pd.DataFrame) -> tuple[str, ...]:
    return tuple(str(i + 1) for i in range(len(data)))


def rows(kind: Callable[..., Any], data: pd.DataFrame, *columns: str) -> Any:
    return kind(labels(data), *(data[c].to_numpy(dtype=float) for c in columns))


@cache
def effects(name: str, measure: str, zeros: str = "only-zero") -> Effects:
    """The effects of a data set in a measure."""
    data = table(name)
    if measure in RATIOS:
        both = "keep" if measure == "RD" else "exclude"
        return RATIOS[measure](two_by_two(name), binary.ZeroCells(zeros, 0.5, both))
    if measure in OTHERS:
        function, kind, columns = OTHERS[measure]
        return function(rows(kind, data, *columns))
    if measure == "ZCOR":
        return correlations.fisher_z(labels(data), data["ri"], data["ni"])
    if measure == "HR":
        return generic.from_observed(labels(data), measure, data["excess"], data["variance"])
    return Effects(labels(data), measure, data["yi"].to_numpy(), data["vi"].to_numpy())


def two_by_two(name: str) -> binary.Tables:
    tables: binary.Tables = rows(binary.Tables, table(name), *TABLES)
    return tables


def answer(name: str, measure: str, analysis: str) -> Answer:
    """The quantities of one analysis of a data set."""
    if analysis == "effects all":
        e = effects(name, measure, "all")
        return {"yi": e.yi, "vi": e.vi}
    if analysis == "Mantel-Haenszel":
        return model(mantel_haenszel.mantel_haenszel(two_by_two(name), measure))
    if analysis == "Peto":
        return model(mantel_haenszel.peto(two_by_two(name)))
    if analysis == "logistic":
        return model(glmm.logistic(rows(proportions.Proportions, table(name), "xi", "ni")))
    if analysis == "bivariate":
        return pair(diagnostic.bivariate(rows(diagnostic.Accuracy, table(name), *ACCURACY)))
    return effects_answer(effects(name, measure), table(name), analysis)


def pair(b: diagnostic.Bivariate) -> Answer:
    return {
        "estimate": [b.sensitivity.estimate, b.specificity.estimate],
        "se": [b.sensitivity.se, b.specificity.se],
        "covariance": b.covariance,
        "tau2": [b.tau2_sensitivity, b.tau2_specificity],
        "correlation": b.correlation,
    }


def effects_answer(e: Effects, data: pd.DataFrame, analysis: str) -> Answer:
    head, _, tail = analysis.rpartition(" ")
    if analysis == "effects":
        return {"yi": e.yi, "vi": e.vi}
    if analysis == "common":
        return model(models.common_effect(e))
    if analysis in tau2.ESTIMATORS:
        return model(models.random_effects(e, analysis))
    if analysis == "REML intervals":
        return intervals(e)
    if head == "REML":
        return model(models.random_effects(e, test=TESTS[tail]))
    if analysis == "leave-one-out":
        steps = sensitivity.leave_one_out(e, models.random_effects)
        return {"estimate": [s.model.estimate for s in steps], "tau2": [s.model.tau2 for s in steps]}
    if analysis == "cumulative":
        steps = sensitivity.cumulative(e, range(len(e)), models.random_effects)
        return {"estimate": [s.model.estimate for s in steps], "se": [s.model.se for s in steps]}
    if head == "trim and fill":
        return filled(small_study.trim_and_fill(e, None if tail == "EE" else tail))
    if head == "regression":
        return line(regression.meta_regression(e, data["moderator"], "moderator", test=TESTS[tail]))
    if analysis.startswith("subgroups"):
        return dict(by_group(e, list(data["group"].astype(str)), tail))
    if analysis == "begg":
        rank = small_study.begg(e)
        return {"tau": rank.tau, "p": rank.p}
    if analysis == "back":
        m = models.random_effects(e)
        values = (m.estimate, m.ci.low, m.ci.high)
        return {"back": [proportions.freeman_tukey_inverse(v, data["ni"].to_numpy()) for v in values]}
    test = small_study.egger(e) if analysis == "egger" else small_study.egger_classic(e)
    limit = test.limit
    return coefficient(test.slope) | {
        "limit": limit.estimate,
        "limit_low": limit.ci.low,
        "limit_high": limit.ci.high,
    }


def intervals(e: Effects) -> Answer:
    fits = {rule: models.random_effects(e, prediction=rule) for rule in models.PREDICTION_RULES}
    h = fits["z"].heterogeneity
    predictions = {f"prediction_{rule.replace('-', '')}": ends(m.prediction.interval) for rule, m in fits.items()}
    return predictions | {"tau2_ci": ends(h.tau2_ci), "i2_ci": ends(h.i2_ci)}


def filled(t: small_study.TrimAndFill) -> Answer:
    return model(t.model) | {"tau2": t.model.tau2, "missing": t.missing, "se_missing": t.se, "right": t.side == "right"}


def line(r: regression.Regression) -> Answer:
    at = r.at(float(np.mean(r.values)))
    return coefficient(r.slope) | {
        "intercept": r.intercept.estimate,
        "slope": r.slope.estimate,
        "tau2": r.residual.tau2,
        "i2": r.residual.i2,
        "q": r.residual.q,
        "q_p": r.residual.p,
        "moderation": r.moderation.statistic,
        "moderation_p": r.moderation.p,
        "r2": r.r2,
        "at": [at.estimate, *ends(at.ci)],
    }


def by_group(e: Effects, groups: list[str], test: str) -> Iterator[tuple[str, Any]]:
    if test == "subgroups":
        result = subgroups.subgroups(e, groups, models.random_effects)
    else:
        result = subgroups.subgroups_common_tau2(e, groups, test=TESTS[test])
    fits = list(result.groups.values())
    yield "estimate", [m.estimate for m in fits]
    yield "se", [m.se for m in fits]
    yield "tau2", [m.tau2 for m in fits] if result.residual is None else result.residual.tau2
    yield "q", result.between.statistic
    yield "p", result.between.p
