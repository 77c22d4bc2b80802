"""Every page of a draft says so, in Word and in PDF; a finished review's say nothing."""

import docx
import pypdf
from docx.oxml.ns import qn

from .conftest import Review


def as_draft(review: Review) -> Review:
    return review.edit(lambda text: text.replace("---\n", "---\ndraft: true\n", 1))


def test_every_section_of_a_drafts_word_document_says_draft(review: Review, written: Review) -> None:
    document = docx.Document(str(as_draft(review).docx()))
    assert len(document.sections) > 1
    for section in document.sections:
        first = section.header.paragraphs[0]
        assert first.text == "DRAFT" and first.style.name == "Draft Mark" and first.style.font.bold
        # Its lines are not numbered: the style of headers, on which it rests, says so.
        assert first.style.base_style.element.pPr.find(qn("w:suppressLineNumbers")) is not None
    finished = docx.Document(str(written.folder / "manuscript.docx"))
    assert not any("DRAFT" in p.text for section in finished.sections for p in section.header.paragraphs)


def test_every_page_of_a_drafts_pdf_says_draft(review: Review, written: Review) -> None:
    pages = pypdf.PdfReader(as_draft(review).pdf()).pages
    finished = pypdf.PdfReader(written.folder / "manuscript.pdf").pages
    assert len(pages) == len(finished) > 1
    assert all("DRAFT" in page.extract_text() for page in pages)
    assert not any("DRAFT" in page.extract_text() for page in finished)
