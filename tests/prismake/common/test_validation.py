"""YAML of strangers: one message, in bounded time and memory."""

from pathlib import Path

import pytest
from prismake.common.errors import BuildStop
from prismake.common.validation import check_document, check_row_schema, load_yaml

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]\n" for n in range(1, 30)
)


def fault(tmp_path, text):
    path = tmp_path / "x.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BuildStop) as caught:
        load_yaml(path)
    message = str(caught.value)
    assert len(message) < 1000
    return message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "expand to too many values"),
        ("a: &a\n  b: *a\n", "x.yaml:1: a block that contains itself"),
        ("[" * 20_000, "blocks are nested too deeply"),
        ("a: !!python/object/apply:os.system [id]\n", "x.yaml:1:"),
        ("a: !include /etc/passwd\n", "x.yaml:1:"),
        ('a: 1\nb: "x\\0"\n', "x.yaml:2: contains the character U+0000"),
        ('a: "\\ud800"\n', "x.yaml:1: contains the character U+D800"),
        ("a: .inf\n", "'.inf' is not a number"),
        ("a: " + "9" * 5000, "x.yaml"),
        ("? [a, b]\n: c\n", "x.yaml"),
        ("<<: {a: 1}\n", "x.yaml"),
        ("a: 1\na: 2\n", "occurs twice"),
        (b"a: \x00", "U+0000"),
        (b"a: " + b"x" * 5_000_000, "larger than 4 MB"),
    ],
)
def test_what_cannot_be_used_is_reported_at_once(tmp_path, text, message):
    assert message in fault(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "line", "message", "fix"),
    [
        ("a: b: c\n", 1, "a colon where no key can stand", "in quotes"),
        ("a: b\n  c: d\n", 2, "a colon where no key can stand", "same indentation"),
        ("a:b\nc: d\n", 2, "a colon where no key can stand", "a space after each colon"),
        ("a:\n\tb: c\n", 2, "the line is indented with a tab", "spaces"),
        ("a: @x\n", 1, "a value cannot begin with @", "quotes"),
        ("a: }\n", 1, "a value cannot begin with }", "quotes"),
        ("a: 'x\nb: c\n", 1, "a quote that opens is not closed", "close it"),
        ("a: 1\nb\nc: 2\n", 2, "a line without a colon", "`key: value`"),
        ("a:\n  b: 1\n c: 2\n", 3, "the line is indented unlike those it belongs with", "spaces"),
        (" a: 1\nb: 2\n", 2, "the line is indented unlike those it belongs with", "spaces"),
        ("x: 1\na: [1, 2\nb: c\n", 2, "a bracket that opens is not closed by ]", "write ]"),
        ("a: {x: 1\nb: c\n", 1, "a bracket that opens is not closed by }", "write }"),
        ("a: [1, 2]]\n", 1, "']' where nothing is open", "delete"),
        ("a: 'it's'\n", 1, "text after a value that is complete", "quotes"),
        ("a: 1\n- b\n", 2, "a list cannot begin here", "under its key"),
        ("a: - b\n", 1, "a list cannot begin here", "under its key"),
        ("a: *x\n", 1, "a value cannot begin with * or &", "quotes"),
        ("a: *\n", 1, "a value cannot begin with * or &", "quotes"),
        ("a: !x y\n", 1, "a value cannot begin with !", "quotes"),
        ("a: 1\n---\nb: 2\n", 2, "a line `---` begins a second document", "delete"),
        ('a: "\\d"\n', 1, "a \\ in double quotes", "single quotes"),
        ("a: |x\n  b\n", 1, "text on the line of a | or >", "next line"),
        ("a: &x 1\nb: &x 2\n", 2, "the name of an anchor (&) occurs twice", "rename"),
        ("? [a]\n: c\n", 1, "a key cannot be a list or a block of keys", "text"),
    ],
)
def test_a_fault_of_yaml_is_in_plain_english(tmp_path, text, line, message, fix):
    first, advice = fault(tmp_path, text).split("\n", 1)
    assert first.endswith(f"x.yaml:{line}: {message}")
    assert fix in advice


def test_a_few_aliases_are_fine(tmp_path):
    (tmp_path / "x.yaml").write_text("a: &a {b: [1, 2]}\nc: *a\nd: 2025-12-16\n")
    assert load_yaml(tmp_path / "x.yaml") == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}, "d": "2025-12-16"}


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
