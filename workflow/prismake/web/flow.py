"""The flow figure as elements of the page: each line of a box that counts records is a link to their list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from lxml import etree

from prismake.common.errors import stop
from prismake.figures.flow_layout import arrange

Element = Any
SVG = "http://www.w3.org/2000/svg"
# What a reader hears of the figure before its description.
NAME = "Flow diagram"
# Ids of the drawing must not be those of the page.
BEFORE = "flow-"


def route(box: str) -> str:
    """The address of a box's list in the page."""
    return f"#box/{quote(box, safe='')}"


def record_route(record: str) -> str:
    """The address of a record."""
    return f"#record/{quote(record, safe='')}"


def study_route(study: str, item: str = "") -> str:
    """The address of a study, or of an item of its appraisal."""
    return "/".join(["#study", *(quote(part, safe="") for part in (study, item) if part)])


def _without_namespace(root: Element) -> None:
    """HTML knows the elements of SVG by their names alone."""
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    etree.cleanup_namespaces(root)


def _link(texts: Sequence[Element], target: str) -> None:
    """Turns the lines of a label into a link with their words as its name; the blanks that indent it are not
    underlined.
    """
    name = " ".join(" ".join((text.text or "").split()) for text in texts)
    link = etree.Element("a", {"href": target, "aria-label": name})
    texts[0].addprevious(link)
    for text in texts:
        content = text.text or ""
        words = content.lstrip()
        text.text = None
        for part, kind in ((content[: len(content) - len(words)], "indent"), (words, "words")):
            if part:
                etree.SubElement(text, "tspan", {"class": kind}).text = part
        link.append(text)
        text.tail = None


def _labels(lines: Iterable[tuple[Element, str]]) -> list[tuple[str, list[Element]]]:
    """(box, the lines of its label) of lines with their boxes; a label ends with its number."""
    labels: list[tuple[str, list[Element]]] = []
    ended = True
    for text, box in lines:
        if ended or labels[-1][0] != box:
            labels.append((box, []))
        labels[-1][1].append(text)
        ended = (text.text or "").endswith(")")
    return labels


def _in_reading_order(root: Element, counted: Mapping[str, Sequence[str]], boxes: Sequence[str]) -> None:
    """Puts the shapes in the order of the boxes that they show, as a reader of the screen and the Tab key meet them."""
    order = {box: place for place, box in enumerate(boxes)}

    def first(shape: Element) -> int:
        """The place of the first box of a shape; of one without boxes, none."""
        return min((order[box] for box in counted.get(shape.get("id", ""), ()) if box in order), default=-1)

    shapes = [group for group in root.iter("g") if first(group) >= 0]
    places = [(group.getparent(), group.getparent().index(group)) for group in shapes]
    for parent, _ in places:
        parent.remove(next(group for group in shapes if group.getparent() is parent))
    for (parent, place), group in zip(places, sorted(shapes, key=first), strict=True):
        parent.insert(place, group)


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
        for box, lines in _labels(zip(texts, boxes, strict=False)):
            if box in linked:
                _link(lines, route(box))
    _in_reading_order(root, counted, [box["id"] for box in flow["boxes"]])
    for element in root.iter(etree.Element):
        if name := element.get("id"):
            element.set("id", BEFORE + name)
    root.set("class", "flow")
    for name in ("width", "height"):
        root.attrib.pop(name, "")
    root.set("role", "group")
    root.set("aria-label", NAME)
    root.set("aria-describedby", f"{BEFORE}figure-description")
    return root
