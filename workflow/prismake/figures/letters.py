"""Letters of drawn figures for which their fonts have no glyph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from prismake.common.glyphs import letters_without_glyph
from prismake.figures.flow_layout import Picture


def without_glyphs(picture: Picture, fonts: Sequence[Path]) -> list[tuple[str, str]]:
    """(box, line) of the figure for each line with a letter that none of the fonts has."""
    lines = [(shape.name, line.strip()) for shape in picture.shapes for line in shape.lines]
    missing = set(letters_without_glyph("".join(line for _, line in lines), fonts))
    return [(name, line) for name, line in lines if missing.intersection(line)]


def texts_without_glyphs(texts: Iterable[str], fonts: Sequence[Path]) -> list[str]:
    """The texts with a letter that none of the fonts has."""
    texts = list(texts)
    missing = set(letters_without_glyph("".join(texts), fonts))
    return [text for text in texts if missing.intersection(text)]
