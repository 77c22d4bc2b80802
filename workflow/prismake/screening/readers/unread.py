"""Columns of a table of decisions that nothing reads, although they may hold decisions or reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from prismake.common.errors import Issue, some_of
from prismake.screening.readers.entries import Entry, Source
from prismake.screening.readers.tables import Table, known_columns, meant_role
from prismake.screening.votes import EXCLUDE

# Words in the name of a column that may hold decisions or reasons.
WORDS = frozenset(
    (
        *("reason", "reasons", "exclusion", "exclude", "excluded", "inclusion", "include", "included"),
        *("decision", "decisions", "verdict", "vote", "votes", "eligible", "eligibility"),
    )
)
# So many excluded records show by their cells alone that a column may hold reasons.
FEWEST = 2


class UnreadColumns:
    """The columns of no known name whose names or cells show that they may hold decisions or reasons.

    By its cells a column may hold reasons where nothing else does and it is filled in for at least half of the excluded
    records and for no other.
    """

    def __init__(self, table: Table, source: Source) -> None:
        known = known_columns(source.columns)
        own = [name for name in dict.fromkeys(table.header) if name and name not in known]
        own = [name for name in own if not meant_role(name, table, source)]
        self.table, self.source = table, source
        self.named = {name for name in own if WORDS.intersection(name.split())}
        self.filled: set[str] = set()
        self.reasons = dict.fromkeys((name for name in own if name not in self.named), 0)
        self.excluded = 0

    def see(self, entry: Entry, decision: str) -> None:
        """Takes a row into account; `decision` is what it says of its record."""
        self.filled |= {name for name in self.named - self.filled if entry.cells[name].strip()}
        if ":reason" in entry.cells or self.source.reason:
            self.reasons.clear()
        self.excluded += decision == EXCLUDE
        for name in [name for name in self.reasons if entry.cells[name].strip()]:
            if decision == EXCLUDE:
                self.reasons[name] += 1
            else:
                del self.reasons[name]

    def issues(self, reported: Collection[str]) -> Iterator[Issue]:
        """One warning for all of them, but for columns that are `reported` already."""
        by_cells = {name for name, rows in self.reasons.items() if rows >= max(FEWEST, self.excluded / 2)}
        doubtful = (self.filled | by_cells) - set(reported)
        unread = [self.table.written[self.table.header.index(name)] for name in self.table.header if name in doubtful]
        if unread:
            message = f"columns not read, which may hold decisions or reasons: {some_of(map(repr, unread))}"
            fix = f"if one does, name it under 'columns' of {self.source.block}, as in columns: {{reason: {unread[0]}}}"
            yield Issue("unread-column", message, self.source.at(1), fix, "warning")
