# mypy: disable-error-code="arg-type, index, attr-defined"
"""What the data do not allow is refused by name, and nothing that is not a number is ever passed on."""

import subprocess
import sys

import numpy as np
import pytest
from prismake.metaanalysis import (
    binary,
    continuous,
    conversions,
    correlations,
    diagnostic,
    direction,
    generic,
    glmm,
    groups,
    mantel_haenszel,
    maximum,
    models,
    proportions,
    quantiles,
    rates,
    regression,
    sensitivity,
    small_study,
    subgroups,
)
from prismake.metaanalysis.faults import Inestimable
from prismake.metaanalysis.linear import Design
from prismake.metaanalysis.percentages import count_from_percentage
from prismake.metaanalysis.rows import Effects, Rows
from prismake.metaanalysis.tau2 import estimate_tau2

from tests.places import PACKAGE

TWO = ("Ada 2001", "Bo 2002")
THREE = (*TWO, "Cy 2003")
SOME = Effects(THREE, "MD", [0.1, 0.5, 0.9], [0.1, 0.2, 0.3])
EQUAL = Effects(THREE, "MD", [0.5, 0.5, 0.5], [0.1, 0.2, 0.3])


def tables(events1, total1, events2, total2):
    labels = (*THREE, "Di 2004")[: len(events1)]
    return binary.Tables(labels, events1, total1, events2, total2)


NOTHING = tables([0, 0], [10, 12], [0, 0], [10, 12])
ONE_SIDED = tables([0, 0], [10, 12], [3, 4], [10, 12])
NONE = binary.ZeroCells("none")


@pytest.mark.parametrize(
    ("code", "label", "compute"),
    [
        ("one-study", "Ada 2001", lambda: models.random_effects(SOME.take([0]))),
        ("one-study", "Ada 2001", lambda: models.common_effect(SOME.take([0]))),
        ("one-study", "Ada 2001", lambda: mantel_haenszel.peto(ONE_SIDED.take([0]))),
        ("one-study", "a", lambda: glmm.logistic(proportions.Proportions(("a",), [1], [5]))),
        ("no-studies", "", lambda: Rows(())),
        ("label-twice", "a", lambda: Effects(("a", "a"), "MD", [1, 2], [1, 1])),
        ("column-length", "", lambda: Effects(("a", "b"), "MD", [1, 2, 3], [1, 1])),
        ("not-a-number", "Bo 2002", lambda: Effects(TWO, "MD", [1, np.nan], [1, 1])),
        ("variance-not-positive", "Bo 2002", lambda: Effects(TWO, "MD", [1, 2], [1, -0.02])),
        ("no-contrast", "", lambda: binary.risk_ratio(NOTHING)),
        ("no-contrast", "", lambda: mantel_haenszel.mantel_haenszel(NOTHING, "OR")),
        ("no-contrast", "", lambda: binary.peto_odds_ratio(NOTHING)),
        ("no-events", "", lambda: mantel_haenszel.mantel_haenszel(NOTHING, "RD")),
        ("no-events-in-group", "", lambda: mantel_haenszel.mantel_haenszel(ONE_SIDED, "RR")),
        ("empty-cell", "Ada 2001", lambda: binary.odds_ratio(ONE_SIDED, NONE)),
        ("no-variance", "Ada 2001", lambda: binary.risk_difference(NOTHING, binary.ZeroCells("none", both="keep"))),
        ("negative-count", "Ada 2001", lambda: tables([-1], [10], [1], [10])),
        ("empty-group", "Ada 2001", lambda: tables([0], [0], [1], [10])),
        ("events-exceed-total", "Bo 2002", lambda: tables([1, 11], [10, 10], [1, 1], [10, 10])),
        ("sd-not-positive", "Ada 2001", lambda: continuous.Means(("Ada 2001",), [1], [0], [9], [1], [1], [9])),
        ("small-group", "Ada 2001", lambda: continuous.Means(("Ada 2001",), [1], [1], [1], [1], [1], [9])),
        (
            "ratio-of-signs",
            "a",
            lambda: continuous.ratio_of_means(continuous.Means("a", [1], [1], [9], [-1], [1], [9])),
        ),
        ("no-time", "a", lambda: rates.Rates(("a",), [1], [0], [1], [5])),
        ("no-events", "", lambda: rates.rate_ratio(rates.Rates(("a",), [0], [5], [0], [5]))),
        ("no-variance", "a", lambda: rates.rate_difference(rates.Rates(("a",), [0], [5], [0], [5]))),
        ("empty-cell", "a", lambda: rates.incidence_rate(rates.SingleRates(("a",), [0], [5]), add=0)),
        ("empty-cell", "a", lambda: proportions.logit_proportion(proportions.Proportions(("a",), [0], [5]), add=0)),
        ("events-exceed-total", "a", lambda: proportions.Proportions(("a",), [6], [5])),
        ("no-events", "", lambda: glmm.logistic(proportions.Proportions(TWO, [0, 0], [5, 6]))),
        ("correlation-range", "Bo 2002", lambda: correlations.fisher_z(TWO, [0.1, 1.0], [9, 9])),
        ("few-pairs", "Ada 2001", lambda: correlations.fisher_z(TWO, [0.1, 0.2], [3, 9])),
        ("se-not-positive", "Bo 2002", lambda: generic.from_se(TWO, "HR", [0.1, 0.2], [0.1, 0])),
        ("ratio-not-positive", "Ada 2001", lambda: generic.from_interval(TWO, "HR", [1, 1], [-1, 0.5], [2, 2])),
        ("interval-order", "Bo 2002", lambda: generic.from_interval(TWO, "HR", [1, 3], [0.5, 0.5], [2, 2])),
        ("few-studies", "", lambda: diagnostic.bivariate(diagnostic.Accuracy(("a",), [5], [1], [1], [9]))),
        ("no-residuals", "", lambda: models.random_effects(EQUAL, test="hartung-knapp")),
        ("unknown-estimator", "", lambda: models.random_effects(SOME, "REMLL")),
        ("unknown-test", "", lambda: models.random_effects(SOME, test="hk")),
        ("unknown-prediction", "", lambda: models.random_effects(SOME, prediction="k-3")),
        ("constant-moderator", "", lambda: regression.meta_regression(SOME, [2, 2, 2], "dose")),
        ("moderator-missing", "Bo 2002", lambda: regression.meta_regression(SOME, [2, np.nan, 1], "dose")),
        ("few-studies", "", lambda: regression.meta_regression(SOME.take([0, 1]), [2, 3], "dose")),
        ("one-subgroup", "", lambda: subgroups.subgroups(SOME, ["x", "x", "x"], models.common_effect)),
        ("no-subgroup", "Bo 2002", lambda: subgroups.subgroups(SOME, ["x", "", "y"], models.common_effect)),
        ("few-studies", "", lambda: subgroups.subgroups_common_tau2(SOME, ["x", "y", "z"])),
        ("few-studies", "", lambda: sensitivity.leave_one_out(SOME.take([0, 1]), models.common_effect)),
        ("study-order", "", lambda: sensitivity.cumulative(SOME, [0, 1, 1], models.common_effect)),
        ("few-studies", "", lambda: small_study.egger(SOME)),
        ("few-studies", "", lambda: small_study.egger_classic(SOME)),
        ("few-studies", "", lambda: small_study.begg(SOME)),
        ("few-studies", "", lambda: small_study.trim_and_fill(SOME)),
        ("no-direction", "", lambda: direction.vote_count([0, 0])),
        ("group", "", lambda: groups.combine([groups.Group(1, 5, 0)])),
        ("parts", "", lambda: groups.split(groups.Group(9, 5, 1), 0)),
        ("p-range", "", lambda: conversions.t_from_p(0, 9, 9)),
        ("no-statistic", "", lambda: conversions.se_from_t(0, 0)),
        ("correlation-range", "", lambda: conversions.change_sd(1, 1, 1.2)),
        ("no-deviation", "", lambda: conversions.change_sd(1, 1, 1)),
        ("interval-order", "", lambda: conversions.se_from_interval(2, 1)),
        ("not-positive", "", lambda: conversions.sd_from_se(-1, 9)),
        ("too-few", "", lambda: conversions.sd_from_interval(1, 2, 1)),
        ("quantiles", "", lambda: quantiles.Quantiles(20, 5)),
        ("quantiles", "", lambda: quantiles.Quantiles(20, 5, q1=6, q3=9)),
        ("quantiles", "", lambda: quantiles.Quantiles(20, 5, low=1)),
        ("too-few", "", lambda: quantiles.Quantiles(4, 5, q1=4, q3=9)),
        ("several-counts", "", lambda: count_from_percentage("33", 1000)),
        ("no-count", "", lambda: count_from_percentage("35", 10)),
        ("percentage", "", lambda: count_from_percentage("<5", 10)),
        ("no-convergence", "", lambda: maximum.maximise(lambda x: float(x[0]), np.zeros(1), "a line")),
    ],
)
def test_a_refusal_names_the_row_and_its_cause(code, label, compute):
    with pytest.raises(Inestimable) as stopped:
        compute()
    issue = stopped.value.issues[0]
    assert (issue.code, issue.where) == (code, label)


def test_trim_and_fill_says_why_it_refuses():
    with pytest.raises(Inestimable, match="trim and fill needs 10 studies, and there are 3"):
        small_study.trim_and_fill(SOME)


def test_all_rows_at_fault_are_named_at_once():
    with pytest.raises(Inestimable) as stopped:
        Effects(THREE, "MD", [1, 2, 3], [0, 1, -1])
    assert [issue.where for issue in stopped.value.issues] == ["Ada 2001", "Cy 2003"]


def test_studies_without_contrast_are_excluded_by_name_from_ratios_and_kept_in_differences():
    mixed = tables([0, 2, 3], [10, 12, 12], [0, 1, 6], [10, 12, 12])
    ratio, difference = binary.risk_ratio(mixed), binary.risk_difference(mixed)
    assert ratio.labels == THREE[1:]
    assert [(n.code, n.label) for n in ratio.notes] == [("no-contrast", "Ada 2001")]
    assert difference.labels == THREE
    assert [(n.code, n.label) for n in difference.notes] == [("zero-cell", "Ada 2001")]
    assert [n.label for n in mantel_haenszel.mantel_haenszel(mixed, "RR").warnings] == ["Ada 2001"]
    assert mantel_haenszel.mantel_haenszel(mixed, "RD").k == 3


def test_equal_effects_pool_without_a_division_by_zero():
    for estimator in ("REML", "DL", "PM", "ML", "EB", "SJ", "HE", "HS"):
        model = models.random_effects(EQUAL, estimator)
        assert (model.tau2, model.heterogeneity.i2) == (0, 0)
        assert model.heterogeneity.tau2_ci.high >= 0


def test_two_studies_have_no_prediction_interval_with_k_minus_two():
    model = models.random_effects(SOME.take([0, 1]), prediction="k-2")
    assert model.prediction is None
    assert [note.code for note in model.warnings] == ["no-prediction"]


def test_a_likelihood_with_two_maxima_gives_the_higher():
    # ML is highest at 0 and has a second maximum near 0.7, REML is highest near 1.2 and has a second one at 0.
    design = Design.intercept(np.array([-2.6, 0.1, 0.2, -1.5]), np.array([0.9, 0.005, 0.006, 0.5]))
    for restricted, method in ((False, "ML"), (True, "REML")):
        best = design.at(estimate_tau2(design, method)).log_likelihood(restricted=restricted)
        others = (design.at(t).log_likelihood(restricted=restricted) for t in np.linspace(0, 5, 501))
        assert best >= max(others) - 1e-12


def test_only_what_computes_loads_scipy():
    """Settings and tables that name measures and results start without it."""
    code = "import sys, prismake.metaanalysis.measures, prismake.metaanalysis.rows; print('scipy' in sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert printed.stdout.strip() == "False"
