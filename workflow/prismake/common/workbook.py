"""Reads a spreadsheet (XLSX, or old binary XLS) in a process of its own: bytes in, its sheets out as JSON.

A damaged or hostile file can make calamine ask for more memory than there is (one cell that says to stand in the last
row is enough), which ends the process that it runs in. Here that process is this one, with a bound on its memory, and
the step goes on. Run by `spreadsheets`; imports nothing of Prismake.
"""

from __future__ import annotations

import io
import json
import re
import sys
from typing import Any

MEMORY_LIMIT = 2 << 30
# The argument that asks for the marks on the sheets too.
WITH_MARKS = "marks"


def bound_memory() -> None:
    """Ends this process where it asks for more than the limit."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


def _other(value: Any) -> str:
    """A date or time as ISO text."""
    return str(value.isoformat()).removesuffix("T00:00:00") if hasattr(value, "isoformat") else str(value)


def _table(sheet: Any) -> dict[str, Any]:
    """A sheet's rows, and its merged cells: (first row, first column), (last row, last column), counted from 0."""
    return {"rows": sheet.to_python(skip_empty_area=False), "merged": sheet.merged_cell_ranges or []}


def sheets(data: bytes) -> str:
    """Each sheet as JSON: its name, whether it is shown, its rows (none for a sheet that is a chart), merged cells."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook

    book = load_workbook(io.BytesIO(data))
    read = [
        {
            "name": about.name,
            "visible": about.visible == SheetVisibleEnum.Visible,
            **(_table(book.get_sheet_by_index(at)) if about.typ == SheetTypeEnum.WorkSheet else {"rows": []}),
        }
        for at, about in enumerate(book.sheets_metadata)
    ]
    return json.dumps(read, default=_other)


_DECIMALS = re.compile(r"(?:#,##)?0\.(0+)(?:_.*)?")


def marks(data: bytes) -> str:
    """What calamine does not give of each sheet (XLSX) as JSON, cells by their names.

    These are hidden rows and columns, errors, dates, percentages, and how many decimals a number is shown with.
    """
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), data_only=True)
    return json.dumps([_marks_of(sheet) for sheet in book.worksheets])


def _marks_of(sheet: Any) -> dict[str, Any]:
    marked: dict[str, Any] = {"name": sheet.title, "errors": {}, "dates": [], "percents": [], "decimals": {}}
    marked["hidden"] = [number for number, row in sheet.row_dimensions.items() if row.hidden]
    # One entry may stand for a block of columns, up to the last that a sheet can have.
    blocks = [about for about in sheet.column_dimensions.values() if about.hidden]
    last = sheet.max_column
    marked["hidden_columns"] = sorted({at for one in blocks for at in range(one.min, min(one.max, last) + 1)})
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "e":
                marked["errors"][cell.coordinate] = cell.value
            elif cell.data_type == "d":
                marked["dates"].append(cell.coordinate)
            elif cell.data_type == "n" and cell.value is not None and cell.number_format != "General":
                if cell.number_format.rstrip().endswith("%"):
                    marked["percents"].append(cell.coordinate)
                elif shown := _DECIMALS.fullmatch(cell.number_format):
                    marked["decimals"][cell.coordinate] = len(shown[1])
    return marked


def main() -> None:
    """Standard input to standard output: a line with the sheets and, where asked for, one with the marks on them.

    An exit code other than 0 says that the file cannot be read.
    """
    bound_memory()
    data = sys.stdin.buffer.read()
    sys.stdout.write(sheets(data))
    if sys.argv[1:] == [WITH_MARKS]:
        # openpyxl loads these where it can, for what no file holds: half the time of this process.
        sys.modules.update(dict.fromkeys(("numpy", "PIL")))  # type: ignore[arg-type]
        sys.stdout.write("\n" + marks(data))


if __name__ == "__main__":
    main()
