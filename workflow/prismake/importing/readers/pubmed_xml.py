"""PubMed's XML: articles and book chapters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prismake.common import identifiers
from prismake.common.records import SEPARATOR
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Format, Rejected
from prismake.importing.fields import Values, isbns, issns, year
from prismake.importing.names import people
from prismake.importing.readers import markup
from prismake.importing.text import clean, fold, listed, told

NAMES = ("PubmedArticle", "PubmedBookArticle")
_CITATION = "MedlineCitation/"
_ARTICLE = _CITATION + "Article/"
_BOOK = "BookDocument/"
_JOURNAL = _CITATION + "MedlineJournalInfo/"
_TITLES = (
    _ARTICLE + "ArticleTitle",
    _BOOK + "ArticleTitle",
    _BOOK + "Book/BookTitle",
    _ARTICLE + "VernacularTitle",
)
# The record's own identifiers: its references have theirs.
_IDENTIFIERS = (
    "PubmedData/ArticleIdList/ArticleId",
    "PubmedBookData/ArticleIdList/ArticleId",
    _BOOK + "ArticleIdList/ArticleId",
)


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the file's records in order."""
    return markup.read(content, NAMES)


def count(content: Content) -> int:
    """Counts the records' start tags."""
    return markup.count(content, NAMES)


def columns(fields: Fields) -> dict[str, Any]:
    """The record model's columns from a record's fields."""
    values = Values(markup.bare_fields(fields))
    first, every = values.first, values.all
    book = _BOOK + "PMID" in values
    issue = _ARTICLE + "Journal/JournalIssue/"
    date = " ".join(first(issue + "PubDate/" + part) for part in ("Year", "Month", "Day", "MedlineDate"))
    if book:
        date = " ".join(first(_BOOK + "Book/PubDate/" + part) for part in ("Year", "Month", "Day"))
    types = every(_ARTICLE + "PublicationTypeList/PublicationType", _BOOK + "PublicationType")
    serials = every(_ARTICLE + "Journal/ISSN", _JOURNAL + "ISSNLinking")
    record: dict[str, Any] = {
        "entrytype": "chapter" if book else "preprint" if "Preprint" in types else "article",
        "title": told(clean(first(*_TITLES))),
        "author": people(_authors(markup.bare_fields(fields))),
        "year": year(date) or year(first(_ARTICLE + "ArticleDate/Year")),
        "date": fold(date),
        "journal": clean(first(_ARTICLE + "Journal/Title", _BOOK + "Book/BookTitle")),
        "journal_abbrev": clean(first(_ARTICLE + "Journal/ISOAbbreviation", _JOURNAL + "MedlineTA")),
        "volume": fold(first(issue + "Volume")),
        "number": fold(first(issue + "Issue")),
        "pages": fold(first(_ARTICLE + "Pagination/MedlinePgn", _ARTICLE + "Pagination/StartPage")),
        "abstract": _abstract(fields),
        "keywords": listed(_keywords(markup.bare_fields(fields))),
        "language": listed(every(_ARTICLE + "Language", _BOOK + "Language")),
        "publication_types": listed(types),
        "note": listed(_corrections(fields)),
        "pmid": identifiers.pmid(first(_CITATION + "PMID", _BOOK + "PMID")),
        "issn": issns(serials),
        "isbn": isbns(every(_BOOK + "Book/Isbn")),
        "trial_ids": SEPARATOR.join(
            identifiers.trial_ids(every(_ARTICLE + "DataBankList/DataBank/AccessionNumberList/AccessionNumber"))
        ),
    }
    record["doi"] = identifiers.doi(_identifier(fields, "doi"))
    record["pmcid"] = identifiers.pmcid(_identifier(fields, "pmc"))
    record["accession"] = record["pmid"]
    return record


def _identifier(fields: Fields, kind: str) -> str:
    for place in _IDENTIFIERS:
        for name, value in fields:
            if name.startswith(place) and f"[IdType={kind}]" in name:
                return value
    for name, value in fields:
        if name.startswith((_ARTICLE + "ELocationID", _BOOK + "ELocationID")) and f"[EIdType={kind}]" in name:
            return value
    return ""


def _authors(fields: Fields) -> list[str]:
    """Authors in order; those of a book's editors' list come last in the export and are left out."""
    names: list[str] = []
    family = ""
    lists = (_ARTICLE + "AuthorList/Author/", _BOOK + "AuthorList/Author/")
    for name, value in fields:
        if not name.startswith(lists):
            continue
        part = name.rpartition("/")[2]
        if part == "LastName":
            family = value
            names.append(value)
        elif part == "ForeName" or (part == "Initials" and names and names[-1] == family):
            if names and names[-1] == family:
                names[-1] = f"{family}, {value}"
        elif part == "CollectiveName":
            family = ""
            names.append(value)
    return names


def _abstract(fields: Fields) -> str:
    parts = []
    for name, value in fields:
        if name.startswith((_ARTICLE + "Abstract/AbstractText", _BOOK + "Abstract/AbstractText")) and value:
            label = name.partition("[Label=")[2].partition("]")[0]
            parts.append(f"{label}: {value}" if label and label.upper() != "UNLABELLED" else value)
    return told(clean(" ".join(parts)))


def _keywords(fields: Fields) -> list[str]:
    words: list[str] = []
    heading = ""
    for name, value in fields:
        if name == _CITATION + "MeshHeadingList/MeshHeading/DescriptorName":
            heading = value
            words.append(value)
        elif name == _CITATION + "MeshHeadingList/MeshHeading/QualifierName":
            if words[-1:] == [heading]:
                words.pop()
            words.append(f"{heading}/{value}")
        elif name in (_CITATION + "KeywordList/Keyword", _BOOK + "KeywordList/Keyword"):
            words.append(clean(value))
    return words


def _corrections(fields: Fields) -> list[str]:
    """Erratum in, retraction of, comment on: what tells such a record from its article."""
    notes, kind = [], ""
    place = _CITATION + "CommentsCorrectionsList/CommentsCorrections"
    for name, value in fields:
        if name.startswith(place + "[RefType="):
            kind = name.partition("[RefType=")[2].partition("]")[0]
        elif name == place + "/RefSource" and kind and kind != "Cites":
            notes.append(f"{kind}: {value}")
    return notes


FORMAT = Format("pubmed-xml", read, count, columns)
