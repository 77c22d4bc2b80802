"""Checks of pictures: alt text, resolution, size, form."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from typing import Any

from PIL import Image

from prismake.preflight.document import Document
from prismake.preflight.findings import Finding, Requirements, check
from prismake.preflight.wordml import EMU_PER_INCH, SVG_BLIP, TWIPS_PER_POINT, WP, A, R, W, find, local, text_of, whole

DPI = 300
# An alt text of fewer letters hardly says what a picture shows.
SHORTEST_ALT = 15
# Pillow warns above 90 million pixels and refuses twice that; the header alone is read here.
MOST_PIXELS = 400_000_000
# A sample of a drawing has few colours, one of a photograph many.
DRAWING_COLOURS = 64
DECODED = 40_000_000
FORMS = {
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
    "gif": b"GIF8",
    "bmp": b"BM",
    "emf": b"\x01\x00\x00\x00",
}
FILE_NAME = re.compile(r"[^\s]*\.(?:png|jpe?g|tiff?|svg|gif|bmp|emf|wmf|pdf|eps)", re.IGNORECASE)
PLACEHOLDER = re.compile(r"(?:picture|image|figure|bild|grafik|chart|diagram)\s*\d*", re.IGNORECASE)


def _label(picture: Any) -> Any:
    return picture.find(f"{WP}docPr")


def _size(picture: Any) -> tuple[int, int] | None:
    extent = picture.find(f"{WP}extent")
    width, height = (whole(extent.get(side)) if extent is not None else None for side in ("cx", "cy"))
    return (width, height) if width and height and width > 0 and height > 0 else None


def _open(data: bytes) -> Image.Image | None:
    """A raster with a readable header and a plausible number of pixels, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data))
        # Pillow meets hostile headers with a dozen kinds of exceptions.
    except Exception:
        return None
    return picture if picture.width * picture.height <= MOST_PIXELS else None


def _raster(document: Document, picture: Any) -> Image.Image | None:
    raster, _vector = document.media_of(picture)
    data = document.package.parts.get(raster.target) if raster else None
    return _open(data) if data else None


@check("alt-text", "pictures", "error", "every picture has alt text")
def alt_text(document: Document, _: Requirements) -> Iterator[Finding]:
    """For readers who do not see it."""
    document.need()
    for picture in document.pictures:
        label = _label(picture)
        if label is None or not (label.get("descr") or "").strip():
            yield Finding("the picture has no alt text", document.where(picture))


@check(
    "alt-text-says",
    "pictures",
    "error",
    "alt text describes the picture: it is not a file name, a placeholder or the caption",
)
def alt_text_says(document: Document, _: Requirements) -> Iterator[Finding]:
    """Text that a program fills in is not an alt text."""
    document.need()
    captions = {" ".join(text_of(caption).split()) for caption in document.captions}
    for picture in document.pictures:
        label = _label(picture)
        alt = " ".join((label.get("descr") or "").split()) if label is not None else ""
        if not alt:
            continue
        if FILE_NAME.fullmatch(alt):
            yield Finding(f"'{alt[:60]}' is a file name", document.where(picture))
        elif PLACEHOLDER.fullmatch(alt):
            yield Finding(f"'{alt[:60]}' is a placeholder", document.where(picture))
        elif alt in captions:
            yield Finding("the alt text is the caption", document.where(picture))
        elif len(alt) < SHORTEST_ALT:
            yield Finding(f"'{alt}' is too short to describe the picture", document.where(picture), "warning")


@check("picture-there", "pictures", "error", "every picture has a file that opens")
def picture_there(document: Document, _: Requirements) -> Iterator[Finding]:
    """A raster that programs show."""
    document.need()
    for picture in document.pictures:
        if next(picture.iter(f"{A}blip"), None) is None:
            continue
        raster, _vector = document.media_of(picture)
        data = document.package.parts.get(raster.target) if raster else None
        if data is None:
            yield Finding("the picture has no file in the document", document.where(picture))
        elif (
            raster
            and raster.target.lower().endswith((".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp"))
            and _open(data) is None
        ):
            yield Finding(f"{raster.target} cannot be opened as a picture", document.where(picture))


@check(
    "picture-resolution",
    "pictures",
    "error",
    "raster pictures have the journal's resolution at their printed size",
)
def picture_resolution(document: Document, required: Requirements) -> Iterator[Finding]:
    """Pixels per inch as printed; 300 where no profile says."""
    document.need()
    least = required.setting("figures", "min_dpi")
    least = least if isinstance(least, int) else DPI
    for picture in document.pictures:
        size, raster = _size(picture), _raster(document, picture)
        if size and raster:
            dpi = raster.width / (size[0] / EMU_PER_INCH)
            # A drawing's size is a whole number of points and a raster's of pixels: a hair below is not blurred.
            if dpi < least * 0.99:
                yield Finding(f"{dpi:.0f} pixels per inch; {least} are needed", document.where(picture))


@check("picture-size", "pictures", "error", "every picture fits the text area of its page")
def picture_size(document: Document, _: Requirements) -> Iterator[Finding]:
    """Nothing is clipped."""
    document.need()
    for picture in document.pictures:
        size, section = _size(picture), document.section_of(picture)
        if size is None:
            yield Finding("the picture states no size", document.where(picture))
            continue
        if section is None or section.text_width is None or section.text_height is None:
            continue
        width, height = (side / EMU_PER_INCH * 72 * TWIPS_PER_POINT for side in size)
        if width > section.text_width + 20 or height > section.text_height + 20:
            yield Finding(
                f"{width / 20:.0f} by {height / 20:.0f} points on a page of {section.text_width / 20:.0f} by "
                f"{section.text_height / 20:.0f}",
                document.where(picture),
            )


@check("picture-proportion", "pictures", "error", "no picture is stretched")
def picture_proportion(document: Document, _: Requirements) -> Iterator[Finding]:
    """Sides as printed are in the proportion of the pixels, unless the picture is cropped."""
    document.need()
    for picture in document.pictures:
        size, raster = _size(picture), _raster(document, picture)
        cropped = next(picture.iter(f"{A}srcRect"), None)
        if size and raster and raster.height and (cropped is None or not cropped.attrib):
            stretch = (size[0] / size[1]) / (raster.width / raster.height)
            if not 0.97 < stretch < 1.03:
                yield Finding(f"stretched by {abs(stretch - 1) * 100:.0f}%", document.where(picture))


@check("picture-vector", "pictures", "warning", "a drawing has a vector version beside the raster")
def picture_vector(document: Document, _: Requirements) -> Iterator[Finding]:
    """Photographs need none; they are recognized by their many colours."""
    document.need()
    for picture in document.pictures:
        _raster_part, vector = document.media_of(picture)
        raster = _raster(document, picture)
        if raster is None or vector is not None or raster.width * raster.height > DECODED:
            continue
        try:
            sample = raster.convert("RGB").resize((128, 128), Image.Resampling.NEAREST)
        except Exception:
            continue
        if sample.getcolors(DRAWING_COLOURS) is not None:
            yield Finding("the drawing has no vector version", document.where(picture))


@check("vector-there", "pictures", "error", "the vector version of a picture is an existing SVG")
def vector_there(document: Document, _: Requirements) -> Iterator[Finding]:
    """svgBlip leads to an SVG without scripts and foreign content."""
    document.need()
    known = document.package.relations.get(document.main, {})
    for picture in document.pictures:
        for blip in picture.iter(SVG_BLIP):
            relation = known.get(blip.get(f"{R}embed") or "")
            root = document.package.trees.get(relation.target) if relation else None
            if root is None or local(root) != "svg":
                yield Finding("the vector is not an SVG in the document", document.where(picture))
                continue
            for node in root.iter():
                links = [text for name, text in node.attrib.items() if str(name).rsplit("}", 1)[-1] == "href"]
                if local(node).lower() in ("script", "foreignobject", "iframe") or any(
                    not link.startswith(("#", "data:image/")) for link in links
                ):
                    yield Finding(
                        f"the vector holds '{local(node)}', which runs or loads something", document.where(picture)
                    )
                    break


@check("media-form", "pictures", "error", "every picture file has the format that its name states")
def media_form(document: Document, _: Requirements) -> Iterator[Finding]:
    """A JPEG named .png is refused by some programs."""
    document.need()
    for name, data in document.package.parts.items():
        if "/media/" not in f"/{name}":
            continue
        ending = name.rsplit(".", 1)[-1].lower()
        if ending in FORMS and not data.startswith(FORMS[ending]):
            yield Finding(f"the file is not a {ending.upper()}", name)
        elif ending in ("tif", "tiff") and data[:4] not in (b"II*\x00", b"MM\x00*"):
            yield Finding("the file is no TIFF", name)


@check("picture-ids", "pictures", "error", "identifiers of pictures are unique numbers")
def picture_ids(document: Document, _: Requirements) -> Iterator[Finding]:
    """Word mends doubles by asking to repair the file."""
    document.need()
    seen: set[int] = set()
    for picture in document.pictures:
        label = _label(picture)
        number = whole(label.get("id")) if label is not None else None
        if number is None:
            yield Finding("the picture's identifier is not a number", document.where(picture))
        elif number in seen:
            yield Finding(f"two pictures have the identifier {number}", document.where(picture))
        else:
            seen.add(number)


@check("picture-inline", "pictures", "warning", "pictures are placed in line with the text, not floating")
def picture_inline(document: Document, _: Requirements) -> Iterator[Finding]:
    """What floats moves when text is edited, and covers line numbers."""
    document.need()
    for picture in document.pictures:
        if picture.tag == f"{WP}anchor":
            yield Finding("the picture floats", document.where(picture))


@check("picture-own-line", "pictures", "warning", "a figure is in a paragraph of its own")
def picture_own_line(document: Document, _: Requirements) -> Iterator[Finding]:
    """Not within a sentence, where exact line spacing would cut it."""
    document.need()
    for block in document.blocks:
        if block.tag == f"{W}p" and next(block.iter(f"{WP}inline"), None) is not None:
            if text_of(block).strip():
                yield Finding("text and picture share a paragraph", document.where(block))
            spacing = find(block, "pPr/spacing")
            if spacing is not None and spacing.get(f"{W}lineRule") == "exact":
                yield Finding("exact line spacing cuts the picture", document.where(block))


@check("media-metadata", "pictures", "warning", "pictures contain no metadata about their author or place")
def media_metadata(document: Document, _: Requirements) -> Iterator[Finding]:
    """EXIF and text chunks with names or coordinates."""
    document.need()
    for name, data in document.package.parts.items():
        if "/media/" not in f"/{name}" or name.lower().endswith(".svg"):
            continue
        raster = _open(data)
        if raster is None:
            continue
        metadata = sorted(
            key
            for key in raster.info
            if str(key).lower() in ("author", "artist", "copyright", "comment", "xmp", "exif")
        )
        if metadata:
            yield Finding(f"contains metadata: {', '.join(map(str, metadata))}", name)
