"""A CSV of the R package PRISMA2020 as people write it: read and written without a change, and its sums checked."""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8
from dataclasses import dataclass
from pathlib import Path

from prismake.common.errors import Issue, counted, near_name, stop
from prismake.common.reading import read_text
from prismake.common.results.flow import PRISMA2020
from prismake.common.writing import CsvLines, guard_cell, unguard_cell, write_text
from prismake.flow.prisma2020 import HEADINGS, METHOD_ROWS, NOT_GIVEN, PACKAGE_ROWS, Row, unknown_names, unseen_before

# A whole number, with or without marks of thousands; data frames write it as `12.0`, some spreadsheets as `12,0`.
_N = r"(?P<n>\d{1,3}(?:[,’'\u00a0\u202f\u2009]\d{3}){1,9}|\d+)(?:\.0+)?"
# A blank between thousands is one where nothing but the number stands.
_BLANK = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
_ITEM = re.compile(rf"(?P<name>.*?)(?<!\s)(?P<mark>\s*+,\s*+|[.:]?\s++|\s*+[.:]\s*+){_N}", re.DOTALL)
_NUMBER = re.compile(rf"{_N}|(?P<whole>\d+),0{{1,2}}")
# 5.5 or 5,5: a fraction, and not a name with its number.
_FRACTION = re.compile(r"\d+[.,]\d+")
_DELIMITERS = ",;\t"
_NOTHING = ("", "0", NOT_GIVEN)


@dataclass(frozen=True)
class Table:
    """A CSV as written: its rows as text in their order, with all columns, its delimiter, and how its lines end.

    `mark`: whether it begins with a byte order mark.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    newline: str = "\n"
    ends: bool = True
    delimiter: str = ","
    mark: bool = False


def _delimiter(text: str) -> str:
    """The delimiter by which the first row has the columns `data` and `n`; a comma where none does."""
    first = text.partition("\n")[0]
    named = {mark: next(csv.reader([first], delimiter=mark), []) for mark in _DELIMITERS}
    return next((mark for mark, cells in named.items() if {"data", "n"} <= set(cells)), ",")


def read(path: Path) -> Table:
    """Reads such a CSV. Raises BuildStop if it is not a CSV or lacks the columns `data` and `n`."""
    text = read_text(path, fix="save the table as 'CSV UTF-8'")
    raw = path.read_bytes()
    newline = "\r\n" if b"\r\n" in raw else "\n"
    try:
        delimiter = _delimiter(text)
        lines = list(csv.reader(io.StringIO(text), strict=True, delimiter=delimiter))
    except csv.Error as fault:
        raise stop("csv", f"not a well-formed CSV: {fault}", where=str(path), fix="check its quotes") from None
    lines = [line for line in lines if line]
    columns = tuple(lines[0]) if lines else ()
    if missing := [name for name in ("data", "n") if name not in columns]:
        message = f"column '{missing[0]}' is missing"
        fix = "use a CSV of the R package PRISMA2020: " + ", ".join(PRISMA2020.columns)
        raise stop("prisma2020-columns", message, where=str(path), fix=fix)
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(columns):
            message = f"{counted(len(line), 'cell')}, where the header has {len(columns)}"
            raise stop(
                "cells", message, where=f"{path}, row {number}", fix=f"put cells that contain '{delimiter}' in quotes"
            )
    rows = tuple(dict(zip(columns, map(unguard_cell, line), strict=True)) for line in lines[1:])
    return Table(columns, rows, newline, raw.endswith(b"\n"), delimiter, raw.startswith(BOM_UTF8))


def write(path: Path, table: Table) -> None:
    """Writes the table again: texts, order and columns as they were read, with cells that could be formulas guarded."""
    text = io.StringIO()
    text.write("\ufeff" if table.mark else "")
    writer = CsvLines(text, table.delimiter)
    writer.writerow(table.columns)
    writer.writerows([[guard_cell(row[column]) for column in table.columns] for row in table.rows])
    content = text.getvalue() if table.ends else text.getvalue().removesuffix("\n")
    write_text(path, content.replace("\n", table.newline))


@dataclass(frozen=True)
class Item:
    """One number of a list: its name, its value, and whether only a full stop or a blank separates them."""

    name: str
    n: int
    odd: bool = False


def _whole(text: str) -> int:
    return int("".join(sign for sign in text if sign.isdigit()))


def items_of(cell: str) -> list[Item] | None:
    """The items of a list `name, number; name, number`; None where a part has no number."""
    items = []
    for part in (part.strip() for part in cell.split(";")):
        if not part:
            continue
        match = _ITEM.fullmatch(part)
        if not match or not match["name"] or _FRACTION.fullmatch(part):
            return None
        items.append(Item(match["name"].strip(), _whole(match["n"]), "," not in match["mark"]))
    return items


class Numbers:
    """The cells of a table by the name in `data`."""

    def __init__(self, table: Table) -> None:
        # Some versions of the package name a heading in `data` too.
        headings = [row for row in table.rows if row["data"] in ("", NOT_GIVEN, *HEADINGS)]
        self.rows = {row["data"]: row for row in table.rows if row not in headings}
        self.boxes = {row.get("box") or row["data"]: row for row in headings}

    def __contains__(self, data: str) -> bool:
        return self.number(data) is not None

    def cell(self, data: str) -> str:
        """The text in column n, "" where none is given."""
        cell = self.rows.get(data, {}).get("n", "").strip()
        if re.fullmatch(r"[\d ]+", cell):
            cell = _BLANK.sub("", cell)
        return "" if cell == NOT_GIVEN else cell

    def items(self, data: str) -> list[Item]:
        """The entries of a list `name, number; name, number`; none if the cell is a number."""
        return [] if _NUMBER.fullmatch(self.cell(data)) else items_of(self.cell(data)) or []

    def number(self, data: str) -> int | None:
        """The number, or the sum of the list's; None where neither is given."""
        cell = self.cell(data)
        if match := _NUMBER.fullmatch(cell):
            return _whole(match["n"] or match["whole"])
        items = items_of(cell)
        return sum(item.n for item in items) if items else None

    def text(self, data: str, otherwise: str) -> str:
        """The text in the box."""
        text = self.rows.get(data, {}).get("boxtext", "").strip()
        return otherwise if text in ("", NOT_GIVEN) else text

    def heading(self, box: str, otherwise: str) -> str:
        """The text of a box without a number."""
        text = self.boxes.get(box, {}).get("boxtext", "").strip()
        # The package's own words are those of an updated review, also where there is no previous version.
        standard = {words for _, _, name, words, _ in PACKAGE_ROWS if name == box}
        return otherwise if text in ("", NOT_GIVEN, *standard) else text

    def stages(self) -> list[str]:
        """The stages that screen, from rows of our own; the package's single one where there are none."""
        entered = [name.removesuffix("_screened") for name in self.rows if name.endswith("_screened")]
        own = [name for name in entered if name != "records" and f"{name}_excluded" in self.rows]
        return own or ["records"]

    def any(self, *names: str) -> bool:
        """Whether one of the numbers is given and not 0."""
        return any(self.number(name) for name in names)


class _Sums:
    """Compares totals with what they are made of."""

    def __init__(self, numbers: Numbers, path: Path) -> None:
        self.numbers, self.path = numbers, path
        self.issues: list[Issue] = []

    def must_be(self, total: str, *terms: tuple[int, str]) -> None:
        """A fault if the known terms, each with its sign, do not give the total; what is missing is passed over."""
        named = [(sign, name, self.numbers.number(name)) for sign, name in terms]
        known = [(sign, name, n) for sign, name, n in named if n is not None]
        if total not in self.numbers or not known or known[0][0] < 0:
            return
        result = sum(sign * n for sign, _, n in known)
        if result != self.numbers.number(total):
            sum_text = " ".join(f"{'-' if sign < 0 else '+'} {name} ({n:,})" for sign, name, n in known)
            message = f"{total} is {self.numbers.number(total):,}, but {sum_text.removeprefix('+ ')} = {result:,}"
            self.issues.append(Issue("prisma2020-sum", message, str(self.path), "correct the box that is wrong"))

    def column(self, column: str, methods: list[str]) -> list[tuple[int, str]]:
        """Compares the boxes of a column, dbr or other; what is left at its end, as signed terms."""
        numbers = self.numbers
        stages = numbers.stages() if column == "dbr" else []
        steps = [(f"{stage}_screened", f"{stage}_excluded") for stage in stages]
        steps.append((f"{column}_sought_reports", f"{column}_notretrieved_reports"))
        steps.append((f"{column}_assessed", f"{column}_excluded"))
        # A box that the table leaves out is stepped over.
        steps = [step for step in steps if step[0] in numbers]
        left = [
            [(1, entry), (-1, out), (-1, f"{out.removesuffix('_reports').removesuffix('_excluded')}_pending")]
            for entry, out in steps
        ]
        for terms, (following, _) in zip(left, steps[1:], strict=False):
            self.must_be(following, *terms, (-1, unseen_before(following)))
        if column == "other" and steps:
            self.must_be(
                steps[0][0], *((1, data) for data in methods), (-1, "other_removed"), (-1, unseen_before(steps[0][0]))
            )
        return left[-1] if left else []


def check(table: Table, path: Path) -> list[Issue]:
    """Where the numbers of a table do not add up; boxes that a table leaves out are not required."""
    numbers = Numbers(table)
    sums = _Sums(numbers, path)
    for kind in ("database", "register"):
        if numbers.items(f"{kind}_specific_results"):
            sums.must_be(f"{kind}_results", (1, f"{kind}_specific_results"))
    removed = ((-1, "duplicates"), (-1, "excluded_automatic"), (-1, "excluded_other"), (-1, "removed_pending"))
    entered = [(1, f"{kind}_results") for kind in ("database", "register") if f"{kind}_results" in numbers]
    first = f"{numbers.stages()[0]}_screened"
    sums.must_be(first, *entered, *removed, (-1, unseen_before(first)))
    methods = [data for data in METHOD_ROWS.values() if numbers.number(data)]
    ends = [term for column in ("dbr", "other") if column == "dbr" or methods for term in sums.column(column, methods)]
    if ends:
        sums.must_be("new_reports", *ends)
    if numbers.any("previous_studies", "previous_reports"):
        sums.must_be("total_studies", (1, "previous_studies"), (1, "new_studies"))
        sums.must_be("total_reports", (1, "previous_reports"), (1, "new_reports"))
    return [*_repeated(table, path), *_undrawn(numbers, path), *_cell_issues(numbers, path), *sums.issues]


def _repeated(table: Table, path: Path) -> list[Issue]:
    """A fault for each box that has two rows with different numbers."""
    cells: dict[str, set[str]] = {}
    for row in table.rows:
        if row["data"] not in ("", NOT_GIVEN):
            cells.setdefault(row["data"], set()).add(row["n"].strip())
    return [
        Issue("prisma2020-twice", f"'{data}' has two rows with different numbers", str(path), "keep the right one")
        for data, given in cells.items()
        if len(given) > 1
    ]


def _undrawn(numbers: Numbers, path: Path) -> list[Issue]:
    """A warning that names every row that the figure has no place for; empty rows say nothing that could be lost."""
    names = unknown_names([name for name in numbers.rows if numbers.cell(name)], numbers.stages())
    unnamed = [row for box, row in numbers.boxes.items() if box not in HEADINGS and row["n"].strip() not in _NOTHING]
    names += [row.get("box") or row.get("description") or "a row without a name" for row in unnamed]
    if not names:
        return []
    shown = ", ".join(f"'{name}'" for name in names)
    message = f"{counted(len(names), 'row')} without a place in the figure: {shown}"
    known = [data for data, *_ in PACKAGE_ROWS if data != NOT_GIVEN]
    near = [f"'{name}' may be '{match}'" for name in names if (match := near_name(name, known))]
    hint = f" ({', '.join(near)})" if near else ""
    fix = f"correct the names in column data{hint}, or remove the rows"
    return [Issue("prisma2020-unknown", message, str(path), fix, severity="warning")]


def _cell_issues(numbers: Numbers, path: Path) -> list[Issue]:
    issues: list[Issue] = []
    for data, row in numbers.rows.items():
        cell = numbers.cell(data)
        listed = items_of(cell) if cell and not _NUMBER.fullmatch(cell) else []
        if listed is None and "xxx" not in cell:
            message = f"'{data}' is neither a number nor a list 'name, number; name, number': {row['n'][:80]!r}"
            issues.append(Issue("prisma2020-number", message, str(path), "correct its cell in column n"))
        for item in listed or []:
            if item.odd:
                message = (
                    f"in '{data}', there is no comma between '{item.name}' and {item.n}; read as if there were one"
                )
                issues.append(Issue("prisma2020-comma", message, str(path), severity="warning"))
    return issues
