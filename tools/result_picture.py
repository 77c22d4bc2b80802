"""Makes docs/images/result.png, the picture in README.md, from the pages of the example's built PDF.

Run after a build of the example: python tools/result_picture.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pymupdf
from PIL import Image, ImageDraw

PROJECT = Path(__file__).parents[1]
PDF = PROJECT / "results" / "manuscript" / "manuscript.pdf"
TARGET = PROJECT / "docs" / "images" / "result.png"
WIDTH, GAP = 2064, 18
# Rows of the picture: texts by which a page is found; the empty text finds the first page.
ROWS = (("", "Records identified from", "Cause of compression"), ("Table 1 Characteristics", "Table 3 Critical"))

# Untyped in pymupdf.
open_pdf: Any = pymupdf.open
scale_by: Any = pymupdf.Matrix


def pages(document: Any, texts: tuple[str, ...], *, landscape: bool) -> list[Image.Image]:
    """The first page of an orientation that contains each text, so wide that a row fills the picture."""
    width = (WIDTH - GAP * (len(texts) + 1)) // len(texts)
    images = []
    for text in texts:
        # A fixed blank stands between a label and its number.
        turned = (p for p in document if (p.rect.width > p.rect.height) == landscape)
        page = next(p for p in turned if text in p.get_text().replace("\u00a0", " "))
        scale = width / page.rect.width
        pixels = page.get_pixmap(matrix=scale_by(scale, scale))
        images.append(Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples))
    return images


def main() -> None:
    """Writes the picture."""
    document = open_pdf(PDF)
    rows = [pages(document, texts, landscape=bool(number)) for number, texts in enumerate(ROWS)]
    height = GAP + sum(row[0].height + GAP for row in rows)
    picture = Image.new("RGB", (WIDTH, height), "#eef2f5")
    draw, y = ImageDraw.Draw(picture), GAP
    for row in rows:
        x = GAP
        for page in row:
            picture.paste(page, (x, y))
            draw.rectangle((x, y, x + page.width - 1, y + page.height - 1), outline="#c5cbd0")
            x += page.width + GAP
        y += row[0].height + GAP
    picture.quantize(64).save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
