"""Tables whose rows are the included studies."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from prismake.audit.foreign.included import included_counts, supporting_numbers
from prismake.audit.foreign.masking import PEOPLE, SEX, digits_of, folded
from prismake.audit.foreign.paper import Paper, Table

STUDY = re.compile(
    r"^(?P<name>[A-ZÀ-Þ][\w’'À-ž-]+(?: [A-Z]{1,3})?(?:(?:,| and| &) [A-ZÀ-Þ][\w’'À-ž-]+)"
    r"*)(?:,? et al\.?)?,?\s*(?:\(?(?P<year>(?:19|20)\d\d)[a-z]?\)?)?\s*(?:\[\d+\])?$"
)
STUDY_HEADER = re.compile(
    r"^(?:stud(?:y|ies)(?: ID)?|authors?(?:[ ,/()]*years?\)?)?|first author.*|references?|reports?|"
    r"source|trial|author, year|study \(year\)|.*author.*)$",
    re.IGNORECASE,
)
SIZE_HEADER = re.compile(
    rf"^(?:(?:total )?(?:sample size|n|cases|{PEOPLE}|no\.? of {PEOPLE}|number of {PEOPLE}|"
    rf"total n|{PEOPLE},? (?:\(?n\)?|no\.?)|sample size,? \(?n\)?|sample))$",
    re.IGNORECASE,
)
EMPTY = re.compile(r"^(?:|[-–—]+|NR|NA|N/A|not reported|not available|n\.?r\.?|unclear)$", re.IGNORECASE)
TOTAL = re.compile(r"^(?:total|overall|sum|all studies)\b", re.IGNORECASE)

CALLED = re.compile("characteristic|included|overview|summary of|treated|reports of", re.IGNORECASE)


@dataclass(frozen=True)
class Studies:
    """A table with one row per study."""

    table: Table
    rows: tuple[tuple[str, ...], ...]
    labels: tuple[str, ...]

    @cached_property
    def years(self) -> list[int]:
        """The years of the studies, by their own column or label; empty unless every row has one."""
        at = self.at(r"(?:publication )?year(?: of publication)?")
        cells = [row[at] for row in self.rows] if at is not None else [row[0] for row in self.rows]
        by_row = [re.findall(r"\b(?:19|20)\d\d\b", cell) for cell in cells]
        return [int(years[0]) for years in by_row] if all(len(years) == 1 for years in by_row) else []

    def at(self, header: str) -> int | None:
        """The place of the one column whose header is this."""
        places = [
            place for place, name in enumerate(self.table.header) if re.fullmatch(header, name.strip(), re.IGNORECASE)
        ]
        return places[0] if len(places) == 1 else None

    @property
    def distinct(self) -> bool:
        """Whether no study has two rows, as comparisons or groups have."""
        return len(set(self.labels)) == len(self.labels)


def study_tables(paper: Paper) -> list[Studies]:
    """The tables whose rows are studies: the first column says so in its header and in its cells."""
    tables = []
    for table in paper.tables:
        rows = tuple(row for row in table.rows if not TOTAL.match(row[0]) and len(set(row)) > 1)
        names = [STUDY.match(row[0].strip()) for row in rows]
        header = table.header[0] if table.header else ""
        if (
            len(rows) < 3
            or not all(names)
            or not (STUDY_HEADER.match(header.strip()) or all(name and name["year"] for name in names))
        ):
            continue
        year = next(
            (
                place
                for place, name in enumerate(table.header)
                if re.fullmatch(r"(?:publication )?year.*", name, re.IGNORECASE)
            ),
            None,
        )
        labels = tuple(
            folded(name["name"]) + (name["year"] or (row[year] if year is not None else ""))
            for name, row in zip(names, rows, strict=True)
            if name
        )
        tables.append(Studies(table, rows, labels))
    return tables


REPORTS = ("articles", "papers", "reports", "publications")


def included_number(paper: Paper) -> int | None:
    """The number of included studies where two sources agree on it: two sentences, or one and a table of studies.

    Where another sentence differs, it takes three that agree.
    """
    counts = [one for one in included_counts(paper) if one.noun not in REPORTS] or included_counts(paper)
    ranked = Counter(one.number for one in counts).most_common(2)
    if not ranked:
        return None
    (number, times), others = ranked[0], ranked[1:]
    if others:
        return number if times > 2 and others[0][1] == 1 else None
    tabled = any(len(one.rows) == number for one in study_tables(paper) if one.distinct)
    return number if times > 1 or tabled or number in supporting_numbers(paper) else None


def main_table(paper: Paper) -> Studies | None:
    """The table of the included studies: as many distinct rows as the text includes, or the one so called."""
    tables = [one for one in study_tables(paper) if one.distinct]
    number = included_number(paper)
    if number is not None:
        tables = [one for one in tables if len(one.rows) == number]
    return next((one for one in tables if CALLED.search(one.table.caption)), tables[0] if tables and number else None)


def whole_tables(paper: Paper) -> list[Studies]:
    """The tables with one row for each included study, the main one first."""
    main = main_table(paper)
    if main is None:
        return []
    others = [one for one in study_tables(paper) if one.distinct and len(one.rows) == len(main.rows) and one != main]
    return [main, *others]


def named(table: Table) -> str:
    """What a message calls a table."""
    return table.label or "a table"


def size_column(studies: Studies) -> int | None:
    """The place of the one column of sample sizes."""
    places = [
        at
        for at, name in enumerate(studies.table.header)
        if SIZE_HEADER.match(name.strip()) and not re.search(rf"\b{SEX}\b", name, re.IGNORECASE)
    ]
    return places[0] if len(places) == 1 else None


def sizes_of(studies: Studies) -> list[int | None]:
    """The sample size of each row, where the table has one column of sizes."""
    at = size_column(studies)
    return [digits_of(row[at]) if at is not None else None for row in studies.rows]


def total_of(studies: Studies) -> int | None:
    """The sum of the sample sizes, if every row has one."""
    sizes = sizes_of(studies)
    return sum(size for size in sizes if size is not None) if sizes and None not in sizes else None
