"""RIS whose tags are in small letters, or have tabs, no-break spaces or other dashes: read, and reported."""

from __future__ import annotations

from pathlib import Path

import pytest
from prismake.importing.content import CHUNK
from prismake.importing.export import Export

from tests.prismake.importing.records import records_of

STANDARD = (
    "TY  - JOUR\nTI  - One\nAB  - A text\nsp  of\nDO  - 10.1000/one\nER  - \n\n"
    "TY  - BOOK\nTI  - Two\nPY  - 2001\nER  - \n"
)
FORMS = {
    "small": STANDARD.replace("TY", "ty")
    .replace("TI", "ti")
    .replace("AB", "ab")
    .replace("DO", "do")
    .replace("ER", "er"),
    "mixed": STANDARD.replace("TY", "Ty").replace("TI", "Ti"),
    "one-small-space": STANDARD.replace("TY  -", "ty -"),
    "tab": STANDARD.replace("  -", "\t-"),
    "space-tab": STANDARD.replace("  - ", " \t-\t"),
    "no-break": STANDARD.replace("  - ", "\xa0\xa0-\xa0"),
    "narrow": STANDARD.replace("  -", "\u202f\u202f-"),
    "wide": STANDARD.replace("  -", "\u3000-"),
    "en-dash": STANDARD.replace("  -", "  \u2013"),
    "indent": STANDARD.replace("TY", "\xa0TY").replace("TI", "\xa0TI").replace("ER", "\xa0ER"),
    "fields": STANDARD.replace("TI  -", "TI\t-").replace("DO  -", "DO\xa0\xa0-"),
    "second": STANDARD.replace("TY  - BOOK\nTI", "ty  - BOOK\nti"),
}


def read(path: Path, content: bytes) -> tuple[list[tuple[str, str, str]], list[str]]:
    """The titles, DOIs and types of an export's records, and what was warned of its tags."""
    path.write_bytes(content)
    export = Export(path)
    records = [(row["title"], row["doi"], row["abstract"]) for row in records_of(export)]
    return records, [text for text in export.report().warnings if "tags" in text]


@pytest.mark.parametrize("form", FORMS)
def test_tags_in_another_form_are_read_and_reported(tmp_path: Path, form: str) -> None:
    expected, nothing = read(tmp_path / "export", STANDARD.encode())
    assert len(expected) == 2 and nothing == []
    records, warnings = read(tmp_path / "export", FORMS[form].encode())
    assert records == expected
    line = {"fields": 2, "second": 8}.get(form, 1)
    assert len(warnings) == 1 and warnings[0].startswith(f"line {line}: from here on tags are not as RIS has them")


def test_no_break_spaces_of_a_legacy_encoding(tmp_path: Path) -> None:
    text = FORMS["no-break"].replace("One", "Über")
    assert read(tmp_path / "export", text.encode("windows-1252"))[0][0][0] == "Über"


def test_the_line_of_the_first_odd_tag_counts_what_stands_before_its_block(tmp_path: Path) -> None:
    before = STANDARD * (CHUNK // len(STANDARD) + 2)
    records, warnings = read(tmp_path / "export", (before + FORMS["small"]).encode())
    assert len(records) == before.count("TY") + 2
    assert warnings[0].startswith(f"line {before.count(chr(10)) + 1}: ")


@pytest.mark.parametrize("line", ["ab  - positive cells", "Ty - two kinds", "gap\t- wide", "\tAB  - positive"])
def test_text_like_a_tag_stays_text_in_a_file_with_standard_tags(tmp_path: Path, line: str) -> None:
    text = STANDARD.replace("sp  of", line)
    records, warnings = read(tmp_path / "export", text.encode())
    assert [row[0] for row in records] == ["One", "Two"] and warnings == []
    assert line.strip().split()[-1] in records[0][2]
