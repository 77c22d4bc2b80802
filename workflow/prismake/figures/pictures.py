"""Drawings as pixels: an SVG set by Typst with the vendored fonts, the same on every machine."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from prismake.common.typesetting import MAIN, typeset

# A page as large as the drawing, nothing around it.
PAGE = '#set page(width: auto, height: auto, margin: 0pt)\n#image("drawing.svg", width: {width}pt)\n'


def rasterise(svg: bytes, *, width: float, dpi: int, fonts: Sequence[Path]) -> bytes:
    """An SVG as PNG, `width` points wide at `dpi` pixels an inch; the resolution is written into the file.

    Only the fonts given are used, so that the picture does not depend on those of the machine.
    """
    from PIL import Image

    pixels, _ = typeset(
        {MAIN: PAGE.format(width=f"{width:g}").encode(), "drawing.svg": svg}, fonts, format="png", dpi=dpi
    )
    target = io.BytesIO()
    Image.open(io.BytesIO(pixels)).convert("RGB").save(target, "PNG", dpi=(dpi, dpi), optimize=False)
    return target.getvalue()
