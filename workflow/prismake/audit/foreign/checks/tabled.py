"""Tables against themselves and against one another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
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
        _check_rows(table, shares, outcome)


def _check_rows(table: Table, shares: Mapping[tuple[int, int], Share], outcome: Outcome) -> None:
    """Cells without a whole of their own: where most are shares of another column, such as n, the others must be."""
    for at in range(len(table.header)):
        own = {place: share for (place, column), share in shares.items() if column == at and not share.whole}
        for other in range(len(table.header)):
            sizes = {place: digits_of(table.rows[place][other]) for place in own}
            if len(own) < 4 or other == at or None in sizes.values():
                continue
            odd = [place for place, share in own.items() if not share.fits_whole(sizes[place] or 0)]
            if len(odd) > max(1, len(own) / 5):
                continue
            for place, share in own.items():
                size = sizes[place] or 0
                if place not in odd:
                    outcome.right(named(table), f"{named(table)}, {share.shown} of {size}")
                elif size:
                    message = f"{share.count} of {size} is {Decimal(share.count) * 100 / size:.1f}%"
                    outcome.wrong(named(table), message, "correct the cell", text=share.shown)


@dataclass(frozen=True)
class Share:
    """A cell with a count and its percentage. `whole` is its own or that of its column, 0 where there is none."""

    shown: str
    count: int
    percent: Decimal
    digits: str
    whole: int
    own: bool

    def fits_whole(self, whole: int) -> bool:
        """Whether the percentage is that of the count in a whole."""
        return whole > 0 and fits(self.count, whole, self.percent, self.digits)

    @property
    def fitting(self) -> bool:
        """Whether the percentage is that of its whole."""
        return self.fits_whole(self.whole)


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
        outcome.right(place, f"{place}, {share.shown} of {whole}")
    elif siblings and across and fits(share.count, across, share.percent, share.digits):
        outcome.right(place, f"{place}, {share.shown} of {across} in the row")
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


COUNTED_NOT = re.compile(r"year|age|mean|median|score|rate|duration|length|dose|\bSD\b|range", re.IGNORECASE)


def _leading(cell: str) -> int | None:
    """The count of a cell: 12, 12 (37%)."""
    match = CELL.match(cell.strip())
    return int(match[1].replace(",", "")) if match and not match[2] else digits_of(cell)


@check(
    "total-row",
    "error",
    example="a row “Total” of 120 below sizes that add up to 118",
    blind="totals of columns with missing, divided or non-whole numbers",
)
def total_row(paper: Paper, outcome: Outcome) -> None:
    """A last row or column called Total is the sum of the rows above it or the columns beside it."""
    for table in paper.tables:
        if len(table.rows) >= 3:
            _sums_of_rows(table, outcome)
            _sums_of_columns(table, outcome)


def _sums_of_rows(table: Table, outcome: Outcome) -> None:
    last = table.rows[-1][0].strip()
    if not re.fullmatch(r"(?:total|sum|all|overall)(?: \(?n\)?)?", last, re.IGNORECASE):
        return
    if any(TOTAL.match(row[0]) or "subtotal" in row[0].lower() for row in table.rows[:-1]):
        return
    for at, header in enumerate(table.header[1:], start=1):
        cells = [_leading(row[at]) for row in table.rows]
        total, above = cells[-1], [cell for cell in cells[:-1] if cell is not None]
        if (
            total is None
            or len(above) < len(cells) - 1
            or COUNTED_NOT.search(header)
            or re.fullmatch(r"\W*%\W*", header)
        ):
            continue
        if sum(above) == total:
            outcome.right(named(table), f"{named(table)}, total of {header}: {total:,}")
        else:
            message = f"the rows of “{header}” add up to {sum(above):,}, not {total:,}"
            outcome.wrong(named(table), message, "correct the total or a row", text=f"{table.rows[-1][0]}: {total:,}")


def _sums_of_columns(table: Table, outcome: Outcome) -> None:
    """A last column called Total or All: where it is the sum in most rows, it must be in the others."""
    if len(table.header) < 4 or not re.fullmatch(
        r"(?:total|all|sum|overall)(?:,? \(?n\)?)?", table.header[-1], re.IGNORECASE
    ):
        return
    rows = [(row[0], [digits_of(cell) for cell in row[1:]]) for row in table.rows]
    whole = [(name, [cell for cell in cells if cell is not None]) for name, cells in rows if None not in cells]
    odd = [(name, cells) for name, cells in whole if sum(cells[:-1]) != cells[-1]]
    if len(whole) < 3 or len(odd) > len(whole) / 4:
        return
    for name, cells in whole:
        added = sum(cells[:-1])
        if (name, cells) in odd:
            message = f"the row “{name}” adds up to {added:,}, not {cells[-1]:,}"
            outcome.wrong(named(table), message, "correct the total or a cell", text=f"{name}: {cells[-1]:,}")
        else:
            outcome.right(named(table), f"{named(table)}, {name}: {added:,}")


SHARES_OF_FOUR = {
    r"sensitivity": ("TP", "FN"),
    r"specificity": ("TN", "FP"),
    r"PPV|positive predictive value": ("TP", "FP"),
    r"NPV|negative predictive value": ("TN", "FN"),
}


@check(
    "accuracy",
    "error",
    example="a sensitivity of 0.80 beside 54 true positives and 6 false negatives",
    blind="tables that do not give true and false positives and negatives in columns so called",
)
def accuracy(paper: Paper, outcome: Outcome) -> None:
    """Sensitivity, specificity and predictive values follow from the true and false results in their row."""
    for table in paper.tables:
        for pattern, (above, other) in SHARES_OF_FOUR.items():
            places = [
                [at for at, one in enumerate(table.header) if re.fullmatch(name, one.strip(), re.IGNORECASE)]
                for name in (rf"(?:{pattern})(?:,? \(?%\)?)?", above, other)
            ]
            if all(len(one) == 1 for one in places):
                _check_accuracy(table, places[0][0], (places[1][0], places[2][0]), outcome)


def _check_accuracy(table: Table, at: int, given: tuple[int, int], outcome: Outcome) -> None:
    for row in table.rows:
        match = re.match(r"(\d*\.?\d+)\s*%?(?=$|\s|\()", row[at].strip())
        counts = digits_of(row[given[0]]), digits_of(row[given[1]])
        if not match or None in counts or not sum(count or 0 for count in counts):
            continue
        whole = sum(count or 0 for count in counts)
        shown = f"{row[0]}: {table.header[at]} {row[at]}"
        places = len(match[1].partition(".")[2])
        part = Decimal(match[1]) <= 1 and "%" not in row[at]
        stated = Decimal(match[1]) * (100 if part else 1)
        if fits(counts[0] or 0, whole, stated, f"{stated:.{max(0, places - 2 * part)}f}"):
            outcome.right(named(table), f"{shown} from {counts[0]} and {counts[1]}")
        else:
            exact = Decimal(counts[0] or 0) / whole
            message = f"{counts[0]} of {whole} is {exact:.3f}"
            outcome.wrong(named(table), message, "correct the cell or the counts beside it", text=shown)


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
    years = [
        {re.sub(r"\d+$", "", label): re.sub(r"^.*?(\d*)$", r"\1", label) for label in studies.labels}
        for studies in (one, other)
    ]
    for name in sorted(left.keys() & right.keys()):
        if years[0][name] and years[1][name] and years[0][name] != years[1][name]:
            message = f"{left[name][0]} in {named(one.table)}, {right[name][0]} in {named(other.table)}"
            outcome.wrong(
                f"{named(one.table)}, {named(other.table)}", message, "correct one of the tables", text=left[name][0]
            )
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
            outcome.right(
                named(one.table), f"{header} of {same} studies in {named(one.table)} and {named(other.table)}"
            )
