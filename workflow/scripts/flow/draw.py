"""Step: draws the PRISMA flow figure as SVG and PNG, with its alternative text.

The `graphviz` package builds the graph from a finished layout; the wheel `graphviz-pure` renders it, so no Graphviz
has to be installed and the same bytes come out everywhere.
"""

import io
import json
import os
import shutil
import sysconfig
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import graphviz
from graphviz.backend import dot_command
from PIL import Image, ImageChops
from prismake.common.errors import Issue, stop
from prismake.common.steps import warn
from prismake.common.writing import write_bytes, write_text
from prismake.flow.describe import describe
from prismake.flow.layout import FONT_SIZE, MARGIN, PADDING_X, PIXEL, Picture, Shape, arrange
from prismake.flow.textwidth import NO_BREAK_SPACE

FONT = "Arimo"
# The name under which the renderer knows Arimo Bold.
BOLD_FONT = "Helvetica-Bold"
# Where a reader has no Arimo: fonts of the same widths.
FONT_FALLBACK = "Arimo, Arial, 'Liberation Sans', Helvetica, sans-serif"
DPI = round(72 / PIXEL)
PEN = 0.75
INK, PENDING_INK, FILL = "#1a1a1a", "#6b6b6b", "#dbe7f1"
SVG = "http://www.w3.org/2000/svg"
RENDERER = "graphviz-pure"


def _use_pure_renderer() -> None:
    """Points the graphviz package at the renderer of this environment. Raises BuildStop where it is missing."""
    here = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    found = shutil.which(RENDERER, path=here)
    if not found:
        raise stop("renderer", f"the program {RENDERER} is missing", fix="run `make` to set up the environment")
    dot_command.DOT_BINARY = Path(found)


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
    """A text that Graphviz shows as it stands: no escape sequence and no entity in it is taken for one."""
    # Graphviz reckons a no-break space as two characters and would set the line out of place.
    return text.replace(NO_BREAK_SPACE, " ").replace("\\", "\\\\").replace("&", "&amp;")


def _label(lines: Sequence[str], ending: str) -> str:
    """A label in Graphviz's own language; each line ends with `\\l` (set left) or `\\n` (centred).

    The ending also keeps the graphviz package from taking a text in angle brackets for HTML.
    """
    return "".join(_plain(line) + ending for line in lines)


def _inches(points: float) -> str:
    return f"{points / 72:.5f}"


def _graph(dpi: int, background: str = "white") -> graphviz.Digraph:
    graph = graphviz.Digraph("prisma", engine="neato")
    graph.attr(bgcolor=background, pad=_inches(MARGIN), dpi=str(dpi), outputorder="nodesfirst")
    graph.attr("node", shape="box", fixedsize="true", fontname=FONT, fontsize=f"{FONT_SIZE:g}", penwidth=f"{PEN:g}")
    graph.attr("node", color=INK, fontcolor=INK, margin=f"{_inches(PADDING_X)},0")
    graph.attr("edge", color=INK, penwidth=f"{PEN:g}", arrowsize="0.55")
    return graph


def build_graph(picture: Picture, dpi: int) -> graphviz.Digraph:
    """The figure as a graph whose nodes and edges are pinned where the layout put them; bars have no text yet."""
    graph = _graph(dpi)
    styles = {
        "box": {"style": "filled", "fillcolor": "white"},
        "pending": {"style": "filled,dashed", "fillcolor": "white", "color": PENDING_INK},
        "heading": {"style": "filled", "fillcolor": FILL, "color": FILL, "fontname": BOLD_FONT},
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
        (x0, y0), (x1, y1) = arrow.start, arrow.end
        length = abs(x1 - x0) + abs(y1 - y0)
        head = 5.5 / length  # the part of the way that the arrow head takes
        tail_x, tail_y = x1 - (x1 - x0) * head, y1 - (y1 - y0) * head
        curve = " ".join(
            f"{x0 + (tail_x - x0) * part / 3:.3f},{y0 + (tail_y - y0) * part / 3:.3f}" for part in range(4)
        )
        graph.edge(names[arrow.source], names[arrow.target], pos=f"e,{x1:.3f},{y1:.3f} {curve}")
    return graph


def _render(graph: graphviz.Digraph, format: str) -> bytes:
    rendered: bytes = graph.pipe(format=format, neato_no_op=2, quiet=True)
    return rendered


def _bar_text(shape: Shape) -> Image.Image:
    """The name of a phase as a picture, running upwards: Graphviz cannot turn text."""
    graph = _graph(DPI, FILL)
    label = _label(shape.lines, r"\n")
    graph.node(
        "n0",
        label=label,
        pos="0,0",
        width=_inches(shape.height - 2),
        height=_inches(shape.width - 2),
        color=FILL,
        fontname=BOLD_FONT,
    )
    text = Image.open(io.BytesIO(_render(graph, "png"))).convert("RGB")
    different = ImageChops.difference(text, Image.new("RGB", text.size, FILL)).convert("L")
    ink = different.point([0] * 16 + [255] * 240).getbbox()
    # Cut along the line only: its height keeps the baselines of all phases in one line.
    return text.crop((ink[0], 0, ink[2], text.height)).transpose(Image.Transpose.ROTATE_90) if ink else text


def draw_png(picture: Picture) -> bytes:
    """The figure at 300 dpi, its resolution written into the file."""
    figure = Image.open(io.BytesIO(_render(build_graph(picture, DPI), "png"))).convert("RGB")
    scale = DPI / 72
    for shape in picture.shapes:
        if shape.style == "bar":
            text = _bar_text(shape)
            x, y = (shape.x + MARGIN) * scale, (picture.height - shape.y + MARGIN) * scale
            figure.paste(text, (round(x - text.width / 2), round(y - text.height / 2)))
    target = io.BytesIO()
    figure.save(target, "PNG", dpi=(DPI, DPI), optimize=True)
    return target.getvalue()


def draw_svg(picture: Picture, alternative: str) -> str:
    """The figure as SVG in points of print size, with its alternative text and fallback fonts of equal widths."""
    ET.register_namespace("", SVG)
    root = ET.fromstring(_render(build_graph(picture, 72), "svg"))
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
            x, y = shape.x + 0.3 * FONT_SIZE, -shape.y
            turned = {"text-anchor": "middle", "transform": f"translate({x:.2f} {y:.2f}) rotate(-90)"}
            style = {"font-family": FONT, "font-weight": "bold", "font-size": f"{FONT_SIZE:.2f}", "fill": INK}
            ET.SubElement(group, f"{{{SVG}}}text", turned | style).text = shape.lines[0]
    for text in root.iter(f"{{{SVG}}}text"):
        text.set("font-family", FONT_FALLBACK)
        content = text.text or ""
        # Not every viewer honours xml:space; no-break spaces indent in all.
        text.text = NO_BREAK_SPACE * (len(content) - len(content.lstrip())) + content.lstrip()
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _warn_of_foreign_letters(picture: Picture) -> None:
    for shape in picture.shapes:
        for line in shape.lines:
            if any(unicodedata.east_asian_width(character) in "WF" for character in line):
                message = f"the figure's font has no letters for '{line.strip()}'"
                warn(Issue("letters", message, f"box {shape.name}", "give it another label under flow.labels"))


def draw(*, flow: Path, svg: Path, png: Path, alt: Path) -> None:
    """Draws the figure of `flow` (flow.json) as `svg` and `png` (300 dpi, 165 mm wide) and writes its `alt` text."""
    content = without_controls(json.loads(flow.read_text(encoding="utf-8")))
    picture = arrange(content)
    _warn_of_foreign_letters(picture)
    _use_pure_renderer()
    alternative = describe(content)
    write_text(svg, draw_svg(picture, alternative))
    write_bytes(png, draw_png(picture))
    write_text(alt, alternative + "\n")


if "snakemake" in globals():
    from prismake.common.steps import run

    run(draw, globals()["snakemake"])
