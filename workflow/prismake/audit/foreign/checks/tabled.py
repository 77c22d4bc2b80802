"""Tables against themselves and against one another."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from prismake.audit.foreign.checks.shares import fits, wholes
from prismake.audit.foreign.findings import Outcome, check
from prismake.audit.foreign.masking import digits_of
from prismake.audit.foreign.paper import Paper
from prismake.audit.foreign.studies import EMPTY, TOTAL, Studies, named, study_tables


@check(
    "table-percentages",
    "error",
    example="a cell “12 (37%)” in a column “Group A (n = 45)”: 12 of 45 are 26.7%",
    blind="rows with missing data, whose whole is another",
)
def table_percentages(paper: Paper, outcome: Outcome) -> None:
    """Cells with a count and its percentage agree with the column's n; none is impossible for every whole."""
    pattern = re.compile(r"^(\d{1,3}(?:,\d{3})+|\d+)\s*(?:/\s*(\d+)\s*)?[(\[]\s*(\d+(?:\.\d+)?)\s*(%?)\s*[)\]]$")
    for table in paper.tables:
        for at, header in enumerate(table.header):
            size = re.search(r"\b[nN]\s*=\s*(\d{1,3}(?:,\d{3})+|\d+)", header)
            cells = [(row, pattern.match(row[at].strip())) for row in table.rows]
            for row, match in cells:
                # Without a per cent sign the number in parentheses may be a deviation.
                if not match or not (match[4] or "%" in header or "%" in row[0]):
                    continue
                count, percent = int(match[1].replace(",", "")), Decimal(match[3])
                low, high = wholes(count, percent, match[3])
                shown = f"{row[0]}: {row[at]}"
                whole = int(match[2]) if match[2] else int(size[1].replace(",", "")) if size else 0
                if match[2] and whole and not fits(count, whole, percent, match[3]):
                    outcome.wrong(
                        named(table),
                        f"{count} of {whole} is {Decimal(count) * 100 / whole:.1f}%",
                        "correct the cell",
                        text=shown,
                    )
                elif percent > 100 or (count and percent and low > high):
                    outcome.wrong(
                        named(table), f"no whole number has {count} as {match[3]}%", "correct the cell", text=shown
                    )
                elif whole and count > whole:
                    outcome.wrong(
                        named(table), f"{count} of n = {whole} is more than all", "correct the cell", text=shown
                    )
                elif whole and fits(count, whole, percent, match[3]):
                    outcome.passed.append(f"{named(table)}, {shown} of {whole}")
                elif whole and (high < whole * 0.7 or low > whole):
                    message = f"{count} of n = {whole} is {Decimal(count) * 100 / whole:.1f}%"
                    outcome.wrong(
                        named(table),
                        message,
                        "correct the cell, or say of how many it is",
                        text=shown,
                        severity="warning",
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
