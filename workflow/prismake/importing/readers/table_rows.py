"""The rows below the header of a table as entries, and what is odd about them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from prismake.common.errors import some_of
from prismake.importing.dates import is_made_date, is_serial
from prismake.importing.entries import Entry, Fields, Rejected
from prismake.importing.readers.headers import ROLES, plain

# A row that holds one of these and nothing else is still a record.
_ENOUGH = frozenset(ROLES["title"] + ROLES["doi"] + ROLES["pmid"])
# Columns in which a date is a page range or an issue that a spreadsheet program has changed.
NEVER_DATES = frozenset(
    name for role in ("volume", "number", "pages", "first_page", "last_page", "article_number") for name in ROLES[role]
)
# No journal has counted its volumes or issues to 36,526: such a number is a date without its format.
_COUNTED = frozenset(name for role in ("volume", "number") for name in ROLES[role])


@lru_cache(maxsize=1 << 16)
def is_changed(name: str, value: str) -> bool:
    """True for a cell of a column of pages, volumes or issues (by its plain name) that a program made a date of."""
    return is_made_date(value) or (name in _COUNTED and is_serial(value))


class Rows:
    """Makes entries of the rows below a header, and remembers what is odd about them."""

    def __init__(self, header: tuple[str, ...]) -> None:
        self.header = header
        self.never_dates = [(at, plain(name)) for at, name in enumerate(header) if plain(name) in NEVER_DATES]
        # Column name -> lines where it holds a date that it never holds.
        self.dated: dict[str, list[int]] = {}

    def entry(self, cells: list[str], line: int) -> Entry | Rejected:
        """A row as an entry; cells beyond the header keep an empty name."""
        names = self.header + ("",) * (len(cells) - len(self.header))
        fields: Fields = [(name, cell) for name, cell in zip(names, cells, strict=False) if cell]
        # A note above or below the table has no delimiter at all; a title alone has those of its empty cells.
        is_note = len(cells) == 1 or (bool(fields) and plain(fields[0][0]) not in _ENOUGH)
        if len(fields) == 1 and len(self.header) > 3 and is_note:
            return Rejected(line, f"the row contains nothing but '{fields[0][1].strip()[:80]}'")
        for at, name in self.never_dates:
            if at < len(cells) and is_changed(name, cells[at]):
                self.dated.setdefault(self.header[at], []).append(line)
        return Entry(fields, line)

    def warnings(self) -> list[str]:
        """What was odd, by the lines of the rows."""
        if not self.dated:
            return []
        columns = ", ".join(f"'{name}' ({in_lines(lines)})" for name, lines in self.dated.items())
        return [
            f"{'columns contain' if len(self.dated) > 1 else 'a column contains'} dates: {columns}; a spreadsheet "
            "program made them of ranges such as 3-12, and they were left out: export the search again, and do not "
            "save it from a spreadsheet"
        ]


def in_lines(lines: Sequence[int]) -> str:
    """Which lines, in words: "line 3", "lines 3, 9 and 4 more"."""
    return f"line{'s' if len(lines) > 1 else ''} {some_of(lines)}"
