"""Letters for which no font has a glyph."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from unicodedata import category

import typst

from prismake.common.typesetting import MAIN, TypstRefusal, typeset

_PAGE = b'#set text(font: json("fonts.json"))\n#json("letters.json")\n'


def letters_without_glyph(text: str, fonts: Sequence[Path], *, embedded: bool = False) -> str:
    """The characters of a text that none of the fonts has, each once, in order.

    `embedded` says that the fonts which Typst brings along count too.
    """
    families = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=sorted({str(font.parent) for font in fonts}),
    ).families()
    every = "".join(dict.fromkeys(c for c in text if not c.isascii() and not c.isspace()))
    left, missing = every, set[str]()
    while left:
        # A mark stands alone, so that a letter before it is not blamed.
        letters = "".join(f" {c} " if category(c).startswith("M") else c for c in left)
        lists = {"fonts.json": families, "letters.json": letters}
        files = {MAIN: _PAGE, **{name: json.dumps(items).encode() for name, items in lists.items()}}
        try:
            # An archivable PDF may not contain a letter without its glyph: Typst then names it with its neighbours.
            typeset(files, fonts, standards=("a-2b",), embedded=embedded)
        except TypstRefusal as fault:
            refusal = re.search(r'the text `"(.+?)"` could not be displayed', fault.message)
            lacking = [c for c in (refusal[1] if refusal else "") if c in left]
            if not lacking:
                raise
            missing.update(lacking)
            left = "".join(c for c in left if c not in lacking)
        else:
            break
    return "".join(c for c in every if c in missing)
