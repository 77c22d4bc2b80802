"""Tracked changes in Word's XML: what they are, and what accepting or rejecting all of them leaves.

The marks are those of ISO/IEC 29500-1, 17.13.5: insertions and deletions of runs, of paragraph marks, of table rows and
cells, moves, and changes of properties.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from prismake.revision.package import w

INSERTED = frozenset({w("ins"), w("moveTo")})
DELETED = frozenset({w("del"), w("moveFrom")})
CELLS = {w("cellIns"): True, w("cellDel"): False}
RANGES = frozenset(
    w(name + edge)
    for name in (
        "moveFromRange",
        "moveToRange",
        "customXmlInsRange",
        "customXmlDelRange",
        "customXmlMoveFromRange",
        "customXmlMoveToRange",
    )
    for edge in ("Start", "End")
)
CHANGED_PROPERTIES = frozenset(
    w(name)
    for name in (
        "rPrChange",
        "pPrChange",
        "sectPrChange",
        "tblPrChange",
        "tblPrExChange",
        "tblGridChange",
        "trPrChange",
        "tcPrChange",
        "numberingChange",
    )
)
REVISIONS = INSERTED | DELETED | CHANGED_PROPERTIES | frozenset(CELLS) | {w("cellMerge")}
TEXT = {w("t"): None, w("delText"): None, w("tab"): "\t", w("br"): "\n", w("cr"): "\n", w("noBreakHyphen"): "\u2011"}


def revisions(root: Any) -> Iterator[Any]:
    """Every element that records a change, in document order."""
    return (element for element in root.iter(*REVISIONS))


def _drop(element: Any) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(element: Any) -> None:
    parent, at = element.getparent(), element.getparent().index(element)
    for offset, child in enumerate(list(element)):
        parent.insert(at + offset, child)
    parent.remove(element)


def _restore(change: Any) -> None:
    """Puts back the properties that a change of properties keeps."""
    owner = change.getparent()
    old = next(iter(change), None)
    # What a change of properties does not mention stays: the section of a paragraph, the mark's own properties.
    kept = [
        child
        for child in owner
        if child is not change and owner.tag == w("pPr") and child.tag in (w("rPr"), w("sectPr"))
    ] + [
        child
        for child in owner
        if owner.tag == w("sectPr") and child.tag in (w("headerReference"), w("footerReference"))
    ]
    for child in list(owner):
        owner.remove(child)
    restored = [copy.deepcopy(child) for child in (old if old is not None else ())]
    owner.extend(restored + kept if owner.tag == w("pPr") else kept + restored)


def _join(paragraph: Any) -> None:
    """Removes the mark at a paragraph's end and joins its content to the next paragraph."""
    properties = paragraph.find(w("pPr"))
    content = [child for child in paragraph if child is not properties]
    following = paragraph.getnext()
    while following is not None and following.tag in RANGES | {w("bookmarkStart"), w("bookmarkEnd")}:
        following = following.getnext()
    if following is not None and following.tag == w("p"):
        at = 1 if following.find(w("pPr")) is not None else 0
        for offset, child in enumerate(content):
            following.insert(at + offset, child)
        _drop(paragraph)
    elif not any(child.tag == w("r") or child.find(f".//{w('r')}") is not None for child in content) and (
        len(paragraph.getparent().findall(w("p"))) > 1 or paragraph.getparent().tag == w("body")
    ):
        for child in content:
            paragraph.addprevious(child)
        _drop(paragraph)


def _settle(root: Any, *, accept: bool) -> None:
    gone, kept = (DELETED, INSERTED) if accept else (INSERTED, DELETED)
    for change in list(root.iter(*CHANGED_PROPERTIES)):
        if change.getparent() is None:
            continue
        if accept or change.tag == w("numberingChange"):
            _drop(change)
        else:
            _restore(change)
    rows = [row for row in root.iter(w("tr")) if any(row.find(f"{w('trPr')}/{tag}") is not None for tag in gone)]
    cells = [mark.getparent().getparent() for mark in root.iter(*CELLS) if CELLS[mark.tag] is not accept]
    for element in (*rows, *cells):
        _drop(element)
    for table in list(root.iter(w("tbl"))):
        if table.find(w("tr")) is None:
            _drop(table)
    joined = [
        paragraph
        for paragraph in root.iter(w("p"))
        if any(paragraph.find(f"{w('pPr')}/{w('rPr')}/{tag}") is not None for tag in gone)
    ]
    for element in list(root.iter(*gone)):
        _drop(element)
    for element in list(root.iter(*kept)):
        if element.getparent() is not None:
            _unwrap(element)
    for element in list(root.iter(*RANGES, *CELLS, w("cellMerge"))):
        _drop(element)
    for paragraph in joined:
        if paragraph.getparent() is not None:
            _join(paragraph)
    for element in root.iter(w("delText"), w("delInstrText")):
        element.tag = w("t") if element.tag == w("delText") else w("instrText")


def accepted(root: Any) -> Any:
    """A copy of a part with all its changes accepted."""
    result = copy.deepcopy(root)
    _settle(result, accept=True)
    return result


def rejected(root: Any) -> Any:
    """A copy of a part with all its changes rejected."""
    result = copy.deepcopy(root)
    _settle(result, accept=False)
    return result


def paragraph_text(paragraph: Any) -> str:
    """The text of a paragraph, tabs and line breaks as such; a text box in it is paragraphs of its own."""
    pieces = []
    for node in paragraph.iter(*TEXT):
        if next(node.iterancestors(w("p"))) is not paragraph or node.getparent().tag != w("r"):
            continue
        pieces.append(TEXT[node.tag] or node.text or "")
    return "".join(pieces)


def texts(root: Any) -> list[str]:
    """The text of every paragraph of a part, in document order, those of tables included; empty ones left out."""
    paragraphs = [paragraph_text(paragraph) for paragraph in root.iter(w("p"))]
    return [text for text in paragraphs if text.strip()]
