"""The Word document, by XPath and by text."""

from __future__ import annotations

import io
import re
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree
from PIL import Image, ImageFont

from tests.ooxml import faults_of
from tests.places import PACKAGE

from .conftest import JOURNAL, Review, lay_out

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def path(written: Review) -> Path:
    return written.folder / "manuscript.docx"


@pytest.fixture(scope="module")
def document(path: Path) -> Any:
    return docx.Document(str(path))


@pytest.fixture(scope="module")
def body(document: Any) -> Any:
    return document.element.body


def text_of(element: Any) -> str:
    return "".join(node.text or "" for node in element.iter(f"{W}t"))


def styled(document: Any, style: str) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == style]


def test_every_part_is_xml_and_every_relationship_has_its_part(path: Path) -> None:
    with zipfile.ZipFile(path) as package:
        names = set(package.namelist())
        assert package.namelist()[0] == "[Content_Types].xml"
        types = etree.fromstring(package.read("[Content_Types].xml"))
        extensions = {node.get("Extension") for node in types if node.get("Extension")}
        overrides = {str(node.get("PartName")).lstrip("/") for node in types if node.get("PartName")}
        assert overrides <= names
        for name in names:
            if name.endswith((".xml", ".rels")):
                etree.fromstring(package.read(name))
            assert name in overrides or name.rsplit(".", 1)[-1] in extensions
            if name.endswith(".rels"):
                base = Path(name).parent.parent
                for relation in etree.fromstring(package.read(name)):
                    if relation.get("TargetMode") != "External":
                        target = str(relation.get("Target"))
                        assert target.lstrip("/") in names or (base / target).as_posix() in names


def test_title_page(document: Any) -> None:
    assert styled(document, "Title") == [
        "Grafting after storm damage in Quercus: a review of invented reports and of what they leave out"
    ]
    assert styled(document, "Author") == ["First Author1, Second Author1,2, Third Author-Name3"]
    affiliations = styled(document, "Affiliation")
    assert len(affiliations) == 3
    assert affiliations[1] == "2Department Two, Example Hospital, Example City, Example Country"
    front = styled(document, "Title Page")
    assert [line.split(":")[0] for line in front] == ["Correspondence", "ORCID", "Running head", "Word count"]
    assert "https://orcid.org/0000-0000-0000-0003" in front[1]
    assert front[3] == "Word count: abstract 67; text 1,234; tables 2; figures 1"
    assert styled(document, "Keywords") == ["Keywords: storm damage, grafting, oak, review"]
    marks = [
        run.text for p in document.paragraphs if p.style.name == "Author" for run in p.runs if run.font.superscript
    ]
    assert marks == ["1", "1,2", "3"]


def test_properties(document: Any) -> None:
    properties = document.core_properties
    assert properties.title.startswith("Grafting after storm damage in Quercus:")
    assert properties.author == "First Author; Second Author; Third Author-Name"
    assert properties.keywords == "storm damage, grafting, oak, review"
    assert properties.language == "en-US"
    assert properties.created == properties.modified
    assert properties.created.date().isoformat() == "2026-01-31"


def test_every_section_has_running_head_page_number_and_line_numbers(document: Any) -> None:
    sections = list(document.sections)
    assert [section.orientation for section in sections] == [0, 1, 0]
    for section in sections:
        assert section._sectPr.find(f"{W}headerReference") is not None
        assert section._sectPr.find(f"{W}footerReference") is not None
        assert section.header.paragraphs[0].text == "Grafting after storm damage"
        assert section.footer.paragraphs[0].text == "Page 1 of 1"
        fields = [node.text.strip() for node in section.footer._element.iter(f"{W}instrText")]
        assert fields == ["PAGE", "NUMPAGES"]
        numbers = section._sectPr.find(f"{W}lnNumType")
        assert numbers.get(qn("w:countBy")) == "1"
        assert numbers.get(qn("w:restart")) == "continuous"
        for margin in (section.left_margin, section.right_margin, section.top_margin, section.bottom_margin):
            assert margin.mm == pytest.approx(25.4, abs=0.1)


def test_the_wide_table_alone_is_landscape(body: Any) -> None:
    section = 0
    places = {}
    for block in body:
        if block.tag == f"{W}tbl":
            places[len(block.find(f"{W}tblGrid"))] = section
        if block.find(f"{W}pPr/{W}sectPr") is not None:
            section += 1
    assert places == {3: 0, 12: 1}


def test_headings_never_skip_a_level(document: Any) -> None:
    levels = [
        int(paragraph.style.name.split()[1])
        for paragraph in document.paragraphs
        if paragraph.style.name.startswith("Heading")
    ]
    assert levels[0] == 1
    assert set(levels) == {1, 2, 3}
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_text_is_double_spaced(document: Any) -> None:
    for name in ("Body Text", "First Paragraph", "Abstract", "Bibliography", "Heading 1"):
        style = document.styles[name]
        # A style that rests on that of the text says what is different.
        spacing = style.paragraph_format.line_spacing or style.base_style.paragraph_format.line_spacing
        assert spacing == 2
    for paragraph in document.paragraphs:
        assert paragraph.paragraph_format.line_spacing is None or not paragraph.text


def test_every_style_in_use_is_defined(document: Any, body: Any) -> None:
    defined = {style.style_id for style in document.styles}
    used = {node.get(qn("w:val")) for tag in ("pStyle", "rStyle", "tblStyle") for node in body.iter(f"{W}{tag}")}
    assert used <= defined
    assert {"TableText", "TableHeader", "TableNote", "TableCaption", "ImageCaption", "Bibliography"} <= used


def test_tables_are_ruled_whole_and_as_wide_as_the_text(document: Any, body: Any) -> None:
    tables = list(body.iter(f"{W}tbl"))
    assert len(tables) == 2
    for table, width in zip(tables, (9026, 13957), strict=True):
        grid = [int(column.get(qn("w:w"))) for column in table.find(f"{W}tblGrid")]
        assert sum(grid) == pytest.approx(width, abs=2)
        rows = table.findall(f"{W}tr")
        assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True] + [False] * (len(rows) - 1)
        for row in rows:
            assert row.find(f"{W}trPr/{W}cantSplit") is not None
            widths = [int(cell.find(f"{W}tcPr/{W}tcW").get(qn("w:w"))) for cell in row.findall(f"{W}tc")]
            assert widths == grid
        # Its rules, and how its header stands, are the style's.
        assert [node.tag for node in table.iter(f"{W}tblBorders", f"{W}tcBorders", f"{W}vAlign", f"{W}jc")] == []
        assert table.find(f".//{W}shd") is None
        notes = table.getnext()
        assert notes.find(f"{W}pPr/{W}pStyle").get(qn("w:val")) == "TableNote"
        assert text_of(notes).startswith("Notes:")


def test_the_longest_word_of_each_cell_fits_its_column(body: Any) -> None:
    faces = {
        bold: ImageFont.truetype(str(PACKAGE / f"figures/fonts/Tinos-{'Bold' if bold else 'Regular'}.ttf"), 1000)
        for bold in (True, False)
    }
    for table in body.iter(f"{W}tbl"):
        grid = [int(column.get(qn("w:w"))) / 20 for column in table.find(f"{W}tblGrid")]
        for number, row in enumerate(table.findall(f"{W}tr")):
            for width, cell in zip(grid, row.findall(f"{W}tc"), strict=True):
                for word in text_of(cell).split():
                    assert faces[number == 0].getlength(word) / 1000 * 10 <= width - 6, word


def fields_of(element: Any) -> list[tuple[str, str]]:
    """(instruction, result) of every complex field, each begun, separated and ended in order."""
    actual, instruction, result, state = [], "", "", None
    for node in element.iter(f"{W}fldChar", f"{W}instrText", f"{W}t"):
        if node.tag == f"{W}fldChar":
            kind = node.get(qn("w:fldCharType"))
            expected = {"begin": None, "separate": "begin", "end": "separate"}[kind]
            assert state == expected
            state = None if kind == "end" else kind
            if kind == "end":
                actual.append((instruction.strip(), result))
                instruction = result = ""
        elif node.tag == f"{W}instrText":
            instruction += node.text
        elif state == "separate":
            result += node.text
    assert state is None
    return actual


def test_captions_count_and_references_point_at_them(body: Any) -> None:
    fields = fields_of(body)
    assert [field for field in fields if field[0].startswith("SEQ")] == [
        ("SEQ Figure \\* ARABIC", "1"),
        ("SEQ Table \\* ARABIC", "1"),
        ("SEQ Table \\* ARABIC", "2"),
    ]
    bookmarks = {}
    for start in body.iter(f"{W}bookmarkStart"):
        name, identifier = start.get(qn("w:name")), start.get(qn("w:id"))
        assert name not in bookmarks and len(name) <= 40
        bookmarks[name] = identifier
    ends = [node.get(qn("w:id")) for node in body.iter(f"{W}bookmarkEnd")]
    assert sorted(ends) == sorted(bookmarks.values())
    assert len(set(ends)) == len(ends)
    references = [field for field in fields if field[0].startswith("REF")]
    assert [result for _, result in references] == [
        "Figure\u00a01",
        "Table\u00a01",
        "Table\u00a02",
        "1",
        "2",
        "Table\u00a02",
    ]
    assert all(instruction.split()[1] in bookmarks for instruction, _ in references)


def test_the_picture_has_alt_text_and_is_sharp(path: Path, body: Any) -> None:
    pictures = list(body.iter(qn("wp:docPr")))
    assert [picture.get("descr") for picture in pictures] == [
        "Flow of reports: 12 identified, 7 excluded & < 6 included."
    ]
    inches = int(next(body.iter(qn("wp:extent"))).get("cx")) / 914400
    with zipfile.ZipFile(path) as package:
        media = [name for name in package.namelist() if name.endswith(".png")]
        picture = Image.open(io.BytesIO(package.read(media[0])))
    assert picture.width / inches >= 297


def test_the_drawing_lies_beside_its_raster_in_a_font_that_word_has(path: Path, body: Any) -> None:
    (vector,) = body.iter("{http://schemas.microsoft.com/office/drawing/2016/SVG/main}svgBlip")
    with zipfile.ZipFile(path) as package:
        relations = etree.fromstring(package.read("word/_rels/document.xml.rels"))
        targets = {node.get("Id"): node.get("Target") for node in relations}
        drawing = package.read(f"word/{targets[vector.get(qn('r:embed'))]}").decode()
    assert 'font-family="Arial"' in drawing
    assert "12" in drawing


def test_links_are_uris_that_word_accepts(review: Review) -> None:
    file = review.folder / "results/manuscript/references.json"
    file.write_text(
        file.read_text(encoding="utf-8").replace('10.5555/prismake.1"', '10.5555/x(2001)44:11<26::aid-a>3.0.co;2-w é"'),
        encoding="utf-8",
    )
    with zipfile.ZipFile(review.docx()) as package:
        relations = etree.fromstring(package.read("word/_rels/document.xml.rels"))
    targets = [str(node.get("Target")) for node in relations if node.get("TargetMode") == "External"]
    # Works, and the address to write to.
    assert len(targets) == 10 and targets.count("mailto:second@example.org") == 1
    assert all(re.fullmatch(r"[\w\-.~:/?#\[\]@!$&'()*+,;=%]+", target, re.ASCII) for target in targets)


def test_a_validator_of_ooxml_finds_nothing(path: Path) -> None:
    assert faults_of([path]) == []


def test_citations_are_superscript_collapsed_and_follow_commas_and_points(document: Any) -> None:
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for expected in (
        "common.1,2 Grafting",
        "ways,3–5 and its limits are known,6 or",
        "two ends1,3–6; another",
        "before a colon7: done",
        "series.2,3,8",
        "here.7–12",
    ):
        assert expected in text
    raised = {run.text for p in document.paragraphs for link in p.hyperlinks for run in link.runs if link.fragment}
    assert raised == {"1", "2", "3", "5", "6", "7", "8", "12"}


def test_a_citation_leads_to_its_work(document: Any) -> None:
    """Each link goes to a bookmark at the head of the entry that has its number, and looks like the text around it."""
    marks = {
        mark.get(qn("w:name")): mark.getparent()
        for mark in document.element.body.iter(qn("w:bookmarkStart"))
        if mark.get(qn("w:name")).startswith("_Work_")
    }
    assert len(marks) == 12
    links = [link for link in document.element.body.iter(qn("w:hyperlink")) if link.get(qn("w:anchor"))]
    assert len(links) > 10
    for link in links:
        assert text_of(marks[link.get(qn("w:anchor"))]).startswith(f"{text_of(link)}.")
        assert link.find(f".//{qn('w:vertAlign')}").get(qn("w:val")) == "superscript"
        assert link.find(f".//{qn('w:rStyle')}") is None


def test_reference_list(document: Any) -> None:
    entries = styled(document, "Bibliography")
    assert [entry.split("\t")[0] for entry in entries] == [f"{number}." for number in range(1, 13)]
    assert entries[2].endswith("Roots in Quercus seedlings. J Invented Bot. 2003;12:120–128. doi:10.5555/prismake.3")
    assert entries[3].startswith("4.\tDogwood Q, Alder A, Birch BC, Cedar D, Dogwood E, Elm F. A long")
    assert entries[4].startswith("5.\tElm Q, Alder A, Birch BC, et al.")
    style = document.styles["Bibliography"].paragraph_format
    assert style.first_line_indent == -style.left_indent


def test_nothing_is_blue_or_underlined(path: Path) -> None:
    with zipfile.ZipFile(path) as package:
        for part in ("word/document.xml", "word/styles.xml"):
            tree = etree.fromstring(package.read(part))
            colours = {node.get(qn("w:val")) for node in tree.iter(f"{W}color")}
            assert colours <= {"auto", "000000", "666666"}
            assert not list(tree.iter(f"{W}u"))


def test_no_trace_of_the_machinery(document: Any, body: Any) -> None:
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert not re.search(r"@fig|@tbl|%%|Error!|\?\?|:::|\[@", text)
    assert not [node for node in body.iter(f"{W}pStyle") if node.get(qn("w:val")) in ("Mark", "RunningHead")]


def test_same_bytes_wherever_and_whenever(written: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    again = lay_out(tmp_path / "another place").docx()
    assert again.read_bytes() == (written.folder / "manuscript.docx").read_bytes()


def test_two_wide_tables_share_a_landscape_section(review: Review) -> None:
    def second(text: str) -> str:
        block = text[text.index("::: {#tbl:characteristics") : text.index("## A heading after the table")]
        return text.replace(block, block + block.replace("#tbl:characteristics", "#tbl:again")).replace(
            "three were series", "three were series ([@tbl:again])"
        )

    document = docx.Document(str(review.edit(second).docx()))
    assert [section.orientation for section in document.sections] == [0, 1, 0]
    captions = [p for p in document.paragraphs if p.style.name == "Table Caption"]
    assert [caption.paragraph_format.page_break_before for caption in captions] == [None, None, True]


def test_a_wide_table_may_end_the_document(review: Review) -> None:
    profile = review.folder / "profile.yaml"
    text = review.profile.read_text(encoding="utf-8")
    profile.write_text(text.replace("placement: section", "placement: end"), encoding="utf-8")
    review.profile = profile
    document = docx.Document(str(review.docx()))
    assert [section.orientation for section in document.sections] == [0, 1]
    last = document.paragraphs[-1]
    assert last.style.name == "Table Note"


def test_references_cited_in_a_table_count_where_the_table_is_first_mentioned(review: Review) -> None:
    def only_in_table(text: str) -> str:
        return (
            text.replace("three were series [@birch2002; @cedar2003; @hazel2008]", "three were series")
            .replace(
                "All that is left is cited here [@ginkgo2007; @hazel2008; ",
                "All that is left is cited here [@ginkgo2007; ",
            )
            .replace("stands before a colon [@ginkgo2007]", "stands before a colon")
        )

    document = docx.Document(str(review.edit(only_in_table).docx()))
    entries = styled(document, "Bibliography")
    # Hazel stands in Table 2 only, which is mentioned before Ginkgo is cited.
    assert [entry.split("\t")[1].split()[0] for entry in entries[5:8]] == ["Fir", "Hazel", "Ginkgo"]
    assert "Hazel7" in text_of(document.element.body)


def test_long_lists_of_authors_and_keywords_are_properties_whole(review: Review) -> None:
    more = "".join(f"- {{name: Author Number {number} With a Long Name, affiliations: [1]}}\n" for number in range(20))
    review.edit(lambda text: text.replace("affiliation:\n", more + "affiliation:\n", 1))
    properties = docx.Document(str(review.docx())).core_properties
    names = properties.author.split("; ")
    assert len(names) == 23 and names[-1] == "Author Number 19 With a Long Name"


def test_words_are_divided_where_the_journal_asks_for_it(review: Review) -> None:
    assert docx.Document(str(review.docx())).settings.element.find(qn("w:autoHyphenation")) is None
    review.profile = review.folder / "profile.yaml"
    text = (JOURNAL / "profile.yaml").read_text(encoding="utf-8")
    review.profile.write_text(
        text.replace("  line_numbers: true\n", "  line_numbers: true\n  hyphenate: true\n"), encoding="utf-8"
    )
    path = review.docx()
    assert docx.Document(str(path)).settings.element.find(qn("w:autoHyphenation")) is not None
    assert faults_of([path]) == []
    assert review.pdf().is_file()


def test_a_panel_follows_its_figure_without_a_blank(review: Review) -> None:
    review.edit(
        lambda text: text.replace("shown in [@fig:prisma].", "shown in [@fig:prisma A–C] and [@fig:prisma, top].")
    )
    text = "\n".join(paragraph.text for paragraph in docx.Document(str(review.docx())).paragraphs)
    assert "shown in Figure\u00a01A–C and Figure\u00a01, top." in text
