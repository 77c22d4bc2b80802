import io
import zipfile

import pytest
from openpyxl import load_workbook
from prismake.common.sheet_cells import LISTS
from prismake.common.sheets import LONGEST_CELL, Sheet, SheetColumn, write_workbook
from prismake.common.spreadsheets import read_sheets

HOSTILE = ["=1+1", "+cmd", "-2", "@sum", "\tx", "'=1", "2-3", "1/2", "65.50", "007"]


def written(tmp_path, *sheets):
    write_workbook(tmp_path / "book.xlsx", sheets)
    return (tmp_path / "book.xlsx").read_bytes()


def test_what_is_written_is_read_back_as_it_stood(tmp_path):
    rows = [[text, 7] for text in HOSTILE] + [[None, 1.5]]
    data = written(tmp_path, Sheet("studies", [SheetColumn("text"), SheetColumn("n")], rows))
    (sheet,) = read_sheets(data, "book.xlsx")
    assert [row[0] for row in sheet.rows[1:-1]] == HOSTILE
    assert sheet.rows[1][1] == "7"
    assert sheet.rows[-1] == ["", "1.5"]


def test_no_text_is_a_formula_in_a_spreadsheet_program(tmp_path):
    book = load_workbook(io.BytesIO(written(tmp_path, Sheet("s", [SheetColumn("=x")], [[text] for text in HOSTILE]))))
    cells = [row[0] for row in book["s"].iter_rows()]
    assert {(cell.data_type, cell.number_format, cell.quotePrefix) for cell in cells} == {("s", "@", True)}


def test_an_empty_cell_keeps_the_digits_that_people_type(tmp_path):
    book = load_workbook(io.BytesIO(written(tmp_path, Sheet("s", [SheetColumn("age")], [[None]]))))
    assert book["s"]["A2"].number_format == "@"


def test_the_same_content_gives_the_same_bytes_without_a_time(tmp_path):
    sheet = Sheet("s", [SheetColumn("a", note="Help", choices=("x", "y"))], [["x"]])
    first = written(tmp_path, sheet)
    assert first == written(tmp_path, sheet)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        core = archive.read("docProps/core.xml").decode()
    assert core.count("1980-01-01T00:00:00Z") == 2


def test_headers_stay_in_view_and_have_help_and_lists(tmp_path):
    many = tuple(f"reason number {number}, with a comma" for number in range(40))
    columns = [SheetColumn("id"), SheetColumn("a", 30, "What it is", ("x", "y")), SheetColumn("b", choices=many)]
    book = load_workbook(io.BytesIO(written(tmp_path, Sheet("s", columns, frozen=2))))
    sheet = book["s"]
    assert (sheet.freeze_panes, sheet["B1"].comment.text, sheet.column_dimensions["B"].width) == (
        "C2",
        "What it is",
        30,
    )
    assert {rule.formula1 for rule in sheet.data_validations.dataValidation} == {'"x,y"', f"{LISTS}!$A$2:$A$41"}
    assert book[LISTS].sheet_state == "hidden"
    assert [cell.value for cell in book[LISTS]["A"]][1:] == list(many)


def test_a_text_that_no_cell_holds_is_cut_with_a_mark(tmp_path):
    data = written(tmp_path, Sheet("s", [SheetColumn("a")], [["x" * 40_000], ["a\x00b"]]))
    (sheet,) = read_sheets(data, "book.xlsx")
    assert len(sheet.rows[1][0]) == LONGEST_CELL
    assert sheet.rows[1][0].endswith("[…]")
    assert sheet.rows[2] == ["a\ufffdb"]


@pytest.mark.parametrize("name", ["a" * 32, "a/b", "a:b", "[a]"])
def test_a_name_that_no_sheet_can_have_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match="no sheet"):
        written(tmp_path, Sheet(name, [SheetColumn("a")]))
