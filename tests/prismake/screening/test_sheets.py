"""Sheets that people fill in, and what they do to them before they send them back."""

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from prismake.common.errors import BuildStop
from prismake.common.sheets import LONGEST_CELL
from prismake.common.writing import read_rows
from prismake.screening.files import read_decisions
from prismake.screening.stages import make_stages
from prismake.screening.waiting import ALL, CONFLICTS, Batch
from prismake.screening.writers.files import Place, write_batch, write_fetch_list

from tests.records import as_frame, write_parquet

from .outgoing import RECORDS, record
from .step import OUTPUTS, STAGES

RETRIEVAL = [{"id": "abstract", "reasons": {"design": "Wrong design"}}, {"id": "retrieval"}, STAGES[1]]
NAMES = tuple(each["record_id"] for each in RECORDS)


def batch(stage="abstract", name=ALL, reviewer="", stages=STAGES):
    return Batch(next(each for each in make_stages(stages) if each.id == stage), name, NAMES, reviewer)


def sheet_of(folder, records=RECORDS, answers=None, **options):
    """The path of a batch's sheet."""
    place = Place(Path(folder), "b")
    assert write_batch(place, batch(**options), records, answers or {}, ()) == []
    return place.file("sheet.xlsx")


class Filled:
    """A workbook that a person opened: cells are set by record and header, and `bytes` are what is sent back."""

    def __init__(self, path):
        self.book = load_workbook(path)
        self.sheet = self.book.worksheets[0]

    @property
    def headers(self):
        return [cell.value for cell in self.sheet[1]]

    def row(self, name):
        column = self.headers.index("Record id")
        return next(row for row in self.sheet.iter_rows(min_row=2) if row[column].value == name)

    def cell(self, name, header):
        return self.row(name)[self.headers.index(header)]

    def fill(self, name, **cells):
        for header, value in cells.items():
            self.cell(name, header).value = value

    @property
    def bytes(self):
        data = io.BytesIO()
        self.book.save(data)
        return data.getvalue()


@pytest.fixture
def filled(tmp_path):
    opened = Filled(sheet_of(tmp_path / "out", reviewer="Ana"))
    opened.fill("s:1", Decision="include")
    opened.fill("s:2", Decision="exclude", Reason="Wrong design, no control", Note="- only -")
    return opened


def votes():
    return {
        row["record_id"]: (row["reviewer"], row["decision"], row["reason"]) for row in read_rows(OUTPUTS["reviewers"])
    }


BOTH = {"s:1": ("Ana", "include", ""), "s:2": ("Ana", "exclude", "design")}


# The sheet as it goes out


def test_the_sheet_is_ready_to_be_filled_in_and_printed(tmp_path):
    opened = Filled(sheet_of(tmp_path))
    sheet = opened.sheet
    assert (sheet.title, sheet.freeze_panes, sheet.print_title_rows) == ("Screening", "A2", "$1:$1")
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.auto_filter.ref == "A1:M4"
    assert opened.headers[:5] == ["Decision", "Reason", "Note", "Title", "Abstract"]
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    # Of a list with a comma in a choice the choices stand on a hidden sheet.
    assert lists == {"A2:A1048576": '"include,exclude,maybe"', "B2:B1048576": "lists!$A$2:$A$4"}
    assert [row[0].value for row in opened.book["lists"]["A2:A4"]] == [
        "Wrong design, no control",
        "Animals only",
        "Other",
    ]
    (marked,) = sheet.conditional_formatting
    assert (str(marked.sqref), marked.rules[0].formula) == ("B2:B4", ['AND($A2="exclude",$B2="")'])
    abstract = opened.cell("s:1", "Abstract")
    assert abstract.alignment.wrap_text
    assert sheet.column_dimensions["E"].width > 90
    assert opened.cell("s:1", "DOI").hyperlink.target == "https://doi.org/10.5555/one"
    assert opened.cell("s:2", "PMID").hyperlink.target == "https://pubmed.ncbi.nlm.nih.gov/777/"
    assert opened.cell("s:1", "Decision").value is None


def test_the_sheet_is_a_valid_workbook(tmp_path):
    audit = pytest.importorskip("openxml_audit", reason="openxml-audit is not installed")
    faults = [fault.description for fault in audit.OpenXmlValidator().validate(str(sheet_of(tmp_path))).errors]
    # openpyxl writes texts into their cells, and the parts of a font in an order of its own; every program reads both.
    assert [fault for fault in faults if "inlineStr" not in fault and "Unexpected element" not in fault] == []


def test_texts_that_begin_like_formulas_stay_texts(tmp_path):
    signs = [record(f"s:{n}", f"{sign}1+1", abstract=f"{sign}cmd|x") for n, sign in enumerate("=+-@", start=1)]
    opened = Filled(sheet_of(tmp_path, signs))
    for row in opened.sheet.iter_rows(min_row=2):
        assert {cell.data_type for cell in row} <= {"s", "n"}
        assert row[3].value[0] == row[4].value[0] == "'"
    cells = next(iter(csv.DictReader((tmp_path / "b_records.csv").open())))
    assert (cells["title"], cells["abstract"]) == ("'=1+1", "'=cmd|x")
    assert read_rows(tmp_path / "b_records.csv")[0]["title"] == "=1+1"


def test_characters_that_no_workbook_can_hold_are_replaced(tmp_path):
    opened = Filled(sheet_of(tmp_path, [record("s:1", "a\x01b\ufffec")]))
    assert opened.cell("s:1", "Title").value == "a\ufffdb\ufffdc"


def test_the_same_records_give_the_same_bytes(tmp_path):
    one, two = (sheet_of(tmp_path / name) for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_a_text_longer_than_a_cell_is_cut_and_a_warning_says_so(tmp_path):
    long = [record("s:1", "Long", abstract="a" * (LONGEST_CELL + 1))]
    (issue,) = write_batch(Place(tmp_path, "b"), batch(), long, {}, ())
    assert (issue.code, issue.severity) == ("cut-text", "warning")
    text = Filled(tmp_path / "b_sheet.xlsx").cell("s:1", "Abstract").value
    assert len(text) == LONGEST_CELL
    assert text.endswith(" […]")


# What comes back


def test_a_sheet_is_read_as_it_is_and_empty_means_not_yet(review, filled):
    rows = review((filled.bytes, {}))
    assert votes() == BOTH
    assert rows["s:3"]["decision"] == "pending"
    assert "- only -" in rows["s:2"]["note"]
    (source,) = read_rows(OUTPUTS["read"])
    assert (source["rows"], source["decisions"], source["undecided"], source["reviewers"]) == ("3", "2", "1", "Ana")


def shuffle(filled):
    rows = [[cell.value for cell in row] for row in filled.sheet.iter_rows(min_row=2)]
    for row, values in zip(filled.sheet.iter_rows(min_row=2), rows[::-1], strict=True):
        for cell, value in zip(row, values, strict=True):
            cell.value = value


def drop_row(filled):
    filled.sheet.delete_rows(filled.row("s:3")[0].row)


def move_columns(filled):
    last = filled.sheet.max_column
    filled.sheet.move_range(f"A1:A{filled.sheet.max_row}", cols=last)
    filled.sheet.delete_cols(1)


def drop_columns(filled):
    for header in ("Abstract", "Title", "Journal"):
        filled.sheet.delete_cols(filled.headers.index(header) + 1)


def add_column(filled):
    filled.sheet.cell(1, filled.sheet.max_column + 1, "To discuss")
    filled.sheet.cell(2, filled.sheet.max_column, "yes")


def colour(filled):
    for row in filled.sheet.iter_rows(min_row=2):
        row[0].fill = PatternFill("solid", fgColor="00FF00")


def hide_rows(filled):
    for number in (2, 3):
        filled.sheet.row_dimensions[number].hidden = True


def rename_id(filled):
    filled.sheet.cell(1, filled.headers.index("Record id") + 1).value = "Number"


@pytest.mark.parametrize(
    "change",
    [shuffle, drop_row, move_columns, drop_columns, add_column, colour, hide_rows, rename_id],
    ids=lambda f: f.__name__,
)
def test_what_people_do_to_a_sheet_loses_no_decision(review, filled, change):
    change(filled)
    review((filled.bytes, {}))
    assert votes() == BOTH


def test_comments_on_cells_are_not_read_and_a_warning_says_so(review, filled, caplog):
    filled.cell("s:3", "Decision").comment = Comment("include, I think", "Ana")
    review((filled.bytes, {}))
    assert votes() == BOTH
    assert "comments on cells are not read" in caplog.text


def refused(review, data, **source):
    with pytest.raises(BuildStop) as stopped:
        review((data, source))
    return [(issue.code, issue.message) for issue in stopped.value.issues]


def test_merged_cells_stop_the_build_as_all_but_the_first_are_empty(review, filled):
    filled.fill("s:3", Decision="exclude")
    filled.sheet.merge_cells("A3:A4")
    ((code, message),) = refused(review, filled.bytes)
    assert code == "merged-cells"
    assert "A3:A4" in message


def test_sorting_one_column_alone_stops_the_build(review, filled):
    one, two = (filled.cell(name, "Record id") for name in ("s:1", "s:2"))
    one.value, two.value = two.value, one.value
    ((code, message),) = refused(review, filled.bytes)
    assert code == "id-and-title"
    assert "2 rows have" in message


def test_a_title_that_two_records_share_is_no_contradiction(review, tmp_path):
    title = RECORDS[1]["title"]
    known = [{"record_id": f"s:{number}", "title": title, "year": year} for number, year in ((1, "2020"), (2, "2021"))]
    write_parquet(Path("records.parquet"), as_frame(known))
    # The year is the other record's, as where a copy that was merged gave it.
    opened = Filled(sheet_of(tmp_path / "out", [record("s:1", title, year="2021")], reviewer="Ana"))
    opened.fill("s:1", Decision="include")
    review((opened.bytes, {}))
    assert votes() == {"s:1": ("Ana", "include", "")}


def test_a_second_reviewers_column_stops_the_build_until_it_is_named(review, filled):
    filled.sheet.insert_cols(2)
    filled.sheet.cell(1, 2).value = "Decision Ben"
    filled.fill("s:1", **{"Decision Ben": "include"})
    ((code, message),) = refused(review, filled.bytes)
    assert code == "second-decisions"
    assert "'Decision Ben' holds 1 decision" in message
    filled.sheet.delete_cols(filled.headers.index("Reviewer") + 1)
    people = [("Ana", "Decision"), ("Ben", "Decision Ben")]
    review(*((filled.bytes, {"columns": {"decision": column}, "reviewer": name}) for name, column in people))
    rows = [(row["record_id"], row["reviewer"]) for row in read_rows(OUTPUTS["reviewers"])]
    assert rows == [("s:1", "Ana"), ("s:1", "Ben"), ("s:2", "Ana")]


def test_two_reviewers_may_use_rows_of_one_sheet(review, tmp_path):
    opened = Filled(sheet_of(tmp_path / "out"))
    opened.fill("s:1", Decision="include", Reviewer="Ana")
    opened.sheet.append([cell.value for cell in opened.row("s:1")])
    opened.sheet.cell(opened.sheet.max_row, opened.headers.index("Reviewer") + 1).value = "Ben"
    review((opened.bytes, {}))
    rows = read_rows(OUTPUTS["reviewers"])
    assert [(row["record_id"], row["reviewer"]) for row in rows] == [("s:1", "Ana"), ("s:1", "Ben")]


def test_a_formula_without_its_value_stops_the_build(review, filled):
    filled.fill("s:3", Decision='=IF(1=1,"include","exclude")')
    assert [code for code, _ in refused(review, filled.bytes)] == ["formula"]


def test_a_sheet_older_than_the_last_deduplication_follows_the_survivor(review, tmp_path):
    twin = [record("t:1", "Endoscopic decompression after cement leakage.", year="2020")]
    opened = Filled(sheet_of(tmp_path / "out", twin, reviewer="Ana"))
    opened.fill("t:1", Decision="include")
    rows = review((opened.bytes, {}))
    assert votes() == {"s:1": ("Ana", "include", "")}
    assert "decided on t:1, merged into s:1" in read_rows(OUTPUTS["trail"])[0]["note"]
    assert rows["s:1"]["decision"] == "pending"


def test_the_sheet_of_conflicts_is_the_teams_decision(review, tmp_path):
    answers = {"s:1": "Ana include (a.csv:2), Ben exclude (b.csv:2)"}
    opened = Filled(sheet_of(tmp_path / "out", RECORDS[:1], answers, name=CONFLICTS))
    assert opened.cell("s:1", "Answers").value == answers["s:1"]
    opened.fill("s:1", Decision="exclude", Reason="Other")
    table = "record_id,stage,decision,reason,reviewer\ns:1,abstract,include,,Ana\ns:1,abstract,exclude,animals,Ben\n"
    rows = review((opened.bytes, {}), decisions=table)
    assert (rows["s:1"]["decision"], rows["s:1"]["reason"]) == ("exclude", "other")


# Reports to fetch


def test_what_was_not_retrieved_is_read_from_the_list(review, tmp_path):
    place = Place(tmp_path / "out", "b")
    assert write_fetch_list(place, batch("retrieval", stages=RETRIEVAL), RECORDS, recorded=True) == []
    opened = Filled(place.file("reports_to_fetch.xlsx"))
    assert opened.cell("s:1", "DOI").hyperlink.target == "https://doi.org/10.5555/one"
    opened.fill("s:1", Retrieval="retrieved")
    opened.fill("s:2", Retrieval="not retrieved", Note="no answer from the authors")
    included = "record_id,stage,decision,reason\n" + "".join(f"{name},abstract,include,\n" for name in NAMES)
    rows = review((opened.bytes, {}), decisions=included, stages=RETRIEVAL)
    assert {name: (row["stage"], row["decision"]) for name, row in rows.items()} == {
        "s:1": ("fulltext", "pending"),
        "s:2": ("retrieval", "exclude"),
        "s:3": ("retrieval", "pending"),
    }
    text = place.file("reports_to_fetch.csv").read_text().replace(",,,\n", ",not retrieved,,\n")
    rows = review((text, {}), decisions=included, stages=RETRIEVAL)
    assert {row["decision"] for row in rows.values()} == {"exclude"}


def test_without_a_stage_of_retrieval_the_list_has_links_alone(tmp_path):
    place = Place(tmp_path, "b")
    write_fetch_list(place, batch("fulltext"), RECORDS, recorded=False)
    opened = Filled(place.file("reports_to_fetch.xlsx"))
    assert "Retrieval" not in opened.headers
    assert not opened.sheet.data_validations.dataValidation
    assert "retrieval" not in place.file("reports_to_fetch.csv").read_text().partition("\n")[0]


def test_a_misspelt_decision_names_its_cell_and_what_is_meant(review, filled):
    filled.fill("s:1", Decision="inclde")
    with pytest.raises(BuildStop) as stopped:
        review((filled.bytes, {}))
    (issue,) = stopped.value.issues
    assert issue.where.endswith(", sheet 'Screening', cell A2")
    assert issue.message == "'inclde' is neither include nor exclude"
    assert issue.fix.startswith("did you mean 'include'? Then correct that cell; if the tool writes it so")
    assert '"inclde": include  # 1 row' in issue.fix


def test_a_sheet_that_is_read_without_a_block_is_named_where_one_would_help(filled, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = Path("data/screening/all_sheet.xlsx")
    path.parent.mkdir(parents=True)
    filled.fill("s:1", Decision="inclde")
    path.write_bytes(filled.bytes)
    alone, named = ({"file": path.as_posix()}, {"file": path.as_posix(), "reviewer": "Ana"})
    fixes = [read_decisions([], [block], make_stages(STAGES), {}).issues[0].fix for block in (alone, named)]
    assert "define under '- file: data/screening/all_sheet.xlsx' of screening.sources in config.yaml" in fixes[0]
    assert "screening.sources[" not in fixes[0] and "define under config.yaml, screening.sources[1]" in fixes[1]


def test_of_several_unknown_decisions_the_misspelt_ones_are_named(review, filled):
    filled.fill("s:1", Decision="exlcude")
    filled.fill("s:2", Decision="vielleicht")
    with pytest.raises(BuildStop) as stopped:
        review((filled.bytes, {}))
    fix = next(issue.fix for issue in stopped.value.issues if issue.code == "decision")
    assert fix.startswith("did you mean 'exclude' for 'exlcude'? Then correct the cells;")
    assert "\"vielleicht\": '?'  # 1 row" in fix
