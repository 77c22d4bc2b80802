"""Drawings as pixels: an SVG set by Typst with the vendored fonts, the same on every machine."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# A page as large as the drawing, nothing around it.
PAGE = '#set page(width: auto, height: auto, margin: 0pt)\n#image("drawing.svg", width: {width}pt)\n'


def rasterise(svg: bytes, *, width: float, dpi: int, fonts: Iterable[Path]) -> bytes:
    """An SVG as PNG, `width` points wide at `dpi` pixels an inch; the resolution is written into the file.

    Only the fonts given are used, so that the picture does not depend on those of the machine.
    """
    import typst
    from PIL import Image

    # Any: the wheel takes files from memory, which its type hints do not say.
    files: Any = {"main.typ": PAGE.format(width=f"{width:g}").encode(), "drawing.svg": svg}
    vendored = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=sorted({str(font.parent) for font in fonts}),
    )
    pixels: Any = typst.Compiler(files, font_paths=vendored).compile(format="png", ppi=float(dpi))
    target = io.BytesIO()
    Image.open(io.BytesIO(pixels)).convert("RGB").save(target, "PNG", dpi=(dpi, dpi), optimize=False)
    return target.getvalue()
