"""Tables that several people extracted, each on their own: made one, by agreement and by consensus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.double_entry import Cell, Settled, read_decisions, settle
from prismake.common.errors import BuildStop, Issue, nearest
from prismake.common.inference import STUDY
from prismake.common.kappa import DIGITS, agreement
from prismake.common.records import SEPARATOR
from prismake.common.sheet_cells import SheetTable, column_name, named, sheet_table, table_names

STUDIES = "studies"
# The columns that tell rows of one study apart, beside the first one, which says the fact.
ROW_COLUMNS = ("arm", "time")
# Columns that are each person's own: not compared, and not taken over.
REMARKS = ("note", "notes", "comment", "comments", "remarks")


@dataclass(frozen=True)
class AgreedTable(SheetTable):
    """A table of what several people agree on: its rows are called by their studies, as nobody's sheet holds them."""

    def row(self, number: int) -> str:
        """The row, for a person."""
        study = next((cells[0] for row, cells in self.rows if row == number), "")
        return f"{self.path}, sheet '{self.sheet}', study '{study}'" if study else f"{self.path}, sheet '{self.sheet}'"

    def cell(self, number: int, column: int) -> str:
        """The cell, for a person."""
        return f"{self.row(number)}, column '{column_name(self.header[column])}'"


@dataclass(frozen=True)
class Agreed:
    """What several extractors agree on: table -> its rows, what is settled, and how far they agreed."""

    tables: dict[str, AgreedTable]
    settled: Settled
    agreement: dict[str, Any]


def agreed_tables(
    extractors: Mapping[str, Path],
    consensus: Path,
    tables: Sequence[str],
    team: Path,
    coded: Iterable[str] = (),
) -> Agreed:
    """Compares the sheets `tables` of the extractors' workbooks, and settles them by the consensus.

    `coded` are the columns of the code book, for which kappa is computed. Raises BuildStop for a sheet that cannot be
    read, and for a study that neither the workbook `team` nor every extractor lists: its name is misspelt.
    """
    read = {
        (person, name): sheet_table(path, name, (STUDY,))
        for person, path in extractors.items()
        for name in tables
        if name in table_names(path)
    }
    if misspelt := list(_unknown_studies(read, team)):
        raise BuildStop(misspelt)
    headers: dict[str, dict[str, str]] = {name: {} for name in tables}
    entries: dict[str, dict[Cell, str]] = {person: {} for person in extractors}
    for (person, name), table in read.items():
        names = named(table.header, ())
        headers[name] |= {
            column: text
            for column, text in zip(names, table.header, strict=True)
            if column and column not in headers[name] and column not in REMARKS
        }
        entries[person] |= dict(_entries(name, table, names))
    settled = settle(entries, read_decisions(consensus, list(extractors)))
    files = Path(", ".join(path.as_posix() for path in extractors.values()))
    warnings = {
        name: tuple(w for (_, own), table in read.items() if own == name for w in table.warnings) for name in tables
    }
    made = {
        name: _table(files, name, header, settled, warnings[name])
        for name, header in headers.items()
        if STUDY in header
    }
    return Agreed(made, settled, agreement_of(settled, set(coded)))


def _studies_in(table: SheetTable) -> dict[str, str]:
    """Study -> the first cell of a sheet that names it."""
    names = named(table.header, ())
    if STUDY not in names:
        return {}
    at = names.index(STUDY)
    return {cells[at]: table.cell(number, at) for number, cells in reversed(table.rows) if cells[at]}


def _unknown_studies(read: Mapping[tuple[str, str], SheetTable], team: Path) -> Iterator[Issue]:
    """A fault for each study that a sheet names and nobody has to extract."""
    listed = set(_studies_in(sheet_table(team, STUDIES, (STUDY,))))
    own = [set(_studies_in(table)) for (_, name), table in read.items() if name == STUDIES]
    listed |= set.intersection(*own) if own else set()
    for table in read.values():
        for study, where in _studies_in(table).items():
            if study not in listed:
                message = f"study '{study}' is not on the sheet '{STUDIES}' of {team}"
                yield Issue("unknown-study", message, where, nearest(study, sorted(listed)))


def _entries(name: str, table: SheetTable, names: Sequence[str]) -> Iterator[tuple[Cell, str]]:
    """Each cell of a person's sheet with its text."""
    seen: dict[tuple[str, str], int] = {}
    facts = [column for column in names if column and column != STUDY and column not in REMARKS]
    keys = [] if name == STUDIES else [column for column in (*facts[:1], *ROW_COLUMNS) if column in facts]
    for _, cells in table.rows:
        row = dict(zip(names, cells, strict=True))
        study = row.get(STUDY, "")
        words = SEPARATOR.join(dict.fromkeys(" ".join(row[key].split()).casefold() for key in keys if row[key]))
        number = seen[study, words] = seen.get((study, words), 0) + 1
        # Also of studies: that a person has a study twice shows where the rows are checked.
        known = f"{words} ({number})".strip() if number > 1 else words
        for column in facts:
            yield Cell(name, study, known, column), row[column]


def _table(
    files: Path, name: str, header: Mapping[str, str], settled: Settled, warnings: tuple[Issue, ...]
) -> AgreedTable:
    columns = [STUDY, *(column for column in header if column != STUDY)]
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for cell, text in settled.texts.items():
        if cell.table == name:
            rows.setdefault((cell.study, cell.row), {STUDY: cell.study})[cell.column] = text
    filled = [row for row in rows.values() if name == STUDIES or any(row[column] for column in row if column != STUDY)]
    cells = [[row.get(column, "") for column in columns] for row in filled]
    written = [header[column] for column in columns]
    return AgreedTable(files, name, 1, written, list(enumerate(cells, 2)), warnings=warnings)


def agreement_of(settled: Settled, coded: set[str]) -> dict[str, Any]:
    """How far the people agree: over all cells that one of them filled in, and for each column; kappa of coded ones."""
    differing = {one.cell for one in settled.differences}
    columns: dict[str, list[Cell]] = {}
    for cell, values in settled.entries.items():
        if any(values):
            columns.setdefault(f"{cell.table}.{cell.column}", []).append(cell)
    by_column: dict[str, dict[str, Any]] = {}
    for name, cells in columns.items():
        agree = sum(cell not in differing for cell in cells)
        kappa = None
        if cells[0].column in coded:
            answers = {str(cell): dict(zip(settled.people, settled.entries[cell], strict=True)) for cell in cells}
            kappa = agreement(answers, settled.people)["kappa"]
        by_column[name] = {"n": len(cells), "agree": agree, "raw": round(agree / len(cells), DIGITS), "kappa": kappa}
    n, agree = (sum(about[key] for about in by_column.values()) for key in ("n", "agree"))
    return {
        "extractors": list(settled.people),
        "n": n,
        "agree": agree,
        "raw": round(agree / n, DIGITS) if n else None,
        "open": sum(one.open for one in settled.differences),
        "columns": by_column,
    }
