"""Writing systems in Word: right-to-left runs and paragraphs, East Asian runs, each with its language.

Word sets a letter of Arabic, Hebrew or East Asia right only where its run says so: without it, punctuation wanders to
the wrong side, and bold, italics and sizes do not apply.
"""

from __future__ import annotations

import copy
import unicodedata
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

LEFT, RIGHT, EAST = "left", "right", "east"
RIGHT_LETTERS = {"R", "AL"}
# What the schema wants behind an element of a run's properties, so that each new one finds its place.
AFTER_RTL = ("w:cs", "w:em", "w:lang", "w:eastAsianLayout", "w:specVanish", "w:oMath")
AFTER_LANG = AFTER_RTL[3:]
# Properties that complex scripts have a second time.
TWINS = {"w:b": "w:bCs", "w:i": "w:iCs", "w:sz": "w:szCs"}


def system_of(letter: str) -> str | None:
    """Which way a letter runs: left, right or East Asian; None for blanks, marks, digits and punctuation."""
    direction = unicodedata.bidirectional(letter)
    if direction in RIGHT_LETTERS:
        return RIGHT
    if unicodedata.east_asian_width(letter) in "WF":
        return EAST
    return LEFT if direction == "L" else None


def pieces(text: str) -> list[tuple[str, str]]:
    """(system, text) of each stretch of one writing system; what has none goes with the letters around it where both
    sides agree, else with left-to-right text.
    """
    systems: list[str | None] = [system_of(letter) for letter in text]
    last: str | None = None
    following = _next_known(systems)
    whole = []
    for position, system in enumerate(systems):
        if system:
            last = system
        elif unicodedata.category(text[position]).startswith("M") or last == following[position]:
            system = last
        whole.append(system or LEFT)
    stretches = groupby(zip(whole, text, strict=True), key=lambda pair: pair[0])
    return [(system, "".join(letter for _, letter in letters)) for system, letters in stretches]


def _next_known(systems: list[str | None]) -> list[str | None]:
    known: list[str | None] = []
    last = None
    for system in reversed(systems):
        last = system or last
        known.append(last)
    return known[::-1]


def _insert(properties: Any, tag: str, successors: Iterable[str]) -> Any:
    element = properties.find(qn(tag))
    if element is None:
        element = OxmlElement(tag)
        properties.insert_element_before(element, *successors)
    return element


def language_of(text: str) -> tuple[str, str]:
    """(attribute of `w:lang`, language) of text that does not run from left to right, judged by its letters."""
    names = " ".join(unicodedata.name(letter, "") for letter in text)
    for word, attribute, language in (
        ("HEBREW", "w:bidi", "he-IL"),
        ("HANGUL", "w:eastAsia", "ko-KR"),
        ("HIRAGANA", "w:eastAsia", "ja-JP"),
        ("KATAKANA", "w:eastAsia", "ja-JP"),
        ("CJK", "w:eastAsia", "zh-CN"),
    ):
        if word in names:
            return attribute, language
    return "w:bidi", "ar-SA"


def _mark(run: Any, system: str, text: str) -> None:
    properties = run.get_or_add_rPr()
    attribute, language = language_of(text)
    if system == RIGHT:
        for tag, twin in TWINS.items():
            given = properties.find(qn(tag))
            if given is not None and properties.find(qn(twin)) is None:
                second = copy.copy(given)
                second.tag = qn(twin)
                given.addnext(second)
        _insert(properties, "w:rtl", AFTER_RTL)
    else:
        fonts = properties.get_or_add_rFonts()
        fonts.set(qn("w:hint"), "eastAsia")
        if attribute == "w:bidi":
            return
    _insert(properties, "w:lang", AFTER_LANG).set(qn(attribute), language)


def _split(run: Any) -> None:
    """Makes a run of each stretch of one writing system; only runs that hold nothing but text are split."""
    texts = run.findall(qn("w:t"))
    others = [child for child in run if child.tag not in (qn("w:t"), qn("w:rPr"))]
    content = "".join(text.text or "" for text in texts)
    parts = pieces(content)
    if all(system == LEFT for system, _ in parts):
        return
    if len(parts) == 1:
        _mark(run, parts[0][0], content)
        return
    if others:
        return
    for system, text in parts:
        piece = copy.deepcopy(run)
        for old in piece.findall(qn("w:t")):
            piece.remove(old)
        node = OxmlElement("w:t")
        node.text = text
        node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        piece.append(node)
        if system != LEFT:
            _mark(piece, system, text)
        run.addprevious(piece)
    run.getparent().remove(run)


def _runs_right(paragraph: Any) -> bool:
    """Whether the first letter of a paragraph that has a direction runs to the right, as in Unicode's rule P2."""
    for node in paragraph.iter(qn("w:t")):
        for letter in node.text or "":
            if (system := system_of(letter)) is not None:
                return system == RIGHT
    return False


def set_writing_systems(element: Any) -> None:
    """Marks the runs and paragraphs under an element of a Word document that do not run from left to right."""
    for node in list(element.iter(qn("w:t"))):
        text = node.text or ""
        if text.isascii() or node.getparent() is None or node.getparent().tag != qn("w:r"):
            continue
        if any(system_of(letter) in (RIGHT, EAST) for letter in text):
            _split(node.getparent())
    for paragraph in element.iter(qn("w:p")):
        if _runs_right(paragraph):
            properties = paragraph.get_or_add_pPr()
            if properties.find(qn("w:bidi")) is None:
                properties.insert_element_before(
                    OxmlElement("w:bidi"), "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind",
                    "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection",
                    "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr",
                    "w:sectPr", "w:pPrChange",
                )  # fmt: skip


def set_all_writing_systems(document: Document) -> None:
    """The body, the headers and the footers of a document."""
    set_writing_systems(document.element.body)
    for section in document.sections:
        for part in (section.header, section.footer):
            if not part.is_linked_to_previous:
                set_writing_systems(part._element)
