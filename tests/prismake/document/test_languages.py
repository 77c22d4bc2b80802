"""Titles in other languages than the manuscript's: marked as such in Word and PDF, and printed as they were."""

from __future__ import annotations

import json
import zipfile
from typing import Any

import pymupdf
import pypdf
from lxml import etree

from .conftest import Review

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TITLE = "Über das Pfropfen <i>alter</i> Eichen"
TRANSLATION = "[On the grafting of old oaks]"
PRINTED = "Über das Pfropfen alter Eichen"


def in_german(review: Review) -> Review:
    file = review.folder / "results/manuscript/references.json"
    works = json.loads(file.read_text(encoding="utf-8"))
    works[0] |= {"language": "de-DE", "title": f"{TITLE} {TRANSLATION}"}
    # One that says what the manuscript says, and one in a form of its language.
    works[1]["language"], works[2]["language"] = "en-GB", "en"
    file.write_text(json.dumps(works), encoding="utf-8")
    return review


def text_of(node: Any) -> str:
    return "".join(part.text or "" for part in node.iter(f"{W}t"))


def test_a_foreign_title_has_its_language(review: Review) -> None:
    in_german(review)
    with zipfile.ZipFile(review.docx()) as package:
        body = etree.fromstring(package.read("word/document.xml"))
    marked = [run for run in body.iter(f"{W}r") if run.find(f"{W}rPr/{W}lang") is not None]
    assert {run.find(f"{W}rPr/{W}lang").get(f"{W}val") for run in marked} == {"de-DE"}
    assert "".join(run.findtext(f"{W}t") or "" for run in marked) == PRINTED
    entry = next(p for p in body.iter(f"{W}p") if PRINTED in text_of(p))
    assert f"{PRINTED} {TRANSLATION}. " in text_of(entry)


def test_a_reading_program_knows_the_language_too(review: Review) -> None:
    path = in_german(review).pdf()
    with pymupdf.open(path) as document:
        assert f"{PRINTED} {TRANSLATION}." in " ".join("".join(page.get_text() for page in document).split())
    contents = b"".join(page.get_contents().get_data() for page in pypdf.PdfReader(path).pages)
    assert b"/Lang(de" in contents
