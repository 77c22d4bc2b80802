"""Where every letter of the rendered manuscript comes from: the author's own words, or a value and its expression.

A co-author's edits find their way back along this map (`prismake merge`). Marks are put into the text before its
values are filled in: one before each stretch of the author's words, one around each value. What comes out between
them is known by its place in the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

# Characters that no text of a review holds (`common.reading` refuses them).
START, STARTED = "\x0e", "\x0f"
VALUE, GIVEN, ENDED = "\x10", "\x11", "\x12"
EXPRESSION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
TAG = re.compile(r"\{%#.*?#%\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
MARKED = re.compile(f"{START}(\\d+){STARTED}|{VALUE}(\\d+){GIVEN}([^{ENDED}]*){ENDED}")
PLACED = re.compile("\x02(?P<kind>table|figure|abbreviations):(?P<name>[^\x03]*)\x03")
PREFIXES = {"table": "tbl:", "figure": "fig:", "abbreviations": "abbreviations:"}

Piece = dict[str, Any]


def _words(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and following tag of each stretch between the tags of a template."""
    at = 0
    for tag in TAG.finditer(text):
        yield at, tag.start(), tag[0]
        at = tag.end()
    yield at, len(text), ""


def marked(text: str) -> str:
    """A template with a mark before each stretch of words and before each line, so that its output tells its source.

    No mark is put where it would keep the template language from taking away white space.
    """
    pieces, before = [], ""
    for start, end, following in _words(text):
        stretch = text[start:end]
        places = {start} | {start + match.end() for match in re.finditer("\n", stretch)}
        if before.endswith("%}") and stretch.startswith("\n"):
            places.discard(start)
        if before.endswith("-%}"):
            gap = len(stretch) - len(stretch.lstrip())
            places = {place for place in places if place > start + gap} | {start + gap}
        last = start + stretch.rfind("\n") + 1
        if following.startswith("{%-"):
            kept = start + len(stretch.rstrip())
            places = {place for place in places if place < kept}
        elif following.startswith("{%") and not text[last:end].strip():
            places = {place for place in places if place < last}
        at = start
        for place in sorted(place for place in places if place < end):
            pieces += [text[at:place], f"{START}{place}{STARTED}"]
            at = place
        pieces += [text[at:end], following]
        before = following
    return "".join(pieces)


def value_mark(index: int, printed: str) -> str:
    """A value as it is printed, with the marks around it."""
    return f"{VALUE}{index}{GIVEN}{printed}{ENDED}"


def unmarked(text: str) -> str:
    """A rendered text without its marks."""
    return MARKED.sub(lambda match: match[3] or "", text)


def pieces_of(rendered: str, source: str) -> list[Piece]:
    """The pieces of a text that was rendered from `marked(source)`.

    `text` with `start` and `end` in the source: the author's words, or with `value` what an expression printed; a
    `place` stands for a table, figure or list that is put there; a piece without `start` has no known source.
    """
    # Counted as the template counts them, those in remarks included.
    spans = [(match.start(), match.end(), " ".join(match[1].split())) for match in EXPRESSION.finditer(source)]
    pieces: list[Piece] = []
    seen: set[int] = set()

    def words(text: str, start: int | None) -> None:
        if not text:
            return
        if start is None or source[start : start + len(text)] != text or start in seen:
            # A filter changed it, or a loop printed it before: no single place in the source is its own.
            pieces.append({"text": text})
        else:
            pieces.append({"text": text, "start": start, "end": start + len(text)})
            seen.add(start)

    at, start = 0, None
    for match in MARKED.finditer(rendered):
        words(rendered[at : match.start()], start)
        at = match.end()
        if match[1] is not None:
            start = int(match[1])
            continue
        begin, end, expression = spans[int(match[2])]
        start = None
        if placed := PLACED.fullmatch(match[3]):
            pieces.append({"text": "", "start": begin, "end": end, "place": PREFIXES[placed["kind"]] + placed["name"]})
        else:
            pieces.append({"text": match[3], "start": begin, "end": end, "value": expression})
    words(rendered[at:], start)
    return pieces
