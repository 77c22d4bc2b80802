"""EndNote's tagged text, also called Refer (.enw, .enl, .txt): "%A Author", one record a block.

Written by hand: there is no library that keeps repeated tags. Blank lines separate records; where they are missing a
second %0 starts the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prismake.importing import rules
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Format, Rejected
from prismake.importing.field_map import FieldMap
from prismake.importing.fields import Values
from prismake.importing.pieces import cut
from prismake.importing.text import clean

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


TYPES = {
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


def _words(value: str) -> list[str]:
    return [word.strip() for word in re.split(r"[\n;]", value)]


def _alternate_title(values: Values) -> str:
    """%O, which holds notes of all kinds, where it looks like an abbreviated title."""
    short = values.first("%O")
    return clean(short) if short.endswith(".") and len(short) < 60 else ""


FIELDS = FieldMap(
    {
        # Without a type it is an article; with one that is not known it is something else.
        "entrytype": rules.coded(TYPES, "%0")
        | rules.derived(lambda values: "misc" if "%0" in values else "", "%0")
        | rules.always("article"),
        "title": rules.text("%T", "%!"),
        "author": rules.people("%A", "%E"),
        "year": rules.year("%D") | rules.year("%8"),
        "date": rules.brief("%8", "%D"),
        "journal": rules.name("%J", "%B", "%S"),
        "journal_abbrev": rules.derived(_alternate_title, "%O"),
        "volume": rules.brief("%V"),
        "number": rules.brief("%N"),
        "pages": rules.brief("%P"),
        "abstract": rules.text("%X"),
        "keywords": rules.words(_words, "%K"),
        "language": rules.items("%G"),
        "publication_types": rules.items("%9"),
        "url": rules.items("%U"),
        "note": rules.items("%Z"),
        "doi": rules.doi("%R") | rules.doi_of_address("%U"),
        "issn": rules.issns("%@"),
        "isbn": rules.isbns("%@"),
        "accession": rules.brief("%M"),
    }
)
FORMAT = Format("endnote", read, count, FIELDS, Values, literal=True)
