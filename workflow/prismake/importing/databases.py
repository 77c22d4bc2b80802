"""The database that an export comes from, named as a review prints it: by the file's name, by accession numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Words of a file's name, without what parts them -> the database. The first that fits names it: a file called
# "PubMed (MEDLINE)" comes from PubMed.
_NAMES = (
    ("pubmed", "PubMed"),
    ("medline", "MEDLINE"),
    ("embase", "Embase"),
    ("scopus", "Scopus"),
    ("webofscience", "Web of Science"),
    ("wos", "Web of Science"),
    ("cochrane", "Cochrane Library"),
    ("cinahl", "CINAHL"),
    ("psycinfo", "APA PsycInfo"),
    ("psychinfo", "APA PsycInfo"),
    ("clinicaltrials", "ClinicalTrials.gov"),
    ("ctgov", "ClinicalTrials.gov"),
    ("ictrp", "WHO ICTRP"),
    ("lilacs", "LILACS"),
    ("scielo", "SciELO"),
    ("ieee", "IEEE Xplore"),
    ("openalex", "OpenAlex"),
    ("googlescholar", "Google Scholar"),
    ("sportdiscus", "SPORTDiscus"),
    ("pedro", "PEDro"),
    ("amed", "AMED"),
    ("eric", "ERIC"),
    ("dimensions", "Dimensions"),
)
REGISTERS = ("ClinicalTrials.gov", "WHO ICTRP")
# The form of an accession number -> the database that gives it.
_ACCESSIONS = (
    (re.compile(r"^L\d+$"), "Embase"),
    (re.compile(r"^CN-\d+$"), "Cochrane CENTRAL"),
    (re.compile(r"^CD\d+$"), "Cochrane Database of Systematic Reviews"),
    (re.compile(r"^(?:WOS|MEDLINE|ZOOREC|BIOSIS|CCC|CABI|KJD|SCIELO):"), "Web of Science"),
    (re.compile(r"^2-s2\.0-"), "Scopus"),
    (re.compile(r"^pub\.\d+$"), "Dimensions"),
    (re.compile(r"^\d{3}(?:-\d{3}){3}-\d{2}[\dX]$"), "The Lens"),
    (re.compile(r"^NCT\d{8}$"), "ClinicalTrials.gov"),
    (re.compile(r"^W\d+$"), "OpenAlex"),
    (re.compile(r"^(?:EJ|ED)\d+$"), "ERIC"),
    (re.compile(r"^\d{4}-\d{5}-\d{3}$"), "APA PsycInfo"),
)


def named_database(file: str) -> str:
    """The database that a file's name contains, as whole words; empty if it is none of the well-known."""
    words = re.findall(r"[a-z]+", file.lower())
    # Names of two or three words are written apart or together.
    joined = {"".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, start + 4)}
    return next((database for word, database in _NAMES if word in joined), "")


def numbered_database(accession: str | None, pmid: str | None) -> str:
    """The database that a record's accession number shows; empty if its form is no database's own."""
    if not accession:
        return ""
    if accession == pmid:
        return "PubMed"
    return next((database for form, database in _ACCESSIONS if form.match(accession)), "")


def common_database(records: Iterable[tuple[str | None, str | None]]) -> str:
    """The database that the (accession, PubMed id) of all records show; empty if they do not agree."""
    databases = {numbered_database(accession, pmid) for accession, pmid in records}
    return databases.pop() if len(databases) == 1 else ""
