"""Word's XML: names, values and text of elements.

Every number that a file holds is hostile text until `whole` has read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"

PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

SVG_BLIP = "{http://schemas.microsoft.com/office/drawing/2016/SVG/main}svgBlip"

EMU_PER_INCH = 914400

TWIPS_PER_POINT = 20

FIRST_WORDS = 48

OFF = {"0", "false", "off", "none"}

MEASURE = re.compile(r"(-?\d+(?:\.\d+)?)(mm|cm|in|pt|pc|pi)?")

POINTS = {"mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0, "pt": 1.0, "pc": 12.0, "pi": 12.0}


def whole(text: str | None) -> int | None:
    """A whole number, or None where the text is none or beyond what any document measures."""
    if text is None or not re.fullmatch(r"\s*[+-]?\d{1,12}\s*", text, re.ASCII):
        return None
    return int(text)


def twips(text: str | None) -> float | None:
    """A length in twentieths of a point: a plain number of them, or a number with a unit."""
    match = MEASURE.fullmatch((text or "").strip())
    if not match or len(match[1]) > 12:
        return None
    return float(match[1]) * (POINTS[match[2]] * TWIPS_PER_POINT if match[2] else 1)


def value(node: Any, name: str = "val") -> str | None:
    """An attribute of Word's namespace, or None where the element or the attribute is absent."""
    return None if node is None else node.get(W + name)


@cache
def _steps(path: str) -> tuple[str, ...]:
    return tuple(W + step for step in path.split("/"))


def _below(node: Any, steps: tuple[str, ...]) -> Any:
    # lxml's own `find` takes twice as long, and a small document asks thirty thousand times.
    for child in node.iterchildren(steps[0]):
        if len(steps) == 1:
            return child
        if (match := _below(child, steps[1:])) is not None:
            return match
    return None


def find(node: Any, path: str) -> Any:
    """The first descendant by a path of Word's element names, as "pPr/pStyle", or None."""
    return None if node is None else _below(node, _steps(path))


def is_on(node: Any) -> bool:
    """Whether a property of the kind "on or off" is on; absent is off."""
    return node is not None and (value(node) or "1").lower() not in OFF


def shown_in(node: Any) -> str:
    """All text below an element, comments left out."""
    return "".join(child.text or "" for child in node.iter("{*}*")).strip()


def local(node: Any) -> str:
    """The name of an element without its namespace, "" for comments and instructions."""
    return node.tag.rsplit("}", 1)[-1] if isinstance(node.tag, str) else ""


def text_of(node: Any) -> str:
    """The text that is shown below an element: tabs and breaks as blanks, deleted text left out."""
    pieces = []
    for part in node.iter(f"{W}t", f"{M}t", f"{W}tab", f"{W}br", f"{W}cr", f"{W}noBreakHyphen"):
        if part.tag in (f"{W}t", f"{M}t"):
            pieces.append(part.text or "")
        elif part.tag == f"{W}noBreakHyphen":
            pieces.append("-")
        elif part.getparent() is not None and part.getparent().tag == f"{W}r":
            pieces.append(" ")
    return "".join(pieces)


def shortened(text: str) -> str:
    """The first words of a text, for a person to find it."""
    plain = " ".join(text.split())
    return plain if len(plain) <= FIRST_WORDS else plain[: FIRST_WORDS - 1].rstrip() + "…"


def drop_fallbacks(root: Any) -> None:
    """Removes the fallback of each drawing, which would be counted twice."""
    for node in list(root.iter(f"{MC}Fallback")):
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)


def flattened(parent: Any) -> Iterator[Any]:
    """The paragraphs and tables below an element in order, those inside content controls and insertions too."""
    for node in parent:
        name = local(node)
        if name in ("p", "tbl"):
            yield node
        elif name == "sdt":
            content = node.find(f"{W}sdtContent")
            if content is not None:
                yield from flattened(content)
        elif name in ("customXml", "ins", "moveTo", "smartTag"):
            yield from flattened(node)
