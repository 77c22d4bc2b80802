"""What is wrong with rows of outcomes: one message with row, column and what to do; nothing left out silently."""

import pytest
from prismake.common.errors import BuildStop
from prismake.synthesis.pooling.analysing import analyse_all

from .extractions import extraction, settings, two_arms

ARMS = {"arm": "treated", "versus": "control"}
FINE = two_arms(100, 100, {"n_events": 10}, {"n_events": 20})


def analysed(rows, draft=False, studies=None, arms=None, numeric=(), **about):
    document, warnings = analyse_all(
        extraction(rows, studies, arms, numeric), settings(**{**ARMS, "measure": "RR", **about}), draft=draft
    )
    return document["analyses"].get("death"), [str(warning) for warning in warnings]


def refused(rows, **about):
    with pytest.raises(BuildStop) as problem:
        analysed(rows, **about)
    return str(problem.value)


def events(first, second, n=100):
    return two_arms(n, n, {"n_events": first}, {"n_events": second})


def test_one_study_is_its_own_effect_and_says_so():
    made, warnings = analysed({"a": FINE})
    assert (made["k"], made["pooled"]["estimate"]) == (1, 0.5)
    assert any("there is one study" in warning for warning in warnings)
    assert made["leave_one_out"] == {"refused": "leaving one study out needs three or more"}


def test_zero_events_in_both_arms_leave_a_study_out_by_name():
    made, warnings = analysed({"a": FINE, "b": events(0, 0), "c": events(0, 4)})
    assert [one["label"] for one in made["excluded"]] == ["b"]
    assert [row["label"] for row in made["rows"]] == ["a", "c"]
    assert warnings[0] == "outcomes.csv:2: 'death' leaves out b: no or only events in both groups"
    assert made["rows"][1]["notes"] == ["0.5 added to each cell"]


def test_zero_events_in_every_study_stop_the_analysis():
    message = refused({"a": events(0, 0), "b": events(0, 0)})
    assert "every study has no or only events in both groups" in message
    assert "use the risk difference" in message


@pytest.mark.parametrize(
    ("rows", "about", "message", "fix"),
    [
        (
            events(101, 5),
            {},
            "outcomes.csv:2, column 'n_events' or 'n_analyzed': a group has more events than participants: 101/100",
            "correct one of the two",
        ),
        (events(5, -1), {}, "outcomes.csv:3, column 'n_events': a number of events is negative", "correct the number"),
        (
            two_arms(10, 10, {"value_mean": "5.0"}, {"value_mean": "6.0", "value_sd": "1"}),
            {"measure": "MD"},
            "outcomes.csv:2, column 'value_sd': the standard deviation of study 'b' in arm 'treated' is missing",
            "add it, or the SE or CI of the mean, or set `missing: exclude`",
        ),
        (
            two_arms(10, 10, {"value_mean": "5.0", "value_sd": "-1"}, {"value_mean": "6.0", "value_sd": "1"}),
            {"measure": "MD"},
            "outcomes.csv:2, column 'value_sd': the standard deviations are -1 and 1, but both must be positive",
            "check whether the figure is missing",
        ),
        (
            [*events(1, 2), {"arm": "treated", "n_analyzed": 100, "n_events": 3}],
            {},
            "outcomes.csv:4, column 'arm': arm 'treated' of study 'b' has the outcome twice, also in outcomes.csv:2",
            "keep one row, or give the two their times",
        ),
        (
            [{**row, "time": time} for time in ("6 months", "1 year") for row in events(1, 2)],
            {},
            "outcomes.csv:2, column 'time': study 'b' reports the outcome at 6 months, 1 year",
            "name one in the analysis: `time: 6 months`",
        ),
        (
            [{"arm": "treated", "versus": "control", "effect": "0.5", "effect_se": "0.1", "effect_measure": "HR"}],
            {},
            "outcomes.csv:2, column 'effect_measure': the effect is stated as HR, and the analysis pools RR",
            "pool it in an analysis of HR",
        ),
        (
            [{"arm": "treated", "versus": "control", "effect": "0.5", "effect_se": "-0.1"}],
            {},
            "outcomes.csv:2, column 'effect_se': the standard error is -0.1, but it must be positive",
            "give the standard error of the estimate on the scale on which it is pooled",
        ),
        (
            [{"arm": "treated", "versus": "control", "effect": "0.5", "effect_ci_low": "0.6", "effect_ci_high": "0.9"}],
            {},
            "outcomes.csv:2, column 'effect_ci_low' or 'effect_ci_high': the estimate does not lie within its interval",
            "check the order of the limits",
        ),
    ],
    ids="events negative no-sd negative-sd twice times measures se interval".split(),  # noqa: SIM905
)
def test_a_row_that_cannot_be(rows, about, message, fix):
    kind = {"value_mean": "4.0", "value_sd": "1.0"}
    first = two_arms(50, 50, kind, kind) if about.get("measure") == "MD" else FINE
    text = refused({"a": first, "b": rows}, **about)
    assert message in text
    assert fix in text


def test_a_study_that_lacks_its_sd_is_excluded_by_name_where_the_settings_say_so():
    figures = {"value_mean": "5.0", "value_sd": "1.0"}
    rows = {"a": two_arms(10, 10, figures, figures), "b": two_arms(10, 10, figures, {"value_mean": "6"})}
    made, warnings = analysed(rows, measure="MD", missing="exclude")
    assert [one["study"] for one in made["excluded"]] == ["b"]
    assert "leaves out b: the standard deviation of study 'b' in arm 'control' is missing" in warnings[0]


def test_every_fault_of_the_rows_is_reported_at_once():
    text = refused({"a": events(101, 5), "b": [FINE[0], {"arm": "control", "n_analyzed": 100}]})
    assert "outcomes.csv:2, column 'n_events' or 'n_analyzed': a group has more events than participants" in text
    assert "outcomes.csv:3, column 'n_events': the number of events of study 'b' in arm 'control' is missing" in text


SHARED = {"a": FINE, "b": [*FINE, {"arm": "dose 2", "n_analyzed": 50, "n_events": 5}]}
DOSES = {"b": [{"arm": "treated", "intervention": "drug"}, {"arm": "dose 2", "intervention": "drug"}]}


def test_a_control_that_two_arms_share_stops_the_analysis():
    text = refused(SHARED, arm=["treated", "dose 2"])
    assert "outcomes.csv:4, column 'arm': several arms of study 'b' fit: treated, dose 2" in text
    assert "set `shared` in config.yaml, synthesis.meta.death" in text


def test_a_shared_control_is_split_or_the_arms_are_combined():
    split = analysed(SHARED, arms=DOSES, arm=["treated", "drug"], shared="split")[0]
    assert [row["label"] for row in split["rows"]] == ["a", "b: treated", "b: dose 2"]
    assert split["rows"][1]["cells"]["versus"] == {"events": 10.0, "n": 50.0}
    assert "shared by 2 comparisons and split" in split["rows"][1]["conversions"][0]["source"]
    assert (split["participants"], len(split["studies"])) == (450, 2)
    combined = analysed(SHARED, arm=["treated", "dose 2"], shared="combine")[0]
    assert combined["rows"][1]["cells"]["arm"] == {"events": 15.0, "n": 150.0}


def test_a_study_of_other_arms_is_left_out_by_name_and_a_wrong_name_stops():
    other = [{**row, "arm": f"other {row['arm']}"} for row in FINE]
    made, warnings = analysed({"a": FINE, "b": other, "c": FINE})
    assert [one["label"] for one in made["excluded"]] == ["b"]
    assert "(it has other control, other treated)" in warnings[0]
    assert "no study can be compared" in refused({"a": FINE}, arm="tretaed")


def test_mixed_scales_have_no_mean_difference():
    figures = {"value_mean": "5.0", "value_sd": "1.0"}
    rows = {
        "a": two_arms(10, 10, {**figures, "scale": "mm"}, {**figures, "scale": "mm"}),
        "b": two_arms(10, 10, {**figures, "scale": "cm"}, {**figures, "scale": "cm"}),
    }
    text = refused(rows, measure="MD")
    assert "outcomes.csv:2, column 'scale': 'cm' and 'mm' are different scales" in text
    assert analysed(rows, measure="SMD", test="hartung-knapp-adhoc")[0]["k"] == 2


def test_a_moderator_that_is_constant_or_missing_is_named():
    rows, dose = {"a": FINE, "b": events(2, 4), "c": events(3, 9)}, {"dose": 5}
    text = refused(rows, studies=dict.fromkeys(rows, dose), numeric=["dose"], moderator="dose")
    assert "config.yaml, synthesis.meta.death.moderator: 'dose' is 5 in all studies" in text
    text = refused(rows, studies={"a": dose, "b": {"dose": 6}}, numeric=["dose"], moderator="dose")
    assert "study 'c', column 'dose': 'dose' has no value" in text
    assert "column 'dose' is not numeric" in refused(rows, studies={"a": {"dose": "x"}}, moderator="dose")


def test_an_unknown_outcome_and_no_table_of_outcomes():
    assert "no study has the outcome 'detah'" in refused({"a": FINE}, outcome="detah")
    without = extraction({"a": []})
    without["parts"] = {}
    with pytest.raises(BuildStop, match="has no table of outcomes"):
        analyse_all(without, settings(**ARMS, measure="RR"), draft=False)


def test_a_draft_leaves_out_what_cannot_be_computed():
    made, warnings = analysed({"a": events(0, 0)}, draft=True)
    assert made is None
    assert "every study has no or only events" in warnings[0]


def test_hundreds_of_effects_are_all_there():
    rows = {f"s{at}": events(10 + at % 7, 20 + at % 5) for at in range(300)}
    made, _ = analysed(rows)
    assert made["k"] == len(made["rows"]) == len(made["leave_one_out"]) == 300


def test_two_controls_that_fit_stop_the_analysis():
    control = {"arm": "placebo", "n_analyzed": 100, "n_events": 20}
    text = refused({"a": [*FINE, control]}, versus=["control", "placebo"])
    assert "outcomes.csv:4, column 'arm': several arms of study 'a' fit: control, placebo" in text
    text = refused({"a": [*FINE, control]}, versus=["control", "placebo"], shared="split")
    assert "study 'a' has 2 arms to compare with, and one can be split" in text
