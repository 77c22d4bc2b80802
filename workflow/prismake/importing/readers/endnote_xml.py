"""EndNote's XML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prismake.common import identifiers
from prismake.importing import rules
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Format, Rejected
from prismake.importing.field_map import FieldMap, Joint, Parts
from prismake.importing.fields import Values, isbns, issns, trial_ids
from prismake.importing.readers import markup
from prismake.importing.text import fold, lines_of, listed

NAMES = ("record",)


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the file's records in order."""
    return markup.read(content, NAMES)


def count(content: Content) -> int:
    """Counts the records' start tags."""
    return markup.count(content, NAMES)


TYPES = {
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


def _values(fields: Fields) -> Values:
    # EndNote parts the lines of a field with carriage returns.
    bare = [(name, value.replace("\r", "\n")) for name, value in markup.bare_fields(fields)]
    return Values(bare, fields)


def _entry_type(values: Values) -> str:
    """The name of the type, which stands in an attribute."""
    named = (
        name.partition("[name=")[2].partition("]")[0] for name, _ in values.exported if name.startswith("ref-type")
    )
    return TYPES.get(next(named, ""), "misc")


def _addresses(values: Values) -> str:
    """The addresses, one per line, without those of files inside an EndNote library."""
    addresses = lines_of(values.all(*ADDRESSES))
    return listed([url for url in addresses if "://" in url and not url.startswith("internal-pdf")])


def _numbers(parts: Parts) -> Mapping[str, str]:
    """The databases' numbers: an accession number is PubMed's where the database says so."""
    accession, addresses = fold(parts.first("accession")), parts.all("address")
    database = " ".join(parts.all("database")).lower()
    in_medline = any(name in database for name in ("nlm", "medline", "pubmed"))
    is_pmid = accession.isdigit() and len(accession) <= 8 and in_medline
    embase_address = " ".join(address for address in addresses if "embase.com" in address)
    return {
        "accession": accession,
        "pmid": identifiers.pmid(accession) if is_pmid else identifiers.pmid_of_address(addresses),
        "embase_id": identifiers.embase_id(accession) or identifiers.embase_id(embase_address),
        "central_id": identifiers.central_id(accession),
        "trial_ids": trial_ids([accession, *(address for address in addresses if "trial" in address)]),
    }


ADDRESSES = (
    *(f"urls/{kind}-urls/url" for kind in ("related", "web", "text", "pdf")),
    *("urls/url", "url"),
)
NUMBERS = Joint(
    ("accession", "pmid", "embase_id", "central_id", "trial_ids"),
    {
        "accession": ("accession-num",),
        "database": ("remote-database-name", "remote-database-provider"),
        "address": ADDRESSES,
    },
    _numbers,
)

FIELDS = FieldMap(
    {
        "entrytype": rules.derived(_entry_type, "ref-type"),
        "title": rules.text("titles/title", "titles/short-title"),
        "author": rules.people("contributors/authors/author", "contributors/secondary-authors/author"),
        "year": rules.year("dates/year") | rules.year("dates/pub-dates/date"),
        "date": rules.brief("dates/pub-dates/date", "dates/year"),
        "journal": rules.name("periodical/full-title", "titles/secondary-title", "alt-periodical/full-title"),
        "journal_abbrev": rules.name("periodical/abbr-1", "alt-periodical/abbr-1", "titles/alt-title"),
        "volume": rules.brief("volume"),
        "number": rules.brief("number", "issue"),
        "pages": rules.brief("pages"),
        "abstract": rules.text("abstract"),
        "keywords": rules.lines("keywords/keyword"),
        "language": rules.items("language"),
        "publication_types": rules.items("work-type"),
        "url": rules.derived(_addresses, *ADDRESSES),
        "note": rules.items("notes", "research-notes"),
        "doi": rules.doi("electronic-resource-num") | rules.doi_of_address(*ADDRESSES),
        "pmcid": rules.derived(
            lambda values: identifiers.pmcid(" ".join(values.all("custom2", "custom6"))), "custom2", "custom6"
        )
        | rules.pmcid_of_address(*ADDRESSES),
        "issn": rules.derived(lambda values: issns(lines_of(values.all("isbn", "issn"))), "isbn", "issn"),
        "isbn": rules.derived(lambda values: isbns(lines_of(values.all("isbn", "issn"))), "isbn", "issn"),
    },
    NUMBERS,
)
FORMAT = Format("endnote-xml", read, count, FIELDS, _values)
