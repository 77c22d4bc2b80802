"""Web of Science tagged text (.txt, .ciw), Zoological Record and other Clarivate databases.

Written by hand: rispy's reader of this format stops at a tag that it does not know (UK in Zoological Record). A PT
starts a record, an ER ends it, continuation lines are indented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from prismake.common import identifiers
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Format, Rejected, last_without_end
from prismake.importing.fields import Values, isbns, issns, joined, lines, pages, year
from prismake.importing.names import people
from prismake.importing.pieces import cut
from prismake.importing.text import clean, fold, listed, told

START = re.compile(r"\n\ufeff?PT [A-Z][ \t]*(?=\n|$)")
_FIELD = re.compile(r"\n\ufeff?([A-Z][A-Z0-9])(?: |(?=\n)|$)")
# A line each: names and their numbers.
_LISTS = frozenset(("AU", "AF", "BA", "BF", "BE", "ED", "GP", "CA", "C1", "CR", "RI", "OI"))


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the file's records in order."""
    ends = False
    # A record without an end waits for what follows: as the last of a file whose others have one, it is cut off.
    open_: Entry | None = None
    for number, piece in enumerate(cut(content, START)):
        if number == 0:
            # The file's own heading: FN, VR and the like.
            continue
        if open_:
            yield open_
            open_ = None
        if piece.fault:
            yield Rejected(piece.line, piece.fault)
            continue
        parts = _FIELD.split(piece.text)
        fields = [(parts[at], parts[at + 1].strip()) for at in range(1, len(parts), 2)]
        entry = Entry([field for field in fields if field not in (("ER", ""), ("EF", ""))], piece.line)
        # EF, the end of the file, ends its last record too.
        if ("ER", "") in fields or ("EF", "") in fields:
            ends = True
            yield entry
        else:
            open_ = entry
    if open_:
        yield last_without_end(open_, content, ends)


def count(content: Content) -> int:
    """Counts the lines that hold nothing but PT and a letter."""
    starts = (line.removeprefix(b"\xef\xbb\xbf").rstrip() for lines in content.utf8_lines() for line in lines)
    return sum(len(line) == 4 and line[:3] == b"PT " and line[3:].isupper() for line in starts)


_TYPES = {"J": "article", "B": "book", "S": "book", "P": "patent", "C": "conference", "U": "article"}


def columns(fields: Fields) -> dict[str, Any]:
    """The record model's columns from a record's fields."""
    values = Values(joined(fields, _LISTS))
    first = values.first
    types = [part for value in values.all("DT") for part in value.split("; ")]
    kind = _TYPES.get(first("PT"), "misc")
    if any("Proceedings" in name or "Meeting" in name for name in types) and kind == "book":
        kind = "conference"
    elif kind == "book" and first("SO") and (first("BP") or "Book Chapter" in types):
        kind = "chapter"
    serials = values.all("SN", "EI")
    return {
        "entrytype": kind,
        "title": told(clean(first("TI", "FT"))),
        "author": people(lines(values.all("AF") or values.all("AU") or values.all("BF", "BE") or values.all("ED"))),
        "year": year(first("PY")) or year(first("EA", "PD")),
        "date": fold(f"{first('PD')} {first('PY')}"),
        "journal": clean(first("SO", "SE")),
        "journal_abbrev": clean(first("JI", "J9")),
        "volume": fold(first("VL")),
        "number": fold(first("IS")),
        "pages": pages(fold(first("BP")), fold(first("EP"))) or fold(first("AR", "PS").removeprefix("UNSP ")),
        "abstract": told(clean(first("AB", "FA"))),
        "keywords": listed([part for value in values.all("DE", "ID") for part in value.split("; ")]),
        "language": listed(values.all("LA")),
        "publication_types": listed(types),
        "doi": identifiers.doi(first("DI")) or identifiers.doi(first("D2")),
        "pmid": identifiers.pmid(first("PM")),
        "issn": issns(serials),
        "isbn": isbns(values.all("BN")),
        "accession": fold(first("UT", "AN")),
    }


FORMAT = Format("wos", read, count, columns, literal=True)
