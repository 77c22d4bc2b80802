"""A Word file as it comes in: hostile until read. Its parts as bytes and its XML as trees, within bounds."""

from __future__ import annotations

import io
import posixpath
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree

from prismake.common.errors import BuildStop, stop
from prismake.common.reading import check_regular
from prismake.common.xml_faults import xml_fault

# A manuscript of a hundred pages with its pictures unpacks to a tenth of these.
LARGEST_FILE = 64 * 1024 * 1024
LARGEST_UNPACKED = 256 * 1024 * 1024
MOST_PARTS = 2000
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MAIN = "word/document.xml"
CONTENT_TYPES = "[Content_Types].xml"


def w(name: str) -> str:
    """A name of WordprocessingML as lxml spells it: `w("p")`."""
    return f"{{{W}}}{name}"


def not_word(path: Path, message: str) -> BuildStop:
    """The exception for a file that is not a Word document."""
    return stop("not-word", message, where=str(path), fix="give a .docx file that Word opens")


def read_package(path: Path) -> dict[str, bytes]:
    """The parts of a Word file by their name. Raises BuildStop if it is not a Word file, or exceeds the limits."""
    check_regular(path, LARGEST_FILE)
    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > MOST_PARTS or sum(member.file_size for member in members) > LARGEST_UNPACKED:
                raise not_word(
                    path, f"unpacks to more than {LARGEST_UNPACKED // 1024 // 1024} MB or {MOST_PARTS} parts"
                )
            names = [member.filename for member in members]
            if len(set(names)) < len(names) or any(not _is_inside(name) for name in names):
                raise not_word(path, "contains a part twice, or one whose name leads out of the file")
            parts = {member.filename: _unpack(archive, member, path) for member in members}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as fault:
        if isinstance(fault, BuildStop):
            raise
        raise not_word(path, f"is not a Word document: {fault}") from None
    if MAIN not in parts or CONTENT_TYPES not in parts:
        raise not_word(path, f"is not a Word document: it has no {MAIN}")
    return parts


def _is_inside(name: str) -> bool:
    return (
        not name.startswith("/")
        and "\\" not in name
        and ".." not in name.split("/")
        and name == posixpath.normpath(name)
    )


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> bytes:
    # A header may lie about the size; reading one byte more than it says finds out.
    with archive.open(member) as stream:
        content = stream.read(member.file_size + 1)
    if len(content) != member.file_size:
        raise not_word(path, f"the part {member.filename} is not as large as it says")
    return content


def parse(content: bytes, where: str) -> Any:
    """The root of an XML part. Raises BuildStop if it is not XML, or declares a document type (and so entities)."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root: Any = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as fault:
        raise stop(
            "not-xml", f"is not well-formed XML: {xml_fault(fault)}", where=where, fix="save the file again in Word"
        ) from None
    if root.getroottree().docinfo.doctype:
        raise stop(
            "not-xml", "declares a document type, which no Word file does", where=where, fix="save it again in Word"
        )
    return root


def serialise(root: Any) -> bytes:
    """An XML part as bytes."""
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content


def pack(parts: dict[str, bytes]) -> bytes:
    """A Word file of these parts, deterministic."""
    from prismake.common.writing import zip_of

    return zip_of(parts, first=[CONTENT_TYPES])
