"""What the elements of an SVG draw with: each other, but in no circle, and within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from prismake.common.errors import inert, stop

XLINK = "http://www.w3.org/1999/xlink"
# What an attribute draws with: a mask, a clip, a pattern, a filter, a marker.
NAMED = re.compile(r"url\(\s*['\"]?#([^)'\"\s]+)")
# Elements after all references are expanded; nested ones could expand to billions.
MOST_ELEMENTS = 500_000
# How deep elements may be nested and refer to one another.
DEEPEST = 200
SIMPLER = "draw it with fewer nested masks, clips, patterns and filters, or export it as PNG"


def _named_by(element: etree._Element) -> Iterator[str]:
    """The names of the elements that an element draws or draws with: what it uses, its masks, clips, fills, markers."""
    if etree.QName(element).localname == "use":
        yield (element.get("href") or element.get(f"{{{XLINK}}}href") or "").removeprefix("#")
    for value in element.attrib.values():
        yield from NAMED.findall(str(value))


def _shown(element: etree._Element) -> str:
    """An element for a person: its tag and line."""
    return f"<{inert(etree.QName(element).localname)}> on line {element.sourceline}"


def check_references(root: etree._Element, where: str) -> None:
    """Raises BuildStop if elements refer to one another in a circle, are nested too deep, or expand to too many."""
    named = {element.get("id"): element for element in root.iter(etree.Element) if element.get("id")}
    sizes: dict[etree._Element, int] = {}

    def size(element: etree._Element, above: tuple[etree._Element, ...]) -> int:
        if element in above:
            message = f"its elements refer to one another in a circle, at {_shown(element)}"
            fix = "remove one of these references, or export it as PNG"
            raise stop("figure-svg", message, where=where, fix=fix)
        if len(above) > DEEPEST:
            message = (
                f"its elements are nested, or refer to one another, more than {DEEPEST} deep, at {_shown(element)}"
            )
            raise stop("figure-svg", message, where=where, fix="ungroup its elements, or export it as PNG")
        if element not in sizes:
            inner = [*element.iterchildren(etree.Element), *(named[n] for n in _named_by(element) if n in named)]
            total = 1
            for child in inner:
                total += size(child, (*above, element))
                if total > MOST_ELEMENTS:
                    message = f"its elements expand to more than {MOST_ELEMENTS:,}"
                    raise stop("figure-svg", message, where=where, fix=SIMPLER)
            sizes[element] = total
        return sizes[element]

    size(root, ())
