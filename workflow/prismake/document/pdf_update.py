"""What Typst cannot say in a PDF, added behind it as an update of the file: its authors one by one, and which cells of
its tables name their rows.

An update leaves every byte of the file in place and appends the objects that changed with a table of where they stand
(ISO 32000-1, 7.5.6).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

CREATORS = re.compile(rb"(<dc:creator><rdf:Seq>).*?(</rdf:Seq></dc:creator>)", re.DOTALL)
# The objects of the structure stand in the file as plain text.
ROW = re.compile(rb"(?:^|\n)(\d+) 0 obj\s*<</Type/StructElem/S/TR/")
HEADED = NameObject("/Headers")
GROUPS = ("/THead", "/TBody", "/TFoot")

Objects = dict[int, bytes]


def updated(pdf: bytes, authors: Sequence[str]) -> bytes:
    """The PDF with its authors as entries of their own in its metadata and the first cell of each row as its header."""
    reader: Any = PdfReader(io.BytesIO(pdf))
    return with_objects(pdf, reader.trailer, {**_metadata(reader, authors), **_row_headers(pdf, reader)})


def with_objects(pdf: bytes, trailer: DictionaryObject, objects: Mapping[int, bytes]) -> bytes:
    """The PDF with further versions of some of its objects."""
    if not objects:
        return pdf
    made = bytearray(pdf if pdf.endswith(b"\n") else pdf + b"\n")
    before = int(pdf[pdf.rindex(b"startxref") :].split()[1])
    # Every such table begins with the object that there is not.
    entries = [b"0 1\n0000000000 65535 f\r\n"]
    for number, content in sorted(objects.items()):
        entries.append(b"%d 1\n%010d 00000 n\r\n" % (number, len(made)))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(made)
    kept = DictionaryObject({NameObject(key): trailer.raw_get(key) for key in trailer if key != "/Prev"})
    about = _written(kept)[:-2].rstrip() + b" /Prev %d >>" % before
    made += b"xref\n" + b"".join(entries) + b"trailer\n" + about + b"\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(made)


def _written(thing: Any) -> bytes:
    target = io.BytesIO()
    thing.write_to_stream(target)
    return target.getvalue()


def _metadata(reader: Any, authors: Sequence[str]) -> Objects:
    """The metadata with one entry for each author; nothing where there are not several."""
    if len(authors) < 2:
        return {}
    reference = reader.trailer["/Root"].raw_get("/Metadata")
    entries = "".join(f"<rdf:li>{escape(author, quote=False)}</rdf:li>" for author in authors).encode()
    content = CREATORS.sub(lambda match: match[1] + entries + match[2], reference.get_object().get_data())
    head = b"<</Length %d/Type/Metadata/Subtype/XML>>" % len(content)
    return {reference.idnum: head + b"\nstream\n" + content + b"\nendstream"}


def _of_tables(cell: DictionaryObject) -> DictionaryObject:
    """The attributes that a cell has as part of a table; new ones where it has none."""
    attributes: list[DictionaryObject] = cell.setdefault(NameObject("/A"), ArrayObject())
    for one in attributes:
        if one.get("/O") == "/Table":
            return one
    new = DictionaryObject({NameObject("/O"): NameObject("/Table")})
    attributes.append(new)
    return new


def _rows(pdf: bytes, reader: Any) -> Iterator[list[Any]]:
    """The references to the cells of each row of a table's body whose first cell says something and stands in the first
    column: one under a cell of several rows does not.
    """
    widths: dict[int, int] = {}
    for match in ROW.finditer(pdf):
        row = reader.get_object(int(match[1]))
        part = row["/P"].get_object()
        table = part if part["/S"] == "/Table" else part["/P"].get_object()
        number = table.indirect_reference.idnum
        if number not in widths:
            widths[number] = max(_width(other.get_object()) for other in _rows_of(table))
        cells = list(row["/K"])
        first = cells[0].get_object()
        if first["/S"] == "/TD" and first.get("/K") and _width(row) == widths[number]:
            yield cells


def _rows_of(table: Any) -> list[Any]:
    """All rows of a table, those of its head, body and foot."""
    parts = [each.get_object() for each in table["/K"]]
    return [
        inner
        for each in parts
        for inner in ([each] if each["/S"] == "/TR" else each["/K"] if each["/S"] in GROUPS else [])
    ]


def _width(row: Any) -> int:
    return sum(int(_of_tables(cell.get_object()).get("/ColSpan", 1)) for cell in row["/K"])


def _row_headers(pdf: bytes, reader: Any) -> Objects:
    """The cells of rows with headers, and the tree of the structure, which lists the headers' names."""
    changed: Objects = {}
    names: dict[str, Any] = {}
    for cells in _rows(pdf, reader):
        header = cells[0].get_object()
        name = f"R{cells[0].idnum}"
        names[name] = cells[0]
        header[NameObject("/S")] = NameObject("/TH")
        header[NameObject("/ID")] = TextStringObject(name)
        _of_tables(header)[NameObject("/Scope")] = NameObject("/Row")
        for reference in cells[1:]:
            about = _of_tables(reference.get_object())
            about[HEADED] = ArrayObject([*about.get("/Headers", []), TextStringObject(name)])
        changed |= {reference.idnum: _written(reference.get_object()) for reference in cells}
    if names:
        reference = reader.trailer["/Root"].raw_get("/StructTreeRoot")
        root = reference.get_object()
        listed = list(root["/IDTree"]["/Names"])
        names |= dict(zip(map(str, listed[::2]), listed[1::2], strict=True))
        pairs = [piece for name in sorted(names) for piece in (TextStringObject(name), names[name])]
        root["/IDTree"][NameObject("/Names")] = ArrayObject(pairs)
        changed[reference.idnum] = _written(root)
    return changed
