"""Where a RIS record starts and ends: tags before its TY, ends without a hyphen, indents, end-of-file marks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from prismake.importing.content import CHUNK
from prismake.importing.export import Export, ExportReport
from prismake.importing.gaps import NO_RECORD_HAS

from tests.prismake.importing.records import records_of
from tests.prismake.importing.snippets import LOOSE_RIS, SNIPPETS

Row = dict[str, Any]
RECORD = "TY  - JOUR\nTI  - {title}\n{end}\n"


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Reads an export's text: its records and its report."""

    def reading(text: str) -> tuple[list[Row], ExportReport]:
        (tmp_path / "export").write_bytes(text.encode())
        export = Export(tmp_path / "export")
        records = records_of(export)
        return records, export.report()

    return reading


def reading_warnings(report: ExportReport) -> list[str]:
    """The warnings but for what all records lack."""
    return [text for text in report.warnings if not text.startswith(NO_RECORD_HAS)]


def test_loose_files_give_each_record_its_own_fields(read: Any) -> None:
    records, report = read(LOOSE_RIS)
    assert [(record["title"], record["line"]) for record in records] == [
        ("", 1),
        ("Tags before the type", 7),
        ("The end has a hyphen alone", 14),
        ("Indented, no type", 18),
        ("The last", 21),
    ]
    assert (records[1]["pages"], records[1]["keywords"]) == ("67-76", "cells; ER; stain")
    assert records[0]["accession"] == "17" and records[0]["pages"] == ""
    assert (report.counted, reading_warnings(report)) == (5, [])


def test_tags_before_the_type_belong_to_the_record_after(read: Any) -> None:
    text = "".join(
        f"DB  - Place\nTI  - Work {n}\nAB  - Text {n}\n  goes on\nTY  - JOUR\nPY  - 200{n}\nER  - \n\n"
        for n in range(5)
    )
    records, _ = read(text)
    assert [(record["title"], record["year"]) for record in records] == [(f"Work {n}", f"200{n}") for n in range(5)]
    assert [record["abstract"] for record in records] == [f"Text {n} goes on" for n in range(5)]


def test_tags_before_the_type_belong_to_the_record_after_also_without_ends(read: Any) -> None:
    text = "".join(f"DB  - Place\nTI  - Work {n}\nTY  - JOUR\n\nAB  - Text\n\nPY  - 200{n}\n\n" for n in range(3))
    records, report = read(text + "N1  - Last\n")
    assert [(record["title"], record["year"]) for record in records] == [(f"Work {n}", f"200{n}") for n in range(3)]
    assert report.counted == 3 and records[-1]["note"] == "Last"


def test_tags_after_the_last_end_stay_with_the_last_record(read: Any) -> None:
    (record,), _ = read("TY  - JOUR\nTI  - One\nER  - \n\nC1  - a remark\n")
    assert ["after ER: C1", "a remark"] in json.loads(record["raw"])


@pytest.mark.parametrize("end", ["ER", "ER  ", "ER -", "ER-", "ER  -", "ER  - ", "ER:", "ER  \u2013 ", "er  - "])
@pytest.mark.parametrize("gap", ["", "\n", "\n\n"])
def test_each_form_of_an_end_ends_its_record(read: Any, end: str, gap: str) -> None:
    records, report = read(gap.join(RECORD.format(title=f"Work {n}", end=end) for n in range(3)))
    assert [record["title"] for record in records] == ["Work 0", "Work 1", "Work 2"]
    assert (report.counted, reading_warnings(report)) == (3, [])


@pytest.mark.parametrize("line", ["er", "er positive", "ER: positive", "er - positive", "Er -"])
def test_a_line_of_text_that_begins_like_an_end_is_text(read: Any, line: str) -> None:
    (record,), report = read(f"TY  - JOUR\nTI  - One\nAB  - Tumours\n{line}\ngrew\nER  - \n")
    assert (record["abstract"], report.counted) == (f"Tumours {line} grew", 1)


@pytest.mark.parametrize("indent", ["", "  "])
@pytest.mark.parametrize("regular", [1, 3])
def test_tags_with_a_title_after_the_last_end_are_a_record_cut_off(read: Any, indent: str, regular: int) -> None:
    text = "".join(RECORD.format(title=f"Work {n}", end="ER  - ") for n in range(regular))
    records, report = read(f"{text}{indent}DB  - Place\n{indent}TI  - Lost\n{indent}PY  - 2002\n")
    assert [record["title"] for record in records] == [f"Work {n}" for n in range(regular)]
    assert "Lost" not in records[-1]["raw"]
    assert [(item.line, item.reason) for item in report.rejected] == [
        (3 * regular + 1, "the file ends inside the record")
    ]
    assert report.counted == regular + 1


def test_a_keyword_er_in_a_line_of_its_own_is_not_an_end(read: Any) -> None:
    (record,), _ = read("TY  - JOUR\nTI  - One\nKW  - PR\nER\nHER2\nPY  - 2001\nER  - \n")
    assert (record["keywords"], record["year"]) == ("PR; ER; HER2", "2001")


@pytest.mark.parametrize("indent", ["", " ", "\t", "      "])
@pytest.mark.parametrize(
    "start", ["", "\n", "TY  - JOUR\nTI  - Zero\nER  - \n", "TY  - JOUR\nTI  - Zero\nER  - \n\n\n"]
)
def test_a_record_without_a_type_is_counted_whatever_its_indent(read: Any, indent: str, start: str) -> None:
    records, report = read(f"{start}{indent}TI  - One\n{indent}ER  -\n\nTY  - JOUR\nTI  - Two\nER  - \n")
    assert [record["title"] for record in records if record["title"] != "Zero"] == ["One", "Two"]
    assert report.counted == len(records)


def test_a_bare_end_at_the_end_of_a_block_is_counted_once(read: Any) -> None:
    for size in range(CHUNK - 40, CHUNK - 20):
        text = f"TY  - JOUR\nTI  - {'x' * size}\nER\n\n{RECORD.format(title='Two', end='ER')}"
        records, report = read(text)
        assert (len(records), report.counted) == (2, 2)


@pytest.mark.parametrize("mark", ["\x1a", "\x1a\x1a\x1a", "\r\n\x1a", "\x1a\r\n", "\x1a" + 200 * "\0", 30 * "\x1a"])
@pytest.mark.parametrize("name", SNIPPETS)
def test_an_end_of_file_mark_is_not_a_record_and_no_text(read: Any, name: str, mark: str) -> None:
    form, text, good, bad = SNIPPETS[name]
    records, report = read(text)
    marked, export = read(text + mark)
    assert [record["raw"] for record in marked] == [record["raw"] for record in records]
    assert (export.format, export.parsed, len(export.rejected), export.warnings) == (form, good, bad, report.warnings)


def test_a_row_with_nothing_but_the_mark_is_not_a_record(read: Any) -> None:
    records, report = read('"Title","Year"\r\n"One","2001"\r\n"\x1a"\r\n')
    assert ([record["title"] for record in records], report.counted) == (["One"], 1)


def test_files_joined_with_their_end_marks_give_all_their_records(read: Any) -> None:
    for name, (form, text, _, _) in SNIPPETS.items():
        if form not in ("ris", "medline", "endnote", "wos"):
            continue
        once, twice = read(text)[0], read(f"{text.rstrip()}\n\n\x1a{text}")[0]
        assert [record["title"] for record in twice] == 2 * [record["title"] for record in once], name


@pytest.mark.parametrize("other", ["@article{a, title={Two}}", "PMID- 1\n", "%0 Journal Article", '[{"title": "Two"}]'])
def test_a_record_of_another_format_behind_the_last_is_reported(read: Any, other: str) -> None:
    records, report = read(f"TY  - JOUR\nTI  - One\nER  - \n\n{other}\n\nTY  - JOUR\nTI  - Three\nER  - \n")
    assert [record["title"] for record in records] == ["One", "Three"]
    (warning,) = [text for text in report.warnings if "between records" in text]
    assert warning.startswith("1 line between records as another format begins one, the first behind the record in")


def test_a_heading_between_records_is_no_record(read: Any) -> None:
    _, report = read("TY  - JOUR\nTI  - One\nER  - \n\nLink to the full text: https://example.org/a\n")
    assert not any("between records" in text for text in report.warnings)
