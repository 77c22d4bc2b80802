"""Authors' drawings, taken in: SVG made safe, PDF turned into SVG, DOT drawn, and a raster of each beside it."""

from __future__ import annotations

import base64
import os
import re
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from lxml import etree

from prismake.common.errors import BuildStop, Issue, inert, stop
from prismake.common.limits import TooMuch, memory_bound, time_bound
from prismake.common.programs import GIGABYTE, run_program
from prismake.common.reading import check_regular, read_text
from prismake.common.steps import warn
from prismake.common.typesetting import MAIN, TypstRefusal, typeset
from prismake.common.xml_faults import xml_fault
from prismake.figures.rasters import MOST_PIXELS, too_many_pixels
from prismake.figures.svg_references import SIMPLER, check_references

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
LARGEST = 32 * 1024 * 1024
# Elements that draw or say how to draw; any other is refused with its name, as leaving it out could change
# the drawing.
# fmt: off
DRAWN = frozenset((
    "svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
    "text", "tspan", "textPath", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "marker",
    "pattern", "style", "switch", "filter", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite",
    "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode",
    "feMorphology", "feOffset", "feTile",
))
# fmt: on
# What draws nothing: titles are shown as tooltips and may hold what the alternative text does not say.
SILENT = frozenset({"metadata", "title", "desc"})
WHY = {
    "script": "a script",
    "image": "an embedded or linked picture",
    "foreignObject": "foreign content (editors add it to keep the drawing editable)",
}
OUTSIDE = re.compile(
    r"@import|@font-face|url\(\s*['\"]?(?!#)|expression\s*\(|javascript:|\b(?:image-set|src)\(", re.IGNORECASE
)
ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
# Attributes of one element: each is looked up among all.
MOST_ATTRIBUTES = 1000
POINTS = {"pt": 1.0, "": 0.75, "px": 0.75, "in": 72.0, "mm": 72 / 25.4, "cm": 72 / 2.54, "pc": 12.0}
# The largest sheet that a PDF may have, and the least length that its SVG can state.
LARGEST_SIDE, LEAST_SIDE = 14400, 0.01
# Fonts as wide as the vendored ones; drawings in any other look different in the documents.
FAMILIES = {
    **dict.fromkeys(("arimo", "arial", "helvetica", "liberation sans", "sans-serif"), "Arimo"),
    **dict.fromkeys(("tinos", "times", "times new roman", "liberation serif", "serif"), "Tinos"),
}
# Letters of a length, or of a font up to its size; patterns that look for one take the square of this.
LONGEST_LENGTH = 200
FONT_OF_STYLE = re.compile(r"(?:^|(?<=[;{\s]))font(?P<family>-family)?\s*:\s*(?P<value>[^;}]*)")
UP_TO_SIZE = re.compile(r"^.*?\d[\w.%/]*\s+")
RENDERER = "graphviz-pure"
# Seconds of the processor for one drawing, and memory beside that of Typst, which has its own bound.
LONGEST = 30
LARGEST_IN_MEMORY = 2 * GIGABYTE
FEWER = "export it with fewer elements, or as PNG or TIFF"


def _tag(element: etree._Element) -> str:
    return etree.QName(element).localname


def _refuse(where: str, message: str, fix: str) -> BuildStop:
    return stop("figure-svg", message, where=where, fix=fix)


def read_svg(content: bytes, where: str) -> etree._Element:
    """The root of an SVG. Raises BuildStop if it is not an SVG, and for entities, which could expand to anything."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise stop(
            "figure-file", f"not a readable SVG: {xml_fault(fault)}", where=where, fix="export it again"
        ) from None
    declared: Any = root.getroottree().docinfo.internalDTD
    entities = declared is not None and bool(list(declared.iterentities()))
    if entities or next(root.iter(etree.Entity), None) is not None:
        raise _refuse(
            where, "the SVG declares or uses entities", "export it as plain SVG, without an editor's own data"
        )
    if any(len(element.attrib) > MOST_ATTRIBUTES for element in root.iter(etree.Element)):
        raise _refuse(where, f"one element has more than {MOST_ATTRIBUTES:,} attributes", "export it again")
    if root.tag != f"{{{SVG}}}svg":
        raise stop("figure-file", "the file is XML but not SVG", where=where, fix="export it as SVG")
    return root


def _unescaped(css: str) -> str:
    """A style with its escapes written out, as every viewer reads it: `\\69mport` is `import`."""
    return ESCAPE.sub(lambda match: chr(min(int(match[1], 16), sys.maxunicode)) if match[1] else match[2], css)


def _clean_attributes(element: etree._Element, where: str) -> None:
    for name, value in [(str(name), str(value)) for name, value in element.attrib.items()]:
        qualified = etree.QName(name)
        local = qualified.localname
        if local.lower().startswith("on") or qualified.namespace not in (None, XLINK, XML):
            del element.attrib[name]
        elif local == "href":
            inner = value.startswith("#") or (_tag(element) == "image" and value.startswith("data:image/"))
            if not inner:
                raise _refuse(where, f"<{_tag(element)}> refers to something outside: {value[:60]!r}", "embed nothing")
        elif OUTSIDE.search(_unescaped(value)):
            raise _refuse(where, f"the attribute {local} refers to something outside: {value[:60]!r}", "embed nothing")


def _without(element: etree._Element, parent: etree._Element) -> None:
    """Takes an element out; the text that follows it stays."""
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + (element.tail or "")
    else:
        parent.text = (parent.text or "") + (element.tail or "")
    parent.remove(element)


def clean_svg(root: etree._Element, where: str, *, pictures: bool = False) -> None:
    """Leaves in an SVG what draws and nothing else, in vendored fonts, and gives it a size in points.

    Taken out: comments, titles, metadata, what editors keep for themselves, event handlers, links. Raises BuildStop
    for scripts, foreign content, animations, references to anything outside, and embedded pictures, unless
    `pictures` allows those (Typst writes them when it converts a PDF).
    """
    for element in list(root.iter(etree.Element)):
        parent = element.getparent()
        name = _tag(element)
        if etree.QName(element).namespace != SVG or name in SILENT:
            if parent is not None:
                _without(element, parent)
            continue
        if name == "a":
            element.tag = f"{{{SVG}}}g"
            for link in {"href", f"{{{XLINK}}}href"} & set(element.attrib):
                del element.attrib[link]
        elif name not in DRAWN and not (pictures and name == "image"):
            kind = WHY.get(name, "an element that no print can show")
            message = f"it contains {kind}, <{inert(name)}>, on line {element.sourceline}"
            raise _refuse(where, message, "remove it, or export the figure as PDF, PNG or TIFF")
        if name == "style" and OUTSIDE.search(_unescaped("".join(str(text) for text in element.itertext()))):
            raise _refuse(where, "its styles refer to something outside", "embed nothing")
        _clean_attributes(element, where)
    check_references(root, where)
    if others := set_fonts(root):
        message = (
            f"the text is set in {', '.join(sorted(inert(name) for name in others))}; the documents show it in Arimo"
        )
        fix = "check the figure; if the text does not fit, export it as outlines or in Arial"
        warn(Issue("figure-font", message, where, fix, "warning"))
    width, height = _size(root, where)
    root.set("width", f"{width:.2f}pt")
    root.set("height", f"{height:.2f}pt")
    etree.cleanup_namespaces(root)


def _family(value: str, unknown: set[str]) -> str:
    """The vendored font for a list of font names; the first name is noted if its letters have other widths."""
    names = [name.strip(" '\"").lower() for name in value.split(",")]
    for name in names:
        if name in FAMILIES:
            if name is not names[0]:
                unknown.add(names[0])
            return FAMILIES[name]
    unknown.add(names[0])
    return FAMILIES["sans-serif"]


def set_fonts(root: etree._Element) -> set[str]:
    """Names a vendored font for every text of an SVG; gives the names of fonts that were others, in lower case.

    Without it a renderer that does not know a font leaves the text out.
    """
    unknown: set[str] = set()

    def in_style(match: re.Match[str]) -> str:
        if match["family"]:
            return f"font-family: {_family(match['value'], unknown)}"
        given = UP_TO_SIZE.match(match["value"][:LONGEST_LENGTH])
        return f"font: {given[0]}{_family(match['value'][given.end() :], unknown)}" if given else match[0]

    if root.get("font-family") is None:
        root.set("font-family", FAMILIES["sans-serif"])
    for element in root.iter(etree.Element):
        if family := element.get("font-family"):
            element.set("font-family", _family(family, unknown))
        if style := element.get("style"):
            families = [match["value"] for match in FONT_OF_STYLE.finditer(style) if match["family"]]
            if families:
                # As an attribute, where the documents' own fonts are set later.
                element.set("font-family", _family(families[-1], unknown))
                style = re.sub(r"(^|;)\s*font-family\s*:[^;]*", r"\1", style).strip("; ")
            element.set("style", FONT_OF_STYLE.sub(in_style, style))
        if _tag(element) == "style" and element.text:
            element.text = FONT_OF_STYLE.sub(in_style, element.text)
    return unknown - {"inherit"}


def _length(text: str | None) -> float | None:
    text = (text or "").strip()
    if len(text) > LONGEST_LENGTH:
        return None
    match = re.fullmatch(r"((?:[0-9]*\.)?[0-9]+(?:e[0-9]+)?)\s*([a-z]*)", text)
    return float(match[1]) * POINTS[match[2]] if match and match[2] in POINTS else None


def _size(root: etree._Element, where: str) -> tuple[float, float]:
    """Width and height in points: as the SVG says, else that of its view box at 96 units an inch."""
    box = [float(part) for part in re.findall(r"-?[0-9]*\.?[0-9]+(?:e-?[0-9]+)?", root.get("viewBox", ""))]
    width, height = _length(root.get("width")), _length(root.get("height"))
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        width = width or (height * box[2] / box[3] if height else box[2] * POINTS["px"])
        height = height or width * box[3] / box[2]
    if not width or not height:
        raise stop("figure-size", "the SVG states no readable size", where=where, fix="export it with its size")
    if min(width, height) < LEAST_SIDE:
        message = f"the drawing is {width:.3g} × {height:.3g} points, too thin to be shown"
        raise stop("figure-size", message, where=where, fix="export it with its size")
    if not max(width, height) <= LARGEST_SIDE:
        message = f"the drawing is {width:,.0f} × {height:,.0f} points; the largest sheet has {LARGEST_SIDE:,}"
        raise stop("figure-size", message, where=where, fix="draw it smaller")
    if len(box) != 4:
        root.set("viewBox", f"0 0 {width / POINTS['px']:g} {height / POINTS['px']:g}")
    return width, height


def _drawn(
    source: bytes,
    name: str,
    form: Literal["svg", "png"],
    fonts: Sequence[Path],
    where: str,
    *,
    width: float | None = None,
    dpi: float | None = None,
) -> bytes:
    """A drawing alone on a page, in another form: `width` points wide, or of its own size."""
    size = f", width: {width:.4f}pt" if width else ""
    main = f'#set page(width: auto, height: auto, margin: 0pt)\n#image("{name}"{size})\n'
    try:
        return typeset({MAIN: main.encode(), name: source}, fonts, format=form, dpi=dpi, seconds=LONGEST)[0]
    except TypstRefusal as fault:
        raise stop("figure-file", f"cannot be drawn: {fault.message}", where=where, fix="export it again") from None
    except TooMuch as fault:
        fix = FEWER if name.endswith(".pdf") else SIMPLER
        raise stop("figure-effort", f"drawing it {fault}", where=where, fix=fix) from None


def drawn_size(root: etree._Element) -> tuple[float, float]:
    """Width and height of a clean SVG, in points."""
    width, height = (float(root.get(side, "").removesuffix("pt")) for side in ("width", "height"))
    return width, height


def raster_of(root: etree._Element, fonts: Sequence[Path], width: float, dpi: float, where: str) -> bytes:
    """The PNG of a clean SVG, in the vendored fonts, as wide as it prints (points).

    Raises BuildStop if it would have more pixels than a picture may, and where it is more work than allowed.
    """
    natural_width, natural_height = drawn_size(root)
    if width * width * natural_height / natural_width * (dpi / 72) ** 2 > MOST_PIXELS:
        raise too_many_pixels(where)
    return _drawn(etree.tostring(root), "drawing.svg", "png", fonts, where, width=width, dpi=dpi)


def svg_of_pdf(source: Path, fonts: Sequence[Path]) -> etree._Element:
    """The one page of a PDF as SVG, its letters as outlines: a PDF that is to be archived takes no other PDF in.

    Raises BuildStop for an encrypted file, for more than one page, and for a file that is not a PDF.
    """
    import pypdf

    where = source.as_posix()
    check_regular(source, LARGEST)
    try:
        with time_bound(LONGEST), memory_bound(LARGEST_IN_MEMORY):
            reader = pypdf.PdfReader(source)
            pages = 0 if reader.is_encrypted else len(reader.pages)
    except TooMuch as fault:
        raise stop("figure-effort", f"reading it {fault}", where=where, fix="export it again, as SVG or PNG") from None
    except Exception as fault:
        # A broken PDF leads its reader anywhere.
        raise stop("figure-file", f"not a readable PDF: {fault}", where=where, fix="export it again") from None
    if reader.is_encrypted:
        raise stop("figure-file", "the PDF is encrypted", where=where, fix="export it without a password")
    if pages != 1:
        message = f"the PDF has {pages} pages"
        raise stop("figure-frames", message, where=where, fix="export the one to be printed as a file of its own")
    page = etree.fromstring(_drawn(source.read_bytes(), "drawing.pdf", "svg", fonts, where))
    inner = [image.get(f"{{{XLINK}}}href", "") for image in page.iter(f"{{{SVG}}}image")]
    start = "data:image/svg+xml;base64,"
    if len(inner) != 1 or not inner[0].startswith(start):
        raise stop("figure-file", "its page cannot be drawn", where=where, fix="export it as SVG, PNG or TIFF")
    root = read_svg(base64.b64decode(inner[0].removeprefix(start)), where)
    # Its lengths are the page's points, whatever unit they are taken for.
    for side in ("width", "height"):
        root.set(side, f"{root.get(side, '').removesuffix('pt')}pt")
    clean_svg(root, where, pictures=True)
    return root


def _renderer() -> str:
    here = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    path = shutil.which(RENDERER, path=here)
    if not path:
        raise stop("renderer", f"the program {RENDERER} is missing", fix="install Prismake with its dependencies again")
    return path


def svg_of_dot(source: Path) -> etree._Element:
    """A graph in Graphviz's language as SVG. Raises BuildStop with Graphviz's complaint, which names the line."""
    where = source.as_posix()
    text = read_text(source)
    try:
        # Away from the review, so that a name of a picture in the graph leads to no file of it.
        with tempfile.TemporaryDirectory() as folder:
            done = run_program(
                [_renderer(), "-Kdot", "-Tsvg"],
                text.encode(),
                seconds=LONGEST,
                memory=LARGEST_IN_MEMORY,
                environment={"LC_ALL": "C.UTF-8"},
                folder=Path(folder),
            )
    except TooMuch as fault:
        raise stop("figure-dot", f"Graphviz {fault}", where=where, fix="draw a smaller graph") from None
    output = inert(done.stderr.decode("utf-8", "replace")).strip()
    if done.returncode or not done.stdout.strip():
        message = f"Graphviz cannot draw it: {output or 'no graph in it'}"
        raise stop("figure-dot", message, where=where, fix="correct the graph")
    root = read_svg(done.stdout, where)
    clean_svg(root, where)
    return root


def take_in_drawing(source: Path, fonts: Sequence[Path]) -> etree._Element:
    """The clean SVG of a drawing: SVG, PDF, or a graph in Graphviz's language."""
    match source.suffix.lower():
        case ".svg":
            check_regular(source, LARGEST)
            root = read_svg(source.read_bytes(), source.as_posix())
            clean_svg(root, source.as_posix())
            return root
        case ".pdf":
            return svg_of_pdf(source, fonts)
        case _:
            return svg_of_dot(source)
