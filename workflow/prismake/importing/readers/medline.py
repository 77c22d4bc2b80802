"""MEDLINE tagged text (.nbib, PubMed's .txt): PubMed, ERIC and others.

Written by hand: Bio.Medline keeps the text but not the order of the fields, joins repeated IS and LID lines into one
text, and joins two records where no blank line separates them; nbib 0.3 drops the second of two such records. The
tests compare every record with Bio.Medline's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import numpy
import pyarrow as pa
import pyarrow.compute as pc

from prismake.common import identifiers
from prismake.importing import rules
from prismake.importing.cells import Flags, texts, truth, unlike
from prismake.importing.content import Content, lines_like
from prismake.importing.entries import Batch, Entry, Fields, Format, Rejected
from prismake.importing.field_map import FieldMap, Rule, one_by_one
from prismake.importing.field_table import Cut, FieldTable, read_together
from prismake.importing.fields import Values
from prismake.importing.pieces import Piece, cut, cut_stretches
from prismake.importing.text import clean, listed

# A PMID starts a record, and so does any tag after a blank line (ERIC has no PMID).
START = re.compile(r"\n(?:PMID ?- |\n\ufeff?(?=[A-Z][A-Z0-9]{1,3} {0,3}- ))")
START_BYTES = re.compile(rb"\n(?:PMID ?- |\n(?:\xef\xbb\xbf)?(?=[A-Z][A-Z0-9]{1,3} {0,3}- ))")
_FIELD = re.compile(r"\n\ufeff?([A-Z][A-Z0-9]{1,3}) {0,3}-(?: |(?=\n)|$)")


class _Reader:
    """Reads the pieces of one file: the text before the first record, then one record each."""

    def __init__(self) -> None:
        self.first = True
        self.before: Fields = []

    def waiting(self) -> bool:
        return self.first or bool(self.before)

    def pass_regular(self) -> list[Entry | Rejected]:
        return []

    def take(self, piece: Piece) -> list[Entry | Rejected]:
        first, self.first = self.first, False
        # A piece that starts with the blank line before its record starts a line early.
        line = piece.line + piece.text.startswith("\n\n")
        if piece.fault:
            return [Rejected(line, piece.fault)]
        parts = _FIELD.split(piece.text)
        fields = list(zip(parts[1::2], map(str.strip, parts[2::2]), strict=True))
        prose = [("", line) for line in map(str.strip, parts[0].split("\n")) if line] if parts[0] else []
        if first and not fields:
            self.before = prose
            return []
        entry = Entry(self.before + prose + fields, line)
        self.before = []
        return [entry]

    def finish(self) -> list[Entry | Rejected]:
        return []


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the file's records in order."""
    reader = _Reader()
    for piece in cut(content, START):
        yield from reader.take(piece)


def _read_together(content: Content) -> Iterator[Batch]:
    return read_together(cut_stretches(content, START, START_BYTES), _Reader(), _regular, long=True)


def _regular(taken: Cut) -> Flags:
    """The records with a tag in their first line, or in their second after a blank one."""
    started = taken.at - taken.starts[taken.owner] <= 2
    good: Flags = numpy.bincount(taken.owner[started], minlength=len(taken.odd)) > 0
    return good


_PMID = re.compile(rb"\nPMID ?- ")
_AFTER_BLANK = re.compile(rb"\n\n(?:\xef\xbb\xbf|(?!PMID ?- ))[A-Z][A-Z0-9]{1,3} {0,3}- ")
_TAG = re.compile(rb"\n(?:\xef\xbb\xbf)?[A-Z][A-Z0-9]{1,3} {0,3}-(?=[ \n])")


def count(content: Content) -> int:
    """Counts the PMIDs and the other tags after a blank line; tags before the first of these make one more."""
    records, before, tail = 0, True, b"\n"
    for block in content.byte_blocks():
        text = tail + block[:-1]
        tail = b"\n\n" if text.endswith(b"\n") else b"\n"
        starts = [at for at in lines_like(text, b"PM") if _PMID.match(text, at)]
        starts += [at for at in lines_like(text, b"\n") if _AFTER_BLANK.match(text, at)]
        if before:
            before = not starts
            head = text[: min(starts)] if starts else text
            if records == 0 and _TAG.search(head + b"\n"):
                records, before = 1, False
        records += len(starts)
    return records


TYPES = {
    "Book": "book",
    "Book Chapter": "chapter",
    "Preprint": "preprint",
    "Dataset": "dataset",
    "Clinical Trial Protocol": "article",
}
# Corrections and comments, kept as notes: they distinguish an erratum or a retraction from its article.
RELATED = {
    "CIN": "Comment in",
    "CON": "Comment on",
    "EIN": "Erratum in",
    "EFR": "Erratum for",
    "CRI": "Corrected and republished in",
    "CRF": "Corrected and republished from",
    "PRIN": "Partial retraction in",
    "PROF": "Partial retraction of",
    "RPI": "Republished in",
    "RPF": "Republished from",
    "RIN": "Retraction in",
    "ROF": "Retraction of",
    "UIN": "Update in",
    "UOF": "Update of",
    "ECI": "Expression of concern in",
    "ECF": "Expression of concern for",
}


def _book(values: Values) -> str:
    """The book of a chapter, or the collection of a book."""
    return clean(values.first("BTI" if "TI" in values else "CTI"))


def _notes(values: Values) -> str:
    related = [f"{meaning}: {value}" for tag, meaning in RELATED.items() for value in values.all(tag)]
    return listed([*values.all("GN"), *related])


def _addresses(values: Collection[str]) -> str:
    return listed([value for value in values if value.startswith("http")])


def _marked_doi(*tags: str) -> Rule:
    """The DOI of the first value that says that it is one: nearly all do, and are nothing else."""

    def cell(values: Values) -> str:
        marked = (value for value in values.all(*tags) if "[doi]" in value or "doi.org" in value)
        return next(filter(None, map(identifiers.doi, marked)), "")

    def column(table: FieldTable) -> pa.StringArray:
        marked = []
        for fields in map(table.of, tags):
            marked.append(fields[truth(pc.match_substring_regex(table.values(fields), r"\[doi\]|doi\.org"))])
        cells = table.values(table.firsts(*marked))
        odd = unlike(cells, rf"{identifiers.PLAIN_DOI} \[doi\]")
        numbers = texts([cell.removesuffix(" [doi]").lower() for cell in cells.to_pylist()])
        return one_by_one(numbers, table, odd, Rule(tags, cell))

    return Rule(tags, cell, column)


FIELDS = FieldMap(
    {
        "entrytype": rules.coded(TYPES, "PT") | rules.always("article"),
        "title": rules.text("TI", "BTI", "TT"),
        "author": rules.people("FAU", "AU", groups="CN") | rules.people("FED", "ED"),
        "year": rules.year("DP", "DEP") | rules.year("SO", "EDAT"),
        "date": rules.brief("DP", "DEP"),
        "journal": rules.name("JT", "TA") | rules.derived(_book, "TI", "BTI", "CTI"),
        "journal_abbrev": rules.name("TA"),
        "volume": rules.brief("VI"),
        "number": rules.brief("IP"),
        "pages": rules.brief("PG"),
        "abstract": rules.paragraphs("AB", "OAB"),
        "keywords": rules.items("MH", "OT"),
        "language": rules.items("LA"),
        "publication_types": rules.items("PT"),
        "url": rules.search_values(_addresses, ("http",), "LID", "URL"),
        "note": rules.derived(_notes, "GN", *RELATED),
        "doi": _marked_doi("LID", "AID") | rules.doi("SO"),
        "pmid": rules.pmid("PMID"),
        "pmcid": rules.pmcid("PMC", "PMCR"),
        "issn": rules.issns("IS", "ISSN"),
        "isbn": rules.isbns("ISBN"),
        "trial_ids": rules.trial_ids("SI"),
        "accession": rules.pmid("PMID") | rules.brief("OID", "AN", "PMID"),
    }
)
FORMAT = Format("medline", read, count, FIELDS, Values, literal=True, together=_read_together)
