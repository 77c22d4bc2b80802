import re
import shutil
import zipfile

import pytest
from docx import Document
from openxml_audit import OpenXmlValidator
from prismake.common.validation import load_yaml
from prismake.common.writing import read_rows
from prismake.submission.pages import Pages
from pypdf import PdfReader

from tests.build.conftest import Review

pytestmark = pytest.mark.build


@pytest.fixture(scope="module")
def built(example, tmp_path_factory):
    """The example with its supplement."""
    target = tmp_path_factory.mktemp("supplement") / "copy"
    shutil.copytree(example.folder, target, symlinks=True, ignore=shutil.ignore_patterns(".shelf"))
    review = Review(target)
    review.build("supplement")
    return review


def folded(text):
    return re.sub(r"\W+", "", text)


def test_every_place_is_on_the_page_that_the_checklist_names(built):
    pages = [folded(page.extract_text()) for page in PdfReader(built / "results/manuscript/manuscript.pdf").pages]
    rows = read_rows(built / "results/supplement/checklist_prisma2020.csv")
    named = [place for row in rows for place in re.findall(r"[Pp]age (\d+), ([^;]+)", row["reported"])]
    assert len(named) > 30
    for page, place in named:
        if place not in ("title", "Abstract"):
            assert folded(place) in pages[int(page) - 1], (page, place)


def test_each_record_excluded_at_full_text_is_a_reference(built):
    rows = read_rows(built / "results/flow/fulltext.excluded.csv")
    text = folded("".join(p.extract_text() for p in PdfReader(built / "results/supplement/supplement.pdf").pages))
    for row in rows:
        assert row["doi"] == "" or folded(row["doi"]) in text


def test_the_word_document_is_valid_and_says_the_same(built):
    path = built / "results/supplement/supplement.docx"
    assert not OpenXmlValidator().validate(path).errors
    document = Document(path)
    # Pandoc puts a fixed blank behind "e.g.".
    cells = [cell.text.replace("\u00a0", " ") for table in document.tables for cell in table._cells]
    for name in ("prisma2020", "prisma2020_abstracts", "prisma_s"):
        for row in read_rows(built / f"results/supplement/checklist_{name}.csv"):
            assert row["text"] in cells
    with zipfile.ZipFile(path) as archive:
        assert b"SEQ Supplementary_Table" in archive.read("word/document.xml")


def test_the_strategies_are_printed_as_they_were_typed(built):
    printed = "\n".join(
        cell.text for table in Document(built / "results/supplement/supplement.docx").tables for cell in table._cells
    )
    for search in load_yaml(built / "config.yaml")["searches"]:
        for line in (built / search["strategy"]).read_text().splitlines():
            assert line.split(" ", 1)[1] in printed


def test_a_heading_that_is_not_there_stops(built):
    built.edit("manuscript/checklists.yaml", '"25": Funding', '"25": Fundings')
    said = built.stopped("supplement")
    assert "manuscript/checklists.yaml, prisma2020.25: the manuscript has no heading 'Fundings'" in said
    assert "did you mean 'Funding'?" in said


def test_headings_of_the_manuscript_are_read_with_their_pages(example):
    pages = Pages(example / "results/manuscript/manuscript.pdf")
    titles = [heading.path for heading in pages.headings]
    assert "Results > Critical Appraisal" in titles
    assert all(1 <= heading.page <= pages.count for heading in pages.headings)
