"""Cuts a stream of text into records by the pattern that starts one, within bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from prismake.importing.content import LINE_LIMIT, Content, line_feeds

# In characters. The largest real record seen, with all its cited references, has 0.2 million.
RECORD_LIMIT = 16 << 20


@dataclass(slots=True)
class Piece:
    """The text of one record, the line where it starts, and why it cannot be taken ("" where it can)."""

    line: int
    text: str
    fault: str


@dataclass(slots=True)
class Stretch:
    """The text of several pieces as bytes: where each starts and the last ends, and the line where the first starts."""

    line: int
    text: bytes
    starts: list[int]


# In bytes: little enough that what is made of it stays in the processor's cache.
STRETCH = 1 << 22


def cut_stretches(
    content: Content, start: re.Pattern[str], start_bytes: re.Pattern[bytes]
) -> Iterator[Stretch | Piece]:
    """Yields what `cut` does, most of it uncut: many pieces of UTF-8 text at once.

    From a line or a record of unusual length on, single pieces come. `start_bytes` must say of bytes what `start` says.
    """
    content.long_lines.clear()
    blocks = content.byte_blocks(content.long_lines)
    line, pending, begun = 1, [b"\n"], False
    for block in blocks:
        if content.long_lines or len(pending[0]) > LINE_LIMIT:
            rest = map(content.decode, chain([b"".join(pending)[1:], block], blocks))
            # Of a record that has started, nothing stands before it.
            yield from islice(_cut(filter(None, rest), content, start, line), int(begun), None)
            return
        pending.append(block)
        if sum(map(len, pending)) < STRETCH:
            continue
        text = b"".join(pending)
        starts = _starts(text, start_bytes, begun)
        end = starts[-1]
        if len(starts) > 1:
            whole = text[:end]
            yield Stretch(line, whole, starts)
            line, begun = line + line_feeds(whole), True
        pending = [text[end:]]
    text = b"".join(pending)[:-1]
    yield Stretch(line, text, [*_starts(text, start_bytes, begun), len(text)])


def _starts(text: bytes, start: re.Pattern[bytes], begun: bool) -> list[int]:
    # Before the first record stands a piece of its own, empty or not.
    starts = [match.start() for match in start.finditer(text)]
    return starts if begun else [0, *starts]


def cut(content: Content, start: re.Pattern[str]) -> Iterator[Piece]:
    """Yields first the text before the first record (often empty), then one piece per record.

    `start` must begin with a line feed, which keeps the search fast. Every piece begins with that line feed, and its
    `line` is the number of the line after it.
    """
    return _cut(content.blocks(), content, start, 1)


def _cut(blocks: Iterable[str], content: Content, start: re.Pattern[str], line: int) -> Iterator[Piece]:
    parts: list[str] = []
    size, dropped, over, tail = 0, 0, False, ""
    for block in blocks:
        # Each block gets the line feed that ended the one before it and keeps its own last one back, and with it those
        # of up to two empty lines at its end, so that a pattern can look back on them.
        text = f"{tail}\n{block[:-1]}"
        tail = "\n\n" if text.endswith("\n\n") else "\n" if text.endswith("\n") else ""
        if tail:
            text = text[: -len(tail)]
        at = 0
        for match in start.finditer(text):
            here = match.start()
            parts.append(text[at:here])
            whole = "".join(parts)
            end = line + whole.count("\n") + dropped
            yield Piece(line, whole, _fault(content, line, end, over))
            line, size, dropped, over, parts, at = end, 0, 0, False, [], here
        parts.append(text[at:] if at else text)
        size += len(text) - at
        if size > RECORD_LIMIT:
            whole = "".join(parts)
            parts, over = [whole[:1000]], True
            dropped += whole.count("\n") - parts[0].count("\n")
            size = len(parts[0])
    whole = "".join(parts) + tail
    yield Piece(line, whole, _fault(content, line, line + whole.count("\n") + dropped, over))


def _fault(content: Content, line: int, end: int, over: bool) -> str:
    if over:
        return f"the record is longer than {RECORD_LIMIT >> 20} million characters"
    if content.long_lines:
        for number in content.long_lines:
            if line <= number < end:
                return f"line {number} is longer than {LINE_LIMIT >> 20} million characters"
    return ""
