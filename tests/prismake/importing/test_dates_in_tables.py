"""Dates in tables: day numbers of spreadsheets, dates without hyphens, and page ranges that became dates."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from prismake.importing.dates import as_date, is_made_date
from prismake.importing.export import Export
from prismake.importing.fields import year

from tests.prismake.importing.records import records_of


def test_a_workbook_gives_years_of_its_dates_and_reports_ranges_that_became_dates(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Title", "Publication Date", "Publication Year", "Volume", "Issue", "Pages"])
    sheet.append(["A date", datetime.date(2021, 3, 5), 2021, 12, datetime.date(2026, 1, 2), datetime.date(2026, 3, 12)])
    sheet.append(["A day number", 44260, None, 12, 3, "100-110"])
    book.save(tmp_path / "dates.xlsx")
    export = Export(tmp_path / "dates.xlsx")
    first, second = records_of(export)
    assert (first["year"], first["date"], first["number"], first["pages"]) == ("2021", "2021-03-05", "", "")
    assert "2026-03-12" in first["raw"]
    assert (second["year"], second["date"], second["pages"]) == ("2021", "2021-03-05", "100-110")
    *warnings, _ = export.report().warnings
    assert [text.split(";")[0] for text in warnings] == ["columns contain dates: 'Issue' (line 2), 'Pages' (line 2)"]


@pytest.mark.parametrize("day", [datetime.date(1950, 1, 1), datetime.date(2000, 2, 29), datetime.date(2099, 12, 31)])
def test_day_numbers_of_spreadsheets_are_dates(day: datetime.date) -> None:
    number = (day - datetime.date(1899, 12, 30)).days
    assert as_date(str(number)) == as_date(f"{number}.5") == as_date(day.strftime("%Y%m%d")) == day.isoformat()


@pytest.mark.parametrize("text", ["2021", "12345", "99999", "20151301", "20150230", "123456789", "May 2020", ""])
def test_other_numbers_are_left_as_they_are(text: str) -> None:
    assert as_date(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20150301", "2015"),
        ("201503", "2015"),
        ("2015", "2015"),
        ("20151399", ""),
        ("120150301", ""),
        ("on 20150301.", "2015"),
    ],
)
def test_the_year_of_a_date_without_hyphens(text: str, expected: str) -> None:
    assert year(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-12",
        "2026-03-12 00:00:00",
        "12-Mar",
        "12-mar-26",
        "Mar-12",
        "12. Mrz",
        "3/12/2026",
        "12.03.2026",
        "05-août",
    ],
)
def test_dates_that_a_spreadsheet_makes_are_known(text: str) -> None:
    assert is_made_date(text)


@pytest.mark.parametrize(
    "text", ["3-12", "123-130", "e12-e15", "2020-3", "12(3)", "Jan-Feb", "Suppl 1", "S12-S20", "1/2", "Mar"]
)
def test_pages_and_issues_are_not_dates(text: str) -> None:
    assert not is_made_date(text)
