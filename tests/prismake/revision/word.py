"""Small Word files, written by hand for tests."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree
from prismake.revision.package import W

TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
RELATIONS = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="word/document.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>"""


def run(text: str, properties: str = "") -> str:
    inside = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inside}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*content: str, properties: str = "") -> str:
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{''.join(content)}</w:p>"


def tracked(kind: str, content: str, number: int = 1, author: str = "Anna") -> str:
    return f'<w:{kind} w:id="{number}" w:author="{author}" w:date="2026-01-02T03:04:05Z">{content}</w:{kind}>'


def inserted(text: str, properties: str = "", number: int = 1) -> str:
    return tracked("ins", run(text, properties), number)


def deleted(text: str, properties: str = "", number: int = 1) -> str:
    return tracked("del", run(text, properties).replace("w:t>", "w:delText>").replace("<w:t ", "<w:delText "), number)


def document(*blocks: str) -> bytes:
    text = f'<w:document xmlns:w="{W}"><w:body>{"".join(blocks)}<w:sectPr/></w:body></w:document>'
    return text.encode()


def root(*blocks: str) -> Any:
    return etree.fromstring(document(*blocks))


def package(target: Path, *blocks: str, content: bytes | None = None, **others: bytes) -> Path:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("word/document.xml", content if content is not None else document(*blocks))
        for name, part in others.items():
            archive.writestr(f"word/{name}.xml", part)
    target.write_bytes(memory.getvalue())
    return target
