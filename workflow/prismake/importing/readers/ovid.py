"""Ovid's own text (.cgi, .txt, .ovd): tagged ("TI  - …") or labelled ("Title" with its value indented below).

Written by hand: no library reads it. A counter such as <12. > starts a record (or VN, where there are none); a line
without a tag belongs to the field above it, also where it stands at the line's start ("Method(s): …").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from prismake.common import identifiers
from prismake.importing import rules
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Format, Rejected
from prismake.importing.field_map import FieldMap, Joint, Parts
from prismake.importing.fields import Values, joined, lines
from prismake.importing.fields import year as year_of
from prismake.importing.names import people
from prismake.importing.pieces import cut
from prismake.importing.text import clean, fold

COUNTER = re.compile(r"\n\ufeff?<\d{1,7}(?:\. ?)?>[ \t]*(?=\n|$)")
_VENDOR = re.compile(r"\n\ufeff?VN {1,2}- ")
_FIELD = re.compile(r"\n([A-Z][A-Z0-9]) {1,2}-(?: |(?=\n)|$)")
_LABEL = re.compile(r"\n([A-Z][A-Za-z/()' -]{1,60}?)[ \t]*\n(?=[ \t]{1,8}\S)")

# Ovid's long labels -> its tags.
LABELS = {
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
                content.warnings.append("text before the first record was left out: it contains no field")
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


TYPES = {
    "book": "book",
    "chapter": "chapter",
    "conference": "conference",
    "dissertation": "thesis",
    "patent": "patent",
    "preprint": "preprint",
}
_ROLE = re.compile(r"(?<!\s)\s*\[[^\]]{0,200}\]\s*$")
# "BMJ. 57(1):38-41, 2005 Jan."   "Neurol Sci. Vol.45,(3), 2024, pp. 1209-1216."
# "Proc. 12 (Supplement 3) (no pagination), 2018."
_SOURCE = re.compile(
    r"^(?P<journal>.{1,1000}?)\.\s+(?:Conference: .{0,500}?\. )?(?:Vol\.\s?)?(?P<volume>\d[\w-]*)\s?,?\s?"
    r"(?:\((?!pp |no pag|Article)(?P<issue>[^)]*)\))?"
    r"\s?(?:\(Article Number: (?P<article>[^)]+)\)|\(no pagination\)|\(pp (?P<pp>[^)]+)\)|:(?P<pages>[\w.-]+))?"
)
_SOURCE_YEAR = re.compile(r", ((?:1[5-9]|20)\d\d)\.(?: |$)")
_ARTICLE = re.compile(r"\bArticle Number: ([\w.-]*\w)")
_PP = re.compile(r"\bpp\.? ?([\w-]+)")


def _names(values: Values) -> str:
    return people([_ROLE.sub("", name) for name in lines(values.either("AU", "FA"))])


def _cited(values: Values, *groups: str) -> str:
    """A part of the source: the first of these groups that it has."""
    match = _SOURCE.match(fold(values.first("SO")))
    return next(filter(None, (match[group] for group in groups)), "") if match else ""


def _cited_journal(values: Values) -> str:
    return clean(_cited(values, "journal"))


def _cited_volume(values: Values) -> str:
    return fold(_cited(values, "volume"))


def _cited_issue(values: Values) -> str:
    return fold(_cited(values, "issue"))


def _pages(values: Values) -> str:
    """The pages from their own tag, or from the source in one of its forms; "No pagination" is none."""
    shown = values.first("PG") or _cited(values, "pages", "pp", "article")
    source = fold(values.first("SO"))
    if not shown and (match := _PP.search(source) or _ARTICLE.search(source)):
        shown = match[1]
    return "" if shown.lower().startswith(("no pagination", "no page")) else fold(shown).rstrip(".,")


def _cited_year(values: Values) -> str:
    """The year in a source: pages and volumes may look like one, so the one that closes a sentence goes before them."""
    source = fold(values.first("SO"))
    match = _SOURCE_YEAR.search(source)
    return match[1] if match else year_of(source)


def _entry_type(values: Values) -> str:
    words = " ".join(values.all("PT", "ST")).lower()
    return next((kind for word, kind in TYPES.items() if word in words), "article")


# --- the numbers --------------------------------------------------------------------------------------------------


def _numbers(parts: Parts) -> Mapping[str, str]:
    """The databases' numbers: Ovid gives the number of MEDLINE or Embase as its own, and names the database."""
    number, database = fold(parts.first("number")), parts.first("database").lower()
    pmid = identifiers.pmid(parts.first("PubMed id"))
    if not pmid and "medline" in database and number.isdigit():
        pmid = number.lstrip("0")
    embase = ""
    if "embase" in database:
        embase = "L" + number if number.isdigit() else identifiers.embase_id(number)
    central = identifiers.central_id(number)
    return {"pmid": pmid, "embase_id": embase, "central_id": central, "accession": central or embase or number}


NUMBERS = Joint(
    ("pmid", "embase_id", "central_id", "accession"),
    {"number": ("UI", "AN"), "database": ("DB",), "PubMed id": ("PM",)},
    _numbers,
)
ADDRESSES = ("XL", "JL", "LK", "FTURL", "URL")

FIELDS = FieldMap(
    {
        "entrytype": rules.derived(_entry_type, "PT", "ST"),
        "title": rules.text("TI", "BT", "TT"),
        "author": rules.derived(_names, "AU", "FA"),
        "year": rules.year("YR", "DP") | rules.derived(_cited_year, "SO"),
        "date": rules.brief("DP", "DG", "YR"),
        "journal": rules.name("JN", "JT", "BT") | rules.derived(_cited_journal, "SO"),
        "journal_abbrev": rules.name("JA", "TA"),
        "volume": rules.brief("VO", "VI") | rules.derived(_cited_volume, "SO"),
        "number": rules.brief("IP") | rules.derived(_cited_issue, "SO"),
        "pages": rules.derived(_pages, "PG", "SO"),
        "abstract": rules.text("AB"),
        "keywords": rules.lines("MH", "KW", "SH"),
        "language": rules.items("LG", "LA"),
        "publication_types": rules.words(lambda value: value.split("; "), "PT"),
        "url": rules.words(lambda value: [value] if "://" in value else [], *ADDRESSES),
        "doi": rules.doi("DO") | rules.doi_of_address(*ADDRESSES),
        "issn": rules.issns("IS", "EI"),
        "isbn": rules.isbns("IB", "IS"),
        "trial_ids": rules.trial_ids("CN", "SI", "RN"),
    },
    NUMBERS,
)
# A line each.
_LISTS = frozenset(("AU", "FA", "MH", "KW", "CN", "IS"))


def _values(fields: Fields) -> Values:
    named = [(LABELS.get(name.lower(), name) if len(name) > 2 else name, value) for name, value in fields]
    return Values(joined(named, _LISTS))


FORMAT = Format("ovid", read, count, FIELDS, _values, literal=True)
