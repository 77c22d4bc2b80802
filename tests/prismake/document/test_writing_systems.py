"""Letters that do not run from left to right, and those of East Asia, in Word."""

from __future__ import annotations

from typing import Any

import docx
import pymupdf
import pytest
from docx.oxml.ns import qn
from prismake.document.writing_systems import EAST, LEFT, RIGHT, language_of, pieces

from tests.ooxml import faults_of

from .conftest import Review


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text", [(LEFT, "plain text")]),
        ("from سلام عليكم to", [(LEFT, "from "), (RIGHT, "سلام عليكم"), (LEFT, " to")]),
        ("(שלום)", [(LEFT, "("), (RIGHT, "שלום"), (LEFT, ")")]),
        ("嵐、風 x", [(EAST, "嵐、風"), (LEFT, " x")]),
        ("שָׁלוֹם", [(RIGHT, "שָׁלוֹם")]),
        ("12 %", [(LEFT, "12 %")]),
        ("", []),
    ],
)
def test_stretches_of_one_system(text: str, expected: list[tuple[str, str]]) -> None:
    assert pieces(text) == expected
    assert "".join(part for _, part in pieces(text)) == text


def test_languages() -> None:
    assert language_of("שלום") == ("w:bidi", "he-IL")
    assert language_of("سلام") == ("w:bidi", "ar-SA")
    assert [language_of(text)[1] for text in ("嵐の", "한국", "中文")] == ["ja-JP", "ko-KR", "zh-CN"]


@pytest.fixture
def mixed(review: Review) -> Any:
    review.edit(
        lambda text: (
            text.replace("Storm damage is common", "Storm **سلام** and 嵐の中 damage is common")
            .replace("# Discussion\n", "שלום עולם in the middle.\n\n# Discussion\n", 1)
            .replace('title: "Grafting', 'title: "مرحبا Grafting', 1)
            .replace("| Germany |", "| ألمانيا |", 1)
        )
    )
    return review.docx()


def test_runs_say_how_they_run(mixed: Any) -> None:
    body = docx.Document(str(mixed)).element.body
    right = {run.text: run for run in body.iter(qn("w:r")) if run.find(f"{qn('w:rPr')}/{qn('w:rtl')}") is not None}
    assert {"سلام", "שלום עולם", "مرحبا", "ألمانيا"} <= set(right)
    assert right["سلام"].rPr.find(qn("w:bCs")) is not None
    assert right["שלום עולם"].rPr.find(qn("w:lang")).get(qn("w:bidi")) == "he-IL"
    east = [run for run in body.iter(qn("w:r")) if run.text == "嵐の中"]
    assert east[0].rPr.find(qn("w:rFonts")).get(qn("w:hint")) == "eastAsia"
    (paragraph,) = [p for p in body.iter(qn("w:p")) if "in the middle" in "".join(p.itertext())]
    assert paragraph.pPr.find(qn("w:bidi")) is not None
    assert "".join(node.text for node in paragraph.iter(qn("w:t"))) == "שלום עולם in the middle."


def test_a_validator_of_ooxml_finds_nothing(mixed: Any) -> None:
    assert faults_of([mixed]) == []


def test_a_paragraph_that_runs_right_stands_right_in_the_pdf(review: Review) -> None:
    review.edit(lambda text: text.replace("# Discussion\n", "שלום עולם.\n\nLatin again.\n\n# Discussion\n", 1))
    with pymupdf.open(review.pdf()) as document:
        words = [(word, page.rect.width) for page in document for word in page.get_text("words")]
    hebrew = [(word, width) for word, width in words if any("\u0590" <= letter <= "\u05ff" for letter in word[4])]
    assert max(word[2] for word, _ in hebrew) > hebrew[0][1] - 115, "it starts at the right, behind the indent"
    again = [word for word, _ in words if word[4] == "again."]
    assert again[0][0] < 200
