"""Ovid's own text (.cgi, .txt, .ovd): tagged ("TI  - …") or labelled ("Title" with its value indented below).

Written by hand: no library reads it. A counter such as <12. > starts a record (or VN, where there are none); a line
without a tag belongs to the field above it, also where it stands at the line's start ("Method(s): …").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from prismake.common import identifiers
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Format, Rejected
from prismake.importing.fields import Values, isbns, issns, joined, lines, trial_ids, year
from prismake.importing.names import people
from prismake.importing.pieces import cut
from prismake.importing.text import clean, fold, listed, told

COUNTER = re.compile(r"\n\ufeff?<\d{1,7}(?:\. ?)?>[ \t]*(?=\n|$)")
_VENDOR = re.compile(r"\n\ufeff?VN {1,2}- ")
_FIELD = re.compile(r"\n([A-Z][A-Z0-9]) {1,2}-(?: |(?=\n)|$)")
_LABEL = re.compile(r"\n([A-Z][A-Za-z/()' -]{1,60}?)[ \t]*\n(?=[ \t]{1,8}\S)")

# Ovid's long labels -> its tags.
_TAGS = {
    "accession number": "AN",
    "unique identifier": "UI",
    "title": "TI",
    "original title": "TT",
    "source": "SO",
    "author": "AU",
    "authors": "AU",
    "author(s)": "AU",
    "authors full name": "FA",
    "abstract": "AB",
    "doi": "DO",
    "digital object identifier": "DO",
    "publication type": "PT",
    "document type": "PT",
    "language": "LG",
    "issn": "IS",
    "issn print": "IS",
    "issn electronic": "IS",
    "issn linking": "IS",
    "isbn": "IB",
    "year of publication": "YR",
    "publication year": "YR",
    "date of publication": "DP",
    "journal name": "JN",
    "volume": "VO",
    "issue": "IP",
    "issue/part": "IP",
    "page": "PG",
    "pages": "PG",
    "pagination": "PG",
    "mesh subject headings": "MH",
    "subject headings": "MH",
    "keyword heading": "KW",
    "author keywords": "KW",
    "clinical trial number": "CN",
    "pubmed id": "PM",
    "pmid": "PM",
    "database": "DB",
}


def _start(content: Content) -> re.Pattern[str]:
    """Records start at their counters; a file without counters has VN at the start of each."""
    return COUNTER if COUNTER.search("\n" + content.head_text()) else _VENDOR


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the file's records in order."""
    start = _start(content)
    for number, piece in enumerate(cut(content, start)):
        if number == 0:
            if piece.text.strip():
                content.warnings.append("text before the first record was left out: it holds no field")
            continue
        if piece.fault:
            yield Rejected(piece.line, piece.fault)
            continue
        # The counter's own line says nothing about the record.
        text = piece.text
        if start is COUNTER:
            text = text[text.find("\n", 1) :] if "\n" in text[1:] else ""
        parts = _FIELD.split(text)
        if len(parts) == 1:
            parts = _LABEL.split(text)
        if len(parts) == 1:
            yield Rejected(piece.line, "a record's counter without a field after it")
            continue
        stray = [("", line) for line in map(str.strip, parts[0].split("\n")) if line]
        yield Entry(stray + [(parts[at], parts[at + 1].strip()) for at in range(1, len(parts), 2)], piece.line)


def count(content: Content) -> int:
    """Counts the lines that are a counter or, in a file without any, those that start with VN."""
    counter = re.compile(rb"(?:\xef\xbb\xbf)?<\d{1,7}(?:\. ?)?>[ \t]*")
    vendor = re.compile(rb"(?:\xef\xbb\xbf)?VN {1,2}- ")
    match = counter.fullmatch if _start(content) is COUNTER else vendor.match
    return sum(1 for lines in content.utf8_lines() for line in lines if match(line))


_TYPES = {
    "book": "book",
    "chapter": "chapter",
    "conference": "conference",
    "dissertation": "thesis",
    "patent": "patent",
    "preprint": "preprint",
}
_ROLE = re.compile(r"\s*\[[^\]]*\]\s*$")
# "BMJ. 57(1):38-41, 2005 Jan."   "Neurol Sci. Vol.45,(3), 2024, pp. 1209-1216."
# "Proc. 12 (Supplement 3) (no pagination), 2018."
_SOURCE = re.compile(
    r"^(?P<journal>.+?)\.\s+(?:Conference: .*?\. )?(?:Vol\.\s?)?(?P<volume>\d[\w-]*)\s?,?\s?"
    r"(?:\((?!pp |no pag|Article)(?P<issue>[^)]*)\))?"
    r"\s?(?:\(Article Number: (?P<article>[^)]+)\)|\(no pagination\)|\(pp (?P<pp>[^)]+)\)|:(?P<pages>[\w.-]+))?"
)
_SOURCE_YEAR = re.compile(r", ((?:1[5-9]|20)\d\d)\.(?: |$)")
_ARTICLE = re.compile(r"\bArticle Number: ([\w.-]*\w)")
_PP = re.compile(r"\bpp\.? ?([\w-]+)")


def columns(fields: Fields) -> dict[str, Any]:
    """The record model's columns from a record's fields."""
    named = [(_TAGS.get(name.lower(), name) if len(name) > 2 else name, value) for name, value in fields]
    values = Values(joined(named, frozenset(("AU", "FA", "MH", "KW", "CN", "IS"))))
    first = values.first
    source = fold(first("SO"))
    parts = _SOURCE.match(source)
    told_ = parts.groupdict() if parts else {}
    database = first("DB").lower()
    number = fold(first("UI", "AN"))
    urls = values.all("XL", "JL", "LK", "FTURL", "URL")
    record: dict[str, Any] = {
        "entrytype": _entry_type(values.all("PT", "ST")),
        "title": told(clean(first("TI", "BT", "TT"))),
        "author": people([_ROLE.sub("", name) for name in lines(values.all("AU") or values.all("FA"))]),
        "year": year(first("YR", "DP")) or _year(source),
        "date": fold(first("DP", "DG", "YR")),
        "journal": clean(first("JN", "JT", "BT") or told_.get("journal") or ""),
        "journal_abbrev": clean(first("JA", "TA")),
        "volume": fold(first("VO", "VI") or told_.get("volume") or ""),
        "number": fold(first("IP") or told_.get("issue") or ""),
        "abstract": told(clean(first("AB"))),
        "keywords": listed(lines(values.all("MH", "KW", "SH"))),
        "language": listed(values.all("LG", "LA")),
        "publication_types": listed([part for value in values.all("PT") for part in value.split("; ")]),
        "url": listed([url for url in urls if "://" in url]),
        "doi": identifiers.doi(first("DO")) or identifiers.doi_of_address(urls),
        "issn": issns(values.all("IS", "EI")),
        "isbn": isbns(values.all("IB", "IS")),
        "trial_ids": trial_ids(values.all("CN", "SI", "RN")),
    }
    shown = first("PG") or told_.get("pages") or told_.get("pp") or told_.get("article") or ""
    if not shown and (match := _PP.search(source) or _ARTICLE.search(source)):
        shown = match[1]
    record["pages"] = "" if shown.lower().startswith(("no pagination", "no page")) else fold(shown).rstrip(".,")
    record["pmid"] = identifiers.pmid(first("PM"))
    if not record["pmid"] and "medline" in database and number.isdigit():
        record["pmid"] = number.lstrip("0")
    if "embase" in database:
        record["embase_id"] = "L" + number if number.isdigit() else identifiers.embase_id(number)
    record["central_id"] = identifiers.central_id(number)
    record["accession"] = record["central_id"] or record.get("embase_id") or number
    return record


def _year(source: str) -> str:
    """The year in a source: pages and volumes may look like one, so the one that closes a sentence goes before them."""
    match = _SOURCE_YEAR.search(source)
    return match[1] if match else year(source)


def _entry_type(types: list[str]) -> str:
    words = " ".join(types).lower()
    return next((kind for word, kind in _TYPES.items() if word in words), "article")


FORMAT = Format("ovid", read, count, columns, literal=True)
