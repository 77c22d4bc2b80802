"""Finds the record that a row of a hand-written table means: by identifier, then by title, year and author.

Every table that names records is matched here: decisions and consensus, exports of screening tools, reports of studies,
added boxes, studies of a previous version, decisions on duplicates. A row may name any record of a cluster, the merged
ones too, by its id or by any identifier. Screening tools keep none of our ids: they return a record as it was imported.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from prismake.common import identifiers
from prismake.common.errors import Issue
from prismake.common.records import split_list

ALIKE = 60.0
SHOWN = 3
# Records that a row may mean are listed up to so many.
LISTED = 5
# An id that differs in more strokes than this is another record's, perhaps of one that an export has lost.
MISTYPED = 2
# Nearest records are looked up for so many rows; the faults after them only name the row.
EXPLAINED = 50

# How a row was matched that names a record by its id.
RECORD_ID = "record id"

COLUMNS = (
    "record_id",
    "title",
    "year",
    "author",
    "doi",
    "pmid",
    "pmcid",
    "embase_id",
    "central_id",
    "trial_ids",
    "accession",
)
_NUMBERS = ("doi", "pmid", "pmcid", "embase_id", "central_id")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,80}>")
_ADDED = re.compile(r"\[references?\]\.?\s*\Z", re.IGNORECASE)
_NOT_LETTERS = {code: None for code in range(128) if not chr(code).isalnum()}
_DIGITS = re.compile(r"[0-9]{4,8}")
_DIGIT = re.compile(r"[0-9]")
_LABELLED_PMID = re.compile(r"\s*(?:PMID|pubmed)\s*+:?\s*+(\d{1,8})\s*\Z", re.IGNORECASE)


# Letters that Unicode does not decompose.
_WHOLE_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "þ": "th", "ð": "d"}
    | {"Æ": "AE", "Œ": "OE", "Ø": "O", "Đ": "D", "Ł": "L", "Þ": "TH", "Ð": "D"}
)


def without_accents(text: str) -> str:
    """A text with its letters decomposed, their accents left out, and letters such as ø spelled plainly."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return plain.translate(_WHOLE_LETTERS)


def fold_title(title: str) -> str:
    """A title for comparison: letters and digits only, without case, accents, tags and Ovid's "[References]"."""
    if "&" in title:
        title = html.unescape(title)
    if "<" in title:
        title = _TAG.sub("", title)
    title = _ADDED.sub("", title)
    if title.isascii():
        return title.lower().translate(_NOT_LETTERS)
    title = without_accents(title)
    return "".join(c for c in title.casefold() if c.isalnum())


@dataclass(frozen=True, slots=True)
class Named:
    """How a row names its record: ids as written, and what can be compared with a record where no id is known."""

    ids: tuple[str, ...] = ()
    doi: str = ""
    pmid: str = ""
    title: str = ""
    year: str = ""
    author: str = ""

    def __str__(self) -> str:
        parts = [*self.ids[:1], self.doi, self.pmid and f"PMID {self.pmid}"]
        shown = next((part for part in parts if part), "")
        title = self.title[:80] + (f" ({self.year})" if self.year else "") if self.title else ""
        return f"'{shown}' ({title})" if shown and title else f"'{shown or title or 'no name'}'"


@dataclass(frozen=True, slots=True)
class Match:
    """The record that a row means: the survivor of its cluster, the member that matched, and by what."""

    record: str
    member: str
    matched_by: str


def named_by(text: str, title: str = "", year: str = "") -> Named:
    """How a table that people write names a record: by its id or any identifier; digits alone may be a PubMed id."""
    text = text.strip()
    return Named((text,), pmid=text.lstrip("0") if _DIGITS.fullmatch(text) else "", title=title, year=year)


class Matcher:
    """Looks rows up among all records. `cluster_of` maps record id to the id of its cluster's survivor.

    `load` gives the records as dicts of `COLUMNS`; it is called only where a row is not named by a record id.
    """

    def __init__(
        self, cluster_of: Mapping[str, str], load: Callable[[], Iterable[Mapping[str, str]]] | None = None
    ) -> None:
        self.cluster_of = cluster_of
        self._load = load
        self._loaded = load is None
        self._numbers: dict[tuple[str, str], dict[str, str]] = {}
        self._accessions: dict[str, dict[str, str]] = {}
        self._titles: dict[str, dict[str, tuple[str, str, str]]] = {}
        self._explained = 0

    def _index(self) -> None:
        """Identifiers and titles of all records: value -> survivor -> the first record that has it."""
        if self._loaded:
            return
        self._loaded = True
        assert self._load is not None
        for row in self._load():
            name = row["record_id"]
            survivor = self.cluster_of.get(name)
            if survivor is None:
                continue
            for kind in _NUMBERS:
                if number := row.get(kind):
                    self._numbers.setdefault((kind, number.casefold()), {}).setdefault(survivor, name)
            for number in split_list(row.get("trial_ids", "")):
                self._numbers.setdefault(("trial_ids", number.casefold()), {}).setdefault(survivor, name)
            if number := row.get("accession"):
                self._accessions.setdefault(number.casefold(), {}).setdefault(survivor, name)
            if folded := fold_title(row.get("title", "")):
                # A cluster keeps each of its titles with the year and authors of the first record that bears it.
                described = (row.get("year", ""), name, row.get("author", ""))
                self._titles.setdefault(folded, {}).setdefault(survivor, described)

    def find(self, named: Named) -> dict[str, tuple[str, str]]:
        """Survivor -> (the record that matched, how), for every cluster that the row may mean."""
        for written in named.ids:
            if survivor := self.cluster_of.get(written):
                return {survivor: (written, RECORD_ID)}
        self._index()
        fitting = self._by_number(named)
        if len(fitting) == 1:
            return fitting
        titled = self._by_title(named)
        if not fitting:
            return titled
        both = {survivor: fitting[survivor] for survivor in fitting if survivor in titled}
        return both if len(both) == 1 else fitting

    def with_title(self, title: str) -> list[str]:
        """The survivors of all clusters of which a record has the title, whatever its year and authors."""
        self._index()
        return list(self._titles.get(fold_title(title), ()))

    def match(self, named: Named, where: str) -> Match | Issue:
        """The one record that a row means, or why there is none; `where` names the row's file and line."""
        fitting = self.find(named)
        if len(fitting) != 1:
            return self.fault(named, fitting, where)
        ((survivor, (member, how)),) = fitting.items()
        return Match(survivor, member, how)

    def _by_number(self, named: Named) -> dict[str, tuple[str, str]]:
        keys = [("doi", named.doi), ("pmid", named.pmid)]
        for written in named.ids:
            if labelled := _LABELLED_PMID.match(written):
                keys.append(("pmid", labelled[1].lstrip("0")))
            keys += [
                ("doi", identifiers.doi(written)),
                ("pmcid", identifiers.pmcid(written)),
                ("embase_id", identifiers.embase_id(written)),
                ("central_id", identifiers.central_id(written)),
            ]
            keys += [("trial_ids", number) for number in identifiers.trial_ids([written])]
        for kind, number in keys:
            # Of several, the first that is known: a DOI says more than a registration, which several reports share.
            if number and (hits := self._numbers.get((kind, number.casefold()))):
                how = "trial number" if kind == "trial_ids" else kind.removesuffix("_id").upper()
                return {survivor: (name, how) for survivor, name in hits.items()}
        for written in named.ids:
            hits = self._accessions.get(written.casefold())
            # Databases share numbers: where titles are given, they must agree as well.
            if hits and (not named.title or self._by_title(named).keys() & hits.keys()):
                return {survivor: (name, "accession number") for survivor, name in hits.items()}
        return {}

    def _by_title(self, named: Named) -> dict[str, tuple[str, str]]:
        """Clusters with that title whose year differs by at most one.

        Of several, those of the same year are preferred, then those whose first author shares a word with the row's.
        """
        candidates = self._titles.get(fold_title(named.title)) if named.title else None
        if not candidates:
            return {}
        near = {
            survivor: (name, "title and year" if named.year and year else "title")
            for survivor, (year, name, _) in candidates.items()
            if not (named.year and year) or _apart(named.year, year) <= 1
        }
        if len(near) > 1:
            near = {survivor: near[survivor] for survivor in near if candidates[survivor][0] == named.year} or near
        if len(near) > 1 and (words := _author_words(named.author)):
            near = {
                survivor: (name, "title and author")
                for survivor, (name, _) in near.items()
                if words & _author_words(candidates[survivor][2])
            } or near
        return near

    def fault(self, named: Named, fitting: Mapping[str, tuple[str, str]], where: str) -> Issue:
        """The issue of a row that does not name exactly one record, with the nearest records."""
        if fitting:
            names = ", ".join(f"{name} ({how})" for name, how in sorted(fitting.values())[:LISTED])
            # A title such as "Editorial" may be that of thousands.
            more = f" and {len(fitting) - LISTED:,} more" if len(fitting) > LISTED else ""
            message = f"{named} fits {len(fitting):,} records: {names}{more}"
            return Issue("two-records", message, where, "write the record's id into its row, or merge the records")
        if not named.title and len(named.ids) == 1 and not (named.doi or named.pmid):
            item = f"'{named.ids[0]}'"
            message = f"no record has the id {item}"
        else:
            item = str(named)
            message = f"no record fits {item}"
        return Issue("unknown-record", message, where, self._nearest(named), item=item)

    def _nearest(self, named: Named) -> str:
        lists_all = (
            "results/records/clusters.csv lists all records, results/import/rejected.csv those that could not be read; "
            "an export may have been cut off or replaced"
        )
        self._explained += 1
        if self._explained > EXPLAINED:
            return lists_all
        if named.title:
            alike = process.extract(
                fold_title(named.title), self._titles.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=SHOWN
            )
            near = [
                f"{name} ({year or 'no year'}, {round(score)} % alike)"
                for title, score, _ in alike
                for year, name, _ in self._titles[title].values()
            ]
            if near:
                return "nearest: " + "; ".join(near[:SHOWN]) + "; correct the row, or write the record's id into it"
        if named.ids:
            close = process.extractOne(named.ids[0], self.cluster_of.keys(), scorer=OSA.distance, score_cutoff=MISTYPED)
            # Another number is another record: the one meant may be among those that could not be read.
            if close and _DIGIT.sub("", close[0]) != _DIGIT.sub("", named.ids[0]):
                return f"did you mean '{close[0]}'?"
        return lists_all


def _author_words(authors: str) -> set[str]:
    """The words of the first author's name, initials left out."""
    first = re.split(r";| and |, (?=[^,]+,)", authors, maxsplit=1)[0]
    return {word for word in re.findall(r"\w+", without_accents(first).casefold()) if len(word) > 1}


def _apart(year: str, other: str) -> int:
    return abs(int(year) - int(other)) if year.isdigit() and other.isdigit() else 0
