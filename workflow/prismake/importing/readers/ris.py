"""RIS in its dialects: Embase.com, Ovid, Cochrane, EBSCO, Scopus, Web of Science, ProQuest, EndNote, Zotero, Lens, …

Written by hand because no library reads these files without loss: rispy 0.10 drops the first record of a file with a
byte order mark unless it is opened as such (63 of 153 real files), keeps the last of repeated SN, DB, AD, L2 and M1
tags, and joins two records where an ER is missing. Here a TY starts a record, an ER ends it, every line without a tag
belongs to the field above it, and what stands between an ER and the next TY is kept with the record before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy

from prismake.importing.cells import Flags
from prismake.importing.content import Content, lines_like
from prismake.importing.entries import Batch, Entry, Fields, Format, Rejected, last_without_end
from prismake.importing.field_table import Cut, read_together
from prismake.importing.fields import Values
from prismake.importing.pieces import Piece, cut, cut_stretches
from prismake.importing.readers.ris_fields import FIELDS

# A tag has the two spaces of the standard before its hyphen. With one space ("KW - x") only these are taken for tags:
# a line of text may well start with "AB - positive".
_SURE = (
    "TY|A[U1234]|T[I123]|KW|PY|Y[12]|DO|UR|SN|J[OF]|VL|N[12]|M[123]|L[1234]|U[12345]|C[1-8]|PMID|PMCID|DOI|ISSN|ISBN"
)
# Where a record's own TY has one space, all of the format's tags may.
_ALL = _SURE + "|AB|AD|AN|BT|CA|CN|CP|CT|CY|D[ABP]|E[DPT]|ID|IS|J[12A]|L[ABK]|NV|OP|P[BPT]|R[INP]|S[EPT]|T[4AT]|V[O]"
START = re.compile(r"\n[ \t\ufeff]*TY {1,3}-(?=[ \t\nA-Z]|\Z)")
START_BYTES = re.compile(rb"\n(?:[ \t]|\xef\xbb\xbf)*TY {1,3}-(?=[ \t\nA-Z]|\Z)")
# "ER - positive" is a line of text; an end has nothing after it.
_FIELD, _LOOSE_FIELD = (
    re.compile(
        rf"\n\ufeff?([A-Z][A-Z0-9](?= {{2,3}}-)|(?:{tags})(?= {{1,2}}-(?:\s|\Z))|ER(?= -[ \t]*(?:\n|\Z))) {{1,3}}-"
    )
    for tags in (_SURE, _ALL)
)
_INDENT = re.compile(r"\n[ \t\ufeff]+(?=[A-Z][A-Z0-9] {1,3}-)")
# Counters and headings that platforms put between records; they say nothing about a record.
_FURNITURE = re.compile(
    r"^(?:\d{1,6}\.?|Record #\d+ of \d+|Provider: .*|Database: .*|Content: .*|%.*|<\d+\.\s*>)$", re.IGNORECASE
)


class _Reader:
    """Reads the pieces of one file: what stands before the first record, then a record each."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.first, self.ends, self.before = True, False, ""
        # A record without an end waits for what follows: as the last of a file whose others have one, it is cut off.
        self.open: Entry | None = None

    def waiting(self) -> bool:
        return self.first or bool(self.before)

    def pass_regular(self) -> list[Entry | Rejected]:
        self.ends = True
        return self._closed()

    def _closed(self) -> list[Entry | Rejected]:
        found: list[Entry | Rejected] = [self.open] if self.open else []
        self.open = None
        return found

    def take(self, piece: Piece) -> list[Entry | Rejected]:
        items = self._closed()
        first, self.first = self.first, False
        if piece.fault:
            return [*items, Rejected(piece.line, piece.fault)]
        found, rest, ended = _entries(self.before + piece.text, piece.line, not first)
        # What stands before the first record, and is not a heading, goes with that record.
        self.before = rest if first else ""
        if found and not ended:
            self.open = found.pop()
        self.ends = self.ends or bool(found)
        return [*items, *found]

    def finish(self) -> list[Entry | Rejected]:
        if not self.open:
            return []
        tag, value = self.open.fields[-1]
        whole = value.removesuffix("\nER")
        self.open.fields[-1] = (tag, whole)
        # An end that is cut off itself costs its record nothing.
        return [last_without_end(self.open, self.content, self.ends and whole == value)]


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
    for field in numpy.flatnonzero(ended & (taken.begin < taken.end)):
        after = taken.text[taken.begin[field] : taken.end[field]].decode()
        good[taken.owner[field]] &= not _prose(after)
    return good


def _entries(text: str, line: int, started: bool) -> tuple[list[Entry], str, bool]:
    """The records of one piece: the one that its TY starts, and any after its ER with an ER but no TY of their own.

    Also gives what belongs to none of them, and whether the last record had its ER.
    """
    if text[1:2] in " \t\ufeff":
        text = _INDENT.sub("\n", text)
    parts = (_LOOSE_FIELD if text.startswith("\nTY -") else _FIELD).split(text)
    found: list[Entry] = []
    fields: Fields = [("", part) for part in _prose(parts[0])] if parts[0] else []
    at, ended = line, False
    for index in range(1, len(parts), 2):
        tag, value = parts[index], parts[index + 1].strip()
        if tag != "ER":
            fields.append((tag, value))
            continue
        if started or any(name for name, _ in fields):
            found.append(Entry(fields, at))
            fields = []
        started, ended = False, True
        if value:
            (found[-1].fields if found else fields).extend(("", part) for part in _prose(value))
        at = line + sum(part.count("\n") for part in parts[: index + 2 : 2]) + index // 2 + 1
    if started:
        return [Entry(fields, line)], "", False
    if found:
        found[-1].fields.extend((f"after ER: {tag}" if tag else "", value) for tag, value in fields)
        return found, "", ended
    return [], "".join(f"\n{tag}  - {value}" if tag else f"\n{value}" for tag, value in fields), True


def _prose(text: str) -> list[str]:
    """Lines that are neither blank nor a counter or heading of the platform."""
    return [line for line in map(str.strip, text.split("\n")) if line and not _FURNITURE.match(line)]


_ENDS_BYTES = re.compile(
    rb"\n((?:[ \t]|\xef\xbb\xbf)*)(TY {1,3}-(?=[ \t\nA-Z])|ER {2,3}-|ER -(?=[ \t]*\n))",
)
# A tag, by whether the record's own TY has one space only, and whether it is indented.
_TAG_BYTES = {
    (loose, indented): re.compile(
        rb"\n(?:[ \t]|\xef\xbb\xbf)"
        + (rb"*" if indented else rb"{0}(?:\xef\xbb\xbf)?")
        + rb"(?:[A-Z][A-Z0-9] {2,3}-|(?:"
        + (_ALL if loose else _SURE).encode()
        + rb") {1,2}-(?=[ \t\n]))"
    )
    for loose in (False, True)
    for indented in (False, True)
}


def _ends(text: bytes) -> Iterable[re.Match[bytes]]:
    # A line that starts with white space or a byte order mark may be one too.
    places = lines_like(text, b"TY", b"ER", b" ", b"\t", b"\xef")
    return filter(None, (_ENDS_BYTES.match(text, at) for at in places))


def count(content: Content) -> int:
    """Counts records by the bytes: every TY, and every ER that ends tagged lines without a TY."""
    records, inside, tagged, form = 0, False, False, (False, False)
    for block in content.byte_blocks():
        text = b"\n" + block
        at = 0
        for match in _ends(text):
            if match[2].startswith(b"TY"):
                records, inside, tagged = records + 1, True, False
                form = match[2].startswith(b"TY -"), bool(match[1])
            elif match[1] in (b"", b"\xef\xbb\xbf") or form[1]:
                records += not inside and (tagged or bool(_TAG_BYTES[form].search(text, at, match.start())))
                inside = tagged = False
            else:
                continue
            at = match.end()
        tagged = not inside and (tagged or bool(_TAG_BYTES[form].search(text, at)))
    return records


FORMAT = Format("ris", read, count, FIELDS, Values, literal=True, together=_read_together)
