"""The rows below the header of a table as entries, and what is odd about them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from prismake.common.errors import counted, shortened, some_of
from prismake.importing.dates import is_made_date, is_serial
from prismake.importing.entries import Entry, Fields, Rejected
from prismake.importing.readers.headers import ROLES, plain

# A row that holds one of these and nothing else is still a record.
_TITLES = frozenset(ROLES["title"])
_ENOUGH = frozenset(ROLES["title"] + ROLES["doi"] + ROLES["pmid"])
# Columns in which a date is a page range or an issue that a spreadsheet program has changed.
NEVER_DATES = frozenset(
    name for role in ("volume", "number", "pages", "first_page", "last_page", "article_number") for name in ROLES[role]
)
# What a message shows of a title, and how many rows it names.
SHOWN_TITLE, SHOWN_ROWS = 60, 3
# No journal has counted its volumes or issues to 36,526: such a number is a date without its format.
_COUNTED = frozenset(name for role in ("volume", "number") for name in ROLES[role])


# Parts of a record of which a table gives one value: of two columns of one name it is the first with a value.
_SINGLE = frozenset(
    name
    for role in (
        *("title", "year", "date", "journal", "journal_abbrev", "volume", "number", "pages", "first_page", "last_page"),
        *("abstract", "doi", "pmid", "pmcid", "accession"),
    )
    for name in ROLES[role]
)
# What a program writes below or above a table, and no title is: a count, or when the table was made.
_THINGS = r"(?:records?|results?|references?|articles?|citations?|entries|items|rows|hits|documents|studies)"
_NOTE = re.compile(
    rf"""\W*(?:
        (?:(?:grand\ )?total|sum|count|number|no\.?)?\ ?(?:of\ )?{_THINGS}?(?:\ (?:found|exported|retrieved))?
            \s*[:=]\s*\d[\d.,\ ]*
        | (?:total:?\ )?\d[\d.,\ ]*\ {_THINGS}(?:\ (?:found|exported|retrieved|selected|in\ total))?
        | (?:exported|downloaded|retrieved|generated|printed|created|searched|search\ run|date|export\ date)\b
            .{{0,30}}(?:19|20)\d\d\b[\d\s:.,/TZ-]{{0,20}}
    )\W*""",
    re.IGNORECASE | re.VERBOSE,
)
LONGEST_NOTE = 100


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
        self.repeated = _repeated(header)
        # Column name -> lines where columns of that name hold different values.
        self.differing: dict[str, list[int]] = {}
        # Line -> title of rows with nothing else.
        self.bare: dict[int, str] = {}

    def entry(self, cells: list[str], line: int) -> Entry | Rejected:
        """A row as an entry; cells beyond the header keep an empty name."""
        names = self.header + ("",) * (len(cells) - len(self.header))
        fields: Fields = [(name, cell) for name, cell in zip(names, cells, strict=False) if cell]
        # A note above or below the table has no delimiter at all; a title alone has those of its empty cells.
        if len(fields) == 1 and len(self.header) > 3:
            (name, text), *_ = fields
            if len(cells) == 1 or plain(name) not in _ENOUGH or _is_note(text.strip()):
                return Rejected(line, f"the row contains nothing but '{text.strip()[:80]}'")
            if plain(name) in _TITLES:
                self.bare[line] = shortened(" ".join(text.split()), SHOWN_TITLE)
        for name, places in self.repeated.items():
            if len({cells[at].strip() for at in places if at < len(cells)} - {""}) > 1:
                self.differing.setdefault(name, []).append(line)
        for at, name in self.never_dates:
            if at < len(cells) and is_changed(name, cells[at]):
                self.dated.setdefault(self.header[at], []).append(line)
        return Entry(fields, line)

    def warnings(self) -> list[str]:
        """What was odd, by the lines of the rows."""
        return [*self._dates(), *self._two_columns(), *self._titles_alone()]

    def _dates(self) -> Iterator[str]:
        if self.dated:
            columns = ", ".join(f"'{name}' ({in_lines(lines)})" for name, lines in self.dated.items())
            yield (
                f"{'columns contain' if len(self.dated) > 1 else 'a column contains'} dates: {columns}; a spreadsheet "
                "program made them of ranges such as 3-12, and they were left out: export the search again, and do not "
                "save it from a spreadsheet"
            )

    def _two_columns(self) -> Iterator[str]:
        for name, lines in self.differing.items():
            columns = f"{len(self.repeated[name])} columns are called '{name}', and differ in {in_lines(lines)}"
            yield f"{columns}: the first that is filled in is read; rename or remove the others"

    def _titles_alone(self) -> Iterator[str]:
        if self.bare:
            named_rows = some_of((f"line {line} '{title}'" for line, title in self.bare.items()), SHOWN_ROWS)
            rows = counted(len(self.bare), "record consists", "records consist")
            yield f"{rows} of a title alone ({named_rows}): remove the row if it is a note and no record"


def _is_note(text: str) -> bool:
    return len(text) <= LONGEST_NOTE and bool(_NOTE.fullmatch(text))


def _repeated(header: Sequence[str]) -> dict[str, list[int]]:
    """Name -> its columns, of the names that several have although a record has one value of them."""
    columns: dict[str, list[int]] = {}
    for at, name in enumerate(header):
        columns.setdefault(name.strip().casefold(), []).append(at)
    several = (places for places in columns.values() if len(places) > 1)
    return {header[places[0]]: places for places in several if plain(header[places[0]]) in _SINGLE}


def in_lines(lines: Sequence[int]) -> str:
    """Which lines, in words: "line 3", "lines 3, 9 and 4 more"."""
    return f"line{'s' if len(lines) > 1 else ''} {some_of(lines)}"
