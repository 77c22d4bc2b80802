"""Citations that a style prints otherwise than they are meant are warned of, with their line."""

from __future__ import annotations

from pathlib import Path

import pytest
from prismake.document.citation_faults import citation_faults
from prismake.document.csl import prepared_style
from prismake.document.kinds import Style
from prismake.manuscript.model import read_manuscript

from tests.places import JOURNALS

RAISED = {"form": "superscript", "after": ".,"}
BRACKETS = {"form": "brackets", "after": ""}


def style(journal: str) -> Style:
    return Style(prepared_style((JOURNALS / journal / "references.csl").read_bytes()))


def codes(tmp_path: Path, text: str, journal: str, citations: dict[str, str]) -> list[str]:
    source = tmp_path / "text.md"
    source.write_text(f"---\ntitle: T\n---\n\n{text}\n", encoding="utf-8")
    issues = citation_faults(read_manuscript(source), style(journal), citations)
    assert all(issue.severity == "warning" and "text.md:5" in issue.where for issue in issues)
    return [issue.code for issue in issues]


@pytest.mark.parametrize("place", ["p. 223", "pp. 1–3", "chap. 3", "12", "§ 4", "Fig. 2", "S12"])
def test_a_place_in_a_work_is_lost_where_the_style_prints_none(tmp_path: Path, place: str) -> None:
    assert codes(tmp_path, f"Words [@a, {place}].", "plos-one", BRACKETS) == ["locator"]
    assert codes(tmp_path, f"Words [@a, {place}].", "j-pain-res", RAISED) == []


@pytest.mark.parametrize(
    "text", ["Words [see @a].", "Words [@a, and others].", "Words [@tbl:x B2].", "Words @a [p. 3]."]
)
def test_words_of_a_citation_are_no_place(tmp_path: Path, text: str) -> None:
    assert codes(tmp_path, text, "plos-one", BRACKETS) == (["locator"] if "p. 3" in text else [])


@pytest.mark.parametrize(
    ("text", "raised", "brackets"),
    [
        ("Words [see @a].", 1, 0),
        ("Words [@a; also @b].", 1, 1),
        ("Words [@a, for a review].", 1, 0),
        ("Words @a.", 0, 0),
        ("See [@tbl:x].", 0, 0),
    ],
)
def test_words_among_the_numbers_of_a_citation(tmp_path: Path, text: str, raised: int, brackets: int) -> None:
    assert codes(tmp_path, text, "j-pain-res", RAISED) == ["words-in-citation"] * raised
    assert codes(tmp_path, text, "plos-one", BRACKETS) == ["words-in-citation"] * brackets
    assert codes(tmp_path, text, "eur-j-pain", {"form": "author-date", "after": ""}) == []


@pytest.mark.parametrize(
    "text",
    [
        "Words [@a]^[A note.] on",
        "With $I^2$ [@a]",
        "With $x^{-12}$[@a]",
        ": With $I^2$ [@a] {#tbl:x}\n\n| A |\n|---|\n| 1 |",
        "10^3^[@a] done",
        "10^3^ [@a]",
        "m²[@a] done",
        "Words [@a]^2^",
        "*10^3^[@a]*",
    ],
)
def test_a_raised_number_beside_a_raised_citation(tmp_path: Path, text: str) -> None:
    assert codes(tmp_path, text, "j-pain-res", RAISED) == ["raised-number"]
    assert codes(tmp_path, text, "plos-one", BRACKETS) == []


@pytest.mark.parametrize(
    "text",
    [
        "Words[@a] on^[A note.]",
        "10^3^ trees [@a]",
        "10^3^[@a].",
        "10^th^[@a] done",
        "10^3^ @a says",
        "10^3^[@tbl:x] done",
        "m^2^, n[@a]",
    ],
)
def test_a_raised_number_apart_from_a_citation(tmp_path: Path, text: str) -> None:
    assert codes(tmp_path, text, "j-pain-res", RAISED) == []
