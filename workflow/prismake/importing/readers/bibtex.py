"""BibTeX, read with bibtexparser 2.

Each entry is cut out and parsed for itself: an entry with unbalanced braces costs no other, and two entries with the
same key are both kept (bibtexparser would put the second among its failed blocks). An entry that bibtexparser cannot
take, even with a key put in where it has none, is rejected with its reason.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import DuplicateFieldKeyBlock, ParsingFailedBlock
from bibtexparser.model import Entry as BibEntry

from prismake.common import identifiers
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Format, Rejected
from prismake.importing.fields import Values, isbns, issns, year
from prismake.importing.names import people
from prismake.importing.pieces import cut
from prismake.importing.text import clean, fold, listed, told

START = re.compile(r"\n[ \t\ufeff]*@[ \t]*[A-Za-z]+[ \t]*[{(]")
_KIND = re.compile(r"[ \t\n\ufeff]*@[ \t]*([A-Za-z]+)[ \t]*[{(]")
# Not entries but parts of the language.
_LANGUAGE = ("string", "preamble", "comment")
_NO_KEY = re.compile(r"^(@[ \t]*[A-Za-z]+[ \t]*[{(])[ \t\n]*(?:,|(?=[A-Za-z_-]+[ \t]*=))")
STRINGS_LIMIT = 1 << 16

# It tells of each entry that it cannot take on the screen; here such entries are rejected and reported.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the file's entries in order, with @string abbreviations resolved."""
    strings = ""
    for piece in cut(content, START):
        match = _KIND.match(piece.text)
        if not match:
            continue
        kind = match[1].lower()
        if kind in _LANGUAGE:
            if kind == "string" and len(strings) < STRINGS_LIMIT:
                strings += piece.text + "\n"
            continue
        if piece.fault:
            yield Rejected(piece.line, piece.fault)
            continue
        yield _entry(piece.text.strip().lstrip("\ufeff"), strings, piece.line)


def _entry(text: str, strings: str, line: int) -> Entry | Rejected:
    fault = "its braces, quotation marks or commas do not fit"
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


def count(content: Content) -> int:
    """Counts the lines that start an entry."""
    records = 0
    for lines in content.utf8_lines():
        for line in lines:
            if b"@" in line:
                match = _START_BYTES.match(line)
                records += bool(match) and match[1].lower().decode() not in _LANGUAGE  # type: ignore[index]
    return records


_TYPES = {
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


def columns(fields: Fields) -> dict[str, Any]:
    """The record model's columns from an entry's fields, with LaTeX's marks turned into characters."""
    values = Values((name.lower().replace("_", "-"), plain(value)) for name, value in fields)
    first, every = values.first, values.all
    serials = every("issn", "eissn", "isbn")
    urls = every("url", "link")
    key = fold(first("id"))
    eid = identifiers.SCOPUS_EID.search(" ".join(urls))
    names = first("author") or first("editor") or first("book-group-author")
    return {
        "entrytype": _TYPES.get(first("entrytype").lower(), "misc"),
        "title": told(clean(first("title"))),
        "author": people(re.split(r"\s+and\s+", fold(names)) if names else ()),
        "year": year(first("year", "date")) or year(first("date", "early-access-date")),
        "date": fold(first("date") or " ".join(every("month", "year"))),
        "journal": clean(first("journal", "journaltitle", "booktitle", "series")),
        "journal_abbrev": clean(first("journal-iso", "abbrev-source-title", "shortjournal")),
        "volume": fold(first("volume")),
        "number": fold(first("number", "issue")),
        "pages": fold(first("pages", "article-number", "art-number")).replace("--", "-"),
        "abstract": told(clean(first("abstract"))),
        "keywords": listed(
            [
                word.strip()
                for value in every("keywords", "author-keywords", "keywords-plus", "keyword")
                for word in (value.split(";") if ";" in value else value.split(","))
            ]
        ),
        "language": listed(every("language", "langid")),
        "publication_types": listed(every("type", "document-type")),
        "url": listed(urls),
        "note": listed(every("note", "annote")),
        "doi": identifiers.doi(first("doi")) or identifiers.doi_of_address(urls),
        "pmid": identifiers.pmid(first("pmid", "pubmed-id", "pubmedid")) or identifiers.pmid_of_address(urls),
        "pmcid": identifiers.pmcid(first("pmcid", "pmc")) or identifiers.pmcid_of_address(urls),
        "issn": issns(serials),
        "isbn": isbns(serials),
        "accession": fold(first("unique-id", "accession-number", "eid"))
        or (eid[1] if eid else "")
        or (key if identifiers.NUMBER_LIKE.match(key) else ""),
    }


def plain(value: str) -> str:
    """A value without LaTeX: accents as characters, braces off."""
    if "\\" not in value and "{" not in value:
        return value
    if "\\" in value:
        from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped]

        translator = LatexNodes2Text(keep_comments=True, math_mode="verbatim")
        try:
            return str(translator.latex_to_text(value.replace("%", "\\%")))
        except Exception:  # pylatexenc raises many kinds on text that is not LaTeX after all
            pass
    return value.replace("{", "").replace("}", "")


FORMAT = Format("bibtex", read, count, columns)
