"""What the cells of tables can hold, in both documents."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pymupdf
import pytest
from docx.oxml.ns import qn
from prismake.common.blocks import table_block
from prismake.common.errors import BuildStop

from .conftest import JOURNAL, Review
from .test_write_pdf import inner_text, letters, word_text

NUMBERS = ["65.50 ± 21.23", "107", "85.6 (55–119)", "NA", "−3.25", "1,234.5", "–"]


def with_tables(review: Review, *tables: dict[str, Any]) -> Review:
    mentions = ", ".join(f"[@tbl:{table['id']}]" for table in tables)
    blocks = "\n\n".join(table_block({"caption": f"The table {table['id']}", **table}) for table in tables)
    return review.edit(
        lambda text: text.replace("# Discussion\n", f"Also {mentions}.\n\n{blocks}\n\n# Discussion\n", 1)
    )


def profile_with(review: Review, text: str) -> None:
    review.profile = review.folder / "profile.yaml"
    content = (JOURNAL / "profile.yaml").read_text(encoding="utf-8")
    content = re.sub(r"  min_size_pt: .*\n", "", content)
    review.profile.write_text(content.replace("  size_pt: 10\n", f"  size_pt: 10\n{text}"), encoding="utf-8")


def table_of(document: Any, caption: str) -> Any:
    for table in document.element.body.iter(qn("w:tbl")):
        above = table.getprevious()
        if caption in "".join(node.text or "" for node in above.iter(qn("w:t"))):
            return table
    raise AssertionError(caption)


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Review:
    from .conftest import lay_out

    review = lay_out(tmp_path_factory.mktemp("cells"))
    profile_with(review, "  min_size_pt: 6\n")
    with_tables(
        review,
        {
            "id": "kinds",
            "columns": [
                {"id": "n", "header": "Minutes", "align": "decimal"},
                {"id": "l", "header": "Causes"},
                {"id": "m", "header": "Other"},
            ],
            "rows": [[number, "Leakage (5)\nStenosis (7)", "x^2^ ± 3–4 [@alder2001]"] for number in NUMBERS],
        },
        {
            "id": "long",
            "columns": [{"id": "a", "header": "Study"}, {"id": "b", "header": "Value", "align": "decimal"}],
            "rows": [[f"Study {number}", f"{number * 1.37:.2f}"] for number in range(60)],
            "notes": ["All are invented."],
        },
        {
            "id": "wide",
            "columns": [{"id": f"c{number}", "header": f"Item {number}", "align": "center"} for number in range(25)],
            "rows": [["Unclear" if (row + column) % 3 else "Yes" for column in range(25)] for row in range(9)],
        },
    )
    review.docx()
    review.pdf()
    return review


def test_numbers_stand_at_a_decimal_stop_in_word(cells: Review) -> None:
    table = table_of(docx.Document(str(cells.folder / "manuscript.docx")), "kinds")
    stops = {}
    for row in table.findall(qn("w:tr"))[1:]:
        paragraph = row.find(f"{qn('w:tc')}/{qn('w:p')}")
        text = "".join(node.text or "" for node in paragraph.iter(qn("w:t")))
        stops[text] = [
            (tab.get(qn("w:val")), tab.get(qn("w:pos"))) for tab in paragraph.iter(qn("w:tab")) if tab.get(qn("w:val"))
        ]
    assert stops.pop("NA") == stops.pop("–") == []
    assert len({tuple(item) for item in stops.values()}) == 1
    (((kind, position),),) = {tuple(item) for item in stops.values()}
    assert kind == "decimal" and 0 < int(position) < 4000


def test_numbers_stand_under_one_another_in_the_pdf(cells: Review) -> None:
    with pymupdf.open(cells.folder / "manuscript.pdf") as document:
        (page,) = [page for page in document if "The table kinds" in page.get_text()]
        words = {word[4]: word for word in page.get_text("words")}
        characters = {}
        for block in page.get_text("rawdict")["blocks"]:
            for line in block.get("lines", []):
                for span in line["spans"]:
                    text = "".join(character["c"] for character in span["chars"])
                    characters[text] = span["chars"]
    points = []
    for text, spans in characters.items():
        if text.startswith(("65.50", "85.6", "−3.25", "1,234.5")):
            points.append(next(character["bbox"][0] for character in spans if character["c"] == "."))
    assert len(points) == 4 and max(points) - min(points) < 0.1
    assert abs(words["107"][2] - points[0]) < 0.1, "a whole number ends where the points are"


def test_a_list_is_a_line_an_entry(cells: Review) -> None:
    table = table_of(docx.Document(str(cells.folder / "manuscript.docx")), "kinds")
    cell = table.findall(qn("w:tr"))[1].findall(qn("w:tc"))[1]
    assert len(cell.findall(qn("w:p"))) == 1 and len(list(cell.iter(qn("w:br")))) == 1
    assert [node.text.strip() for node in cell.iter(qn("w:t")) if node.text.strip()] == ["Leakage (5)", "Stenosis (7)"]


def test_superscripts_and_citations(cells: Review) -> None:
    table = table_of(docx.Document(str(cells.folder / "manuscript.docx")), "kinds")
    cell = table.findall(qn("w:tr"))[1].findall(qn("w:tc"))[2]
    raised = [
        "".join(node.text for node in run.iter(qn("w:t")))
        for run in cell.iter(qn("w:r"))
        if run.find(f"{qn('w:rPr')}/{qn('w:vertAlign')}") is not None
    ]
    assert raised == ["2", "1"]


def test_sixty_rows_break_over_pages_under_the_same_header(cells: Review) -> None:
    pages = inner_text(cells.folder / "manuscript.pdf")
    having = [number for number, page in enumerate(pages) if re.search(r"Study\s+Value", page)]
    assert len(having) > 1 and all(later == earlier + 1 for earlier, later in pairwise(having))
    rows = re.findall(r"Study (\d+)\n", "".join(pages[having[0] : having[-1] + 1]))
    assert [int(row) for row in rows] == list(range(60))
    table = table_of(docx.Document(str(cells.folder / "manuscript.docx")), "long")
    assert len(table.findall(qn("w:tr"))) == 61
    assert table.find(f"{qn('w:tr')}/{qn('w:trPr')}/{qn('w:tblHeader')}") is not None


def test_a_table_of_many_columns_shrinks_as_far_as_the_journal_lets_it(cells: Review) -> None:
    document = docx.Document(str(cells.folder / "manuscript.docx"))
    table = table_of(document, "wide")
    sizes = {node.get(qn("w:val")) for node in table.iter(qn("w:sz"))}
    assert len(sizes) == 1 and 12 <= int(sizes.pop()) < 20
    assert all(run.find(f"{qn('w:rPr')}/{qn('w:sz')}") is not None for run in table.iter(qn("w:r")))
    assert [int(section.orientation) for section in document.sections].count(1) == 2
    with pymupdf.open(cells.folder / "manuscript.pdf") as pages:
        (page,) = [page for page in pages if "The table wide" in page.get_text()]
        assert page.rect.width > page.rect.height


def test_both_documents_say_the_same_and_are_valid(cells: Review) -> None:
    pdf = letters("".join(inner_text(cells.folder / "manuscript.pdf")))
    for paragraph in word_text(cells.folder / "manuscript.docx"):
        assert letters(paragraph) in pdf
    audit = pytest.importorskip("openxml_audit", reason="openxml-audit is not installed")
    result = audit.OpenXmlValidator().validate(str(cells.folder / "manuscript.docx"))
    assert result.is_valid and not result.errors


def test_too_wide_at_any_size_names_the_words(review: Review) -> None:
    columns = [{"id": f"c{number}", "header": f"Column{number}of{'many' * 6}"} for number in range(12)]
    with_tables(review, {"id": "x", "columns": columns, "rows": [["1"] * 12]})
    with pytest.raises(BuildStop, match=r"Column\d+ofmany.*\n.*shorten the longest words"):
        review.docx()


def test_a_table_without_rows(review: Review) -> None:
    with pytest.raises(BuildStop, match="table 'x': the table has no rows"):
        table_block({"id": "x", "caption": "x", "columns": [{"id": "a", "header": "A"}], "rows": []})
    empty = "::: {#tbl:none .table}\n\n| A | B |\n|---|---|\n\n: Nothing\n\n:::"
    review.edit(lambda text: text.replace("# Discussion\n", f"See [@tbl:none].\n\n{empty}\n\n# Discussion\n", 1))
    with pytest.raises(BuildStop) as stopped:
        review.docx()
    assert [issue.code for issue in stopped.value.issues] == ["empty-table"]
    assert not (review.folder / Path("manuscript.docx")).exists()


def test_the_last_row_stays_with_the_notes_and_with_nothing_else(cells: Review, written: Review) -> None:
    kept = set()
    for review in (cells, written):
        document = docx.Document(str(review.folder / "manuscript.docx"))
        for table in document.element.body.iter(qn("w:tbl")):
            noted = table.getnext().style == "TableNote"
            rows = [{p.find(f".//{qn('w:keepNext')}") is not None for p in row.iter(qn("w:p"))} for row in table.tr_lst]
            assert rows[-1] == {noted}
            assert rows[0] == {True}
            kept.add(noted)
    assert kept == {True, False}
