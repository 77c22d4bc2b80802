"""EndNote's tagged text, also called Refer (.enw, .enl, .txt): "%A Author", one record a block.

Written by hand: there is no library that keeps repeated tags. Blank lines separate records; where they are missing a
second %0 starts the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from prismake.common import identifiers
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Format, Rejected
from prismake.importing.fields import Values, isbns, issns, year
from prismake.importing.names import people
from prismake.importing.pieces import cut
from prismake.importing.text import clean, fold, listed, told

_MARKS = r"0-9A-Z@!#$&*()+?<>~^\[\]=;|"
START = re.compile(rf"\n(?<=\n\n)\ufeff?%[{_MARKS}](?: |(?=\n)|$)")
_FIELD = re.compile(rf"\n\ufeff?(%[{_MARKS}])(?: |(?=\n)|$)")


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the file's records in order."""
    for piece in cut(content, START):
        if piece.fault:
            yield Rejected(piece.line, piece.fault)
            continue
        parts = _FIELD.split(piece.text)
        fields: Fields = [("", line) for line in map(str.strip, parts[0].split("\n")) if line]
        line, at, typed, titled = piece.line, piece.line + parts[0].count("\n"), False, False
        if len(parts) == 1:
            if fields:
                content.warnings.append(f"line {piece.line}: text without a field was left out")
            continue
        for index in range(1, len(parts), 2):
            tag = parts[index]
            if tag == "%0":
                # A second type, or a type with a second title after it, is the next record's.
                if typed or (titled and parts[index + 2 : index + 3] == ["%T"]):
                    yield Entry(fields, line)
                    fields, line, titled = [], at, False
                typed = True
            titled = titled or tag == "%T"
            fields.append((tag, parts[index + 1].strip()))
            at += 1 + parts[index + 1].count("\n")
        yield Entry(fields, line)


_MARK_BYTES = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ@!#$&*()+?<>~^[]=;|")


def count(content: Content) -> int:
    """Counts the tags after a blank line, and each further type (or type and title) in a block."""
    records, blank = 0, True
    typed = titled = doubted = False
    for lines in content.utf8_lines():
        for line in lines:
            if not line:
                blank = True
                continue
            line = line.removeprefix(b"\xef\xbb\xbf")
            if line[:1] == b"%" and line[1:2] and line[1] in _MARK_BYTES and line[2:3] in (b" ", b""):
                tag = line[1:2]
                if blank or records == 0:
                    records += 1
                    typed = titled = doubted = False
                if tag == b"T" and doubted:
                    records, titled = records + 1, False
                doubted = False
                if tag == b"0":
                    records += typed
                    titled, doubted = titled and not typed, titled and not typed
                    typed = True
                titled = titled or tag == b"T"
            blank = False
    return records


_TYPES = {
    "journal article": "article",
    "electronic article": "article",
    "conference paper": "conference",
    "conference proceedings": "conference",
    "book section": "chapter",
    "book": "book",
    "edited book": "book",
    "thesis": "thesis",
    "report": "report",
    "web page": "webpage",
    "patent": "patent",
    "dataset": "dataset",
}


def columns(fields: Fields) -> dict[str, Any]:
    """The record model's columns from a record's fields."""
    values = Values(fields)
    first = values.first
    serials = values.all("%@")
    return {
        "entrytype": _TYPES.get(first("%0").lower(), "article" if "%0" not in values else "misc"),
        "title": told(clean(first("%T", "%!"))),
        "author": people(values.all("%A") or values.all("%E")),
        "year": year(first("%D")) or year(first("%8")),
        "date": fold(first("%8", "%D")),
        "journal": clean(first("%J", "%B", "%S")),
        "journal_abbrev": clean(first("%O") if first("%O").endswith(".") and len(first("%O")) < 60 else ""),
        "volume": fold(first("%V")),
        "number": fold(first("%N")),
        "pages": fold(first("%P")),
        "abstract": told(clean(first("%X"))),
        "keywords": listed([line.strip() for value in values.all("%K") for line in re.split(r"[\n;]", value)]),
        "language": listed(values.all("%G")),
        "publication_types": listed(values.all("%9")),
        "url": listed(values.all("%U")),
        "note": listed(values.all("%Z")),
        "doi": identifiers.doi(first("%R")) or identifiers.doi_of_address(values.all("%U")),
        "issn": issns(serials),
        "isbn": isbns(serials),
        "accession": fold(first("%M")),
    }


FORMAT = Format("endnote", read, count, columns, literal=True)
