"""Faults of documents against their schema, each one message."""

from pathlib import Path

import pytest
from prismake.common.errors import BuildStop
from prismake.common.validation import check_document, check_row_schema


def test_an_id_does_not_end_in_a_line_feed():
    with pytest.raises(BuildStop, match="expected form"):
        check_document({"id": "a\n"}, {"properties": {"id": {"pattern": "^[a-z]+$"}}}, Path("x"))


def test_a_long_value_is_reported_in_short():
    with pytest.raises(BuildStop) as caught:
        check_document({"id": "A" * 100_000}, {"properties": {"id": {"type": "integer"}}}, Path("x"))
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ([], "describes no columns"),
        ({"properties": {"a": "text"}}, "properties.a"),
        ({"properties": {"a": {"type": "words"}}}, "properties.a.type"),
        ({"properties": {"a": {"$ref": "file:///etc/passwd"}}}, "properties.a refers to another schema"),
        ({"properties": {"a": {"anyOf": [{"$ref": "http://x.example/"}]}}}, "refers to another schema"),
        ({"properties": {"a": {"pattern": "a{99999999999}"}}}, "a pattern in it cannot be used"),
        ({"properties": {"a": {}}, "uniqueKey": 5}, "uniqueKey is not a list of columns"),
        ({"properties": {"a": {}}, "uniqueKey": ["b"]}, "uniqueKey is not a list of columns"),
        ({"properties": {"a": {"pattern": "(a"}}}, "'(a' is not a 'regex'"),
    ],
)
def test_a_review_s_own_schema_is_checked_before_it_is_used(schema, message):
    with pytest.raises(BuildStop) as caught:
        check_row_schema(schema, Path("x.yaml"))
    assert message in str(caught.value).replace(": ", " ")


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        (
            {"type": "integer", "description": "patients treated"},
            "74.4",
            "'a': '74.4' is not a whole number\n  -> give a whole number; it holds: patients treated",
        ),
        ({"type": "boolean"}, "x", "'a': 'x' is not true or false\n  -> give true or false"),
        (
            {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "description": "the day"},
            "31.01.2026",
            "'a': '31.01.2026' is not a valid date\n  -> write it as YYYY-MM-DD",
        ),
        (
            {"type": "object", "additionalProperties": False, "properties": {"b": {}}},
            {"bb": 1},
            "'a': unknown key 'bb'",
        ),
    ],
)
def test_a_fault_is_reported_once_with_what_to_give(rule, value, expected):
    with pytest.raises(BuildStop) as caught:
        check_document({"a": value}, {"properties": {"a": rule}}, Path("x"))
    assert str(caught.value).startswith(f"x: {expected}") and len(caught.value.issues) == 1


@pytest.mark.parametrize(
    ("document", "faults"),
    [
        ({"screning": 1, "searches": 1}, [("unknown key 'screning'", "did you mean 'screening'?")]),
        (
            {"screning": 1, "serches": 1},
            [
                (
                    "unknown keys 'screning', 'serches'",
                    "did you mean 'screening' for 'screning', 'searches' for 'serches'?",
                )
            ],
        ),
        ({"screning": 1}, [("missing: searches", "add it"), ("unknown key 'screning'", "did you mean 'screening'?")]),
        (
            {"colour": 1, "searches": 1},
            [("missing: screening", "add it"), ("unknown key 'colour'", "valid here: screening, searches")],
        ),
    ],
)
def test_a_misspelt_key_is_one_fault(document, faults):
    keys = ("screening", "searches")
    schema = {
        "properties": {key: {"title": key} for key in keys},
        "required": list(keys),
        "additionalProperties": False,
    }
    with pytest.raises(BuildStop) as stopped:
        check_document(document, schema, Path("config.yaml"))
    assert sorted((issue.message, issue.fix) for issue in stopped.value.issues) == faults
