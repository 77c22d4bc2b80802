"""Web of Science tagged text (.txt, .ciw), Zoological Record and other Clarivate databases.

Written by hand: rispy's reader of this format stops at a tag that it does not know (UK in Zoological Record). A PT
starts a record, an ER ends it, continuation lines are indented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from prismake.importing import rules
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Format, Rejected, last_without_end
from prismake.importing.field_map import FieldMap
from prismake.importing.fields import Values, joined, lines
from prismake.importing.names import people as as_people
from prismake.importing.pieces import cut
from prismake.importing.text import fold

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


TYPES = {"J": "article", "B": "book", "S": "book", "P": "patent", "C": "conference", "U": "article"}


def _parts(value: str) -> list[str]:
    return value.split("; ")


def _entry_type(values: Values) -> str:
    """A book of proceedings is a conference, a piece with pages of its own in a book a chapter."""
    types = [part for value in values.all("DT") for part in _parts(value)]
    kind = TYPES.get(values.first("PT"), "misc")
    if kind == "book" and any("Proceedings" in name or "Meeting" in name for name in types):
        return "conference"
    if kind == "book" and values.first("SO") and (values.first("BP") or "Book Chapter" in types):
        return "chapter"
    return kind


def _article_number(values: Values) -> str:
    return fold(values.first("AR", "PS").removeprefix("UNSP "))


FIELDS = FieldMap(
    {
        "entrytype": rules.derived(_entry_type, "PT", "DT", "SO", "BP"),
        "title": rules.text("TI", "FT"),
        "author": rules.people("AF", "AU", in_lines=True, groups="CA")
        | rules.derived(lambda values: as_people(lines(values.all("BF", "BE"))), "BF", "BE")
        | rules.people("ED", in_lines=True),
        "year": rules.year("PY") | rules.year("EA", "PD"),
        "date": rules.derived(lambda values: fold(f"{values.first('PD')} {values.first('PY')}"), "PD", "PY"),
        "journal": rules.name("SO", "SE"),
        "journal_abbrev": rules.name("JI", "J9"),
        "volume": rules.brief("VL"),
        "number": rules.brief("IS"),
        "pages": rules.span("BP", "EP") | rules.derived(_article_number, "AR", "PS"),
        "abstract": rules.text("AB", "FA"),
        "keywords": rules.words(_parts, "DE", "ID"),
        "language": rules.items("LA"),
        "publication_types": rules.words(_parts, "DT"),
        "doi": rules.doi("DI") | rules.doi("D2"),
        "pmid": rules.pmid("PM"),
        "issn": rules.issns("SN", "EI"),
        "isbn": rules.isbns("BN"),
        "accession": rules.brief("UT", "AN"),
    }
)
FORMAT = Format("wos", read, count, FIELDS, lambda fields: Values(joined(fields, _LISTS)), literal=True)
# As tab-delimited text: the tags are names of columns, and the lines of a list stand in one cell.
TABLE = replace(
    FORMAT,
    values=lambda fields: Values((tag, text.replace("; ", "\n") if tag in _LISTS else text) for tag, text in fields),
)


def is_row(fields: Fields) -> bool:
    """True for a row of a table whose columns are named by the tags."""
    tags = dict(fields)
    return tags.get("PT", "") in TYPES and not tags.keys().isdisjoint(("UT", "SO"))
