"""The record model: what every reader gives and every later stage takes.

A record is one entry of one export. All columns hold text ("" where the export says nothing) but `position` and
`line`, which are integers; lists are joined with `SEPARATOR`. What has no column of its own stands in `raw`, in the
order of the export and as it stood there, so no field value is ever lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

SEPARATOR = "; "

# column -> meaning. The bibliographic names are those of the public deduplication benchmarks.
COLUMNS: dict[str, str] = {
    "record_id": "stable id: search id, colon, the database's accession number or else a hash of the content",
    "search": "id of the search in config.yaml",
    "database": "name of the database or register as printed",
    "kind": "database or register (PRISMA counts them apart)",
    "search_date": "date of the search, YYYY-MM-DD",
    "file": "the export's path as config.yaml gives it",
    "format": "the format found from the content",
    "position": "1-based position of the record in its file",
    "line": "1-based line (or spreadsheet row) where the record starts; 0 where the format has none",
    "accession": "the database's own number for the record, normalised",
    "entrytype": "article, conference, chapter, book, thesis, report, registration, … in lower case",
    "title": "title as exported, white space folded",
    "author": "authors in order, 'Family, Given' each where the export tells",
    "year": "four digits",
    "journal": "full source title where given, else its abbreviation",
    "journal_abbrev": "abbreviated source title",
    "volume": "volume",
    "number": "issue",
    "pages": "pages as exported",
    "doi": "DOI, lower case, without resolver address",
    "pmid": "PubMed id, digits",
    "pmcid": "PubMed Central id, PMC and digits",
    "embase_id": "Embase L-number, L and digits",
    "central_id": "Cochrane CENTRAL number, CN- and digits",
    "trial_ids": "trial registration numbers",
    "issn": "ISSNs, NNNN-NNNN",
    "isbn": "ISBNs",
    "abstract": "abstract, white space folded",
    "keywords": "keywords and index terms",
    "language": "language as exported",
    "publication_types": "publication types as exported, of all fields that tell one",
    "url": "addresses",
    "date": "publication date as exported",
    "note": "notes",
    "raw": "JSON list of [field, value] pairs: every field of the export in its order, as it stood",
}

INTEGERS = ("position", "line")


def read_records(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Reads a Parquet table of records, or some of its columns."""
    import pandas as pd

    frame = pd.read_parquet(path, columns=list(columns) if columns else None)
    text = [name for name in frame.columns if name not in INTEGERS and frame[name].dtype != "int64"]
    return frame.astype(dict.fromkeys(text, "object"))


def split_list(cell: str) -> list[str]:
    """The items of a list cell."""
    return [item for item in cell.split(SEPARATOR) if item] if cell else []


def join_list(items: list[str]) -> str:
    """A list as one cell: white space folded, empty items and repeats dropped, order kept."""
    return SEPARATOR.join(dict.fromkeys(" ".join(item.split()) for item in items if item and item.strip()))
