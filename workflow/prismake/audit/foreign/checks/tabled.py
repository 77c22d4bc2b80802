"""Tables against themselves and against one another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from prismake.audit.foreign.checks.shares import fits, wholes
from prismake.audit.foreign.findings import Outcome, check
from prismake.audit.foreign.masking import digits_of
from prismake.audit.foreign.paper import Paper, Table
from prismake.audit.foreign.studies import EMPTY, TOTAL, Studies, named, study_tables

CELL = re.compile(r"^(\d{1,3}(?:,\d{3})+|\d+)\s*(?:/\s*(\d+)\s*)?[(\[]\s*(\d+(?:\.\d+)?)\s*(%?)\s*[)\]]$")
PERCENT = re.compile(r"[(\[]\s*%\s*[)\]]")
MEASURE = re.compile(r"\b(?:mean|median|SD|IQR|cost|dose|change|CV|CI|price|mg|score)\b", re.IGNORECASE)


@check(
    "table-percentages",
    "error",
    example="a cell “12 (37%)” in a column “Group A (n = 45)”: 12 of 45 are 26.7%",
    blind="rows with missing data, whose whole is another",
)
def table_percentages(paper: Paper, outcome: Outcome) -> None:
    """Cells with a count and its percentage agree with the column's n; none is impossible for every whole."""
    for table in paper.tables:
        shares = {
            (place, at): share
            for place in range(len(table.rows))
            for at in range(len(table.header))
            if (share := _share(table, place, at))
        }
        for (place, _at), share in shares.items():
            siblings = [one for (row, _column), one in shares.items() if row == place and one is not share]
            _check_share(table, share, siblings, outcome)


@dataclass(frozen=True)
class Share:
    """A cell with a count and its percentage. `whole` is its own or that of its column, 0 where there is none."""

    shown: str
    count: int
    percent: Decimal
    digits: str
    whole: int
    own: bool

    @property
    def fitting(self) -> bool:
        """Whether the percentage is that of its whole."""
        return self.whole > 0 and fits(self.count, self.whole, self.percent, self.digits)


def _share(table: Table, place: int, at: int) -> Share | None:
    row, header = table.rows[place], table.header[at]
    match = CELL.match(row[at].strip()) if at < len(row) else None
    # Without a per cent sign in parentheses the number may be a deviation.
    if (
        not match
        or not (match[4] or PERCENT.search(header) or PERCENT.search(row[0]))
        or MEASURE.search(f"{row[0]} {header}")
    ):
        return None
    size = re.search(r"\b[nN]\s*=\s*(\d{1,3}(?:,\d{3})+|\d+)", header)
    whole = match[2] or (size[1] if size else "0")
    return Share(
        f"{row[0]}: {row[at]}",
        int(match[1].replace(",", "")),
        Decimal(match[3]),
        match[3],
        int(whole.replace(",", "")),
        bool(match[2]),
    )


def _check_share(table: Table, share: Share, siblings: Sequence[Share], outcome: Outcome) -> None:
    place, whole = named(table), share.whole
    low, high = wholes(share.count, share.percent, share.digits)
    across = share.count + sum(one.count for one in siblings)
    if share.fitting:
        outcome.passed.append(f"{place}, {share.shown} of {whole}")
    elif siblings and across and fits(share.count, across, share.percent, share.digits):
        outcome.passed.append(f"{place}, {share.shown} of {across} in the row")
    elif share.own and whole:
        outcome.wrong(
            place,
            f"{share.count} of {whole} is {Decimal(share.count) * 100 / whole:.1f}%",
            "correct the cell",
            text=share.shown,
        )
    elif share.percent > 100 or (share.count and share.percent and low > high):
        outcome.wrong(
            place, f"no whole number has {share.count} as {share.digits}%", "correct the cell", text=share.shown
        )
    # Missing data would show in the other cells of the row as well.
    elif whole and (high < whole * 0.7 or low > whole or (siblings and all(one.fitting for one in siblings))):
        message = f"{share.count} of n = {whole} is {Decimal(share.count) * 100 / whole:.1f}%"
        outcome.wrong(
            place, message, "correct the cell, or say of how many it is", text=share.shown, severity="warning"
        )


@check(
    "total-row",
    "error",
    example="a row “Total” of 120 below sizes that add up to 118",
    blind="totals of columns with missing, divided or non-whole numbers",
)
def total_row(paper: Paper, outcome: Outcome) -> None:
    """A last row called Total is the sum of the rows above it, in columns of whole numbers."""
    for table in paper.tables:
        if len(table.rows) < 3 or not re.fullmatch(
            r"(?:total|sum)(?: \(?n\)?)?", table.rows[-1][0].strip(), re.IGNORECASE
        ):
            continue
        for at, header in enumerate(table.header[1:], start=1):
            cells = [digits_of(row[at]) for row in table.rows]
            total, above = cells[-1], cells[:-1]
            if total is None or None in above or re.search(r"year|age|mean|median|%|score|rate", header, re.IGNORECASE):
                continue
            if any(TOTAL.match(row[0]) or "subtotal" in row[0].lower() for row in table.rows[:-1]):
                continue
            added = sum(one for one in above if one is not None)
            if added == total:
                outcome.passed.append(f"{named(table)}, total of {header}: {total:,}")
            else:
                outcome.wrong(
                    named(table),
                    f"the rows of “{header}” add up to {added:,}, not {total:,}",
                    "correct the total or a row",
                    text=f"{table.rows[-1][0]}: {total:,}",
                )


@check(
    "tables-agree",
    "warning",
    example="2019 for a study in Table 1, 2018 in Table 2",
    blind="columns with other headers; studies that two tables name differently",
)
def tables_agree(paper: Paper, outcome: Outcome) -> None:
    """Two tables of studies agree on a study where a column of both has the same header."""
    tables = [one for one in study_tables(paper) if one.distinct]
    for number, one in enumerate(tables):
        for other in tables[number + 1 :]:
            _compare_tables(one, other, outcome)
    if len(tables) < 2:
        outcome.unchecked.append("tables against one another: fewer than two have one study per row")


def _compare_tables(one: Studies, other: Studies, outcome: Outcome) -> None:
    def keyed(studies: Studies) -> dict[str, tuple[str, ...]]:
        names = [re.sub(r"\d+$", "", label) for label in studies.labels]
        unique = {name for name, times in Counter(names).items() if times == 1}
        return {name: row for name, row in zip(names, studies.rows, strict=True) if name in unique}

    left, right = keyed(one), keyed(other)
    shared = [
        name
        for name in one.table.header[1:]
        if name and one.table.header.count(name) == 1 == other.table.header.count(name)
    ]
    for header in shared:
        if not re.search(r"year|countr|design|type|sample|^n$|patients|participants|level", header, re.IGNORECASE):
            continue
        here, there = one.table.header.index(header), other.table.header.index(header)
        same = 0
        for name in left.keys() & right.keys():
            cells = left[name][here].strip(), right[name][there].strip()
            if EMPTY.match(cells[0]) or EMPTY.match(cells[1]):
                continue
            if cells[0].lower() == cells[1].lower():
                same += 1
            elif same or header.lower() == "year":
                message = f"{header} is {cells[0]} in {named(one.table)} and {cells[1]} in {named(other.table)}"
                outcome.wrong(
                    f"{named(one.table)}, {named(other.table)}",
                    message,
                    "correct one of the tables",
                    text=left[name][0],
                )
        if same:
            outcome.passed.append(f"{header} of {same} studies in {named(one.table)} and {named(other.table)}")
