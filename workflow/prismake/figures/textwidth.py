"""The greatest width of a text in the figure's fonts, and its lines if it is too wide for a box."""

from __future__ import annotations

import unicodedata

# Advance widths of U+0020 to U+007E in thousandths of the font size: of each letter the wider of Arimo (as Arial and
# Helvetica) and Tinos (as Times New Roman), so that a text fits in both.
_WIDTHS = (
    (278, 333, 408, 556, 556, 889, 778, 191, 333, 333, 500, 584, 278, 333, 278, 278)
    + (556,) * 10
    + (278, 278, 584, 584, 584, 556)
    + (1015, 722, 667, 722, 722, 667, 611, 778, 722, 333, 500, 722, 611, 889, 722, 778)
    + (667, 778, 722, 667, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 556)
    + (333, 556, 556, 500, 556, 556, 333, 556, 556, 278, 278, 500, 278, 833, 556, 556)
    + (556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 480, 260, 480, 584)
)
NO_BREAK_SPACE = "\u00a0"


def _advance(character: str) -> int:
    """Width of one character; letters with marks as their base letter, what the table lacks on the safe side.

    A character outside ASCII counts for no less than Graphviz reckons for it, a space for each byte: a line that
    Graphviz takes for wider than its box is set out of place.
    """
    base = unicodedata.normalize("NFKD", character)[0]
    width = _WIDTHS[ord(base) - 32] if " " <= base <= "~" else 1000
    if character.isascii() or character == NO_BREAK_SPACE:
        return width
    return max(width, _WIDTHS[0] * len(character.encode("utf-8", "replace")))


def text_width(text: str, size: float) -> float:
    """The width of a line of text in points at a font size in points."""
    return sum(map(_advance, text)) * size / 1000


def _pieces(word: str, size: float, first: float, room: float) -> list[str]:
    """A word divided if it is wider than a line (`first`: the line that it begins), after a mark if it has one."""
    pieces = [""]
    for character in word:
        fits = first if len(pieces) == 1 else room
        if pieces[-1] and text_width(pieces[-1] + character, size) > fits:
            mark = max(pieces[-1].rfind(each) for each in ".-/_:") + 1
            rest = pieces[-1][mark:] if mark > 1 else ""
            pieces[-1] = pieces[-1].removesuffix(rest) if rest else pieces[-1]
            pieces.append(rest)
        pieces[-1] += character
    return pieces


def wrap(text: str, size: float, room: float, indent: int = 0) -> list[str]:
    """The lines of a text in `room` points, led by `indent` no-break spaces, by two more after the first line.

    A text without indentation keeps its edge. Breaks at spaces; no-break spaces hold together; a word wider than a
    line is cut.
    """
    lead, hanging = NO_BREAK_SPACE * indent, NO_BREAK_SPACE * (indent + 2 if indent else 0)
    inner, first = room - text_width(hanging, size), room - text_width(lead, size)
    lines: list[str] = []
    for word in text.split(" "):
        for piece in _pieces(word, size, inner if lines else first, inner) if word else []:
            if lines and text_width(f"{lines[-1]} {piece}", size) <= room:
                lines[-1] += f" {piece}"
            else:
                lines.append((hanging if lines else lead) + piece)
    return lines
