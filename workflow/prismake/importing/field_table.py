"""The fields of many records at once: cut out of tagged text (RIS, MEDLINE) with arrays, not one by one.

A record is taken only where its text is regular: each tag in its place, and nothing that only the reader of single
records understands. All others are left to that reader.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy
import numpy.typing
import pyarrow as pa
import pyarrow.compute as pc

from prismake.importing.cells import Bytes, Flags, Numbers, numbers, texts, truth, with_escapes
from prismake.importing.entries import Batch, Entry, Rejected
from prismake.importing.fields import Values
from prismake.importing.pieces import Piece, Stretch

_LINE_FEED, _TAB, _SPACE, _HYPHEN = b"\n\t -"
# A tag and the spaces that fill it up; then comes its hyphen.
_WIDTH = 4
# In another form of a tag the hyphen may stand as far as this.
_FARTHEST = 8
# More white space than this at an end of a value is left to the reader of single records.
_TRIMMED = 12


class Pieces(Protocol):
    """A reader that is given a file's pieces one by one (see `pieces.cut`) and remembers what it must between them."""

    def take(self, piece: Piece) -> list[Entry | Rejected]:
        """The records that this piece completes."""

    def pass_regular(self) -> list[Entry | Rejected]:
        """A regular record comes next, which the reader will not see; the records that this completes."""

    def finish(self) -> list[Entry | Rejected]:
        """The records that the end of the file completes."""

    def waiting(self) -> bool:
        """True where the next record must be given to `take`: something belongs to it that stands before it."""


def read_together(
    parts: Iterable[Stretch | Piece], reader: Pieces, regular: Callable[[Cut], Flags], *, long: bool, end: str = ""
) -> Iterator[Batch]:
    """Reads a file in batches: regular records as one table, the others by the reader of single records.

    `regular` says which records the format itself takes for such; `long` is explained at `Cut`, and the fields with the
    tag `end` are left out.
    """
    for part in parts:
        if isinstance(part, Piece):
            yield Batch(None, [], list(enumerate(reader.take(part))))
            continue
        cut = Cut(part, long=long)
        good = regular(cut) & ~cut.odd
        taken = 0
        others: list[tuple[int, Entry | Rejected]] = []
        for number, fine in enumerate(good.tolist()):
            if fine and not reader.waiting():
                items = reader.pass_regular()
            else:
                good[number] = fine = False
                items = reader.take(cut.piece(number))
            others += [(taken + len(others) + more, item) for more, item in enumerate(items)]
            taken += fine
        yield Batch(cut.table(good, end), cut.lines(good), others)
    yield Batch(None, [], list(enumerate(reader.finish())))


class Cut:
    """A stretch of text, cut at its tags.

    `starts` is where each record's text starts, and where the last one's ends; each starts with the line feed before
    its first line. `long` says that tags have two to four letters, and a space or the line's end after their hyphen;
    without it they have two, and two spaces before the hyphen.

    For each field: `owner` (its record), `at` (where its line starts), `code` (the four bytes of its tag as a number),
    `begin` and `end` (of its value). `odd` are the records that must not be taken.
    """

    def __init__(self, stretch: Stretch, *, long: bool) -> None:
        self.stretch = stretch
        self.starts = numpy.array(stretch.starts)
        # What stands after the end is looked at too: nothing there looks like a tag.
        self.text = stretch.text + b"\n" + bytes(_FARTHEST)
        data = self.data = numpy.frombuffer(self.text, numpy.uint8)
        lines = self._lines = numpy.flatnonzero(data == _LINE_FEED) + 1
        near = [data[lines + column] for column in range(_WIDTH + 2)]
        named = _upper(near[0]) & _word(near[1])
        tagged = named & (near[4] == _HYPHEN)
        if long:
            third = near[2] == _SPACE
            tagged &= third | _word(near[2])
            tagged &= (near[3] == _SPACE) | (_word(near[3]) & ~third)
            tagged &= (near[5] == _SPACE) | (near[5] == _LINE_FEED)
        else:
            tagged &= (near[2] == _SPACE) & (near[3] == _SPACE)
        self.at = lines[tagged]
        self.owner = numpy.searchsorted(self.starts, self.at, "right") - 1
        codes = numpy.zeros(len(self.at), numpy.int64)
        for part in near[:_WIDTH]:
            codes = codes << 8 | part[tagged]
        self.code = codes
        self.odd = numpy.zeros(len(self.starts) - 1, numpy.bool_)
        # A byte order mark may stand before a tag.
        self._note(lines[near[0] == 0xEF])
        others = lines[named & ~tagged]
        for column in range(2, _FARTHEST + 1):
            hyphen = data[others + column] == _HYPHEN
            self._note(others[hyphen if long else hyphen & (data[others + column - 1] == _SPACE)])
        self._cut_values()

    def _note(self, places: Numbers) -> None:
        self.odd[numpy.searchsorted(self.starts, places[places < self.starts[-1]], "right") - 1] = True

    def _cut_values(self) -> None:
        data, begin = self.data, self.at + _WIDTH + 1
        # A value ends before the line feed of the next field, or with its record.
        end = numpy.append(self.at, self.starts[-1] + 1)[1:] - 1
        numpy.minimum(end, self.starts[1:][self.owner], out=end)
        for _ in range(_TRIMMED):
            white = (begin < end) & _white(data[begin])
            if not white.any():
                break
            begin += white
        for _ in range(_TRIMMED):
            white = (begin < end) & _white(data[end - 1])
            if not white.any():
                break
            end -= white
        first, last = data[begin], data[end - 1]
        odd = _white(first) | _white(last)
        odd |= (first >= 0xC2) & _wide_white(first, data[begin + 1], data[begin + 2])
        odd |= (last >= 0x80) & (
            _wide_white(data[end - 3], data[end - 2], last) | _wide_white(data[end - 2], last, numpy.zeros_like(last))
        )
        self.odd[self.owner[(begin < end) & odd]] = True
        self.begin, self.end = begin, end

    def piece(self, number: int) -> Piece:
        """One record as the reader of single records takes it."""
        start, end = self.starts[number : number + 2].tolist()
        line = self.stretch.line + int(numpy.searchsorted(self._lines, start, "right"))
        return Piece(line, self.text[start:end].decode(), "")

    def owners_of_lines(self, start: bytes) -> Numbers:
        """The record of each line that starts with these two letters."""
        lines = self._lines[(self.data[self._lines] == start[0]) & (self.data[self._lines + 1] == start[1])]
        lines = lines[lines < self.starts[-1]]
        owners: Numbers = numpy.searchsorted(self.starts, lines, "right") - 1
        return owners

    def lines(self, good: Flags) -> list[int]:
        """The line of the first tag of each of the good records."""
        firsts = self.at[numpy.searchsorted(self.owner, numpy.flatnonzero(good))]
        numbers: list[int] = (self.stretch.line - 1 + numpy.searchsorted(self._lines, firsts, "right")).tolist()
        return numbers

    def table(self, good: Flags, without: str = "") -> FieldTable:
        """The fields of the good records, but for those with this tag."""
        kept = good[self.owner]
        if without:
            kept &= self.code != int.from_bytes(without.ljust(_WIDTH).encode(), "big")
        codes = numbers(self.code[kept]).dictionary_encode()
        tags = [int(code).to_bytes(_WIDTH, "big").decode().rstrip() for code in codes.dictionary.to_pylist()]
        begin, end = self.begin[kept], self.end[kept]
        # Pieces of the text: an empty one, then in turn what stands before a value, and the value.
        cuts = numpy.zeros(2 * len(begin) + 2, numpy.int32)
        cuts[2::2], cuts[3::2] = begin, end
        return FieldTable(
            records=int(numpy.count_nonzero(good)),
            owner=(numpy.cumsum(good) - 1)[self.owner[kept]],
            tag=_plain(codes.indices),
            tags=tags,
            text=pa.StringArray.from_buffers(len(cuts) - 1, pa.py_buffer(cuts), pa.py_buffer(self.text)),
            filled=begin < end,
        )


# In JSON. The values hold no other control characters than these.
_ESCAPES = {b"\\": b"\\\\", b'"': b'\\"', b"\n": b"\\n", b"\t": b"\\t"}


@dataclass(slots=True)
class FieldTable:
    """The fields of `records` records, in order.

    For each field: `owner` is its record (ascending), `tag` its tag as a number into `tags`, and `filled` whether it
    has a value. The value of the n-th is piece 2 n + 2 of `text`, whose first piece is empty and stands for no value:
    nothing is copied before it is needed.
    """

    records: int
    owner: Numbers
    tag: Numbers
    tags: list[str]
    text: pa.StringArray
    filled: Flags
    _fields: dict[str, Numbers] = field(default_factory=dict)

    def of(self, tag: str) -> Numbers:
        """The fields with this tag and a value."""
        if tag not in self._fields:
            number = self.tags.index(tag) if tag in self.tags else -1
            self._fields[tag] = numpy.flatnonzero((self.tag == number) & self.filled)
        return self._fields[tag]

    def values(self, fields: Numbers) -> pa.StringArray:
        """The values of these fields; -1 stands for none, and gives ""."""
        return self.text.take(numbers(2 * fields + 2))

    def first(self, *tags: str) -> pa.StringArray:
        """For each record the first value of the first of these tags that has one, or ""."""
        return self.values(self.firsts(*map(self.of, tags)))

    def firsts(self, *choices: Numbers) -> Numbers:
        """For each record its first field among the first of these choices that has one of its fields, or -1."""
        places = numpy.full(self.records, -1)
        # What is written last stays: from the last choice to the first, and from its last field to its first.
        for fields in reversed(choices):
            places[self.owner[fields[::-1]]] = fields[::-1]
        return places

    def has(self, *tags: str) -> Flags:
        """Which records have a value for one of these tags."""
        flags = numpy.zeros(self.records, numpy.bool_)
        for tag in tags:
            flags[self.owner[self.of(tag)]] = True
        return flags

    def lists(self, *tags: str) -> Lists:
        """For each record all values of all these tags, in the order of the tags."""
        return self._lists([self.of(tag) for tag in tags])

    def first_lists(self, *tags: str) -> Lists:
        """For each record all values of the first of these tags that it has."""
        parts = []
        for number, tag in enumerate(tags):
            fields = self.of(tag)
            if number and len(fields):
                fields = fields[~self.has(*tags[:number])[self.owner[fields]]]
            parts.append(fields)
        return self._lists(parts)

    def _lists(self, parts: list[Numbers]) -> Lists:
        parts = [part for part in parts if len(part)]
        fields = numpy.concatenate(parts) if parts else numpy.empty(0, numpy.int64)
        if len(parts) > 1:
            fields = fields[numpy.argsort(self.owner[fields], kind="stable")]
        owner = self.owner[fields]
        return Lists(self.values(fields), owner, numpy.cumsum(numpy.bincount(owner, minlength=self.records)))

    def grouped(self, tags: Collection[str], where: Flags | None = None) -> list[Values]:
        """The values with these tags of each record, or of each for which `where` is true."""
        wanted = numpy.array([name in tags for name in self.tags], numpy.bool_)[self.tag] & self.filled
        place = numpy.arange(self.records)
        if where is not None:
            wanted &= where[self.owner]
            place = numpy.cumsum(where) - 1
        groups = [Values(()) for _ in range(self.records if where is None else numpy.count_nonzero(where))]
        fields = numpy.flatnonzero(wanted)
        named = map(self.tags.__getitem__, self.tag[fields].tolist())
        owners = place[self.owner[fields]].tolist()
        for owner, tag, value in zip(owners, named, self.values(fields).to_pylist(), strict=True):
            group = groups[owner]
            if tag in group:
                group[tag].append(value)
            else:
                group[tag] = [value]
        return groups

    def as_json(self) -> pa.StringArray:
        """For each record its fields as a JSON list of pairs, those without a value too."""
        count = len(self.owner)
        first = _first_of_each(self.owner)
        marks = ['"]]', *(f'"], ["{tag}", "' for tag in self.tags), *(f'[["{tag}", "' for tag in self.tags)]
        # The start of each field and its value in turn; after a record's last field comes its end.
        order = numpy.empty(2 * count, numpy.int64)
        order[0::2] = 1 + self.tag + len(self.tags) * first
        order[1::2] = numpy.arange(count) + len(marks)
        ends = 2 * numpy.append(numpy.flatnonzero(first)[1:], count)
        order = numpy.insert(order, ends, 0)
        values = with_escapes(self.values(numpy.arange(count)), _ESCAPES)
        pieces = pa.concat_arrays([texts(marks), values]).take(numbers(order))
        return _put_together(pieces, ends + numpy.arange(1, len(ends) + 1))


@dataclass(slots=True)
class Lists:
    """A list of values for each of many records: all `values`, the `owner` of each, and where each record's end."""

    values: pa.StringArray
    owner: Numbers
    ends: Numbers

    def of(self, record: int) -> list[str]:
        """The values of one record."""
        start = int(self.ends[record - 1]) if record else 0
        values: list[str] = self.values[start : int(self.ends[record])].to_pylist()
        return values

    def filled(self) -> Flags:
        """Which records have a value."""
        return numpy.diff(self.ends, prepend=0) > 0

    def several(self) -> Flags:
        """Which records have more than one value."""
        return numpy.diff(self.ends, prepend=0) > 1

    def holding(self, *marks: str) -> Flags:
        """Which records have a value that holds one of these marks."""
        flags = numpy.zeros(len(self.values), numpy.bool_)
        for mark in marks:
            flags |= truth(pc.match_substring(self.values, mark))
        return self._marked(flags)

    def _marked(self, values: Flags) -> Flags:
        flags = numpy.zeros(len(self.ends), numpy.bool_)
        flags[self.owner[values]] = True
        return flags

    def joined(self, separator: str) -> pa.StringArray:
        """The values of each record as one text."""
        count = len(self.values)
        first = _first_of_each(self.owner)
        order = numpy.empty(2 * count, numpy.int64)
        order[0::2] = first
        order[1::2] = numpy.arange(2, count + 2)
        pieces = pa.concat_arrays([texts([separator, ""]), self.values]).take(numbers(order))
        return _put_together(pieces, 2 * self.ends)

    def repeating(self) -> Flags:
        """Which records have the same value twice."""
        flags = numpy.zeros(len(self.ends), numpy.bool_)
        size = len(self.values)
        keys = numpy.sort(self.owner * size + _plain(self.values.dictionary_encode().indices))
        flags[keys[1:][keys[1:] == keys[:-1]] // max(size, 1)] = True
        return flags


def _first_of_each(owner: Numbers) -> Flags:
    """Which of the fields are the first of their record."""
    first = numpy.ones(len(owner), numpy.bool_)
    first[1:] = owner[1:] != owner[:-1]
    return first


def _put_together(pieces: pa.StringArray, ends: Numbers) -> pa.StringArray:
    """One text of the pieces up to each of these counts: only the places of the cuts change, no text is copied."""
    _, offsets, data = pieces.buffers()
    cuts = numpy.frombuffer(offsets, numpy.int32)[numpy.concatenate(([0], ends))]
    return pa.StringArray.from_buffers(len(ends), pa.py_buffer(cuts), data)


def _plain(indices: pa.Int32Array) -> Numbers:
    return numpy.frombuffer(indices.buffers()[1], numpy.int32)[: len(indices)].astype(numpy.int64)


def _upper(letters: Bytes) -> Flags:
    flags: Flags = (letters >= ord("A")) & (letters <= ord("Z"))
    return flags


def _word(letters: Bytes) -> Flags:
    flags: Flags = _upper(letters) | ((letters >= ord("0")) & (letters <= ord("9")))
    return flags


def _white(letters: Bytes) -> Flags:
    flags: Flags = (letters == _SPACE) | (letters == _LINE_FEED) | (letters == _TAB)
    return flags


def _wide_white(first: Bytes, second: Bytes, third: Bytes) -> Flags:
    """Where three bytes start with white space that is not ASCII (U+0085, U+00A0, and from U+1680 to U+3000)."""
    flags: Flags = (first == 0xC2) & ((second == 0x85) | (second == 0xA0))
    flags |= (first == 0xE2) & (((second == 0x80) & ((third <= 0x8A) | (third >= 0xA8))) | (second == 0x81))
    flags |= ((first == 0xE1) | (first == 0xE3)) & ((second == 0x80) | (second == 0x9A)) & (third == 0x80)
    return flags
