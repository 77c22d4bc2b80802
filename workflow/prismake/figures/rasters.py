"""Authors' pictures of pixels, taken in: read within bounds, in sRGB, everything but the picture left behind."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from prismake.common.errors import BuildStop, Issue, stop
from prismake.common.reading import check_regular
from prismake.common.steps import warn

# A clinical photograph has 50 million pixels at most; a file of a few kilobytes can claim a thousand times as many.
MOST_PIXELS = 200_000_000
LARGEST = 256 * 1024 * 1024
FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".tif": "TIFF", ".tiff": "TIFF"}
# Phones write JPEG files with a second, smaller picture behind the first; every program shows the first.
SAME = {"MPO": "JPEG"}
WHITE = "white"
# Grey levels beyond 8 bits are cut to the upper ones only where those are in use.
DEEP, BRIGHT = 256, 0x8000


def _open(source: Path) -> Image.Image:
    where, wanted = source.as_posix(), FORMATS[source.suffix.lower()]
    check_regular(source, LARGEST)
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures; the bound here is our own.
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(source.read_bytes()), formats=["PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP"])
    except Image.DecompressionBombError:
        raise too_many_pixels(where) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, TypeError, KeyError, OverflowError):
        raise stop("figure-file", "not a readable picture", where=where, fix="export it again") from None
    kind = SAME.get(picture.format or "", picture.format)
    if kind != wanted:
        message = f"named as {wanted}, but the file is {kind}"
        raise stop("figure-file", message, where=where, fix=f"export it as {wanted}, or rename it")
    if picture.width * picture.height > MOST_PIXELS:
        raise too_many_pixels(where)
    frames = getattr(picture, "n_frames", 1)
    if frames > 1 and picture.format != "MPO":
        message = f"contains {frames} pictures (pages or frames)"
        raise stop("figure-frames", message, where=where, fix="export the one to be printed as a file of its own")
    try:
        picture.load()
        if kind == "PNG":
            check_rows(source.read_bytes())
    except Exception as fault:
        # Decoders raise whatever a broken file leads them to.
        raise stop("figure-file", f"cut off or damaged: {fault}", where=where, fix="export it again") from None
    return picture


# Of an interlaced PNG's seven passes: first column and row, and the steps from one to the next.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def check_rows(png: bytes) -> None:
    """Raises ValueError if a PNG that can be decoded has fewer rows than it says; decoders fill them with black.

    Source: PNG specification, third edition, sections 7 to 10.
    """
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", png[16:29])
    sizes = [
        (-(-(width - left) // across), -(-(height - top) // down))
        for left, top, across, down in (_PASSES if interlaced else ((0, 0, 1, 1),))
    ]
    # Each row begins with the number of its filter.
    wanted = sum(rows * (1 + -(-columns * depth * _SAMPLES[colour] // 8)) for columns, rows in sizes if columns > 0)
    reader, at, read = zlib.decompressobj(), 8, 0
    while read < wanted and at + 8 <= len(png) and not reader.eof:
        size, name = struct.unpack(">I4s", png[at : at + 8])
        data = png[at + 8 : at + 8 + size] if name == b"IDAT" else b""
        at += 12 + size
        while data and not reader.eof:
            read += len(reader.decompress(data, 1 << 20))
            data = reader.unconsumed_tail
    if read < wanted:
        raise ValueError(f"only {read / wanted:.0%} of its pixels are there")


def too_many_pixels(where: str) -> BuildStop:
    """The exception for a picture that no page can show."""
    message = f"more than {MOST_PIXELS // 1_000_000} million pixels"
    return stop("figure-pixels", message, where=where, fix="export it at the size in which it prints")


def _from_profile(picture: Image.Image, icc: bytes, where: str) -> Image.Image:
    """The picture in sRGB by its own colour profile; as it is where the profile cannot be read and is not needed."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        if picture.mode == "RGB" and "srgb" in ImageCms.getProfileDescription(own).lower():
            return picture
        turned = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError) as fault:
        if picture.mode == "CMYK":
            raise _undefined(where) from None
        message = f"its colour profile cannot be read ({fault}); the colours are taken as sRGB"
        warn(Issue("figure-colour", message, where, "export it as sRGB", "warning"))
        return picture
    assert turned is not None
    return turned


def _undefined(where: str) -> Exception:
    message = "its colours are CMYK without a colour profile, so their appearance is not defined"
    return stop("figure-colour", message, where=where, fix="export it as RGB, or embed the profile")


def _plain_grey(picture: Image.Image, where: str) -> Image.Image:
    """8 bits of 16: the upper ones. Raises BuildStop if the picture would be dark, as its levels use the lower."""
    extremes: Any = picture.getextrema()
    low, high = extremes
    if picture.mode == "F" or low < 0 or high >= 0x10000 or high < BRIGHT:
        message = f"{picture.mode} grey levels from {low:g} to {high:g}, whose scale is not defined"
        raise stop("figure-depth", message, where=where, fix="set the window of grey levels and export it with 8 bits")
    return picture.point(lambda level: level * (1 / DEEP)).convert("L")


def plain_picture(picture: Image.Image, where: str) -> Image.Image:
    """The picture as every program shows it: upright, opaque, 8 bits, sRGB, grey or black and white.

    Transparent parts become white. Raises BuildStop for CMYK without a colour profile, and for grey levels of more
    than 8 bits that do not use their range.
    """
    icc = picture.info.get("icc_profile")
    picture = ImageOps.exif_transpose(picture)
    if picture.mode in ("P", "PA"):
        picture = picture.convert("RGBA" if picture.mode == "PA" or "transparency" in picture.info else "RGB")
    if picture.mode in ("LA", "La", "RGBA", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, WHITE)
        ground.alpha_composite(picture)
        picture = ground.convert("RGB")
    if picture.mode.startswith(("I", "F")):
        picture = _plain_grey(picture, where)
    if picture.mode == "CMYK" and not icc:
        raise _undefined(where)
    if picture.mode in ("RGB", "CMYK", "LAB") and icc:
        picture = _from_profile(picture, icc, where)
    return picture if picture.mode in ("1", "L", "RGB") else picture.convert("RGB")


def take_in_raster(source: Path, target: Path) -> tuple[bytes, Image.Image]:
    """(the file to print, its picture). JPEG stays JPEG, all else becomes PNG; no metadata of any kind is kept.

    Raises BuildStop if it is not such a picture, is damaged, has more than 200 million pixels or several frames.
    """
    where = source.as_posix()
    given = _open(source)
    picture = plain_picture(given, where)
    content = io.BytesIO()
    if target.suffix != ".jpg":
        _bare(picture).save(content, "PNG", optimize=True)
    elif given.format == "JPEG" and picture.mode == given.mode and picture.size == given.size and picture is given:
        given.save(content, "JPEG", quality="keep", exif=b"", comment=b"", icc_profile=None, xmp=b"")
    else:
        _bare(picture).save(content, "JPEG", quality=95, subsampling=0, optimize=True)
    return content.getvalue(), picture


def _bare(picture: Image.Image) -> Image.Image:
    """The pixels alone, without the metadata of the file, which would be written again."""
    picture = picture.copy()
    picture.info = {}
    return picture
