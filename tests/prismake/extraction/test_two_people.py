"""Two people extract and appraise each on their own: compared cell by cell, settled by the consensus."""

import pytest
from openpyxl import Workbook, load_workbook
from prismake.common.double_entry import AGREED, CELL_COLUMNS, EMPTY, SHEET, Cell, Decision, read_decisions, settle
from prismake.common.errors import BuildStop
from prismake.common.matching import Matcher
from prismake.extraction.command import extract, report
from prismake.ledger.records import double_extraction_values
from prismake.review.workbooks import with_workbooks
from prismake.synthesis.collect import ExtractionTables, collect_studies

from tests.settings import whole

A, B, C = (Cell("studies", "s", "", name) for name in "abc")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [("65.50", "65.5", True), ("tf; il", "il; tf", True), ("A b", "a  B ", True), ("", "1", False), ("x", "y", False)],
)
def test_values_are_compared_by_what_they_mean(first, second, same):
    assert (settle({"AB": {A: first}, "CD": {A: second}}, {}).differences == []) is same


def test_the_digits_of_the_longer_value_are_kept():
    assert settle({"AB": {A: "65.5"}, "CD": {A: "65.50"}}, {}).texts == {A: "65.50"}


def test_a_difference_is_settled_by_its_decision_unless_an_entry_has_changed():
    entries = {"AB": {A: "1", B: "1", C: "1"}, "CD": {A: "2", B: "2", C: ""}}
    decided = {A: Decision(("1", "2"), "2", "r"), B: Decision(("1", "3"), "3", "r"), C: Decision(("1", ""), EMPTY, "r")}
    settled = settle(entries, decided)
    assert settled.texts == {A: "2", B: "", C: ""}
    assert [one.cell for one in settled.differences if one.open] == [B]


def test_a_cell_that_the_consensus_decides_twice_is_a_fault(tmp_path):
    book = Workbook()
    book.active.title = SHEET
    for row in (
        [*CELL_COLUMNS, "AB", "CD", AGREED],
        *(["studies", "s", None, "a", "1", "2", agreed] for agreed in "112"),
    ):
        book.active.append(row)
    book.save(tmp_path / "consensus.xlsx")
    with pytest.raises(
        BuildStop, match="row 4: the cell 's', column 'a' of 'studies' is already decided in row 3"
    ) as stopped:
        read_decisions(tmp_path / "consensus.xlsx", ["AB", "CD"])
    assert len(stopped.value.issues) == 1


def fill(review, person: str, cells: dict[str, object]) -> None:
    def change(book) -> None:
        for place, value in cells.items():
            sheet, cell = place.split("!")
            book[sheet][cell] = value

    review.edit(change, review.workbook.with_name(f"extraction.{person}.xlsx"))


@pytest.fixture
def pair(review):
    """Two extractors who differ in one design, one number of patients and one arm."""
    review.include("s:1", "s:2", "s:4")
    extract(review.folder, extractors=["AB", "CD"])
    both = {"studies!G2": 10, "studies!F3": "case_series", "studies!H1": "age_mean [years]", "arms!A2": "wagner2016"}
    fill(
        review,
        "AB",
        {
            **both,
            "studies!F2": "randomized_trial",
            "studies!G3": 5,
            "studies!H2": "65.50",
            "arms!B2": "Drug",
            "arms!D2": 10,
        },
    )
    fill(
        review,
        "CD",
        {**both, "studies!G3": 6, "studies!H2": 65.5, "arms!B2": "drug ", "arms!D2": 10, "studies!F2": "cohort"},
    )
    return review


def collected(review, monkeypatch, *, draft=False):
    monkeypatch.chdir(review.folder)
    path = "data/extraction/extraction.xlsx"
    settings = whole(with_workbooks({"synthesis": {"extraction": path}})["synthesis"], "synthesis")
    settings["order"] = ["year"]
    parts = [review.workbook for _ in settings["extraction"]["parts"]]
    tables = ExtractionTables(
        studies=review.workbook,
        parts=parts,
        schemas=[review.workbook, *parts],
        reports=review.workbook,
        codes=[review.workbook],
        overlap=[review.workbook],
        extractors=[review.folder / file for file in settings["extraction"]["extractors"].values()],
    )
    screening = [
        {"record_id": name, "author": author, "year": year, "decision": "include"}
        for name, author, year in (("s:1", "Wagner", "2016"), ("s:2", "Ahn", "2024"), ("s:4", "Ahn", "2023"))
    ]
    return collect_studies(
        tables, settings, screening, Matcher({row["record_id"]: row["record_id"] for row in screening}), draft
    )


def test_what_they_agree_on_is_taken_and_the_rest_waits(pair, monkeypatch):
    with pytest.raises(
        BuildStop, match=r"2 differences between AB and CD are not decided: 'wagner2016', column 'design' of 'studies'"
    ):
        collected(pair, monkeypatch)
    data, warnings = collected(pair, monkeypatch, draft=True)
    first, second = data["studies"]
    assert (first["patients"], first["age_mean"], first["design"]) == (10, "65.50", None)
    assert (second["patients"], second["design"]) == (None, "case_series")
    assert [(row["arm"], row["n"]) for row in first["parts"]["arms"]] == [("drug", 10)] or first["parts"]["arms"][0][
        "n"
    ] == 10
    assert any("not decided" in str(warning) for warning in warnings)
    agreement = data["agreement"]
    assert (agreement["extractors"], agreement["open"]) == (["AB", "CD"], 2)
    assert agreement["n"] - agreement["agree"] == 2
    assert agreement["columns"]["studies.patients"] == {"n": 2, "agree": 1, "raw": 0.5, "kappa": None}
    values = double_extraction_values(agreement)
    assert (values["raw"].value, values["columns"]["studies_patients"]["agree"].value) == (agreement["raw"], 1)


def test_the_consensus_lists_the_differences_once_and_its_values_are_taken(pair, monkeypatch):
    done = extract(pair.folder)
    consensus = pair.workbook.with_name("consensus.xlsx")
    header, *rows = pair.rows("differences", consensus)
    assert header == ["table", "study_id", "row", "column", "AB", "CD", "agreed", "note"]
    assert [row[:6] for row in rows] == [
        ["studies", "wagner2016", None, "design", "randomized_trial", "cohort"],
        ["studies", "ahn2024", None, "patients", "5", "6"],
    ]
    listed = ["'wagner2016', column 'design' of 'studies'", "'ahn2024', column 'patients' of 'studies'"]
    assert done.open == {consensus: listed}
    assert (
        "AB fills in data/extraction/extraction.AB.xlsx, CD fills in data/extraction/extraction.CD.xlsx; together: the"
        " sheets reports, codes and overlaps of data/extraction/extraction.xlsx" in done.hints
    )
    assert f"data/extraction/consensus.xlsx: 2 differences to agree on: {listed[0]}" in report(done, pair.folder)
    # The study on whose design they agree has a grid; the other waits.
    assert [row[0] for row in pair.rows("case_series", pair.grids)[1:]] == ["ahn2024"]
    assert done.waiting == ["wagner2016"]
    (rule,) = load_workbook(consensus)["differences"].data_validations.dataValidation
    assert (rule.formula1, rule.errorStyle) == ("$E2:$F2", "warning")

    def agree(book) -> None:
        book["differences"]["G2"], book["differences"]["G3"] = "cohort", 6

    pair.edit(agree, consensus)
    assert extract(pair.folder).open == {}
    data, _ = collected(pair, monkeypatch)
    assert [(study["design"], study["patients"]) for study in data["studies"]] == [("cohort", 10), ("case_series", 6)]
    # Somebody changes an entry after the decision: it is to be taken again.
    fill(pair, "CD", {"studies!G3": 7})
    with pytest.raises(BuildStop, match=r"1 difference between AB and CD is decided on entries that have changed"):
        collected(pair, monkeypatch)
    assert extract(pair.folder).open == {consensus: listed[1:]}
    assert len(pair.rows("differences", consensus)) == 4


def test_reviewers_who_differ_on_an_item_wait_for_a_consensus(review):
    extract(review.folder, reviewers=["AB", "CD"])

    def appraise(book) -> None:
        for who, answer in (("AB", "low"), ("CD", "high")):
            sheet = book[f"rob2 ({who})"]
            names = {cell.value.split(".")[0]: cell.column_letter for cell in sheet[1] if cell.value}
            for item in ("D2", "D3", "D4", "D5", "overall"):
                sheet[f"{names[item]}2"] = "low"
            sheet[f"{names['D1']}2"] = answer

    extract(review.folder)
    review.edit(appraise, review.grids)
    done = extract(review.folder)
    consensus = review.grids.with_name("consensus.xlsx")
    subject = "how patients were allocated"
    assert done.open == {consensus: [f"'wagner2016', column 'D1' ({subject}) of 'rob2'"]}
    assert [row[:7] for row in review.rows("differences", consensus)[1:]] == [
        ["rob2", "wagner2016", None, "D1", subject, "low", "high"]
    ]
    review.edit(lambda book: book["differences"].__setitem__("H2", "maybe"), consensus)
    with pytest.raises(BuildStop, match=r"consensus.xlsx, sheet 'differences', row 2: 'maybe' is not an answer"):
        extract(review.folder)
    review.edit(lambda book: book["differences"].__setitem__("H2", "some concerns"), consensus)
    assert extract(review.folder).open == {}


def test_extractors_who_come_later_get_the_studies_and_columns_that_are_there(review):
    extract(review.folder)
    review.edit(lambda book: book["studies"].__setitem__("H1", "age_mean [years]"))
    review.edit(lambda book: book["studies"].__setitem__("F3", "cohort"))
    extract(review.folder, extractors=["AB"])
    header, *rows = review.rows("studies", review.workbook.with_name("extraction.AB.xlsx"))
    assert header[-2:] == ["patients", "age_mean [years]"]
    assert [row[:4] for row in rows] == [
        ["wagner2016", "Wagner et al", "2016", "World Neurosurg"],
        ["ahn2024", "Ahn & Rhee", "2024", "J"],
        ["wagner2016b", "Wagner", "2016", "J"],
    ]
    # What the team has filled in is not shown to an extractor.
    assert {cell for row in rows for cell in row[4:]} == {None}
    assert not extract(review.folder).changes[review.workbook.with_name("extraction.AB.xlsx")]


def test_a_study_that_one_sheet_of_a_workbook_misspells_is_a_fault(pair, monkeypatch):
    for person in ("AB", "CD"):
        fill(pair, person, {"arms!A2": "wagner2061"})
    message = r"AB.xlsx, sheet 'arms', cell A2 \(study_id\): study 'wagner2061' is not .*\n.*mean 'wagner2016'"
    with pytest.raises(BuildStop, match=message):
        collected(pair, monkeypatch, draft=True)


def test_a_study_that_one_extractor_misspells_is_no_difference_to_agree_on(pair, monkeypatch):
    fill(pair, "CD", {"studies!A2": "wagner2061"})
    message = r"CD.xlsx, sheet 'studies', cell A2 \(study_id\): study 'wagner2061' is not on the sheet 'studies' of"
    with pytest.raises(BuildStop, match=message):
        collected(pair, monkeypatch, draft=True)
    with pytest.raises(BuildStop, match=message):
        extract(pair.folder)


def test_what_the_team_filled_in_is_named_where_extractors_have_workbooks(pair, monkeypatch):
    pair.edit(lambda book: book["studies"].__setitem__("G2", 9))
    _, warnings = collected(pair, monkeypatch, draft=True)
    (issue,) = [issue for issue in warnings if issue.code == "not-read"]
    assert issue.message == "1 filled cell is not read: AB and CD extract the studies"
    assert issue.where.endswith("extraction.xlsx, sheet 'studies', cell G2 (patients)")


@pytest.mark.parametrize(
    ("path", "option"),
    [("data/extraction/extraction.xlsx", "--extractors"), ("data/appraisal/appraisal.xlsx", "--reviewers")],
)
def test_a_workbook_says_who_fills_in_what(review, path, option):
    extract(review.folder)
    first = load_workbook(review.folder / path).worksheets[0]
    text = " ".join(str(cell.value) for row in first.iter_rows() for cell in row)
    assert first.title == "Read me" and "consensus.xlsx" in text and option in text
