"""Cells of many records at once: most need nothing done, and the few others are found by their bytes.

The functions that clean one text stay the only ones that do so: here it is decided which cells they would leave as they
are. A cell wrongly taken for odd costs time; one wrongly left alone would differ, so what is not sure is odd.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

import numpy
import numpy.typing
import pyarrow as pa
import pyarrow.compute as pc

from prismake.common.arrow import Flags as Flags
from prismake.common.arrow import Numbers as Numbers
from prismake.common.arrow import flags as flags
from prismake.common.arrow import numbers as numbers
from prismake.common.arrow import repeated as repeated
from prismake.common.arrow import texts as texts
from prismake.common.arrow import truth as truth

Bytes = numpy.typing.NDArray[numpy.uint8]


def _bytes_of(cells: pa.StringArray) -> tuple[Bytes, numpy.typing.NDArray[numpy.int32]]:
    """The text of all cells, and where each starts and the last ends."""
    _, offsets, data = cells.buffers()
    if not len(cells):
        return numpy.zeros(0, numpy.uint8), numpy.zeros(1, numpy.int32)
    places = numpy.frombuffer(offsets, numpy.int32)[cells.offset : cells.offset + len(cells) + 1]
    return numpy.frombuffer(data or b"", numpy.uint8)[: places[-1]], places


def _at(places: Numbers, starts: numpy.typing.NDArray[numpy.int32]) -> Flags:
    """Which cells hold one of these places."""
    flags = numpy.zeros(len(starts) - 1, numpy.bool_)
    flags[numpy.searchsorted(starts, places[places >= starts[0]], "right") - 1] = True
    return flags


def holding(cells: pa.StringArray, *marks: str) -> Flags:
    """Which cells hold one of these marks, of one or two ASCII characters each."""
    data, starts = _bytes_of(cells)
    flags = numpy.zeros(len(cells), numpy.bool_)
    singles = [data == ord(mark) for mark in marks if len(mark) == 1]
    if singles:
        flags |= _at(numpy.flatnonzero(reduce(or_, singles)), starts)
    for mark in (mark for mark in marks if len(mark) == 2):
        places = numpy.flatnonzero(data == ord(mark[0]))
        places = places[: numpy.searchsorted(places, len(data) - 1)]
        places = places[data[places + 1] == ord(mark[1])]
        # Both must stand in the same cell.
        ends = starts[numpy.searchsorted(starts, places, "right")]
        flags |= _at(places[places + 1 < ends], starts)
    return flags


def loose(cells: pa.StringArray) -> Flags:
    """Which cells `text.fold` might change. The cells must have no white space at their ends."""
    return spaced(cells) | unsure(cells)


def spaced(cells: pa.StringArray) -> Flags:
    """Which cells hold line feeds, tabs (or other control characters) or more than one space between words."""
    data, starts = _bytes_of(cells)
    white = data <= ord(" ")
    odd = _at(numpy.flatnonzero(white[1:] & white[:-1]), starts)
    return odd | _at(numpy.flatnonzero(data < ord(" ")), starts)


def unsure(cells: pa.StringArray) -> Flags:
    """Which cells hold characters that may be white space, or not in NFC."""
    data, starts = _bytes_of(cells)
    # U+00A0 is C2 A0. All else up to U+02FF is in NFC whatever stands around it; what follows starts with CC or more.
    places = numpy.flatnonzero(data >= 0xC2)
    places = places[(data[places] >= 0xCC) | ((data[places] == 0xC2) & (data[places + 1] == 0xA0))]
    return _at(places[~_composed(data, places)], starts)


def _composed(data: Bytes, places: Numbers) -> Flags:
    """Where common characters above U+02FF start that are no white space and always in NFC: by their first two bytes.

    Greek, Cyrillic, Chinese; dashes, quotes, currencies, arrows and signs of mathematics.
    """
    first, second = data[places], data[places + 1]
    third = data[numpy.minimum(places + 2, len(data) - 1)]
    letters = ((first == 0xCE) & (second != 0x87)) | (first == 0xCF) | ((first >= 0xD0) & (first <= 0xD1))
    letters |= (first >= 0xE4) & (first <= 0xE9)
    dashes = (second == 0x80) & (third >= 0x90) & ((third < 0xA8) | (third > 0xAF))
    signs = (second == 0x82) | ((second >= 0x85) & (second <= 0x8B))
    # U+2126, U+212A and U+212B are not in NFC; the sign of a trade mark stands beside them.
    signs |= (second == 0x84) & (third != 0xA6) & (third != 0xAA) & (third != 0xAB)
    flags: Flags = letters | ((first == 0xE2) & (dashes | signs))
    return flags


def marked_up(cells: pa.StringArray) -> Flags:
    """Which cells may hold a tag or an entity."""
    data, starts = _bytes_of(cells)
    places = numpy.flatnonzero((data == ord("<")) | (data == ord("&")))
    following = data[numpy.minimum(places + 1, len(data) - 1)]
    letters = ((following | 0x20) >= ord("a")) & ((following | 0x20) <= ord("z"))
    return _at(places[letters | (following == ord("/")) | (following == ord("#"))], starts)


def shorter(cells: pa.StringArray, size: int) -> Flags:
    """Which cells hold something, but fewer bytes than this."""
    lengths = numpy.diff(_bytes_of(cells)[1])
    return (lengths > 0) & (lengths < size)


def empty(cells: pa.StringArray) -> Flags:
    """Which cells hold nothing."""
    flags: Flags = numpy.diff(_bytes_of(cells)[1]) == 0
    return flags


def changed(cells: pa.StringArray, where: Flags, change: Callable[[str], str]) -> pa.StringArray:
    """The cells, changed where it says so."""
    if not where.any():
        return cells
    mask = flags(where)
    values = [change(cell) for cell in cells.filter(mask).to_pylist()]
    return pc.replace_with_mask(cells, mask, texts(values))


# How MEDLINE's text goes on in the next line.
_BREAK = b"\n      "


def with_single_spaces(cells: pa.StringArray) -> pa.StringArray:
    """The cells with each run of white space in them as one space. They must have none at their ends."""
    cells = _without_breaks(cells)
    where = spaced(cells)
    if not where.any():
        return cells
    mask = flags(where)
    data, starts = _bytes_of(cells.filter(mask))
    others = (data == ord("\n")) | (data == ord("\t"))
    white = others | (data == ord(" "))
    dropped = numpy.flatnonzero(white[1:] & white[:-1]) + 1
    data = data.copy()
    data[others] = ord(" ")
    some = _as_array(numpy.delete(data, dropped), starts - numpy.searchsorted(dropped, starts))
    return pc.replace_with_mask(cells, mask, some)


def _without_breaks(cells: pa.StringArray) -> pa.StringArray:
    data, starts = _bytes_of(cells)
    places = numpy.flatnonzero(data == _BREAK[0])
    for column in range(1, len(_BREAK)):
        places = places[: numpy.searchsorted(places, len(data) - column)]
        places = places[data[places + column] == _BREAK[column]]
    if not len(places):
        return cells
    moved = starts - (len(_BREAK) - 1) * numpy.searchsorted(places, starts)
    return _as_array(data.tobytes().replace(_BREAK, b" "), moved)


def with_escapes(cells: pa.StringArray, escapes: dict[bytes, bytes]) -> pa.StringArray:
    """The cells with two characters in place of each of these; both all ASCII."""
    data, starts = _bytes_of(cells)
    text = data.tobytes()
    moved = starts.astype(numpy.int64)
    for mark, escape in escapes.items():
        if mark in text:
            moved += numpy.searchsorted(numpy.flatnonzero(data == ord(mark)), starts)
            text = text.replace(mark, escape)
    return _as_array(text, moved)


def _as_array(data: Bytes | bytes, starts: numpy.typing.NDArray[numpy.signedinteger[Any]]) -> pa.StringArray:
    places = starts.astype(numpy.int32)
    return pa.StringArray.from_buffers(len(starts) - 1, pa.py_buffer(places), pa.py_buffer(data))


def unlike(cells: pa.StringArray, form: str) -> Flags:
    """Which cells hold something that does not have this form (a regular expression for all of it)."""
    return ~(truth(pc.match_substring_regex(cells, f"^(?:{form})$")) | empty(cells))


def by_value(cells: pa.StringArray, change: Callable[[str], str]) -> pa.StringArray:
    """The cells, changed: each value once, for columns in which values come again and again."""
    coded = cells.dictionary_encode()
    values = texts([change(value) for value in coded.dictionary.to_pylist()])
    return values.take(coded.indices)


def chosen(where: Flags, first: pa.StringArray, second: pa.StringArray) -> pa.StringArray:
    """Each cell from the first where it says so, else from the second."""
    if not where.any():
        return second
    mask = flags(where)
    return pc.replace_with_mask(second, mask, first.filter(mask))


def same(first: pa.StringArray, second: pa.StringArray) -> Flags:
    """Where both hold the same."""
    return truth(pc.equal(first, second))
