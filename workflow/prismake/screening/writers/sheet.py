"""Workbooks that people fill in: a sheet of records with drop-down lists, and a sheet that explains it.

What is written depends on the records alone, so the same records give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from prismake.common.reading import UNPRINTABLE
from prismake.common.writing import guard_cell, whole_file
from prismake.screening.sheet_names import EXPLANATION

# Characters that a cell can hold.
LONGEST_CELL = 32_767
CUT = " […]"
# A workbook can hold so many links on a sheet, and no address longer than this.
MOST_LINKS, LONGEST_LINK = 65_000, 2_000
# Stands for the time at which the file was made.
_MADE = datetime(1980, 1, 1)
_A4 = 9
_HEADER_HEIGHT = 30
# Points of a line of text, and the highest row that there can be.
_LINE, _HIGHEST = 13.0, 409.0
_BLUE, _PALE, _ANSWER, _MISSING = "#1F4E79", "#D9D9D9", "#FFF8E1", "#F8CBAD"


@dataclass(frozen=True)
class SheetColumn:
    """A column: its header, its width in characters, and what it holds.

    `answer` says whether people fill it in, and `choices` lists what they choose from (any text where there are none).
    A column that is not `printed` is on screen alone.
    """

    header: str
    width: float
    answer: bool = False
    choices: tuple[str, ...] = ()
    printed: bool = True


@dataclass(frozen=True)
class Link:
    """A cell that leads to an address."""

    address: str
    text: str


@dataclass(frozen=True)
class Workbook:
    """A workbook: the name of its sheet, the columns, and the lines that explain it.

    `needs` names two columns: the second is marked while it is empty, where the first has the value in between.
    """

    sheet: str
    columns: Sequence[SheetColumn]
    explanation: Sequence[tuple[str, str]]
    needs: tuple[str, str, str] | None = None


_FIRST_CHOICE = 2


def write_workbook(path: Path, workbook: Workbook, rows: Iterable[Mapping[str, str | Link]]) -> int:
    """Writes the workbook; a row maps headers to cells. Returns how many cells were too long and had to be cut.

    Texts are written as texts and never as formulas; those that begin like one get an apostrophe, so that they stay
    harmless if the sheet is saved as CSV.
    """
    with whole_file(path) as part:
        # Rows are written as they come, and links are made here alone.
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(str(part), options)
        book.set_properties({"created": _MADE})
        sheet = book.add_worksheet(workbook.sheet)
        formats = _formats(book)
        _set_up(sheet, workbook, formats)
        cut, number = _write_rows(sheet, workbook, rows, formats)
        _answers(sheet, workbook, number, formats)
        _explain(book.add_worksheet(EXPLANATION), workbook, formats)
        book.close()
    return cut


def _formats(book: Any) -> dict[str, Any]:
    cell = {"valign": "top", "font_size": 10, "border": 1, "border_color": _PALE}
    return {
        "header": book.add_format(
            {
                "bold": True,
                "font_color": "white",
                "bg_color": _BLUE,
                "text_wrap": True,
                "valign": "vcenter",
                "border": 1,
            }
        ),
        "cell": book.add_format({**cell, "text_wrap": True}),
        "answer": book.add_format({**cell, "text_wrap": True, "bg_color": _ANSWER}),
        "link": book.add_format({**cell, "text_wrap": True, "font_color": "#0563C1", "underline": 1}),
        "missing": book.add_format({"bg_color": _MISSING}),
        "term": book.add_format({"bold": True, "valign": "top", "text_wrap": True}),
        "text": book.add_format({"valign": "top", "text_wrap": True}),
    }


def _set_up(sheet: Any, workbook: Workbook, formats: Mapping[str, Any]) -> None:
    """Widths, the header that stays in view and is printed on every page, A4 across, one page wide."""
    for at, column in enumerate(workbook.columns):
        sheet.set_column(at, at, column.width)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&F&RPage &P of &N")
    sheet.set_row(0, _HEADER_HEIGHT)
    for at, column in enumerate(workbook.columns):
        sheet.write_string(0, at, column.header, formats["header"])


def _write_rows(
    sheet: Any, workbook: Workbook, rows: Iterable[Mapping[str, str | Link]], formats: Mapping[str, Any]
) -> tuple[int, int]:
    """(cells that were cut, rows written)"""
    cut = links = number = 0
    looks = [formats["answer" if column.answer else "cell"] for column in workbook.columns]
    for number, row in enumerate(rows, start=1):
        sheet.set_row(number, _height(workbook.columns, row))
        for at, column in enumerate(workbook.columns):
            cell = row.get(column.header, "")
            if isinstance(cell, Link):
                if cell.address and links < MOST_LINKS and len(cell.address) <= LONGEST_LINK:
                    links += 1
                    sheet.write_url(
                        number, at, cell.address, formats["link"], UNPRINTABLE.sub("\ufffd", cell.text[:255])
                    )
                    continue
                cell = cell.text
            text = UNPRINTABLE.sub("\ufffd", guard_cell(cell))
            if len(text) > LONGEST_CELL:
                text, cut = text[: LONGEST_CELL - len(CUT)] + CUT, cut + 1
            if text:
                sheet.write_string(number, at, text, looks[at])
            else:
                sheet.write_blank(number, at, None, looks[at])
    return cut, number


def _height(columns: Sequence[SheetColumn], row: Mapping[str, str | Link]) -> float:
    """The height at which a row shows its texts whole, as far as a row can be so high.

    It is written down, because not every program finds it when it opens the file. A line holds about as many characters
    as its column is wide.
    """
    lines = 1
    for column in columns:
        cell = row.get(column.header, "")
        text = cell.text if isinstance(cell, Link) else cell
        lines = max(lines, math.ceil(len(text) / (column.width * 1.05)) if text else 1)
    return min(lines * _LINE + 3, _HIGHEST)


def _answers(sheet: Any, workbook: Workbook, rows: int, formats: Mapping[str, Any]) -> None:
    """Drop-down lists, the filter, the mark of answers that are incomplete, and the columns that are printed."""
    headers = [column.header for column in workbook.columns]
    first = _FIRST_CHOICE
    for at, column in enumerate(workbook.columns):
        if column.choices:
            last = first + len(column.choices) - 1
            source = f"='{EXPLANATION}'!$C${first}:$C${last}"
            first = last + 1
            message = f"Choose one from the list, or leave the cell empty: {column.header.lower()}"
            options = {"validate": "list", "source": source, "error_title": "Not in the list", "error_message": message}
            sheet.data_validation(1, at, rows, at, options)
    if workbook.needs:
        answer, value, wanted = workbook.needs
        one, other = (xlsxwriter.utility.xl_col_to_name(headers.index(name)) for name in (answer, wanted))
        criteria = f'=AND(${one}2="{value}",${other}2="")'
        where = headers.index(wanted)
        sheet.conditional_format(
            1, where, rows, where, {"type": "formula", "criteria": criteria, "format": formats["missing"]}
        )
    printed = max(at for at, column in enumerate(workbook.columns) if column.printed)
    sheet.print_area(0, 0, rows, printed)
    # Years and numbers of records are texts, which programs would mark as a mistake in each cell.
    last = xlsxwriter.utility.xl_rowcol_to_cell(max(rows, 1), len(headers) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{last}"})
    sheet.autofilter(0, 0, rows, len(headers) - 1)


def _explain(sheet: Any, workbook: Workbook, formats: Mapping[str, Any]) -> None:
    """The sheet beside it: what to do, and the choices of the lists."""
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 80)
    sheet.set_column(2, 2, 40)
    choices = [choice for column in workbook.columns for choice in column.choices]
    lines = list(workbook.explanation)
    for number in range(max(len(lines), len(choices) + 1)):
        if number < len(lines):
            term, text = lines[number]
            sheet.write_string(number, 0, guard_cell(term), formats["term"])
            sheet.write_string(number, 1, guard_cell(text), formats["text"])
        if number == 0:
            sheet.write_string(number, 2, "Answers in the lists", formats["term"])
        elif number <= len(choices):
            sheet.write_string(number, 2, guard_cell(choices[number - 1]), formats["text"])
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
