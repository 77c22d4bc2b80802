"""EndNote's XML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prismake.common import identifiers
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Format, Rejected
from prismake.importing.fields import Values, isbns, issns, trial_ids, year
from prismake.importing.names import people
from prismake.importing.readers import markup
from prismake.importing.text import clean, fold, lines_of, listed, told

NAMES = ("record",)


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the file's records in order."""
    return markup.read(content, NAMES)


def count(content: Content) -> int:
    """Counts the records' start tags."""
    return markup.count(content, NAMES)


_TYPES = {
    "Journal Article": "article",
    "Electronic Article": "article",
    "Conference Paper": "conference",
    "Conference Proceedings": "conference",
    "Book Section": "chapter",
    "Electronic Book Section": "chapter",
    "Book": "book",
    "Edited Book": "book",
    "Electronic Book": "book",
    "Thesis": "thesis",
    "Report": "report",
    "Web Page": "webpage",
    "Dataset": "dataset",
    "Patent": "patent",
}


def columns(fields: Fields) -> dict[str, Any]:
    """The record model's columns from a record's fields."""
    # EndNote parts the lines of a field with carriage returns.
    bare = [(name, value.replace("\r", "\n")) for name, value in markup.bare_fields(fields)]
    values = Values(bare)
    first, every = values.first, values.all
    kinds = (name.partition("[name=")[2].partition("]")[0] for name, _ in fields if name.startswith("ref-type"))
    urls = every(
        "urls/related-urls/url", "urls/web-urls/url", "urls/text-urls/url", "urls/pdf-urls/url", "urls/url", "url"
    )
    accession = fold(first("accession-num"))
    database = " ".join(every("remote-database-name", "remote-database-provider")).lower()
    serials = lines_of(every("isbn", "issn"))
    people_in = "contributors/{}/author"
    record: dict[str, Any] = {
        "entrytype": _TYPES.get(next(kinds, ""), "misc"),
        "title": told(clean(first("titles/title", "titles/short-title"))),
        "author": people(every(people_in.format("authors")) or every(people_in.format("secondary-authors"))),
        "year": year(first("dates/year")) or year(first("dates/pub-dates/date")),
        "date": fold(first("dates/pub-dates/date", "dates/year")),
        "journal": clean(first("periodical/full-title", "titles/secondary-title", "alt-periodical/full-title")),
        "journal_abbrev": clean(first("periodical/abbr-1", "alt-periodical/abbr-1", "titles/alt-title")),
        "volume": fold(first("volume")),
        "number": fold(first("number", "issue")),
        "pages": fold(first("pages")),
        "abstract": told(clean(first("abstract"))),
        "keywords": listed(lines_of(every("keywords/keyword"))),
        "language": listed(every("language")),
        "publication_types": listed(every("work-type")),
        "url": listed([url for url in lines_of(urls) if "://" in url and not url.startswith("internal-pdf")]),
        "note": listed(every("notes", "research-notes")),
        "doi": identifiers.doi(first("electronic-resource-num")) or identifiers.doi_of_address(urls),
        "pmid": identifiers.pmid_of_address(urls),
        "pmcid": identifiers.pmcid(" ".join(every("custom2", "custom6"))) or identifiers.pmcid_of_address(urls),
        "issn": issns(serials),
        "isbn": isbns(serials),
        "embase_id": identifiers.embase_id(accession),
        "central_id": identifiers.central_id(accession),
        "trial_ids": trial_ids([accession, *(url for url in urls if "trial" in url)]),
        "accession": accession,
    }
    if accession.isdigit() and len(accession) <= 8 and any(name in database for name in ("nlm", "medline", "pubmed")):
        record["pmid"] = identifiers.pmid(accession)
    if not record["embase_id"]:
        record["embase_id"] = identifiers.embase_id(" ".join(url for url in urls if "embase.com" in url))
    return record


FORMAT = Format("endnote-xml", read, count, columns)
