# mypy: disable-error-code="arg-type, index, attr-defined"
"""Answers that papers and the Handbook print, and those that no oracle of the tests gives."""

import math

import numpy as np
import pytest
from prismake.common.errors import BuildStop
from prismake.metaanalysis import (
    continuous,
    conversions,
    direction,
    generic,
    glmm,
    groups,
    models,
    proportions,
    quantiles,
    small_study,
    subgroups,
)
from prismake.metaanalysis.measures import MEASURES
from prismake.metaanalysis.percentages import count_from_percentage
from prismake.metaanalysis.rows import Effects

from tests.prismake.metaanalysis.answers import effects

TRAP = Effects(("a", "b", "c"), "MD", [0.2, 0.21, 0.19], [0.04, 0.05, 0.06])


def near(*values, digits=4):
    return pytest.approx(values, abs=0.5 * 10**-digits)


def test_reml_of_the_bcg_trials_with_both_prediction_intervals():
    normal = models.random_effects(effects("bcg", "RR"), prediction="z")
    t = models.random_effects(effects("bcg", "RR"), test="t", prediction="k-1")
    assert (normal.estimate, normal.se, normal.ci.low, normal.ci.high) == near(-0.7145, 0.1798, -1.0669, -0.3622)
    assert (normal.prediction.interval.low, normal.prediction.interval.high) == near(-1.8667, 0.4376)
    assert (t.prediction.interval.low, t.prediction.interval.high) == near(-1.9953, 0.5663)
    assert (t.prediction.rule, t.prediction.df, normal.prediction.df) == ("k-1", 12, None)


def test_hartung_knapp_warns_where_it_is_narrower_than_the_normal_interval():
    narrow = models.random_effects(TRAP, test="hartung-knapp")
    assert (narrow.ci.low, narrow.ci.high) == near(0.177, 0.224, digits=3)
    assert [note.code for note in narrow.warnings] == ["narrow-hartung-knapp"]
    assert not models.random_effects(TRAP, test="hartung-knapp-adhoc").warnings
    assert not models.random_effects(effects("bcg", "RR"), test="hartung-knapp").warnings


def test_groups_combine_to_the_handbook_s_mean_and_deviation():
    first, second, third = groups.Group(50, 26.5, 4.5), groups.Group(50, 32.9, 5.8), groups.Group(50, 36.4, 3.8)
    two, three = groups.combine([first, second]), groups.combine([first, second, third])
    assert (two.n, two.mean, two.sd) == near(100, 29.7, 6.0841)
    assert (three.n, three.mean, three.sd) == near(150, 31.9333, 6.2758)
    assert groups.combine([groups.combine([first, second]), third]).sd == pytest.approx(three.sd)


def test_a_shared_control_is_split_without_losing_a_participant():
    share = groups.split(groups.Group(30, 5, 2), 2)
    assert (share.n, share.mean, share.sd) == (15, 5, 2)
    events = groups.split_events(groups.Events(7, 30), 2)
    assert groups.combine_events([events, events]) == groups.Events(7, 30)


def test_conversions_invert_one_another():
    assert conversions.sd_from_se(0.5, 16) == 2
    assert conversions.sd_from_interval(10 - 2.0639 * 0.8, 10 + 2.0639 * 0.8, 25) == pytest.approx(4, abs=1e-4)
    assert conversions.sd_from_interval(-1.95996, 1.95996, 100, t=False) == pytest.approx(10, abs=1e-4)
    t = conversions.t_from_p(0.008, 25, 22)
    assert t == pytest.approx(2.78, abs=0.005)
    # Handbook 6.5.2.3: difference 3.8, p 0.008, groups of 25 and 22.
    assert conversions.sd_from_p(3.8, 0.008, 25, 22) == pytest.approx(4.69, abs=0.015)
    assert conversions.sd_from_t(-3.8, t, 25, 22) == pytest.approx(conversions.sd_from_p(3.8, 0.008, 25, 22))
    assert conversions.sd_from_difference_interval(-2, 2, 10, 10) == pytest.approx(2.1286, abs=1e-4)


def test_the_deviation_of_changes_and_the_correlation_agree():
    correlation = conversions.correlation_from_change(4.0, 4.4, 3.2)
    assert conversions.change_sd(4.0, 4.4, correlation) == pytest.approx(3.2)
    assert conversions.change_sd(3, 4, 0) == 5


FIVE = quantiles.Quantiles(80, 11, 3, 8, 15, 40)
INNER = quantiles.Quantiles(100, 5, q1=2, q3=9)
OUTER = quantiles.Quantiles(50, 4, low=1, high=30)


@pytest.mark.parametrize(
    ("figures", "method", "mean", "sd"),
    [
        (OUTER, "wan", 9.75, 6.4636),
        (INNER, "wan", 16 / 3, 5.2654),
        (FIVE, "wan", 13.875, 6.4667),
        (OUTER, "luo", 6.0173, 6.4636),
        (INNER, "luo", 5.3520, 5.2654),
        (FIVE, "luo", 12.1156, 6.4667),
        (FIVE, "shi", 12.1156, 6.4845),
        # R's optim, least squares of quantiles: Weibull 0.062865 against gamma 0.074550, normal 0.16667.
        (INNER, "mcgrath", 6.4903, 5.8994),
    ],
)
def test_medians_become_means_and_deviations(figures, method, mean, sd):
    result = quantiles.moments(figures, method)
    assert (result.mean, result.sd) == near(mean, sd, digits=3)


def test_quantile_estimation_finds_the_distribution_that_made_the_figures():
    normal = quantiles.moments(quantiles.Quantiles(99, 10, q1=10 - 0.67449 * 2, q3=10 + 0.67449 * 2), "mcgrath")
    assert (normal.mean, normal.sd) == near(10, 2, digits=3)
    skew = [math.exp(1 + 0.8 * z) for z in (-0.67449, 0, 0.67449)]
    lognormal = quantiles.moments(quantiles.Quantiles(99, skew[1], q1=skew[0], q3=skew[2]), "mcgrath")
    assert "log-normal" in lognormal.method
    assert lognormal.mean == pytest.approx(math.exp(1 + 0.32), rel=1e-4)


def test_skewed_figures_warn_and_symmetric_ones_do_not():
    assert [w.code for w in quantiles.moments(OUTER).warnings] == ["skewed"]
    assert [w.code for w in quantiles.moments(FIVE).warnings] == ["skewed"]
    assert not quantiles.moments(INNER).warnings
    assert not quantiles.moments(quantiles.Quantiles(80, 10, 1, 8, 12, 19)).warnings


@pytest.mark.parametrize(
    ("text", "n", "count"), [("12.5", 8, 1), ("33", 3, 1), ("0", 40, 0), ("100 %", 7, 7), ("8.0", 25, 2)]
)
def test_a_percentage_that_only_one_count_gives_is_that_count(text, n, count):
    assert count_from_percentage(text, n) == count


def test_wilson_intervals():
    low, high = (getattr(proportions.wilson(81, 263), end) for end in ("low", "high"))
    # Newcombe RG. Stat Med 1998;17:857-72, table I.
    assert (low, high) == near(0.2553, 0.3662)
    assert proportions.wilson(0, 20).low == 0
    assert proportions.wilson(0, 20).high == pytest.approx(0.1611, abs=5e-5)
    assert proportions.wilson(20, 20).high == 1


def test_votes_are_counted_by_direction():
    votes = direction.vote_count([1, 1, 1, 1, 1, 1, 1, 1, -1, -1, 0])
    assert (votes.favour, votes.against, votes.unclear) == (8, 2, 1)
    assert votes.p == pytest.approx(112 / 1024)
    assert direction.sign_test(5, 5) == 1
    assert direction.sign_test(0, 6) == pytest.approx(2 / 64)


def test_a_hazard_ratio_is_read_from_its_interval():
    e = generic.from_interval(["a"], "HR", [0.5], [0.25], [1.0])
    assert e.yi[0] == pytest.approx(math.log(0.5))
    assert math.sqrt(e.vi[0]) == pytest.approx(math.log(4) / (2 * 1.959964), rel=1e-6)
    assert not e.notes
    assert [n.code for n in generic.from_interval(["a"], "HR", [0.9], [0.25], [1.0]).notes] == ["skewed-interval"]


def test_the_double_arcsine_turns_back():
    n = np.array([20.0, 20.0, 20.0])
    for events in (0, 1, 7, 20):
        value = float(proportions.freeman_tukey(np.array([float(events)]), np.array([20.0]))[0])
        assert proportions.freeman_tukey_inverse(value, n) == pytest.approx(events / 20, abs=1e-9)
    assert proportions.freeman_tukey_inverse(-0.1, n) == 0
    assert proportions.freeman_tukey_inverse(2, n) == 1


def test_ties_leave_begg_s_test_without_an_exact_p():
    v = np.array([0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
    e = Effects([str(i) for i in range(10)], "MD", np.linspace(-1, 1, 10) ** 3, v)
    assert not small_study.begg(e).exact
    assert small_study.begg(effects("bcg", "RR")).exact


def test_values_are_displayed_on_the_scale_that_people_read():
    assert MEASURES["RR"].displayed(math.log(0.49)) == pytest.approx(0.49)
    assert MEASURES["MD"].displayed(-3.5) == -3.5
    assert MEASURES["PLO"].displayed(0) == 0.5
    assert MEASURES["PLO"].displayed(-800) == 0
    assert MEASURES["ZCOR"].displayed(math.atanh(0.3)) == pytest.approx(0.3)
    with pytest.raises(ValueError, match="sample size"):
        MEASURES["PFT"].displayed(0.5)


def test_reported_errors_and_single_means_are_effects():
    e = generic.from_se(["a", "b"], "HR", [-0.2, 0.1], [0.1, 0.2])
    assert list(e.vi) == pytest.approx([0.01, 0.04])
    means = continuous.single_mean(continuous.SingleMeans(("a",), [5], [2], [16]))
    assert (means.yi[0], means.vi[0]) == (5, 0.25)


def test_proportions_without_overdispersion_have_no_variance_between_studies():
    model = glmm.logistic(proportions.Proportions(("a", "b", "c"), [5, 10, 15], [20, 40, 60]))
    assert (model.tau2, model.weights) == (0, None)
    assert model.estimate == pytest.approx(math.log(1 / 3))
    assert model.se == pytest.approx(1 / math.sqrt(120 * 0.25 * 0.75))


def test_a_group_of_one_study_stands_for_itself():
    e = Effects(("a", "b", "c"), "MD", [0.2, 0.4, 0.9], [0.1, 0.1, 0.3])
    result = subgroups.subgroups(e, ["x", "x", "y"], models.random_effects)
    assert result.groups["y"].estimate == 0.9
    assert [note.code for note in result.groups["y"].warnings] == ["one-study"]
    assert subgroups.subgroups_common_tau2(e, ["x", "x", "y"]).groups["y"].estimate == pytest.approx(0.9)


@pytest.mark.parametrize("n_mean_sd", [(0.5, 1, 1), (5, math.inf, 1), (5, math.nan, 1), (5, 1, -1), (5, 1, math.inf)])
def test_figures_that_describe_no_group_are_refused(n_mean_sd):
    with pytest.raises(BuildStop, match="do not describe a group"):
        groups.Group(*n_mean_sd)


def test_the_smallest_groups_that_can_be_described_combined_and_split():
    single = groups.Group(1, 2, 0)
    assert groups.combine([single, groups.Group(1, 4, 0)]) == groups.Group(2, 3, math.sqrt(2))
    assert groups.split(single, 1) == single
    with pytest.raises(BuildStop, match="cannot be split into 0 parts"):
        groups.split(single, 0)
    with pytest.raises(BuildStop, match="two participants or more"):
        groups.combine([single])


def test_votes_have_a_share_with_its_wilson_interval():
    votes = direction.vote_count([1, 1, 1, -1, 0])
    expected = proportions.wilson(3, 4, 0.95)
    assert (votes.proportion, votes.ci, votes.unclear) == (0.75, expected, 1)
    assert direction.vote_count([1, 1, 1, -1, 0], 0.9).ci == proportions.wilson(3, 4, 0.9)


def test_a_common_effect_has_the_i2_of_dersimonian_and_laird_and_no_tau2():
    common = models.common_effect(effects("bcg", "RR")).heterogeneity
    assert common.tau2 is None
    assert common.i2 == pytest.approx(100 * (common.q - common.df) / common.q)
    assert common.i2 == models.random_effects(effects("bcg", "RR"), "DL").heterogeneity.i2
    alike = Effects(("a", "b", "c"), "MD", [0.2, 0.21, 0.19], [0.04, 0.05, 0.06])
    assert models.common_effect(alike).heterogeneity.i2 == 0


def test_a_single_study_has_all_the_weight():
    one = models.single(Effects(("a",), "MD", [0.2], [0.04]), 0.95)
    assert one.weights.tolist() == [1.0]


def test_correlations_and_deviations_that_cannot_be_are_refused():
    assert conversions.change_sd(2, 3, -1) == pytest.approx(5)
    with pytest.raises(BuildStop, match=r"a correlation of -1\.5 is impossible"):
        conversions.change_sd(2, 3, -1.5)
    with pytest.raises(BuildStop, match="the standard deviation is 0, but it must be positive"):
        conversions.change_sd(0, 3, 0.5)
    with pytest.raises(BuildStop, match="the standard error is 0, but it must be positive"):
        conversions.sd_from_difference_se(0, 10, 10)
