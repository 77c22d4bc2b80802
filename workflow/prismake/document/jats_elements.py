"""Elements of JATS, made in one line, and words put into them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

Element = Any
XLINK = "http://www.w3.org/1999/xlink"


def add(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    """A new last child; an underscore in an attribute's name stands for a hyphen."""
    child = etree.SubElement(parent, tag, {key.replace("_", "-"): value for key, value in attributes.items()})
    if text:
        child.text = text
    return child


def add_words(element: Element, text: str) -> None:
    """Puts text behind what an element holds."""
    if not text:
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def append_text(target: Element, paragraphs: Sequence[Element]) -> None:
    """Puts the words of paragraphs, with their markup, into an element that takes no paragraphs."""
    for paragraph in paragraphs:
        add_words(target, paragraph.text or "")
        target.extend(list(paragraph))
