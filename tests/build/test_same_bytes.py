"""No result tells where, when or by whom it was built."""

import getpass
import socket
import struct
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pymupdf
import pytest

pytestmark = pytest.mark.build


def contents(path: Path) -> bytes:
    """A file's bytes with what it packs unpacked."""
    content = path.read_bytes()
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as package:
            content += b"".join(package.read(name) for name in package.namelist())
    elif path.suffix == ".pdf":
        with pymupdf.open(path) as document:
            for number in range(1, document.xref_length()):
                content += document.xref_object(number).encode("utf-8", "replace")
                if document.xref_is_stream(number):
                    content += document.xref_stream(number) or b""
    elif path.suffix == ".parquet":
        table = pq.read_table(path)
        content += str(table.schema.metadata).encode() + str(table.to_pylist()).encode()
    return content


def test_no_result_tells_where_or_by_whom_it_was_built(example):
    names = {example.folder.as_posix(), example.folder.parent.name, socket.gethostname(), str(Path.home())}
    if len(getpass.getuser()) > 4:
        names.add(getpass.getuser())
    for name in example.sums():
        content = contents(example / "results" / name)
        items = [line for line in names if len(line) > 4 and line.encode() in content]
        assert not items, (name, items)


def test_no_document_holds_a_date_of_its_building(example):
    with zipfile.ZipFile(example / "results/manuscript/manuscript.docx") as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert all(info.extra == b"" and info.create_system == 3 for info in package.infolist())
    png = (example / "results/figures/prisma.png").read_bytes()
    kinds, at = set(), 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kinds.add(png[at + 4 : at + 8])
        at += length + 12
    assert kinds <= {b"IHDR", b"pHYs", b"IDAT", b"PLTE", b"IEND"}
