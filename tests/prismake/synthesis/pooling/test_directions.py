"""Outcomes that are counted by direction of effect: what tells it, and what cannot be told."""

import json

import pytest
from prismake.common.errors import BuildStop
from prismake.common.values import as_document, flat, ledger_of, named_tree
from prismake.ledger.directions import direction_values
from prismake.manuscript.templates import Prose
from prismake.synthesis.pooling.directions import directions_of
from scripts.count_directions import count_directions

from tests.settings import whole

from .extractions import extraction, two_arms

ABOUT = {"outcome": "death", "arm": "treated", "versus": "control", "better": "lower"}


def block(**about):
    named = {"pain": {**ABOUT, **about}}
    return whole({"extraction": "x", "label": "label", "year": "year", "directions": named}, "synthesis")


def counted(rows, **about):
    document, warnings = directions_of(extraction(rows), block(**about))
    return document["outcomes"]["pain"], [str(warning) for warning in warnings]


def stated(word, **more):
    return [{"arm": "treated", "versus": "control", "effect_direction": word, **more}]


FEWER = two_arms(100, 100, {"n_events": 10}, {"n_events": 20})


@pytest.mark.parametrize(
    ("rows", "direction", "source"),
    [
        (stated("favours"), 1, "stated"),
        (stated("Harm"), -1, "stated"),
        (stated("no difference"), 0, "stated"),
        # Two time points that point both ways.
        ([*stated("favours", time="1"), *stated("against", time="2")], 0, "stated"),
        # What is stated goes before figures.
        ([*stated("against"), *FEWER], -1, "stated"),
        (FEWER, 1, "figures"),
        (two_arms(10, 10, {"value_mean": "4.5"}, {"value_mean": "4.0"}), -1, "figures"),
        (two_arms(10, 10, {"value_median": "4"}, {"value_median": "4"}), 0, "figures"),
        (two_arms(None, None, {"value_percent": "12.5"}, {"value_percent": "20"}), 1, "figures"),
        ([{"arm": "treated", "versus": "control", "effect": "0.8", "effect_measure": "OR"}], 1, "effect"),
        ([{"arm": "treated", "versus": "control", "effect": "0.8", "effect_measure": "MD"}], -1, "effect"),
        ([{"arm": "treated", "versus": "control", "effect_log": "-0.2"}], 1, "effect"),
    ],
)
def test_what_tells_the_direction(rows, direction, source):
    (row,) = counted({"a": rows})[0]["rows"]
    assert (row["direction"], row["source"]) == (direction, source)


def test_higher_values_may_be_better():
    assert counted({"a": FEWER}, better="higher")[0]["rows"][0]["direction"] == -1


def test_no_study_is_left_out_silently():
    rows = {"a": FEWER, "b": two_arms(9, 9, {}, {}), "c": [{"outcome": "other", "arm": "treated"}]}
    made, warnings = counted(rows)
    assert [row["study"] for row in made["rows"]] == ["a"]
    assert [one["study"] for one in made["undetermined"]] == ["b"]
    assert made["not_reported"] == ["c"]
    assert "'pain' counts no direction of b" in warnings[0]


@pytest.mark.parametrize(
    ("rows", "about", "message"),
    [
        (stated("better"), {}, "outcomes.csv:2, column 'effect_direction': 'better' is not a direction of effect"),
        (FEWER, {"outcome": "deaths"}, "no study has the outcome 'deaths'"),
        (FEWER, {"time": "9"}, "no study has the outcome 'death' at '9'"),
    ],
)
def test_faults(rows, about, message):
    with pytest.raises(BuildStop) as problem:
        counted({"a": rows}, **about)
    assert message in str(problem.value)


def test_values_of_the_text(tmp_path):
    rows = {f"s{at}": FEWER for at in range(7)} | {"t": stated("against"), "u": stated("unclear")}
    path, written = tmp_path / "studies.json", tmp_path / "directions.json"
    path.write_text(json.dumps(extraction(rows)), encoding="utf-8")
    count_directions(extraction=path, directions=written, synthesis=block(title="pain at one year"))
    values = direction_values(json.loads(written.read_text(encoding="utf-8")), "outcomes.csv")
    prose = Prose(named_tree(ledger_of(as_document(values), "x")))
    assert prose.render("A {{ directions.pain }}", "x.md") == "A 7 of 8 effects favour treated (sign test, p = 0.07)"
    parts = "{{ directions.pain.unclear | n }}, {{ directions.pain.share.estimate }}, {{ directions.pain.n_studies }}"
    assert prose.render(parts, "x.md") == "1, 88%, 9 studies"
    paragraph = dict(flat(values))["methods.directions"].value
    assert paragraph.startswith("Results on pain at one year were not pooled; effects were synthesised by vote")
    assert "or by the means, medians or percentages of the two arms" in paragraph


def test_without_a_direction_there_is_nothing_to_count():
    values = direction_values(directions_of(extraction({"a": stated("unclear")}), block())[0], "")
    assert dict(flat(values))["directions.pain"].value.startswith("no study has a clear direction")


def test_a_percentage_and_a_count_are_compared_as_shares():
    made, _ = counted({"a": two_arms(200, 200, {"value_percent": "12.5"}, {"n_events": 40})})
    assert made["rows"][0]["direction"] == 1
    made, _ = counted({"a": two_arms(200, 200, {"value_percent": "12.5"}, {"n_events": 25})})
    assert made["rows"][0]["direction"] == 0


def test_only_the_time_that_is_named_counts():
    rows = {"a": [*stated("favours", time="1"), *stated("against", time="2")]}
    assert [counted(rows, time=time)[0]["rows"][0]["direction"] for time in ("1", "2")] == [1, -1]
    made, _ = counted({**rows, "b": stated("favours")}, time="2")
    assert [row["study"] for row in made["rows"]] == ["a"] and made["outcome"] == "death"
    assert (made["rows"][0]["year"], made["rows"][0]["where"]) == (2000, "outcomes.csv:3")
