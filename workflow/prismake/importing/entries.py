"""What a reader yields: entries with all their fields, and entries that cannot be taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prismake.importing.content import Content, Mend
    from prismake.importing.field_map import FieldMap
    from prismake.importing.field_table import FieldTable
    from prismake.importing.fields import Values

# The fields of one record in the order of the export: (tag or column name, value as it stood).
Fields = list[tuple[str, str]]


@dataclass(slots=True)
class Entry:
    """One record as its format gives it, before anything is normalised; `line` is where it starts."""

    fields: Fields
    line: int


@dataclass(slots=True)
class Rejected:
    """A record that was counted but cannot be taken, with the line where it starts and the reason."""

    line: int
    reason: str


def last_without_end(entry: Entry, content: Content, others_have_one: bool) -> Entry | Rejected:
    """The last record of a file, which lacks the tag that ends a record: cut off, or of a tool that never writes it.

    Where others of the file have that tag the record is rejected; else it is taken, with a warning.
    """
    if others_have_one:
        return Rejected(entry.line, "the file ends inside the record")
    content.warnings.append("the last record has no end tag (ER): the file may be cut off")
    return entry


@dataclass(slots=True)
class Batch:
    """Records that stand one after another: the regular ones as one table of fields, with the line of each, and others.

    Each of the others bears its place in the batch; the regular ones take the places between them, in their order.
    """

    table: FieldTable | None
    lines: list[int]
    others: list[tuple[int, Entry | Rejected]]


@dataclass(frozen=True, slots=True)
class Format:
    """A format family: how to read its entries, how to count them another way, and what its fields mean.

    `count` must not use the code of `read`: the two numbers check each other. `fields` is the map from the format's
    tags to the columns of the record model, and `values` gives the values of one entry by these tags. `literal` says
    that values are pieces of the text as it stands, so that they hold no character that the text does not. `together`
    reads many records at once, where there is such a way: the same records as `read`, with the tags of the map.
    `dialect` gives the format whose names the fields of an entry bear, where that is another one. `mend` brings the
    lines to the form that `read` and `count` expect.
    """

    name: str
    read: Callable[[Content], Iterator[Entry | Rejected]]
    count: Callable[[Content], int]
    fields: FieldMap
    values: Callable[[Fields], Values]
    literal: bool = False
    together: Callable[[Content], Iterator[Batch]] | None = None
    dialect: Callable[[Fields], Format | None] = lambda fields: None
    mend: Mend | None = None

    def columns(self, fields: Fields) -> dict[str, Any]:
        """The fields of one entry as columns of the record model; absent columns are empty."""
        form = self.dialect(fields) or self
        return form.fields.columns(form.values(fields))
