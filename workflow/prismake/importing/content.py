"""The content of one export, whatever its container and encoding, within stated bounds of memory.

Text comes in blocks of whole lines with line feeds only. A line longer than `LINE_LIMIT` is never held in memory: its
start stays, the rest is skipped, and its number is noted, so that the reader can reject the record that it stands in.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy

CHUNK = 1 << 18
LINE_LIMIT = 4 << 20
# What is kept of a line over the limit: enough to see its tag.
KEPT_OF_LONG_LINE = 1000
HEAD = 1 << 16

UTF8_BOM = codecs.BOM_UTF8
UTF16_BOMS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass
class Content:
    """One export: opened again for each pass over it (encoding, independent count, reading).

    `name` is what messages call it; `encoding` is found by `find_encoding`; readers and the decoder add to
    `warnings` what a person should know; `long_lines` holds the numbers of lines over the limit met so far; `plain`
    says that no control characters stand in it; `mend` brings the lines of a format to the form its reader expects.
    """

    name: str
    open: Callable[[], BinaryIO]
    encoding: str = "utf-8"
    plain: bool = False
    warnings: list[str] = field(default_factory=list)
    long_lines: list[int] = field(default_factory=list)
    mend: Mend | None = None

    def head(self, size: int = HEAD) -> bytes:
        """The first bytes."""
        with self.open() as file:
            return file.read(size)

    def head_text(self) -> str:
        """The first characters, with LF as line end."""
        head = self.head()
        name = utf16_of(head) or "utf-8"
        text = head.decode(name, "ignore").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        return _END_MARKS.sub(r"\1\2", text) if "\x1a" in text else text

    def chunks(self) -> Iterator[bytes]:
        """The bytes, a piece at a time, as they stand."""
        with self.open() as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def utf8_lines(self) -> Iterator[list[bytes]]:
        """Lists of lines as bytes (UTF-8, or the single-byte encoding as it stands), for the independent counts.

        Lines end at LF, CRLF or CR. The line ends are taken off; a line over the limit keeps its start only.
        """
        for block in self.byte_blocks():
            yield block.split(b"\n")[:-1]

    def blocks(self) -> Iterator[str]:
        """The text in blocks of whole lines, each line ending with a line feed (also the last)."""
        self.long_lines.clear()
        for block in self.byte_blocks(self.long_lines):
            yield self.decode(block)

    def text_chunks(self) -> Iterator[str]:
        """The text in pieces that may end anywhere, for formats whose lines mean nothing (JSON)."""
        if self.encoding.startswith("utf"):
            decoder = codecs.getincrementaldecoder("utf-8")("replace")
            for data in self.unified_chunks():
                yield decoder.decode(data)
            return
        tail = b""
        for data in self.unified_chunks():
            *texts, tail = (tail + data).split(b'"')
            yield "".join(decode_line(text, self.encoding) + '"' for text in texts)
        yield decode_line(tail, self.encoding)

    def decode(self, block: bytes) -> str:
        """The text of a block of whole lines."""
        if self.encoding in ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"):
            return block.decode("utf-8", "replace")
        try:
            return block.decode("utf-8")
        except UnicodeDecodeError:
            return "\n".join(decode_line(line, self.encoding) for line in block.split(b"\n"))

    def unified_chunks(self) -> Iterator[bytes]:
        """Chunks as UTF-8 (or single-byte) without BOM and end-of-file marks, with LF as the only line end."""
        return _without_end_marks(self._chunks_with_line_feeds())

    def _chunks_with_line_feeds(self) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self.encoding)("replace") if self.encoding.startswith("utf-16") else None
        first, carriage_return = True, False
        for chunk in self.chunks():
            data = chunk if decoder is None else decoder.decode(chunk).encode("utf-8", "replace")
            if first and data:
                data, first = data.removeprefix(UTF8_BOM), False
            if b"\r" in data or carriage_return:
                if carriage_return and data.startswith(b"\n"):
                    data = data[1:]
                carriage_return = data.endswith(b"\r")
                data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            if data:
                yield data

    def byte_blocks(self, long_lines: list[int] | None = None) -> Iterator[bytes]:
        """Blocks of `whole_lines` in the form that the format's reader expects."""
        blocks = self.whole_lines(long_lines)
        return self.mend(self, blocks) if self.mend else blocks

    def whole_lines(self, long_lines: list[int] | None = None) -> Iterator[bytes]:
        """Blocks of whole lines as UTF-8, or in the single-byte encoding, as they stand.

        Lines end with LF, whatever the file has; over-long ones are cut to their start and noted in `long_lines`.
        """
        pending: list[bytes] = []
        size, line, skipping = 0, 1, False
        for data in self.unified_chunks():
            start = 0
            if skipping:
                start = data.find(b"\n") + 1
                if start == 0:
                    continue
                # The line feed stays: it ends the kept start of the long line.
                start, skipping = start - 1, False
            end = data.rfind(b"\n") + 1
            if end <= start:
                pending.append(data[start:])
                size += len(data) - start
                if size > LINE_LIMIT:
                    pending, skipping = [_start_of(pending)], True
                    size = len(pending[0])
                    if long_lines is not None:
                        long_lines.append(line)
                continue
            block = b"".join([*pending, data[start:end]])
            pending, size = ([data[end:]], len(data) - end) if end < len(data) else ([], 0)
            line += line_feeds(block)
            yield block
        if pending:
            yield b"".join(pending) + b"\n"


Mend = Callable[[Content, Iterator[bytes]], Iterator[bytes]]

# U+001A marks the end of a file for some programs, which also pad it with more; joined files have it before a line.
_END_MARKS = re.compile(r"(^|\n|)\x1a[\x1a\s\0]*\Z|(^|\n)\x1a+")
_END_MARKS_BYTES = re.compile(rb"\n\x1a+")
_LAST_MARKS = re.compile(rb"\x1a[\x1a\s\0]*\Z")


def _without_end_marks(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks without end-of-file marks at the start of a line or at the end of the file."""
    tail, new_line = b"", True
    for chunk in chunks:
        if not tail and b"\x1a" not in chunk:
            new_line = chunk.endswith(b"\n")
            yield chunk
            continue
        data = tail + chunk
        # Whether the mark is the last of the file shows in the next chunk.
        last = _LAST_MARKS.search(data)
        tail = data[last.start() :] if last else b""
        data = data[: len(data) - len(tail)]
        if new_line:
            data = data.lstrip(b"\x1a")
        data = _END_MARKS_BYTES.sub(b"\n", data)
        if data:
            new_line = data.endswith(b"\n")
            yield data


def utf16_of(head: bytes) -> str:
    """The kind of UTF-16 that a file's first bytes show, by its mark or by every second byte being zero; else ""."""
    for mark, name in UTF16_BOMS.items():
        if head.startswith(mark):
            return name
    start = head[:256]
    for name, zeros, others in (("utf-16-le", start[1::2], start[0::2]), ("utf-16-be", start[0::2], start[1::2])):
        if len(start) > 32 and zeros.count(0) > 0.9 * len(zeros) and others.count(0) < 0.1 * len(others):
            return name
    return ""


def line_feeds(text: bytes) -> int:
    """The number of line feeds; much faster than `count`, which is made for rarer things."""
    return int(numpy.count_nonzero(numpy.frombuffer(text, numpy.uint8) == 10))


def lines_like(text: bytes, *starts: bytes) -> list[int]:
    """Where line feeds stand before lines that start with one of these, of one or two bytes each.

    Looking for them so is much faster than with a pattern, which tries every line.
    """
    data = numpy.frombuffer(text, numpy.uint8)
    places = numpy.flatnonzero(data[:-2] == 10)
    first, second = data[places + 1], data[places + 2]
    matching = numpy.zeros(len(places), numpy.bool_)
    for start in starts:
        matching |= (first == start[0]) & (second == start[1] if len(start) > 1 else True)
    wanted: list[int] = places[matching].tolist()
    return wanted


def _start_of(parts: list[bytes]) -> bytes:
    start = b"".join(part[:KEPT_OF_LONG_LINE] for part in parts[:2])[:KEPT_OF_LONG_LINE]
    return start.decode("utf-8", "ignore").encode()


def decode_line(line: bytes, fallback: str) -> str:
    """A line as UTF-8 or, where it is not, in the fallback encoding; no character is dropped.

    Bytes that the fallback leaves undefined become the control character of the same number.
    """
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if line.startswith(UTF8_BOM):
        return "\ufeff" + decode_line(line.removeprefix(UTF8_BOM), fallback)
    codec = "windows-1252" if fallback.startswith("mixed") else fallback
    try:
        return line.decode(codec)
    except UnicodeDecodeError:
        return "".join(_character(line[at : at + 1], codec) for at in range(len(line)))


def _character(byte: bytes, codec: str) -> str:
    try:
        return byte.decode(codec)
    except UnicodeDecodeError:
        return byte.decode("latin-1")


def find_encoding(content: Content) -> str:
    """Finds how the text is encoded, stores it in `content.encoding` and warns where that is a guess.

    UTF-8 with or without BOM, UTF-16 with or without it, what an XML declaration names, else Windows-1252: the legacy
    encoding that the platforms' exports and spreadsheet programs write. Where some lines are UTF-8 and others not
    (exports joined by hand) each line is decoded on its own.
    """
    head = content.head()
    if name := utf16_of(head):
        content.encoding = name
        return name
    decoder = codecs.getincrementaldecoder("utf-8")()
    content.plain = True
    try:
        for chunk in content.chunks():
            decoder.decode(chunk)
            content.plain = content.plain and not _has_controls(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        content.plain = False
        if declared := _declared(content):
            content.encoding = declared
            return declared
        content.encoding = _legacy(content)
        content.warnings.append(
            "the file is not UTF-8 throughout: "
            + (
                "its lines are partly UTF-8, partly Windows-1252, and were decoded so"
                if content.encoding.startswith("mixed")
                else f"it was decoded as {content.encoding}; check accented letters"
            )
        )
        return content.encoding
    content.encoding = "utf-8-sig" if head.startswith(UTF8_BOM) else "utf-8"
    return content.encoding


def _has_controls(chunk: bytes) -> bool:
    """True where control characters stand in it that no text should hold; tab, line feed, carriage return are text."""
    data = numpy.frombuffer(chunk, numpy.uint8)
    text = sum(int(numpy.count_nonzero(data == mark)) for mark in b"\n\r\t")
    return int(numpy.count_nonzero(data < 32)) != text or b"\x7f" in chunk


_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def _declared(content: Content) -> str:
    match = _XML_ENCODING.match(content.head(200))
    try:
        name = codecs.lookup(match[1].decode()).name if match else ""
    except LookupError:
        return ""
    return "" if name.startswith("utf") else name


def _legacy(content: Content) -> str:
    for lines in content.utf8_lines():
        for line in lines:
            if not line.isascii():
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError:
                    continue
                return "mixed utf-8 and windows-1252"
    return "windows-1252"
