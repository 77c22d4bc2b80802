# mypy: disable-error-code="arg-type, index, attr-defined"
"""What holds of any data."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.metaanalysis import binary, mantel_haenszel, models, sensitivity, small_study
from prismake.metaanalysis.linear import Design
from prismake.metaanalysis.rows import Effects
from prismake.metaanalysis.tau2 import estimate_tau2

ESTIMATORS = ("REML", "DL", "PM", "ML", "SJ", "HE", "HS")
numbers = st.floats(-5, 5).map(lambda x: round(x, 3))
variances = st.floats(0.01, 4).map(lambda x: round(x, 3))


@st.composite
def some_effects(draw, least=3):
    k = draw(st.integers(least, 12))
    yi = draw(st.lists(numbers, min_size=k, max_size=k))
    vi = draw(st.lists(variances, min_size=k, max_size=k))
    return Effects(tuple(f"s{i}" for i in range(k)), "MD", yi, vi)


@st.composite
def some_tables(draw):
    k = draw(st.integers(2, 8))
    counts = st.lists(st.tuples(st.integers(1, 20), st.integers(1, 20)), min_size=k, max_size=k)
    (a, b), (c, d) = (np.array(draw(counts), dtype=float).T for _ in range(2))
    return binary.Tables(tuple(f"s{i}" for i in range(k)), a, a + b, c, c + d)


def close(value):
    return pytest.approx(value, rel=1e-6, abs=1e-8)


@settings(max_examples=60, deadline=None)
@given(some_effects(), st.sampled_from(ESTIMATORS), st.randoms(use_true_random=False))
def test_the_order_of_the_studies_does_not_matter(e, estimator, random):
    order = list(range(len(e)))
    random.shuffle(order)
    one, other = models.random_effects(e, estimator), models.random_effects(e.take(order), estimator)
    assert (other.estimate, other.se, other.tau2) == close((one.estimate, one.se, one.tau2))
    assert other.weights == close(one.weights[order])


@settings(max_examples=60, deadline=None)
@given(some_effects(), st.sampled_from(ESTIMATORS), st.sampled_from([0.001, 0.1, 60, 1000]))
def test_a_change_of_unit_changes_nothing_else(e, estimator, unit):
    scaled = Effects(e.labels, e.measure, e.yi * unit, e.vi * unit**2)
    one, other = models.random_effects(e, estimator), models.random_effects(scaled, estimator)
    assert other.estimate / unit == close(one.estimate)
    assert other.tau2 / unit**2 == close(one.tau2)
    assert other.heterogeneity.i2 == close(one.heterogeneity.i2)


@settings(max_examples=60, deadline=None)
@given(some_effects(), st.sampled_from(ESTIMATORS))
def test_without_variance_between_studies_random_effects_are_the_common_effect(e, estimator):
    random, common = models.random_effects(e, estimator), models.common_effect(e)
    assert np.sum(random.weights) == pytest.approx(1)
    assert (random.tau2 == 0) == (random.heterogeneity.i2 == 0)
    if random.tau2 == 0:
        assert (random.estimate, random.ci.low, random.ci.high) == (common.estimate, common.ci.low, common.ci.high)
    assert random.prediction.interval.width >= random.ci.width
    profile = random.heterogeneity.tau2_ci
    assert 0 <= profile.low <= profile.high


@settings(max_examples=60, deadline=None)
@given(some_tables())
def test_swapping_the_groups_turns_the_sign(tables):
    swapped = binary.Tables(tables.labels, tables.events2, tables.total2, tables.events1, tables.total1)
    for function in (binary.risk_difference, binary.risk_ratio, binary.odds_ratio, binary.peto_odds_ratio):
        assert function(swapped).yi == close(-function(tables).yi)
        assert function(swapped).vi == close(function(tables).vi)
    for measure in ("RR", "OR", "RD"):
        one, other = (mantel_haenszel.mantel_haenszel(t, measure) for t in (tables, swapped))
        assert (other.estimate, other.se) == close((-one.estimate, one.se))
    assert mantel_haenszel.peto(swapped).estimate == close(-mantel_haenszel.peto(tables).estimate)


@settings(max_examples=60, deadline=None)
@given(some_tables())
def test_no_events_and_events_exchange_in_the_odds_ratio(tables):
    others = binary.Tables(tables.labels, tables.others1, tables.total1, tables.others2, tables.total2)
    assert mantel_haenszel.mantel_haenszel(others, "OR").estimate == close(
        -mantel_haenszel.mantel_haenszel(tables, "OR").estimate
    )


@settings(max_examples=30, deadline=None)
@given(some_effects())
def test_leaving_one_out_of_k_gives_k_models_of_the_others(e):
    steps = sensitivity.leave_one_out(e, models.common_effect)
    assert [step.label for step in steps] == list(e.labels)
    assert all(step.label not in step.model.labels and step.model.k == len(e) - 1 for step in steps)


@settings(max_examples=30, deadline=None)
@given(some_effects(), st.sampled_from(ESTIMATORS))
def test_the_last_cumulative_model_is_the_whole(e, estimator):
    def pool(part):
        return models.random_effects(part, estimator)

    steps = sensitivity.cumulative(e, range(len(e)), pool)
    assert steps[0].model.estimate == e.yi[0]
    assert steps[-1].model.estimate == pool(e).estimate


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_effects_far_from_zero_lose_no_digits(estimator):
    rng = np.random.default_rng(1)
    for _ in range(40):
        k = int(rng.integers(2, 9))
        vi = 10.0 ** rng.uniform(-4, 4, k)
        # Multiples of a power of 2, so that the distant effects are the near ones exactly.
        yi = np.round(rng.normal(0, 1, k) * 10.0 ** rng.uniform(-2, 2) * 2**10) / 2**10
        labels = tuple(map(str, range(k)))
        near, far = (models.random_effects(Effects(labels, "MD", yi + at, vi), estimator) for at in (0.0, 2.0**17))
        assert far.tau2 == pytest.approx(near.tau2, rel=1e-8, abs=1e-12)
        assert (far.se, far.estimate - 2.0**17) == pytest.approx((near.se, near.estimate), rel=1e-6, abs=1e-9)


def test_two_thousand_effects_take_seconds():
    rng = np.random.default_rng(1)
    vi = rng.uniform(0.01, 1, 2000)
    e = Effects(tuple(map(str, range(2000))), "MD", rng.normal(0, np.sqrt(vi + 0.3)), vi)
    start = time.process_time()
    models.random_effects(e, test="hartung-knapp")
    small_study.begg(e)
    small_study.trim_and_fill(e)
    assert time.process_time() - start < 3


@pytest.mark.parametrize("estimator", ["ML", "REML"])
def test_no_value_of_tau2_is_more_likely_than_the_estimate(estimator):
    rng = np.random.default_rng(5)
    series = np.concatenate([[0.0], np.geomspace(1e-6, 1e5, 400)])
    for _ in range(150):
        k = int(rng.integers(3, 12))
        vi = 10.0 ** rng.uniform(-3, 2, k)
        design = Design.intercept(rng.normal(0, 1, k) * 10.0 ** rng.uniform(-2, 2), vi)
        restricted = estimator == "REML"
        best = design.at(estimate_tau2(design, estimator)).log_likelihood(restricted=restricted)
        assert best >= max(design.log_likelihoods(series, restricted=restricted)) - 1e-9
