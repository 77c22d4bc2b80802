"""Every construct of Pandoc Markdown through every writer: set as a reader expects, none printed as source or lost."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pymupdf
import pypdf
import pytest
from lxml import etree
from prismake.audit.matter import Matter
from prismake.audit.passages import grids_of, passages_of, passages_of_code
from prismake.manuscript.model import read_manuscript
from prismake.preflight.findings import Requirements
from prismake.preflight.run import check_docx
from prismake.review.journal import read_profile
from prismake.trace.background import title_page_counts, title_page_texts
from prismake.trace.document_lines import lines_of
from prismake.trace.numbers import Background, numbers_of

from tests.ooxml import faults_of
from tests.places import FONTS, JOURNALS, SCHEMAS
from tests.prismake.document.conftest import Review

from .conftest import HERE, NAMESPACES, Written, has, plain, text_of, torture_review
from .constructs import CONSTRUCTS, Construct
from .grids import TABLES, Grid

# Sections whose text is meant to look like markup.
LITERAL = {"Escapes", "Fenced code", "Indented code", "Inline code", "Plain dollars"}
SOURCE = re.compile(r"\[@|@[a-z]+\d|\{[#.]|:::|<!--|\\[a-z]|~~|\*\*|\]\(|\$[^\d]|\^\[|\[\^|&[a-z]+;")


def names(cases: list[Any]) -> list[str]:
    return [re.sub(r"\W+", "-", (getattr(case, "heading", "") or case.caption).lower()) for case in cases]


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=names(CONSTRUCTS))
def test_in_word(written: Written, construct: Construct) -> None:
    section = written.section(construct.heading)
    missing = [path for path in construct.word if not has(section, path)]
    assert not missing, etree.tostring(section, encoding="unicode")


def test_every_number_in_word_leads_back_to_the_manuscript(written: Written) -> None:
    manuscript = read_manuscript(written.review.folder / "results/manuscript/manuscript.md")
    matter = Matter([*passages_of(manuscript), *passages_of_code(manuscript)], {})
    head, counts = title_page_texts(manuscript), title_page_counts(manuscript)
    background = Background(matter, grids_of(manuscript), head=head, counts=counts)
    numbers = numbers_of(lines_of((written.review.folder / "manuscript.docx").read_bytes()), background)
    assert len(numbers) > 150
    assert [(one.before, one.text, one.after) for one in numbers if one.source == "unexplained"] == []


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=names(CONSTRUCTS))
def test_in_the_pdf(written: Written, construct: Construct) -> None:
    missing = [words for words in construct.pdf if words not in written.pdf]
    assert not missing, written.pdf


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=names(CONSTRUCTS))
def test_in_jats(written: Written, construct: Construct) -> None:
    section = written.part(construct.heading)
    missing = [path for path in construct.jats if not has(section, path)]
    assert not missing, etree.tostring(section, encoding="unicode")


@pytest.mark.parametrize("grid", TABLES, ids=names(TABLES))
def test_table_in_word(written: Written, grid: Grid) -> None:
    table = written.table(grid.caption)
    missing = [path for path in grid.word if not has(table, path)]
    assert not missing, etree.tostring(table, encoding="unicode")


@pytest.mark.parametrize("grid", TABLES, ids=names(TABLES))
def test_table_in_the_pdf(written: Written, grid: Grid) -> None:
    missing = [words for words in grid.pdf if words not in written.pdf]
    assert not missing, written.pdf


@pytest.mark.parametrize("grid", TABLES, ids=names(TABLES))
def test_table_in_jats(written: Written, grid: Grid) -> None:
    wrap = written.wrap(grid.caption)
    missing = [path for path in grid.jats if not has(wrap, path)]
    assert not missing, etree.tostring(wrap, encoding="unicode")
    assert not has(wrap, ".//p[@specific-use]/p")


def test_every_section_of_the_manuscript_is_a_case() -> None:
    text = (HERE / "manuscript.md").read_text(encoding="utf-8")
    sections = re.findall(r"^#{2,3} (.*?)(?: ##| \{.*\}|\^\[.*)?$", text, re.MULTILINE)
    known = {construct.heading for construct in CONSTRUCTS}
    tables = text.index("# Tables")
    named = [name for name in sections if text.index(f"# {name}") < tables]
    assert len(named) > 40
    assert {name for name in named if not re.search(r"[*$]|Empty", name)} <= known
    captions = re.findall(r"^[> ]*(?:Table)?: (.*?)(?: \{.*\}|\^\[.*)?$", text[tables:], re.MULTILINE)
    assert set(captions) == {grid.caption for grid in TABLES}


def test_the_article_is_valid(written: Written, dtd: etree.DTD) -> None:
    assert dtd.validate(written.article), dtd.error_log
    assert not [node for node in written.article.iter() if node.tag is etree.PI]


def test_the_word_document_is_valid(written: Written) -> None:
    assert faults_of([written.review.folder / "manuscript.docx"]) == []


def test_the_preflight_finds_no_fault_of_ours(written: Written) -> None:
    folder, profile = written.review.folder, JOURNALS / "j-pain-res/profile.yaml"
    required = Requirements(
        profile=read_profile(profile, SCHEMAS / "journal.schema.yaml"),
        fonts=FONTS,
        file_name="manuscript.docx",
        source=(folder / "results/manuscript/manuscript.md").read_text(encoding="utf-8"),
    )
    report = check_docx((folder / "manuscript.docx").read_bytes(), required, allowed=[])
    assert not report.errors, report.as_text()


def test_no_source_is_printed(written: Written) -> None:
    for heading in [construct.heading for construct in CONSTRUCTS if construct.heading not in LITERAL]:
        for text in (
            text_of(written.section(heading)),
            "".join(written.part(heading).xpath(".//text()[not(ancestor::tex-math)]")),
        ):
            assert not SOURCE.search(text), (heading, text)
    for note in written.notes:
        assert not SOURCE.search(text_of(note))
    for table in written.body.iter(f"{{{NAMESPACES['w']}}}tbl"):
        assert not re.search(SOURCE.pattern.replace(r"|\$[^\d]", ""), text_of(table))


def test_real_footnotes(written: Written) -> None:
    texts = [plain(text_of(note)) for note in written.notes.xpath("w:footnote[not(@w:type)]", namespaces=NAMESPACES)]
    assert len(texts) == 11
    assert texts[0] == "The first note has x2.It has a second paragraph.and a point"
    assert texts[2] == "See Böhm2 and others.1(p7)" or texts[2] == "See Böhm2 and others1(p7)."
    assert {"The note of a figure.", "The note of a cell.", "The note of a caption."} <= set(texts)
    footnotes = written.article.xpath(".//fn")
    assert len(footnotes) == 11
    targets = {node.get("rid") for node in written.article.xpath(".//xref[@ref-type='fn']")}
    assert targets == {note.get("id") for note in footnotes}
    assert [note.findtext("label") for note in footnotes] == list("abcdefghijk")


def test_the_equations_of_the_pdf_can_be_read_aloud(written: Written) -> None:
    reader = pypdf.PdfReader(str(written.review.folder / "manuscript.pdf"))
    size: Any = reader.trailer["/Size"]
    objects: list[Any] = [reader.get_object(number) for number in range(1, size)]
    alternatives = {str(item["/Alt"]) for item in objects if isinstance(item, dict) and "/Alt" in item}
    assert {"I^2 = 40\\%", "x^2", "a grey square", "Effects of five studies"} <= alternatives


def test_the_headers_of_rows_are_bold_in_the_pdf(written: Written) -> None:
    with pymupdf.open(written.review.folder / "manuscript.pdf") as document:
        fonts = {
            span["text"].strip(): span["font"]
            for page in document
            for block in page.get_text("dict")["blocks"]
            for line in block.get("lines", [])
            for span in line["spans"]
        }
    assert all("Bold" in fonts[words] for words in ("Limp", "Group A", "Numb", "Before"))
    assert not any("Bold" in fonts[words] for words in ("h1", "c2"))


def test_the_boxes_of_tasks_are_the_marks_of_their_list(written: Written) -> None:
    assert has(written.numbering, ".//w:lvlText[@w:val='☐']")
    assert has(written.numbering, ".//w:lvlText[@w:val='☒']")


def test_the_title_and_the_abstract(written: Written) -> None:
    body = written.body
    assert has(body, "//w:p[w:pPr/w:pStyle/@w:val='Title']//m:oMath")
    assert has(body, "//w:p[contains(., 'The abstract has')]//m:oMath")
    assert has(written.article, "front//article-title//mml:math")
    assert has(written.article, "front//abstract/p/list[count(list-item)=2]")
    assert "• first reason • second reason" in written.pdf


REFERENCES = [
    "Adams A, Baker B. Levels of CO2 and α-synuclein. J Names. 2001;1:1–9.",
    "Böhm B. A Book. Press; 2002.",
    "Clark C, Itor E, eds. A Handbook with Editors. Press; 2003.",
    "Dietz D. A paper that waits. J Names. In press.",
]


def test_the_reference_list(written: Written) -> None:
    entries = [
        text_of(block)
        for block in written.body.xpath(".//w:p[w:pPr/w:pStyle/@w:val='Bibliography']", namespaces=NAMESPACES)
    ]
    assert [re.sub(r"^\d+\.", "", entry) for entry in entries[:4]] == REFERENCES
    for entry in REFERENCES:
        assert entry in written.pdf
    titles = written.article.xpath(".//ref//article-title")
    assert titles[0].text == "Levels of CO"
    assert (titles[0][0].tag, titles[0][0].text, titles[0][0].tail) == ("sub", "2", " and α-synuclein")
    assert has(written.article, ".//ref[4]//comment[.='In press']")


@pytest.mark.parametrize("journal", sorted(folder.name for folder in JOURNALS.iterdir() if folder.is_dir()))
def test_every_journal_takes_it(tmp_path: Path, journal: str) -> None:
    review: Review = torture_review(tmp_path, (HERE / "manuscript.md").read_text(encoding="utf-8"))
    review.profile = JOURNALS / journal / "profile.yaml"
    assert review.docx().is_file()
    assert review.pdf().is_file()


def test_the_text_after_a_rule_is_not_indented(written: Written) -> None:
    assert has(written.body, ".//w:p[w:pPr/w:pStyle/@w:val='FirstParagraph'][contains(., 'After the rule.')]")


def test_all_text_of_notes_has_their_size(written: Written) -> None:
    styles = {node.get(f"{{{NAMESPACES['w']}}}val") for node in written.notes.iter(f"{{{NAMESPACES['w']}}}pStyle")}
    assert has(written.notes, ".//w:numPr") and styles == {"FootnoteText"}


def test_notes_have_letters_where_citations_are_raised_numbers(written: Written) -> None:
    with zipfile.ZipFile(written.review.folder / "manuscript.docx") as package:
        settings = etree.fromstring(package.read("word/settings.xml"))
    assert has(settings, "w:footnotePr/*[1][self::w:numFmt/@w:val='lowerLetter']")


def test_notes_have_numbers_where_citations_are_in_brackets(tmp_path: Path) -> None:
    review = torture_review(tmp_path, (HERE / "manuscript.md").read_text("utf-8"))
    review.profile = tmp_path / "profile.yaml"
    own = (JOURNALS / "j-pain-res/profile.yaml").read_text(encoding="utf-8")
    review.profile.write_text(own.replace("form: superscript", "form: brackets"), encoding="utf-8")
    with zipfile.ZipFile(review.docx()) as package:
        settings = etree.fromstring(package.read("word/settings.xml"))
    assert has(settings, "w:footnotePr") and not has(settings, "w:footnotePr/w:numFmt")
    article = etree.parse(str(review.jats()), etree.XMLParser(load_dtd=False, no_network=True))
    assert [label.text for label in article.iterfind(".//fn/label")] == [str(number) for number in range(1, 12)]


def test_every_picture_is_packed_as_it_is(written: Written) -> None:
    folder = written.review.folder
    with zipfile.ZipFile(folder / "manuscript.docx") as package:
        packed = {package.read(name) for name in package.namelist() if name.endswith(".png")}
    assert packed == {(folder / file).read_bytes() for file in written.review.more}
