"""A small review with the results of a build: four included records, one a preprint of another, and one excluded."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from prismake.common.results.records import CLUSTERS, LINKS
from prismake.common.results.screening import SCREENING

from tests.records import as_frame, write_parquet

CONFIG = """\
review: {draft: true}
searches:
  - {id: s, database: PubMed, date: "2026-01-01", files: [], hits: 0}
screening:
  stages: [{id: all, label: Screened, reasons: {off: Off topic}}]
"""
RECORDS = [
    {
        "record_id": "s:1",
        "title": "=HYPERLINK(1) of 5% {a}",
        "author": "Wagner, R; Müller, A; Study Group",
        "year": "2016",
        "journal": "World Neurosurgery",
        "journal_abbrev": "World Neurosurg.",
        "volume": "9",
        "number": "2",
        "pages": "1-7",
        "doi": "10.5555/one",
        "pmid": "111",
        "publication_types": "Journal Article; Randomized Controlled Trial",
    },
    {
        "record_id": "s:2",
        "title": "Two",
        "author": "Ahn, B; Rhee, C",
        "year": "2024",
        "journal": "J",
        "doi": "10.5555/two",
    },
    {"record_id": "s:3", "title": "Three", "author": "Wagner, R", "year": "2016", "journal": "J"},
    {"record_id": "s:4", "title": "Two, early", "author": "Ahn, B; Rhee, C", "year": "2023", "journal": "medRxiv"},
    {"record_id": "s:5", "title": "Five", "author": "Other, O", "year": "2020", "journal": "J"},
]
# Merged into s:1.
COPY = {"record_id": "t:9", "title": "One", "year": "2015", "database": "Embase"}


class Review:
    """The folder of the review."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
        (folder / "results" / "records").mkdir(parents=True)
        write_parquet(folder / "results" / "records" / "unique.parquet", as_frame(RECORDS))
        write_parquet(
            folder / "results" / "records" / "records.parquet",
            as_frame([*({**one, "database": "PubMed"} for one in RECORDS), COPY]),
        )
        CLUSTERS.write(CLUSTERS.under(folder / "results"), [{"record_id": "t:9", "cluster": "s:1"}, *self._clusters()])
        LINKS.write(LINKS.under(folder / "results"), [{"preprint": "s:4", "article": "s:2", "evidence": "title"}])
        self.include("s:1", "s:2", "s:3", "s:4")

    def _clusters(self) -> list[dict[str, str]]:
        return [{"record_id": record["record_id"], "cluster": record["record_id"]} for record in RECORDS]

    def include(self, *records: str) -> None:
        rows = [
            {"record_id": name, "decision": "include" if name in records else "exclude"}
            for name in (record["record_id"] for record in RECORDS)
        ]
        SCREENING.write(SCREENING.under(self.folder / "results"), rows)

    @property
    def workbook(self) -> Path:
        return self.folder / "data" / "extraction" / "extraction.xlsx"

    @property
    def grids(self) -> Path:
        return self.folder / "data" / "appraisal" / "appraisal.xlsx"

    def rows(self, sheet: str, path: Path | None = None) -> list[list]:
        return [[cell.value for cell in row] for row in load_workbook(path or self.workbook)[sheet].iter_rows()]

    def edit(self, change, path: Path | None = None) -> None:
        book = load_workbook(path or self.workbook)
        change(book)
        book.save(path or self.workbook)


@pytest.fixture
def review(tmp_path):
    return Review(tmp_path)
