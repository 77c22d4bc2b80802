"""How many columns put a table on a landscape page: as many as the profile says, and not one more or fewer."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import docx
import fitz
import pytest
from prismake.preflight.run import check_docx

from tests.prismake.document.conftest import Review
from tests.prismake.preflight.conftest import findings_of, journal, requirements

# Of the fixture's second table.
COLUMNS = 12


def landscape_from(review: Review, columns: int) -> Review:
    """The review under a journal whose tables of so many columns stand on a landscape page; no table asks for one."""
    text, count = re.subn(r"landscape_from: \d+", f"landscape_from: {columns}", review.profile.read_text("utf-8"))
    assert count == 1
    review.profile = review.folder / "profile.yaml"
    review.profile.write_text(text, encoding="utf-8")
    return review.edit(lambda text: text.replace(".table .wide", ".table"))


def findings(content: bytes, columns: int | None) -> set[str]:
    """What preflight finds in a document where the journal sets this limit, or no journal is named."""
    profile: dict[str, Any] = {**journal(), "tables": {**journal()["tables"], "landscape_from": columns}}
    return set(findings_of(check_docx(content, replace(requirements(), profile=profile if columns else None))))


@pytest.mark.parametrize(("limit", "sections"), [(COLUMNS - 1, [0, 1, 0]), (COLUMNS, [0, 1, 0]), (COLUMNS + 1, [0])])
def test_a_table_turns_at_the_journals_number_of_columns(review: Review, limit: int, sections: list[int]) -> None:
    path = landscape_from(review, limit).docx()
    assert [int(section.orientation) for section in docx.Document(str(path)).sections] == sections


@pytest.mark.parametrize(("limit", "pages"), [(COLUMNS, 1), (COLUMNS + 1, 0)])
def test_the_pdf_turns_with_it(review: Review, limit: int, pages: int) -> None:
    with fitz.open(landscape_from(review, limit).pdf()) as document:
        assert sum(page.rect.width > page.rect.height for page in document) == pages


def test_preflight_counts_as_the_journal_does(review: Review) -> None:
    upright = landscape_from(review, COLUMNS + 1).docx().read_bytes()
    assert "table-landscape" in findings(upright, COLUMNS)
    assert "table-landscape" not in findings(upright, COLUMNS + 1)


@pytest.mark.parametrize(("columns", "reported"), [(8, False), (9, True)])
def test_without_a_journal_nine_columns_are_many(columns: int, reported: bool) -> None:
    document = docx.Document()
    document.add_table(rows=2, cols=columns)
    content = io.BytesIO()
    document.save(content)
    assert ("table-landscape" in findings(content.getvalue(), None)) == reported
