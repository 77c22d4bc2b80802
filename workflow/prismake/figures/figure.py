"""Figure files: which exist, how large each prints, and whether its raster is sharp enough."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from PIL import Image

from prismake.common.digests import files_in
from prismake.common.errors import BuildStop, Issue
from prismake.common.xml_faults import xml_fault
from prismake.review.journal import POINTS_PER_MM, Page

POINTS = {"pt": 1.0, "": 0.75, "px": 0.75, "in": 72.0, "mm": 72 / 25.4, "cm": 72 / 2.54}
# The picture and its caption share a page.
TALLEST = 0.8
# A picture is printed no narrower than a journal's column, in points.
COLUMN = 80 * 72 / 25.4

# Names of fonts with the same metrics: those of the vendored fonts, and those that Word has.
SANS = {"arimo", "arial", "helvetica", "liberation sans", "sans-serif"}
SERIF = {"tinos", "times", "times new roman", "liberation serif", "serif"}
VENDORED = ("Arimo", "Tinos")
OFFICE = ("Arial", "Times New Roman")


@dataclass(frozen=True)
class Figure:
    """A figure, as a raster and, where it is a drawing, as SVG too; its printed size in inches.

    `kind`: colour, grey, combined or line, as journals distinguish figures; `dpi`: pixels of the raster per inch.
    """

    vector: Path | None
    raster: Path
    width: float
    height: float
    kind: str
    dpi: float

    @property
    def main(self) -> Path:
        """The file by whose path the manuscript calls the figure, and the form that the PDF takes."""
        return self.vector or self.raster


def _length(text: str, where: str) -> float:
    match = re.fullmatch(r"\s*+([0-9.]++)\s*+([a-z]*+)\s*+", text)
    if not match or match[2] not in POINTS:
        raise BuildStop(Issue("figure-size", f"the SVG states no readable size ('{text}')", where, "draw it again"))
    return float(match[1]) * POINTS[match[2]]


def _parse(path: Path) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(path.read_bytes(), parser)
    except (OSError, etree.XMLSyntaxError) as fault:
        raise BuildStop(
            Issue("figure-file", f"not a readable SVG: {xml_fault(fault)}", path.as_posix(), "draw it again")
        ) from None


def _natural(vector: Path | None, pixels: tuple[int, int], min_dpi: float) -> tuple[float, float]:
    """Width and height in points before the page has its say: a drawing's own size; a picture as large as it is sharp,
    but never narrower than a column."""
    if vector:
        root, where = _parse(vector), vector.as_posix()
        return _length(root.get("width", ""), where), _length(root.get("height", ""), where)
    width = max(pixels[0] * 72 / min_dpi, COLUMN)
    return width, width * pixels[1] / pixels[0]


def printed_size(natural: tuple[float, float], width_mm: float | None, page: Page) -> tuple[float, float]:
    """The size in points: as wide as the author asks, else `natural`; smaller where the page does not hold it."""
    width, height = natural
    if width_mm:
        requested = width_mm * POINTS_PER_MM
        width, height = requested, height * requested / width
    scale = min(1.0, page.text_width / width, TALLEST * page.text_height / height)
    return width * scale, height * scale


def read_figures(files: Iterable[Path], page: Page, min_dpi: int) -> dict[str, Figure]:
    """The figures among a step's files, by the path by which the manuscript calls them.

    `files`: an SVG and the PNG of the same stem for each drawing; PNG or JPEG alone for other pictures; folders of
    such files; and JSON lists that say what each is (`take_in_figures`), without which a figure is a drawing of its
    own size. `min_dpi` is the least number of pixels per inch. Raises BuildStop for an unreadable file, a missing
    raster, or one that is too coarse at the size in which it prints.
    """
    files = sorted(inner for file in files for inner in files_in(file))
    described = {
        entry["file"]: entry
        for file in files
        if file.suffix == ".json"
        for entry in json.loads(file.read_text("utf-8"))
    }
    drawings = {file.with_suffix("") for file in files if file.suffix == ".svg"}
    figures: dict[str, Figure] = {}
    issues: list[Issue] = []
    for file in files:
        if file.suffix == ".json" or (file.suffix != ".svg" and file.with_suffix("") in drawings):
            continue
        vector = file if file.suffix == ".svg" else None
        raster = file.with_suffix(".png") if vector else file
        where = file.as_posix()
        if not raster.is_file():
            issues.append(
                Issue("missing-raster", f"{raster.name} is missing beside it", where, "write the figure as PNG too")
            )
            continue
        entry = described.get(where, {})
        kind, millimetres = entry.get("kind", "combined"), entry.get("width_mm")
        with Image.open(raster) as picture:
            pixels = picture.size
        width, height = printed_size(_natural(vector, pixels, min_dpi), millimetres, page)
        sharp = pixels[0] / (width / 72)
        # A drawing's size is a whole number of points and a raster's of pixels: a hair below is not blurred.
        if sharp < min_dpi * 0.99:
            message = f"{sharp:.0f} pixels per inch at its printed size, {width * 25.4 / 72:.0f} mm wide; "
            message += f"the journal asks for {min_dpi}"
            fix = "export it with more pixels, or set its width_mm smaller in the manuscript's metadata"
            issues.append(Issue("figure-resolution", message, entry.get("source", raster.as_posix()), fix))
        figures[where] = Figure(vector, raster, round(width / 72, 4), round(height / 72, 4), kind, sharp)
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
        if etree.QName(element).localname == "style":
            element.text = (element.text or "").replace(VENDORED[0], sans).replace(VENDORED[1], serif)
    return bytes(etree.tostring(root))
