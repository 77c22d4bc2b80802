"""The works of the example: the real ones from their table, the synthetic ones drawn by chance from the seed."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from tools.example import vocabulary as words
from tools.example.draw import Draw

HERE = Path(__file__).parent
SEARCH_YEAR = 2025
PUBMED_RECORDS = 181
TITLE_RULES = {
    "editorial": "editorial",
    "review": "narrative_review",
    "systematic": "systematic_review",
    "meta": "meta_analysis",
}
NUMBER_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "nine": 9, "eleven": 11, "fourteen": 14}
NO_ABSTRACT = ("editorial", "editorial_unmarked", "letter", "comment", "erratum", "registration")


@dataclass(frozen=True)
class Author:
    """A person: for real works only family name and initials are known, and `given` holds the initials."""

    family: str
    given: str
    suffix: str = ""

    @property
    def initials(self) -> str:
        """The initials without dots, as PubMed prints them."""
        if self.given.isupper():
            return self.given
        return "".join(part[0] for part in self.given.replace("-", " ").split())


@dataclass(frozen=True)
class Work:
    """One work with the facts that a database may print of it.

    `pages` is a range with full numbers ("195-198", "E377-E388") or an article number. `design` decides the publication
    types that the databases give. `found_in` has one letter per record: P, E or C; `changes` maps a record ("E",
    "E2") to the ways in which it differs. `near_miss` is "kind:key of the work that this one resembles but is not".
    `stage`, `decision`, `reason` say where the work leaves the review, or that it is included; `remark` is what the
    decisions table notes of it.
    """

    key: str
    real: bool
    group: str
    design: str
    title: str
    authors: tuple[Author, ...]
    journal: str
    journal_abbrev: str
    embase_abbrev: str
    year: int
    volume: str
    issue: str
    pages: str
    doi: str
    language: str
    abstract: tuple[tuple[str, str], ...]
    headings: tuple[str, ...]
    remark: str
    affiliation: str
    note: str
    found_in: str
    changes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    near_miss: str = ""
    stage: str = "abstract"
    decision: str = "exclude"
    reason: str = "off_topic"


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _changes(cell: str) -> dict[str, tuple[str, ...]]:
    """`E:ahead;C:nodoi+capitals` as a dict."""
    parts = (part.split(":") for part in cell.split(";") if ":" in part)
    return {record: tuple(codes.split("+")) for record, codes in parts}


def real_works() -> list[Work]:
    """The works that exist, from `real_works.csv`: bibliographic facts only."""
    works = []
    for row in _rows("real_works.csv"):
        people = (name.rsplit(" ", 1) for name in row["authors"].split(", "))
        works.append(
            Work(
                key=row["key"],
                real=True,
                group="real",
                design=row["design"],
                title=row["title"],
                authors=tuple(Author(family, initials) for family, initials in people),
                journal=row["journal"],
                journal_abbrev=row["journal_abbrev"],
                embase_abbrev=row["embase_abbrev"],
                year=int(row["year"]),
                volume=row["volume"],
                issue=row["issue"],
                pages=row["pages"],
                doi=row["doi"],
                language=row["language"],
                abstract=(),
                headings=(),
                remark="not among the studies that the article includes",
                affiliation="",
                note=words.NOTE_REAL_AUTHORS if row["more_authors"] else words.NOTE_REAL,
                found_in=row["found_in"],
                changes=_changes(row["changes"]),
                stage=row["stage"],
                decision=row["decision"],
                reason=row["reason"],
            )
        )
    return works


def _people(draw: Draw, *, diacritics: bool) -> tuple[Author, ...]:
    people: list[Author] = []
    count = draw.whole(2, 7)
    while len(people) < count:
        family = draw.pick(words.FAMILY_STARTS) + draw.pick(words.FAMILY_ENDS)
        if draw.chance(0.04):
            family = draw.pick(words.ODD_FAMILIES)
        if diacritics and not people:
            family = "Müster-Beispiel"
        given = " ".join(part for part in (draw.pick(words.GIVEN), draw.pick(words.MIDDLE)) if part)
        suffix = draw.pick(words.SUFFIXES) if people and draw.chance(0.03) else ""
        if family not in [author.family for author in people]:
            people.append(Author(family, given, suffix))
    return tuple(people)


def _pages(draw: Draw, *, numeric: bool, kind: str) -> str:
    first = draw.whole(11, 1480)
    last = first + draw.whole(3, 9)
    # A range that can be shortened needs a first page and a last page with the same leading digit.
    if numeric:
        first = first // 10 * 10 + 1
        return f"{first}-{first + 7}"
    if kind == "conference":
        return f"S{first}"
    if kind in ("editorial", "letter", "comment", "erratum"):
        return f"{first}-{first + 1}"
    if draw.chance(0.12):
        return f"E{first}-E{last}"
    if draw.chance(0.18):
        return f"{draw.whole(100000, 999999)}"
    return f"{first}-{last}"


def _dotted(full: str, abbrev: str) -> str:
    """The abbreviation with full stops, as Embase prints it."""
    whole = full.split()
    return " ".join(part if part in whole else f"{part}." for part in abbrev.split())


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _lead(title: str) -> str:
    """The title up to its colon, as it would stand inside a sentence."""
    lead = re.sub(r"^Part I+\. |</?i>", "", title).split(": ")[0].rstrip("?")
    return lead if lead[1:2].isupper() or lead.startswith(("Kümmell", "Hounsfield")) else lead[0].lower() + lead[1:]


def _stated_number(title: str) -> int:
    """How many patients (specimens, trials) the title states; 0 where it states none."""
    if match := re.search(r"(?<![\w-])(\d[\d,]*) (?!years|days)", title + " "):
        return int(match[1].replace(",", ""))
    numbers = "|".join(NUMBER_WORDS)
    if match := re.search(rf"\b({numbers}) (?:patients|women)\b|\bseries of ({numbers})\b", title):
        return NUMBER_WORDS[match[1] or match[2]]
    return 0


def _abstract_sections(
    draw: Draw, topic: words.Topic, design: str, title: str, year: int
) -> tuple[tuple[str, str], ...]:
    lead = _lead(title)
    if design.startswith("review"):
        text = (
            f"{topic.background}. This overview deals with {lead}. Indications, technique and complications are set "
            f"out, and limits of the evidence are discussed. {topic.conclusion}."
        )
        return (("", text),)
    stated = _stated_number(title)
    included = stated if 0 < stated < 100 else draw.whole(9, 44)
    result = f"of {draw.whole(180, 1900)} records, {included} studies were kept"
    if design.startswith("meta"):
        result += f"; the pooled difference was {draw.whole(-9, 9) / 10} points"
    return (
        ("Background", topic.background + "."),
        ("Methods", f"Databases were searched up to {year - 1} for reports on {lead}."),
        ("Results", _sentence(result)),
        ("Conclusion", topic.conclusion + "."),
    )


def _methods(draw: Draw, topic: words.Topic, design: str, title: str, year: int) -> str:
    few = not topic.score or topic is words.TOPICS["full"]
    usual = (1, 6) if design.startswith("case") else (8, 36) if few else (18, 420)
    count = _stated_number(title) or draw.whole(*usual)
    if design == "rct":
        return f"{count} {topic.subjects} were allocated at random to two groups by sealed envelopes"
    if not topic.score:
        return f"{count} {topic.subjects} were examined"
    if count == 1:
        return f"one of the {topic.subjects} seen in {year - 1} is described"
    return f"{count} {topic.subjects} were followed between {year - draw.whole(4, 8)} and {year - 1}"


def _results(draw: Draw, topic: words.Topic, design: str) -> str:
    if not topic.rate:
        return "approach, instruments and findings are shown; the course afterwards is not reported"
    name, low, high, unit = topic.amount
    results = []
    if topic.score:
        before, after = draw.whole(62, 88) / 10, draw.whole(12, 38) / 10
        results.append(f"{topic.score} fell from {before} to {after} points")
        if design == "rct":
            other = draw.whole(12, 38) / 10
            results[-1] += f" in one group and to {other} in the other (P = .{draw.whole(11, 94)})"
    if not topic.score or draw.chance(0.6):
        results.append(f"the mean {name} was {draw.whole(low, high) / 10} {unit}")
    if not design.startswith("case"):
        results.append(f"{topic.rate} was seen in {draw.whole(3, 31)}%")
    return "; ".join(results)


def _abstract(draw: Draw, topic: words.Topic, design: str, title: str, year: int) -> tuple[tuple[str, str], ...]:
    """A structured abstract whose figures mean nothing."""
    if design in NO_ABSTRACT or draw.chance(0.08):
        return ()
    if design.startswith(("review", "systematic", "meta")):
        return _abstract_sections(draw, topic, design, title, year)
    return (
        ("Background", f"{topic.background}; this study deals with {_lead(title)}."),
        ("Methods", _sentence(_methods(draw, topic, design, title, year))),
        ("Results", _sentence(_results(draw, topic, design))),
        ("Conclusion", topic.conclusion + "."),
    )


def _outcome(row: dict[str, str]) -> tuple[str, str]:
    if row["group"] in TITLE_RULES:
        return "title", TITLE_RULES[row["group"]]
    if row["group"] == "full":
        return "fulltext", row["reason"]
    return "abstract", "off_topic"


def _drawn(row: dict[str, str], serial: int) -> Work:
    """A synthetic work with all that chance decides."""
    key, design, title = row["key"], row["design"], row["title"]
    topic = words.TOPICS[row["topic"]]
    draw = Draw(key)
    year = SEARCH_YEAR - int(draw.whole(0, 23) * draw.whole(30, 100) / 100)
    codes = [code for record in _changes(row["changes"]).values() for code in record]
    if "ahead" in codes or "year" in codes:
        year = min(year, SEARCH_YEAR - 1)
    place = draw.whole(0, len(words.JOURNALS) - 1)
    if row["group"] in ("near", "full"):
        place = place % 6
    journal, abbrev = words.JOURNALS[place]
    if design == "conference":
        journal, abbrev = words.SUPPLEMENT
    if design == "registration":
        journal, abbrev = words.REGISTRY
    with_doi = design != "registration" and row["changes"] != "nodoi"
    if with_doi and not row["found_in"] and not row["near_miss"]:
        with_doi = year >= 2005 and draw.chance(0.88)
    stage, reason = _outcome(row)
    translated = "brackets" in codes
    return Work(
        key=key,
        real=False,
        group=row["group"],
        design=design,
        title=title,
        authors=_people(draw, diacritics="authors_plain" in codes),
        journal=journal,
        journal_abbrev=abbrev,
        embase_abbrev=_dotted(journal, abbrev),
        year=year,
        volume="" if design == "registration" else str(year - 1988 + place),
        issue="" if design == "registration" or draw.chance(0.1) else str(draw.whole(1, 12)),
        pages="" if design == "registration" else _pages(draw, numeric="pages_short" in codes, kind=design),
        doi=f"10.5555/prismake.{serial:04d}" if with_doi else "",
        language=draw.pick(("German", "Chinese", "French")) if translated else "English",
        abstract=_abstract(draw, topic, design, title, year),
        headings=topic.headings,
        remark=topic.why if stage == "abstract" else words.FULLTEXT_REMARKS.get(reason, ""),
        affiliation=draw.pick(words.AFFILIATIONS),
        note=words.NOTE_SYNTHETIC,
        found_in=row["found_in"],
        changes=_changes(row["changes"]),
        near_miss=row["near_miss"],
        stage=stage,
        reason=reason,
    )


def _later_pages(pages: str) -> str:
    last = pages.split("-")[-1]
    first = int(last.lstrip("E")) + 1
    return f"{first}-{first + 6}"


def _in_its_journal(work: Work, other: Work) -> Work:
    return replace(
        work,
        journal=other.journal,
        journal_abbrev=other.journal_abbrev,
        embase_abbrev=other.embase_abbrev,
        year=other.year,
        volume=other.volume,
    )


def _beside(work: Work, other: Work) -> Work:
    """A near miss shares with the work that it resembles what such a pair shares in a real database."""
    kind = work.near_miss.split(":")[0]
    if kind in ("part", "sibling"):
        pages = _later_pages(other.pages)
        return replace(_in_its_journal(work, other), authors=other.authors, issue=other.issue, pages=pages)
    if kind == "sequel":
        volume = str(int(other.volume) + 2)
        return replace(_in_its_journal(work, other), authors=other.authors, year=other.year + 2, volume=volume)
    if kind in ("erratum", "reply"):
        return replace(_in_its_journal(work, other), authors=other.authors)
    if kind == "comment":
        return _in_its_journal(work, other)
    if kind in ("conference", "registration"):
        return replace(work, authors=other.authors, year=other.year - (1 if kind == "conference" else 3))
    return work


def synthetic_works() -> list[Work]:
    """The works that do not exist, from `synthetic_works.csv`, with near misses beside what they resemble."""
    rows = _rows("synthetic_works.csv")
    works: dict[str, Work] = {}
    for serial, row in enumerate(rows, start=1):
        works[row["key"]] = _drawn(row, serial)
    for key, work in works.items():
        if work.near_miss:
            works[key] = _beside(work, works[work.near_miss.split(":")[1]])
    return list(works.values())


def _spread(works: list[Work]) -> list[Work]:
    """Works of which the tables do not say where they are found go to PubMed until it is full, the rest to Embase."""
    open_keys = [work.key for work in works if not work.found_in]
    fixed = sum(work.found_in.count("P") for work in works)
    to_pubmed = set(Draw("spread").order(open_keys)[: PUBMED_RECORDS - fixed])
    return [work if work.found_in else replace(work, found_in="P" if work.key in to_pubmed else "E") for work in works]


def _on_pages_of_their_own(works: list[Work]) -> list[Work]:
    """No two works may start on the same page of the same volume: a matcher would rightly take them for one."""
    taken: Counter[tuple[str, str, str]] = Counter()
    for work in works:
        place = (work.journal, work.volume, work.pages.split("-")[0])
        if work.pages and taken[place]:
            raise ValueError(f"{work.key} starts where another work starts: {place}")
        taken[place] += 1
    return works


def all_works() -> list[Work]:
    """Real works first, then the synthetic ones."""
    return _on_pages_of_their_own(_spread(real_works() + synthetic_works()))
