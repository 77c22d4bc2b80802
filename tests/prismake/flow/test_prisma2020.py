"""The CSV of the R package PRISMA2020: read, drawn, checked, and written by a build."""

import csv
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from prismake.cli import main
from prismake.common.errors import BuildStop
from prismake.common.results.flow import PRISMA2020
from prismake.figures.flow_layout import arrange
from prismake.figures.flow_rows import make_rows
from prismake.flow.prisma2020 import rows_of
from prismake.flow.prisma2020_flow import flow_of
from prismake.flow.prisma2020_table import Item, Numbers, Table, check, items_of, read, write

from tests.prismake.figures.test_flow_layout import lines_of
from tests.prismake.flow.conftest import TEMPLATES, template

HEADER = ",".join(PRISMA2020.columns)
NUMBERS = {
    "database_results": "100",
    "database_specific_results": "PubMed, 60; EMBASE. 40",
    "register_results": "5",
    "duplicates": "20",
    "excluded_automatic": "0",
    "excluded_other": "1",
    "records_screened": "84",
    "records_excluded": "60",
    "dbr_sought_reports": "24",
    "dbr_notretrieved_reports": "2",
    "dbr_assessed": "22",
    "dbr_excluded": "Study design, 12; Outcome, not of interest, 4",
    "new_studies": "5",
    "new_reports": "6",
}


@pytest.fixture
def table(tmp_path):
    """Writes a table with such numbers; None leaves a row out."""

    def make(**changed):
        numbers = {**NUMBERS, **changed}
        path = tmp_path / "PRISMA.csv"
        rows = [{"data": data, "boxtext": "NA", "n": n} for data, n in numbers.items() if n is not None]
        PRISMA2020.write(path, rows)
        return path

    return make


def faults(path):
    return [issue.message for issue in check(read(path), path) if issue.severity == "error"]


def test_the_real_file_comes_back_byte_for_byte(shared, tmp_path):
    (source,) = (shared / "exports" / "prisma2020-csv").glob("*.csv")
    whole = read(source)
    write(tmp_path / "again.csv", whole)
    assert (tmp_path / "again.csv").read_bytes() == source.read_bytes()
    (odd,) = check(whole, source)
    assert odd.severity == "warning"
    assert "there is no comma between 'EMBASE' and 1332" in odd.message
    flow = flow_of(whole)
    numbers = {box["id"]: box["n"] for box in flow["boxes"]}
    assert (numbers["identified"], numbers["duplicates"], numbers["records.screened"]) == (6473, 2511, 3962)
    assert (numbers["other.identified"], numbers["assessment.excluded"], numbers["included"]) == (1, 42, 124)
    assert "previous" not in numbers


@given(
    rows=st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=3, max_size=3), max_size=6
    ),
    newline=st.sampled_from(["\n", "\r\n"]),
    ends=st.booleans(),
)
def test_any_table_comes_back(tmp_path_factory, rows, newline, ends):
    path = tmp_path_factory.mktemp("table") / "PRISMA.csv"
    columns = ("data", "mine", "n")
    given_rows = tuple(dict(zip(columns, ["x" + row[0], *row[1:]], strict=True)) for row in rows)
    write(path, Table(columns, given_rows, newline, ends))
    again = read(path)
    assert (again.columns, again.rows) == (columns, given_rows)
    first = path.read_bytes()
    assert first.endswith(newline.encode()) == ends
    write(path, again)
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("Study design, 26; Intervention, 16", [Item("Study design", 26), Item("Intervention", 16)]),
        ("Only reason, 5", [Item("Only reason", 5)]),
        ("EMBASE. 1332", [Item("EMBASE", 1332, odd=True)]),
        ("Outcome, not of interest, 4;", [Item("Outcome, not of interest", 4)]),
        ("Large, 1,234", [Item("Large", 1234)]),
        ("Reason1, xxx; Reason2, xxx", None),
        ("", []),
    ],
)
def test_lists_of_names_and_numbers(cell, items):
    assert items_of(cell) == items


def test_cells_as_people_write_them():
    rows = [
        {"data": "", "box": "newstud", "boxtext": "My review", "n": "see text"},
        {"data": "database_results", "box": "box2", "boxtext": "Databases", "n": " 1,234 "},
        {"data": "register_results", "box": "box2", "boxtext": "Registers", "n": "NA"},
        {"data": "dbr_excluded", "box": "box9", "boxtext": "Excluded", "n": "Design, 1;; Outcome, 2,000;"},
    ]
    whole = Table(("data", "box", "boxtext", "n"), tuple(rows))
    numbers = Numbers(whole)
    names = ("database_results", "register_results", "dbr_excluded", "duplicates", "")
    assert [numbers.cell(name) for name in names] == ["1,234", "", "Design, 1;; Outcome, 2,000;", "", ""]
    assert [numbers.number(name) for name in names] == [1234, None, 2001, None, None]
    assert [numbers.items(name) for name in names] == [[], [], [Item("Design", 1), Item("Outcome", 2000)], [], []]
    assert (numbers.heading("newstud", "-"), numbers.heading("othstud", "-")) == ("My review", "-")
    assert check(whole, Path("table.csv")) == []


def test_numbers_that_add_up(table):
    assert faults(table()) == []


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        (
            {"records_screened": "85"},
            "records_screened is 85, but database_results (100) + register_results (5) - duplicates (20)",
        ),
        (
            {"database_specific_results": "PubMed, 61; Embase, 40"},
            "database_results is 100, but database_specific_results (101) = 101",
        ),
        (
            {"dbr_sought_reports": "25"},
            "dbr_sought_reports is 25, but records_screened (84) - records_excluded (60) = 24",
        ),
        ({"new_reports": "7"}, "new_reports is 7, but dbr_assessed (22) - dbr_excluded (16) = 6"),
        ({"dbr_excluded": "many"}, "'dbr_excluded' is neither a number nor a list"),
        (
            {"previous_reports": "4", "total_reports": "11"},
            "total_reports is 11, but previous_reports (4) + new_reports (6) = 10",
        ),
        (
            {"previous_studies": "3", "total_studies": "9"},
            "total_studies is 9, but previous_studies (3) + new_studies (5) = 8",
        ),
        (
            {"citations_results": "4", "other_sought_reports": "3"},
            "other_sought_reports is 3, but citations_results (4) = 4",
        ),
    ],
)
def test_a_box_that_does_not_add_up_is_named(table, changed, text):
    assert any(text in message for message in faults(table(**changed))), faults(table(**changed))


def test_a_box_with_two_numbers_is_named(table):
    path = table()
    path.write_text(path.read_text() + "".join(line for line in path.open() if line.startswith("new_studies")))
    assert faults(path) == []
    rows = read(path)
    write(path, replace(rows, rows=(*rows.rows[:-1], rows.rows[-1] | {"n": "99"})))
    assert any("'new_studies' has two rows with different numbers" in message for message in faults(path))


def test_rows_that_the_figure_has_no_place_for_are_named_in_one_warning(table):
    path = table(records_screend="12", grey_results="3", not_given="", title_screened="84", title_excluded="60")
    assert [issue.message for issue in check(read(path), path) if issue.code == "prisma2020-unknown"] == [
        "2 rows without a place in the figure: 'records_screend', 'grey_results'"
    ]
    (issue,) = (issue for issue in check(read(path), path) if issue.code == "prisma2020-unknown")
    assert "'records_screend' may be 'records_screened'" in issue.fix
    PRISMA2020.write(path, [{"data": data, "n": n} for data, n in NUMBERS.items()] + [{"box": "box99", "n": "7"}])
    assert any("'box99'" in issue.message for issue in check(read(path), path))


def test_a_heading_may_be_named_in_data_too(table):
    path = table()
    rows = [{"data": data, "n": n} for data, n in NUMBERS.items()]
    PRISMA2020.write(path, [*rows, {"data": "screening", "box": "screening", "boxtext": "Sifting", "n": "0"}])
    assert not [issue for issue in check(read(path), path) if issue.code == "prisma2020-unknown"]
    assert Numbers(read(path)).heading("screening", "Screening") == "Sifting"


def test_a_placeholder_of_the_packages_template_is_no_fault(table):
    path = table(dbr_excluded="Reason1, xxx; Reason2, xxx", new_reports=None)
    assert faults(path) == []
    path = table(dbr_excluded="many", new_reports=None)
    assert [issue.where for issue in check(read(path), path)] == [str(path)] * 2


def test_a_sum_of_the_registers_is_compared_too(table):
    path = table(register_specific_results="ISRCTN, 2; CTRI, 4")
    (fault,) = check(read(path), path)[1:]  # the first is about the comma that EMBASE lacks
    assert fault.message == "register_results is 5, but register_specific_results (6) = 6"
    assert fault.where == str(path)


@pytest.mark.parametrize(
    "left_out",
    [
        # What the sum begins with: the rest says nothing.
        {"database_results", "database_specific_results", "register_results"},
        # All that is compared.
        set(NUMBERS) - {"database_results", "database_specific_results"},
        set(NUMBERS),
    ],
)
def test_what_a_table_leaves_out_is_not_compared(table, left_out):
    assert faults(table(**dict.fromkeys(left_out))) == []


def test_what_users_of_the_package_ask_for(table):
    # A single reason, boxes left out, and title and abstract apart with their reasons.
    path = table(
        dbr_excluded="Wrong design, 16",
        dbr_sought_reports=None,
        dbr_notretrieved_reports=None,
        dbr_assessed="24",
        new_reports="8",
        records_excluded=None,
        title_screened="84",
        title_excluded="Editorial, 30; Letter, 10",
        abstract_screened="44",
        abstract_excluded="20",
    )
    assert faults(path) == []
    rows = make_rows(flow_of(read(path)))
    assert [lines_of(row.databases.main)[0][1] for row in rows[1:-1]] == [
        "Records screened (n = 84)",
        "Records screened (n = 44)",
        "Reports assessed for eligibility (n = 24)",
    ]
    assert lines_of(rows[1].databases.side[0]) == [
        (0, "Records excluded (n = 40)"),
        (1, "Editorial (n = 30)"),
        (1, "Letter (n = 10)"),
    ]
    assert lines_of(rows[3].databases.side[0])[1:] == [(1, "Wrong design (n = 16)")]
    assert (1, "Databases (n = 100)") in lines_of(rows[0].databases.main)
    assert (2, "EMBASE (n = 40)") in lines_of(rows[0].databases.main)


def test_sources_without_a_list_are_one_box(table):
    boxes = {box["id"]: box for box in flow_of(read(table(database_specific_results=None)))["boxes"]}
    shared = {"label": "", "role": "source", "parent": "identified", "column": "databases"}
    assert boxes["identified.database"] == {"id": "identified.database", "n": 100, **shared, "kind": "database"}
    assert boxes["identified.register"] == {"id": "identified.register", "n": 5, **shared, "kind": "register"}


def test_included_studies_may_be_known_without_their_reports(table):
    included = {"id": "included", "role": "included", "column": ""}
    studies = {"label": "Studies included in review", "n": 5}
    assert flow_of(read(table(new_reports=None)))["boxes"][-1] == {**included, **studies}
    reports = {"label": "Reports of included studies", "n": 6, "studies": 5, "studies_label": studies["label"]}
    assert flow_of(read(table()))["boxes"][-1] == {**included, **reports}


@pytest.mark.parametrize("known", ["previous_studies", "previous_reports"])
def test_a_previous_version_may_know_its_studies_or_its_reports_alone(table, known):
    flow = flow_of(read(table(**{known: "3"})))
    assert flow["headings"] == {"previous": "Previous studies"}
    assert ("previous" in {box["id"] for box in flow["boxes"]}) == (known == "previous_studies")
    assert flow["boxes"][-1]["label"] == "Reports of new included studies"
    assert flow_of(read(table()))["headings"] == {}


@pytest.mark.parametrize(("updated", "other"), TEMPLATES)
def test_what_a_build_writes_can_be_read_and_drawn_again(tmp_path, updated, other):
    flow = template(updated=updated, other=other)
    path = tmp_path / "prisma2020.csv"
    PRISMA2020.write(path, rows_of(flow))
    with path.open(newline="", encoding="utf-8") as file:
        numbers = {row["data"]: row["n"] for row in csv.DictReader(file)}
    assert numbers["database_specific_results"] == "PubMed, 600; Embase, 250"
    assert numbers["dbr_excluded"] == "No outcome of interest, 31; Wrong study design, 12"
    assert (numbers["excluded_automatic"], numbers["excluded_other"]) == ("30", "2")
    assert numbers["total_studies"] == ("31" if updated else "0")
    assert numbers["citations_results"] == ("5" if other else "0")
    assert faults(path) == []
    names = {shape.name.split(".")[0] for shape in arrange(flow_of(read(path))).shapes}
    assert ("previous" in names, "other" in names) == (updated, other)


def test_the_command_draws_and_checks(table, tmp_path, capsys):
    figure = tmp_path / "figure.png"
    outputs = [
        "--output",
        str(figure),
        "--output",
        str(tmp_path / "figure.svg"),
        "--output",
        str(tmp_path / "copy.csv"),
    ]
    assert main(["flow", str(table()), *outputs, "--dpi", "600"]) == 0
    with Image.open(figure) as picture:
        assert picture.width == 3900
        assert round(picture.info["dpi"][0]) == 600
    assert (tmp_path / "copy.csv").read_bytes() == table().read_bytes()

    wrong = table(records_screened="85")
    assert main(["flow", str(wrong), "--output", str(tmp_path / "wrong.svg")]) == 1
    assert "records_screened is 85, but" in capsys.readouterr().err
    assert not (tmp_path / "wrong.svg").exists()
    assert main(["flow", str(wrong), "--output", str(tmp_path / "wrong.svg"), "--anyway"]) == 0
    assert main(["flow", str(wrong), "--output", str(tmp_path / "figure.docx")]) == 1
    assert "has no known ending" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cell", "n"),
    [
        ("12", 12),
        ("12.0", 12),
        ("1234.00", 1234),
        ("1,234.0", 1234),
        ("1,234", 1234),
        ("1 234", 1234),
        ("1\u00a0234", 1234),
        ("1’234", 1234),
        ("12,0", 12),
        ("5.5", None),
        ("5,5", None),
        ("PubMed, 12.0; Embase, 3", 15),
        ("2020, 5; 2021, 6", 11),
    ],
)
def test_numbers_as_spreadsheets_and_data_frames_write_them(table, cell, n):
    path = table(database_specific_results=cell, database_results="NA")
    assert Numbers(read(path)).number("database_specific_results") == n
    assert (n is None) == any("neither a number nor a list" in message for message in faults(path))


@pytest.mark.parametrize("delimiter", ";\t")
def test_a_table_of_a_spreadsheet_with_another_delimiter_and_a_byte_order_mark(table, tmp_path, delimiter):
    plain, path = read(table(previous_studies="5.0")), tmp_path / "saved.csv"
    write(path, replace(plain, delimiter=delimiter, mark=True, newline="\r\n"))
    assert path.read_bytes().startswith(b"\xef\xbb\xbfdata" + delimiter.encode())
    again = read(path)
    assert again.rows == plain.rows and Numbers(again).number("previous_studies") == 5
    write(tmp_path / "copy.csv", again)
    assert (tmp_path / "copy.csv").read_bytes() == path.read_bytes()


def test_the_command_warns_of_letters_that_its_fonts_lack(table, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("prismake"), "propagate", True)
    path = table(database_specific_results="中国知网, 80; Embase, 20", database_results="100")
    main(["flow", str(path), "--output", str(tmp_path / "figure.svg"), "--anyway"])
    assert "the figure's fonts cannot print '中国知网" in caplog.text


def test_a_file_that_is_no_such_table(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(BuildStop, match="column 'data' is missing"):
        read(path)
    path.write_text("data,n\nduplicates\n", encoding="utf-8")
    with pytest.raises(BuildStop, match="row 2: 1 cell, where the header has 2"):
        read(path)
    with pytest.raises(BuildStop):
        read(tmp_path / "none.csv")
    path.write_text("\n\n", encoding="utf-8")
    with pytest.raises(BuildStop, match="column 'data' is missing"):
        read(path)
    path.write_text('data,n\n"duplicates"x,1\n', encoding="utf-8")
    with pytest.raises(BuildStop, match="not a well-formed CSV"):
        read(path)


def test_a_line_end_inside_a_cell_is_kept(tmp_path):
    path = tmp_path / "PRISMA.csv"
    path.write_bytes(b'data,n,note\r\nduplicates,1,"two\r\nlines"\r\n')
    whole = read(path)
    assert whole.rows == ({"data": "duplicates", "n": "1", "note": "two\nlines"},) and whole.newline == "\r\n"
    write(tmp_path / "again.csv", whole)
    assert (tmp_path / "again.csv").read_bytes() == path.read_bytes()
