"""Odd input: the documents are valid and say it letter by letter, or one error says what and where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import docx
import pytest
from prismake.common.blocks import figure_block
from prismake.common.errors import BuildStop
from prismake.common.escaping import escape

from tests.ooxml import faults_of

from .conftest import Review, lay_out
from .test_write_pdf import inner_text, letters, word_text

# Letters that the vendored fonts have.
SCRIPTS = "Ελένη Παππά, Жанна Їжак, Nguyễn Thị Ổn, Z\u030ca\u0301, שרה לוי"
FOREIGN = "سلام 嵐 한국 😀"
CODE = [
    "<w:p><w:r/></w:p> </w:t>",
    "{{ 7 * 7 }} {% raw %} {# x #}",
    "\\input{/etc/passwd} \\def\\x{}",
    "[@alder2001] @fig:prisma @nobody [-@x]",
    "$x_1$ $$y$$ \\(z\\)",
    '#import "x.typ" #panic(1) #show: x',
    "*a* _b_ `c` ~d~ ^e^ [f](g){.h}",
    "&amp; &#60; &lt;b&gt; <!-- x -->",
    "::: notes",
    "| a | b |",
]


def yaml_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def valid(path: Path) -> bool:
    return not faults_of([path])


def same(review: Review) -> str:
    """The text of the PDF without blanks, having checked that it holds every paragraph of the Word document."""
    pdf = letters("".join(inner_text(review.folder / "manuscript.pdf")))
    for paragraph in word_text(review.folder / "manuscript.docx"):
        assert letters(paragraph) in pdf, paragraph
    return pdf


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Review:
    review = lay_out(tmp_path_factory.mktemp("odd"))
    people = [f"{name} {'' if number < 5 else number}".strip() for number, name in enumerate(SCRIPTS.split(", ") * 9)]
    authors = "".join(f"- {{name: {yaml_text(name)}, affiliations: [1]}}\n" for name in people)
    cells = "\n".join(f"| {escape(text)} | {number} | x |" for number, text in enumerate(CODE))
    works = [
        {
            "id": f"odd{number}",
            "type": "article-journal",
            "title": text,
            "container-title": text,
            "author": [{"family": text, "given": "A"}],
            "issued": {"date-parts": [[2000]]},
        }
        for number, text in enumerate(CODE)
    ]
    file = review.folder / "results/manuscript/references.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) + works), encoding="utf-8")
    cited = "; ".join(f"@odd{number}" for number in range(len(CODE)))
    caption, alt = " ".join(escape(text) for text in CODE), "Shown: " + " ".join(CODE)
    picture = figure_block("prisma", caption, "results/figures/prisma.svg", alt)
    long = " ".join(f"word{number}" for number in range(10_000))
    review.edit(
        lambda text: (
            text.replace("author:\n", f"author:\n{authors}", 1)
            .replace("keywords: [", f"keywords: [{yaml_text(escape(CODE[0]))}, {yaml_text(escape(CODE[5]))}, ", 1)
            .replace("| Yes | 61 |", f"{cells}\n| Yes | 61 |", 1)
            .replace("# Discussion\n", f"{long}\n\nCited [{cited}].\n\n# Discussion\n", 1)
        )
    )

    def with_picture(text: str) -> str:
        start = text.index("![Selection")
        return text[:start] + picture + text[text.index("\n", start) :]

    review.edit(with_picture)
    review.docx()
    review.pdf()
    return review


def test_both_documents_hold_every_letter(odd: Review) -> None:
    assert valid(odd.folder / "manuscript.docx")
    pdf = same(odd)
    document = docx.Document(str(odd.folder / "manuscript.docx"))
    paragraphs = "\n".join(paragraph.text for paragraph in document.paragraphs)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    for text in CODE:
        assert text in cells
        # In captions, and in titles of works.
        assert paragraphs.count(text) >= 2, text
    for name in SCRIPTS.split(", "):
        assert name in paragraphs
    assert all(letters(f"word{number}") in pdf for number in range(0, 10_000, 997))


def test_alternative_texts_and_properties_are_literal(odd: Review) -> None:
    document: Any = docx.Document(str(odd.folder / "manuscript.docx"))
    (description,) = {shape._inline.docPr.get("descr") for shape in document.inline_shapes}
    for text in CODE:
        assert text in description
    assert len(document.core_properties.author) > 300
    assert CODE[0] in document.core_properties.keywords


def test_letters_that_no_font_has(review: Review) -> None:
    review.edit(lambda text: text.replace("Storm damage is common", f"Storm damage {FOREIGN} is common", 1))
    path = review.docx()
    assert valid(path)
    assert FOREIGN in "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)
    with pytest.raises(BuildStop) as stopped:
        review.pdf()
    (issue,) = stopped.value.issues
    lines = (review.folder / "results/manuscript/manuscript.md").read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if FOREIGN in text)
    assert (issue.code, issue.where) == ("missing-glyph", f"results/manuscript/manuscript.md:{line}")
    assert not (review.folder / "manuscript.pdf").exists()


def test_a_letter_of_a_reference_is_reported_with_its_work(review: Review) -> None:
    file = review.folder / "results/manuscript/references.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"Storm', '"嵐 Storm', 1), encoding="utf-8")
    works = [
        work["id"]
        for work in json.loads(file.read_text(encoding="utf-8"))
        if "嵐" in json.dumps(work, ensure_ascii=False)
    ]
    if not works:
        entries = json.loads(file.read_text(encoding="utf-8"))
        entries[0]["title"] += " 嵐"
        works = [entries[0]["id"]]
        file.write_text(json.dumps(entries), encoding="utf-8")
    with pytest.raises(BuildStop, match=rf"references.json, '{works[0]}'"):
        review.pdf()


@pytest.mark.parametrize("text", ["a\u0007bell", "nul\u0000", "\ufffe"])
def test_control_characters_of_titles_are_dropped(review: Review, text: str) -> None:
    file = review.folder / "results/manuscript/references.json"
    entries = json.loads(file.read_text(encoding="utf-8"))
    entries[0]["title"] = f"Before {text} after"
    file.write_text(json.dumps(entries), encoding="utf-8")
    assert valid(review.docx())
    review.pdf()
    assert "Before" in same(review)
