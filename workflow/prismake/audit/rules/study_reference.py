"""A study's row against its reference, and years against the dates of the searches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prismake.audit.findings import Finding, rule
from prismake.audit.matter import Matter
from prismake.audit.numerals import numerals
from prismake.audit.rules.data import at_row
from prismake.common.errors import counted
from prismake.common.matching import without_accents

PEOPLE = re.compile(
    r"\s+(?:[\w-]+\s+){0,2}?(?:patients?|cases|participants|subjects|women|men|children|adults|volunteers)\b",
    re.IGNORECASE,
)
ONE_OF_MANY = re.compile(r"\b(?:et\s+al|and others|and colleagues|and co-?workers)\b\.?", re.IGNORECASE)
AND = re.compile(r"(?<!\s)\s*(?:&|\band\b)\s*", re.IGNORECASE)
# Where the text says that a study was online before its printed year.
EARLIER = re.compile(
    r"\b(?:online|ahead of print|in press|advance access|advance article|e-?pub(?:lished)?|early view)\b", re.IGNORECASE
)
SKIPPED = frozenset("the of and for in on a an de la du des der die das und & et".split())  # noqa: SIM905


def year_of(reference: Mapping[str, Any]) -> int | None:
    """The year in which a work was issued; nothing where it has none."""
    try:
        return int(reference["issued"]["date-parts"][0][0])
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def _folded(text: str) -> list[str]:
    return re.findall(r"\w+", without_accents(text).lower())


def _pairs(matter: Matter) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Each study whose citation key has a reference, with that reference."""
    for study in matter.studies:
        if reference := matter.references.get(study["study_id"]):
            yield study, reference


def _years(matter: Matter) -> Iterator[tuple[Mapping[str, Any], int, int]]:
    """(study, its year in the table, the year of its reference), where they differ."""
    column = matter.settings.get("synthesis", {}).get("year", "")
    for study, reference in _pairs(matter):
        given, issued = study.get(column), year_of(reference)
        if isinstance(given, int) and issued is not None and given != issued:
            yield study, given, issued


@rule(
    "study-year",
    "error",
    needs=("studies", "references"),
    example="2012 in the table of a study whose reference is of 2021",
    blind="a year that is wrong in the table and in the reference; a difference of one year is study-year-online",
)
def study_year(matter: Matter) -> Iterator[Finding]:
    """A study's year differs from that of its reference by more than one."""
    for study, given, issued in _years(matter):
        if abs(given - issued) > 1:
            text = f"{study['study_id']}: {given}"
            yield at_row(matter, study["study_id"], "study-year", "error", text, f"its reference is of {issued}")


@rule(
    "study-year-online",
    "warning",
    needs=("studies", "references"),
    example="2019, when the article came online, in the table of a study whose reference is of 2020",
    blind="which of the two years is right",
)
def study_year_online(matter: Matter) -> Iterator[Finding]:
    """A study's year differs from that of its reference by one: online and printed year, or a slip."""
    for study, given, issued in _years(matter):
        if abs(given - issued) == 1:
            text = f"{study['study_id']}: {given}"
            message = f"its reference is of {issued}"
            yield at_row(matter, study["study_id"], "study-year-online", "warning", text, message)


def _family(author: Mapping[str, Any]) -> list[str]:
    return _folded(
        " ".join(str(author.get(part, "")) for part in ("non-dropping-particle", "family", "literal")).strip()
    )


def _wrong_authors(label: str, authors: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong with the name of a study by its authors; empty where it fits or is no name of authors."""
    names = re.split(r"[,(\d]", label)[0].strip()
    many, two = ONE_OF_MANY.search(names), AND.search(names)
    if not authors or not (many or two):
        return ""
    first = names[: (many or two).start()].strip(" .,")  # type: ignore[union-attr]
    known = _family(authors[0])
    if known and _folded(first) and not set(_folded(first)) & set(known):
        return f"the first author of its reference is {' '.join(known).title()}"
    others = [author for author in authors[1:] if author.get("literal") != "others"]
    whole = len(others) == len(authors) - 1
    if many and whole and not others:
        return "its reference has one author"
    if two and not many and whole:
        second = set(_folded(names[two.end() :]))
        if len(others) != 1 or not second & set(_family(others[0])):
            return "its reference has other authors"
    return ""


@rule(
    "study-authors",
    "warning",
    needs=("studies", "references"),
    example="Wu et al as the name of a study whose reference begins with Yu",
    blind="names of trials, and labels that name one author alone",
)
def study_authors(matter: Matter) -> Iterator[Finding]:
    """The name of a study by its authors does not fit the authors of its reference."""
    column = matter.settings.get("synthesis", {}).get("label", "")
    for study, reference in _pairs(matter):
        label = study.get(column)
        if isinstance(label, str) and (why := _wrong_authors(label, reference.get("author", []))):
            text = f"{study['study_id']}: {label}"
            yield at_row(matter, study["study_id"], "study-authors", "warning", text, why)


def _same_journal(name: str, other: str) -> bool:
    """Whether two titles of a journal may be the same: one abbreviates the other word by word or by initials."""
    words, others = ([word for word in _folded(text) if word not in SKIPPED] for text in (name, other))
    short, long = sorted((words, others), key=lambda one: (len(one), sum(map(len, one))))
    if not short:
        return True
    initials = "".join(word[0] for word in long)
    if len(short) == 1 and (short[0] == initials or short[0] in long):
        return True
    at = 0
    for word in short:
        while at < len(long) and not (long[at].startswith(word) or word.startswith(long[at])):
            at += 1
        if at == len(long):
            return False
        at += 1
    return True


@rule(
    "study-journal",
    "warning",
    needs=("studies", "references"),
    example="Spine J in the table of a study whose reference is in World Neurosurg",
    blind="two journals of which one's title abbreviates the other's",
)
def study_journal(matter: Matter) -> Iterator[Finding]:
    """A study's journal differs from that of its reference."""
    columns = [name for name, marks in matter.columns.items() if marks.get("reference") == "journal"]
    for study, reference in _pairs(matter):
        titles = [reference.get(key) for key in ("container-title", "container-title-short", "journalAbbreviation")]
        for column in columns or ["journal"]:
            given = study.get(column)
            known = [title for title in titles if title]
            if isinstance(given, str) and known and not any(_same_journal(given, title) for title in known):
                text = f"{study['study_id']}: {given}"
                message = f"its reference is in {known[0]}"
                yield at_row(matter, study["study_id"], "study-journal", "warning", text, message)


def _people_in(title: str) -> list[tuple[str, int]]:
    """(words, number) of the people that a title counts: 12 cases, three patients."""
    return [
        (title[numeral.start : match.end()], int(numeral.value))
        for numeral in numerals(title)
        if numeral.form == "count" and (match := PEOPLE.match(title, numeral.end))
    ]


@rule(
    "study-size",
    "warning",
    needs=("studies", "references"),
    example="21 patients in the table of a study whose title says “a clinical study of 12 cases”",
    blind="titles without a number; titles that count others than the patients of the table",
)
def study_size(matter: Matter) -> Iterator[Finding]:
    """A study's number of patients differs from the only number of people in its title."""
    column = matter.settings.get("synthesis", {}).get("patients", "")
    for study, reference in _pairs(matter):
        people, given = _people_in(str(reference.get("title", ""))), study.get(column)
        if len(people) == 1 and isinstance(given, int) and people[0][1] != given:
            text = f"{study['study_id']}: {column} {given}"
            message = f"its title says “{people[0][0]}”"
            yield at_row(matter, study["study_id"], "study-size", "warning", text, message)


def _last_year(matter: Matter) -> int | None:
    """The year of the last search."""
    dates = [search["date"] for search in matter.settings.get("searches", []) if search.get("date")]
    return int(max(dates)[:4]) if dates else None


@rule(
    "study-after-search",
    "warning",
    needs=("studies", "searches"),
    example="a study of 2026 in a review that was last searched in 2025",
    blind="studies of the year of the search; a text that speaks of publication online is taken to explain one year",
)
def study_after_search(matter: Matter) -> Iterator[Finding]:
    """A study is of a later year than the last search, and the text does not say that it was online before."""
    last, column = _last_year(matter), matter.settings.get("synthesis", {}).get("year", "")
    if last is None:
        return
    explained = any(EARLIER.search(passage.text) for passage in matter.passages if passage.part != "cell")
    for study in matter.studies:
        year = study.get(column)
        if isinstance(year, int) and year > last + explained:
            text, message = f"{study['study_id']}: {year}", f"the last search was in {last}"
            yield at_row(matter, study["study_id"], "study-after-search", "warning", text, message)


def _late(matter: Matter) -> Iterator[tuple[Mapping[str, Any], int, dict[int, int]]]:
    """(search with its line in config.yaml, its year, later year -> its records) of each search."""
    for number, search in enumerate(matter.settings.get("searches", []), start=1):
        year = int(search["date"][:4])
        years = matter.record_years.get(search["id"], {})
        line = matter.lines.get(f"searches[{number}].date", 0)
        yield {**search, "line": line}, year, {one: many for one, many in years.items() if one > year}


@rule(
    "search-before-results",
    "error",
    needs=("searches",),
    example="a search dated 2015 whose export contains records of 2019",
    blind="a wrong date within the last year of the records; a single record, whose year may be the database's slip",
)
def search_before_results(matter: Matter) -> Iterator[Finding]:
    """A search is dated more than a year before records that it found."""
    for search, year, late in _late(matter):
        count = sum(many for one, many in late.items() if one > year + 1)
        if count > 1:
            yield Finding(
                "search-before-results",
                "error",
                "config.yaml",
                search["line"],
                f"{search['id']}: {search['date']}",
                f"{count} records of this search are of {year + 2} to {max(late)}",
                "correct the date of the search",
            )


@rule(
    "search-early",
    "warning",
    needs=("searches",),
    example="a search dated March 2025 whose export contains records of 2026",
    blind="searches of the last three months of a year, whose databases list articles of the next",
)
def search_early(matter: Matter) -> Iterator[Finding]:
    """A search that is not of a year's last months is dated before the year of records that it found."""
    for search, year, late in _late(matter):
        if year + 1 in late and int(search["date"][5:7]) < 10:
            yield Finding(
                "search-early",
                "warning",
                "config.yaml",
                search["line"],
                f"{search['id']}: {search['date']}",
                f"{counted(late[year + 1], 'record')} of {year + 1} came from this search",
                "check the date of the search; the year of an article in press may be later",
            )
