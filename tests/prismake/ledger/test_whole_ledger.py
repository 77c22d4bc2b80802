"""What the extraction of four small studies comes to, whole and worked out by hand."""

from typing import Any

import pytest
from prismake.common.errors import BuildStop
from prismake.ledger.studies import extraction_values
from prismake.synthesis.figures import check_settings, levels_of, name_of

from tests.ledgers import plain_of

TEXT = {"list": False, "number": False, "decimal": False}
COLUMNS = {
    "study_id": TEXT,
    "year": {**TEXT, "number": True},
    "n": {**TEXT, "number": True},
    "age": {"list": False, "number": True, "decimal": True},
    "oldest": {**TEXT, "number": True},
    "country": TEXT,
    "drug": {**TEXT, "list": True},
}


def study(name: str, year: int | None, n: int | None, *, sites: list[dict[str, Any]], **cells: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("age", "oldest", "country", "drug"))
    return {"study_id": name, "year": year, "n": n, **empty, **cells, "parts": {"sites": sites}, "reports": [name]}


def site(level: str, to: str | None, n: int | None) -> dict[str, Any]:
    return {"level": level, "to": to, "n": n}


EXTRACTION: dict[str, Any] = {
    "columns": COLUMNS,
    "parts": {"sites": {"column": "level", "to": "to", "n": "n"}},
    "codes": {
        "country": {"pe": {"label": "Peru"}, "no": {"label": "Norway"}},
        "level": {"T1": {"label": "Thoracic 1"}},
    },
    "overlaps": [
        {"study_a": "a", "study_b": "d", "decision": "same", "counted": "a"},
        {"study_a": "a", "study_b": "b", "decision": "unclear", "counted": ""},
        {"study_a": "b", "study_b": "d", "decision": "unclear", "counted": ""},
        {"study_a": "b", "study_b": "c", "decision": "different", "counted": ""},
    ],
    "studies": [
        study("a", 2011, 10, sites=[site("T1", "T2", None)], age="50.5", oldest=80, country="pe", drug="x; y"),
        study("b", None, 4, sites=[site("T1", None, 3), site("T2", None, 2)], age="40", country="no", drug="x"),
        study("c", 2019, 6, sites=[], oldest=90, country="Chile; south"),
        study("d", 2015, 9, sites=[site("T2", None, 9)], age="70.0", oldest=99, country="pe", drug="y"),
    ],
}
SETTINGS: dict[str, Any] = {
    "patients": "n",
    "year": "year",
    "pooled": {"age": {"mean": "age", "high": "oldest", "unit": "years"}, "patients": {"sum": "n"}},
    "groups": {"country": {"column": "country"}, "drug": {"column": "drug"}, "site": {"part": "sites"}},
}
AGE = {
    "value": 47.5,
    "unit": "years",
    "n": 14,
    "n_studies": 2,
    "studies": ["a", "b"],
    "n_left_out": 1,
    "left_out": ["c"],
    "min": 40,
    "max": 50.5,
    "highest": 90,
}
PATIENTS = {
    "value": 20,
    "unit": "",
    "n": 20,
    "n_studies": 3,
    "studies": ["a", "b", "c"],
    "n_left_out": 0,
    "left_out": [],
    "min": 4,
    "max": 10,
}


def level(
    label: str, studies: str, known: int, possible: int, *, only: str = "", uncounted: str = ""
) -> dict[str, Any]:
    exact = {} if uncounted else {"patients": known}
    counts = {"patients_known": known, "patients_possible": possible, "n": len(studies), "n_only": len(only)}
    lists = {"studies": list(studies), "only": list(only), "uncounted": list(uncounted)}
    return {"label": label, **exact, **counts, **lists}


def test_every_value_of_the_ledger() -> None:
    result = plain_of(extraction_values(EXTRACTION, SETTINGS))
    studies = result.pop("studies")
    assert {name: values["age"] for name, values in studies.items()} == {"a": 50.5, "b": 40, "c": None, "d": 70}
    assert result.pop("not_reported") == {
        "year": {"n": 1, "studies": ["b"]},
        "n": {"n": 0, "studies": []},
        "age": {"n": 1, "studies": ["c"]},
        "oldest": {"n": 1, "studies": ["b"]},
        "country": {"n": 0, "studies": []},
        "drug": {"n": 1, "studies": ["c"]},
    }
    assert result.pop("groups") == {
        # d reports the patients of a: it is listed, and its patients do not count twice.
        "country": {
            # No list: a mark inside the cell is part of the text.
            "pe": level("Peru", "ad", 10, 10, only="ad"),
            "no": level("Norway", "b", 4, 4, only="b"),
            "chile_south": level("Chile; south", "c", 6, 6, only="c"),
        },
        "drug": {
            "x": level("x", "ab", 4, 14, only="b", uncounted="a"),
            "y": level("y", "ad", 0, 10, only="d", uncounted="a"),
        },
        "site": {
            "t1_t2": level("Thoracic 1–T2", "a", 10, 10, only="a"),
            "t1": level("Thoracic 1", "b", 3, 3),
            "t2": level("T2", "bd", 2, 2, only="d"),
        },
    }
    assert result.pop("pooled") == {"age": AGE, "patients": PATIENTS}
    # Of a and b, who may share patients, the smaller leaves; d is not in the figures anyway.
    assert result.pop("overlap") == {
        "same": ["d"],
        "pairs": [EXTRACTION["overlaps"][1]],
        "n_pairs": 1,
        "left_out": ["b"],
        "pooled": {
            "age": {**AGE, "value": 50.5, "n": 10, "n_studies": 1, "studies": ["a"], "min": 50.5},
            "patients": {**PATIENTS, "value": 16, "n": 16, "n_studies": 2, "studies": ["a", "c"], "min": 6},
        },
    }
    assert result == {
        "study_keys": ["a", "b", "c", "d"],
        "n_studies": 4,
        "n_reports": 4,
        "years": {"first": 2011, "last": 2019},
    }


def test_a_name_neither_begins_nor_ends_with_a_mark() -> None:
    assert [name_of(text) for text in ("(T1) to T2!", " _x_ ", "5.-")] == ["t1_to_t2", "x", "5"]


def test_no_year_gives_no_first_and_last() -> None:
    studies = [{**one, "year": None} for one in EXTRACTION["studies"]]
    assert plain_of(extraction_values({**EXTRACTION, "studies": studies, "overlaps": []}, SETTINGS))["years"] == {}


def test_a_part_that_runs_from_one_level_to_another_is_a_level_of_its_own() -> None:
    one = study("a", 2011, 10, sites=[site("T1", "T2", 4), site("T1", None, None)])
    assert levels_of(one, {"part": "sites"}, EXTRACTION) == [
        ("t1_t2", "Thoracic 1–T2", 4),
        ("t1", "Thoracic 1", None),
    ]
    single = {**EXTRACTION, "parts": {"sites": {"column": "level", "n": "n"}}}
    assert levels_of(one, {"part": "sites"}, single)[0] == ("t1", "Thoracic 1", 4)


@pytest.mark.parametrize(
    ("kind", "rule", "fault"),
    [
        ("pooled", {"mean": "weight"}, ("unknown-column", "there is no column 'weight'", "pooled.x.mean")),
        ("pooled", {"sum": "n", "high": "h"}, ("unknown-column", "there is no column 'h'", "pooled.x.high")),
        ("pooled", {"unit": "kg", "sum": "weight"}, ("unknown-column", "there is no column 'weight'", "pooled.x.sum")),
        ("pooled", {"mean": "country"}, ("no-number", "column 'country' is not numeric", "pooled.x.mean")),
        ("groups", {"column": "sites"}, ("unknown-column", "there is no column 'sites'", "groups.x.column")),
        ("groups", {"part": "age"}, ("unknown-column", "there is no part 'age'", "groups.x.part")),
        ("groups", {"column": "country"}, None),
        ("groups", {"part": "sites"}, None),
        ("pooled", {"unit": "weight", "sum": "n"}, None),
    ],
)
def test_a_rule_names_columns_and_parts_that_are_there(
    kind: str, rule: dict[str, str], fault: tuple[str, str, str] | None
) -> None:
    settings = {"pooled": {}, "groups": {}, kind: {"x": rule}}
    if fault is None:
        check_settings(settings, EXTRACTION)
        return
    with pytest.raises(BuildStop) as stopped:
        check_settings(settings, EXTRACTION)
    (issue,) = stopped.value.issues
    assert (issue.code, issue.message, issue.where) == (*fault[:2], f"config.yaml: synthesis.{fault[2]}")
