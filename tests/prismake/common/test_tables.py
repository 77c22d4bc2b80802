import signal

import pytest
from prismake.common.errors import BuildStop
from prismake.common.tables import _surely_fits, read_table
from prismake.common.validation import validator

SCHEMA = {
    "type": "object",
    "properties": {
        "study_id": {"type": "string", "minLength": 1},
        "cases": {"type": "integer", "minimum": 1},
        "age": {"type": ["number", "null"]},
        "sex": {"enum": ["women", "men", None], "type": ["string", "null"]},
    },
    "required": ["study_id", "cases"],
    "uniqueKey": ["study_id"],
}


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def faults(path):
    with pytest.raises(BuildStop) as caught:
        read_table(path, SCHEMA)
    return [str(issue) for issue in caught.value.issues]


def test_the_columns_of_another_table_are_one_fault(tmp_path):
    header = "study_id,casses,why,score,title_a,title_b,doi_a,doi_b\n"
    near, others, *rest = faults(write(tmp_path / "v.csv", header + "a,3,,,,,,\n"))
    assert "unknown column 'casses'" in near
    assert "6 unknown columns: why, score, title_a, title_b, doi_a and 1 more" in others
    assert "remove them; valid here: " in others
    assert not any("unknown" in fault for fault in rest)


def test_cells_have_the_types_of_the_schema(tmp_path):
    path = write(tmp_path / "t.csv", "\ufeffstudy_id,cases,age\r\na,3,68.5\r\n\r\nb,1,\r\n")
    assert read_table(path, SCHEMA) == [
        {"study_id": "a", "cases": 3, "age": 68.5, "sex": None, "__line__": 2},
        {"study_id": "b", "cases": 1, "age": None, "sex": None, "__line__": 4},
    ]


def test_empty_columns_at_the_end_are_no_fault_and_filled_ones_are(tmp_path):
    path = write(tmp_path / "t.csv", "study_id,cases,,\na,3,,\nb,1\nc,1,, ,\n,,,\n")
    assert [row["study_id"] for row in read_table(path, SCHEMA)] == ["a", "b", "c"]
    assert ":2: 3 cells, where the header has 2" in faults(write(tmp_path / "u.csv", "study_id,cases,,\na,3,x\n"))[0]
    assert "a column without a name" in faults(write(tmp_path / "v.csv", "study_id,,cases\na,,3\n"))[0]


def test_every_fault_is_reported_with_line_and_column(tmp_path):
    path = write(tmp_path / "t.csv", "study_id,cases,age,sex\na,three,1,\nb,0,x,wmen\na,2,,\nc,1\n")
    messages = faults(path)
    assert len(messages) == 6
    assert messages[0].startswith(f"{path}:2, column 'cases': 'three' is not a whole number")
    assert any("column 'sex': 'wmen'" in text and "did you mean 'women'?" in text for text in messages)
    assert any(":4: study_id 'a' already occurs in line 2" in text for text in messages)
    assert any(":5: 2 cells, where the header has 4" in text for text in messages)


def test_unknown_and_missing_columns_name_the_nearest(tmp_path):
    messages = faults(write(tmp_path / "t.csv", "study_id,casses\na,1\n"))
    assert "unknown column 'casses'" in messages[0] and "did you mean 'cases'?" in messages[0]
    assert "column 'cases' is missing" in messages[1]


@pytest.mark.parametrize(
    ("text", "encoding", "message"),
    [("study_id,cases\nä,1\n", "latin-1", "not UTF-8"), ("", "utf-8", "empty"), ('a,"b\n', "utf-8", "well-formed")],
    ids=["encoding", "empty", "quotes"],
)
def test_what_is_not_a_table_is_reported(tmp_path, text, encoding, message):
    assert message in faults(write(tmp_path / "t.csv", text, encoding))[0]


def test_a_missing_file_is_reported(tmp_path):
    assert "does not exist" in faults(tmp_path / "none.csv")[0]


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_spreadsheet_with_a_decimal_comma_writes_other_separators(tmp_path, mark):
    path = write(tmp_path / "t.csv", f'study_id{mark}cases{mark}age\n"a{mark} b, c"{mark}3{mark}68.5\n')
    assert read_table(path, SCHEMA)[0] == {
        "study_id": f"a{mark} b, c",
        "cases": 3,
        "age": 68.5,
        "sex": None,
        "__line__": 2,
    }


def test_a_decimal_comma_is_reported(tmp_path):
    (message,) = faults(write(tmp_path / "t.csv", "study_id;cases;age\na;3;68,5\n"))
    assert ":2, column 'age': '68,5'" in message and "write it with a point: 68.5" in message


def test_text_that_is_not_utf8_is_reported_with_its_line(tmp_path):
    (message,) = faults(write(tmp_path / "t.csv", "study_id,cases\na,1\n\xfc,1\n", "cp1252"))
    assert "t.csv:3: not UTF-8" in message


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="bounded where the platform has timers")
@pytest.mark.parametrize(
    ("text", "rows"), [("a" * 40, 1), ("a" * 18, 3000)], ids=["one row without end", "many slow rows"]
)
def test_patterns_of_a_schema_are_bounded(tmp_path, monkeypatch, text, rows):
    monkeypatch.setattr("prismake.common.tables.LONGEST", 0.1)
    monkeypatch.setattr("prismake.common.tables.LONGEST_ROW", 0.0001)
    schema = {"type": "object", "properties": {"study_id": {"type": "string", "pattern": "^(([a-z]|[a-z ])+)+#$"}}}
    path = write(tmp_path / "t.csv", "study_id\n" + f"{text}#\n" + f"{text}\n" * rows)
    with pytest.raises(BuildStop) as caught:
        read_table(path, schema)
    (issue,) = caught.value.issues
    assert issue.message == "checking it against its schema takes too long"
    assert issue.where.startswith(f"{path}:") and "such as (a+)+" in issue.fix


RULES = [
    {"type": "string", "minLength": 2},
    {"type": ["string", "null"], "pattern": "^[0-9]+([.][0-9]+)?$"},
    {"type": ["string", "null"], "enum": ["yes", None]},
    {"type": ["string", "null"], "enum": ["yes"]},
    {"type": "integer", "minimum": 1, "maximum": 3},
    {"type": ["number", "null"], "exclusiveMinimum": 0},
    {"type": ["integer", "null"], "enum": [1]},
    {"type": "boolean"},
    {},
]
VALUES = [None, "", "a", "yes", "12", "1.5x", 0, 1, 3, 4, -1, 0.5, 2.0, float("nan"), float("inf"), True, False]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_cell_that_surely_fits_satisfies_the_validator(rule):
    fitting = [value for value in VALUES if validator(rule).is_valid(value)]
    sure = [value for value in VALUES if _surely_fits(value, rule)]
    assert (sure or 1 in rule["enum"]) and all(any(value is other for other in fitting) for value in sure)


LETTERS = {"properties": {name: {"type": ["string", "null"]} for name in ("a", "b", "c")}, "required": ["a", "b"]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (",a,b\n,1,2\n", "csv:1: a column without a name"),
        ("By Ana\n\na,b,c\n1,2,3\n", "csv:3: the first row does not name the columns, this one does"),
        ("By Ana,,\na,b,c\n1,2,3\n", "csv:2: the first row does not name the columns, this one does"),
        ("a,b\n1,2\nFinished\n", "csv:3: 1 cell, where the header has 2"),
        ("a,b,aa\n1,2,3\n", "unknown column 'aa'"),
    ],
)
def test_a_table_as_people_leave_it_stops_with_one_message(tmp_path, text, message):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(BuildStop) as stopped:
        read_table(tmp_path / "t.csv", LETTERS)
    assert len(stopped.value.issues) == 1 and message in str(stopped.value)


def test_blank_lines_above_the_header_are_passed_over(tmp_path):
    (tmp_path / "t.csv").write_text("\n,,\na,b\n1,2\n")
    assert [(row["a"], row["__line__"]) for row in read_table(tmp_path / "t.csv", LETTERS)] == [("1", 4)]
