import pytest
from prismake.common.errors import BuildStop
from prismake.common.inference import NUMBER, infer, row_schema
from prismake.common.tables import read_table


def rule(header, *cells, **about):
    schema = infer(["study_id", header], [["s", cell] for cell in cells], where="t", **about)
    (name,) = set(schema["properties"]) - {"study_id"}
    return schema["properties"][name]


WHOLE, TEXT = ["integer", "null"], ["string", "null"]


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("cases", ["1", "20"], {"type": WHOLE}),
        ("score", ["1", "2.50"], {"decimal": True, "pattern": NUMBER}),
        ("grade", ["1", "2-3"], {"type": TEXT}),
        ("country", ["Peru"], {"type": TEXT}),
        ("country", [], {"type": TEXT}),
        ("age_mean", [], {"decimal": True}),
        ("Age [years]", [], {"decimal": True, "unit": "years"}),
        ("age_sd", ["7", "8"], {"decimal": True}),
        ("n_female", [], {"type": WHOLE}),
        ("score", ["1,5", "2,5"], {"decimal": True}),
    ],
)
def test_a_column_has_the_type_of_its_cells_or_name(header, cells, expected):
    made = rule(header, *cells)
    assert {name: made[name] for name in expected} == expected


def test_a_column_of_the_code_book_is_coded_and_a_list_where_a_cell_has_several():
    assert rule("way", "a", coded={"way"}) == {"type": TEXT, "coded": True, "list": False}
    assert rule("way", "a; b", coded={"way"})["list"] is True


def test_a_column_that_settings_count_is_a_number_though_it_is_empty():
    assert rule("patients", numeric={"patients"})["type"] == WHOLE
    assert rule("patients")["type"] == TEXT


def test_a_table_that_names_no_study_stops():
    with pytest.raises(BuildStop, match="column 'study_id' is missing"):
        infer(["id", "x"], [], where="t")


def test_a_csv_without_a_schema_is_read_by_the_inferred_one(tmp_path):
    table = tmp_path / "studies.csv"
    table.write_text("study_id,n_men,age_mean [years],note\na,3,65.50,\nb,,,x\n")
    rows = read_table(table, row_schema(table, table, "studies"))
    assert [(row["n_men"], row["age_mean"], row["note"]) for row in rows] == [(3, "65.50", None), (None, None, "x")]
