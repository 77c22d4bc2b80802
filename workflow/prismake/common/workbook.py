"""Reads a spreadsheet (XLSX, or old binary XLS) in a process of its own: bytes in, its sheets' rows out as JSON.

A damaged or hostile file can make calamine ask for more memory than there is (one cell that says to stand in the last
row is enough), which ends the process that it runs in. Here that process is this one, with a bound on its memory, and
the step goes on. Run by `spreadsheets`; imports nothing of Prismake.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

MEMORY_LIMIT = 2 << 30


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


def main() -> None:
    """Standard input to standard output; an exit code other than 0 says that the file cannot be read."""
    bound_memory()
    sys.stdout.write(sheets(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
