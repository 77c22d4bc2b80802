"""Workbooks as people leave them: what is read all the same, and what stops with one message."""

import datetime
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from prismake.common.errors import BuildStop
from prismake.common.inference import row_schema
from prismake.common.sheet_cells import column_name, grid_name, sheet_header, sheet_table, table_names, unit_in
from prismake.common.tables import place_of, read_table, sheet_warnings

HEADER = ["study_id", "label", "patients", "age_mean [years]", "approach"]
ROWS = [["a2001", "A", 10, "65.50", "tf"], ["b2002", "B", 20, "71.25", "tf; il"]]


def book(tmp_path: Path, change: Callable = lambda _: None, rows=ROWS, header=HEADER) -> Path:
    """A workbook with the sheet `studies`, changed as a person might."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "studies"
    for row in (header, *rows):
        sheet.append(row)
    change(sheet)
    workbook.save(tmp_path / "extraction.xlsx")
    return tmp_path / "extraction.xlsx"


def studies(path: Path, **about):
    return read_table(path, row_schema(path, path, "studies", coded={"approach"}, **about), sheet="studies")


def message(path: Path, **about) -> str:
    with pytest.raises(BuildStop) as stopped:
        studies(path, **about)
    return str(stopped.value)


def test_a_sheet_is_read_as_a_csv_is(tmp_path):
    path = book(tmp_path)
    first, second = studies(path)
    assert {name: cell for name, cell in first.items() if not name.startswith("__")} == {
        "study_id": "a2001",
        "label": "A",
        "patients": 10,
        "age_mean": "65.50",
        "approach": "tf",
    }
    assert second["approach"] == "tf; il"
    assert place_of(second, path) == f"{path}, sheet 'studies', row 3"


@pytest.mark.parametrize(
    ("header", "name", "unit"),
    [
        ("Age, mean [years]", "age_mean", "years"),
        ("  Study ID ", "study_id", ""),
        ("study-id", "study_id", ""),
        ("Café [°C]", "cafe", "°C"),
        ("年龄", "", ""),
    ],
)
def test_a_header_gives_a_name_and_a_unit(header, name, unit):
    assert (column_name(header), unit_in(header)) == (name, unit)


def harmless(sheet) -> None:
    """Columns moved and renamed in case, a title above, remarks, colours, blanks of all kinds, numbers with formats."""
    sheet.move_range("A1:E3", rows=1)
    sheet["A1"] = "Our extraction"
    sheet["A2"], sheet["B2"], sheet["C2"] = "Study ID", " Label ", "PATIENTS"
    sheet["B3"], sheet["A4"] = "A\u00a0et al ", "\u200bb2002 \u00a0"
    sheet["C4"] = "20 "
    sheet["D3"] = 65.5
    sheet["D3"].number_format = "0.00"
    sheet["E4"] = "tf ;il"
    sheet["A3"].fill = PatternFill("solid", start_color="FFFF0000")
    sheet["A3"].comment = Comment("check again", "AB")


def test_what_people_do_to_a_sheet_changes_nothing(tmp_path):
    first, second = studies(book(tmp_path, harmless))
    assert (first["study_id"], first["label"], first["patients"], first["age_mean"]) == (
        "a2001",
        "A et al",
        10,
        "65.50",
    )
    assert (second["study_id"], second["patients"], second["approach"]) == ("b2002", 20, "tf; il")
    assert second["__line__"] == 4


def test_rows_are_read_in_any_order_and_empty_ones_passed_over(tmp_path):
    path = book(tmp_path, rows=[ROWS[1], [None] * 5, [" "] * 5, ROWS[0]])
    assert [row["study_id"] for row in studies(path)] == ["b2002", "a2001"]


def put(cell: str, value, number_format: str = "General") -> Callable:
    def change(sheet) -> None:
        sheet[cell] = value
        sheet[cell].number_format = number_format

    return change


def error(sheet) -> None:
    sheet["C2"] = "#N/A"
    sheet["C2"].data_type = "e"


FAULTS = {
    "merged": (lambda sheet: sheet.merge_cells("A2:A3"), "sheet 'studies': merged cells: A2:A3\n  -> split them"),
    "error": (error, "1 cell contains an error (#N/A): C2\n  -> type the value"),
    "percent": (put("D2", 0.25, "0%"), "1 cell shows a percentage"),
    "formula": (put("C2", "=5+5"), "1 formula was saved without a value on the sheet 'studies': C2"),
    "decimal comma": (
        put("D2", "65,5"),
        "cell D2 (age_mean): '65,5' does not have the expected form\n  -> write it with",
    ),
    "text in numbers": (put("D2", "about 60"), "cell D2 (age_mean): 'about 60' does not have the expected form"),
    "date": (
        put("B2", datetime.date(2026, 3, 1), "yyyy-mm-dd"),
        "column 'label': the program has made 1 cell a date: B2",
    ),
    "id twice": (put("A3", "a2001"), "study_id 'a2001' already occurs in row 2"),
    "no id": (put("A3", " "), "cell A3 (study_id): must not be empty"),
    "renamed": (put("A1", "Nr"), "column 'study_id' is missing\n  -> name the column of the studies' ids 'study_id'"),
    "column twice": (put("B1", "Patients"), "column 'patients' occurs twice: B1, C1"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_stops_with_its_place_and_what_to_do(tmp_path, name):
    change, expected = FAULTS[name]
    assert expected in message(book(tmp_path, change))


def test_the_same_fault_in_a_column_is_one_message(tmp_path):
    rows = [[f"s{number}", "A", 1, f"{number},5", "tf"] for number in range(30)]
    text = message(book(tmp_path, rows=rows))
    assert text.count("->") == 1
    assert "cell D2 (age_mean): '0,5' does not have the expected form; the same fault in D3, D4" in text
    assert "and 21 more" in text


def test_hidden_cells_and_nameless_ones_are_warned_of(tmp_path):
    def change(sheet) -> None:
        sheet.column_dimensions["C"].hidden = True
        # A block of columns down to the last of a sheet, as LibreOffice writes it.
        sheet.column_dimensions.group("E", "XFD", hidden=True)
        sheet["H2"] = "a remark"
        sheet.row_dimensions[3].hidden = True

    table = sheet_table(book(tmp_path, change), "studies", ["study_id"])
    first, second, third = map(str, table.warnings)
    assert "1 filled cell stands in a column without a header, and is not read: H2" in first
    assert "1 hidden row is read like the others: 3" in second
    assert "2 hidden columns are read like the others: patients, approach" in third
    assert len(table.rows) == 2


def test_columns_that_the_schema_lacks_are_reported_with_what_they_may_mean(tmp_path):
    path = book(tmp_path, lambda sheet: sheet.cell(1, 7, "Remarks"), header=[*HEADER[:-1], "aproach"])
    columns = ("study_id", "label", "patients", "age_mean", "approach")
    schema: dict[str, dict[str, dict[str, str]]] = {"properties": {name: {} for name in columns}}
    *_, issue = sheet_warnings(path, "studies", schema)
    assert (issue.code, issue.severity) == ("unread-column", "warning")
    assert "not read: aproach, remarks" in issue.message and issue.fix == "did you mean 'approach' by 'aproach'?"
    csv = tmp_path / "studies.csv"
    assert list(sheet_warnings(csv, "studies", schema)) == []


def test_rows_above_a_second_header_are_not_lost(tmp_path):
    path = book(tmp_path, rows=[*ROWS, HEADER, *ROWS], header=["study", *HEADER[1:-1], "aproach"])
    assert "rows above the header in row 4 are not read: 1, 2, 3" in message(path)


def test_a_title_above_the_header_is_no_data(tmp_path):
    path = book(
        tmp_path, lambda sheet: sheet.insert_rows(1, 2) or sheet.cell(1, 1, "Extraction") or sheet.cell(2, 3, "x")
    )
    assert len(studies(path)) == 2


def test_two_sheets_of_one_name_stop(tmp_path):
    path = book(tmp_path, lambda sheet: sheet.parent.create_sheet("Studies ").append(["study_id"]))
    with pytest.raises(BuildStop, match="'studies' and 'Studies ' are the same name"):
        sheet_table(path, "studies", ["study_id"])


def test_people_may_have_sheets_of_one_name_of_their_own(tmp_path):
    def scratch(sheet) -> None:
        for name in ("Notes", "notes "):
            sheet.parent.create_sheet(name).append(["to do"])

    path = book(tmp_path, scratch)
    assert (table_names(path), sheet_header(path, "notes")) == (["studies", "notes"], ["to do"])
    assert len(studies(path)) == 2


def test_a_missing_sheet_names_the_nearest(tmp_path):
    path = book(tmp_path, lambda sheet: setattr(sheet, "title", "Studys"))
    with pytest.raises(BuildStop, match=r"the sheet 'studies' is missing\n  -> did you mean 'studys'\?"):
        sheet_table(path, "studies", ["study_id"])


@pytest.mark.parametrize("content", [b"", b"study_id\n", b"PK\x03\x04garbage"])
def test_a_file_that_is_no_workbook_stops(tmp_path, content):
    (tmp_path / "x.xlsx").write_bytes(content)
    with pytest.raises(BuildStop, match="save it again"):
        table_names(tmp_path / "x.xlsx")


def test_columns_that_a_schema_does_not_have_are_passed_over(tmp_path):
    schema = {"type": "object", "required": ["study_id"], "properties": {"study_id": {"type": "string"}}}
    assert [row["study_id"] for row in read_table(book(tmp_path), schema, sheet="studies")] == ["a2001", "b2002"]
    with pytest.raises(BuildStop, match=r"column 'site' is missing\n  -> add it to the header, or rename"):
        read_table(book(tmp_path), {**schema, "required": ["site"], "properties": {"site": {}}}, sheet="studies")


@pytest.mark.parametrize(
    ("title", "expected"),
    [("case_series", ("case_series", "")), ("Case series (AB)", ("case_series", "AB")), ("rob2(C D)", ("rob2", "C D"))],
)
def test_a_sheet_of_appraisals_names_form_and_reviewer(title, expected):
    assert grid_name(title) == expected


@pytest.mark.parametrize("module", ["openpyxl", "prismake.common.spreadsheets"])
def test_what_reads_tables_does_not_load_what_handles_workbooks(module):
    code = f"import sys, prismake.common.tables, prismake.common.double_entry; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_formats_down_to_the_last_row_stop_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr("prismake.common.spreadsheets.MOST_CELLS", 1000)

    def formatted(sheet) -> None:
        for row in range(4, 700):
            sheet.cell(row, 1).fill = PatternFill("solid", fgColor="FFFF00")

    with pytest.raises(BuildStop) as stopped:
        sheet_table(book(tmp_path, formatted), "studies", ["study_id"])
    (issue,) = stopped.value.issues
    assert "rows and cells, filled or empty; 1,000 can be read" in issue.message
    assert issue.fix.startswith("delete the empty rows below each table")


def merged(sheet) -> None:
    sheet.merge_cells("A20:Z60")


def linked(sheet) -> None:
    sheet["A20"].hyperlink = "https://example.org"
    sheet["A20"].hyperlink.ref = "A20:Z60"


def in_a_far_corner(sheet) -> None:
    sheet["AZ50"] = "note"


@pytest.mark.parametrize("edit", [merged, linked, in_a_far_corner])
def test_cells_that_a_range_or_a_far_corner_makes_count(tmp_path, monkeypatch, edit):
    monkeypatch.setattr("prismake.common.spreadsheets.MOST_CELLS", 1000)
    with pytest.raises(BuildStop, match="rows and cells, filled or empty; 1,000 can be read"):
        sheet_table(book(tmp_path, edit), "studies", ["study_id"])


def test_a_text_that_no_spreadsheet_program_keeps_stops_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("prismake.common.spreadsheets.json_of", pytest.fail)
    monkeypatch.setattr("prismake.common.spreadsheets.LONGEST_TEXT", 20_000)
    with pytest.raises(BuildStop, match="another text of the workbook has more than 20,000 bytes"):
        sheet_table(book(tmp_path, lambda sheet: sheet.append(["b" * 20_001])), "studies", ["study_id"])
