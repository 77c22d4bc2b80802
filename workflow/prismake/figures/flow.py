"""Drawing the PRISMA flow figure as SVG, PNG, PDF and TIFF, with its alternative text and an outline in words.

The `graphviz` package builds the graph from a finished layout; the wheel `graphviz-pure` renders it, so no Graphviz
has to be installed and the same bytes come out everywhere. Typst makes the other forms of the SVG, with the fonts that
Prismake brings.
"""

import io
import json
import os
import re
import shutil
import sysconfig
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import graphviz
from graphviz.backend import dot_command
from PIL import Image

from prismake.common.errors import Issue, stop
from prismake.common.steps import warn
from prismake.common.typesetting import MAIN, typeset
from prismake.figures.flow_grid import MARGIN, WIDTH
from prismake.figures.flow_layout import ARROW, Picture
from prismake.figures.textwidth import NO_BREAK_SPACE
from prismake.review.journal import PAPERS


@dataclass(frozen=True)
class Font:
    """A font of the figure: its name, the renderer's names for it, and the fonts that a reader may have."""

    name: str
    renderer: str
    bold: str
    fallback: str


FONTS = {
    "sans": Font("Arimo", "Arimo", "Helvetica-Bold", "Arimo, Arial, 'Liberation Sans', Helvetica, sans-serif"),
    "serif": Font("Tinos", "Times-Roman", "Times-Bold", "Tinos, 'Times New Roman', 'Liberation Serif', Times, serif"),
}
DPI = 300

# What a page of A4 or letter holds beside a caption.
TALLEST_MM = 225.0
# Below, the boxes of the four templates hold no words.
NARROWEST_MM = 120.0
PEN = 0.75
INK, PENDING_INK, FILL = "#1a1a1a", "#6b6b6b", "#dbe7f1"
SVG = "http://www.w3.org/2000/svg"
RENDERER = "graphviz-pure"


def _use_pure_renderer() -> None:
    """Makes the graphviz package use the renderer of this environment. Raises BuildStop if it is missing."""
    here = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    path = shutil.which(RENDERER, path=here)
    if not path:
        raise stop("renderer", f"the program {RENDERER} is missing", fix="install Prismake with its dependencies again")
    dot_command.DOT_BINARY = Path(path)


def without_controls(content: Any) -> Any:
    """The content of flow.json with every text freed of control characters, which no XML may hold."""
    match content:
        case str():
            return "".join(c for c in content if unicodedata.category(c) not in ("Cc", "Cs", "Cn"))
        case list():
            return [without_controls(item) for item in content]
        case dict():
            return {key: without_controls(item) for key, item in content.items()}
    return content


def _plain(text: str) -> str:
    """A text that Graphviz prints unchanged: its escape sequences and entities are escaped."""
    # Graphviz reckons a no-break space as two characters and would set the line out of place.
    return text.replace(NO_BREAK_SPACE, " ").replace("\\", "\\\\").replace("&", "&amp;")


def _label(lines: Sequence[str], ending: str) -> str:
    """A label in Graphviz's own language; each line ends with `\\l` (set left) or `\\n` (centred).

    The ending also keeps the graphviz package from taking a text in angle brackets for HTML.
    """
    return "".join(_plain(line) + ending for line in lines)


def _inches(points: float) -> str:
    return f"{points / 72:.5f}"


def build_graph(picture: Picture, font: Font) -> graphviz.Digraph:
    """The figure as a graph with nodes and edges fixed as in the layout; bars have no text yet."""
    size = picture.font_size
    graph = graphviz.Digraph("prisma", engine="neato")
    graph.attr(bgcolor="white", pad=_inches(MARGIN), dpi="72", outputorder="nodesfirst")
    graph.attr("node", shape="box", fixedsize="true", fontname=font.renderer, fontsize=f"{size:g}", penwidth=f"{PEN:g}")
    graph.attr("node", color=INK, fontcolor=INK, margin=f"{_inches(picture.padding)},0")
    graph.attr("edge", color=INK, penwidth=f"{PEN:g}", arrowsize="0.55")
    styles = {
        "box": {"style": "filled", "fillcolor": "white"},
        "pending": {"style": "filled,dashed", "fillcolor": "white", "color": PENDING_INK},
        "heading": {"style": "filled", "fillcolor": FILL, "color": FILL, "fontname": font.bold},
        "bar": {"style": "filled", "fillcolor": FILL, "color": FILL},
    }
    endings = {"heading": r"\n"}
    # Names of our own: Graphviz reads a colon in a name as a port.
    names = {shape.name: f"n{number}" for number, shape in enumerate(picture.shapes)}
    for shape in picture.shapes:
        graph.node(
            names[shape.name],
            label="" if shape.style == "bar" else _label(shape.lines, endings.get(shape.style, r"\l")),
            id=shape.name,
            pos=f"{shape.x:.3f},{shape.y:.3f}",
            width=_inches(shape.width),
            height=_inches(shape.height),
            **styles[shape.style],
        )
    for arrow in picture.arrows:
        graph.edge(names[arrow.source], names[arrow.target], pos=_spline(arrow.points))
    return graph


def _spline(points: Sequence[tuple[float, float]]) -> str:
    """Straight pieces as Graphviz has them: each a curve with its inner points on the line; the head takes the end."""
    (x0, y0), (x1, y1) = points[-2:]
    head = ARROW / (abs(x1 - x0) + abs(y1 - y0))
    stem = [*points[:-1], (x1 - (x1 - x0) * head, y1 - (y1 - y0) * head)]
    curve = [stem[0]]
    for (ax, ay), (bx, by) in pairwise(stem):
        curve += [(ax + (bx - ax) * part / 3, ay + (by - ay) * part / 3) for part in (1, 2, 3)]
    return f"e,{x1:.3f},{y1:.3f} " + " ".join(f"{x:.3f},{y:.3f}" for x, y in curve)


def draw_svg(picture: Picture, alternative: str, font: Font = FONTS["sans"]) -> str:
    """The figure as SVG in points of print size, with its alternative text and fallback fonts of equal widths."""
    _use_pure_renderer()
    ET.register_namespace("", SVG)
    root = ET.fromstring(build_graph(picture, font).pipe(format="svg", neato_no_op=2, quiet=True))
    root.set("role", "img")
    root.set("aria-labelledby", "figure-description")
    description = ET.Element(f"{{{SVG}}}desc", {"id": "figure-description"})
    description.text = alternative
    root.insert(0, description)
    # Graphviz rounds the size to whole points, and a picture of another shape would be squeezed.
    width, height = (f"{length + 2 * MARGIN:.2f}" for length in (picture.width, picture.height))
    root.set("width", f"{width}pt")
    root.set("height", f"{height}pt")
    root.set("viewBox", f"0 0 {width} {height}")
    bars = {shape.name: shape for shape in picture.shapes if shape.style == "bar"}
    for group in root.iter(f"{{{SVG}}}g"):
        # Viewers show a title as a tooltip; Graphviz puts its internal names there.
        for title in group.findall(f"{{{SVG}}}title"):
            group.remove(title)
        if shape := bars.get(group.get("id", "")):
            x, y = shape.x + 0.3 * picture.font_size, -shape.y
            turned = {"text-anchor": "middle", "transform": f"translate({x:.2f} {y:.2f}) rotate(-90)"}
            style = {
                "font-family": font.name,
                "font-weight": "bold",
                "font-size": f"{picture.font_size:.2f}",
                "fill": INK,
            }
            ET.SubElement(group, f"{{{SVG}}}text", turned | style).text = shape.lines[0]
    for text in root.iter(f"{{{SVG}}}text"):
        text.set("font-family", font.fallback)
        content = text.text or ""
        # Not every viewer honours xml:space; no-break spaces indent in all.
        text.text = NO_BREAK_SPACE * (len(content) - len(content.lstrip())) + content.lstrip()
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def journals_look(profile: Mapping[str, Any]) -> dict[str, Any]:
    """The settings `font` and `width_mm` that suit a journal: the font of its text, and as wide as its column prints.

    A figure is never wider than a letter page has room for, and never narrower than its text needs.
    """
    column = PAPERS[profile["page"]["size"]][0] - 2 * profile["page"]["margin_mm"]
    widest = min(column, profile["figures"].get("max_width_mm", column), (WIDTH + 2 * MARGIN) / 72 * 25.4)
    font = "serif" if profile["text"]["pdf_font"] == FONTS["serif"].name else "sans"
    return {"font": font, "width_mm": max(round(widest, 1), NARROWEST_MM)}


def drawn_as(settings: Mapping[str, Any], profile: Mapping[str, Any]) -> tuple[Font, float]:
    """The font of the figure and its width in points without margins.

    `settings` is the config block `flow`; what it does not say suits the journal whose `profile` there is, if any.
    """
    look = {**(journals_look(profile) if profile else {}), **settings}
    width = look["width_mm"] / 25.4 * 72 - 2 * MARGIN if "width_mm" in look else WIDTH
    return FONTS[look.get("font", "sans")], width


def _typeset(svg: str, alternative: str, fonts: Sequence[Path], font: Font, format: Any, dpi: int, title: str) -> bytes:
    """The SVG as a page of its size, in PDF with text as text, fonts embedded, and no time stamp."""
    named = re.sub(r'font-family="[^"]*"', f'font-family="{font.name}"', svg)
    (width, height) = re.findall(r'(?:width|height)="([0-9.]+)pt"', svg)[:2]
    page = (
        f"#set document(title: {json.dumps(title, ensure_ascii=False)}, date: none)\n"
        f"#set page(width: {width}pt, height: {height}pt, margin: 0pt, fill: white)\n"
        '#image("figure.svg", width: 100%, height: 100%, alt: json("figure.json"))\n'
    )
    files = {MAIN: page.encode(), "figure.svg": named.encode(), "figure.json": json.dumps(alternative).encode()}
    content, warnings = typeset(files, fonts, format=format, dpi=dpi)
    for warning in warnings:
        warn(Issue("figure", warning.message, "the figure"))
    return content


def make_forms(
    svg: str,
    alternative: str,
    fonts: Sequence[Path],
    forms: Sequence[str],
    *,
    font: Font = FONTS["sans"],
    dpi: int = DPI,
    title: str = "Flow diagram",
) -> dict[str, bytes]:
    """The figure in other formats: `pdf`, `png` and `tiff` (LZW); rasters have and state `dpi` pixels per inch."""
    made: dict[str, bytes] = {}
    if "pdf" in forms:
        made["pdf"] = _typeset(svg, alternative, fonts, font, "pdf", dpi, title)
    rasters = [form for form in forms if form in ("png", "tiff")]
    if rasters:
        content = _typeset(svg, alternative, fonts, font, "png", dpi, title)
        picture = Image.open(io.BytesIO(content)).convert("RGB")
    for form in rasters:
        target = io.BytesIO()
        if form == "png":
            picture.save(target, "PNG", dpi=(dpi, dpi), optimize=True)
        else:
            picture.save(target, "TIFF", dpi=(dpi, dpi), compression="tiff_lzw")
        made[form] = target.getvalue()
    return made
