"""Records of an XML export, one element each: read with lxml, one at a time, without entities.

The bytes are cut at the record's tags and each record is parsed for itself, so that memory holds one record, a broken
one costs no other, and an entity has no declaration that it could be expanded from.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from prismake.common.xml_faults import xml_fault
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Rejected
from prismake.importing.pieces import RECORD_LIMIT

# Markup inside a text: it stays in the value as it stood.
_INLINE = frozenset(
    ("i", "b", "u", "sub", "sup", "em", "strong", "sc", "DispFormula", "italic", "bold", "underline", "p", "br")
)
# More than any tag of a record takes.
_TAG_ROOM = 64
_XML_NAMES = {"amp", "lt", "gt", "quot", "apos"}
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")


def read(content: Content, names: tuple[str, ...]) -> Iterator[Entry | Rejected]:
    """Yields a record for each element of these names; one that cannot be parsed is rejected with its line."""
    parser = _parser(content)
    for line, data, fault in _elements(content, names):
        if fault:
            yield Rejected(line, fault)
            continue
        element = _parsed(data, parser)
        if isinstance(element, str):
            yield Rejected(line, element)
            continue
        yield Entry(flat(element), line)


def count(content: Content, names: tuple[str, ...]) -> int:
    """Counts the start tags of these names."""
    tag = re.compile(rb"<(?:" + b"|".join(name.encode() for name in names) + rb")(?=[\s>/])")
    longest = max(map(len, names)) + 2
    number, tail = 0, b""
    for chunk in content.unified_chunks():
        data = tail + chunk
        # A tag that the chunk cuts in two is left for the next one.
        end = data.rfind(b"<", max(0, len(data) - longest)) if b"<" in data[-longest:] else len(data)
        number += len(tag.findall(data, 0, end if end == len(data) else end + 1))
        tail = data[end:]
    return number + len(tag.findall(tail))


def _parser(content: Content) -> etree.XMLParser:
    encoding = "utf-8" if content.encoding.startswith(("utf-", "mixed")) else content.encoding
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )


def _elements(content: Content, names: tuple[str, ...]) -> Iterator[tuple[int, bytes, str]]:
    """Line, bytes and fault of each element."""
    start = re.compile(rb"<(" + b"|".join(name.encode() for name in names) + rb")(?=[\s>/])")
    ends = {name.encode(): re.compile(rb"</" + name.encode() + rb"\s*>") for name in names}
    buffer, line, over, searched = b"", 1, False, 0
    chunks = content.unified_chunks()
    ended = False
    while True:
        match = start.search(buffer)
        after = max(match.end(), searched) if match else 0
        following = start.search(buffer, after) if match else None
        close = ends[match[1]].search(buffer, after) if match else None
        here = line + buffer.count(b"\n", 0, match.start()) if match else line
        if match and following and (not close or following.start() < close.start()):
            yield here, b"", "the record has no end before the next one starts"
            line, buffer = line + buffer.count(b"\n", 0, following.start()), buffer[following.start() :]
            over, searched = False, 0
        elif match and close:
            fault = f"the record is longer than {RECORD_LIMIT >> 20} million characters" if over else ""
            yield here, buffer[match.start() : close.end()], fault
            line, buffer = line + buffer.count(b"\n", 0, close.end()), buffer[close.end() :]
            over, searched = False, 0
        elif ended:
            if match:
                yield here, b"", "the file ends inside the record"
            return
        else:
            if not match:
                # Nothing starts here; the last characters may be the start of a tag.
                kept = max(0, len(buffer) - _TAG_ROOM)
                line, buffer = line + buffer.count(b"\n", 0, kept), buffer[kept:]
            elif len(buffer) - match.start() > RECORD_LIMIT:
                over = True
                head, tail = buffer[: match.end() + 1], buffer[-_TAG_ROOM:]
                line += buffer.count(b"\n") - head.count(b"\n") - tail.count(b"\n")
                buffer = head + tail
            searched = max(0, len(buffer) - _TAG_ROOM)
            chunk = next(chunks, b"")
            ended = not chunk
            buffer += chunk


def _parsed(data: bytes, parser: etree.XMLParser) -> Any:
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        problem = xml_fault(fault)
    if b"&" in data:
        # Names of HTML's entities, which XML does not know without a declaration.
        named = _ENTITY.sub(_character, data)
        if named != data:
            try:
                return etree.fromstring(named, parser)
            except etree.XMLSyntaxError as fault:
                problem = xml_fault(fault)
    return f"the record is not well-formed XML: {problem}"


def _character(match: re.Match[bytes]) -> bytes:
    name = match[1].decode()
    return match[0] if name in _XML_NAMES else html.unescape(match[0].decode()).encode()


def flat(element: Any) -> Fields:
    """The element's texts in order, each named by its path; attributes are part of the name."""
    fields: Fields = []
    for child in element:
        _walk(child, "", fields)
    return fields


def _walk(element: Any, path: str, fields: Fields) -> None:
    if not isinstance(element.tag, str):
        return
    name = f"{path}/{_bare(element.tag)}" if path else _bare(element.tag)
    shown = name + "".join(f"[{_bare(key)}={value}]" for key, value in element.attrib.items())
    if all(_is_inline(child) for child in element):
        text = _inner(element)
        if text.strip() or element.attrib:
            fields.append((shown, text.strip()))
        return
    if (element.text and element.text.strip()) or element.attrib:
        fields.append((shown, (element.text or "").strip()))
    for child in element:
        _walk(child, name, fields)
        if child.tail and child.tail.strip():
            fields.append((shown, child.tail.strip()))


def _is_inline(element: Any) -> bool:
    if not isinstance(element.tag, str):
        return True
    name = _bare(element.tag)
    return name in _INLINE or name == "style" or "MathML" in element.tag


def _bare(name: str) -> str:
    return name.rpartition("}")[2]


def _inner(element: Any) -> str:
    """Text with its inline markup; EndNote's style elements only carry fonts and are left out."""
    parts = [element.text or ""]
    for child in element:
        if not isinstance(child.tag, str):
            parts.append(child.text or "")
        elif child.tag == "style":
            parts.append(_inner(child))
        else:
            parts.append(f"<{_bare(child.tag)}>{_inner(child)}</{_bare(child.tag)}>")
        parts.append(child.tail or "")
    return "".join(parts)


_ATTRIBUTES = re.compile(r"\[[^\]]*\]")


def bare_fields(fields: Fields) -> Fields:
    """The fields named by their path alone."""
    return [(_ATTRIBUTES.sub("", name) if "[" in name else name, value) for name, value in fields]
