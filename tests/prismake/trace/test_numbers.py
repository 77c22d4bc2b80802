"""The numbers of a Word document followed back to values, statements, cells, and the author's own words."""

import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from prismake.audit.matter import Matter
from prismake.audit.passages import Cited, Passage
from prismake.common.values import Value, count, noun
from prismake.trace.document_lines import Citation, Kind, Line, lines_of
from prismake.trace.explaining import tokens_of
from prismake.trace.numbers import Background, Number, TableColumns, behind_cell, numbers_of
from prismake.trace.numbers_page import page_of

from tests.prismake.audit.manuscripts import matter

TREE = {
    "flow": {"included": count(9, "rows", noun("studies"), records="results/flow/included.csv")},
    "pooled": {"age": Value(68.84, "measure", "mean", unit="years", places=1, columns=("age",), studies=("doe2020",))},
}
STUDIES = [{"study_id": "doe2020", "cases": 5, "age": "60"}]
TEXT = """# Results

We included {{ flow.included }} with a mean age of {{ pooled.age }} [@doe2020]. At L3, 12 were typed.
They were seen in two visits.
"""


def linked(paragraph, text, anchor="_Work_1"):
    """Adds a citation that leads to its work."""
    link, run, letters = OxmlElement("w:hyperlink"), OxmlElement("w:r"), OxmlElement("w:t")
    link.set(qn("w:anchor"), anchor)
    letters.text = text
    run.append(letters)
    link.append(run)
    paragraph._p.append(link)


def content(document) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def written(*paragraphs):
    """A document of paragraphs; a part in a tuple is a citation."""
    document = docx.Document()
    document.add_heading("Results", 1)
    for parts in paragraphs:
        paragraph = document.add_paragraph()
        for part in [parts] if isinstance(parts, str) else parts:
            if isinstance(part, tuple):
                linked(paragraph, *part)
            else:
                paragraph.add_run(part)
    return document


def explained(folder, document, text=TEXT, **more):
    columns: dict[str, dict[str, bool]] = {"age": {}, "cases": {}}
    stated = [("two visits", "", "definition")]
    made = matter(folder, text, TREE, studies=STUDIES, stated=stated, columns=columns)
    background = Background(made, **{"grids": {}, "listed": lambda path: ("pubmed:1",), **more})
    return numbers_of(lines_of(content(document)), background)


RESULTS = ["We included 9 studies with a mean age of 68.8 years", ("1",), ". At L3, 12 were typed. Seen in two visits."]


def test_every_number_has_its_source_in_order(tmp_path):
    numbers = explained(tmp_path, written([*RESULTS[:2], ". At L3, 12 were typed. They were seen in two visits."]))
    assert [(one.text, one.source) for one in numbers] == [
        ("9", "value"),
        ("68.8", "value"),
        ("1", "citation"),
        ("L3", "name"),
        ("12", "typed"),
        ("two", "stated"),
    ]
    included, age, citation, _, typed, stated = numbers
    assert (included.values, included.ids, included.how) == (("flow.included",), ("pubmed:1",), "rows")
    assert (age.values, age.columns, age.ids) == (("pooled.age",), ("age",), ("doe2020",))
    assert age.place.endswith("01.text.md:3") and age.section == "Results" and age.expression == "pooled.age"
    assert (citation.before, citation.after) == (
        "9 studies with a mean age of 68.8 years",
        ". At L3, 12 were typed. They were seen",
    )
    assert typed.before.endswith("68.8 years1. At L3, ")
    assert stated.how == "definition"


def test_names_in_texts_of_the_build_are_names_and_its_counts_are_values(tmp_path):
    tree = {
        "forms": {"rob2": Value("the RoB 2 tool, 1,234 patients", "text", "title of the form")},
        "day": count(30, "rows", noun("days")),
    }
    text = "# Results\n\nWe used {{ forms.rob2 }} on day {{ day }}.\n"
    made = matter(tmp_path, text, tree)
    lines = lines_of(content(written("We used the RoB 2 tool, 1,234 patients on day 30.")))
    numbers = numbers_of(lines, Background(made, {}))
    assert [(one.text, one.source) for one in numbers] == [("2", "name"), ("1,234", "value"), ("30", "value")]


@pytest.mark.parametrize(
    ("shown", "unexplained"),
    [
        ("We included 8 studies with a mean age of 68.8 years.", ["8"]),
        ("We included 9 studies with a mean age of 688 years.", ["688"]),
        ("We included 9 studies with a mean age of 6.88 years.", ["6.88"]),
        ("We included 19 studies with a mean age of 68.8 years.", ["19"]),
        ("We included nine studies with a mean age of 68.8 years.", ["nine"]),
        ("Nothing of this was written by the 4 authors, who are surprised.", ["4"]),
        ("We included 9\N{NO-BREAK SPACE}studies with a mean age of 68.8 years", []),
    ],
)
def test_a_number_that_the_manuscript_does_not_hold_is_unexplained(tmp_path, shown, unexplained):
    numbers = explained(tmp_path, written(shown))
    assert [one.text for one in numbers if one.source == "unexplained"] == unexplained


def test_a_decimal_may_begin_with_its_point(tmp_path):
    text = "# Results\n\nThe difference was small (P = .003), see [@doe2020].\n"
    for shown, source in ((".003", "typed"), (".004", "unexplained"), (".03", "unexplained")):
        (one,) = explained(tmp_path, written(f"The difference was small (P = {shown})"), text)
        assert (one.text, one.source) == (shown, source)


def test_what_the_title_page_says_is_explained(tmp_path):
    document = docx.Document()
    document.add_paragraph("Ward 7, 12 Long Street")
    document.add_paragraph("Word count: abstract 253; text 3,682; tables 3; figures 3")
    document.add_paragraph("Word count: text 3,683")
    counts = {"abstract": 253, "text": 3682, "tables": 3, "figures": 3}
    numbers = explained(tmp_path, document, head=["Ward 7, 12 Long Street"], metadata="metadata.yaml", counts=counts)
    assert [(one.text, one.source, one.values) for one in numbers] == [
        ("7", "name", ()),
        ("12", "name", ()),
        ("253", "value", ("counts.abstract",)),
        ("3,682", "value", ("counts.text",)),
        ("3", "value", ("counts.tables",)),
        ("3", "value", ("counts.figures",)),
        ("3,683", "unexplained", ()),
    ]


def numbered(text, *numbers):
    """A line in which the writer set these numbers."""
    kind: Kind = "numbering"
    places = [(text.index(number), text.index(number) + len(number), kind) for number in numbers]
    return Line("Results", "body text", text, tuple(places))


@pytest.mark.parametrize(
    ("line", "text", "places"),
    [
        (numbered("More (Tables 1 and 2; 12).", "1", "2"), "More (; 12).", (6,)),
        (numbered("More (Figs. 1, 2, and 3; 12).", "1", "2", "3"), "More (; 12).", (6,)),
        (Line("Results", "body text", "By Yu et al: 12.", cited=(Citation(12, "4"),)), "By : 12.", (3,)),
    ],
)
def test_a_number_among_the_words_of_references_is_explained(line, text, places):
    for shown, source in (("12", "typed"), ("13", "unexplained")):
        passage = Passage("results", text, "a.md", 1, cited=tuple(Cited(at, "yu2017") for at in places))
        changed = replace(line, text=line.text.replace("12", shown))
        numbers = numbers_of([changed], Background(Matter([passage], {}), {}))
        assert [one.source for one in numbers if one.text == shown] == [source]


def test_marks_of_authors_and_labels_of_floats_are_numbering(tmp_path):
    document = docx.Document()
    document.styles.add_style("Author", 1)
    authors = document.add_paragraph("Ada Byron", style="Author")
    authors.add_run("1,2").font.superscript = True
    numbers = explained(tmp_path, document)
    assert [(one.text, one.source, one.before) for one in numbers] == [
        ("1", "numbering", "Ada Byron"),
        ("2", "numbering", "Ada Byron1,"),
    ]


def test_the_text_around_a_number_has_whole_words(tmp_path):
    text = "# Results\n\n" + "Endlessly " * 9 + "12 " + "endlessly " * 9
    (number,) = explained(tmp_path, written(("Endlessly " * 9 + "12 " + "endlessly " * 9).strip()), text)
    assert set(number.before.split() + number.after.split()) == {"Endlessly", "endlessly"}


def grid(*rows):
    return [[Passage("cell", cell, "01.text.md", 5) for cell in row] for row in rows]


@pytest.mark.parametrize(("shown", "source"), [("60", "table"), ("61", "unexplained")])
def test_a_cell_of_a_table_leads_to_its_study_and_column(tmp_path, shown, source):
    document = docx.Document()
    table = document.add_table(2, 3)
    for cell, text in zip(table._cells, ["Study", "Age", "Notes", "Doe", shown, ""], strict=True):
        cell.text = text
    tables = {"tbl:one": TableColumns(["doe2020"], [("study", "label"), ("age", "mean(age)"), ("notes", "")])}
    grids = {"tbl:other": grid(["Study", "Sex"]), "tbl:one": grid(["Study", "Age", "Notes"], ["Doe", "60", ""])}
    (number,) = explained(tmp_path, document, grids=grids, tables=tables)
    assert number.source == source
    if source == "table":
        assert (number.study, number.column, number.expression, number.columns) == (
            "doe2020",
            "age",
            "mean(age)",
            ("age",),
        )
        assert number.how == "age 60"


def test_a_small_table_is_itself_where_a_large_one_has_all_its_cells(tmp_path):
    document = docx.Document()
    for cell, text in zip(document.add_table(2, 2)._cells, ["Study", "Cases", "Doe", "5"], strict=True):
        cell.text = text
    columns = [("study", "label"), ("cases", "cases"), ("age", "age")]
    tables = {
        "tbl:large": TableColumns(["doe2020"], [columns[1], columns[0], columns[2]]),
        "tbl:small": TableColumns(["doe2020"], columns[:2]),
    }
    grids = {
        "tbl:large": grid(["Cases", "Study", "Age"], ["5", "Doe", "60"]),
        "tbl:small": grid(["Study", "Cases"], ["Doe", "5"]),
    }
    (number,) = explained(tmp_path, document, grids=grids, tables=tables)
    assert (number.source, number.files[0]) == ("table", "results/tables/small.json")


def test_the_authors_own_table_is_typed(tmp_path):
    document = docx.Document()
    table = document.add_table(1, 2)
    table._cells[0].text, table._cells[1].text = "Doses", "17 of them"
    (number,) = explained(tmp_path, document, grids={"tbl:own": grid(["Doses", "17 of them"])})
    assert (number.source, number.place) == ("typed", "01.text.md:5")


def test_a_document_that_is_none_holds_no_numbers():
    assert lines_of(b"no zip") == []


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("At L3–L5, 12 of 30 (40%)", ["L3", "L5", "12", "30", "40%"]),
        ("doi:10.1000/x.12 and 1,234.5 mg", ["10.1000/x.12", "1,234.5"]),
        ("PRISMA 2020, CRD42020123456", ["2020", "CRD42020123456"]),
        ("", []),
    ],
)
def test_numbers_and_names_of_a_text(text, tokens):
    assert [token.text.removeprefix("doi:") for token in tokens_of(text)] == tokens


class Texts(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


def test_the_page_shows_every_number_and_escapes_what_it_holds():
    hostile = "<script>alert('x')</script>"
    numbers = [
        Number("Results", hostile, "5", " & more", "value", "a.md:1", "x | n", ("x",), ids=tuple(map(str, range(25)))),
        Number(hostile, "", "6", "", "unexplained"),
    ]
    page = Texts(page_of(numbers, hostile))
    assert "script" not in page.tags
    assert page.texts.count(hostile) == 3
    assert " & more" in page.texts and any("and 5 more" in text for text in page.texts)
    assert page.tags.count("mark") == 2


def test_no_mark_of_direction_reverses_a_number_on_the_page():
    numbers = [Number("Results", "of \u202e", "12", "\u2066 women\x1b[31m", "typed", place="a\u202e.md:1")]
    page = page_of(numbers, "\u202etitle")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x1b]", page) and "<mark>12</mark>" in page


WORK = {"id": "doe2020", "title": "Ten <i>trials</i> of sleep", "DOI": "10.1/x"}
OTHER = {"id": "roe2021", "title": "Ten trials of sleep in 12 wards"}


@pytest.mark.parametrize(
    ("works", "printed", "ids"),
    [
        (("_Work_2",), "2", ("roe2021",)),
        (("doe2020", "roe2021"), "2", ("roe2021",)),
        (("doe2020",), "Doe, 2020", ("doe2020",)),
        (("_Work_9",), "9", ()),
    ],
)
def test_a_citation_names_the_work_behind_its_number(works, printed, ids):
    lines = [
        Line("Results", "body text", "As seen.", cited=(Citation(7, printed, works),)),
        Line("References", "bibliography", "1. Doe J. Ten Trials of Sleep. 2020;3.", bookmark="_Work_1"),
        Line("References", "bibliography", "2. Roe J. Ten Trials of Sleep in 12 Wards. 2021.", bookmark="_Work_2"),
    ]
    made = Matter([], {}, references={work["id"]: work for work in (WORK, OTHER)})
    citation, *listed = numbers_of(lines, Background(made, {}))
    assert (citation.source, citation.ids) == ("citation", ids)
    assert [(one.text, one.ids) for one in listed if one.text in ("3", "12")] == [
        ("3", ("doe2020",)),
        ("12", ("roe2021",)),
    ]


def test_the_other_numbers_of_a_changed_cell_are_explained(tmp_path):
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["Study", "Age", "Doe", "61 (55\N{EN DASH}119)"], strict=True):
        cell.text = text
    grids = {"tbl:one": grid(["Study", "Age"], ["Doe", "60 (55\N{EN DASH}119)"])}
    tables = {"tbl:one": TableColumns(["doe2020"], [("study", ""), ("age", "age")])}
    numbers = explained(tmp_path, document, grids=grids, tables=tables)
    assert [(one.text, one.source) for one in numbers] == [("61", "unexplained"), ("55", "table"), ("119", "table")]


def test_one_counts_where_a_value_printed_it(tmp_path):
    tree = {"dogs": count(1, "rows", noun("dogs")), "name": Value("no one", "text", "a name")}
    made = matter(tmp_path, "# Results\n\nNo one saw {{ dogs | words }} dog; {{ name }} ran with one cat.\n", tree)
    lines = lines_of(content(written("No one saw one dog; no one ran with one cat.")))
    numbers = numbers_of(lines, Background(made, {}))
    assert [(one.text, one.values, one.before) for one in numbers] == [("one", ("dogs",), "No one saw ")]


def test_a_cell_made_of_the_parts_of_a_study_names_their_file_rows_and_columns():
    part = {"table": "data/extraction/levels.csv", "column": "level", "to": "level_to", "n": "n"}
    study = {"study_id": "yu2017", "parts": {"levels": [{"level": "T12", "n": 3}, {"level": "L1", "level_to": "L3"}]}}
    tables = {"tbl:one": TableColumns(["yu2017"], [("study", ""), ("level", "counts('levels')")])}
    background = Background(Matter([], {}, studies=[study]), {}, tables, parts={"levels": part})
    about = behind_cell(background, "tbl:one", 0, 1)
    assert about["how"] == "levels: level T12, n 3; level L1, level_to L3"
    assert about["files"] == ("results/tables/one.json", "data/extraction/levels.csv")
    assert about["columns"] == ("levels.level", "levels.level_to", "levels.n")
