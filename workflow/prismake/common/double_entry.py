"""Facts that two or more people take down, each on their own: compared cell by cell, and settled by consensus.

The consensus is a workbook that lists the differences: what each person wrote, and the value that they agree on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from prismake.common.errors import BuildStop, Issue, counted
from prismake.common.sheet_cells import column_name, named, sheet_table

if TYPE_CHECKING:
    from prismake.common.sheets import SheetColumn

SHEET = "differences"
# What a cell of the consensus says of a value that stays empty.
EMPTY = "(empty)"
CELL_COLUMNS = ("table", "study_id", "row", "column")
SUBJECT, AGREED, NOTE = "asks about", "agreed", "note"


@dataclass(frozen=True, order=True)
class Cell:
    """A cell that several people fill in: its table or form, study and column; `row` tells rows of one study apart.

    `subject` is what an item of a form asks about.
    """

    table: str
    study: str
    row: str
    column: str
    subject: str = field(default="", compare=False)

    def __str__(self) -> str:
        row = f", {self.row}" if self.row else ""
        subject = f" ({self.subject})" if self.subject else ""
        return f"'{self.study}'{row}, column '{self.column}'{subject} of '{self.table}'"


# Person -> cell -> text, empty where it is left out.
Entries = Mapping[str, Mapping[Cell, str]]


@dataclass(frozen=True)
class Decision:
    """A row of the consensus: what the people had written then, and the value agreed on (None: not yet)."""

    values: tuple[str, ...]
    agreed: str | None
    where: str


@dataclass(frozen=True)
class Difference:
    """A cell in which people differ: what each wrote, in their order, and the decision, where there is one."""

    cell: Cell
    values: tuple[str, ...]
    decision: Decision | None = None

    @property
    def stale(self) -> bool:
        """Whether somebody has changed an entry since the decision."""
        return self.decision is not None and self.decision.values != self.values

    @property
    def open(self) -> bool:
        """Whether nobody has decided yet, or on other entries."""
        return self.decision is None or self.decision.agreed is None or self.stale


@dataclass(frozen=True)
class Settled:
    """The agreed text of each cell, empty where a difference is open; the differences; what each person wrote."""

    people: tuple[str, ...]
    texts: dict[Cell, str]
    differences: list[Difference]
    entries: dict[Cell, tuple[str, ...]]


def settle(entries: Entries, decided: Mapping[Cell, Decision]) -> Settled:
    """Compares what people wrote, and takes what they agree on. A cell that one of them lacks is empty there."""
    people = tuple(entries)
    cells = list(dict.fromkeys(cell for own in entries.values() for cell in own))
    written = {cell: tuple(entries[person].get(cell, "") for person in people) for cell in cells}
    texts: dict[Cell, str] = {}
    differences = []
    for cell, values in written.items():
        if len({_compared(value) for value in values}) == 1:
            # Of 65.5 and 65.50 the one with more digits.
            texts[cell] = max(values, key=len)
            continue
        difference = Difference(cell, values, decided.get(cell))
        differences.append(difference)
        agreed = difference.decision.agreed if difference.decision and not difference.open else ""
        texts[cell] = "" if agreed in (None, EMPTY) else str(agreed)
    return Settled(people, texts, differences, written)


def _compared(text: str) -> object:
    """What of a text is compared: a number by its value, codes in any order, other texts without case and blanks."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return frozenset(" ".join(part.split()).casefold() for part in text.split(";"))


def read_decisions(path: Path, people: Sequence[str]) -> dict[Cell, Decision]:
    """The rows of a consensus workbook; none where there is none. Raises BuildStop for a faulty one."""
    if not path.is_file():
        return {}
    columns = (*CELL_COLUMNS, *people, AGREED)
    table = sheet_table(path, SHEET, CELL_COLUMNS)
    names = named(table.header, columns)
    if missing := [name for name in columns if name not in names]:
        fix = "write it again with `prismake extract`, after you have put this one aside"
        raise BuildStop(Issue("missing-column", f"column '{missing[0]}' is missing", table.row(table.header_row), fix))
    at = {name: names.index(name) for name in columns}
    decisions: dict[Cell, Decision] = {}
    issues = []
    for number, cells in table.rows:
        cell = Cell(*(cells[at[name]] for name in CELL_COLUMNS))
        values = tuple("" if cells[at[name]] == EMPTY else cells[at[name]] for name in people)
        decision = Decision(values, cells[at[AGREED]] or None, table.row(number))
        # A difference is listed again, below, once an entry has changed: the last row counts.
        before, decisions[cell] = decisions.get(cell, decision), decision
        if (
            before.values == values
            and None not in (before.agreed, decision.agreed)
            and before.agreed != decision.agreed
        ):
            message = f"the cell {cell} is already decided in {before.where.rpartition(', ')[2]}"
            issues.append(Issue("twice", message, table.row(number), "keep one of the rows"))
    if issues:
        raise BuildStop(issues)
    return decisions


def open_issues(settled: Settled, consensus: Path) -> Iterator[Issue]:
    """The differences that nobody has decided, and those decided on entries that have changed since, one issue each."""
    stale = [one for one in settled.differences if one.stale]
    undecided = [one for one in settled.differences if one.open and not one.stale]
    fix = f"run `prismake extract`, which lists them in {consensus}, and fill in its column '{AGREED}'"
    if undecided:
        message = f"{_between(settled, undecided)} not decided: {_described(settled, undecided)}"
        yield Issue("not-agreed", message, str(consensus), fix)
    if stale:
        message = f"{_between(settled, stale)} decided on entries that have changed: {_described(settled, stale)}"
        yield Issue("decided-before", message, str(consensus), fix)


def _between(settled: Settled, differences: Sequence[Difference]) -> str:
    people = " and ".join(settled.people)
    return f"{counted(len(differences), 'difference')} between {people} {'is' if len(differences) == 1 else 'are'}"


def _described(settled: Settled, differences: Sequence[Difference]) -> str:
    """The first difference with what each person wrote, and how many more there are."""
    first, *others = differences
    values = ", ".join(f"{name} '{text}'" for name, text in zip(settled.people, first.values, strict=True))
    return f"{first.cell} ({values})" + (f" and {len(others)} more" if others else "")


def consensus_columns(people: Sequence[str], *, subjects: bool = False) -> list[SheetColumn]:
    """The columns of the consensus; what is agreed on is chosen from what the people wrote, or typed.

    `subjects` adds what the items of forms ask about.
    """
    # What writes sheets is loaded where one is written, not by every step that compares two people.
    from openpyxl.utils import get_column_letter

    from prismake.common.sheets import SheetColumn

    about = [SheetColumn(SUBJECT, 30, "What the item of the form asks about.")] if subjects else []
    before = len(CELL_COLUMNS) + len(about)
    first, last = (get_column_letter(before + number) for number in (1, len(people)))
    both = f"${first}2:${last}2"
    return [
        SheetColumn("table", 14, "The table or form."),
        SheetColumn("study_id", 16, "The study."),
        SheetColumn("row", 24, "The row, where a study has several."),
        SheetColumn("column", 20, "The column or item."),
        *about,
        *(SheetColumn(name, 24, f"What {name} wrote.") for name in people),
        SheetColumn(
            AGREED, 24, f"The value that you agree on; {EMPTY} where it stays empty.", source=both, other="ask"
        ),
        SheetColumn(NOTE, 30, "Why."),
    ]


def consensus_rows(settled: Settled) -> list[dict[str, str]]:
    """The rows of the consensus, by the names of its columns: one for each difference."""
    return [
        {
            **dict(zip(CELL_COLUMNS, (one.cell.table, one.cell.study, one.cell.row, one.cell.column), strict=True)),
            column_name(SUBJECT): one.cell.subject,
            **{column_name(name): text or EMPTY for name, text in zip(settled.people, one.values, strict=True)},
        }
        for one in settled.differences
    ]
