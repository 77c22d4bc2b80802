"""Figure files: which stand ready, how large each prints, whether its raster is sharp enough."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from PIL import Image
from prismake.common.errors import BuildStop, Issue
from prismake.document.profile import Page

POINTS = {"pt": 1.0, "": 0.75, "px": 0.75, "in": 72.0, "mm": 72 / 25.4, "cm": 72 / 2.54}
# The picture and its caption share a page.
TALLEST = 0.8

# Names of fonts with the same metrics: those of the vendored fonts, and those that Word has.
SANS = {"arimo", "arial", "helvetica", "liberation sans", "sans-serif"}
SERIF = {"tinos", "times", "times new roman", "liberation serif", "serif"}
VENDORED = ("Arimo", "Tinos")
OFFICE = ("Arial", "Times New Roman")


@dataclass(frozen=True)
class Figure:
    """A figure in both its forms, and its printed size in inches."""

    vector: Path
    raster: Path
    width: float
    height: float

    @property
    def name(self) -> str:
        """The stem that both files share."""
        return self.vector.stem


def _length(text: str, where: str) -> float:
    match = re.fullmatch(r"\s*([0-9.]+)\s*([a-z]*)\s*", text)
    if not match or match[2] not in POINTS:
        raise BuildStop(Issue("figure-size", f"the SVG has no size that can be read ('{text}')", where, "draw it anew"))
    return float(match[1]) * POINTS[match[2]]


def _parse(path: Path) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(path.read_bytes(), parser)
    except (OSError, etree.XMLSyntaxError) as fault:
        raise BuildStop(Issue("figure-file", f"not a readable SVG: {fault}", path.as_posix(), "draw it anew")) from None


def _printed(root: etree._Element, page: Page, where: str) -> tuple[float, float]:
    """Width and height in points: the drawing's own size, made smaller where the page asks for it."""
    width = _length(root.get("width", ""), where)
    height = _length(root.get("height", ""), where)
    scale = min(1.0, page.text_width / width, TALLEST * page.text_height / height)
    return width * scale, height * scale


def read_figures(files: Iterable[Path], page: Page, min_dpi: int) -> dict[str, Figure]:
    """The figures among a step's files, by the path of their SVG.

    Each SVG has a PNG of the same stem beside it. Raises BuildStop for an unreadable file, a missing raster, or one
    that has fewer than `min_dpi` pixels per inch at the size in which it prints.
    """
    figures: dict[str, Figure] = {}
    issues: list[Issue] = []
    for vector in sorted(file for file in files if file.suffix == ".svg"):
        where = vector.as_posix()
        raster = vector.with_suffix(".png")
        if not raster.is_file():
            issues.append(
                Issue("missing-raster", f"{raster.name} is not beside it", where, "write the figure as PNG too")
            )
            continue
        width, height = _printed(_parse(vector), page, where)
        with Image.open(raster) as picture:
            dpi = picture.width / (width / 72)
        # A drawing's size is a whole number of points and a raster's of pixels: a hair below is not blurred.
        if dpi < min_dpi * 0.99:
            message = f"{dpi:.0f} pixels per inch at its printed size; the journal asks for {min_dpi}"
            issues.append(Issue("figure-resolution", message, raster.as_posix(), "draw it at a higher resolution"))
        figures[where] = Figure(vector, raster, round(width / 72, 4), round(height / 72, 4))
    if issues:
        raise BuildStop(issues)
    return figures


def with_fonts(vector: Path, families: tuple[str, str]) -> bytes:
    """The SVG with its sans and serif font names changed for two others of the same metrics."""
    sans, serif = families
    root = _parse(vector)
    for element in root.iter(etree.Element):
        for name in element.get("font-family", "").split(","):
            plain = name.strip(" '\"").lower()
            if plain in SANS or plain in SERIF:
                element.set("font-family", sans if plain in SANS else serif)
                break
    return bytes(etree.tostring(root))
