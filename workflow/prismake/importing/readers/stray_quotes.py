"""Quotation marks that stand where they should not, in delimited text.

A mark that opens no cell joins the rows up to the next one to a single row, which may have the right number of cells
and mix two works. So each line inside a quoted cell is looked at: one that is a whole row of the table by itself, with
cells of the right form, shows that the mark is a stray one.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from prismake.importing.pieces import RECORD_LIMIT
from prismake.importing.readers.headers import ROLES, plain

# The form of what some columns hold.
_FORMS = {
    "year": re.compile(r"(?:1[5-9]|20)[0-9]{2}(?:\.0)?"),
    "doi": re.compile(r"[^ ]*10\.[0-9]{4,9}/[^ ]+"),
    "pmid": re.compile(r"[0-9]{1,8}"),
    "issn": re.compile(r"[0-9]{4}-?[0-9]{3}[0-9Xx]"),
}
# What a cell of these columns has at least, whatever else is written in it.
_TRACES = {
    "year": re.compile(r"(?:1[5-9]|20)[0-9]{2}"),
    "doi": re.compile(r"10\.[0-9]"),
    "pmid": re.compile(r"[0-9]"),
    "issn": re.compile(r"[0-9]{3}"),
}
# Cells that a row must have to be known without such columns.
_FEW = 3
# Pieces between delimiters beyond the cells of the header, up to which the ways of joining them are tried.
_MOST_MORE = 20


@dataclass(frozen=True, slots=True)
class Shape:
    """What a row of a table looks like: the delimiter, the number of cells, and the form of some of them."""

    delimiter: str
    size: int
    forms: tuple[tuple[int, re.Pattern[str]], ...]
    traces: tuple[tuple[int, re.Pattern[str]], ...]
    well: re.Pattern[str]
    closing: re.Pattern[str]

    def is_row(self, line: str) -> bool:
        """True for a line that is a row by itself, whatever its quotation marks say."""
        return line.count(self.delimiter) >= self.size - 1 and self.row(line) is not None

    def row(self, line: str) -> list[str] | None:
        """The cells of a line that is a row by itself; None for any other line."""
        line = line.rstrip("\n")
        ways = (next(csv.reader([line], delimiter=self.delimiter), []), self.literal(line))
        return next((cells for cells in ways if self._is_likely(cells)), None)

    def literal(self, line: str) -> list[str]:
        """The cells with quotation marks as characters, but for those around a whole cell."""
        return [_unquoted(cell) for cell in line.rstrip("\n").split(self.delimiter)]

    def repaired(self, text: str) -> list[str] | None:
        """The cells of a row with stray marks, if they are as many as the header's and fit its columns: a mark closes a
        cell only where the cell ends, or else the delimiters inside cells can be known in a single way."""
        text = text.rstrip("\n")
        ways = ([_unmarked(cell) for cell in self._closed_cells(text)], self.literal(text))
        return next((cells for cells in ways if len(cells) == self.size and self.fits(cells)), None) or self._joined(
            text
        )

    def fits(self, cells: Sequence[str]) -> bool:
        """False where a column of years, DOIs or other numbers holds a text without any: the cells are shifted."""
        return all(trace.search(cells[at]) for at, trace in self.traces if at < len(cells) and cells[at].strip(' "'))

    def _joined(self, text: str) -> list[str] | None:
        """The cells where only one way of joining the pieces between delimiters gives cells with paired marks."""
        pieces = text.split(self.delimiter)
        if not 0 < len(pieces) - self.size <= _MOST_MORE:
            return None
        ways = self._ways(pieces)
        return [_unmarked(cell) for cell in ways[0]] if len(ways) == 1 else None

    def _ways(self, pieces: Sequence[str]) -> list[list[str]]:
        """Up to two ways of joining pieces to as many cells as the header has."""
        # Piece at which a cell may begin -> up to two ways that the cells before it may be.
        begun: dict[int, list[list[str]]] = {0: [[]]}
        forms = dict(self.forms)
        for column in range(self.size):
            ended: dict[int, list[list[str]]] = {}
            for start, ways in begun.items():
                for end in range(start + 1, len(pieces) - (self.size - column - 1) + 1):
                    cell = self.delimiter.join(pieces[start:end])
                    form, bare = forms.get(column), cell.strip(' "')
                    if _is_paired(cell, end - start) and (not form or not bare or form.fullmatch(bare)):
                        ended[end] = [*ended.get(end, []), *([*way, cell] for way in ways)][:2]
            begun = ended
        return begun.get(len(pieces), [])

    def _closed_cells(self, text: str) -> Iterator[str]:
        at, closable = 0, True
        while at <= len(text):
            marked = text.startswith('"', at)
            match = self.closing.match(text, at) if marked and closable else None
            # Where nothing closes this cell, nothing closes a later one: looking once keeps the time linear.
            closable = closable and (bool(match) or not marked)
            end = match.end() if match else text.find(self.delimiter, at)
            end = end if end >= 0 else len(text)
            yield text[at:end]
            at = end + 1

    def has_stray_marks(self, text: str) -> bool:
        """True where a quoted cell goes on after the mark that closes it."""
        return '"' in text and not self.well.fullmatch(text)

    def _is_likely(self, cells: Sequence[str]) -> bool:
        # In prose a space follows each comma.
        if len(cells) != self.size or any(cell.startswith(" ") for cell in cells[1:]):
            return False
        if not self.forms:
            return self.size >= _FEW
        filled = [(form, cells[at].strip('"')) for at, form in self.forms if cells[at].strip('"')]
        return bool(filled) and all(form.fullmatch(cell) for form, cell in filled)


def shape_of(delimiter: str, header: Sequence[str]) -> Shape:
    """The shape of the rows below a header."""
    roles = [(at, role) for at, name in enumerate(header) for role in _FORMS if plain(name) in ROLES[role]]
    forms, traces = ([(at, kinds[role]) for at, role in roles] for kinds in (_FORMS, _TRACES))
    mark = re.escape(delimiter)
    cell = rf'(?:"[^"]*+(?:""[^"]*+)*+" *+|(?!")[^{mark}]*+)'
    closed = rf'"(?:\\"|""(?! *(?:{mark}|\Z))|[^"\\]|\\|"(?! *(?:{mark}|\Z)))*+" *+(?={mark}|\Z)'
    return Shape(
        delimiter,
        len(header),
        tuple(forms),
        tuple(traces),
        well=re.compile(rf"{cell}(?:{mark}{cell})*+\n?"),
        closing=re.compile(closed),
    )


def _is_paired(cell: str, pieces: int) -> bool:
    """Whether a text can be a cell: one piece without marks at its ends, or marks around an even number of marks."""
    bare = cell.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        return bare.count('"') % 2 == 0
    return pieces == 1 and not bare.startswith('"') and not bare.endswith('"')


def _unmarked(cell: str) -> str:
    """A cell without the marks around it; those inside it, doubled or after a backslash, once."""
    bare = cell.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        return bare[1:-1].replace('\\"', '"').replace('""', '"')
    return cell


def _unquoted(cell: str) -> str:
    bare = cell.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"' and '"' not in bare[1:-1].replace('""', ""):
        return bare[1:-1].replace('""', '"')
    return cell


def own_rows(lines: Iterable[str], shape: Shape) -> Iterator[list[str]]:
    """The lines of a broken row, cut before each that is a row by itself; of a part that is too long its start only."""
    part: list[str] = []
    size, begun = 0, False
    for line in lines:
        whole = shape.is_row(line)
        if part and whole and begun:
            yield part
            part, size = [], 0
        if not part:
            begun = whole
        size += len(line)
        if size <= RECORD_LIMIT or not part:
            part.append(line)
    if part:
        yield part
