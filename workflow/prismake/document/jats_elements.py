"""Elements of JATS, made in one line."""

from __future__ import annotations

from typing import Any

from lxml import etree

Element = Any


def add(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    """A new last child; an underscore in an attribute's name stands for a hyphen."""
    child = etree.SubElement(parent, tag, {key.replace("_", "-"): value for key, value in attributes.items()})
    if text:
        child.text = text
    return child
