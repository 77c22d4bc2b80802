"""Opens a file of unknown content as what it is."""

from __future__ import annotations

from pathlib import Path

from prismake.audit.foreign.docx import read_docx
from prismake.audit.foreign.jats import read_jats
from prismake.audit.foreign.paper import Paper
from prismake.audit.foreign.pdf import read_pdf
from prismake.common.errors import stop
from prismake.common.package import LARGEST_FILE, OLE
from prismake.common.reading import check_regular

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
    if b"%PDF-" in content[:1024] or suffix == ".pdf":
        return read_pdf(content, name).paper()
    if content.startswith((b"PK", OLE)) or suffix == ".docx":
        return read_docx(content, name).paper()
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or content.startswith(BOMS[1:]) or suffix == ".xml":
        return read_jats(content, name).paper()
    raise stop("unreadable", "is not a Word document, a PDF or JATS", where=name, fix="give a .docx, .pdf or .xml file")
