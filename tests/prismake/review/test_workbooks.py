"""The settings that one path stands for."""

from pathlib import Path

import pytest
from openpyxl import Workbook
from prismake.common.errors import BuildStop
from prismake.review.workbooks import APPRAISAL, characteristics, missing_workbooks, with_workbooks

TABLES = {
    "studies": ["study_id", "label", "year", "patients", "age_mean [years]", "age_sd", "design", "note"],
    "reports": ["record_id", "study_id"],
    "arms": ["study_id", "arm", "n"],
    "outcomes": ["study_id", "outcome", "n_analyzed"],
    "codes": ["column", "code", "cell", "label"],
    "My notes": ["anything"],
}
ROW = ["a2001", "A", 2001, 3, "65.50", "2.1", "cohort", "see p. 3"]
DRAFT = {"review": {"draft": True}}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, tables=TABLES) -> None:
    book = Workbook()
    book.remove(book.active)
    for name, header in tables.items():
        sheet = book.create_sheet(name)
        sheet.append(header)
        if name == "studies":
            sheet.append(ROW)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


@pytest.mark.parametrize(
    ("answers", "forms"),
    [
        ({"rob2": "low"}, ["rob2"]),
        ({"rob2": "low", "randomized_trial": "yes"}, ["randomized_trial", "rob2"]),
        ({}, ["randomized_trial", "rob2"]),
    ],
)
def test_a_form_needs_no_table_where_its_studies_are_appraised_on_another(folder, answers, forms):
    book = Workbook()
    book.remove(book.active)
    for form in ("randomized_trial", "rob2", "cohort"):
        sheet = book.create_sheet(form)
        sheet.append(["study_id", "label", "1", "note"])
        if form != "cohort":
            sheet.append(["a2001", "A", answers.get(form), "later"])
    Path(APPRAISAL).parent.mkdir(parents=True)
    book.save(APPRAISAL)
    write("x.xlsx")
    settings = with_workbooks({"synthesis": {"extraction": "x.xlsx"}, "appraisal": {}})
    assert settings["appraisal"]["forms"] == forms


def test_a_workbook_stands_for_its_sheets(folder):
    write("x.xlsx")
    synthesis = with_workbooks({"synthesis": {"extraction": "x.xlsx"}})["synthesis"]
    assert synthesis["extraction"] == {
        "studies": {"table": "x.xlsx", "schema": "x.xlsx"},
        "reports": "x.xlsx",
        "codes": "x.xlsx",
        "parts": {
            "arms": {"table": "x.xlsx", "column": "arm", "n": "n", "schema": "x.xlsx"},
            "outcomes": {"table": "x.xlsx", "column": "outcome", "schema": "x.xlsx"},
        },
    }
    cells = {column["header"]: column["cell"] for column in synthesis["tables"]["characteristics"]["columns"]}
    assert cells == {
        "Study": "label",
        "Year": "year",
        "Patients": "patients",
        "Age, years": "spread(age_mean, age_sd, none, none)",
        "Design": "design",
    }
    assert with_workbooks({"synthesis": {"extraction": "x.xlsx", "tables": {}}})["synthesis"]["tables"] == {}
    more = {"extraction": "x.xlsx", "tables": {"more": {}}, "characteristics": True}
    beside = with_workbooks({"synthesis": more})["synthesis"]
    assert list(beside["tables"]) == ["characteristics", "more"] and "characteristics" not in beside


def test_a_folder_of_csvs_does_too_with_the_schemas_in_it(folder):
    for name, header in TABLES.items():
        (folder / f"{name}.csv").write_text(",".join(header) + "\n")
    (folder / "studies.schema.yaml").write_text("properties: {}\n")
    extraction = with_workbooks({"synthesis": {"extraction": "."}})["synthesis"]["extraction"]
    assert extraction["studies"] == {"table": "studies.csv", "schema": "studies.schema.yaml"}
    assert list(extraction["parts"]) == ["arms", "outcomes"]


def test_only_what_a_fact_is_known_of_is_a_characteristic():
    table = characteristics(
        ["study_id", "label", "year", "way", "empty"], [["a", "A", "2001", "tf", ""]], coded={"way"}
    )
    assert [column["cell"] for column in table["columns"]] == ["label", "year", "codes('way', way)"]


def test_no_two_characteristics_have_one_heading():
    header = ["study_id", "patients", "n_patients", "age_mean", "age"]
    table = characteristics(header, [["a", "5", "6", "7", "8"]], coded=set())
    assert [column["header"] for column in table["columns"][2:]] == ["Patients", "N patients", "Age mean", "Age"]


def test_a_column_that_is_there_twice_is_left_to_the_reader_of_its_table():
    table = characteristics(["study_id", "way", "Way"], [["a", "tf", "il"]], coded=set())
    assert [column["id"] for column in table["columns"]] == ["study", "year", "way"]


def test_an_appraisal_needs_no_settings_beside_its_workbook(folder):
    write("x.xlsx")
    grid = ["study_id", "1"]
    write(APPRAISAL, {"rob2": grid, "case_series (AB)": grid, "empty": grid})
    from openpyxl import load_workbook

    book = load_workbook(APPRAISAL)
    for title in ("rob2", "case_series (AB)"):
        book[title].append(["a2001", "yes"])
    book.save(APPRAISAL)
    appraisal = with_workbooks({"synthesis": {"extraction": "x.xlsx"}, "appraisal": {}})["appraisal"]
    assert appraisal == {
        "answers": APPRAISAL,
        "overall": APPRAISAL,
        "forms": ["rob2", "case_series"],
    }


def test_a_workbook_that_nobody_has_begun_is_not_missed_yet(folder):
    config = {**DRAFT, "synthesis": {"extraction": "data/extraction/extraction.xlsx"}, "appraisal": {}}
    assert missing_workbooks(config) == []
    Path("data/extraction").mkdir(parents=True)
    assert [issue.where for issue in missing_workbooks(config)] == ["config.yaml, synthesis.extraction"]


def test_a_draft_does_without_a_workbook_and_warns(folder):
    config = {"synthesis": {"extraction": "x.xlsx"}, "appraisal": {}}
    assert with_workbooks({**DRAFT, **config}) == DRAFT
    Path("data/appraisal").mkdir(parents=True)
    first, second = missing_workbooks({**DRAFT, **config})
    assert "'x.xlsx' does not exist" in str(first)
    assert "prismake extract" in str(first)
    assert second.severity == "warning"
    with pytest.raises(BuildStop, match=r"'x\.xlsx' does not exist"):
        with_workbooks(config)


def test_a_workbook_without_its_tables_stops(folder):
    write("x.xlsx", {"Studien": ["study_id"], "reports": ["record_id"]})
    with pytest.raises(
        BuildStop, match=r"the sheet 'studies' is missing\n  -> add it, or rename the one that it is: studien, reports"
    ):
        with_workbooks({"synthesis": {"extraction": "x.xlsx"}})


def test_settings_table_by_table_stay_as_they_are():
    explicit = {"extraction": {"studies": {"table": "s.csv", "schema": "s.yaml"}, "reports": "r.csv"}, "tables": {}}
    assert with_workbooks({"synthesis": explicit})["synthesis"]["extraction"] == {**explicit["extraction"], "parts": {}}


def untidy(path: str) -> None:
    """Adds a sheet of somebody's own with all that stops a table."""
    from openpyxl import load_workbook

    book = load_workbook(path)
    sheet = book.create_sheet("My notes")
    sheet.append(["Study", "Study", "=1+1", 0.5])
    sheet.merge_cells("A1:B3")
    sheet["D1"].number_format = "0%"
    sheet["E1"] = "#N/A"
    sheet["E1"].data_type = "e"
    book.save(path)


def test_a_sheet_of_one_s_own_may_hold_anything(folder):
    write("x.xlsx")
    write(APPRAISAL, {"rob2": ["study_id", "1"], "lookup": ["study_id", "page"]})
    from openpyxl import load_workbook

    book = load_workbook(APPRAISAL)
    for sheet in book.worksheets:
        sheet.append(["a2001", "yes"])
    book.save(APPRAISAL)
    untidy("x.xlsx")
    untidy(APPRAISAL)
    settings = with_workbooks({"synthesis": {"extraction": "x.xlsx"}, "appraisal": {}})
    assert list(settings["synthesis"]["extraction"]["parts"]) == ["arms", "outcomes"]
    assert settings["appraisal"]["forms"] == ["rob2"]


@pytest.mark.parametrize(
    ("files", "named", "message"),
    [
        (["x.ods"], "x.ods", "'x.ods' is not an XLSX file\n  -> save it as XLSX"),
        (["x.ods"], "x.xlsx", "'x.xlsx' does not exist\n  -> save x.ods as XLSX"),
    ],
)
def test_a_workbook_saved_in_another_form_is_named(folder, files, named, message):
    for file in files:
        (folder / file).write_bytes(b"PK")
    with pytest.raises(BuildStop, match=message):
        with_workbooks({"synthesis": {"extraction": named}})
