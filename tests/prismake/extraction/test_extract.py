"""`prismake extract`: what it writes from the records, and that it keeps what people wrote."""

import os
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment
from prismake.appraisal.forms import read_forms
from prismake.appraisal.grids import read_grids, unread_of_grids
from prismake.cli import main
from prismake.common.digests import file_digest
from prismake.common.errors import BuildStop
from prismake.common.places import schema_of
from prismake.common.writing import rewrite_zip
from prismake.extraction import guides
from prismake.extraction.appraisal_sheets import Appraised, grid_columns, grid_plans
from prismake.extraction.command import extract, report, write_schemas
from prismake.extraction.guides import guide_sheet
from prismake.extraction.updating import update
from prismake.review.status import note_sources

from tests.places import PACKAGE

ENGINE_FORMS = sorted((PACKAGE / "appraisal" / "forms").glob("*.yaml"))


def test_studies_and_reports_are_filled_in_from_the_records(review):
    done = extract(review.folder)
    assert done.studies == ["wagner2016", "ahn2024", "wagner2016b"]
    header, *studies = review.rows("studies")
    assert header == ["study_id", "label", "year", "journal", "country", "design", "patients"]
    assert studies[0] == ["wagner2016", "Wagner et al", 2016, "World Neurosurg", None, "randomized_trial", None]
    assert studies[1][:4] == ["ahn2024", "Ahn & Rhee", 2024, "J"]
    # The preprint is a report of its article's study.
    assert [row[:2] for row in review.rows("reports")[1:]] == [
        ["s:1", "wagner2016"],
        ["s:2", "ahn2024"],
        ["s:4", "ahn2024"],
        ["s:3", "wagner2016b"],
    ]
    assert "Add" not in report(done, review.folder)


def test_a_year_on_which_the_sources_differ_is_to_be_checked(review):
    done = extract(review.folder)
    assert "check the year of wagner2016, taken from s:1 as 2016: PubMed 2016, Embase 2015" in report(
        done, review.folder
    )
    assert "check the year" not in report(extract(review.folder), review.folder)


def test_sheets_have_help_lists_and_no_formula(review):
    extract(review.folder)
    book = load_workbook(review.workbook)
    assert book.sheetnames == ["Read me", "studies", "reports", "arms", "outcomes", "codes", "overlaps"]
    assert "key in references.bib" in book["studies"]["A1"].comment.text
    (rule,) = book["studies"].data_validations.dataValidation
    assert str(rule.sqref) == "F2:F1048576"
    assert "case_series" in rule.formula1
    title = book["reports"]["E2"]
    assert (title.value, title.data_type) == ("=HYPERLINK(1) of 5% {a}", "s")


def test_references_are_added_behind_those_that_are_there(review):
    bibliography = review.folder / "manuscript" / "references.bib"
    bibliography.parent.mkdir()
    before = "% mine\r\n@article{ahn, title={Two}, doi = {10.5555/TWO}, year=2024, journal={J}}"
    bibliography.write_bytes(before.encode())
    done = extract(review.folder)
    # The study takes the key by which the review cites its report already.
    assert (done.studies, done.references) == (["wagner2016", "ahn", "wagner2016b"], ["wagner2016", "wagner2016b"])
    text = bibliography.read_bytes().decode()
    assert text.startswith(before)
    assert text.removeprefix(before).split("\n\n")[1] == (
        "@article{wagner2016,\n"
        "  author = {Wagner, R and Müller, A and {Study Group}},\n"
        "  title = {=HYPERLINK(1) of 5\\% (a)},\n"
        "  journal = {World Neurosurg},\n"
        "  year = {2016},\n"
        "  volume = {9},\n"
        "  number = {2},\n"
        "  pages = {1--7},\n"
        "  doi = {10.5555/one},\n"
        "  pmid = {111},\n"
        "}"
    )


def test_a_second_run_adds_nothing_and_leaves_every_byte(review):
    extract(review.folder)
    extract(review.folder)
    files = [path for path in review.folder.rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in files}
    done = extract(review.folder)
    assert (done.studies, done.references, [*map(bool, done.changes.values())]) == ([], [], [False, False])
    assert {path: path.read_bytes() for path in files} == before


def test_two_reviews_of_the_same_records_get_the_same_bytes(review):
    extract(review.folder)
    first = review.workbook.read_bytes()
    review.workbook.unlink()
    (review.folder / "manuscript" / "references.bib").unlink()
    extract(review.folder)
    assert review.workbook.read_bytes() == first


def test_new_studies_are_added_to_what_people_wrote(review):
    review.include("s:1")
    extract(review.folder)

    def work(book) -> None:
        sheet = book["studies"]
        sheet.insert_cols(1)
        sheet["A1"], sheet["A2"] = "Who", "AB"
        sheet["H2"], sheet["I1"], sheet["I2"] = 12, "age_mean [years]", "65.50"
        sheet["B2"].comment = Comment("main report", "AB")
        sheet.delete_cols(5)  # the journal
        sheet["A9"] = "a remark below"
        book["reports"]["A2"] = "t:9"  # another record of the same work
        book["codes"].append(["approach", "tf", "TF", "transforaminal"])

    review.edit(work)
    review.include("s:1", "s:2", "s:3", "s:4")
    done = extract(review.folder)
    assert done.studies == ["ahn2024", "wagner2016b"]
    rows = review.rows("studies")
    assert rows[0] == ["Who", "study_id", "label", "year", "country", "design", "patients", "age_mean [years]"]
    assert rows[1] == ["AB", "wagner2016", "Wagner et al", 2016, None, "randomized_trial", 12, "65.50"]
    assert rows[8][0] == "a remark below"
    assert [row[1] for row in rows[9:]] == ["ahn2024", "wagner2016b"]
    sheet = load_workbook(review.workbook)["studies"]
    assert "main report" in sheet["B2"].comment.text
    assert review.rows("codes")[-1] == ["approach", "tf", "TF", "transforaminal"]
    assert len(review.rows("codes")) == 18


def test_rows_of_studies_that_left_stay_and_are_named(review):
    extract(review.folder)
    review.include("s:2", "s:3", "s:4")
    done = extract(review.folder)
    assert done.gone == ["wagner2016 (A2)"]
    assert len(review.rows("studies")) == 4
    assert "no longer included, kept as they are: wagner2016 (A2)" in report(done, review.folder)


def test_two_reports_may_be_put_together_by_hand(review):
    extract(review.folder)

    def together(book) -> None:
        book["reports"]["B5"] = "wagner2016"
        book["studies"].delete_rows(4)

    review.edit(together)
    assert extract(review.folder).studies == []
    assert len(review.rows("studies")) == 3


def test_columns_that_settings_and_schemas_name_are_added_once(review):
    extract(review.folder)
    config = review.folder / "config.yaml"
    # The first run has named the workbooks there.
    named = "synthesis:\n  extraction: data/extraction/extraction.xlsx\n"
    text = config.read_text()
    assert text.endswith(f"\n\n{named}\nappraisal: {{}}\n")
    further = (
        "  pooled: {age: {mean: age_mean, unit: years}}\n"
        "  groups: {country: {column: country}}\n"
        '  tables: {t: {caption: T, columns: [{id: a, header: A, cell: "mean_sd(age_mean, age_sd)"}]}}\n'
    )
    config.write_text(text.replace(named, named + further))
    done = extract(review.folder)
    assert done.changes[review.workbook].columns == {"studies": ["age_mean", "age_sd"]}
    assert review.rows("studies")[0][7:] == ["age_mean [years]", "age_sd"]
    assert not extract(review.folder).changes[review.workbook]


def test_a_meta_analysis_adds_the_columns_that_its_measure_needs(review):
    extract(review.folder)
    config, named = review.folder / "config.yaml", "  extraction: data/extraction/extraction.xlsx\n"
    further = "  meta: {pain: {outcome: pain, measure: HR, arm: a, versus: b, moderator: dose}}\n"
    config.write_text(config.read_text().replace(named, named + further))
    columns = extract(review.folder).changes[review.workbook].columns
    assert columns["studies"] == ["dose"]
    assert {"versus", "effect", "effect_log", "effect_se", "effect_ci_low"} <= set(columns["outcomes"])
    assert not extract(review.folder).changes[review.workbook]


def test_grids_are_written_for_the_designs_of_the_studies(review):
    done = extract(review.folder)
    assert done.waiting == ["ahn2024", "wagner2016b"]
    review.edit(lambda book: book["studies"].__setitem__("F3", "case_series"))
    done = extract(review.folder, reviewers=["AB", "CD"])
    book = load_workbook(review.grids)
    titles = ["case_series", "randomized_trial", "rob2"]
    assert book.sheetnames == [
        "Read me",
        "randomized_trial",
        "rob2",
        *(f"{title} ({who})" for title in titles for who in ("AB", "CD")),
    ]
    header, *rows = review.rows("case_series (AB)", review.grids)
    assert (header[2], header[-2:]) == ("1. inclusion criteria", ["overall", "note"])
    assert [row[:2] for row in rows] == [["ahn2024", "Ahn & Rhee"]]
    review.edit(lambda book: book["studies"].__setitem__("F4", "case_series"))
    assert extract(review.folder).changes[review.grids].rows == {"case_series (AB)": 1, "case_series (CD)": 1}
    lists = {rule.formula1 for rule in book["rob2"].data_validations.dataValidation}
    assert lists == {
        '"low,some concerns,high"',
        '"yes,probably yes,probably no,no,no information"',
        '"yes,probably yes,probably no,no,no information,not applicable"',
        '"yes,probably yes,probably no,no,not applicable"',
    }
    question = next(cell for cell in book["rob2"][1] if cell.value and cell.value.startswith("2.4"))
    assert "Applies if 2.3 is yes or probably yes." in question.comment.text
    assert done.waiting == ["wagner2016b"]


def test_a_design_that_no_form_is_for_is_named_with_what_to_do(review):
    extract(review.folder)
    review.edit(lambda book: book["studies"].__setitem__("F3", "rct"))
    done = extract(review.folder)
    assert "ahn2024" not in done.waiting
    (line,) = [line for line in done.hints if "'rct' of ahn2024" in line]
    assert "randomized_trial" in line
    # A form for these designs is there, but not among those that the review names.
    review.edit(lambda book: book["studies"].__setitem__("F3", "cohort"))
    config = review.folder / "config.yaml"
    config.write_text(config.read_text().replace("appraisal: {}", "appraisal: {forms: [rob2]}"))
    line = "no form of this review is for the design 'cohort' of ahn2024: prismake add form cohort"
    assert line in extract(review.folder).hints


def test_of_several_forms_for_a_design_one_is_to_be_filled_in(review):
    done = extract(review.folder)
    assert "a randomized trial needs one form: fill in one of the sheets randomized_trial and rob2" in done.hints


def test_inferred_schemas_are_written_down_once(review):
    extract(review.folder)
    review.edit(lambda book: book["studies"].__setitem__("G2", 12))
    files = write_schemas(review.workbook)
    assert [file.name for file in files] == ["studies.schema.yaml", "arms.schema.yaml", "outcomes.schema.yaml"]
    assert "patients:\n    type:\n    - integer" in files[0].read_text()
    assert write_schemas(review.workbook) == []


def test_empty_drawings_of_online_spreadsheets_do_not_count_as_pictures(review):
    extract(review.folder)
    with zipfile.ZipFile(review.workbook, "a") as archive:
        archive.writestr("xl/drawings/drawing9.xml", "<xdr:wsDr/>")
    review.include("s:1", "s:5")
    assert extract(review.folder).changes[review.workbook].rows["studies"] == 1


def test_formulas_keep_their_values_where_rows_are_added(review):
    extract(review.folder)

    def put(book) -> None:
        book["studies"]["G2"], book["studies"]["E2"] = "=5+5", '="a"&"<b>"'

    def saved(page: bytes) -> bytes:
        """As a spreadsheet program saves it: with the values."""
        page = re.sub(rb"(<f>5.5</f>)<v></v>", rb"\1<v>10</v>", page)
        return re.sub(rb'(<c r="E2"[^>]*)(><f>[^<]*</f>)<v></v>', rb'\1 t="str"\2<v>a&lt;b&gt;</v>', page)

    review.edit(put)
    changed = rewrite_zip(review.workbook.read_bytes(), change={"xl/worksheets/sheet2.xml": saved})
    review.workbook.write_bytes(changed)
    review.include("s:1", "s:5")
    assert extract(review.folder).changes[review.workbook].rows["studies"] == 1
    written, computed = (load_workbook(review.workbook, data_only=values)["studies"] for values in (False, True))
    assert (written["G2"].value, computed["G2"].value, computed["E2"].value) == ("=5+5", 10, "a<b>")


def test_a_workbook_with_pictures_is_left_alone(review):
    review.include("s:1")
    extract(review.folder)
    with zipfile.ZipFile(review.workbook, "a") as archive:
        archive.writestr("xl/media/image1.png", b"x")
    before = review.workbook.read_bytes()
    review.include("s:1", "s:2")
    with pytest.raises(BuildStop, match="holds parts that adding rows would lose: media"):
        extract(review.folder)
    assert review.workbook.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda review: (review.folder / "results" / "screening" / "screening.csv").unlink(), "no build to read"),
        (
            lambda review: (
                (review.folder / "config.yaml").open("a").write("synthesis: {extraction: data/extraction}\n")
            ),
            "keeps these tables as CSV",
        ),
    ],
)
def test_what_it_cannot_do_is_said(review, change, message):
    change(review)
    with pytest.raises(BuildStop, match=message):
        extract(review.folder)
    assert not review.workbook.exists()


def test_initials_that_no_file_can_have_are_refused(review):
    with pytest.raises(BuildStop, match="not a person's initials"):
        extract(review.folder, extractors=["../x"])
    extract(review.folder, extractors=["AB"])
    assert Path(review.workbook.with_name("extraction.AB.xlsx")).is_file()


def test_a_build_older_than_a_decision_is_reported_before_anything_is_written(review, monkeypatch, capsys):
    monkeypatch.chdir(review.folder)
    decisions = Path("data/screening/decisions.csv")
    decisions.parent.mkdir(parents=True)
    decisions.write_text("a")
    # The settings may name the workbook before it is there.
    config = Path("config.yaml")
    config.write_text(config.read_text() + "synthesis: {extraction: data/extraction/extraction.xlsx}\n")
    note_sources(Path(), {decisions.as_posix(): file_digest(decisions)})
    assert main(["extract"]) == 0 and "WARNING" not in capsys.readouterr().err
    decisions.write_text("b")
    os.utime("results/screening/screening.csv", (1, 1))
    assert main(["extract"]) == 0
    assert "so other studies may be included: data/screening/decisions.csv" in capsys.readouterr().err


def test_a_final_review_gets_the_workbook_that_it_lacks(review, monkeypatch):
    monkeypatch.chdir(review.folder)
    assert main(["extract"]) == 0
    review.workbook.unlink()
    config = review.folder / "config.yaml"
    config.write_text(config.read_text().replace("draft: true", "draft: false"))
    assert main(["extract"]) == 0 and review.workbook.is_file()


def test_what_the_answers_propose_is_written_beside_the_judgements(tmp_path):
    path, forms = tmp_path / "appraisal.xlsx", read_forms(ENGINE_FORMS, [], schema_of("appraisal_form"))

    def extended() -> list[str]:
        plans = grid_plans([Appraised("a", "A", None)], forms, ["rob2"], None, [])
        return update(path, plans, guide_sheet(guides.APPRAISAL)).lines()

    extended()
    book = load_workbook(path)
    sheet = book["rob2"]
    at = {str(cell.value).partition(". ")[0]: number for number, cell in enumerate(sheet[1], 1)}
    for question, answer in (("1.1", "yes"), ("1.2", "PY"), ("1.3", "no"), ("D1", "high")):
        sheet.cell(2, at[question], answer)
    book.save(path)
    assert extended() == ["1 cell computed on the sheet 'rob2'"]
    assert load_workbook(path)["rob2"].cell(2, at["proposed"]).value == "D1 low"
    # What people wrote stays, and nothing is written again without a change.
    assert load_workbook(path)["rob2"].cell(2, at["D1"]).value == "high"
    assert extended() == []
    (grid,) = read_grids(path, forms)
    assert grid.answers["a", "", "D1"]["answer"] == "high"
    assert list(unread_of_grids(path, forms)) == []


def test_a_sheet_from_before_gets_the_column_and_forms_without_rules_have_none(tmp_path):
    path, forms = tmp_path / "appraisal.xlsx", read_forms(ENGINE_FORMS, [], schema_of("appraisal_form"))
    assert "proposed" not in {column.name for column in grid_columns(forms["case_series"])}
    plan = grid_plans([Appraised("a", "A", None)], forms, ["rob2"], None, [])[0]
    old = replace(plan, columns=[one for one in plan.columns if one.name != "proposed"], computed=None)
    update(path, [replace(old, further=frozenset())], guide_sheet(guides.APPRAISAL))
    assert update(path, [plan], guide_sheet(guides.APPRAISAL)).columns == {"rob2": ["proposed"]}
