"""The files of a batch: for each screening tool the form that it imports, the sheets, and the plain tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prismake.common.errors import Issue, counted
from prismake.common.results import screening as results
from prismake.common.writing import write_text
from prismake.screening.waiting import CONFLICTS, Batch
from prismake.screening.writers import references

if TYPE_CHECKING:
    from prismake.screening.writers.sheet import Screening

Record = Mapping[str, Any]

ASREVIEW = "asreview"
# Columns that the lists of reports have where they take down what was not retrieved.
ANSWERS = ("retrieval", "reason", "note")


@dataclass(frozen=True)
class RisForm:
    """How a tool takes RIS: the tags that carry the record id, and how many records a file may have."""

    id_tags: tuple[str, ...]
    most: int


# Rayyan renames its own key and accession number, and keeps notes. Covidence takes 15,000 references a file and returns
# the accession number. EPPI-Reviewer returns its number of a record in U1. The plain file is for reference managers.
RIS_FORMS = {
    "rayyan": RisForm(("N1", "AN"), 30_000),
    "covidence": RisForm(("AN", "ID"), 15_000),
    "eppi_reviewer": RisForm(("U1", "ID", "N1"), 30_000),
    "distillersr": RisForm(("AN", "N1"), 30_000),
}
PLAIN_RIS = RisForm(("ID", "AN", "N1"), 1 << 30)
TOOLS = (*RIS_FORMS, ASREVIEW)


def folder_name(reviewer: str, taken: Iterable[str]) -> str:
    """A name for a person's files that every file system takes, and that is not `taken`."""
    name = re.sub(r"[^\w-]+", "_", reviewer).strip("_") or "reviewer"
    used = {other.casefold() for other in taken}
    number, free = 1, name
    while free.casefold() in used:
        number += 1
        free = f"{name}_{number}"
    return free


@dataclass(frozen=True)
class Place:
    """Where a batch goes: its folder, and how the names of its files begin.

    `saved` are the names of the sheets that people have filled in and saved.
    """

    folder: Path
    start: str
    saved: Collection[str] = ()

    def file(self, name: str) -> Path:
        """The place of a file of the batch."""
        return self.folder / f"{self.start}_{name}"

    def sheet(self, name: str) -> Path:
        """The place of a sheet of the batch: `…_sheet.xlsx`, or `…_sheet_2.xlsx` where the first has been saved.

        Somebody who saves the new sheet beside the old one then does not replace the decisions of the old one.
        """
        free = (f"{self.start}_{name}{'' if number == 1 else f'_{number}'}.xlsx" for number in count(1))
        return self.folder / next(file for file in free if file not in self.saved)


def write_batch(
    place: Place, batch: Batch, records: Sequence[Record], answers: Mapping[str, str], tools: Sequence[str]
) -> list[Issue]:
    """Writes the files for people and for the `tools` that screen; a warning for each text that a cell cannot hold."""
    # Loaded where a sheet is written: openpyxl takes as long to load as the step runs where nothing waits.
    from prismake.screening.writers.forms import conflict_sheet, screening_sheet

    if batch.name == CONFLICTS:
        return _write_sheet(place.sheet("sheet"), conflict_sheet(batch), batch, records, answers)
    issues = _write_sheet(place.sheet("sheet"), screening_sheet(batch), batch, records, {})
    _write_ris(place, "records", PLAIN_RIS, records)
    if ASREVIEW in tools:
        results.ASREVIEW_RECORDS.write(place.file("asreview.csv"), map(_asreview_row, records))
    # Other tools divide the records among reviewers themselves.
    if not batch.reviewer:
        for tool in RIS_FORMS:
            if tool in tools:
                _write_ris(place, tool, RIS_FORMS[tool], records)
        write_text(place.file("records.bib"), references.bibtex(records))
        results.RECORDS_TO_SCREEN.write(place.file("records.csv"), map(_plain_row, records))
    return issues


def write_fetch_list(place: Place, batch: Batch, records: Sequence[Record], *, recorded: bool) -> list[Issue]:
    """Writes the list of reports to fetch; `recorded`: it takes down what could not be retrieved."""
    from prismake.screening.writers.forms import fetch_list

    rows = [_fetch_row(batch, record) for record in records]
    results.REPORTS_TO_FETCH.write(place.file("reports_to_fetch.csv"), rows, ANSWERS if recorded else ())
    _write_ris(place, "reports_to_fetch", PLAIN_RIS, records)
    return _write_sheet(place.sheet("reports_to_fetch"), fetch_list(batch, recorded=recorded), batch, records, {})


def _write_sheet(
    path: Path, screening: Screening, batch: Batch, records: Sequence[Record], answers: Mapping[str, str]
) -> list[Issue]:
    from prismake.screening.writers.forms import sheet_rows
    from prismake.screening.writers.sheet import write_screening

    cut = write_screening(path, screening, sheet_rows(batch, records, answers))
    if not cut:
        return []
    message = f"{counted(cut, 'text is', 'texts are')} longer than a cell of a spreadsheet can be, and cut there"
    return [Issue("cut-text", message, str(path), "read it in the CSV or RIS beside the sheet", "warning")]


def _write_ris(place: Place, name: str, form: RisForm, records: Sequence[Record]) -> None:
    """One file, or as many as the tool's limit makes necessary: rayyan.ris, or rayyan_1.ris, rayyan_2.ris, …"""
    parts = [records[start : start + form.most] for start in range(0, len(records), form.most)]
    for number, part in enumerate(parts, start=1):
        numbered = f"{name}_{number}.ris" if len(parts) > 1 else f"{name}.ris"
        write_text(place.file(numbered), references.ris(part, form.id_tags))


def _plain_row(record: Record) -> dict[str, str]:
    return {column: references.one_line(record[column]) for column in results.RECORDS_TO_SCREEN.columns}


def _asreview_row(record: Record) -> dict[str, str]:
    return {
        "prismake_id": record["record_id"],
        "title": references.one_line(record["title"]),
        "abstract": references.one_line(record["abstract"]),
        "authors": references.one_line(record["author"]),
        "keywords": references.one_line(record["keywords"]),
        "year": record["year"],
        "doi": record["doi"],
        "url": references.doi_link(record) or references.pubmed_link(record),
    }


def _fetch_row(batch: Batch, record: Record) -> dict[str, str]:
    own = (*RECORD_COLUMNS, "doi", "pmid")
    return {
        **{name: references.one_line(record[name]) for name in own},
        "stage": batch.stage.id,
        "doi_link": references.doi_link(record),
        "pubmed_link": references.pubmed_link(record),
    }


RECORD_COLUMNS = ("record_id", "title", "author", "year", "journal", "volume", "number", "pages")
