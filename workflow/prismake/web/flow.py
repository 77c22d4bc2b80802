"""The flow figure as elements of the page: each line of a box that counts records is a link to their list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from lxml import etree

from prismake.common.errors import stop
from prismake.figures.flow_layout import arrange

Element = Any
SVG = "http://www.w3.org/2000/svg"
# Ids of the drawing must not be those of the page.
BEFORE = "flow-"


def route(box: str) -> str:
    """The address of a box's list in the page."""
    return f"#box/{quote(box, safe='')}"


def study_route(study: str, item: str = "") -> str:
    """The address of a study, or of an item of its appraisal."""
    return "/".join(["#study", *(quote(part, safe="") for part in (study, item) if part)])


def _without_namespace(root: Element) -> None:
    """HTML knows the elements of SVG by their names alone."""
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    etree.cleanup_namespaces(root)


def _link(text: Element, target: str) -> None:
    """Turns a line into a link; the blanks that indent it are not underlined."""
    content = text.text or ""
    words = content.lstrip()
    text.text = None
    for part, name in ((content[: len(content) - len(words)], "indent"), (words, "words")):
        if part:
            etree.SubElement(text, "tspan", {"class": name}).text = part
    link = etree.Element("a", {"href": target})
    text.addprevious(link)
    link.tail, text.tail = text.tail, None
    link.append(text)


def live(svg: bytes, flow: Mapping[str, Any], width: float) -> Element:
    """The flow figure as it was drawn, so wide in points, from the content of flow.json, with links.

    Raises BuildStop where the drawing is not that of this flow.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(svg, parser)
    _without_namespace(root)
    counted = {shape.name: shape.counted for shape in arrange(flow, width).shapes}
    linked = {box["id"] for box in flow["boxes"] if box.get("records")}
    for group in root.iter("g"):
        boxes = counted.get(group.get("id", ""), ())
        texts = group.findall("text")
        if boxes and len(texts) != len(boxes):
            raise stop(
                "flow-figure",
                "the figure is not drawn from this flow",
                where=group.get("id", ""),
                fix="build again with --forceall",
            )
        for text, box in zip(texts, boxes, strict=False):
            if box in linked:
                _link(text, route(box))
    for element in root.iter(etree.Element):
        if name := element.get("id"):
            element.set("id", BEFORE + name)
    root.set("class", "flow")
    for name in ("width", "height"):
        root.attrib.pop(name, "")
    root.set("role", "group")
    root.set("aria-labelledby", f"{BEFORE}figure-description")
    return root
