"""MEDLINE tagged text (.nbib, PubMed's .txt): PubMed, ERIC and others.

Written by hand: Bio.Medline keeps the text but not the order of the fields, joins repeated IS and LID lines into one
text, and joins two records where no blank line separates them; nbib 0.3 drops the second of two such records. The
tests compare every record with Bio.Medline's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

import numpy
import pyarrow as pa
import pyarrow.compute as pc

from prismake.common import identifiers
from prismake.importing.cells import Flags, by_value, changed, chosen, empty, repeated, texts, truth, unlike
from prismake.importing.content import Content, lines_like
from prismake.importing.entries import Batch, Entry, Fields, Format, Rejected, Together
from prismake.importing.field_table import Cut, FieldTable, Lists, read_together
from prismake.importing.fields import Values, isbns, issns, trial_ids, year
from prismake.importing.names import people
from prismake.importing.pieces import Piece, cut, cut_stretches
from prismake.importing.text import clean, fold, listed, told
from prismake.importing.text_cells import as_list, as_name, as_text, by_list, folded, of_lists, of_records

# A PMID starts a record, and so does any tag after a blank line (ERIC has no PMID).
START = re.compile(r"\n(?:PMID ?- |\n\ufeff?(?=[A-Z][A-Z0-9]{1,3} {0,3}- ))")
START_BYTES = re.compile(rb"\n(?:PMID ?- |\n(?:\xef\xbb\xbf)?(?=[A-Z][A-Z0-9]{1,3} {0,3}- ))")
_FIELD = re.compile(r"\n\ufeff?([A-Z][A-Z0-9]{1,3}) {0,3}-(?: |(?=\n)|$)")


class _Reader:
    """Reads the pieces of one file: what stands before the first record, then a record each."""

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
    records, before, held = 0, True, b"\n"
    for block in content.byte_blocks():
        text = held + block[:-1]
        held = b"\n\n" if text.endswith(b"\n") else b"\n"
        starts = [at for at in lines_like(text, b"PM") if _PMID.match(text, at)]
        starts += [at for at in lines_like(text, b"\n") if _AFTER_BLANK.match(text, at)]
        if before:
            before = not starts
            head = text[: min(starts)] if starts else text
            if records == 0 and _TAG.search(head + b"\n"):
                records, before = 1, False
        records += len(starts)
    return records


_TYPES = {
    "Book": "book",
    "Book Chapter": "chapter",
    "Preprint": "preprint",
    "Dataset": "dataset",
    "Clinical Trial Protocol": "article",
}
# Corrections and comments, kept as notes: they tell an erratum or a retraction from its article.
_RELATED = {
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


def columns(fields: Fields) -> dict[str, Any]:
    """The record model's columns from a record's fields."""
    tags = Values(fields)
    get, first = tags.get, tags.first
    record: dict[str, Any] = {"entrytype": _entry_type(get("PT", ()))}
    record["title"] = _text(first("TI", "BTI", "TT"))
    record["author"] = people(get("FAU") or get("AU") or (), get("CN", ())) or people(get("FED") or get("ED") or ())
    record["date"] = fold(first("DP", "DEP"))
    record["year"] = year(record["date"]) or year(first("SO", "EDAT"))
    record["journal"] = clean(first("JT", "TA", "BTI" if "TI" in tags else "CTI"))
    record["journal_abbrev"] = clean(first("TA"))
    record["volume"] = fold(first("VI"))
    record["number"] = fold(first("IP"))
    record["pages"] = fold(first("PG"))
    record["abstract"] = _text(" ".join(get("AB") or get("OAB") or ()))
    record["keywords"] = listed([*get("MH", ()), *get("OT", ())])
    record["language"] = listed(get("LA", ()))
    record["publication_types"] = listed(get("PT", ()))
    record["url"] = _addresses([*get("LID", ()), *get("URL", ())])
    record["note"] = _notes(tags) if "GN" in tags or not _RELATED.keys().isdisjoint(tags) else ""
    record["doi"] = _doi(tags)
    record["pmid"] = identifiers.pmid(first("PMID"))
    record["pmcid"] = identifiers.pmcid(first("PMC", "PMCR"))
    record["issn"] = issns([*get("IS", ()), *get("ISSN", ())])
    record["isbn"] = isbns(get("ISBN", ()))
    record["trial_ids"] = trial_ids(get("SI", ()))
    record["accession"] = record["pmid"] or fold(first("OID", "AN", "PMID"))
    return record


def _text(value: str) -> str:
    # Continuation lines are joined; what is left of odd ones is for `clean`.
    return told(clean(value.replace("\n      ", " ")))


def _entry_type(types: Collection[str]) -> str:
    return next((_TYPES[name] for name in types if name in _TYPES), "article")


def _addresses(values: list[str]) -> str:
    return listed([value for value in values if value.startswith("http")])


def _notes(tags: Values) -> str:
    related = [f"{meaning}: {value}" for tag, meaning in _RELATED.items() for value in tags.get(tag, ())]
    return listed([*tags.get("GN", ()), *related])


def _doi(tags: Values) -> str:
    for tag in ("LID", "AID"):
        for value in tags.get(tag, ()):
            if ("[doi]" in value or "doi.org" in value) and (found := identifiers.doi(value)):
                return found
    return identifiers.doi(tags.first("SO"))


def _columns_together(table: FieldTable) -> dict[str, pa.StringArray]:
    """What `columns` gives, for many records."""
    first, lists, has = table.first, table.lists, table.has
    none = repeated("", table.records)

    def named(names: Lists, groups: Lists) -> pa.StringArray:
        cells = as_list(names, people, odd=(")",), needed=", ")
        return of_records(cells, groups.filled(), lambda record: people(names.of(record), groups.of(record)))

    authors = named(table.first_lists("FAU", "AU"), lists("CN"))
    editors = named(table.first_lists("FED", "ED"), lists())
    dates = by_value(first("DP", "DEP"), fold)
    years = by_value(dates, year)
    journals, articles = first("JT", "TA"), has("TI")
    of_books = chosen(articles, first("BTI"), first("CTI"))
    types, addresses = lists("PT"), lists("LID", "URL")
    pmids = changed(first("PMID"), unlike(first("PMID"), "[1-9][0-9]{0,7}"), identifiers.pmid)
    return {
        "entrytype": of_lists(repeated("article", table.records), types.among(_TYPES), types, _entry_type),
        "title": as_text(first("TI", "BTI", "TT"), _text),
        "author": chosen(empty(authors), editors, authors),
        "date": dates,
        "year": chosen(empty(years), changed(first("SO", "EDAT"), empty(years), year), years),
        "journal": as_name(chosen(empty(journals), of_books, journals)),
        "journal_abbrev": as_name(first("TA")),
        "volume": by_value(first("VI"), fold),
        "number": by_value(first("IP"), fold),
        "pages": folded(first("PG")),
        "abstract": as_text(table.first_lists("AB", "OAB").joined(" "), _text),
        "keywords": as_list(lists("MH", "OT"), listed),
        "language": as_list(lists("LA"), listed),
        "publication_types": as_list(types, listed),
        "url": of_lists(none, addresses.starting("http"), addresses, _addresses),
        "note": of_records(none, has("GN", *_RELATED), lambda record: _notes(table.only(record, "GN", *_RELATED))),
        "doi": _dois_together(table),
        "pmid": pmids,
        "pmcid": changed(first("PMC", "PMCR"), unlike(first("PMC", "PMCR"), "PMC[0-9]{3,9}"), identifiers.pmcid),
        "issn": by_list(lists("IS", "ISSN"), issns),
        "isbn": by_list(lists("ISBN"), isbns),
        "trial_ids": by_list(lists("SI"), trial_ids),
        "accession": chosen(empty(pmids), folded(first("OID", "AN", "PMID")), pmids),
    }


def _dois_together(table: FieldTable) -> pa.StringArray:
    """The DOIs: nearly all stand as such in a field that says so."""
    marked = []
    for tag in ("LID", "AID"):
        fields = table.of(tag)
        marked.append(fields[truth(pc.match_substring_regex(table.values(fields), r"\[doi\]|doi\.org"))])
    cells = table.values(table.firsts(*marked))
    plain = ~empty(cells) & ~unlike(cells, rf"{identifiers.PLAIN_DOI} \[doi\]")
    found = texts([cell.removesuffix(" [doi]").lower() for cell in cells.to_pylist()])
    fielded = table.has("LID", "AID")
    found = of_records(found, fielded & ~plain, lambda record: _doi(table.only(record, "LID", "AID", "SO")))
    cited = table.has("SO") & ~fielded
    return chosen(cited, changed(table.first("SO"), cited, identifiers.doi), found)


FORMAT = Format("medline", read, count, columns, literal=True, together=Together(_read_together, _columns_together))
