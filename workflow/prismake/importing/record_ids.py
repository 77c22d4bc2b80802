"""Ids of records: stable, from the database's number or else from what the record says, never from its position."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Any

import numpy
import pyarrow as pa

from prismake.importing.cells import numbers

HASHED = ("title", "year", "author", "journal", "volume", "pages")
# What an accession number loses in an id.
_NO_NUMBER = re.compile(r"[\s;~]+")
_NOT_WORD = re.compile(r"(?:[^\w|]|_)+")
_ASCII_NOT_WORD = {code: " " for code in range(128) if _NOT_WORD.match(chr(code))}


def content_hash(record: dict[str, Any]) -> str:
    """Ten hex digits that depend on what the record says (the columns `HASHED`), not on where it stands."""
    first_author = record.get("author", "").partition("; ")[0]
    text = "|".join(
        (
            record.get("title", ""),
            record.get("year", ""),
            first_author,
            record.get("journal", ""),
            record.get("volume", ""),
            record.get("pages", ""),
        )
    )
    if text.isascii():
        # The same as below, several times faster.
        words = " ".join(text.lower().translate(_ASCII_NOT_WORD).split())
    else:
        words = _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    words = words.replace(" |", "|").replace("| ", "|").strip()
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:10]


class Repeats:
    """Tells repeated ids apart: the second gets ~2, the third ~3."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}

    def numbered(self, name: str) -> str:
        """The id itself the first time, then with ~2, ~3."""
        before = self.seen.get(name, 0)
        self.seen[name] = before + 1
        return f"{name}~{before + 1}" if before else name


class RecordIds(Repeats):
    """Gives record ids inside one search: by accession, else by content; repeats are numbered in order."""

    def __init__(self, search: str) -> None:
        super().__init__()
        self.search = search

    def of(self, table: pa.Table) -> list[str]:
        """The ids of the records of a table that comes next."""
        accessions = [
            number if number.isalnum() else _NO_NUMBER.sub("", number) for number in table["accession"].to_pylist()
        ]
        if without := [place for place, number in enumerate(accessions) if not number]:
            records = table.select(HASHED).take(numbers(numpy.array(without))).to_pylist()
            for place, record in zip(without, records, strict=True):
                accessions[place] = "x" + content_hash(record)
        return [self.numbered(f"{self.search}:{number}") for number in accessions]
