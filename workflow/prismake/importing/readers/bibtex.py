"""BibTeX, read with bibtexparser 2.

Each entry is cut out and parsed for itself: an entry with unbalanced braces costs no other, and two entries with the
same key are both kept (bibtexparser would put the second among its failed blocks). An entry that bibtexparser cannot
take, even with a key put in where it has none, is rejected with its reason.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import DuplicateFieldKeyBlock, ParsingFailedBlock
from bibtexparser.model import Entry as BibEntry

from prismake.common import identifiers
from prismake.common.errors import counted, some_of
from prismake.importing import rules
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Format, Rejected
from prismake.importing.field_map import FieldMap
from prismake.importing.fields import Values
from prismake.importing.names import people
from prismake.importing.pieces import Piece, cut
from prismake.importing.readers.bibtex_text import definition, names_of, plain, without_joins
from prismake.importing.text import fold

START = re.compile(r"\n[ \t\ufeff]*@[ \t]*[A-Za-z]+[ \t]*[{(]")
_KIND = re.compile(r"[ \t\n\ufeff]*@[ \t]*([A-Za-z]+)[ \t]*[{(]")
# An entry in the line that ends the one before.
_SAME_LINE = re.compile(r"(?<=\})[ \t]*(?=@[ \t]*[A-Za-z]+[ \t]*\{[^\s,{}=\"]*,)")
# Not entries but parts of the language; an xdata holds fields for the entries that name it.
_LANGUAGE = ("string", "preamble", "comment")
_SHARED = "xdata"
_NO_KEY = re.compile(r"^(@[ \t]*[A-Za-z]+[ \t]*[{(])[ \t\n]*(?:,|(?=[A-Za-z_-]+[ \t]*=))")
STRINGS_LIMIT = 1 << 16

# It prints a message for each entry that it cannot read; here such entries are rejected and reported.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the file's entries in order: @string abbreviations and joins resolved, with what they inherit."""
    wanted = _wanted(content)
    parents = _parents(content, wanted)
    for item in _entries(content):
        if isinstance(item, Entry) and _is_shared(item):
            continue
        if isinstance(item, Entry) and parents:
            item.fields += _inherited(item.fields, parents)
        yield item
    if missing := [key for key in wanted if key not in parents]:
        content.warnings.append(
            f"entries name by 'crossref' or 'xdata' {counted(len(missing), 'entry', 'entries')} that the file does "
            f"not contain ({some_of(missing)}), and lack what they inherit: export those entries too"
        )


# Fields that an entry takes from the one that its crossref names: those of the book or the journal, not of a paper.
_INHERITED = frozenset(
    (
        *("booktitle", "journal", "journaltitle", "series", "volume", "number", "year", "date", "month"),
        *("editor", "publisher", "isbn", "issn", "language"),
    )
)
_CROSSREF = re.compile(r"\b(?:crossref|xdata)\s*+=\s*+[{\"]?\s*+([^{}\"]+)", re.IGNORECASE)


# Entries in a chain of them.
_LONGEST_CHAIN = 10


def _wanted(content: Content) -> dict[str, None]:
    """The keys that a crossref or xdata names, in lower case and the order of the file."""
    named = (
        key
        for block in content.blocks()
        if "crossref" in (lower := block.lower()) or _SHARED in lower
        for keys in _CROSSREF.findall(block)
        for key in _keys(keys)
    )
    return dict.fromkeys(named)


def _keys(value: str) -> list[str]:
    return value.lower().replace(",", " ").split()


def _is_shared(entry: Entry) -> bool:
    return dict(entry.fields)["ENTRYTYPE"].lower() == _SHARED


def _parents(content: Content, wanted: Collection[str]) -> dict[str, Fields]:
    """The entries with these keys, by their keys; they may stand after those that name them."""
    parents: dict[str, Fields] = {}
    if wanted:
        for item in _entries(content):
            key = dict(item.fields).get("ID", "").lower() if isinstance(item, Entry) else ""
            if isinstance(item, Entry) and key in wanted:
                parents.setdefault(key, item.fields)
    return parents


def _inherited(fields: Fields, parents: Mapping[str, Fields]) -> Fields:
    """The fields that an entry inherits, also from its parent's parent; in `raw` their names begin with `crossref/`."""
    known = {name.lower(): value for name, value in fields}
    keys = _sources(known)
    inherited: Fields = []
    for _ in range(_LONGEST_CHAIN):
        if not keys:
            break
        parent = {name.lower(): value for name, value in parents.get(keys.pop(0), [])}
        if parent.get("entrytype", "").lower() == _SHARED:
            taken = [(name, value) for name, value in parent.items() if name not in _OWN]
        else:
            taken = [("booktitle" if name == "title" else name, value) for name, value in parent.items()]
            taken = [(name, value) for name, value in taken if name in _INHERITED]
        new = [(name, value) for name, value in taken if name not in known]
        inherited += [(f"crossref/{name}", value) for name, value in new]
        known |= dict(new)
        keys += _sources(parent)
    return inherited


_OWN = frozenset(("entrytype", "id", "crossref", _SHARED))


def _sources(fields: Mapping[str, str]) -> list[str]:
    """The keys of the entries from which one inherits."""
    return [key for name in (_SHARED, "crossref") for key in _keys(fields.get(name, ""))]


def _entries(content: Content) -> Iterator[Entry | Rejected]:
    strings = ""
    named: dict[str, str] = {}
    for piece in chain.from_iterable(map(_each, cut(content, START))):
        match = _KIND.match(piece.text)
        if not match:
            continue
        kind = match[1].lower()
        if kind in _LANGUAGE:
            if kind == "string" and len(strings) < STRINGS_LIMIT:
                strings += without_joins(piece.text, named) + "\n"
                if defined := definition(piece.text, named):
                    named[defined[0]] = defined[1]
            continue
        if piece.fault:
            if kind != _SHARED:
                yield Rejected(piece.line, piece.fault)
            continue
        entry = _entry(without_joins(piece.text.strip().lstrip("\ufeff"), named), strings, piece.line)
        # Of a faulty xdata those who name it are reported.
        if kind != _SHARED or isinstance(entry, Entry):
            yield entry


def _each(piece: Piece) -> Iterator[Piece]:
    """The entries of a piece, which may stand in one line."""
    if piece.fault or not _SAME_LINE.search(piece.text):
        yield piece
        return
    line = piece.line
    for number, text in enumerate(_SAME_LINE.split(piece.text)):
        # A piece begins with the line feed that ends the line before it.
        yield Piece(line, text, "")
        line += text.count("\n") - (number == 0)


def _entry(text: str, strings: str, line: int) -> Entry | Rejected:
    fault = "its braces, quotation marks or commas do not match"
    for attempt in dict.fromkeys((text, _NO_KEY.sub(r"\1nokey,", text, count=1))):
        for parsed in parse_string(strings + attempt).blocks:
            # The same field twice: both values are kept.
            block = parsed.ignore_error_block if isinstance(parsed, DuplicateFieldKeyBlock) else parsed
            if isinstance(block, BibEntry):
                fields: Fields = [("ENTRYTYPE", block.entry_type), ("ID", "" if block.key == "nokey" else block.key)]
                unwrap = _unwrapped if parsed is not block else str.strip
                fields += [(field.key, unwrap(str(field.value))) for field in block.fields]
                return Entry(fields, line)
            if isinstance(block, ParsingFailedBlock):
                reason = str(getattr(block.error, "abort_reason", "") or block.error)
                fault = " ".join(reason.split())[:200] or fault
    return Rejected(line, f"not a well-formed BibTeX entry: {fault}")


def _unwrapped(value: str) -> str:
    """A value without the braces or quotation marks around it, which bibtexparser leaves on blocks that it doubts."""
    value = value.strip()
    if len(value) > 1 and (value[0], value[-1]) in (("{", "}"), ('"', '"')) and "}" not in value[1:-1]:
        return value[1:-1].strip()
    return value


_START_BYTES = re.compile(rb"(?:[ \t]|\xef\xbb\xbf)*@[ \t]*([A-Za-z]+)[ \t]*[{(]")
_NEXT_BYTES = re.compile(rb"\}[ \t]*@[ \t]*([A-Za-z]+)[ \t]*\{[^\s,{}=\"]*,")


_NO_RECORDS = frozenset(kind.encode() for kind in (*_LANGUAGE, _SHARED))


def count(content: Content) -> int:
    """Counts the lines that start an entry."""
    records = 0
    for lines in content.utf8_lines():
        for line in lines:
            if b"@" in line:
                first = _START_BYTES.match(line)
                kinds = [first[1]] if first else []
                records += sum(kind.lower() not in _NO_RECORDS for kind in kinds + _NEXT_BYTES.findall(line))
    return records


TYPES = {
    "article": "article",
    "inproceedings": "conference",
    "conference": "conference",
    "proceedings": "conference",
    "incollection": "chapter",
    "inbook": "chapter",
    "book": "book",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "thesis": "thesis",
    "techreport": "report",
    "report": "report",
    "unpublished": "preprint",
    "online": "webpage",
    "dataset": "dataset",
    "patent": "patent",
}


_PEOPLE = ("author", "editor", "book-group-author")


def _values(fields: Fields) -> Values:
    """The values by names in lower case with hyphens, with TeX turned into characters, but for lists of names.

    What an entry inherits stands under its own name.
    """
    named = ((name.lower().replace("_", "-").removeprefix("crossref/"), value) for name, value in fields)
    return Values((name, value if name in _PEOPLE else plain(value)) for name, value in named)


_OTHERS = frozenset(("others", "et al", "et al.", "and others"))


def _names(values: Values) -> str:
    names = [plain(name) for name in names_of(fold(values.first(*_PEOPLE)))]
    return people(name for name in names if name.strip() and fold(name).lower() not in _OTHERS)


def _date(values: Values) -> str:
    return fold(values.first("date") or " ".join(values.all("month", "year")))


def _pages(values: Values) -> str:
    return fold(values.first("pages", "article-number", "art-number")).replace("--", "-")


def _words(value: str) -> list[str]:
    return [word.strip() for word in (value.split(";") if ";" in value else value.split(","))]


def _address_number(values: Values) -> str:
    """Scopus's number of the record, from its address."""
    eid = identifiers.SCOPUS_EID.search(" ".join(values.all("url", "link")))
    return eid[1] if eid else ""


def _key(values: Values) -> str:
    """The entry's key, where it is a database's number."""
    key = fold(values.first("id"))
    return key if identifiers.NUMBER_LIKE.match(key) else ""


def _eprint_number(values: Values) -> str:
    """The PubMed id where `eprinttype` says that `eprint` is one, as biblatex has it."""
    is_pubmed = values.first("eprinttype").strip().lower() in ("pubmed", "pmid", "medline")
    return identifiers.pmid(values.first("eprint")) if is_pubmed else ""


NOTES = ("note", "annote")
# One of these stands in a note that names a number.
_NOTED = ("PMID", "PMC", "PubMed", "DOI", "pmid", "pmc", "pubmed", "doi")

FIELDS = FieldMap(
    {
        "entrytype": rules.coded(TYPES, "entrytype") | rules.always("misc"),
        "title": rules.text("title"),
        "author": rules.derived(_names, *_PEOPLE),
        "year": rules.year("year", "date") | rules.year("date", "early-access-date"),
        "date": rules.derived(_date, "date", "month", "year"),
        "journal": rules.name("journal", "journaltitle", "booktitle", "series"),
        "journal_abbrev": rules.name("journal-iso", "abbrev-source-title", "shortjournal"),
        "volume": rules.brief("volume"),
        "number": rules.brief("number", "issue"),
        "pages": rules.derived(_pages, "pages", "article-number", "art-number"),
        "abstract": rules.text("abstract"),
        "keywords": rules.words(_words, "keywords", "author-keywords", "keywords-plus", "keyword"),
        "language": rules.items("language", "langid"),
        "publication_types": rules.items("type", "document-type"),
        "url": rules.items("url", "link"),
        "note": rules.items(*NOTES),
        "doi": rules.doi("doi")
        | rules.doi_of_address("url", "link")
        | rules.search_values(identifiers.noted_doi, _NOTED, *NOTES),
        "pmid": rules.pmid("pmid", "pubmed-id", "pubmedid")
        | rules.derived(_eprint_number, "eprint", "eprinttype")
        | rules.search_values(identifiers.noted_pmid, _NOTED, *NOTES)
        | rules.pmid_of_address("url", "link"),
        "pmcid": rules.pmcid("pmcid", "pmc")
        | rules.search_values(identifiers.noted_pmcid, _NOTED, *NOTES)
        | rules.pmcid_of_address("url", "link"),
        "issn": rules.issns("issn", "eissn", "isbn"),
        "isbn": rules.isbns("issn", "eissn", "isbn"),
        "accession": rules.brief("unique-id", "accession-number", "eid")
        | rules.derived(_address_number, "url", "link")
        | rules.derived(_key, "id"),
    }
)
FORMAT = Format("bibtex", read, count, FIELDS, _values)
