"""Delimited text: CSV and TSV of every platform.

The header is the row that names most parts of a record; a row above it (Embase.com's search query) is not a record.
Rows are read with the standard library, and counted a second time by their quotation marks. Lines that a stray mark
joins to one row are each read by themselves (see `stray_quotes`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from prismake.common.errors import counted, shortened, some_of, stop
from prismake.importing.content import LINE_LIMIT, Content
from prismake.importing.entries import Entry, Format, Rejected
from prismake.importing.pieces import RECORD_LIMIT
from prismake.importing.readers.headers import HEADER_ROWS, PARTS_OF_HEADER, ROLES, is_known, plain, score
from prismake.importing.readers.stray_quotes import own_rows, shape_of
from prismake.importing.readers.table_fields import FIELDS, dialect, table_values
from prismake.importing.readers.table_rows import SHOWN_ROWS, SHOWN_TITLE, Rows

DELIMITERS = (",", ";", "\t", "|")
# Stands after the last line: where it does not come out as a row of its own, a quotation mark was never closed.
_END = "\x1e\x1e\x1e"

QUOTE = '"'
# How long the first name of a header may be.
LONGEST_NAME = 40
# A row of nothing else is empty.
_BLANK = ' \t\r\n",;|\x1a'

csv.field_size_limit(RECORD_LIMIT)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is laid out: its delimiter, its header, and how many rows and lines stand up to the header's end.

    `head` is the header as it stands in the file, in one line; it stands again where exports were joined.
    """

    delimiter: str
    header: tuple[str, ...]
    rows: int
    lines: int
    head: str = ""

    def is_head(self, line: str) -> bool:
        """Whether a line is the header once more."""
        return bool(self.head) and line.strip().removeprefix("\ufeff") == self.head


def layout(text: str) -> Layout | None:
    """The layout of delimited text, from its start; None where no row names the parts of a record."""
    best: tuple[int, Layout] | None = None
    lines = text.split("\n")
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            for number in range(1, HEADER_ROWS + 1):
                before = reader.line_num
                cells = next(reader, None)
                if cells is None:
                    break
                points = score(cells) if len(cells) > 1 else 0
                # A header below one that names as much is that of a joined export.
                if best and best[1].delimiter == delimiter and best[0] >= PARTS_OF_HEADER:
                    break
                if points > 1 and (best is None or points > best[0]):
                    header = tuple(cell.strip().removeprefix("\ufeff") for cell in cells)
                    head = lines[before].strip().removeprefix("\ufeff") if reader.line_num == before + 1 else ""
                    best = points, Layout(delimiter, header, number, reader.line_num, head)
        except csv.Error:
            continue
    if best and _has_row_numbers(text, best[1]):
        return replace(best[1], header=("", *best[1].header))
    return best[1] if best else None


def _has_row_numbers(text: str, form: Layout) -> bool:
    """Whether each row begins with its number, over which R writes no name, so that the header is a cell short."""
    below = text.split("\n", form.lines)[-1].rpartition("\n")[0] if text.count("\n") >= form.lines else ""
    try:
        rows = [row for row in islice(csv.reader(below.split("\n"), delimiter=form.delimiter), HEADER_ROWS) if row]
    except csv.Error:
        return False
    numbers = [row[0] for row in rows if len(row) == len(form.header) + 1]
    if not rows or len(numbers) < len(rows) or numbers != [str(n) for n in range(1, len(rows) + 1)]:
        return False
    # The header may well have a name for the number, and none for the last cell.
    as_named, moved = (shape_of(form.delimiter, header) for header in (form.header, ("", *form.header)))
    return all(map(moved.fits, rows)) and not all(map(as_named.fits, rows))


def _head_text(content: Content) -> str:
    return "".join(islice(content.blocks(), 2))


class _Lines:
    """The lines of a table, and those that were read since they were last taken."""

    def __init__(self, content: Content) -> None:
        self.source = self._all(content)
        self.pending: list[str] = []

    @staticmethod
    def _all(content: Content) -> Iterator[str]:
        for block in content.blocks():
            for line in block[:-1].split("\n"):
                yield line + "\n"
        yield _END

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.source)
        self.pending.append(line)
        return line

    def take(self) -> list[str]:
        """The lines of the row that was read last."""
        taken, self.pending = self.pending, []
        return taken


def _found_layout(content: Content) -> Layout:
    shape = layout(_head_text(content))
    if shape is None:
        raise stop("unknown-format", "no row names the columns of a table of records", where=content.name)
    return shape


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the records of delimited text in order; empty rows are none."""
    table = _Table(content, _found_layout(content))
    yield from table.read()
    content.warnings += table.warnings()


class _Table:
    """The rows of a table below its header, and what is odd about them."""

    def __init__(self, content: Content, form: Layout) -> None:
        self.content, self.form = content, form
        self.shape = shape_of(form.delimiter, form.header)
        self.rows = Rows(form.header)
        # Line -> title of rows with another number of cells, with marks inside cells, or that a mark had joined.
        self.uneven: dict[int, str] = {}
        self.marked: dict[int, str] = {}
        self.joined: dict[int, str] = {}
        self.title = next(
            (at for name in ROLES["title"] for at, own in enumerate(form.header) if plain(own) == name), 0
        )

    def read(self) -> Iterator[Entry | Rejected]:
        lines = _Lines(self.content)
        reader = csv.reader(lines, delimiter=self.form.delimiter)
        for _ in range(self.form.rows):
            next(reader)
        lines.take()
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                # The mark of the end was swallowed by a row of the header.
                return
            except csv.Error:
                fault = f"a cell longer than {RECORD_LIMIT >> 20} million characters: an unclosed quotation mark?"
                yield from self._own_rows(chain(lines.take(), lines.source), line, fault)
                return
            taken = lines.take()
            if cells == [_END]:
                return
            if cells and cells[-1].endswith(_END):
                yield from self._own_rows(taken, line, "a quotation mark is not closed before the end of the file")
                return
            if len(taken) > 1 and any(map(self.shape.is_row, taken[1:])):
                yield from self._joined(cells, taken, line)
            elif any(cell.strip(_BLANK) for cell in cells) and not (len(taken) == 1 and self.form.is_head(taken[0])):
                yield self._row(cells, taken, line)

    def _row(self, cells: list[str], lines: Sequence[str], line: int) -> Entry | Rejected:
        if any(line <= number < line + len(lines) for number in self.content.long_lines):
            return Rejected(line, f"a line longer than {LINE_LIMIT >> 20} million characters")
        marked = self.shape.has_stray_marks("".join(lines))
        if marked:
            cells = self.shape.repaired("".join(lines)) or cells
        if self._is_another_header(cells):
            message = f"line {line} names other columns than the header: exports of two forms were joined"
            raise stop("unknown-format", message, where=self.content.name, fix="give each as a file of its own")
        uneven = len(cells) != self.shape.size
        if (uneven and marked) or ((uneven or marked) and not self.shape.fits(cells)):
            return Rejected(line, self._shifted(cells, marked))
        entry = self.rows.entry(cells, line)
        if isinstance(entry, Entry) and uneven:
            self.uneven[line] = self._title(cells)
        elif marked and line not in self.joined:
            self.marked[line] = self._title(cells)
        return entry

    def _is_another_header(self, cells: Sequence[str]) -> bool:
        """Whether a row names the parts of a record, as no record does."""
        first = next(filter(None, cells), "")
        return len(first) < LONGEST_NAME and is_known(first) and score(cells) >= PARTS_OF_HEADER

    def _title(self, cells: Sequence[str]) -> str:
        return _start(cells[self.title] if self.title < len(cells) else cells[0])

    def _shifted(self, cells: Sequence[str], marked: bool) -> str:
        """Why a row cannot be taken whose cells are not those of the header's columns."""
        begin = f"the row that begins '{_start(' '.join(cells).replace(QUOTE, ''))}'"
        if marked:
            return f"{begin} cannot be cut into cells: double the quotation marks inside its cells, or remove them"
        mark = {"\t": "tab", ",": "comma", ";": "semicolon"}.get(self.form.delimiter, self.form.delimiter)
        return (
            f"{begin} has {counted(len(cells), 'cell')}, where the header has {self.shape.size}, and they are shifted: "
            f"put the cell that contains a {mark} in quotation marks"
        )

    def _joined(self, cells: list[str], lines: list[str], line: int) -> Iterator[Entry | Rejected]:
        """A row with a line that is one by itself: the last line may be the end of a cell, others show a stray mark."""
        parts = list(own_rows(lines, self.shape))
        fault = f"a stray quotation mark joins lines {line} to {line + len(lines) - 1}, some of them whole rows"
        if len(parts) > 1:
            yield from self._own_rows(lines, line, fault)
        elif any(map(self.shape.is_row, lines[1:-1])):
            yield Rejected(line, fault)
        else:
            yield self._row(cells, lines, line)

    def _own_rows(self, lines: Iterable[str], line: int, fault: str) -> Iterator[Entry | Rejected]:
        """The rows that a stray mark has joined, each for itself; rejected where it is none."""
        for part in own_rows((row for row in lines if row != _END), self.shape):
            here, line = line, line + len(part)
            while len(part) > 1 and not part[-1].strip(_BLANK):
                part.pop()
            cells = self.shape.row(part[0]) if len(part) == 1 else self._whole(part)
            if cells is None:
                yield Rejected(here, fault)
                continue
            self.joined[here] = self._title(cells)
            yield self._row(cells, part, here)

    def _whole(self, lines: Sequence[str]) -> list[str] | None:
        """The cells of several lines that are one row."""
        rows = list(csv.reader(lines, delimiter=self.form.delimiter))
        closed = "".join(lines).count('"') % 2 == 0
        return rows[0] if len(rows) == 1 and len(rows[0]) == self.shape.size and closed else None

    def warnings(self) -> list[str]:
        """What was odd, by the lines of the rows."""
        odd = (
            (self.joined, "beside a stray quotation mark", "each line was read as a row of its own"),
            (self.marked, "with quotation marks inside cells", "compare these records with the export"),
            (self.uneven, "with more or fewer cells than the header", "check quotation marks and commas"),
        )
        texts = [
            f"{counted(len(rows), 'row')} {finding} ({_named(rows)}): {advice}" for rows, finding, advice in odd if rows
        ]
        return texts + self.rows.warnings()


def _start(text: str) -> str:
    return shortened(" ".join(text.split()), SHOWN_TITLE)


def _named(rows: Mapping[int, str]) -> str:
    """Rows by line and title: `line 3 'A title', line 5 'Another' and 2 more`."""
    return some_of((f"line {line} '{title}'" for line, title in rows.items()), SHOWN_ROWS)


def count(content: Content) -> int:
    """Counts the rows after the header that are not empty, by their quotation marks."""
    form = _found_layout(content)
    mark = form.delimiter.encode()
    # A quoted cell opens at the start of a cell only; inside it a quotation mark is doubled.
    closed = re.compile(rb"(^|" + re.escape(mark) + rb')"(?:[^"]|"")*"(?!")')
    opened = re.compile(rb"(?:^|" + re.escape(mark) + rb')"')
    rest_of = re.compile(rb'^(?:[^"]|"")*"(?!")')
    blank = _BLANK.encode()
    # The first letters of the header, by which most lines are known to be another.
    first = re.match(r"[ -~]{0,8}", form.head)[0].encode()  # type: ignore[index]
    shape = shape_of(form.delimiter, form.header)
    rows, number, inside, filled = 0, 0, False, False
    # Whether the row in which a cell is open begins with a line that is a row by itself.
    begun = False
    for lines in content.utf8_lines():
        for line in lines:
            number += 1
            if number <= form.lines:
                continue
            if form.head and not inside and first in line[:20] and form.is_head(content.decode(line)):
                continue
            filled = filled or bool(line.strip(blank))
            before = inside
            if inside and begun and shape.is_row(line.decode("latin-1")):
                # A stray mark joins this line to those before it.
                rows += 1
            if b'"' in line:
                text = line
                if inside:
                    match = rest_of.match(text)
                    if match:
                        inside, text = False, b"x" + text[match.end() :]
                if not inside:
                    inside = bool(opened.search(closed.sub(rb"\1", text)))
            if inside and not before:
                begun = shape.is_row(line.decode("latin-1"))
            if not inside:
                rows += filled
                filled = False
    # A quotation mark that is still open makes a row, which the reader rejects.
    return rows + inside


FORMAT = Format("csv", read, count, FIELDS, table_values, literal=True, dialect=dialect)
