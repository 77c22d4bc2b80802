"""Delimited text: CSV and TSV of every platform.

The header is the row that names most parts of a record; a row above it (Embase.com's search query) is not a record.
Rows are read with the standard library, and counted a second time by their quotation marks.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from prismake.common.errors import stop
from prismake.importing.content import LINE_LIMIT, Content
from prismake.importing.entries import Entry, Format, Rejected
from prismake.importing.pieces import RECORD_LIMIT
from prismake.importing.readers.headers import HEADER_ROWS, Rows, in_lines, score
from prismake.importing.readers.table_fields import FIELDS, dialect, table_values

DELIMITERS = (",", ";", "\t", "|")
# Stands after the last line: where it does not come out as a row of its own, a quotation mark was never closed.
_END = "\x1e\x1e\x1e"

# A row of nothing else is empty.
_BLANK = ' \t\r\n",;|'

csv.field_size_limit(RECORD_LIMIT)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is laid out: its delimiter, its header, and how many rows and lines stand up to the header's end."""

    delimiter: str
    header: tuple[str, ...]
    rows: int
    lines: int


def layout(text: str) -> Layout | None:
    """The layout of delimited text, from its start; None where no row names the parts of a record."""
    best: tuple[int, Layout] | None = None
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            for number in range(1, HEADER_ROWS + 1):
                cells = next(reader, None)
                if cells is None:
                    break
                found = score(cells) if len(cells) > 1 else 0
                if found > 1 and (best is None or found > best[0]):
                    header = tuple(cell.strip().removeprefix("\ufeff") for cell in cells)
                    best = found, Layout(delimiter, header, number, reader.line_num)
        except csv.Error:
            continue
    return best[1] if best else None


def _head_text(content: Content) -> str:
    return "".join(islice(content.blocks(), 2))


def _lines(content: Content) -> Iterator[str]:
    for block in content.blocks():
        for line in block[:-1].split("\n"):
            yield line + "\n"
    yield _END


def _found_layout(content: Content) -> Layout:
    found = layout(_head_text(content))
    if found is None:
        raise stop("unknown-format", "no row names the columns of a table of records", where=content.name)
    return found


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the records of delimited text in order; empty rows are none."""
    form = _found_layout(content)
    reader = csv.reader(_lines(content), delimiter=form.delimiter)
    rows, uneven = Rows(form.header), []
    for _ in range(form.rows):
        next(reader)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Rejected(
                line, f"a cell longer than {RECORD_LIMIT >> 20} million characters: an unclosed quotation mark?"
            )
            return
        if cells == [_END]:
            break
        if cells and cells[-1].endswith(_END):
            yield Rejected(line, "a quotation mark is not closed before the end of the file")
            return
        if not any(cell.strip(_BLANK) for cell in cells):
            continue
        if any(line <= number <= reader.line_num for number in content.long_lines):
            yield Rejected(line, f"a line longer than {LINE_LIMIT >> 20} million characters")
            continue
        if len(cells) != len(form.header):
            uneven.append(line)
        yield rows.entry(cells, line)
    if uneven:
        content.warnings.append(
            f"{len(uneven)} rows have more or fewer cells than the header ({in_lines(uneven)}): "
            "check quotation marks and commas"
        )
    content.warnings += rows.warnings()


def count(content: Content) -> int:
    """Counts the rows after the header that are not empty, by their quotation marks."""
    form = _found_layout(content)
    mark = form.delimiter.encode()
    # A quoted cell opens at the start of a cell only; inside it a quotation mark is doubled.
    closed = re.compile(rb"(^|" + re.escape(mark) + rb')"(?:[^"]|"")*"(?!")')
    opened = re.compile(rb"(?:^|" + re.escape(mark) + rb')"')
    rest_of = re.compile(rb'^(?:[^"]|"")*"(?!")')
    blank = _BLANK.encode()
    rows, number, inside, filled = 0, 0, False, False
    for lines in content.utf8_lines():
        for line in lines:
            number += 1
            if number <= form.lines:
                continue
            filled = filled or bool(line.strip(blank))
            if b'"' in line:
                text = line
                if inside:
                    match = rest_of.match(text)
                    if match:
                        inside, text = False, b"x" + text[match.end() :]
                if not inside:
                    inside = bool(opened.search(closed.sub(rb"\1", text)))
            if not inside:
                rows += filled
                filled = False
    # A quotation mark that is still open makes a row, which the reader rejects.
    return rows + inside


FORMAT = Format("csv", read, count, FIELDS, table_values, literal=True, dialect=dialect)
