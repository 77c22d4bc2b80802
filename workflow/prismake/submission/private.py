"""What people wrote, as a submission may contain it: without the reviewers' notes and comments."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from prismake.common.writing import CsvLines

_NOTES = re.compile(r"(?:^|[\W_])(?:notes?|comments?|remarks?)(?:[\W_\d]|$)", re.IGNORECASE)
_TABLES = (".csv", ".tsv")
# Files in which notes cannot be told from the rest.
_CLOSED = (".xlsx", ".xlsm", ".xls", ".ods", ".numbers", ".docx", ".doc", ".odt", ".zip", ".json", ".ris", ".bib")


def without_notes(path: Path, content: bytes) -> bytes | None:
    """A file of `data/` whose columns of notes are empty; None for one from which they cannot be taken.

    A column is one of notes where its name contains the word note, comment or remark. A file that has none stays as it
    is, byte for byte.
    """
    kind = path.suffix.lower()
    if kind in _CLOSED:
        return None
    return _table_without_notes(content) if kind in _TABLES else content


def _table_without_notes(content: bytes) -> bytes | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    head = text.partition("\n")[0]
    mark = max((",", ";", "\t"), key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error:
        return None
    notes = [at for at, name in enumerate(rows[0] if rows else []) if _NOTES.search(name)]
    if not notes:
        return content
    cleaned = [rows[0], *([("" if at in notes else cell) for at, cell in enumerate(row)] for row in rows[1:])]
    written = io.StringIO()
    CsvLines(written, mark).writerows(cleaned)
    return written.getvalue().encode()
