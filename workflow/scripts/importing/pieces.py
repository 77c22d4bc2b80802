"""Cuts a stream of text into records by the pattern that starts one, within bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prismake.importing.content import LINE_LIMIT, Content

# In characters. The largest real record seen, with all its cited references, has 0.2 million.
RECORD_LIMIT = 16 << 20


@dataclass(slots=True)
class Piece:
    """The text of one record, the line where it starts, and why it cannot be taken ("" where it can)."""

    line: int
    text: str
    fault: str


def cut(content: Content, start: re.Pattern[str]) -> Iterator[Piece]:
    """Yields first the text before the first record (often empty), then one piece a record.

    `start` must begin with a line feed, which keeps the search fast. Every piece begins with that line feed, and its
    `line` is the number of the line after it.
    """
    parts: list[str] = []
    size, line, dropped, over, held = 0, 1, 0, False, ""
    for block in content.blocks():
        # Each block gets the line feed that ended the one before it and keeps its own last one back, and with it those
        # of up to two empty lines at its end, so that a pattern can look back on them.
        text = f"{held}\n{block[:-1]}"
        held = "\n\n" if text.endswith("\n\n") else "\n" if text.endswith("\n") else ""
        if held:
            text = text[: -len(held)]
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
    whole = "".join(parts) + held
    yield Piece(line, whole, _fault(content, line, line + whole.count("\n") + dropped, over))


def _fault(content: Content, line: int, end: int, over: bool) -> str:
    if over:
        return f"the record is longer than {RECORD_LIMIT >> 20} million characters"
    if content.long_lines:
        for number in content.long_lines:
            if line <= number < end:
                return f"line {number} is longer than {LINE_LIMIT >> 20} million characters"
    return ""
