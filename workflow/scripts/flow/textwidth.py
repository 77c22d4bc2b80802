"""How wide a text runs in the figure's font, and its lines where it is too wide for a box."""

from __future__ import annotations

import unicodedata

# Advance widths of U+0020 to U+007E in thousandths of the font size, shared by Helvetica, Arial and Arimo.
_WIDTHS = (
    (278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278)
    + (556,) * 10
    + (278, 278, 584, 584, 584, 556)
    + (1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778)
    + (667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556)
    + (333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556)
    + (556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584)
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


def _pieces(word: str, size: float, room: float) -> list[str]:
    """A word cut where it is wider than a line."""
    pieces = [""]
    for character in word:
        if pieces[-1] and text_width(pieces[-1] + character, size) > room:
            pieces.append("")
        pieces[-1] += character
    return pieces


def wrap(text: str, size: float, room: float, indent: int = 0) -> list[str]:
    """The lines of a text in `room` points, led by `indent` no-break spaces, by two more after the first line.

    A text without indentation keeps its edge. Breaks at spaces; no-break spaces hold together; a word wider than a
    line is cut.
    """
    lead, hanging = NO_BREAK_SPACE * indent, NO_BREAK_SPACE * (indent + 2 if indent else 0)
    inner = room - text_width(hanging, size)
    lines: list[str] = []
    for word in text.split(" "):
        for piece in _pieces(word, size, inner) if word else []:
            if lines and text_width(f"{lines[-1]} {piece}", size) <= room:
                lines[-1] += f" {piece}"
            else:
                lines.append((hanging if lines else lead) + piece)
    return lines
