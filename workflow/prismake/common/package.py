"""Opens the ZIP archive of an untrusted Word document within bounds and reports what is wrong with it.

Nothing is unpacked to disk. What is not readable is a finding and never an exception.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from lxml import etree

from prismake.common.xml_faults import xml_fault

LARGEST_FILE = 256 * 1024 * 1024
MOST_MEMBERS = 10_000
# Bytes of a part, and of all parts, when decompressed.
LARGEST_PART = 64 * 1024 * 1024
LARGEST_WHOLE = 256 * 1024 * 1024
# XML costs a multiple of its size in memory: elements and attributes of one part.
LARGEST_XML = 32 * 1024 * 1024
MOST_ELEMENTS = 1_000_000
MOST_ATTRIBUTES = 3_000_000
# Word's own XML shrinks twentyfold; what shrinks much more and is large was made to fill a computer's memory.
STEEPEST = 250
STEEP_FROM = 8 * 1024 * 1024

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CONTENT_TYPES = "[Content_Types].xml"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))


@dataclass(frozen=True)
class Relation:
    """A relationship of a part: `target` is the name of the part that it leads to, or an address where `external`."""

    id: str
    type: str
    target: str
    external: bool

    @cached_property
    def kind(self) -> str:
        """The last word of the relationship's type, as "image"."""
        return self.type.rsplit("/", 1)[-1]


@dataclass
class Package:
    """The parts of a document by name, those that are XML as trees, and what was wrong with opening them.

    `faults`: check id -> (message, where) of what kept a part from being read.
    """

    parts: dict[str, bytes] = field(default_factory=dict)
    members: list[str] = field(default_factory=list)
    trees: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    relations: dict[str, dict[str, Relation]] = field(default_factory=dict)
    repeated: list[tuple[str, str]] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)
    opened: bool = False

    def fault(self, check: str, message: str, where: str = "") -> None:
        """Keeps a fault for the check that reports it."""
        self.faults.setdefault(check, []).append((message, where))

    def content_type(self, name: str) -> str:
        """The content type of a part, or an empty text."""
        stated = self.overrides.get(name.lower())
        return stated if stated is not None else self.defaults.get(name.rsplit(".", 1)[-1].lower(), "")

    def related(self, part: str, kind: str) -> list[Relation]:
        """The relations of a part that are of a kind ("image", "header", …)."""
        return [relation for relation in self.relations.get(part, {}).values() if relation.kind == kind]


def relations_file(part: str) -> str:
    """The name of the part that holds the relationships of another ("" for those of the package)."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def source_of(relations: str) -> str:
    """The part to which a part of relationships belongs."""
    folder, name = posixpath.split(relations)
    return posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))


def open_package(content: bytes) -> Package:
    """Everything of a document that can be read."""
    package = Package()
    if not _looks_like_a_document(content, package):
        return package
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    # zipfile meets hostile headers with a dozen kinds of exceptions.
    except Exception as fault:
        package.fault("zip-readable", f"the ZIP archive cannot be read: {_reason(fault)}")
        return package
    with archive:
        _read_members(archive, package)
    package.opened = True
    _parse_parts(package)
    _read_content_types(package)
    _read_relations(package)
    return package


def _reason(fault: Exception) -> str:
    return str(fault)[:200] or type(fault).__name__


def _looks_like_a_document(content: bytes, package: Package) -> bool:
    if len(content) > LARGEST_FILE:
        package.fault("zip-bomb", f"the file is larger than {LARGEST_FILE // 1024 // 1024} MB")
    elif not content:
        package.fault("zip-readable", "the file is empty")
    elif content.startswith(OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        message = (
            "the document is encrypted: save it without a password"
            if encrypted
            else "this is a document of Word 97 to 2003: save it as .docx"
        )
        package.fault("zip-readable", message)
    elif content.count(b"PK\x01\x02") > MOST_MEMBERS:
        package.fault("zip-bomb", f"the archive lists more than {MOST_MEMBERS} files")
    else:
        return True
    return False


def _fault_of_name(name: str) -> str:
    if not name:
        return "is empty"
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        return "is an absolute path"
    if ".." in re.split(r"[/\\]", name):
        return "leads out of the archive"
    if "\\" in name:
        return "contains a backslash"
    if re.search(r"[\x00-\x1f\x7f]", name):
        return "contains a control character"
    return ""


def _read_members(archive: zipfile.ZipFile, package: Package) -> None:
    whole, known = 0, set()
    for member in archive.infolist():
        name = member.filename
        package.members.append(name)
        if strange := _fault_of_name(name):
            package.fault("zip-names", f"the name of a file in the archive {strange}", name)
            continue
        if name.lower() in known:
            package.fault("zip-names", "two files in the archive have this name", name)
            continue
        known.add(name.lower())
        if name.endswith("/"):
            continue
        if member.flag_bits & 1:
            package.fault("zip-encrypted", "the part is encrypted", name)
            continue
        size, packed = member.file_size, max(member.compress_size, 1)
        if size > LARGEST_PART or (size > STEEP_FROM and size / packed > STEEPEST):
            package.fault("zip-bomb", f"the part would grow to {size / 1024 / 1024:.0f} MB", name)
            continue
        try:
            with archive.open(member) as file:
                # One byte more than stated: a header may lie about the size.
                data = file.read(LARGEST_PART + 1)
        except Exception as fault:
            package.fault("zip-whole", f"the part cannot be read: {_reason(fault)}", name)
            continue
        whole += len(data)
        if len(data) > LARGEST_PART or whole > LARGEST_WHOLE:
            package.fault("zip-bomb", f"the parts grow to more than {LARGEST_WHOLE // 1024 // 1024} MB", name)
            return
        package.parts[name] = data


def _is_xml(name: str, data: bytes) -> bool:
    return name.lower().endswith((".xml", ".rels", ".svg", ".vml")) or data[:64].lstrip(
        b"\xef\xbb\xbf \t\r\n"
    ).startswith(b"<?xml")


def parse_xml(data: bytes) -> Any:
    """The tree of an XML part. Raises ValueError if it is ill-formed, declares a document type, or is too large."""
    if any(mark in data for mark in DOCTYPES):
        raise ValueError("it contains a document type declaration, which may define entities")
    if len(data) > LARGEST_XML or data.count(b"<") > 2 * MOST_ELEMENTS or data.count(b"=") > MOST_ATTRIBUTES:
        raise ValueError("it is too large to be read safely")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root: Any
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as fault:
        raise ValueError(f"it is not well-formed: {xml_fault(fault)}") from None
    if root.getroottree().docinfo.doctype:
        raise ValueError("it contains a document type declaration, which may define entities")
    return root


def _parse_parts(package: Package) -> None:
    for name, data in package.parts.items():
        if not _is_xml(name, data):
            continue
        try:
            root = parse_xml(data)
        except ValueError as fault:
            message = str(fault)
            package.fault("doctype" if "document type" in message else "well-formed", message, name)
            continue
        package.trees[name] = root


def _read_content_types(package: Package) -> None:
    root = package.trees.get(CONTENT_TYPES)
    if root is None:
        return
    for node in root.iter(f"{TYPES}Default", f"{TYPES}Override"):
        kind = node.get("ContentType") or ""
        if node.tag == f"{TYPES}Default":
            package.defaults[(node.get("Extension") or "").lower()] = kind
        else:
            package.overrides[(node.get("PartName") or "").lstrip("/").lower()] = kind


def _read_relations(package: Package) -> None:
    for name, root in package.trees.items():
        if not name.lower().endswith(".rels"):
            continue
        source = source_of(name)
        known = package.relations.setdefault(source, {})
        for node in root.iter(f"{RELATIONSHIPS}Relationship"):
            identifier, target = node.get("Id") or "", node.get("Target") or ""
            external = node.get("TargetMode") == "External"
            if not external:
                base = "/" if target.startswith("/") else f"/{posixpath.dirname(source)}/"
                path = unquote(target.split("#", 1)[0])
                target = posixpath.normpath(posixpath.join(base, path)).lstrip("/") if path else source
            if identifier in known:
                package.repeated.append((name, identifier))
            known[identifier] = Relation(identifier, node.get("Type") or "", target, external)
