"""The head of a manuscript as plain properties."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from prismake.common.errors import BuildStop
from prismake.document.matter import FIXED_DATE, Matter, matter_of
from prismake.manuscript.model import read_manuscript


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("*Quercus* and **more**", "Quercus and more"),
        ("H~2~O, 10^3^", "H2O, 103"),
        ("a\\_b \\* c \\[x\\]", "a_b * c [x]"),
        ("_in vitro_ snake_case", "in vitro snake_case"),
        ("[Words](https://example.org) and [more]{.smallcaps}", "Words and more"),
        ("5 < 6 & 7", "5 < 6 & 7"),
    ],
)
def test_a_title_is_plain(tmp_path: Path, markdown: str, expected: str) -> None:
    assert read_matter(write(tmp_path, f"title: '{markdown}'")).title == expected


def read_matter(path: Path) -> Matter:
    return matter_of(read_manuscript(path))


def write(folder: Path, head: str) -> Path:
    path = folder / "manuscript.md"
    path.write_text(f"---\n{head}\n---\n\nText.\n", encoding="utf-8")
    return path


def test_what_the_head_leaves_out(tmp_path: Path) -> None:
    matter = read_matter(write(tmp_path, "title: A title"))
    assert (matter.title, matter.authors, matter.keywords) == ("A title", (), ())
    assert (matter.language, matter.date, matter.abstract_words) == ("en-US", FIXED_DATE, None)


def test_date(tmp_path: Path) -> None:
    assert read_matter(write(tmp_path, "title: A\ndate-fixed: 2026-02-03")).date == date(2026, 2, 3)


@pytest.mark.parametrize("head", ["title: [", "short-title: x", "- a list"])
def test_stops(tmp_path: Path, head: str) -> None:
    with pytest.raises(BuildStop):
        read_matter(write(tmp_path, head))
