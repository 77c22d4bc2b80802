"""Figures over studies on small studies whose right figure is plain to see."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.synthesis.figures import group, patients_counted, pooled_figure, sensitivity, weighted_mean

PATIENTS = "n"
COLUMNS = {"g": {"list": True}}


def study(name: str, size: int | None, **facts: Any) -> dict[str, Any]:
    return {"study_id": name, PATIENTS: size, **{"x": None, "low": None, "high": None, "g": None, "parts": {}}, **facts}


THREE = [
    study("a", 1, x="10", low="4", high="12"),
    study("b", 3, x="20", low="2", high="40"),
    study("c", 6, x="15", low=None, high="30"),
]


def test_a_mean_weighs_each_study_by_its_patients() -> None:
    figure = pooled_figure(THREE, {"mean": "x", "unit": "years", "low": "low", "high": "high"}, PATIENTS)
    assert figure == {
        "value": 16,
        "unit": "years",
        "n": 10,
        "n_studies": 3,
        "studies": ["a", "b", "c"],
        "n_left_out": 0,
        "left_out": [],
        "min": 10,
        "max": 20,
        "lowest": 2,
        "highest": 40,
    }


def test_a_sum_adds_the_column_and_not_the_patients() -> None:
    figure = pooled_figure(THREE, {"sum": "x"}, PATIENTS)
    assert (figure["value"], figure["n"], figure["unit"]) == (45, 10, "")
    assert "lowest" not in figure and "highest" not in figure


@pytest.mark.parametrize("lacking", [study("d", None, x="99"), study("d", 5)])
def test_a_study_without_the_fact_or_its_patients_is_left_out(lacking: dict[str, Any]) -> None:
    figure = pooled_figure([*THREE, lacking], {"mean": "x"}, PATIENTS)
    assert (figure["value"], figure["n"], figure["left_out"], figure["n_left_out"]) == (16, 10, ["d"], 1)
    assert (figure["min"], figure["max"]) == (10, 20)


def test_the_extremes_of_single_patients_come_from_every_study_that_has_them() -> None:
    figure = pooled_figure([study("a", None, low="1", high="2"), *THREE], {"mean": "x", "low": "low"}, PATIENTS)
    assert figure["lowest"] == 1 and "highest" not in figure


@given(
    st.lists(st.tuples(st.fractions(-100, 100, max_denominator=50), st.integers(1, 99)), min_size=1, max_size=8),
    st.integers(1, 9),
    st.fractions(-9, 9, max_denominator=9),
)
def test_a_weighted_mean_is_linear_and_knows_no_scale_of_weights(
    pairs: list[tuple[Fraction, int]], times: int, shift: Fraction
) -> None:
    mean = weighted_mean(pairs)
    assert weighted_mean([(value, weight * times) for value, weight in pairs]) == mean
    assert weighted_mean([(value * times + shift, weight) for value, weight in pairs]) == mean * times + shift
    assert weighted_mean([*pairs, (mean, 7)]) == mean


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), min_size=1, max_size=8), st.integers(0, 8))
def test_a_sum_of_two_parts_is_the_sum_of_the_whole(facts: list[tuple[int, int]], cut: int) -> None:
    studies = [study(f"s{number}", size, x=str(value)) for number, (value, size) in enumerate(facts)]
    whole, *parts = (pooled_figure(some, {"sum": "x"}, PATIENTS) for some in (studies, studies[:cut], studies[cut:]))
    assert whole["value"] == sum(part.get("value", 0) for part in parts)
    assert whole["n"] == sum(part["n"] for part in parts)
    assert whole["max"] == max(part["max"] for part in parts if "max" in part)


@pytest.mark.parametrize(("a", "b", "leaves"), [(5, 4, "b"), (4, 5, "a"), (5, 5, "a")])
def test_of_two_that_may_share_patients_the_smaller_leaves_and_of_equals_the_first(a: int, b: int, leaves: str) -> None:
    studies = [study("a", a, x="1"), study("b", b, x="1")]
    pair = {"study_a": "a", "study_b": "b", "decision": "unclear", "counted": None}
    settings = {"patients": PATIENTS, "pooled": {"x": {"sum": "x"}}}
    result = sensitivity(studies, settings, [pair])
    assert (result["left_out"], result["n_pairs"], result["pooled"]["x"]["value"]) == ([leaves], 1, 1)


def test_a_pair_with_a_study_that_does_not_count_is_not_a_pair() -> None:
    pair = {"study_a": "a", "study_b": "z", "decision": "unclear", "counted": None}
    settings = {"patients": PATIENTS, "pooled": {"x": {"sum": "x"}}}
    assert sensitivity(THREE, settings, [pair]) == {"pairs": [], "n_pairs": 0, "left_out": [], "pooled": {}}
    same = {"study_a": "a", "study_b": "b", "decision": "same", "counted": "a"}
    assert sensitivity(THREE, settings, [same])["pairs"] == []
    assert patients_counted(THREE, [pair]) == (THREE, [])


def levels(studies: list[dict[str, Any]], rule: dict[str, str], counted: set[str], **more: Any) -> dict[str, Any]:
    return group(studies, rule, {"columns": COLUMNS, "codes": {}, "parts": {}, **more}, PATIENTS, counted)


def test_a_study_that_does_not_count_is_listed_without_patients() -> None:
    studies = [study("a", 5, g="x"), study("b", 7, g="x")]
    assert levels(studies, {"column": "g"}, {"a"})["x"] == {
        "label": "x",
        "n": 2,
        "studies": ["a", "b"],
        "patients": 5,
        "patients_known": 5,
        "patients_possible": 5,
        "n_only": 2,
        "only": ["a", "b"],
        "uncounted": [],
    }


def test_a_study_of_two_levels_bounds_the_patients_of_each() -> None:
    result = levels([study("a", 5, g="x; y"), study("b", 7, g="x")], {"column": "g"}, {"a", "b"})
    assert (result["x"]["patients_known"], result["x"]["patients_possible"], result["x"]["only"]) == (7, 12, ["b"])
    assert (result["y"]["patients_known"], result["y"]["patients_possible"]) == (0, 5)
    assert "patients" not in result["x"] and result["x"]["uncounted"] == ["a"]


def test_patients_counted_by_level_are_at_most_those_of_the_study() -> None:
    rows = [{"part": "hand", "n": 4}, {"part": "foot", "n": 9}]
    parts = {"sites": {"column": "part", "n": "n"}}
    result = levels([study("a", 6, parts={"sites": rows})], {"part": "sites"}, {"a"}, parts=parts)
    assert {level: entry["patients"] for level, entry in result.items()} == {"hand": 4, "foot": 6}
