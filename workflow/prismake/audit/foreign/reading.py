"""Opens a file of unknown content as what it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from prismake.audit.foreign.building import Draft
from prismake.audit.foreign.docx import read_docx
from prismake.audit.foreign.jats import read_jats
from prismake.audit.foreign.paper import Paper
from prismake.audit.foreign.pdf import read_pdf
from prismake.common.errors import stop
from prismake.common.limits import TooMuch, memory_bound, time_bound
from prismake.common.package import LARGEST_FILE, OLE
from prismake.common.reading import check_regular

# Seconds and bytes that reading a document may take.
LONGEST = 120
MOST_MEMORY = 2 << 30
BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read_paper(path: Path) -> Paper:
    """The document in a file, told by its content. Raises BuildStop where it cannot be read."""
    check_regular(path, LARGEST_FILE)
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise stop("unreadable", f"cannot be read: {fault.strerror}", where=str(path)) from None
    name, suffix = path.name, path.suffix.lower()
    if not content.strip():
        raise stop("unreadable", "is empty", where=name)
    reader = _reader_of(content, suffix)
    if reader is None:
        raise stop(
            "unreadable", "is not a Word document, a PDF or JATS", where=name, fix="give a .docx, .pdf or .xml file"
        )
    try:
        with memory_bound(MOST_MEMORY), time_bound(LONGEST):
            return reader(content, name).paper()
    except TooMuch as reason:
        fix = "audit a part of it, or another format"
        raise stop("unreadable", f"cannot be read: that {reason}", where=name, fix=fix) from None


def _reader_of(content: bytes, suffix: str) -> Callable[[bytes, str], Draft] | None:
    if b"%PDF-" in content[:1024] or suffix == ".pdf":
        return read_pdf
    if content.startswith((b"PK", OLE)) or suffix == ".docx":
        return read_docx
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or content.startswith(BOMS[1:]) or suffix == ".xml":
        return read_jats
    return None
