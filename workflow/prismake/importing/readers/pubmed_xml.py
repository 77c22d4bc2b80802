"""PubMed's XML: articles and book chapters."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prismake.common import identifiers
from prismake.importing import rules
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Format, Rejected
from prismake.importing.field_map import FieldMap, Rule
from prismake.importing.fields import Values
from prismake.importing.fields import year as year_of
from prismake.importing.names import people
from prismake.importing.readers import markup
from prismake.importing.text import clean, fold, listed, meaningful

NAMES = ("PubmedArticle", "PubmedBookArticle")
_CITATION = "MedlineCitation/"
_ARTICLE = _CITATION + "Article/"
_BOOK = "BookDocument/"
_JOURNAL = _CITATION + "MedlineJournalInfo/"
_ISSUE = _ARTICLE + "Journal/JournalIssue/"
_TYPES = (_ARTICLE + "PublicationTypeList/PublicationType", _BOOK + "PublicationType")
_DATE_PARTS = ("Year", "Month", "Day", "MedlineDate")
_DATES = (
    _BOOK + "PMID",
    *(place + part for place in (_ISSUE + "PubDate/", _BOOK + "Book/PubDate/") for part in _DATE_PARTS),
)
_NAMES = tuple(
    place + "AuthorList/Author/" + part
    for place in (_ARTICLE, _BOOK)
    for part in ("LastName", "ForeName", "Initials", "CollectiveName")
)
_ABSTRACTS = (_ARTICLE + "Abstract/AbstractText", _BOOK + "Abstract/AbstractText")
_HEADING, _QUALIFIER = (
    _CITATION + "MeshHeadingList/MeshHeading/" + part for part in ("DescriptorName", "QualifierName")
)
_KEYWORDS = (_CITATION + "KeywordList/Keyword", _BOOK + "KeywordList/Keyword")
_RELATED = _CITATION + "CommentsCorrectionsList/CommentsCorrections"
_LOCATIONS = (_ARTICLE + "ELocationID", _BOOK + "ELocationID")
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


def _values(fields: Fields) -> Values:
    return Values(markup.bare_fields(fields), fields)


def _entry_type(values: Values) -> str:
    if _BOOK + "PMID" in values:
        return "chapter"
    return "preprint" if "Preprint" in values.all(*_TYPES) else "article"


def _date(values: Values) -> str:
    """Year, month and day of the issue, or of the book; or what stands in their place."""
    place = _BOOK + "Book/PubDate/" if _BOOK + "PMID" in values else _ISSUE + "PubDate/"
    return fold(" ".join(values.first(place + part) for part in _DATE_PARTS))


def _year(values: Values) -> str:
    return year_of(_date(values))


def _identifier(kind: str, form: Callable[[str], str]) -> Rule:
    """An identifier of this kind, which an attribute of its field names."""

    def cell(values: Values) -> str:
        for place in _IDENTIFIERS:
            for name, value in values.exported:
                if name.startswith(place) and f"[IdType={kind}]" in name:
                    return form(value)
        for name, value in values.exported:
            if name.startswith(_LOCATIONS) and f"[EIdType={kind}]" in name:
                return form(value)
        return ""

    return rules.derived(cell, *_IDENTIFIERS, *_LOCATIONS)


def _authors(values: Values) -> str:
    """Authors in order; those of a book's editors' list come last in the export and are left out."""
    names: list[str] = []
    family = ""
    for name, value in markup.bare_fields(values.exported):
        if name not in _NAMES:
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
    return people(names)


def _abstract(values: Values) -> str:
    """The parts of the abstract, each after its label."""
    parts = []
    for name, value in values.exported:
        if name.startswith(_ABSTRACTS) and value:
            label = name.partition("[Label=")[2].partition("]")[0]
            parts.append(f"{label}: {value}" if label and label.upper() != "UNLABELLED" else value)
    return meaningful(clean(" ".join(parts)))


def _keywords(values: Values) -> str:
    """The MeSH headings, each with its qualifiers, and the authors' keywords."""
    words: list[str] = []
    heading = ""
    for name, value in markup.bare_fields(values.exported):
        if name == _HEADING:
            heading = value
            words.append(value)
        elif name == _QUALIFIER:
            if words[-1:] == [heading]:
                words.pop()
            words.append(f"{heading}/{value}")
        elif name in _KEYWORDS:
            words.append(clean(value))
    return listed(words)


def _corrections(values: Values) -> str:
    """Erratum in, retraction of, comment on: what distinguishes such a record from its article."""
    notes, kind = [], ""
    for name, value in values.exported:
        if name.startswith(_RELATED + "[RefType="):
            kind = name.partition("[RefType=")[2].partition("]")[0]
        elif name == _RELATED + "/RefSource" and kind and kind != "Cites":
            notes.append(f"{kind}: {value}")
    return listed(notes)


FIELDS = FieldMap(
    {
        "entrytype": rules.derived(_entry_type, _BOOK + "PMID", *_TYPES),
        "title": rules.text(
            _ARTICLE + "ArticleTitle", _BOOK + "ArticleTitle", _BOOK + "Book/BookTitle", _ARTICLE + "VernacularTitle"
        ),
        "author": rules.derived(_authors, *_NAMES),
        "year": rules.derived(_year, *_DATES) | rules.year(_ARTICLE + "ArticleDate/Year"),
        "date": rules.derived(_date, *_DATES),
        "journal": rules.name(_ARTICLE + "Journal/Title", _BOOK + "Book/BookTitle"),
        "journal_abbrev": rules.name(_ARTICLE + "Journal/ISOAbbreviation", _JOURNAL + "MedlineTA"),
        "volume": rules.brief(_ISSUE + "Volume"),
        "number": rules.brief(_ISSUE + "Issue"),
        "pages": rules.brief(_ARTICLE + "Pagination/MedlinePgn", _ARTICLE + "Pagination/StartPage"),
        "abstract": rules.derived(_abstract, *_ABSTRACTS),
        "keywords": rules.derived(_keywords, _HEADING, _QUALIFIER, *_KEYWORDS),
        "language": rules.items(_ARTICLE + "Language", _BOOK + "Language"),
        "publication_types": rules.items(*_TYPES),
        "note": rules.derived(_corrections, _RELATED, _RELATED + "/RefSource"),
        "pmid": rules.pmid(_CITATION + "PMID", _BOOK + "PMID"),
        "issn": rules.issns(_ARTICLE + "Journal/ISSN", _JOURNAL + "ISSNLinking"),
        "isbn": rules.isbns(_BOOK + "Book/Isbn"),
        "trial_ids": rules.trial_ids(_ARTICLE + "DataBankList/DataBank/AccessionNumberList/AccessionNumber"),
        "doi": _identifier("doi", identifiers.doi),
        "pmcid": _identifier("pmc", identifiers.pmcid),
        "accession": rules.pmid(_CITATION + "PMID", _BOOK + "PMID"),
    }
)
FORMAT = Format("pubmed-xml", read, count, FIELDS, _values)
