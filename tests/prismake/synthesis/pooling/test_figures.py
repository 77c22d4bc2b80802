"""From what reports give to what an analysis pools: conversions with their flags, reported effects, single arms."""

import math

import pytest
from prismake.common.errors import BuildStop
from prismake.synthesis.pooling.analysing import analyse_all

from .extractions import extraction, settings, two_arms

ARMS = {"arm": "treated", "versus": "control"}
CONTROL = {"value_mean": "6.0", "value_sd": "2.0"}


def analysed(rows, arms=None, **about):
    names = {} if about["measure"] in ("PR", "PLO", "PFT", "ZCOR", "MN", "IRLN", "SENS", "DOR") else ARMS
    made, _ = analyse_all(extraction(rows, arms=arms), settings(**{**names, **about}), draft=False)
    return made["analyses"]["death"]


def first(cells, n=25, **about):
    """The figures of the treated arm, and the conversions, of a mean difference."""
    row = analysed({"a": two_arms(n, n, cells, CONTROL)}, measure="MD", **about)["rows"][0]
    return row["cells"]["arm"], row["conversions"]


@pytest.mark.parametrize(
    ("cells", "about", "sd", "source"),
    [
        ({"value_se": "0.4"}, {}, 2.0, "SE (Cochrane Handbook 6.5.2.2)"),
        # t with 24 degrees of freedom: 2.0639.
        ({"value_ci_low": "4.0", "value_ci_high": "6.0"}, {}, 5 / 2.0639, "95% CI (Cochrane Handbook 6.5.2.2)"),
        # |5 - 6| / 2 / sqrt(2 / 25)
        ({"effect_t": "2.0"}, {}, 0.5 / math.sqrt(2 / 25), "t = 2 (Cochrane Handbook 6.5.2.3)"),
        # p of t = 2.0106 with 48 degrees of freedom is 0.05.
        ({"effect_p": "0.05"}, {}, 1 / 2.0106 / math.sqrt(2 / 25), "p = 0.05 (Cochrane Handbook 6.5.2.3)"),
    ],
    ids=["se", "interval", "t", "p"],
)
def test_an_sd_comes_from_other_figures_and_is_flagged(cells, about, sd, source):
    arm, conversions = first({"value_mean": "5.0", **cells}, **about)
    assert arm["sd"] == pytest.approx(sd, rel=1e-4)
    assert [(one["figure"], one["source"], one["exact"]) for one in conversions] == [("SD", source, True)]


def test_a_conversion_that_the_settings_do_not_allow_and_a_bound_of_p_are_refused():
    with pytest.raises(BuildStop, match="the standard deviation of study 'a' in arm 'treated' is missing"):
        first({"value_mean": "5.0", "value_se": "0.4"}, conversions=[])
    with pytest.raises(BuildStop, match=r"column 'effect_p': the exact p value \('<0.05' is a bound\)"):
        first({"value_mean": "5.0", "effect_p": "<0.05"})


def test_quartiles_need_a_method_and_are_flagged_as_an_estimate():
    cells = {"value_median": "5.0", "value_q1": "4.0", "value_q3": "6.2"}
    with pytest.raises(BuildStop, match="set `quantiles: luo` in config"):
        first(cells)
    arm, conversions = first(cells, quantiles="luo")
    assert 5.0 < arm["mean"] < 5.2
    assert arm["sd"] == pytest.approx(2.2 / (2 * 0.63602), rel=1e-4)
    assert [(one["figure"], one["exact"]) for one in conversions] == [("mean", False), ("SD", False)]
    assert "median and quartiles (Luo 2018 and Wan 2014)" in conversions[0]["source"]


def test_change_scores_need_a_stated_correlation():
    cells = {"value_mean": "5.0", "value_sd": "2.0", "baseline_mean": "8.0", "baseline_sd": "1.5"}
    both = {"a": two_arms(25, 25, cells, {"change_mean": "-1.0", "change_sd": "2.2"})}
    with pytest.raises(BuildStop, match="state the correlation of values before and after"):
        analysed(both, measure="MD", scores="change")
    row = analysed(both, measure="MD", scores="change", correlation=0.5)["rows"][0]
    assert row["cells"]["arm"]["mean"] == -3
    assert row["cells"]["arm"]["sd"] == pytest.approx(math.sqrt(1.5**2 + 2**2 - 1.5 * 2))
    assert row["yi"] == -2
    assert any("with correlation 0.5" in one["source"] for one in row["conversions"])


def test_events_come_from_a_percentage_where_one_count_fits():
    rows = {"a": two_arms(40, 40, {"value_percent": "12.5"}, {"n_events": 10})}
    assert analysed(rows, measure="RR")["rows"][0]["cells"]["arm"] == {"events": 5, "n": 40}
    with pytest.raises(BuildStop, match=r"outcomes\.csv:2: "):
        analysed({"a": two_arms(1000, 40, {"value_percent": "33"}, {"n_events": 10})}, measure="RR")


def test_the_sheet_of_arms_gives_the_number_of_patients():
    rows = {"a": [{"arm": "treated", "n_events": 5}, {"arm": "control", "n_events": 10}]}
    arms = {"a": [{"arm": "treated", "n": 50}, {"arm": "control", "n": 50}]}
    assert analysed(rows, arms, measure="RR")["participants"] == 100


def contrast(**cells):
    return [{"arm": "treated", "versus": "control", **cells}]


def test_hazard_ratios_in_four_forms_are_pooled_together():
    rows = {
        "interval": contrast(effect="0.50", effect_ci_low="0.25", effect_ci_high="1.00"),
        "log": contrast(effect_log="-0.3", effect_se="0.2", n_analyzed=80),
        "ratio": contrast(effect="0.8", effect_se="0.1"),
        "observed": contrast(effect_oe="-2", effect_oe_variance="8"),
    }
    made = analysed(rows, measure="HR", model="common")
    yi, se = [[row[key] for row in made["rows"]] for key in ("yi", "se")]
    assert yi == pytest.approx([math.log(0.5), -0.3, math.log(0.8), -0.25])
    assert se == pytest.approx([math.log(4) / (2 * 1.959964), 0.2, 0.1, math.sqrt(1 / 8)])
    assert made["participants"] is None
    weights = [1 / one**2 for one in se]
    mean = sum(w * y for w, y in zip(weights, yi, strict=True)) / sum(weights)
    assert made["pooled"]["estimate"] == pytest.approx(math.exp(mean))


def test_a_reported_ratio_stands_beside_counts_but_not_in_a_model_of_counts():
    counts = two_arms(100, 100, {"n_events": 10}, {"n_events": 20})
    rows = {"given": contrast(effect="0.7", effect_ci_low="0.4", effect_ci_high="1.2"), "counts": counts}
    assert [row["label"] for row in analysed(rows, measure="RR")["rows"]] == ["given", "counts"]
    with pytest.raises(BuildStop, match="'given' reports an effect without counts"):
        analysed(rows, measure="RR", model="mantel-haenszel")


SERIES = {
    "a": [{"n_analyzed": 20, "n_events": 3}],
    "b": [{"n_analyzed": 50, "n_events": 0}],
    "c": [{"n_analyzed": 30, "n_events": 12}],
}


@pytest.mark.parametrize(
    "about", [{"measure": "PR"}, {"measure": "PLO"}, {"measure": "PFT"}, {"measure": "PLO", "model": "logistic"}]
)
def test_proportions_have_wilson_intervals_and_a_pooled_one_between_the_extremes(about):
    made = analysed(SERIES, **about, scale=100)
    row = made["rows"][0]
    assert (row["estimate"], row["low"], row["high"]) == pytest.approx((15, 5.24, 36.04), abs=0.005)
    assert made["rows"][1]["low"] == 0
    raw = about["measure"] == "PR"
    assert (made["pooled"]["low"] < 0) == raw
    assert any("leaves 0 to 1" in one["message"] for one in made["warnings"]) == raw
    assert max(0, made["pooled"]["low"]) < made["pooled"]["estimate"] < made["pooled"]["high"] < 60
    assert made["events"] == 15


def test_other_measures_of_one_arm_and_of_rates():
    correlation = analysed({"a": [{"value_r": "0.5", "n_analyzed": 28}]}, measure="ZCOR")["pooled"]
    assert (correlation["estimate"], correlation["se"]) == pytest.approx((0.5, 0.2))
    accuracy = {"a": [{"n_tp": 45, "n_fp": 5, "n_fn": 5, "n_tn": 90}]}
    assert analysed(accuracy, measure="SENS")["pooled"]["estimate"] == pytest.approx(0.9)
    assert analysed(accuracy, measure="DOR")["pooled"]["estimate"] == pytest.approx(45 * 90 / 25)
    times = {"a": two_arms("", "", {"n_events": 4, "person_time": "100.5"}, {"n_events": 8, "person_time": "100.5"})}
    assert analysed(times, measure="IRR")["pooled"]["estimate"] == pytest.approx(0.5)
    assert (
        analysed({"a": [{"value_mean": "5", "value_sd": "2", "n_analyzed": 16}]}, measure="MN")["pooled"]["se"] == 0.5
    )


def test_a_reported_mean_stays_where_only_its_sd_comes_from_quartiles():
    cells = {"value_mean": "5.3", "value_median": "5.0", "value_q1": "4.0", "value_q3": "6.2"}
    with pytest.raises(BuildStop, match="the standard deviation of study 'a'"):
        first(cells)
    arm, conversions = first(cells, quantiles="wan")
    assert arm["mean"] == 5.3 and arm["sd"] == pytest.approx(2.2 / (2 * 0.63602), rel=1e-4)
    assert [one["figure"] for one in conversions] == ["SD"]
    # Wan et al 2014 take the mean of the three.
    assert first({**cells, "value_mean": None}, quantiles="wan")[0]["mean"] == pytest.approx((4 + 5 + 6.2) / 3)


def test_one_end_of_an_interval_gives_no_sd():
    with pytest.raises(BuildStop, match="the standard deviation of study 'a'"):
        first({"value_mean": "5.0", "value_ci_low": "4.0"})


def test_a_change_takes_its_final_sd_from_other_figures_too():
    cells = {"value_mean": "5.0", "value_se": "0.4", "baseline_mean": "8.0", "baseline_sd": "1.5"}
    both = {"a": two_arms(25, 25, cells, {"change_mean": "-1.0", "change_sd": "2.2"})}
    row = analysed(both, measure="MD", scores="change", correlation=0.5)["rows"][0]
    assert row["cells"]["arm"]["sd"] == pytest.approx(math.sqrt(1.5**2 + 2**2 - 1.5 * 2))
    assert row["conversions"][0]["source"] == "SE (Cochrane Handbook 6.5.2.2)"


def test_arms_that_are_combined_keep_their_conversions():
    control = {"arm": "control", "n_analyzed": 40, "n_events": 10}
    rows = [{"arm": arm, "n_analyzed": 40, "value_percent": "12.5"} for arm in ("low", "high")]
    about = {"arm": ["low", "high"], "shared": "combine"}
    row = analysed({"a": [*rows, control]}, measure="RR", **about)["rows"][0]
    assert row["cells"]["arm"] == {"events": 10, "n": 80}
    assert [(one["arm"], one["figure"], one["source"]) for one in row["conversions"]] == [
        ("low", "events", "12.5% of 40"),
        ("high", "events", "12.5% of 40"),
        ("", "group", "2 arms combined (Cochrane Handbook 6.5.2.10)"),
    ]


def test_a_t_of_two_arms_gives_no_sd_where_several_are_combined():
    rows = [{"arm": arm, "n_analyzed": 25, "value_mean": "5.0", "effect_t": "2.0"} for arm in ("low", "high")]
    control = {"arm": "control", "n_analyzed": 25, **CONTROL}
    with pytest.raises(BuildStop, match="the standard deviation of study 'a' in arm 'low' is missing"):
        analysed({"a": [*rows, control]}, measure="MD", arm=["low", "high"], shared="combine")


def test_a_measure_of_one_arm_counts_the_arm_that_is_named():
    rows = {"a": two_arms(40, 40, {"n_events": 5}, {"n_events": 20})}
    assert analysed(rows, measure="PR", arm="treated")["rows"][0]["cells"]["arm"]["events"] == 5
    assert analysed(rows, measure="PR", arm="control")["rows"][0]["cells"]["arm"]["events"] == 20


def test_the_correction_of_zero_cells_is_the_stated_one():
    cells = {"n_tp": 10, "n_fp": 2, "n_fn": 0, "n_tn": 12}
    usual, own = (analysed({"a": [cells]}, measure="SENS", **about)["rows"][0]["yi"] for about in ({}, {"add": 0.1}))
    assert usual == pytest.approx(math.log(10.5 / 0.5)) and own == pytest.approx(math.log(10.1 / 0.1))


def test_a_study_without_the_outcome_is_named():
    rows = {"a": two_arms(40, 40, {"n_events": 5}, {"n_events": 9}), "b": [{"outcome": "pain", "arm": "treated"}]}
    assert analysed(rows, measure="RR")["not_reported"] == ["b"]
