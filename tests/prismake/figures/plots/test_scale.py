"""Axes: ranges, ticks, numbers."""

import math

import pytest
from prismake.figures.plots.scale import Scale, number, plotted_range, tick, ticks


@pytest.mark.parametrize(
    ("low", "high", "log", "expected"),
    [
        (0.2, 2, True, [0.2, 0.5, 1, 2]),
        (0.01, 100, True, [0.01, 0.1, 1, 10, 100]),
        (0.8, 1.3, True, [0.8, 0.9, 1, 1.1, 1.2, 1.3]),
        (-3, 5, False, [-2, 0, 2, 4]),
        (0, 0.02, False, [0, 0.005, 0.01, 0.015, 0.02]),
    ],
)
def test_ticks_are_round_and_few(low, high, log, expected):
    assert ticks(low, high, log) == pytest.approx(expected)


@pytest.mark.parametrize("decades", [2, 7, 12, 40, 200])
def test_many_decades_still_have_few_ticks_and_the_null(decades):
    made = ticks(10.0**-decades, 10.0**decades, True)
    assert 2 <= len(made) <= 12
    assert any(math.isclose(each, 1) for each in made)


def test_a_long_interval_does_not_make_the_rest_of_the_plot_small():
    low, high = plotted_range([0.5, 1], [(0.3, 0.9), (0.4, 0.7), (1e-9, 1e9)], True)
    beyond = 1.5 * math.log(3)
    free = 0.05 * (math.log(2) + 2 * beyond)
    assert math.log(0.5 / low) == pytest.approx(beyond + free)
    assert math.log(high) == pytest.approx(beyond + free)


def test_one_study_is_shown_with_its_whole_interval():
    low, high = plotted_range([0.5, 1], [(0.2, 1.3)], True)
    assert low < 0.2
    assert high > 1.3


@pytest.mark.parametrize("interval", [(0, math.inf), (-math.inf, math.inf), (3, 3)])
def test_a_range_without_any_width_is_given_one(interval):
    low, high = plotted_range([3], [interval], False)
    assert low < 3 < high
    assert math.isfinite(low)
    assert math.isfinite(high)


def test_a_logarithmic_scale_places_equal_ratios_at_equal_distances():
    scale = Scale(0.1, 10, 0, 100, True)
    assert [scale.at(each) for each in (0, 0.1, 1, 10, math.inf)] == pytest.approx([0, 0, 50, 100, 100])


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (-1.5, 2, "−1.50"),
        (-0.001, 2, "0.00"),
        (math.inf, 2, "∞"),
        (-math.inf, 2, "−∞"),
        (12345.6, 1, "12,345.6"),
        (0.05, None, "0.05"),
        (1000, None, "1,000"),
        (2.5e12, 2, "2.5e+12"),
    ],
)
def test_numbers_are_printed_with_real_signs(value, decimals, text):
    assert number(value, decimals) == text


def test_years_at_an_axis_have_no_comma():
    assert [tick(each) for each in (2001, -1500, 10000, 0.5)] == ["2001", "−1500", "10,000", "0.5"]
