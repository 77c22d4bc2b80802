"""What the records of a file lack is counted and reported; a core field that no record has draws a warning."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from prismake.importing.export import Export, ExportReport

from tests.prismake.importing.records import records_of
from tests.prismake.importing.test_steps import collected, folder, search, write  # noqa: F401


def report_of(path: Path, text: str) -> ExportReport:
    path.write_text(text, encoding="utf-8")
    export = Export(path)
    records_of(export)
    return export.report()


def gaps(report: ExportReport) -> tuple[int, int, int]:
    return report.without_title, report.without_year, report.without_identifier


def test_records_without_title_year_or_identifier_are_counted(tmp_path: Path) -> None:
    text = "Title,Authors,Journal,Year,DOI,PMID\nOne,A B,J,2001,10.5555/1,\n,A B,J,,,7\nThree,A B,J,,,\n,A B,J,2004,,\n"
    report = report_of(tmp_path / "a.csv", text)
    assert gaps(report) == (2, 2, 2)
    assert report.warnings == []
    assert {name: report.as_json()[f"without_{name}"] for name in ("title", "year", "identifier")} == {
        "title": 2,
        "year": 2,
        "identifier": 2,
    }


def test_many_records_at_once_are_counted_like_single_ones(tmp_path: Path) -> None:
    regular = "TY  - JOUR\nTI  - {n}\nAU  - A, B\nJO  - J\nPY  - 2001\nDO  - 10.5555/{n}\nER  - \n"
    text = "".join(regular.format(n=n) for n in range(3)) + "TY  - JOUR\nAU  - A, B\nER  - \n  TI  - x\n  ER  - \n"
    assert gaps(report_of(tmp_path / "a.ris", text)) == (1, 2, 2)


def test_the_rows_of_the_imports_tell_what_is_missing(folder: Path) -> None:  # noqa: F811
    write("a.csv", "Title,Year,DOI\nOne,2001,10.5555/1\nTwo,,\n")
    collected(folder, [search("a", "a.csv")])
    with (folder / "results" / "imports.csv").open(encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert (row["without_title"], row["without_year"], row["without_identifier"]) == ("0", "1", "1")


@pytest.mark.parametrize(
    ("name", "text", "warning"),
    [
        (
            "a.csv",
            "Title,Authors,Journal,When it came,DOI,Cited\nOne,A B,J,2001,10.5555/1,3\nTwo,A B,J,2002,10.5555/2,\n",
            "no record has a year; nothing reads the fields When it came, Cited",
        ),
        (
            "a.ris",
            "TY  - JOUR\nTI  - One\nZ1  - Example, A.\nJO  - J\nPY  - 2001\nDO  - 10.5555/1\nER  - \n",
            "no record has an author; nothing reads the fields Z1",
        ),
        (
            "a.bib",
            "@article{a, title={One}, author={A B}, jahr={2001}, journal={J}, doi={10.5555/1}}\n",
            "no record has a year; nothing reads the fields jahr",
        ),
        (
            "a.json",
            '[{"Title": "One", "Authors": "A B", "Year": "2001", "DOI": "10.5555/1", "Zeitschrift": "J"}]',
            "no record has a journal; nothing reads the fields Zeitschrift",
        ),
        ("b.csv", "Title,Year\nOne,2001\n", "no record has an author, a journal or an identifier"),
    ],
)
def test_a_core_field_that_no_record_has_is_reported_with_what_nothing_reads(
    tmp_path: Path, name: str, text: str, warning: str
) -> None:
    assert report_of(tmp_path / name, text).warnings == [warning]


def test_a_registry_tells_no_authors_and_no_journal(tmp_path: Path) -> None:
    text = "NCT Number,Study Title,Start Date\nNCT00000001,A trial,2001-05\n"
    assert report_of(tmp_path / "a.csv", text).warnings == []


WORDS = ["Ménière", "patient’s", "naïve", "Ångström", "5 µm", "37 °C", "“quoted”"]


@pytest.mark.parametrize(
    "word",
    ["TGF-β signalling", "Μελέτη", "Исследование", "中文", "日本語", "한국어", "دراسة", "מחקר", "Łukasz", "știință"],
)
@pytest.mark.parametrize("encoding", ["windows-1252", "latin-1"])
def test_text_of_any_script_decoded_twice_is_reported(tmp_path: Path, word: str, encoding: str) -> None:
    once = "".join(bytes([byte]).decode(encoding, "replace").replace("�", chr(byte)) for byte in word.encode())
    for text, expected in ((once, 1), (word, 0)):
        warnings = _warnings_with(tmp_path / "a.csv", text)
        assert sum("decoded twice" in warning for warning in warnings) == expected, (text, warnings)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("name", ["a.csv", "a.ris", "a.json", "a.xlsx"])
def test_text_decoded_twice_is_reported(tmp_path: Path, word: str, name: str) -> None:
    # Windows-1252 leaves some bytes undefined, which programs keep as they are.
    once = "".join(bytes([byte]).decode("windows-1252", "replace").replace("�", chr(byte)) for byte in word.encode())
    for text, expected in ((once, 1), (word, 0)):
        warnings = _warnings_with(tmp_path / name, text)
        assert sum("decoded twice" in warning for warning in warnings) == expected, (text, warnings)


def _warnings_with(path: Path, word: str) -> list[str]:
    rows = [["Title", "Authors", "Journal", "Year", "DOI"], [f"On {word} again", "A B", "J", "2001", "10.5555/1"]]
    if path.suffix == ".xlsx":
        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
        export = Export(path)
        records_of(export)
        return export.report().warnings
    texts: dict[str, Any] = {
        ".csv": "\n".join(",".join(row) for row in rows) + "\n",
        ".ris": f"TY  - JOUR\nTI  - {rows[1][0]}\nAU  - A, B\nJO  - J\nPY  - 2001\nDO  - 10.5555/1\nER  - \n",
        ".json": json.dumps([dict(zip(*rows, strict=True))]),
    }
    return report_of(path, texts[path.suffix]).warnings


@pytest.mark.parametrize(
    "title",
    [
        "SÃO PAULO",
        "AVALIAÇÃO",
        "IRMÃ",
        "Âge",
        "pâte",
        "â",
        "Ã",
        "NÃO-LINEAR",
        "50 Å²",
        "CAFÉ” été…",
        "5 Å–10 Å",
        "«ÉTÉ» été»…",
    ],
)
def test_letters_of_other_languages_are_not_taken_for_text_decoded_twice(tmp_path: Path, title: str) -> None:
    assert not any("twice" in text for text in _warnings_with(tmp_path / "a.csv", title))
