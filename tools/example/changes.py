"""The ways in which databases print one and the same work differently, each a function on an entry."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from tools.example.catalogue import Author, Work

DATABASES = {"P": "pubmed", "E": "embase", "C": "cochrane"}
GREEK = {"α": "alpha", "β": "beta"}
PLAIN = str.maketrans("üöäéë", "uoaee")
SMALL_WORDS = {"a", "an", "and", "against", "after", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the",
               "to", "with", "without", "versus"}  # fmt: skip


@dataclass
class Entry:
    """A work as one database prints it. `changed` holds the codes of what was done to it."""

    work: Work
    database: str
    accession: str
    title: str
    authors: list[Author]
    journal: str
    year: int
    volume: str
    issue: str
    pages: str
    doi: str
    abstract: tuple[tuple[str, str], ...]
    changed: tuple[str, ...] = ()
    in_press: bool = False
    review_type: bool = False
    brackets: bool = False
    pmid: str = ""
    embase: str = ""

    @property
    def record_id(self) -> str:
        """The id that the importer gives this record."""
        return f"{self.database}:{self.accession}"


def _without_place(entry: Entry) -> None:
    entry.in_press = True
    entry.volume = entry.issue = entry.pages = ""


def ahead(entry: Entry) -> None:
    """Ahead of print: the year before, no volume, issue or pages yet."""
    _without_place(entry)
    entry.year -= 1


def in_press(entry: Entry) -> None:
    """Ahead of print in the year of the issue itself."""
    _without_place(entry)


def capitals(entry: Entry) -> None:
    """The whole title in capitals, as older records have it."""
    entry.title = entry.title.upper()


def titlecase(entry: Entry) -> None:
    """Important words of the title begin with a capital."""
    entry.title = " ".join(
        word if word.lower() in SMALL_WORDS and place else word[:1].upper() + word[1:]
        for place, word in enumerate(entry.title.split(" "))
    )


def punctuation(entry: Entry) -> None:
    """A dash instead of the colon, no commas, a full stop at the end."""
    entry.title = entry.title.replace(": ", " - ").replace(",", "").rstrip("?") + "."


def stop(entry: Entry) -> None:
    """A full stop after the title."""
    entry.title += "."


def hyphens(entry: Entry) -> None:
    """Hyphens left out."""
    entry.title = re.sub(r"(?<=\w)-(?=\w)", " ", entry.title)


def dashes(entry: Entry) -> None:
    """Hyphens as U+2010 and the colon as an em dash."""
    entry.title = re.sub(r"(?<=\w)-(?=\w)", "\u2010", entry.title).replace(": ", "\u2014")


def greek(entry: Entry) -> None:
    """Greek letters written out."""
    for letter, name in GREEK.items():
        entry.title = entry.title.replace(letter, name)


def ampersand(entry: Entry) -> None:
    """An ampersand for "and"."""
    entry.title = entry.title.replace(" and ", " & ")


def tags(entry: Entry) -> None:
    """Mark-up of the title gone."""
    entry.title = re.sub(r"</?\w+>", "", entry.title)


def spelling(entry: Entry) -> None:
    """British for American spelling."""
    entry.title = entry.title.replace("randomized", "randomised")


def brackets(entry: Entry) -> None:
    """A translated title in brackets, as PubMed marks it."""
    entry.title = f"[{entry.title}]"
    entry.brackets = True


def authors_initials(entry: Entry) -> None:
    """Second initials missing."""
    entry.authors = [replace(author, given=author.initials[:1]) for author in entry.authors]


def authors_plain(entry: Entry) -> None:
    """Diacritics dropped from names."""
    entry.authors = [replace(author, family=author.family.translate(PLAIN)) for author in entry.authors]


def authors_cut(entry: Entry) -> None:
    """The author list ends after the first."""
    entry.authors = entry.authors[:1]


def abbreviated(entry: Entry) -> None:
    """Only the abbreviated source title."""
    entry.journal = entry.work.journal_abbrev


def nodoi(entry: Entry) -> None:
    """No DOI."""
    entry.doi = ""


def doi_address(entry: Entry) -> None:
    """The DOI as a resolver's address, in capitals."""
    entry.doi = f"https://doi.org/{entry.doi.upper()}"


def noabstract(entry: Entry) -> None:
    """No abstract."""
    entry.abstract = ()


def nopages(entry: Entry) -> None:
    """No pages or article number."""
    entry.pages = ""


def pages_short(entry: Entry) -> None:
    """Last page shortened: 195-8 for 195-198, E419-22 for E419-E422."""
    first, last = (page.lstrip("Ee") for page in entry.pages.split("-"))
    lead = entry.pages[0] if not entry.pages[0].isdigit() else ""
    if len(first) != len(last):
        short = last
    else:
        same = next(place for place in range(len(first)) if first[place] != last[place])
        short = last[same:]
    entry.pages = f"{lead}{first}-{short}"


def year(entry: Entry) -> None:
    """The year after, with the same volume and pages."""
    entry.year += 1


def review_type(entry: Entry) -> None:
    """Indexed as a review where the other database calls it a case report."""
    entry.review_type = True


CHANGES: dict[str, Callable[[Entry], None]] = {
    change.__name__: change
    for change in (
        ahead, in_press, capitals, titlecase, punctuation, stop, hyphens, dashes, greek, ampersand, tags, spelling,
        brackets, authors_initials, authors_plain, authors_cut, abbreviated, nodoi, doi_address, noabstract, nopages,
        pages_short, year, review_type,
    )
}  # fmt: skip


def members(work: Work) -> list[tuple[str, str]]:
    """(letter, name) of each record of a work: the second Embase record is named E2."""
    seen: dict[str, int] = {}
    named = []
    for letter in work.found_in:
        seen[letter] = seen.get(letter, 0) + 1
        named.append((letter, letter if seen[letter] == 1 else f"{letter}{seen[letter]}"))
    return named


def entries(work: Work, accessions: dict[str, str]) -> list[Entry]:
    """The records of a work, changed as its table says. `accessions` maps a record's name to its number.

    Raises ValueError where a change leaves the record as it was or names a record that the work does not have.
    """
    made = []
    if unknown := set(work.changes) - {name for _, name in members(work)}:
        raise ValueError(f"{work.key}: changes for records that it does not have: {sorted(unknown)}")
    for letter, name in members(work):
        entry = Entry(
            work=work,
            database=DATABASES[letter],
            accession=accessions[name],
            title=work.title,
            authors=list(work.authors),
            journal=work.journal,
            year=work.year,
            volume=work.volume,
            issue=work.issue,
            pages=work.pages,
            doi=work.doi,
            abstract=work.abstract,
        )
        codes = work.changes.get(name, ())
        for code in codes:
            if code == "pmid":
                entry.pmid, entry.embase = accessions.get("P", ""), accessions.get("E", "") if letter == "C" else ""
                changed = bool(entry.pmid)
            else:
                before = replace(entry)
                CHANGES[code](entry)
                # Nothing is gained from the DOI or the abstract of a record that never had one.
                changed = entry != before
            if not changed:
                raise ValueError(f"{work.key} {name}: '{code}' changes nothing")
        entry.changed = codes
        made.append(entry)
    return made
