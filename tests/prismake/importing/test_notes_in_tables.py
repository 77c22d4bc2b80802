"""Tables with rows that are notes, and with two columns of one name: what is not read as it stands is reported."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook
from prismake.importing.export import Export

from tests.prismake.importing.records import records_of

HEADER = ["Title", "Authors", "Year", "DOI", "Journal"]
NOTES = [
    "Total records: 2",
    "Total: 1,204",
    "TOTAL = 12",
    "Records found: 2",
    "2 records exported",
    "Number of references: 2",
    "Exported on 31 January 2026",
    "Export date: 2026-01-31 10:15",
    "--- 2 results ---",
]
TITLES = [
    "Total hip arthroplasty: 10",
    "Number of implants: a review of 20 trials",
    "Twenty results of a trial",
    "12 patients with records",
    "Exported goods in 1990 and health",
    "Results: a commentary",
    "2020",
]


def rows_with(title: str) -> list[list[str]]:
    return [HEADER, ["One", "A B", "2001", "10.5555/1", "J"], [title, "", "", "", ""]]


def read(folder: Path, rows: list[list[str]], suffix: str) -> Export:
    file = folder / f"table.{suffix}"
    if suffix == "xlsx":
        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.save(file)
    else:
        file.write_text("".join(",".join(f'"{cell}"' if "," in cell else cell for cell in row) + "\n" for row in rows))
    return Export(file)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("note", NOTES)
def test_a_count_in_the_column_of_titles_is_no_record(note: str, suffix: str, tmp_path: Path) -> None:
    export = read(tmp_path, rows_with(note), suffix)
    assert [record["title"] for record in records_of(export)] == ["One"]
    report = export.report()
    assert report.counted == 2
    assert [(row.line, row.reason) for row in report.rejected] == [(3, f"the row contains nothing but '{note}'")]


@pytest.mark.parametrize("title", TITLES)
def test_a_title_alone_is_a_record_with_a_warning(title: str, tmp_path: Path) -> None:
    export = read(tmp_path, rows_with(title), "csv")
    assert [record["title"] for record in records_of(export)] == ["One", title]
    (warning,) = [text for text in export.report().warnings if "title alone" in text]
    assert warning.startswith(f"1 record consists of a title alone (line 3 '{title}')")


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_two_columns_of_one_name_that_differ_are_reported(suffix: str, tmp_path: Path) -> None:
    rows = [
        ["Title", "Authors", "Year", "title", "Year"],
        ["One", "A B", "2001", "One", ""],
        ["", "C D", "2002", "Two", ""],
    ]
    export = read(tmp_path, rows, suffix)
    assert [record["title"] for record in records_of(export)] == ["One", "Two"]
    assert not [text for text in export.report().warnings if "are called" in text]
    export = read(tmp_path, [*rows, ["Three", "E F", "2003", "Trois", "2004"]], suffix)
    assert records_of(export)[2]["title"] == "Three"
    assert [text.partition(":")[0] for text in export.report().warnings if "are called" in text] == [
        "2 columns are called 'Title', and differ in line 4",
        "2 columns are called 'Year', and differ in line 4",
    ]
