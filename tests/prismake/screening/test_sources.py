"""What a source of decisions may be: a spreadsheet, a tool's numbers, a list, a stopped screening, a third reviewer."""

import io
import logging
import re
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook
from prismake.common.errors import BuildStop
from prismake.common.writing import read_rows
from scripts.complete import complete

from .step import OUTPUTS, STAGES

ONE, TWO, THREE = (
    "Endoscopic decompression after cement leakage",
    "Percutaneous techniques: a second look",
    "Nobody looked at this yet",
)
ALONE = [{"id": "abstract", "reasons": {"design": "Wrong design", "topic": "Off topic"}}]
STOPPED = [{**ALONE[0], "stopping_rule": "100 irrelevant records in a row"}, STAGES[1]]


def workbook(*sheets, hidden=()):
    """The bytes of a spreadsheet: each sheet a name and rows."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name in hidden:
            sheet.sheet_state = "hidden"
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def decisions(rows):
    return {name: (row["decision"], row["reason"]) for name, row in rows.items()}


def sources():
    return read_rows(OUTPUTS["read"])


def codes(stopped):
    return [issue.code for issue in stopped.value.issues]


def finish():
    complete(screening=OUTPUTS["screening"], read=OUTPUTS["read"], complete=Path("complete.json"), draft=False)


# Spreadsheets


def test_a_spreadsheet_is_a_source_with_typed_cells_under_a_title_and_beside_empty_columns(review):
    table = [
        ["Screening of June", None, None, None, None, None],
        [],
        ["Title", "Year", "PMID", "Include", "Decided on", "Reason", None, None],
        [ONE, 2021.0, None, True, date(2026, 1, 5), None, None, " "],
        [TWO, 2020, 777, False, datetime(2026, 1, 6, 10, 30), "Off topic", None, None],
        [],
        [THREE, "2019", None, 0, 46029, "Wrong design"],
    ]
    source = {"reviewer": "Ana", "columns": {"date": "Decided on"}}
    rows = review((workbook(("Sheet1", table)), source), stages=ALONE)
    assert decisions(rows) == {"s:1": ("include", ""), "s:2": ("exclude", "topic"), "s:3": ("exclude", "design")}
    assert rows["s:2"]["decided_by"] == "Ana export0.txt, sheet 'Sheet1', row 5"
    days = {row["record_id"]: row["date"] for row in read_rows(OUTPUTS["reviewers"])}
    assert days == {"s:1": "2026-01-05", "s:2": "2026-01-06", "s:3": "2026-01-07"}
    assert [(row["format"], row["rows"], row["decisions"]) for row in sources()] == [("XLSX", "3", "3")]


def formulas(values):
    """A workbook of decisions whose answers are formulas, with the value of each as a program would save it."""
    data = workbook(("Sheet1", [["doi", "decision"], ["10.5555/one", '="in"'], ["10.5555/two", '="out"']]))
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(made, "w") as changed:
        for name in package.namelist():
            member = package.read(name)
            for cell, value in values.items() if name == "xl/worksheets/sheet1.xml" else ():
                pattern = rb'<c r="' + cell + rb'"( t="\w+")?>(<f>[^<]*</f>)<v(?: ?/>|></v>)'
                member, replaced = re.subn(pattern, rb'<c r="' + cell + rb'" t="str">\2<v>' + value + b"</v>", member)
                assert replaced == 1
            changed.writestr(name, member)
    return made.getvalue()


def test_a_formula_without_its_value_stops_the_build_and_one_with_an_empty_value_is_blank(review, caplog):
    with pytest.raises(BuildStop, match=r"2 formulas were saved without a value on the sheet 'Sheet1': B2, B3"):
        review((formulas({}), {}), stages=ALONE)
    with pytest.raises(BuildStop, match=r"1 formula was saved without a value on the sheet 'Sheet1': B3"):
        review((formulas({b"B2": b"in"}), {}), stages=ALONE)
    rows = review((formulas({b"B2": b"in", b"B3": b""}), {}), stages=ALONE)
    assert (rows["s:1"]["decision"], rows["s:2"]["decision"]) == ("include", "pending")
    summary = ("Summary", [["count"], ["=COUNTA(A1)"]])
    first = ("Sheet1", [["doi", "decision"], ["10.5555/one", "in"]])
    rows = review((workbook(first, summary, hidden=["Summary"]), {}), stages=ALONE)
    assert rows["s:1"]["decision"] == "include"


def test_of_several_sheets_those_that_config_names_are_read(review, caplog):
    first, second = (
        ("Batch 1", [["doi", "decision"], ["10.5555/one", "in"]]),
        (
            "Batch 2",
            [["title", "decision", "reason"], [TWO, "out", "topic"], [THREE, "out", "topic"]],
        ),
    )
    data = workbook(first, ("About", [["Made by Ana"]]), second)
    with pytest.raises(BuildStop, match="3 sheets could contain the decisions: 'Batch 1', 'About', 'Batch 2'"):
        review((data, {}), stages=ALONE)
    rows = review((data, {"sheets": ["Batch 1", "batch 2 "]}), stages=ALONE)
    assert decisions(rows) == {"s:1": ("include", ""), "s:2": ("exclude", "topic"), "s:3": ("exclude", "topic")}
    with pytest.raises(BuildStop, match=r"there is no filled sheet 'Batch 3'\n  -> did you mean"):
        review((data, {"sheets": ["Batch 3"]}), stages=ALONE)
    with pytest.raises(BuildStop, match="it has no sheets"):
        review(("doi,decision\n10.5555/one,in\n", {"sheets": ["Batch 1"]}), stages=ALONE)


def test_a_hidden_sheet_is_read_only_where_config_names_it(review, caplog):
    shown, hidden = ("Shown", [["doi", "decision"], ["10.5555/one", "in"]]), ("Old", [["doi", "decision"], [None, "x"]])
    with caplog.at_level(logging.WARNING):
        rows = review((workbook(shown, hidden, hidden=["Old"]), {}), stages=ALONE)
    assert rows["s:1"]["decision"] == "include"
    assert "the hidden sheet 'Old' is not read" in caplog.text
    rows = review((workbook(shown, hidden, hidden=["Shown"]), {"sheets": ["Shown"]}), stages=ALONE)
    assert rows["s:1"]["decision"] == "include"


def test_cells_under_no_name_warn_and_damage_stops(review, caplog):
    table = [["doi", "decision"], ["10.5555/one", "in", "ask Ben"]]
    with caplog.at_level(logging.WARNING):
        review((workbook(("S", table)), {}), stages=ALONE)
    assert "1 row has cells beyond the last named column" in caplog.text
    with zipfile.ZipFile(io.BytesIO(workbook(("S", table)))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    for fault, code in (
        (members[sheet].replace(b'r="B2"', b'r="XFD1048576"'), "workbook"),
        (members[sheet][:200], "workbook"),
    ):
        damaged = io.BytesIO()
        with zipfile.ZipFile(damaged, "w") as archive:
            for name, content in {**members, sheet: fault}.items():
                archive.writestr(name, content)
        with pytest.raises(BuildStop) as stopped:
            review((damaged.getvalue(), {}), stages=ALONE)
        assert codes(stopped)[0] == code


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused(review, monkeypatch):
    monkeypatch.setattr("prismake.common.spreadsheets.UNPACKED_LIMIT", 2000)
    with pytest.raises(BuildStop, match="unpacks to more than"):
        review((workbook(("S", [["doi", "decision"], ["10.5555/one", "in"]])), {}), stages=ALONE)


def test_the_layouts_of_tools_are_known_in_a_spreadsheet_too(review):
    covidence = [["Title", "Covidence #", "Notes"], [ONE, "#1", "Exclusion reason: Off topic; (Ana): no"]]
    rows = review((workbook(("S", covidence)), {}), stages=ALONE)
    assert (rows["s:1"]["reason"], sources()[0]["format"]) == ("topic", "Covidence XLSX")


# Numbers of a tool

NUMBERS = f"number,record_id,title\n1,10.5555/one,\n002,,{TWO}\n3,,{THREE}\n"


@pytest.mark.parametrize(
    "table",
    [
        NUMBERS,
        NUMBERS.replace(",", ";").replace("number", "ID"),
        workbook(("List", [["ID", "record_id", "title"], [1.0, "s:1", None], [2, None, TWO], ["#3", None, THREE]])),
    ],
    ids=["csv", "semicolons", "xlsx"],
)
def test_a_file_known_by_the_tools_numbers_alone_is_read_with_a_table_of_them(review, table):
    Path("numbers").write_bytes(table if isinstance(table, bytes) else table.encode())
    answers = "ID,response,comments\n1,include,fine\n#2,exclude,\n3.0,exclude,\n"
    source = {"records": "numbers", "columns": {"decision": "response"}, "reason": "topic"}
    rows = review((answers, source), stages=ALONE)
    assert decisions(rows) == {"s:1": ("include", ""), "s:2": ("exclude", "topic"), "s:3": ("exclude", "topic")}


def test_numbers_without_a_table_are_one_fault_that_names_the_way(review):
    with pytest.raises(BuildStop) as stopped:
        review(("ID,decision\n1,in\n2,in\n3,in\n", {}), stages=ALONE)
    (issue,) = stopped.value.issues
    assert (issue.code, issue.where) == ("unknown-record", "export0.txt:2")
    assert issue.message.startswith("3 rows have only a number") and "under 'records'" in issue.fix


def test_a_table_of_numbers_corrects_single_rows_of_an_export(review):
    export = f"Covidence #,Title,Notes\n#7,Endoscpic decompresion,Exclusion reason: Off topic\n#8,{TWO},\n"
    with pytest.raises(BuildStop, match="no record fits 'Endoscpic"):
        review((export, {"decision": "include"}), stages=ALONE)
    Path("numbers.csv").write_text("number,record_id\n7,s:1\n")
    rows = review((export, {"decision": "include", "records": "numbers.csv"}), stages=ALONE)
    assert decisions(rows) == {"s:1": ("exclude", "topic"), "s:2": ("include", ""), "s:3": ("pending", "")}


@pytest.mark.parametrize(
    ("table", "answers", "message"),
    [
        ("number,record_id\n1,s:1\n", "ID,decision\n1,in\n4,in\n", "numbers has no row with the number '4'"),
        ("number,record_id\n1,s:1\n1,s:2\n", "ID,decision\n1,in\n", "the number '1' already denotes another"),
        ("number,record_id\n1,s:9\n", "ID,decision\n1,in\n", "no record has the id 's:9'"),
        ("number,record_id\n,s:1\n", "ID,decision\n1,in\n", "the row has no number"),
        ("number,record_id\n1,\n", "ID,decision\n1,in\n", "the row names no record for the number '1'"),
        ("name,record_id\n1,s:1\n", "ID,decision\n1,in\n", "no column contains the tool's numbers"),
    ],
)
def test_faults_of_numbers_are_reported(review, table, answers, message):
    Path("numbers").write_text(table)
    with pytest.raises(BuildStop, match=message):
        review((answers, {"records": "numbers"}), stages=ALONE)


NUMBERED = "number,record_id\n1,s:1\n2,s:2\n3,s:3\n"


@pytest.mark.parametrize(
    ("files", "unused"),
    [
        (["ID,decision\n1,in\n"], "numbers:3 (2 rows, also line 4): no row of the decisions has the number '2', '3'"),
        (["ID,decision\n1,in\n3,in\n", "ID,decision\n2,in\n"], ""),
        (["ID,decision\n1,in\n", "ID,decision\n2,in\n"], "numbers:4: no row of the decisions has the number '3'"),
        ([workbook(("A", [["ID", "decision"], [1, "in"]]), ("B", [["ID", "decision"], [2, "in"], [3, "in"]]))], ""),
    ],
    ids=["one file", "two files", "neither of two", "two sheets"],
)
def test_numbers_that_no_decision_has_are_one_warning(review, caplog, files, unused):
    Path("numbers").write_text(NUMBERED)
    sheets = {"sheets": ["A", "B"]} if isinstance(files[0], bytes) else {}
    with caplog.at_level(logging.WARNING):
        review(*((file, {"records": "numbers", **sheets}) for file in files), stages=ALONE)
    assert [line for line in caplog.messages if "number '" in line] == [
        f"{unused}\n  -> check that the table belongs to these decisions, and that the export of them is whole"
    ][: bool(unused)]


def test_a_table_of_another_file_is_noticed_by_the_titles(review, caplog):
    Path("numbers").write_text("number,record_id\n1,s:2\n2,s:1\n")
    with caplog.at_level(logging.WARNING):
        review((f"ID,title,decision\n1,{ONE},in\n2,{TWO},in\n", {"records": "numbers"}), stages=ALONE)
    assert (
        "2 rows mean another record by the table of numbers than by title or DOI, first 's:2', not 's:1'" in caplog.text
    )


# Lists


def test_all_that_a_list_does_not_name_is_excluded_for_its_reason(review):
    source = {"stage": "abstract", "decision": "include", "others": "exclude", "reason": "Animals only"}
    rows = review(("title\n" + ONE + "\n", source))
    assert decisions(rows) == {"s:1": ("pending", ""), "s:2": ("exclude", "animals"), "s:3": ("exclude", "animals")}
    assert rows["s:2"]["decided_by"] == "export0.txt (not listed)"
    assert [(row["rows"], row["decisions"], row["others"]) for row in sources()] == [("1", "1", "2")]


def test_a_list_decides_only_on_what_reaches_its_stage_and_nobody_decided(review):
    abstract = "title,decision,reason\n" + f"{ONE},in,\n{TWO},out,design\n{THREE},in,\n"
    fulltext = {"stage": "fulltext", "decision": "include", "others": "exclude", "reason": "no_outcome"}
    rows = review((abstract, {"stage": "abstract"}), (f"title\n{ONE}\n", fulltext), draft=False)
    ends = {name: (row["stage"], row["decision"], row["reason"]) for name, row in rows.items()}
    assert ends == {
        "s:1": ("fulltext", "include", ""),
        "s:2": ("abstract", "exclude", "design"),
        "s:3": ("fulltext", "exclude", "no_outcome"),
    }


def test_a_row_on_the_list_without_a_decision_stays_undecided(review):
    listed = f"title,decision\n{ONE},in\n{TWO},\n"
    rows = review((listed, {"stage": "abstract", "others": "exclude", "reason": "other"}))
    assert decisions(rows) == {"s:1": ("pending", ""), "s:2": ("pending", ""), "s:3": ("exclude", "other")}
    with pytest.raises(BuildStop, match="no record fits 'A title of nobody'"):
        review((listed + "A title of nobody,\n", {"stage": "abstract", "others": "exclude", "reason": "other"}))


def test_lists_of_two_reviewers_disagree_on_what_one_leaves_out(review):
    source = {"stage": "abstract", "decision": "include", "others": "exclude", "reason": "other"}
    rows = review(
        (f"title\n{ONE}\n", {**source, "reviewer": "Ana"}), (f"title\n{TWO}\n", {**source, "reviewer": "Ben"})
    )
    assert decisions(rows) == {"s:1": ("pending", ""), "s:2": ("pending", ""), "s:3": ("exclude", "other")}
    assert (
        rows["s:1"]["note"] == "conflict: Ana include (export0.txt:2), Ben exclude (other) (export1.txt (not listed))"
    )
    assert [row["others"] for row in sources()] == ["2", "2"]
    assert {row["matched_by"] for row in read_rows(OUTPUTS["reviewers"])} == {"title", "not listed"}


def test_the_teams_list_leaves_reviewers_their_reasons_and_overrules_them_with_a_warning(review, caplog):
    reviewers = f"title,decision,reason\n{ONE},in,\n{TWO},out,design\n{THREE},in,\n"
    source = {"stage": "abstract", "decision": "include", "others": "exclude", "reason": "other"}
    with caplog.at_level(logging.WARNING):
        rows = review((reviewers, {"stage": "abstract", "reviewer": "Ana"}), (f"title\n{ONE}\n", source))
    assert decisions(rows) == {"s:1": ("pending", ""), "s:2": ("exclude", "design"), "s:3": ("exclude", "other")}
    assert "the team decides against reviewers who agree on 1 record, first exclude for 's:3'" in caplog.text


@pytest.mark.parametrize(
    ("text", "source", "code"),
    [
        ("title,decision\n" + ONE + ",\n", {"reason": "other"}, "empty-list"),
        ("title,decision\n" + ONE + ",in\n", {}, "no-reason"),
        ("title,decision\n" + ONE + ",in\n", {"reason": "no such"}, "no-reason"),
        ("title,decision\n" + ONE + ",in\n", {"others": "unseen"}, "stopping-rule"),
        ("title,decision\n" + ONE + ",in\n", {"stage": "abstrct", "reason": "other"}, "unknown-stage"),
    ],
)
def test_a_list_that_cannot_decide_stops(review, text, source, code):
    with pytest.raises(BuildStop) as stopped:
        review((text, {"stage": "abstract", "others": "exclude", **source}))
    assert code in codes(stopped)


# Screening that stops before every record is seen

ASREVIEW = f"record_id,title,asreview_label\n0,{ONE},1\n1,{TWO},0\n2,{THREE},\n"


@pytest.mark.parametrize(
    ("export", "source", "where"),
    [
        (ASREVIEW, {}, "export0.txt:4"),
        ("\n".join(ASREVIEW.splitlines()[:3]) + "\n", {"others": "unseen"}, "export0.txt (not listed)"),
        (ASREVIEW.replace("asreview_label", "included").replace(",1\n", ",1.0\n"), {}, "export0.txt:4"),
    ],
)
def test_with_a_stopping_rule_what_nobody_saw_is_unseen(review, export, source, where):
    rows = review((export, {"stage": "abstract", "reason": "topic", **source}), stages=STOPPED[:1], draft=False)
    assert decisions(rows) == {"s:1": ("include", ""), "s:2": ("exclude", "topic"), "s:3": ("unseen", "")}
    assert (rows["s:3"]["decided_by"], rows["s:3"]["label"]) == (where, "100 irrelevant records in a row")
    finish()


def test_without_a_stopping_rule_or_in_no_file_a_record_is_undecided(review):
    source = {"stage": "abstract", "reason": "topic"}
    assert review((ASREVIEW, source), stages=ALONE)["s:3"]["decision"] == "pending"
    absent = "\n".join(ASREVIEW.splitlines()[:3]) + "\n"
    with pytest.raises(BuildStop, match="1 record is undecided at stage 'abstract'"):
        review((absent, source), stages=STOPPED[:1], draft=False)


def test_a_list_of_unseen_records_is_a_source_of_its_own(review):
    seen = "\n".join(ASREVIEW.splitlines()[:3]) + "\n"
    unseen = (f"title\n{THREE}\n", {"stage": "abstract", "decision": "unseen"})
    rows = review((seen, {"stage": "abstract", "reason": "topic"}), unseen, stages=STOPPED[:1], draft=False)
    assert rows["s:3"]["decision"] == "unseen"
    assert [row["unseen"] for row in sources()] == ["0", "1"]
    finish()


def test_an_unseen_record_cannot_be_decided_later(review):
    later = f"title,decision\n{THREE},in\n"
    with pytest.raises(BuildStop, match="'s:3' is decided at stage 'fulltext' but not at the earlier stage 'abstract'"):
        review((ASREVIEW, {"stage": "abstract", "reason": "topic"}), (later, {"stage": "fulltext"}), stages=STOPPED)


def test_one_vote_of_two_is_not_unseen(review):
    stages = [{**STOPPED[0], "reviewers": 2}]
    rows = review((ASREVIEW, {"reviewer": "Ana", "reason": "topic"}), stages=stages)
    assert decisions(rows) == {"s:1": ("pending", ""), "s:2": ("pending", ""), "s:3": ("unseen", "")}


def test_a_removal_and_a_stage_of_rules_have_no_stopping_rule(review):
    rules = [{"id": "a", "label": "A", "title_patterns": ["x"]}]
    for stage in ({"id": "sift", "role": "removal"}, {"id": "title", "rules": rules}):
        with pytest.raises(BuildStop) as stopped:
            review(stages=[{**stage, "stopping_rule": "enough"}, *ALONE])
        assert codes(stopped) == ["stopping-rule"]


# A third reviewer

DISAGREE = (
    (f"title,decision,reason\n{ONE},out,design\n{TWO},in,\n{THREE},out,topic\n", {"reviewer": "Ana"}),
    (f"title,decision,reason\n{ONE},in,\n{TWO},in,\n{THREE},out,topic\n", {"reviewer": "Ben"}),
)


def test_a_third_reviewers_file_settles_conflicts_and_stays_out_of_agreement(review):
    third = (f"title,Final\n{ONE},Exclude\n", {"reviewer": "Cleo", "consensus": True, "columns": {"decision": "Final"}})
    rows = review(*DISAGREE, third, stages=[{**ALONE[0], "reviewers": 2}], draft=False)
    # The third reviewer gave no reason, so it is that of the reviewer who excluded.
    assert (rows["s:1"]["decision"], rows["s:1"]["reason"]) == ("exclude", "design")
    assert rows["s:1"]["decided_by"] == "Cleo export2.txt:2"
    assert {row["reviewer"] for row in read_rows(OUTPUTS["reviewers"])} == {"Ana", "Ben"}
    (agreement,) = read_rows(OUTPUTS["agreement_table"])
    assert (agreement["reviewers"], agreement["n"], agreement["conflicts"], agreement["open"]) == (
        "Ana, Ben",
        "3",
        "1",
        "0",
    )
    assert read_rows(OUTPUTS["conflicts"])[0]["settled"] == "exclude"


def test_a_third_reviewer_who_is_not_sure_settles_nothing_and_contradictions_stop(review):
    third = (f"title,decision\n{ONE},maybe\n", {"reviewer": "Cleo", "consensus": True})
    assert review(*DISAGREE, third, stages=ALONE)["s:1"]["decision"] == "pending"
    fourth = (f"title,decision\n{ONE},in\n", {"reviewer": "Dan", "consensus": True})
    against = (f"title,decision,reason\n{ONE},out,topic\n", {"reviewer": "Cleo", "consensus": True})
    with pytest.raises(BuildStop, match="contradictory decisions on 's:1'"):
        review(*DISAGREE, against, fourth, stages=ALONE)


# Sources that say nothing, and what people write beside decisions


def test_a_source_without_a_decision_warns_and_stops_the_final_target(review, caplog):
    mute = ("title,year,Exclude,Reason ID\n" + f"{ONE},2020,,2\n{TWO},2021,,\n", {"columns": {"decision": "Exclude"}})
    whole = f"title,decision,reason\n{ONE},in,\n{TWO},out,topic\n{THREE},out,topic\n"
    with caplog.at_level(logging.WARNING):
        review(mute, (whole, {}), stages=ALONE, draft=False)
    assert "no decision is read from its 2 rows" in caplog.text
    with pytest.raises(BuildStop) as stopped:
        finish()
    assert [(issue.code, issue.where) for issue in stopped.value.issues] == [("no-decision-read", "export0.txt")]
    review(
        (whole, {}),
        ("title,decision\n", {}),
        stages=ALONE,
        draft=False,
        consensus="record_id,stage,decision,reason,note\n",
    )
    with pytest.raises(BuildStop, match=r"export1\.txt: no decision is read"):
        finish()


def test_a_reason_without_a_decision_warns(review, caplog):
    with caplog.at_level(logging.WARNING):
        review((f"title,decision,reason\n{ONE},in,\n{TWO},,Off topic\n", {}), stages=ALONE)
    assert "export0.txt:3: 1 row gives a reason, but no decision" in caplog.text


def test_unknown_reasons_are_listed_once_with_a_block_for_config(review):
    rows = [f"{ONE},out,wrong  Desing", f"{TWO},out,Wrong desing", f'{THREE},out,"Konferenzbeitrag: ""kurz"""']
    with pytest.raises(BuildStop) as stopped:
        review(("title,decision,reason\n" + "\n".join(rows) + "\n", {}), stages=ALONE)
    (issue,) = [issue for issue in stopped.value.issues if issue.code == "unknown-reason"]
    assert issue.message == "3 decisions at stage 'abstract' have 2 unknown reasons"
    block = yaml.safe_load(issue.fix.partition("\n")[2])
    assert block == {"reason_texts": {"design": ["wrong  Desing"], "?": ['Konferenzbeitrag: "kurz"']}}
    assert "2 rows, the first export0.txt:2" in issue.fix
    # Pasted with every ? replaced, it is enough; with one left it is refused.
    texts = block["reason_texts"]
    with pytest.raises(BuildStop, match=r"'\?' is not one of the stage's reasons"):
        review(stages=[{**ALONE[0], "reason_texts": texts}])
    texts["topic"] = texts.pop("?")
    source: tuple[str, dict[str, str]] = ("title,decision,reason\n" + "\n".join(rows) + "\n", {})
    assert decisions(review(source, stages=[{**ALONE[0], "reason_texts": texts}]))["s:3"] == ("exclude", "topic")


def test_a_stage_without_reasons_gets_a_block_of_reasons(review):
    with pytest.raises(BuildStop) as stopped:
        review((f"title,decision,reason\n{ONE},out,Wrong âge\n{TWO},out,研究\n", {}), stages=[{"id": "abstract"}])
    block = yaml.safe_load(stopped.value.issues[0].fix.partition("\n")[2])
    assert block == {"reasons": {"wrong_age": "Wrong âge", "reason_2": "研究"}}


def test_empty_columns_and_rows_of_a_spreadsheet_are_not_fault(review):
    table = f"title,decision,reason,note,,\n{ONE},in,,,,,,\n{TWO},out,topic,,\n{THREE},out,topic\n,,,,,\n\n"
    rows = review((table, {}), stages=ALONE)
    assert decisions(rows) == {"s:1": ("include", ""), "s:2": ("exclude", "topic"), "s:3": ("exclude", "topic")}
    with pytest.raises(BuildStop, match="2: 7 cells, where the header has 4"):
        review((f"title,decision,reason,note,,\n{ONE},in,,,,,x\n", {}), stages=ALONE)
    with pytest.raises(BuildStop, match="2: 1 cell, where the header has 2"):
        review((f"title,decision\n{ONE}\n", {}), stages=ALONE)


def test_answers_that_are_unknown_and_missing_reasons_are_one_fault_each(review):
    table = f'title,decision\n{ONE},Incl\n{TWO},incl\n{THREE},Ex: "yes"\n'.replace('Ex: "yes"', '"Ex: ""yes"""')
    with pytest.raises(BuildStop) as stopped:
        review((table, {}), stages=ALONE)
    (issue,) = [issue for issue in stopped.value.issues if issue.code == "decision"]
    assert issue.message == "2 answers are neither include nor exclude, in 3 rows"
    assert yaml.safe_load(issue.fix.partition("\n")[2]) == {"words": {"Incl": "?", 'Ex: "yes"': "?"}}
    words = {"incl": "include", 'ex: "yes"': "exclude"}
    with pytest.raises(BuildStop, match="'s:3' is excluded at stage 'abstract' without a reason"):
        review((table, {"words": words}), stages=ALONE)
    with pytest.raises(BuildStop, match="2 records are excluded at stage 'abstract' without a reason, the first 's:1'"):
        review((table, {"words": {"incl": "exclude", 'ex: "yes"': "include"}}), stages=ALONE)


# Layouts


ABSTRACKR = (
    "(internal) id,(source) id,pubmed id,title,authors,consensus,labeled_at,Ana,labeled_at,Ben,labeled_at,"
    "general notes (Ana)\n"
    f'4101,7,0,{ONE},"Moreno, A.\n and Li, B.",o,,1,2024-08-15 08:42:23,0,2024-08-15 08:42:36,see p. 2\n'
    f"4102,8,0,{TWO},,-1,,1,2024-08-15 08:42:23,-1,2024-08-15 08:42:36,\n"
    "citations that are not yet labeled by anyone\n"
    f"4103,9,0,{THREE},\n"
)


def test_abstrackr_has_a_column_per_reviewer_whose_zero_is_a_maybe(review):
    rows = review((ABSTRACKR, {"reason": "topic"}), stages=ALONE)
    answers = [(row["record_id"], row["reviewer"], row["decision"]) for row in read_rows(OUTPUTS["reviewers"])]
    assert answers == [
        ("s:1", "Ana", "include"),
        ("s:1", "Ben", "maybe"),
        ("s:2", "Ana", "include"),
        ("s:2", "Ben", "exclude"),
    ]
    assert decisions(rows) == {"s:1": ("pending", ""), "s:2": ("exclude", "topic"), "s:3": ("pending", "")}
    assert [(row["format"], row["rows"], row["undecided"]) for row in sources()] == [("Abstrackr CSV", "3", "1")]
    assert read_rows(OUTPUTS["reviewers"])[0]["note"] == "see p. 2"
    review((ABSTRACKR, {"columns": {"decision": "Ana"}, "reason": "topic"}), stages=ALONE)
    assert {row["reviewer"] for row in read_rows(OUTPUTS["reviewers"])} == {"Ana"}


def test_the_line_with_which_a_program_tells_excel_the_separator_is_not_the_header(review):
    rows = review((f"sep=;\ntitle;decision\n{ONE};in\n", {}), stages=ALONE)
    assert (rows["s:1"]["decision"], rows["s:1"]["decided_by"]) == ("include", "export0.txt:3")


def test_of_columns_of_one_name_config_says_which(review):
    table = f"title,Decision,Decision\n{ONE},in,out\n"
    with pytest.raises(BuildStop, match=r"2 columns are called 'decision'\n.*'decision 1', 'decision 2'"):
        review((table, {}), stages=ALONE)
    source = {"columns": {"decision": "Decision 2"}, "reason": "topic"}
    assert review((table, source), stages=ALONE)["s:1"]["decision"] == "exclude"


@pytest.mark.parametrize("nothing", ["n/a", "N/A", "-", "–", "#N/A"])
def test_what_people_write_for_nothing_is_no_reason(review, nothing):
    rows = review((f"title,decision,reason\n{ONE},in,{nothing}\n", {}), stages=ALONE)
    assert decisions(rows)["s:1"] == ("include", "")
