"""A finished build as `prismake why` reads it, through the declarations of its results, and the records in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.records import read_records, split_list
from prismake.common.results.declaring import Document, Result, Table
from prismake.common.results.records import RECORDS

Row = Mapping[str, str]

NAMED = ("doi", "pmid", "pmcid", "trial_ids", "embase_id", "central_id", "accession")
DESCRIBED = ("title", "author", "journal", "year")
IMPORTED = ("record_id", "database", "search_date", "file", "position", "line")
_ADDRESS = re.compile(
    r"^(?:https?://(?:dx\.)?doi\.org/|https?://pubmed\.ncbi\.nlm\.nih\.gov/|doi:|pmid:?\s|pmcid:\s*)", re.I
)
ALIKE, SHOWN = 70.0, 3


@dataclass(frozen=True)
class Build:
    """A finished build, its results in the folder `results`."""

    results: Path

    def path(self, result: Result, **names: str) -> Path:
        """Where a result is."""
        return result.under(self.results, **names)

    def rows(self, table: Table, columns: Sequence[str], **names: str) -> list[dict[str, str]]:
        """The rows of a table that has at least these columns; none if the review has no such table."""
        path = self.path(table, **names)
        return table.read(path, columns) if path.is_file() else []

    def document(self, document: Document) -> dict[str, Any]:
        """The content of a JSON document; nothing where the review has none."""
        path = self.path(document)
        content: dict[str, Any] = document.read(path) if path.is_file() else {}
        return content

    def records(self) -> list[dict[str, Any]]:
        """What `why` shows of every record."""
        return read_records(self.path(RECORDS), (*IMPORTED, *DESCRIBED, *NAMED))


def find(identifier: str, records: Sequence[Row], studies: Mapping[str, Sequence[str]]) -> tuple[str, list[str]]:
    """(the kind of the identifier, the ids of the records that it names).

    A record id is tried first, then identifiers (PubMed id, DOI, PMCID, trial registration, Embase and CENTRAL
    numbers; an address of them too), then the id of a study, whose reports it names.
    """
    by_id = [row["record_id"] for row in records if row["record_id"] == identifier]
    if by_id:
        return "record_id", by_id
    folded = _ADDRESS.sub("", identifier.strip()).strip(" /").casefold()
    for column in NAMED:
        cells = ((row["record_id"], row[column]) for row in records if row[column])
        record_ids = [
            record_id
            for record_id, cell in cells
            if folded in [part.casefold() for part in (split_list(cell) if column == "trial_ids" else [cell])]
        ]
        if record_ids:
            return column, record_ids
    return ("study_id", list(studies[identifier])) if identifier in studies else ("", [])


def nearest_records(identifier: str, records: Sequence[Row]) -> list[Row]:
    """The records whose id, identifiers or title are most like an identifier, the best first."""
    from rapidfuzz import fuzz, process

    folded = identifier.casefold()
    best: dict[int, float] = {}
    for column in ("record_id", "title", *NAMED):
        cells = {number: row[column].casefold() for number, row in enumerate(records) if row[column]}
        scorer = fuzz.token_set_ratio if column == "title" and " " in folded else fuzz.ratio
        for _, score, number in process.extract(folded, cells, scorer=scorer, score_cutoff=ALIKE, limit=SHOWN):
            best[number] = max(best.get(number, 0.0), score)
    order = sorted(best, key=lambda number: (-best[number], number))
    return [records[number] for number in order[:SHOWN]]
