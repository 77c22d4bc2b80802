"""The workbook of a screening sheet: the records on a sheet for screen and paper, and a sheet that explains it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from prismake.common.sheet_cells import GUIDE
from prismake.common.sheets import Link, Sheet, SheetColumn, write_workbook
from prismake.common.writing import guard_cell

Row = Mapping[str, str | Link]


@dataclass(frozen=True)
class Screening:
    """A sheet without its rows, and the lines that explain it."""

    sheet: Sheet
    explanation: Sequence[tuple[str, str]]


def write_screening(path: Path, screening: Screening, rows: Iterable[Row]) -> int:
    """Writes the workbook; a row maps headers to cells. Returns how many cells were too long and had to be cut.

    Texts that begin like formulas get an apostrophe, so that they stay harmless if the sheet is saved as CSV.
    """
    names = [column.name for column in screening.sheet.columns]
    cells = ([_guarded(row.get(name, "")) for name in names] for row in rows)
    guide = Sheet(GUIDE, _GUIDE, screening.explanation, frozen=0)
    return write_workbook(path, [replace(screening.sheet, rows=cells), guide])


_GUIDE = (SheetColumn("Sheet or column", 24), SheetColumn("What to do", 110))


def _guarded(cell: str | Link) -> str | Link:
    return replace(cell, text=guard_cell(cell.text)) if isinstance(cell, Link) else guard_cell(cell)
