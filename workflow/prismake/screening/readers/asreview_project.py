"""The project file of ASReview LAB (.asreview): an archive with the labels in a database, and the records as imported.

Version 3 keeps records and labels in `results.db`; version 2 keeps the records in `data_store.db` and the labels in
`reviews/…/results.db` (asreview.project.migration of ASReview 3.0 describes both).
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from prismake.common import identifiers
from prismake.common.errors import Issue, stop
from prismake.common.matching import Named, fold_title
from prismake.screening.readers import ris, tables
from prismake.screening.readers.entries import Entry, Source, decoded, member
from prismake.screening.readers.notes import Answer

RESULTS, STORE, ABOUT = "results.db", "data_store.db", "project.json"
# Bytes of one value of the database.
_LONGEST = 1 << 24
_FIX = "export the labels as CSV in ASReview"
_DECISIONS = {1: "include", 0: "exclude"}


def is_project(names: Sequence[str]) -> bool:
    """Whether an archive with these members is such a file."""
    return ABOUT in names and any(_is_results(name) for name in names)


def _is_results(name: str) -> bool:
    return name == RESULTS or (name.startswith("reviews/") and name.endswith(f"/{RESULTS}"))


def read(source: Source, names: Sequence[str], issues: list[Issue]) -> Iterator[tuple[Entry, Answer, str]]:
    """Yields each record with the label that it got, if it has one, and the time of the label.

    The record is named as the file that was imported names it, in which its id is. Raises BuildStop if the project has
    none or several reviews, or cannot be read.
    """
    results = [name for name in names if _is_results(name)]
    if len(results) != 1:
        message = f"the project holds {len(results)} reviews, so it is not clear whose labels count"
        raise stop("asreview", message, where=str(source.file), fix=_FIX)
    (labels_in,) = results
    records_in = STORE if STORE in names else labels_in
    records = _select(
        source, records_in, "record", ("record_id", "dataset_row", "title", "year", "doi", "authors"), "dataset_row"
    )
    labels = {row[0]: row[1:] for row in _select(source, labels_in, "results", ("record_id", "label", "time", "note"))}
    imported = _imported(source, names, issues)
    for number, row in enumerate(records):
        own = _named(row)
        named = own
        if len(imported) == len(records) and fold_title(imported[number].title) == fold_title(own.title):
            named = imported[number]
        label, time, note = labels.get(row[0], (None, None, None))
        answer = Answer("", _DECISIONS.get(label, ""), (), str(note or ""))
        yield Entry(number + 1, named), answer, "" if time is None else f"{float(time):.0f}"


def _select(source: Source, name: str, table: str, columns: Sequence[str], order: str = "record_id") -> list[Any]:
    """Rows of a table of a database in the project. Only tables are read: a view would run what it contains."""
    try:
        with sqlite3.connect(":memory:") as database:
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
            database.deserialize(_without_log(member(source.file, name)))
            database.execute("PRAGMA trusted_schema = OFF")
            kinds = database.execute("SELECT type FROM sqlite_master WHERE name = ?", (table,)).fetchall()
            if kinds != [("table",)]:
                raise sqlite3.DatabaseError(f"it has no table '{table}'")
            return database.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {order}").fetchall()
    except sqlite3.Error as fault:
        message = f"the project's database {name} cannot be read: {' '.join(str(fault).split())[:200]}"
        raise stop("asreview", message, where=str(source.file), fix=_FIX) from None


def _without_log(data: bytes) -> bytes:
    """The database as one that keeps no log beside it, which one in memory cannot have."""
    return data[:18] + b"\x01\x01" + data[20:] if data[18:20] == b"\x02\x02" else data


def _named(row: Sequence[Any]) -> Named:
    _, _, title, year, doi, authors = row
    try:
        people = json.loads(authors or "[]")
    except ValueError:
        people = []
    first = str(people[0]) if isinstance(people, list) and people else ""
    return Named((), identifiers.doi(str(doi or "")), "", " ".join(str(title or "").split()), str(year or ""), first)


def _imported(source: Source, names: Sequence[str], issues: list[Issue]) -> list[Named]:
    """How the imported file names each of its records; none where it is not one table or RIS."""
    files = [name for name in names if re.fullmatch(r"data/[^/]+\.(?:csv|tsv|tab|ris|txt)", name, re.IGNORECASE)]
    if len(files) != 1:
        return []
    text, warnings = decoded(member(source.file, files[0]), str(source.file))
    issues += warnings
    if ris.START.search(text[: 1 << 16]):
        return [entry.named for entry in ris.read(text)]
    about = Source(file=source.file, where=source.where)
    return [entry.named for entry in tables.read(tables.table_of(text, about, issues), about, issues)]
