"""Headers of tables: what platforms call the parts of a record, and which row is a header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

# A header stands in one of the first rows.
HEADER_ROWS = 30

# Part of a record -> the names that columns have for it, the best first; names as `plain` gives them.
ROLES: dict[str, tuple[str, ...]] = {
    "title": (
        "title",
        "article title",
        "document title",
        "item title",
        "title primary",
        "study title",
        "paper title",
        "primary title",
        "publication name",
        "artinfo tig atl",
        "public title",
        "scientific title",
        "official title",
        "display name",
        "ti",
        "t1",
        "original title",
    ),
    "author": (
        "author s full name",
        "author full names",
        "authors",
        "author",
        "author names",
        "author s",
        "authors primary",
        "authorships author display name",
        "au",
        "a1",
        "contributors",
        "group authors",
        "book authors",
        "author string",
        "authors name",
    ),
    "editor": ("editor", "editors", "authors secondary", "book editors"),
    "year": (
        "publication year",
        "year",
        "published year",
        "pub year",
        "year of publication",
        "py",
        "yr",
        "pubinfo dt year",
        "year published",
    ),
    "date": (
        "date of publication",
        "publication date",
        "date published",
        "date",
        "pub date",
        "cover date",
        "issue date",
        "start date",
        "study first posted",
        "first posted",
        "date registration",
        "date of registration",
        "dp",
        "published date",
        "early access date",
        "first publication date",
        "publication date online",
        "publication date print",
        "online date",
    ),
    "journal": (
        "source title",
        "journal title",
        "journal book",
        "journal",
        "publication title",
        "periodical full",
        "primary location source display name",
        "publication",
        "journal name",
        "jinfo jtl",
        "book title",
        "booktitle",
        "secondary title",
        "title secondary",
        "conference title",
        "meeting name",
        "jn",
        "t2",
        "full source",
        "venue",
        "publication venue name",
        "journal info journal title",
        "parent title",
        "anthology title",
        "source",
    ),
    "citation": ("citation", "so"),
    "journal_abbrev": (
        "abbreviated source title",
        "journal abbreviation",
        "journal iso abbreviation",
        "periodical abbrev",
        "abbreviated journal",
        "ja",
        "j2",
        "journal abbrev",
        "journal title abbreviation",
    ),
    "volume": ("volume", "journal volume", "biblio volume", "vol", "vl", "vo", "pubinfo vid"),
    "number": ("issue", "issue number", "journal issue", "biblio issue", "number", "ip", "pubinfo iid"),
    "pages": ("pages", "page", "page numbers", "pg", "page range", "pagination", "page info", "medline pgn"),
    "first_page": (
        "first page",
        "start page",
        "page start",
        "beginning page",
        "biblio first page",
        "bp",
        "sp",
        "artinfo ppf",
    ),
    "last_page": ("last page", "end page", "page end", "ending page", "biblio last page", "ep", "other pages"),
    "article_number": ("art no", "article number", "article no", "artn"),
    "doi": (
        "doi",
        "item doi",
        "digital object identifier",
        "doi link",
        "di",
        "book doi",
        "ids doi",
        "do",
        "external ids doi",
    ),
    "pmid": ("pmid", "pubmed id", "medline pmid", "pubmed", "ids pmid", "pm", "external ids pubmed", "pub med id"),
    "pmcid": (
        "pmcid",
        "pmc id",
        "ids pmcid",
        "external ids pubmed central",
        "pubmed central id",
        "pmc",
        "pub med central",
    ),
    # Columns that hold numbers of several kinds, each with its kind.
    "marked_doi": ("article identifier", "location identifier", "aid", "lid"),
    # A tool's own number for the record, which may be a database's.
    "key": ("key",),
    "embase_id": ("embase accession id", "pui", "embase id"),
    "central_id": ("central id",),
    "trial_ids": (
        "nct number",
        "clinical trial numbers",
        "clinical trial number",
        "ctgov id",
        "ictrp id",
        "trialid",
        "trial id",
        "trial registration number",
        "trial number",
    ),
    "issn": (
        "issn",
        "issns",
        "eissn",
        "e issn",
        "issn isbn",
        "print issn",
        "online issn",
        "jinfo issn",
        "primary location source issn",
        "primary location source issn l",
        "sn",
        "is",
        "journal issn",
        "electronic issn",
        "standard number",
    ),
    "isbn": ("isbn", "isbns", "eisbn", "issn isbn", "standard number"),
    "abstract": (
        "abstract",
        "abstract note",
        "brief summary",
        "artinfo ab",
        "summary",
        "ab",
        "n2",
        "description",
        "original abstract",
        "abstract text",
    ),
    "keywords": (
        "author keywords",
        "keywords",
        "index keywords",
        "keywords plus",
        "mesh terms",
        "emtree drug index terms major focus",
        "emtree drug index terms",
        "emtree medical index terms major focus",
        "emtree medical index terms",
        "ieee terms",
        "inspec controlled terms",
        "inspec non controlled terms",
        "subjects",
        "subject terms",
        "artinfo sug subj text",
        "keywords display name",
        "manual tags",
        "automatic tags",
        "fields of study",
        "conditions",
        "interventions",
        "kw",
        "de",
    ),
    "language": ("language", "article language", "language of original document", "languages", "la", "lg"),
    "publication_types": (
        "publication type",
        "publication types",
        "document type",
        "doctype",
        "content type",
        "pub type",
        "study type",
        "artinfo doctype",
        "artinfo pubtype",
        "article type",
        "type",
        "pt",
        "dt",
        "pub type list",
        "pub types",
    ),
    "item_type": (
        "item type",
        "reference type",
        "entrytype",
        "type of reference",
        "ty",
        "type crossref",
        "type",
        "type name",
    ),
    "url": (
        "url",
        "link",
        "plink",
        "study url",
        "web address",
        "embase link",
        "header displayinfo plink url",
        "primary location landing page url",
        "external url",
        "pdf link",
        "article url",
        "urls",
        "links",
        "xl",
        "ur",
        "dimensions url",
        "full text url",
        "source linkout",
        "open access pdf url",
    ),
    "note": ("notes", "note", "extra"),
    "accession": (
        "central id",
        "cochrane review id",
        "nct number",
        "trialid",
        "embase accession id",
        "pui",
        "ut unique wos id",
        "ut unique id",
        "unique wos id",
        "ut",
        "eid",
        "lens id",
        "accession number",
        "pmid",
        "ui",
        "an",
        "ids openalex",
        "openalex id",
        "rayyan id",
        "covidence",
        "header uiterm",
        "publication id",
    ),
    "database": ("database", "database name", "db", "library catalog", "data source", "provider"),
}

_NUMBERED = re.compile(r"^(?:artinfo aug au|author|au) \d+$")


# Lists of EBSCO's XML turned into a table: one column per item.
_ITEM = re.compile(r"^(artinfo (?:sug subj|ab|doctype)) \d+")


# Parts of names written in one word: PubYear, ArticleURL.
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_STEP = re.compile(r"[./:]+")
# Parts that say the same of a work wherever in its description they stand: journal.volume, ids.doi.
_ANYWHERE = frozenset(
    ("doi", "pmid", "pmcid", "issn", "isbn", "volume", "number", "pages", "first_page", "last_page", "abstract", "year")
)
# ... unless it is another work's, or a person's.
_OTHERS = re.compile(
    r"refer|cit(?:ed|ing|ation)|related|similar|recommend|parent|author|editor|fund|grant", re.IGNORECASE
)
# What a program that flattens records calls the whole of one: x.title, record.year, article.journal.title. Where that
# name is of a part (journal.title, series.title), what follows is no part of the record.
_WHOLE = re.compile(
    r"[a-z]|_source|article|attributes|bib|data|doc(?:ument)?|entry|fields|item|metadata|paper|record|result|work", re.I
)


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A column's name in lower-case words, as it is known if it is (`PubYear`, `ids.DOI`)."""
    words = _words(name)
    if words in _ROLE_OF:
        return words
    spaced = _words(_HUMP.sub(" ", name))
    if spaced in _ROLE_OF:
        return spaced
    first, *rest = _STEP.split(name)
    if not rest:
        return words
    if _WHOLE.fullmatch(first):
        own = plain(name[len(first) + 1 :])
        if own in _ROLE_OF:
            return own
    if not any(map(_OTHERS.search, [first, *rest[:-1]])):
        own = plain(rest[-1])
        if _ROLE_OF.get(own) in _ANYWHERE:
            return own
    return words


def _words(name: str) -> str:
    return _ITEM.sub(r"\1", re.sub(r"[^a-z0-9]+", " ", name.lower()).strip())


# A name with several roles ("issn isbn", "pmid") counts for one, the first.
_ROLE_OF = {name: role for role, names in reversed(ROLES.items()) for name in names}


# Parts of a record that a row names which is surely a header.
PARTS_OF_HEADER = 4


def header_at(rows: Sequence[Sequence[str]]) -> int | None:
    """The first row that is surely a header of a table of records, else the one that names most parts of a record."""
    points = [score(row) for row in rows[:HEADER_ROWS]]
    sure = next((at for at, count in enumerate(points) if count >= PARTS_OF_HEADER), None)
    best = sure if sure is not None else max(range(len(points)), key=lambda at: (points[at], -at), default=None)
    return best if best is not None and points[best] > 1 else None


def is_known(name: str) -> bool:
    """Whether a name is that of a part of a record."""
    return plain(name) in _ROLE_OF


def score(cells: Sequence[str]) -> int:
    """How well a row would do as the header of a table of records: the number of parts that it names; 0 if no title."""
    names = {plain(cell) for cell in cells if cell}
    if not names & set(ROLES["title"]):
        return 0
    return len({_ROLE_OF[name] for name in names if name in _ROLE_OF})


def is_numbered_author(name: str) -> bool:
    """True for one of several columns that hold an author each."""
    return bool(_NUMBERED.match(name))
