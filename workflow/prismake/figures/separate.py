"""Figures as files of their own, at the journal's resolution and in its formats."""

import io
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image

from prismake.common.errors import stop
from prismake.common.limits import TooMuch
from prismake.common.typesetting import MAIN, typeset
from prismake.figures.figure import VENDORED, Figure, with_fonts
from prismake.review.journal import POINTS_PER_MM

RASTERS = {"tiff": ".tif", "png": ".png", "jpeg": ".jpg"}

# Of 256 levels: what is darker prints black in a drawing of lines.
HALF = 128


def printed_width(figure: Figure, widest_mm: float | None) -> float:
    """Points; a journal's widest page may be narrower than the manuscript's."""
    width = figure.width * 72
    return min(width, widest_mm * POINTS_PER_MM) if widest_mm else width


def _sheet(figure: Figure, width: float) -> dict[str, bytes]:
    """A Typst source whose only page is the drawing."""
    assert figure.vector is not None
    height = width * figure.height / figure.width
    text = f'#set page(width: {width:.4f}pt, height: {height:.4f}pt, margin: 0pt)\n#image("figure.svg", width: 100%)\n'
    return {MAIN: text.encode(), "figure.svg": with_fonts(figure.vector, VENDORED)}


def raster_of(figure: Figure, width: float, dpi: int, fonts: list[Path]) -> tuple[Image.Image, float]:
    """(the picture in the mode that its kind asks for, its pixels per inch). A drawing is drawn at `dpi`; a picture of
    pixels keeps those it has."""
    if figure.vector:
        png, _ = typeset(_sheet(figure, width), fonts, format="png", dpi=dpi)
        picture, real = Image.open(io.BytesIO(png)).convert("RGB"), float(dpi)
    else:
        with Image.open(figure.raster) as opened:
            picture = opened.copy()
        real = picture.width / (width / 72)
    if figure.kind == "line":
        picture = picture.convert("L").point(lambda level: 255 if level >= HALF else 0).convert("1")
    elif figure.kind == "grey":
        picture = picture.convert("L")
    elif picture.mode not in ("RGB", "L"):
        picture = picture.convert("RGB")
    return picture, real


def encoded(picture: Image.Image, kind: str, dpi: float) -> bytes:
    """The file of a picture: TIFF with LZW, or Group 4 for black and white; PNG; JPEG of the best quality."""
    content, resolution = io.BytesIO(), (round(dpi), round(dpi))
    picture.info = {}
    if kind == "tiff":
        compression = "group4" if picture.mode == "1" else "tiff_lzw"
        picture.save(content, "TIFF", compression=compression, dpi=resolution)
    elif kind == "png":
        picture.save(content, "PNG", dpi=resolution, optimize=True)
    else:
        plain = picture.convert("L") if picture.mode == "1" else picture
        plain.save(content, "JPEG", quality=95, subsampling=0, dpi=resolution)
    return content.getvalue()


def names_of(figure: Figure, number: int, profile: dict[str, Any]) -> dict[str, str]:
    """Format -> file name of one figure: the first raster format that the journal takes, and the vector forms."""
    formats, stem = profile["figures"]["formats"], profile["files"]["figure"].replace("{number}", str(number))
    raster = next((name for name in formats if name in RASTERS), None)
    names = {raster: stem + RASTERS[raster]} if raster else {}
    return names | {form: f"{stem}.{form}" for form in ("pdf", "svg") if figure.vector and form in formats}


def as_it_is(figure: Figure) -> bytes:
    """The file of a picture that is no figure, for a document that names it: the drawing, or else the raster."""
    return with_fonts(figure.vector, VENDORED) if figure.vector else figure.raster.read_bytes()


def files_of(
    figure: Figure, number: int, profile: dict[str, Any], fonts: list[Path], day: datetime
) -> dict[str, bytes]:
    """File name -> content of one figure, in the forms of `names_of`.

    Raises BuildStop if the journal takes no format that can be made from the figure, or where drawing it at the
    journal's resolution is more work than allowed.
    """
    settings, files = profile["figures"], {}
    width = printed_width(figure, settings.get("max_width_mm"))
    try:
        for form, name in names_of(figure, number, profile).items():
            if form in RASTERS:
                picture, dpi = raster_of(figure, width, settings["dpi"][figure.kind], fonts)
                files[name] = encoded(picture, form, dpi)
            elif form == "pdf":
                files[name], _ = typeset(_sheet(figure, width), fonts, day=day)
            elif figure.vector:
                files[name] = with_fonts(figure.vector, VENDORED)
    except TooMuch as fault:
        where, fix = figure.main.as_posix(), "draw it more simply, or export it as PNG"
        raise stop("figure-effort", f"drawing it {fault}", where=where, fix=fix) from None
    if not files:
        message = f"{profile['name']} takes {', '.join(settings['formats'])}, which cannot be made from it"
        raise stop("figure-format", message, where=figure.main.as_posix(), fix="add a format to figures.formats")
    return files
