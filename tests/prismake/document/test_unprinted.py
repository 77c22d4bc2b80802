"""What a bibliography says is printed, or listed."""

from __future__ import annotations

from pathlib import Path

import pytest
from prismake.document.arranging import read_works
from prismake.document.unprinted import Field, fields_left_out, summary
from scripts.bibliography import bibliography

from .test_citation_faults import style

BIB = """@article{a, author = {Doe, J.}, title = {A {trial} of hips}, journal = {Pain}, year = {2020}, volume = {1},
  number = {2}, pages = {3--4}, doi = {10.1/x}, pmid = {12}, abstract = {Long}, date-added = {2020}, note = {Retracted}}
@software{s, author = {Doe, J.}, title = {A program}, version = {4.1}, publisher = {P}, year = {2021}}
@misc{w, title = {A page}, howpublished = {\\url{https://a.org}}, note = {Accessed March 3, 2022}}
@book{b, author = {Doe, J.}, title = {A book}, publisher = {P}, year = {2020}, volume = {3}, edition = {Second}}
"""


def left_out(tmp_path: Path, journal: str) -> list[Field]:
    source, made = tmp_path / "references.bib", tmp_path / "references.json"
    source.write_text(BIB, encoding="utf-8")
    bibliography(source=source, references=made)
    return fields_left_out(source, read_works(made), style(journal))


@pytest.mark.parametrize(
    ("journal", "expected"),
    [
        ("j-pain-res", {"a": {"pmid", "abstract", "date-added", "note"}}),
        ("eur-j-pain", {"a": {"pmid", "abstract", "date-added", "note", "doi", "number"}, "b": {"volume"}}),
        ("plos-one", {"a": {"pmid", "abstract", "date-added", "note", "number"}, "b": {"volume"}}),
    ],
)
def test_every_field_is_printed_or_listed(tmp_path: Path, journal: str, expected: dict[str, set[str]]) -> None:
    listed: dict[str, set[str]] = {}
    for field in left_out(tmp_path, journal):
        listed.setdefault(field.key, set()).add(field.name)
    assert listed == expected


def test_the_summary_counts_what_a_reader_would_miss(tmp_path: Path) -> None:
    assert summary(left_out(tmp_path, "j-pain-res")) == "pmid 1, note 1"
    assert summary([Field("a", "abstract", "x"), Field("a", "mendeley-groups", "y")]) == ""
