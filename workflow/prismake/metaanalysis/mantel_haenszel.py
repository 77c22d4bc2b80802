"""Common-effect models of two-by-two tables that need no correction of empty cells: Mantel-Haenszel and Peto."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from prismake.metaanalysis.binary import (
    NO_CONTRAST,
    Tables,
    hypergeometric,
    odds_ratio,
    peto_odds_ratio,
    risk_difference,
    risk_ratio,
    with_contrast,
)
from prismake.metaanalysis.distributions import chi2_p
from prismake.metaanalysis.faults import FloatArray, refusal
from prismake.metaanalysis.results import Coefficient, Heterogeneity, Model
from prismake.metaanalysis.rows import Effects, Note

# The weights, the estimate and its variance.
Formula = tuple[FloatArray, float, float]


def mantel_haenszel(tables: Tables, measure: Literal["RR", "OR", "RD"], level: float = 0.95) -> Model:
    """The Mantel-Haenszel pooled log risk ratio, log odds ratio, or risk difference.

    Mantel N, Haenszel W. J Natl Cancer Inst 1959;22:719-48; Greenland S, Robins JM. Biometrics 1985;41:55-68. Counts
    are used as they are. Q compares the single studies' effects, with ½ on the cells of tables with an empty one, with
    the pooled one. Studies without contrast do not count for ratios; the difference keeps them. Raises Inestimable for
    fewer than two studies, and where one group has no event in any study.
    """
    formula = {"RR": _risk_ratio, "OR": _odds_ratio, "RD": _risk_difference}[measure]
    counted, notes = (tables, ()) if measure == "RD" else with_contrast(tables)
    _demand_two(counted)
    weights, estimate, variance = formula(counted)
    single = {"RR": risk_ratio, "OR": odds_ratio, "RD": risk_difference}[measure]
    return _model("Mantel-Haenszel", single(counted), notes, weights, estimate, variance, level)


def peto(tables: Tables, level: float = 0.95) -> Model:
    """Peto's pooled log odds ratio, Σ(O − E)/ΣV with variance 1/ΣV.

    Yusuf S, Peto R, et al. Prog Cardiovasc Dis 1985;27:335-71. Meant for rare events, similar group sizes and effects
    that are not large. Studies without contrast do not count. Raises Inestimable for fewer than two studies.
    """
    counted, notes = with_contrast(tables)
    _demand_two(counted)
    excess, variance = hypergeometric(counted)
    total = float(np.sum(variance))
    effects = peto_odds_ratio(counted)
    return _model("Peto", effects, notes, variance, float(np.sum(excess)) / total, 1 / total, level)


def _demand_two(tables: Tables) -> None:
    if len(tables) < 2:
        raise refusal(
            "one-study",
            "there is one study with events, and pooling needs two",
            label=tables.labels[0],
            fix="report the study's own effect",
        )


def _risk_ratio(t: Tables) -> Formula:
    weights = t.events2 * t.total1 / t.sizes
    r, s = float(np.sum(t.events1 * t.total2 / t.sizes)), float(np.sum(weights))
    _demand_events(r, s)
    spread = t.total1 * t.total2 * (t.events1 + t.events2) / t.sizes**2 - t.events1 * t.events2 / t.sizes
    return weights, math.log(r / s), float(np.sum(spread)) / (r * s)


def _odds_ratio(t: Tables) -> Formula:
    """Variance after Robins J, Breslow N, Greenland S. Biometrics 1986;42:311-23."""
    r, s = t.events1 * t.others2 / t.sizes, t.others1 * t.events2 / t.sizes
    p, q = (t.events1 + t.others2) / t.sizes, (t.others1 + t.events2) / t.sizes
    sum_r, sum_s = float(np.sum(r)), float(np.sum(s))
    _demand_events(sum_r, sum_s)
    variance = (np.sum(p * r) / sum_r**2 + np.sum(p * s + q * r) / (sum_r * sum_s) + np.sum(q * s) / sum_s**2) / 2
    return s, math.log(sum_r / sum_s), float(variance)


def _risk_difference(t: Tables) -> Formula:
    """Variance after Sato T. Biometrics 1989;45:1323-4, consistent for few large and many small studies."""
    n1, n2 = t.total1 / t.sizes, t.total2 / t.sizes
    weights = t.total1 * n2
    total = float(np.sum(weights))
    estimate = float(np.sum(t.events1 * n2 - t.events2 * n1)) / total
    linear = t.events2 * n1**2 - t.events1 * n2**2 + n1 * n2 * (t.total2 - t.total1) / 2
    constant = (t.events1 * t.others2 + t.events2 * t.others1) / t.sizes / 2
    variance = (estimate * float(np.sum(linear)) + float(np.sum(constant))) / total**2
    if variance <= 0:
        raise refusal("no-events", f"every study has {NO_CONTRAST}, so the risk difference has no variance")
    return weights, estimate, variance


def _demand_events(*sums: float) -> None:
    if min(sums) <= 0:
        raise refusal(
            "no-events-in-group",
            "one group has no event (or only events) in any study, so the ratio is 0 or infinite",
            fix="use the risk difference, or report the counts",
        )


def _model(
    method: str,
    effects: Effects,
    notes: tuple[Note, ...],
    weights: FloatArray,
    estimate: float,
    variance: float,
    level: float,
) -> Model:
    q = float(np.sum((effects.yi - estimate) ** 2 / effects.vi))
    df = len(effects) - 1
    return Model(
        measure=effects.measure,
        method=method,
        test="z",
        level=level,
        labels=effects.labels,
        weights=weights / np.sum(weights),
        pooled=Coefficient.from_se(estimate, math.sqrt(variance), level),
        heterogeneity=Heterogeneity(
            q=q, df=df, p=chi2_p(q, df), i2=100 * max(0.0, (q - df) / q) if q else 0.0, h2=q / df
        ),
        warnings=notes,
    )
