"""Letters of drawn figures for which their fonts have no glyph."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import typst

from prismake.common.typesetting import MAIN, TypstRefusal, typeset
from prismake.figures.flow_layout import Picture


def _without_letters(text: str, fonts: Sequence[Path]) -> str:
    """The characters of a text that none of the fonts has, each once. The figure's own fonts are among them."""
    families = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=sorted({str(font.parent) for font in fonts}),
    ).families()
    left, missing = "".join(dict.fromkeys(c for c in text if not c.isascii() and not c.isspace())), ""
    while left:
        page = b'#set text(font: json("fonts.json"))\n#json("letters.json").join(" ")\n'
        lists = {"fonts.json": families, "letters.json": list(left)}
        files = {MAIN: page, **{name: json.dumps(items).encode() for name, items in lists.items()}}
        try:
            # An archivable PDF may not contain a letter without its glyph: Typst then names the letter.
            typeset(files, fonts, standards=("a-2b",))
        except TypstRefusal as fault:
            refusal = re.search(r'the text `"(.+?)"` could not be displayed', fault.message)
            lacking = [c for c in (refusal[1] if refusal else "") if c in left]
            if not lacking:
                raise
            missing += "".join(lacking)
            left = "".join(c for c in left if c not in lacking)
        else:
            break
    return missing


def without_glyphs(picture: Picture, fonts: Sequence[Path]) -> list[tuple[str, str]]:
    """(box, line) of the figure for each line with a letter that none of the fonts has."""
    lines = [(shape.name, line.strip()) for shape in picture.shapes for line in shape.lines]
    missing = set(_without_letters("".join(line for _, line in lines), fonts))
    return [(name, line) for name, line in lines if missing.intersection(line)]


def texts_without_glyphs(texts: Iterable[str], fonts: Sequence[Path]) -> list[str]:
    """The texts with a letter that none of the fonts has."""
    texts = list(texts)
    missing = set(_without_letters("".join(texts), fonts))
    return [text for text in texts if missing.intersection(text)]
