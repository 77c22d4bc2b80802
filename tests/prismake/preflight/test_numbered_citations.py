"""Citations in the order of a reader: by their places, not by what their paragraph says first."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from prismake.preflight.document import Document
from prismake.preflight.numbered_citations import bracket_groups, raised_groups


@pytest.fixture
def paragraph(tmp_path: Path) -> tuple[Document, object]:
    """A paragraph in which the digits of a citation stand before, in other words."""
    written = docx.Document()
    line = written.add_paragraph("Scale2 and dose2 were used [1] in one study")
    line.add_run("2").font.superscript = True
    line.add_run(" and once more [1] in one study")
    line.add_run("2").font.superscript = True
    written.save(str(tmp_path / "a.docx"))
    document = Document((tmp_path / "a.docx").read_bytes())
    return document, document.blocks[0]


def test_a_group_has_its_own_place(paragraph: tuple[Document, object]) -> None:
    document, block = paragraph
    text = "Scale2 and dose2 were used [1] in one study2 and once more [1] in one study2"
    places = [group.at for group in raised_groups(document, block)]
    assert places == [text.index("y2") + 1, len(text) - 1]
    assert [group.at for group in bracket_groups(block)] == [text.index("[1]"), text.rindex("[1]")]
