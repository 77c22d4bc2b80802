"""Means, deviations and intervals that can be, and that cannot."""

from decimal import Decimal
from itertools import combinations_with_replacement
from statistics import mean, pstdev, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.audit.data import arithmetic


def d(text):
    return Decimal(text)


def printed(number, places):
    return Decimal(f"{number:.{places}f}")


@pytest.mark.parametrize(
    ("average", "n", "fits"),
    [
        ("74.4", 5, True),
        ("74.5", 5, False),
        # Brown and Heathers' own example: 28 people cannot have a mean of 5.19.
        ("5.19", 28, False),
        ("5.18", 28, True),
        ("91.97", 64, True),
        ("72.5", 1, False),
        ("66.1", 64, True),
        ("81.7", 3, True),
        ("72", 5, True),
    ],
)
def test_means_of_whole_numbers(average, n, fits):
    assert arithmetic.grim(d(average), n) is fits


@pytest.mark.parametrize(
    ("percent", "n", "fits"),
    [("58.3", 12, True), ("80", 12, False), ("53.8", 93, True), ("33", 3, True), ("34", 3, False)],
)
def test_percentages_of_few(percent, n, fits):
    assert arithmetic.grim_percent(d(percent), n) is fits


@given(st.lists(st.integers(0, 120), min_size=2, max_size=12), st.integers(0, 2))
def test_what_whole_numbers_have_is_accepted(numbers, places):
    average, n = printed(mean(numbers), places), len(numbers)
    assert arithmetic.grim(average, n)
    for deviation in (stdev(numbers), pstdev(numbers)):
        assert arithmetic.grimmer(average, printed(deviation, places), n)
    low, high = d(str(min(numbers))), d(str(max(numbers)))
    assert arithmetic.deviation_fits(average, printed(stdev(numbers), places), low, high, n)
    assert arithmetic.deviation_reaches(printed(pstdev(numbers), places), low, high, n)
    assert arithmetic.mean_fits(average, low, high, n)


@given(st.lists(st.integers(0, 1), min_size=2, max_size=20))
def test_what_zeros_and_ones_have_is_accepted(numbers):
    assert arithmetic.debit(printed(mean(numbers), 2), printed(stdev(numbers), 2), len(numbers))


def test_deviations_that_no_five_whole_numbers_have_are_found():
    average = d("2.40")
    can = {
        printed(stdev(numbers), 2)
        for numbers in combinations_with_replacement(range(0, 13), 5)
        if printed(mean(numbers), 2) == average
    }
    accepted = {
        d(f"{hundredth / 100:.2f}")
        for hundredth in range(0, 300)
        if arithmetic.grimmer(average, d(f"{hundredth / 100:.2f}"), 5)
    }
    assert can & {d(f"{hundredth / 100:.2f}") for hundredth in range(0, 300)} <= accepted
    assert len(accepted) < 60 and not arithmetic.grimmer(average, d("1.00"), 5)


def test_zeros_and_ones_have_one_deviation():
    assert arithmetic.debit(d("0.30"), d("0.48"), 10)
    assert not arithmetic.debit(d("0.30"), d("0.40"), 10)


def test_a_mean_has_bounds():
    assert not arithmetic.mean_fits(d("58.6"), d("55"), d("119"), 5)
    assert not arithmetic.mean_fits(d("108.6"), d("55"), d("119"), 5)
    assert arithmetic.mean_fits(d("67.8"), d("55"), d("119"), 5)


def test_a_deviation_has_bounds():
    assert not arithmetic.deviation_fits(d("5"), d("7.2"), d("0"), d("10"), 20)
    assert arithmetic.deviation_fits(d("5"), d("5.1"), d("0"), d("10"), 20)
    assert not arithmetic.deviation_reaches(d("1.0"), d("0"), d("10"), 5)


def test_errors_and_intervals_follow_from_deviations():
    assert arithmetic.error_fits(d("10.0"), d("2.5"), 16) and not arithmetic.error_fits(d("10.0"), d("3.5"), 16)
    assert arithmetic.interval_fits(d("2.5"), d("45.1"), d("54.9"), 200)
    assert arithmetic.interval_fits(d("2.5"), d("44.7"), d("55.3"), 16)
    assert not arithmetic.interval_fits(d("2.5"), d("40"), d("60"), 200)
    assert arithmetic.symmetric(d("2.00"), d("1.00"), d("4.00"), ratio=True)
    assert not arithmetic.symmetric(d("3.00"), d("1.00"), d("4.00"), ratio=True)


def test_an_interval_implies_its_p():
    # Altman and Bland's example: a log risk ratio of a 0.81 with 0.70 to 0.94 has P = 0.005.
    assert arithmetic.p_of_interval(d("0.81"), d("0.70"), d("0.94"), ratio=True) == pytest.approx(0.005, abs=0.001)


def test_slips_of_the_fingers():
    assert {d("91.9"), d("1.99"), d("199"), d("9.9"), d("1.9")} <= arithmetic.slips(d("19.9"))
    assert d("72") in arithmetic.slips(d("172")) and d("72") not in arithmetic.slips(d("72"))
