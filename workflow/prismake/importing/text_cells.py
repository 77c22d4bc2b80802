"""Titles, abstracts, lists and names of many records at once, as `text` and `names` give them for one."""

from __future__ import annotations

from collections.abc import Callable

import numpy
import pyarrow as pa
import pyarrow.compute as pc

from prismake.common.records import SEPARATOR
from prismake.importing.cells import (
    Flags,
    by_value,
    changed,
    flags,
    holding,
    loose,
    marked_up,
    shorter,
    texts,
    unsure,
    with_single_spaces,
)
from prismake.importing.field_table import Lists
from prismake.importing.text import NOTHING, clean, fold, meaningful

# A control character, which no value holds here.
_BETWEEN = "\x1f"
_SHORT = 1 + max(map(len, NOTHING))


def as_text(
    cells: pa.StringArray, cleaned: Callable[[str], str] = lambda cell: meaningful(clean(cell))
) -> pa.StringArray:
    """Titles or abstracts: `cleaned(cell)` of each, which may do more than the default only with line feeds."""
    cells = as_name(cells, cleaned)
    return changed(cells, shorter(cells, _SHORT), meaningful)


def as_name(cells: pa.StringArray, cleaned: Callable[[str], str] = clean) -> pa.StringArray:
    """Names of journals: `clean(cell)` of each."""
    return with_single_spaces(changed(cells, unsure(cells) | marked_up(cells), cleaned))


def as_list(
    lists: Lists, listed: Callable[[list[str]], str], *, odd: tuple[str, ...] = (), needed: str = ""
) -> pa.StringArray:
    """List cells: `listed(values)` of each record.

    That function is called where a value comes twice or has white space to be folded, where one holds one of the marks
    `odd`, and where one lacks the mark `needed`; all others must come out of it as they are, joined.
    """
    cells = lists.joined(SEPARATOR)
    where = loose(cells) | lists.repeating()
    values = holding(lists.values, *odd) if odd else numpy.zeros(len(lists.values), numpy.bool_)
    if needed:
        values |= ~holding(lists.values, needed)
    where[lists.owner[values]] = True
    return with_lists(cells, where, lists, listed)


def folded(cells: pa.StringArray) -> pa.StringArray:
    """`fold(cell)` of each."""
    return with_single_spaces(changed(cells, unsure(cells), fold))


def with_lists(cells: pa.StringArray, where: Flags, lists: Lists, change: Callable[[list[str]], str]) -> pa.StringArray:
    """The cells, made of their record's values where it says so."""
    return with_values(cells, where, [change(lists.of(record)) for record in numpy.flatnonzero(where).tolist()])


def by_list(lists: Lists, change: Callable[[list[str]], str]) -> pa.StringArray:
    """`change(values)` of each record, each list once: for lists that come again and again."""
    return by_value(lists.joined(_BETWEEN), lambda cell: change(cell.split(_BETWEEN)) if cell else "")


def with_values(cells: pa.StringArray, where: Flags, values: list[str]) -> pa.StringArray:
    """The cells, but for those where it says so: these are the values, in their order."""
    return pc.replace_with_mask(cells, flags(where), texts(values)) if values else cells
