"""What a reader yields: entries with all their fields, and entries that cannot be taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from prismake.importing.content import Content
    from prismake.importing.field_table import FieldTable

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
    content.warnings.append("the last record has no end (ER): the file may be cut off")
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
class Together:
    """How a format reads many records at once, and turns their fields into columns of the record model.

    Both give what the format's `read` and `columns` give for single records; absent columns are left out.
    """

    read: Callable[[Content], Iterator[Batch]]
    columns: Callable[[FieldTable], dict[str, pa.StringArray]]


@dataclass(frozen=True, slots=True)
class Format:
    """A format family: how to read its entries, how to count them another way, and what its fields mean.

    `count` must not use the code of `read`: the two numbers check each other. `columns` turns the fields of one entry
    into columns of the record model (absent ones are empty). `literal` says that values are pieces of the text as it
    stands, so that they hold no character that the text does not. `together` is the fast way, where there is one.
    """

    name: str
    read: Callable[[Content], Iterator[Entry | Rejected]]
    count: Callable[[Content], int]
    columns: Callable[[Fields], dict[str, Any]]
    literal: bool = False
    together: Together | None = None
