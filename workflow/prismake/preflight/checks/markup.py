"""Checks of the XML: well-formed, no document types, elements in the schema's order, values that the schema takes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from prismake.preflight import schema
from prismake.preflight.document import Document
from prismake.preflight.findings import Finding, Requirements, check
from prismake.preflight.wordml import W, local, twips, value, whole


def _word_parts(document: Document) -> Iterator[tuple[str, Any]]:
    document.need()
    for name, root in document.package.trees.items():
        if str(root.tag).startswith(W):
            yield name, root


def _children(node: Any) -> list[str]:
    return [child.tag[len(W) :] for child in node if isinstance(child.tag, str) and child.tag.startswith(W)]


@check("well-formed", "markup", "error", "every XML part is well-formed")
def well_formed(document: Document, _: Requirements) -> Iterator[Finding]:
    """All XML parts parse."""
    for message, where in document.package.faults.get("well-formed", []):
        yield Finding(message, where)


@check("doctype", "markup", "error", "no XML part declares a document type or entities")
def doctype(document: Document, _: Requirements) -> Iterator[Finding]:
    """No DTD, so no entity that grows or reads a file."""
    for message, where in document.package.faults.get("doctype", []):
        yield Finding(message, where)


@check("element-order", "markup", "error", "properties are in the order of the schema, each once")
def element_order(document: Document, _: Requirements) -> Iterator[Finding]:
    """The order of the children of pPr, rPr, tblPr, tcPr, trPr, sectPr, style, settings and others."""
    places = {
        parent: {name: place for place, names in enumerate(order) for name in names.split("|")}
        for parent, order in schema.ORDER.items()
    }
    tags = [W + name for name in (*schema.ORDER, *schema.FIRST)]
    for _part, root in _word_parts(document):
        for node in root.iter(*tags):
            parent = node.tag[len(W) :]
            children = _children(node)
            if parent in schema.FIRST:
                first = schema.FIRST[parent]
                shown = [name for name in children if name not in schema.ANYWHERE]
                if first in shown[1:]:
                    yield Finding(f"{first} must come first in {parent}, and once", document.where(node))
                continue
            fault = _out_of_place(children, places[parent])
            if fault:
                yield Finding(f"in {parent}, {fault}", document.where(node))
        body = root.find(f"{W}body")
        if body is not None and "sectPr" in _children(body)[:-1]:
            yield Finding("in body, sectPr must come last, and once", document.where(body))


def _out_of_place(children: list[str], places: dict[str, int]) -> str:
    last, before = -1, ""
    for name in children:
        place = places.get(name)
        if place is None:
            return f"'{name}' may not stand"
        if place < last:
            return f"'{name}' must stand before '{before}'"
        last, before = place, name
    for name, count in Counter(children).items():
        if count > 1 and name not in schema.REPEATED:
            return f"'{name}' occurs {count} times"
    return ""


@check(
    "misplaced-element", "markup", "error", "body, tables, rows and cells contain only elements that are allowed there"
)
def misplaced_element(document: Document, _: Requirements) -> Iterator[Finding]:
    """No run in a body, no cell in a table."""
    for _part, root in _word_parts(document):
        for node in root.iter(*[W + name for name in schema.CHILDREN]):
            parent = node.tag[len(W) :]
            for child in _children(node):
                if child not in schema.CHILDREN[parent]:
                    yield Finding(f"'{child}' is not allowed in {parent}", document.where(node))
                    break


@check("needed-element", "markup", "error", "required child elements are present")
def needed_element(document: Document, _: Requirements) -> Iterator[Finding]:
    """A table has properties and a grid, a row cells, a cell ends with a paragraph."""
    for _part, root in _word_parts(document):
        for parent, child in schema.NEEDED:
            for node in root.iter(W + parent):
                if node.find(f"{{*}}{child}") is None and not (child == "tc" and node.find(f".//{W}tc") is not None):
                    yield Finding(f"{parent} has no {child}", document.where(node))
        for node in root.iter(f"{W}tc"):
            content = [name for name in _children(node) if name not in schema.ANYWHERE]
            if not content or content[-1] not in ("p", "sdt", "customXml"):
                yield Finding("a cell must end with a paragraph: Word calls the file damaged", document.where(node))


@check("bad-value", "markup", "error", "attributes have values that the schema lists")
def bad_value(document: Document, _: Requirements) -> Iterator[Finding]:
    """Enumerations: alignment, borders, orientation, kinds of fields, styles, breaks, …"""
    tags = {name for name, _attribute in schema.VALUES}
    by_name: dict[str, list[str]] = {}
    for name, attribute in schema.VALUES:
        by_name.setdefault(name, []).append(attribute)
    for _part, root in _word_parts(document):
        for node in root.iter(*[W + name for name in sorted(tags)]):
            name = node.tag[len(W) :]
            parent = local(node.getparent()) if node.getparent() is not None else ""
            for attribute in by_name[name]:
                taken = schema.VALUES[name, attribute]
                if name == "jc" and parent in schema.TABLE_JC:
                    taken = schema.TABLE_ALIGNMENTS
                given = value(node, attribute)
                if given is not None and given not in taken and not (name == "type" and parent != "sectPr"):
                    yield Finding(
                        f"{name} has the {attribute} '{given[:40]}', which the schema does not know",
                        document.where(node),
                    )
        for node in root.iter(*[W + name for name in sorted(schema.BORDER_PARENTS)]):
            for border in node:
                given = value(border)
                if isinstance(border.tag, str) and given not in schema.BORDERS:
                    yield Finding(
                        f"the border {local(border)} has the unknown type '{(given or '')[:40]}'",
                        document.where(node),
                    )


@check("bad-number", "markup", "error", "sizes, widths and identifiers are numbers")
def bad_number(document: Document, _: Requirements) -> Iterator[Finding]:
    """Whole numbers and lengths."""
    kinds: dict[str, list[tuple[str, str]]] = {}
    for kind, pairs in (("number", schema.NUMBERS), ("length", schema.LENGTHS), ("share", schema.SHARES)):
        for name, attribute in pairs:
            kinds.setdefault(name, []).append((attribute, kind))
    for _part, root in _word_parts(document):
        for node in root.iter(*[W + name for name in sorted(kinds)]):
            for attribute, kind in kinds[node.tag[len(W) :]]:
                given = value(node, attribute)
                if given is None or _is_number(given, kind):
                    continue
                yield Finding(
                    f"{local(node)} has the {attribute} '{given[:40]}', which is not a number", document.where(node)
                )


def _is_number(given: str, kind: str) -> bool:
    if kind == "number":
        return whole(given) is not None
    if twips(given) is not None:
        return True
    return kind == "share" and re.fullmatch(r"-?\d{1,6}(\.\d{1,6})?%", given, re.ASCII) is not None
