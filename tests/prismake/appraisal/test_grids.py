"""Appraisals read from the grids of a workbook as from the table of answers."""

import pytest
from openpyxl import Workbook, load_workbook
from prismake.appraisal.appraisals import appraise
from prismake.appraisal.checks import answer_issues, pending_issues
from prismake.appraisal.forms import Form, Item, forms_for
from prismake.appraisal.grids import item_of, read_grids, rows_of, unread_of_grids
from prismake.appraisal.matrix import AppraisalTables, read_answers
from prismake.common.errors import BuildStop

ANSWERS = ("yes", "no", "not_applicable")
ITEMS = {name: Item(name, subject, ANSWERS) for name, subject in {"1": "a", "10": "b", "D1": ""}.items()}
FORM = Form("mine", "Mine", "Mine", ANSWERS, ("include", "exclude"), ITEMS)
HEADER = ["study_id", "label", "1. a", "10", "D1: how", "overall", "note"]


def book(tmp_path, *rows, header=HEADER, title="mine"):
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in (header, *rows):
        sheet.append(row)
    workbook.create_sheet("My notes").append(["anything"])
    workbook.save(tmp_path / "appraisal.xlsx")
    return tmp_path / "appraisal.xlsx"


def test_a_grid_gives_the_rows_of_the_tables(tmp_path):
    path = book(
        tmp_path,
        ["a", "A et al", "Yes", "not applicable", "no ", "Include", "fine"],
        ["b", "B", None, None, None, None, None],
    )
    read = read_answers(AppraisalTables(path, [path]), {"mine": FORM})
    answers, overall = read.answers, read.overall
    assert [(row["study_id"], row["form"], row["item"], row["answer"]) for row in answers] == [
        ("a", "mine", "1", "yes"),
        ("a", "mine", "10", "not_applicable"),
        ("a", "mine", "D1", "no"),
    ]
    assert [(row["study_id"], row["overall"], row["note"]) for row in overall] == [("a", "include", "fine")]
    assert answers[0]["__where__"] == f"{path}, sheet 'mine', row 2"


def test_columns_may_be_moved_and_a_reviewer_has_a_sheet(tmp_path):
    header = ["note", "overall", "D1", "10. b", "Study ID", "1"]
    path = book(tmp_path, [None, None, "yes", "no", "a", "yes"], header=header, title="Mine (AB)")
    (grid,) = read_grids(path, {"mine": FORM})
    assert grid.reviewer == "AB"
    assert {item: row["answer"] for (_, _, item), row in grid.answers.items()} == {"D1": "yes", "10": "no", "1": "yes"}


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        (
            [["a", "", "maybe", "yes"], ["b", "", "maybe"]],
            HEADER,
            r"cell C2 \(x_1_a\): 'maybe' is not an answer.*1 more cell",
        ),
        ([["a"], ["a"]], HEADER, "sheet 'mine', row 3: study 'a' already occurs in row 2"),
        ([[None, "A", "yes"]], HEADER, "row 2: the row names no study"),
        ([], ["study_id", "1", "D1"], "no column for item 10 of the form 'mine'"),
        ([], ["id", "1", "10", "D1"], "column 'study_id' is missing"),
        ([], [*HEADER[:-1], "D1"], "row 1: item D1 of the form 'mine' has several columns: E1, G1"),
    ],
)
def test_a_fault_stops_with_its_cell(tmp_path, rows, header, message):
    with pytest.raises(BuildStop, match=message):
        read_grids(book(tmp_path, *rows, header=header), {"mine": FORM})


def test_a_workbook_without_a_forms_sheet_stops(tmp_path):
    with pytest.raises(BuildStop, match="no sheet has the name of a form"):
        read_grids(book(tmp_path, title="other"), {"mine": FORM})


def test_answers_one_per_row_may_stand_on_a_sheet(tmp_path):
    path = book(tmp_path, ["a", "mine", 1, "yes"], header=["study_id", "form", "item", "answer"], title="answers")
    read = read_answers(AppraisalTables(path, []), {"mine": FORM})
    assert ([(row["item"], row["answer"]) for row in read.answers], read.overall) == ([("1", "yes")], [])


@pytest.mark.parametrize(
    ("header", "item"),
    [("1", "1"), ("1. a", "1"), ("10", "10"), ("10 b", "10"), ("100", None), ("d1: x", "D1"), ("x", None)],
)
def test_a_header_means_an_item(header, item):
    assert item_of(header, FORM) == item


def test_forms_say_for_themselves_what_they_are_made_for():
    forms = {
        "mine": Form("mine", "", "", (), (), {}, ("cohort",)),
        "rob2": Form("rob2", "", "", (), (), {}, ("trial",)),
    }
    assert forms_for("trial", None, forms) == ["rob2"]
    assert forms_for("trial", {"trial": ["mine"]}, forms) == ["mine"]
    assert forms_for("other", {}, forms) == forms_for(None, None, forms) == []
    assert rows_of([]) == ([], [])


def two(tmp_path, first, second):
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in (("AB", first), ("CD", second)):
        sheet = workbook.create_sheet(f"mine ({name})")
        for row in (["study_id", "about", "1", "10", "D1", "overall", "note"], *rows):
            sheet.append(row)
    workbook.save(tmp_path / "appraisal.xlsx")
    return tmp_path / "appraisal.xlsx"


def test_reviewers_agree_item_by_item_and_outcome_by_outcome(tmp_path):
    first = [["a", "death", "yes", "yes", "no", "include", "fine"], ["a", "pain", "no", "yes", "no", "include", None]]
    second = [["a", "death", "yes", "no", "no", "include", "sure"], ["a", "pain", "no", "no", "no", "include", None]]
    path = two(tmp_path, first, second)
    read = read_answers(AppraisalTables(path, [path]), {"mine": FORM})
    assert [(row["about"], row["item"], row["answer"]) for row in read.answers] == [
        ("death", "1", "yes"),
        ("death", "D1", "no"),
        ("pain", "1", "no"),
        ("pain", "D1", "no"),
    ]
    assert read.overall[0]["note"] == "AB: fine; CD: sure"
    # A study that the review does not have is a fault of the reviewers' sheets, and one fault.
    (issue,) = answer_issues(read.answers, {"mine": FORM}, ["b"], path)
    assert issue.where == f"{path}, sheet 'mine (AB)', row 2"
    (issue,) = read.undecided
    assert "'a', death, column '10' (b) of 'mine' (AB 'yes', CD 'no') and 1 more" in issue.message
    # What waits for the consensus is no missing answer besides.
    assert read.disputed == {("a", "death", "10"), ("a", "pain", "10")}
    appraised = appraise(["a"], read.answers, read.overall, {"mine": FORM})
    assert list(pending_issues(appraised, {"mine": FORM}, path, path, read.disputed)) == []
    assert len(list(pending_issues(appraised, {"mine": FORM}, path, path))) == 2
    about = read.agreement["mine"]
    assert (about["reviewers"], about["n"], about["agree"], about["raw"], about["open"]) == (
        ["AB", "CD"],
        8,
        6,
        0.75,
        2,
    )
    assert about["items"]["1"] == {"n": 2, "agree": 2, "raw": 1.0, "kappa": 1.0}
    assert about["items"]["10"] == {"n": 2, "agree": 0, "raw": 0.0, "kappa": 0.0}


def test_a_study_has_a_row_for_each_outcome_but_not_two(tmp_path):
    path = two(tmp_path, [["a", "death", "yes"], ["a", "death", "no"]], [])
    message = "row 3: study 'a' already occurs in row 2 for 'death'\n.*in the column 'about'"
    with pytest.raises(BuildStop, match=message):
        read_grids(path, {"mine": FORM})


def test_columns_and_sheets_that_are_not_read_are_reported(tmp_path):
    path = book(
        tmp_path, ["a", "A", "yes", "yes", "yes", "include", "", "x"], header=[*HEADER[:5], "overal", "note", "Q9"]
    )
    workbook = load_workbook(path)
    for title in ("Mien (AB)", "other (CD)", "studies"):
        workbook.create_sheet(title).append(["study_id", "1"])
    workbook.save(path)
    issues = list(unread_of_grids(path, {"mine": FORM}))
    assert [(issue.code, issue.severity, issue.message) for issue in issues] == [
        ("unread-column", "warning", "columns that are not of the form 'mine', and not read: overal, Q9"),
        *(
            ("unread-sheet", "warning", f"the sheet '{title}' has the name of no form, and is not read")
            for title in ("Mien (AB)", "other (CD)")
        ),
    ]


def test_a_grid_as_it_is_written_has_nothing_unread(tmp_path):
    assert list(unread_of_grids(book(tmp_path), {"mine": FORM})) == []
