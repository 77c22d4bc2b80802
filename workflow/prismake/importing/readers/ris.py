"""RIS in its dialects: Embase.com, Ovid, Cochrane, EBSCO, Scopus, Web of Science, ProQuest, EndNote, Zotero, Lens, …

Written by hand because no library reads these files without loss: rispy 0.10 drops the first record of a file with a
byte order mark unless it is opened as such (63 of 153 real files), keeps the last of repeated SN, DB, AD, L2 and M1
tags, and joins two records where an ER is missing. Here a TY starts a record, an ER ends it, and every line without a
tag belongs to the field above it. Tags between an ER and the next TY belong to the record after, as some programs write
the TY in the middle; text without a tag there is kept with the record before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile

import numpy

from prismake.common.errors import counted, shortened
from prismake.importing.cells import Flags
from prismake.importing.content import Content, lines_like
from prismake.importing.entries import Batch, Entry, Fields, Format, Rejected, last_without_end
from prismake.importing.field_table import Cut, read_together
from prismake.importing.fields import Values
from prismake.importing.pieces import Piece, cut, cut_stretches
from prismake.importing.readers.ris_fields import FIELDS
from prismake.importing.readers.ris_tags import with_standard_tags

# A tag has the two spaces of the standard before its hyphen. With one space ("KW - x") only these are taken for tags:
# a line of text may well start with "AB - positive".
_SURE = (
    "TY|A[U1234]|T[I123]|KW|PY|Y[12]|DO|UR|SN|J[OF]|VL|N[12]|M[123]|L[1234]|U[12345]|C[1-8]|PMID|PMCID|DOI|ISSN|ISBN"
)
# Where a record's own TY has one space, all of the format's tags may.
_ALL = _SURE + "|AB|AD|AN|BT|CA|CN|CP|CT|CY|D[ABP]|E[DPT]|ID|IS|J[12A]|L[ABK]|NV|OP|P[BPT]|R[INP]|S[EPT]|T[4AT]|V[O]"
START = re.compile(r"\n[ \t\ufeff]*TY {1,3}-(?=[ \t\nA-Z]|\Z)")
START_BYTES = re.compile(rb"\n(?:[ \t]|\xef\xbb\xbf)*TY {1,3}-(?=[ \t\nA-Z]|\Z)")
# "ER - positive" is a line of text; an end has nothing after it. Some programs write another mark than a hyphen, or the
# tag in small letters. An ER without any mark may be a keyword in a line of its own: it is an end where an empty line,
# the next record or the end of the file follows.
_MARK = "[-:\u2010-\u2014]"
_END = rf"(?:ER|er)(?= {{0,3}}{_MARK}[ \t]*(?:\n|\Z))|ER(?=[ \t]*+(?:\n[ \t]*+(?:\n|\Z)|\Z))"
_FIELD, _LOOSE_FIELD = (
    re.compile(rf"\n\ufeff?([A-Z][A-Z0-9](?= {{2,3}}-)|(?:{tags})(?= {{1,2}}-(?:\s|\Z))|{_END})(?: {{0,3}}{_MARK})?")
    for tags in (_SURE, _ALL)
)
_INDENT = re.compile(rf"\n[ \t\ufeff]+(?=[A-Z][A-Z0-9](?: {{1,3}}-|[ \t]*(?:\n|\Z))|{_END})")
# The first line with a tag of a record that has no TY says whether its lines are indented.
_FIRST_TAG, _LOOSE_FIRST_TAG = (
    re.compile(rf"\n\ufeff?([ \t\ufeff]*)(?:[A-Z][A-Z0-9] {{2,3}}-|(?:{tags}) {{1,2}}-(?:\s|\Z))")
    for tags in (_SURE, _ALL)
)
_LAST_LINE = re.compile(rf"\n\ufeff?(?:ER {{2,3}}-|(?:{_END})(?: {{0,3}}{_MARK})?)")
_INDENTED_LAST_LINE = re.compile(rf"\n[ \t\ufeff]*(?:ER {{2,3}}-|(?:{_END})(?: {{0,3}}{_MARK})?)")
# Counters and headings that platforms put between records; they say nothing about a record.
_FURNITURE = re.compile(
    r"^(?:\d{1,6}\.?|Record #\d+ of \d+|Provider: .*|Database: .*|Content: .*|%(?![0A-Z] ).*|<\d+\.\s*>)$",
    re.IGNORECASE,
)


_BLANK_THEN_TAG = re.compile(r"\n[ \t]*\n(?=[A-Z][A-Z0-9] {1,3}-)")
# How BibTeX, PubMed, EndNote, Web of Science, XML and JSON begin a record.
_OTHER_RECORD = re.compile(r"@[A-Za-z]+\s*[{(]|PMID ?- ?\d|%0 |PT [JBSP]\b|FN |<\?xml|<record|[{\[]\s*[{\"]")
SHOWN = 60
_TITLES = frozenset(("TI", "T1"))


class _Reader:
    """Reads the pieces of one file: the text before the first record, then one record each."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.first, self.ends = True, False
        # Whether the tags of the first record begin before its TY.
        self.tags_first = False
        # What stands before a record and belongs to it.
        self.before = Entry([], 1)
        # A record waits for what follows where it has no end (as the last of a file whose others have one, it is cut
        # off), or where tags follow its end: they are its own if no other record comes.
        self.open: Entry | None = None
        # Lines between records that begin one of another format: the line of the record before each, and the text.
        self.stray: list[tuple[int, str]] = []
        self.ended = False

    def waiting(self) -> bool:
        return self.first or bool(self.before.fields)

    def pass_regular(self) -> list[Entry | Rejected]:
        self.ends = True
        return self._closed()

    def _closed(self) -> list[Entry | Rejected]:
        items: list[Entry | Rejected] = [self.open] if self.open else []
        self.open = None
        return items

    def take(self, piece: Piece) -> list[Entry | Rejected]:
        items = self._closed()
        first, self.first = self.first, False
        before, self.before = self.before.fields, Entry([], piece.line)
        if piece.fault:
            return [*items, Rejected(piece.line, piece.fault)]
        text = piece.text
        blanks = list(_BLANK_THEN_TAG.finditer(text)) if self.tags_first and not first else []
        behind = blanks[-1] if blanks else None
        if behind and not _LAST_LINE.search(text):
            # Without an ER, the tags behind an empty line belong to the next record, as the first record's do.
            text = text[: behind.start()]
        entries, self.before, self.ended = _entries(text, piece.line, before, started=not first)
        if behind and len(text) < len(piece.text):
            line = piece.line + piece.text.count("\n", 0, behind.end())
            _, self.before, _ = _entries(piece.text[behind.end() - 1 :], line, [], started=False)
        self.tags_first = self.tags_first or (first and any(tag for tag, _ in self.before.fields))
        for entry in entries:
            last = takewhile(lambda field: not field[0], reversed(entry.fields))
            self.stray += [(entry.line, value) for _, value in last if _OTHER_RECORD.match(value)]
        self.ends = self.ends or len(entries) > 1 or (bool(entries) and self.ended)
        if entries and (self.before.fields or not self.ended):
            self.open = entries.pop()
        return [*items, *entries]

    def finish(self) -> list[Entry | Rejected]:
        if self.stray:
            line, text = self.stray[0]
            lines, first = counted(len(self.stray), "line"), shortened(text, SHOWN)
            self.content.warnings.append(
                f"{lines} between records as another format begins one, the first behind the record in line {line} "
                f"('{first}'): were exports joined? Give each as a file of its own"
            )
        if not self.open:
            return []
        if self.ended and any(tag in _TITLES for tag, _ in self.before.fields):
            # Tags with a title are no tail of the last record but the start of another.
            return [self.open, Rejected(self.before.line, "the file ends inside the record")]
        if self.ended:
            self.open.fields.extend((f"after ER: {tag}" if tag else "", value) for tag, value in self.before.fields)
            return [self.open]
        self.open.fields.extend(self.before.fields)
        return [last_without_end(self.open, self.content, self.ends)]


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the file's records in order."""
    reader = _Reader(content)
    for piece in cut(content, START):
        yield from reader.take(piece)
    yield from reader.finish()


def _read_together(content: Content) -> Iterator[Batch]:
    return read_together(cut_stretches(content, START, START_BYTES), _Reader(content), _regular, long=False, end="ER")


_TY, _ER = (int.from_bytes(tag, "big") for tag in (b"TY  ", b"ER  "))


def _regular(taken: Cut) -> Flags:
    """The records as the standard has them: a TY in the first line, and one ER, after which only headings may come."""
    records = len(taken.odd)
    started = (taken.code == _TY) & (taken.at == taken.starts[taken.owner] + 1)
    ended = taken.code == _ER
    good: Flags = numpy.bincount(taken.owner[started], minlength=records) == 1
    good &= numpy.bincount(taken.owner[ended], minlength=records) == 1
    last = numpy.append(taken.owner[1:] != taken.owner[:-1], True)[: len(taken.owner)]
    good &= numpy.bincount(taken.owner[ended & last], minlength=records) == 1
    # An end may lack its hyphen, or have another mark or small letters.
    good &= numpy.bincount(taken.owners_of_lines(b"ER"), minlength=records) == 1
    good &= numpy.bincount(taken.owners_of_lines(b"er"), minlength=records) == 0
    for field in numpy.flatnonzero(ended & (taken.begin < taken.end)):
        after = taken.text[taken.begin[field] : taken.end[field]].decode()
        good[taken.owner[field]] &= not _prose(after)
    return good


def _entries(text: str, line: int, before: Fields, *, started: bool) -> tuple[list[Entry], Entry, bool]:
    """The records of one piece: the one that its TY starts, and any after its ER with an ER but no TY of their own.

    `before` are fields of the first of them. Also gives what belongs to the record after the piece, and whether the
    last record had its ER.
    """
    loose = text.startswith("\nTY -")
    entries: list[Entry] = []
    fields, here = before, line
    for at, part, ended in _parts(text, loose, started):
        head, *rest = (_LOOSE_FIELD if loose else _FIELD).split(part)
        here = line + text.count("\n", 0, at)
        prose = [("", value) for value in _prose(head)]
        if entries:
            entries[-1].fields.extend(prose)
        else:
            fields += prose
        fields += [(tag, value.strip()) for tag, value in _tagged(rest)]
        if ended:
            fields.pop()
        if started or (ended and any(tag for tag, _ in fields)):
            entries.append(Entry(fields, here))
            if not ended:
                return entries, Entry([], here), False
            fields = []
        started = False
    return entries, Entry(fields, here), True


def _tagged(parts: list[str]) -> Iterator[tuple[str, str]]:
    """Tags and values, which stand in turn."""
    return zip(parts[::2], parts[1::2], strict=True)


def _parts(text: str, loose: bool, started: bool) -> Iterator[tuple[int, str, bool]]:
    """The parts of a piece up to each ER and after the last: place of the first tag, text, and whether it has an ER.

    Indents are taken off where the first line with a tag has one.
    """
    at = 0
    while at < len(text):
        begin = at
        if started and not at:
            indented = text[1:2] in " \t\ufeff"
        elif first := (_LOOSE_FIRST_TAG if loose else _FIRST_TAG).search(text, at):
            begin, indented = first.start(), bool(first[1])
        else:
            indented = False
        end = (_INDENTED_LAST_LINE if indented else _LAST_LINE).search(text, at)
        after = end.end() if end else len(text)
        part = text[at:after]
        yield begin, _INDENT.sub("\n", part) if indented else part, end is not None
        at = after


def _prose(text: str) -> list[str]:
    """Lines that are neither blank nor a counter or heading of the platform."""
    return [line for line in map(str.strip, text.split("\n")) if line and not _FURNITURE.match(line)]


_ENDS_BYTES = re.compile(
    rb"\n((?:[ \t]|\xef\xbb\xbf)*)(TY {1,3}-(?=[ \t\nA-Z])|ER {2,3}-|"
    rb"(?:ER|er) {0,3}(?:[-:]|\xe2\x80[\x90-\x94])(?=[ \t]*\n)|"
    rb"ER(?=[ \t]*\n(?:[ \t]*\n|[ \t]*\Z|(?:[ \t]|\xef\xbb\xbf)*TY {1,3}-[ \t\nA-Z])))",
)
# What stands at a block's end may be an end whose next line is in the next block.
_UNSURE_END = re.compile(rb"\n(?:[ \t]|\xef\xbb\xbf)*ER[ \t]*\n\Z")
# A tag, with its indent, by whether the record's own TY has one space only.
_TAG_BYTES = {
    loose: re.compile(
        rb"\n((?:[ \t]|\xef\xbb\xbf)*)(?:[A-Z][A-Z0-9] {2,3}-|(?:"
        + (_ALL if loose else _SURE).encode()
        + rb") {1,2}-(?=[ \t\n]))"
    )
    for loose in (False, True)
}
# The tag of a title, with an indent or without.
_TITLE_BYTES = {
    indented: re.compile((rb"\n(?:[ \t]|\xef\xbb\xbf)*" if indented else rb"\n(?:\xef\xbb\xbf)?") + rb"T[I1] {1,3}-")
    for indented in (False, True)
}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def _ends(text: bytes) -> Iterable[re.Match[bytes]]:
    # A line that starts with white space or a byte order mark may be one too.
    places = lines_like(text, b"TY", b"ER", b"er", b" ", b"\t", b"\xef")
    return filter(None, (_ENDS_BYTES.match(text, at) for at in places))


def count(content: Content) -> int:
    """Counts records by the bytes: every TY, and what ER (or, with a title, the file) ends without a TY."""
    counter = _Counter()
    tail = b""
    for block in content.byte_blocks():
        text = b"\n" + tail + block
        unsure = _UNSURE_END.search(text[-64:])
        tail = unsure[0][1:] if unsure else b""
        counter.take(text[: len(text) - len(tail)])
    counter.take(b"\n" + tail)
    return counter.records + (counter.titled and not counter.inside and counter.records > 0)


class _Counter:
    """Counts the records in blocks of whole lines, each with a line feed before it."""

    def __init__(self) -> None:
        self.records = 0
        # Inside a record with a TY; behind a line with a tag, or a title, outside of one; the form of its tags.
        self.inside = self.tagged = self.titled = self.loose = self.indented = False

    def take(self, text: bytes) -> None:
        at = 0
        for match in _ends(text):
            if match[2].startswith(b"TY"):
                self.records += 1
                self.inside, self.tagged, self.titled = True, False, False
                self.loose, self.indented = match[2].startswith(b"TY -") and not match[1], bool(match[1])
            else:
                self._look_for_tag(text, at, match.start() + 1)
                if match[1] not in (b"", _BYTE_ORDER_MARK) and not self.indented:
                    continue
                self.records += not self.inside and self.tagged
                self.inside = self.tagged = self.titled = self.indented = False
            at = match.end()
        self._look_for_tag(text, at, len(text))

    def _look_for_tag(self, text: bytes, start: int, end: int) -> None:
        if self.inside:
            return
        if not self.tagged and (match := _TAG_BYTES[self.loose].search(text, start, end)):
            self.tagged, self.indented = True, match[1] not in (b"", _BYTE_ORDER_MARK)
        if self.tagged and not self.titled:
            self.titled = bool(_TITLE_BYTES[self.indented].search(text, start, end))


FORMAT = Format("ris", read, count, FIELDS, Values, literal=True, together=_read_together, mend=with_standard_tags)
