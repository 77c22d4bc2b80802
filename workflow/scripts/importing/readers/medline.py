"""MEDLINE tagged text (.nbib, PubMed's .txt): PubMed, ERIC and others.

Written by hand: Bio.Medline keeps the text but not the order of the fields, joins repeated IS and LID lines into one
text, and joins two records where no blank line separates them; nbib 0.3 drops the second of two such records. The
tests compare every record with Bio.Medline's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from prismake.common import identifiers
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Format, Rejected
from prismake.importing.fields import Values, year
from prismake.importing.names import people
from prismake.importing.pieces import cut
from prismake.importing.text import clean, fold, listed, told

# A PMID starts a record, and so does any tag after a blank line (ERIC has no PMID).
START = re.compile(r"\n(?:PMID ?- |\n\ufeff?(?=[A-Z][A-Z0-9]{1,3} {0,3}- ))")
_FIELD = re.compile(r"\n\ufeff?([A-Z][A-Z0-9]{1,3}) {0,3}-(?: |(?=\n)|$)")


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the file's records in order."""
    before: Fields = []
    for number, piece in enumerate(cut(content, START)):
        if piece.fault:
            yield Rejected(piece.line, piece.fault)
            continue
        parts = _FIELD.split(piece.text)
        fields = list(zip(parts[1::2], map(str.strip, parts[2::2]), strict=True))
        prose = [("", line) for line in map(str.strip, parts[0].split("\n")) if line] if parts[0] else []
        if number == 0 and not fields:
            before = prose
            continue
        # A piece that starts with the blank line before its record starts a line early.
        yield Entry(before + prose + fields, piece.line + piece.text.startswith("\n\n"))
        before = []


_PMID = re.compile(rb"\nPMID ?- ")
_AFTER_BLANK = re.compile(rb"\n\n(?:\xef\xbb\xbf|(?!PMID ?- ))[A-Z][A-Z0-9]{1,3} {0,3}- ")
_TAG = re.compile(rb"\n(?:\xef\xbb\xbf)?[A-Z][A-Z0-9]{1,3} {0,3}-(?=[ \n])")


def count(content: Content) -> int:
    """Counts the PMIDs and the other tags after a blank line; tags before the first of these make one more."""
    records, before, held = 0, True, b"\n"
    for block in content.byte_blocks():
        text = held + block[:-1]
        held = b"\n\n" if text.endswith(b"\n") else b"\n"
        starts = [match.start() for pattern in (_PMID, _AFTER_BLANK) for match in pattern.finditer(text)]
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
    types = get("PT", [])
    record: dict[str, Any] = {"entrytype": next((_TYPES[name] for name in types if name in _TYPES), "article")}
    record["title"] = told(clean(_unbroken(first("TI", "BTI", "TT"))))
    record["author"] = people(get("FAU") or get("AU") or (), get("CN", ())) or people(get("FED") or get("ED") or ())
    record["date"] = fold(first("DP", "DEP"))
    record["year"] = year(record["date"]) or year(first("SO", "EDAT"))
    record["journal"] = clean(first("JT", "TA", "BTI" if "TI" in tags else "CTI"))
    record["journal_abbrev"] = clean(first("TA"))
    record["volume"] = fold(first("VI"))
    record["number"] = fold(first("IP"))
    record["pages"] = fold(first("PG"))
    record["abstract"] = told(clean(_unbroken(" ".join(get("AB") or get("OAB") or ()))))
    record["keywords"] = listed([*get("MH", ()), *get("OT", ())])
    record["language"] = listed(get("LA", ()))
    record["publication_types"] = listed(types)
    record["url"] = listed([value for value in (*get("LID", ()), *get("URL", ())) if value.startswith("http")])
    related = (
        [f"{meaning}: {value}" for tag, meaning in _RELATED.items() for value in get(tag, ())]
        if not _RELATED.keys().isdisjoint(tags)
        else []
    )
    record["note"] = listed([*get("GN", ()), *related])
    record["doi"] = _doi(tags)
    record["pmid"] = identifiers.pmid(first("PMID"))
    record["pmcid"] = identifiers.pmcid(first("PMC", "PMCR"))
    serials = [*get("IS", ()), *get("ISSN", ())]
    record["issn"] = "; ".join(identifiers.issns(serials))
    record["isbn"] = "; ".join(identifiers.isbns(get("ISBN", ())))
    record["trial_ids"] = "; ".join(identifiers.trial_ids(get("SI", ())))
    record["accession"] = record["pmid"] or fold(first("OID", "AN", "PMID"))
    return record


def _unbroken(text: str) -> str:
    """The text with its continuation lines joined; what is left of odd ones is for `clean`."""
    return text.replace("\n      ", " ")


def _doi(tags: Values) -> str:
    for tag in ("LID", "AID"):
        for value in tags.get(tag, ()):
            if ("[doi]" in value or "doi.org" in value) and (found := identifiers.doi(value)):
                return found
    return identifiers.doi(tags.first("SO"))


FORMAT = Format("medline", read, count, columns, literal=True)
