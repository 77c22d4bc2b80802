"""Writes a review of made-up records of any size, in little memory: `python benchmarks/synthetic.py RECORDS FOLDER`.

Works have one to four copies (70, 20, 7 and 3 in a hundred) in four databases, each with its own style: journals
abbreviated, titles in capitals, DOIs left out. Of a hundred works three are the second part of another. The
copies of a work are far apart, as each database has an order of its own. Everything about a work follows from its
number, so nothing is kept while the exports are written, and the same size gives the same bytes.

A rule excludes all titles without the review's topic; people decide on the rest, one in five of which is included.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint64]
Shares = npt.NDArray[np.float64]

DATABASES = {"pubmed": "PubMed", "embase": "Embase", "wos": "Web of Science", "cochrane": "Cochrane Library"}
# Exports of each database: databases let no more than some records be saved at once.
LARGEST_EXPORT = 500_000
COPIES_PER_WORK = 1.43
BLOCK = 10_000
TOPIC = "vertebroplasty"
TOPICAL = 0.001
WORDS, FAMILIES, JOURNALS = 30_000, 20_000, 6_000
TITLE, AUTHORS = 14, 6

CONFIG = """\
review:
  draft: true
searches:
{searches}
screening:
  decisions: data/screening/decisions.csv
  stages:
    - id: title
      rules:
        - id: off_topic
          label: Not about the topic
          title_patterns: ['.']
          unless_title_patterns: ['\\b{topic}\\b']
    - id: fulltext
      reasons:
        no_outcome: No outcome
"""
SEARCH = """\
  - id: {id}
    database: {name}
    date: "2026-01-05"
    files: [{files}]
"""


def mixed(numbers: Numbers, field: int) -> Numbers:
    """A number of 64 bits for a field of each work (the finaliser of SplitMix64, Steele GL et al 2014)."""
    z = numbers * np.uint64(0x9E3779B97F4A7C15) + np.uint64(field * 0xD1B54A32D192ED03 % 2**64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def shares(numbers: Numbers, field: int) -> Shares:
    """A number from 0 to 1 for a field of each work."""
    return (mixed(numbers, field) >> np.uint64(11)).astype(np.float64) * 2.0**-53


class Stock:
    """The words, names and journals that records are made of, and a long text whose parts are abstracts."""

    def __init__(self) -> None:
        source = random.Random(1)
        letters, weights = "etaoinsrhldcumfpgwybvk", range(22, 0, -1)

        def word(shortest: int, longest: int) -> str:
            return "".join(source.choices(letters, weights, k=source.randint(shortest, longest)))

        self.words = [word(2, 12) for _ in range(WORDS)]
        self.families = [word(4, 9).capitalize() for _ in range(FAMILIES)]
        self.journals = [
            " ".join(word(4, 11).capitalize() for _ in range(source.randint(2, 4))) for _ in range(JOURNALS)
        ]
        self.text = " ".join(source.choices(self.words, k=100_000))


STOCK = Stock()


@dataclass(frozen=True)
class Work:
    """What all copies of a work say."""

    number: int
    title: str
    families: list[str]
    year: int
    journal: str
    volume: int
    issue: int
    page: int
    last: int
    doi: str
    abstract: str


def works(numbers: Numbers) -> Iterator[Work]:
    """The works with these numbers."""
    # The second part of another work shares its title and authors.
    second = (shares(numbers, 1) < 0.03) & (numbers > 0)
    described = np.where(second, numbers - np.uint64(1), numbers)
    # Few words are frequent, most are rare.
    words = [(shares(described, 10 + at) ** 3 * WORDS).astype(int).tolist() for at in range(TITLE)]
    people = [(shares(described, 40 + at) ** 2 * FAMILIES).astype(int).tolist() for at in range(AUTHORS)]
    columns = (
        second.tolist(),
        (shares(described, 2) < TOPICAL).tolist(),
        (6 + mixed(described, 3) % np.uint64(TITLE - 5)).astype(int).tolist(),
        (1 + mixed(described, 4) % np.uint64(AUTHORS)).astype(int).tolist(),
        (1985 + mixed(described, 5) % np.uint64(40)).astype(int).tolist(),
        (shares(described, 6) ** 2 * JOURNALS).astype(int).tolist(),
        (1 + mixed(described, 7) % np.uint64(200)).astype(int).tolist(),
        (1 + mixed(described, 8) % np.uint64(12)).astype(int).tolist(),
        (1 + mixed(numbers, 9) % np.uint64(1900)).astype(int).tolist(),
        (3 + mixed(numbers, 30) % np.uint64(12)).astype(int).tolist(),
        (shares(numbers, 31) < 0.85).tolist(),
        (mixed(numbers, 32) % np.uint64(len(STOCK.text) - 600)).astype(int).tolist(),
        (shares(numbers, 33) < 0.8).tolist(),
        (mixed(numbers, 34) % np.uint64(len(STOCK.text) - 600)).astype(int).tolist(),
    )
    for at, (number, row) in enumerate(zip(numbers.tolist(), zip(*columns, strict=True), strict=True)):
        part, topical, length, count, year, journal, volume, issue, page, pages, has_doi, start, has_abstract, head = (
            row
        )
        title = [STOCK.words[column[at]] for column in words[:length]]
        title[1:1] = [TOPIC] if topical else []
        title += ["Part", "II"] if part else []
        yield Work(
            number,
            " ".join(title).capitalize(),
            [STOCK.families[column[at]] for column in people[:count]],
            year,
            STOCK.journals[journal],
            volume,
            issue,
            page,
            page + pages,
            f"10.{1000 + number % 200}/j.{number:09d}" if has_doi else "",
            # No two begin alike, however many there are.
            STOCK.text[head : head + 50] + STOCK.text[start : start + 350] if has_abstract else "",
        )


def is_in(numbers: Numbers, place: int) -> npt.NDArray[np.bool_]:
    """Which of the works the database at a place among the four has found."""
    share = shares(numbers, 60)
    copies = 1 + (share > 0.7) + (share > 0.9) + (share > 0.97)
    first = (mixed(numbers, 61) % np.uint64(len(DATABASES))).astype(int)
    return np.asarray((place - first) % len(DATABASES) < copies, dtype=bool)


def in_order_of(database: int, count: int) -> Iterator[Numbers]:
    """The numbers of the works that a database has found, in its order, block by block."""
    step = next(n for n in range(int(count * (0.38 + 0.05 * database)), 2 * count + 2) if np.gcd(n, count) == 1)
    for start in range(0, count, BLOCK):
        places = np.arange(start, min(start + BLOCK, count), dtype=np.uint64)
        numbers = (places * np.uint64(step) + np.uint64(database)) % np.uint64(count)
        yield numbers[is_in(numbers, database)]


def _abbreviated(journal: str) -> str:
    return " ".join(f"{word[:4]}." if len(word) > 5 else word for word in journal.split())


def as_ris(work: Work, database: str) -> str:
    """A work as a database exports it."""
    title, journal, doi = work.title, work.journal, work.doi
    if database == "pubmed":
        journal = _abbreviated(journal)
    elif database == "embase":
        title, doi = f"{title}.", doi if work.number % 5 else ""
    elif database == "wos":
        title, journal = title.upper(), journal.upper()
    else:
        doi = doi if work.number % 2 else ""
    lines = ["TY  - JOUR", f"AN  - {work.number}", f"TI  - {title}"]
    lines += [f"AU  - {name}, {'ABCDEFGH'[(work.number + at) % 8]}" for at, name in enumerate(work.families)]
    lines += [f"PY  - {work.year}", f"T2  - {journal}", f"VL  - {work.volume}", f"IS  - {work.issue}"]
    lines += [f"SP  - {work.page}", f"EP  - {work.last}"]
    lines += [f"DO  - {doi}"] if doi else []
    lines += [f"AB  - {work.abstract}"] if work.abstract else []
    return "\n".join([*lines, "ER  - ", "", ""])


class Exports:
    """The files of one database, none with more than `LARGEST_EXPORT` records."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.database, self.files, self.records = folder, database, list[Path](), 0

    def write(self, records: list[str]) -> None:
        """Adds records."""
        if self.records == 0 or self.records + len(records) > LARGEST_EXPORT * len(self.files):
            self.files.append(self.folder / f"{self.database}_{len(self.files) + 1}.ris")
        self.records += len(records)
        with self.files[-1].open("a", encoding="utf-8", newline="\n") as file:
            file.write("".join(records))


def write_review(folder: Path, records: int) -> int:
    """Writes the review; how many records its exports have, which is about as many as asked for."""
    searches, screening = folder / "data/searches", folder / "data/screening"
    searches.mkdir(parents=True)
    screening.mkdir()
    count, total, blocks = max(2, round(records / COPIES_PER_WORK)), 0, []
    with (screening / "decisions.csv").open("w", encoding="utf-8", newline="\n") as decisions:
        decisions.write("record_id,stage,decision,reason,note\n")
        decided: set[int] = set()
        for place, (database, name) in enumerate(DATABASES.items()):
            exports = Exports(searches, database)
            for numbers in in_order_of(place, count):
                made = list(works(numbers))
                exports.write([as_ris(work, database) for work in made])
                for work in made:
                    # A second part is another record than the first.
                    if TOPIC in work.title.casefold() and work.number not in decided:
                        decided.add(work.number)
                        answer = "include," if work.number % 5 == 0 else "exclude,no_outcome"
                        decisions.write(f"{database}:{work.number},fulltext,{answer},\n")
            total += exports.records
            files = ", ".join(path.relative_to(folder).as_posix() for path in exports.files)
            blocks.append(SEARCH.format(id=database, name=name, files=files))
    (folder / "config.yaml").write_text(CONFIG.format(searches="".join(blocks).rstrip(), topic=TOPIC), encoding="utf-8")
    return total


if __name__ == "__main__":
    print(f"{write_review(Path(sys.argv[2]), int(sys.argv[1])):,} records in {sys.argv[2]}")
