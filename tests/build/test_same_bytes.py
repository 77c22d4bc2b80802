"""The same inputs give the same bytes, whatever the machine, its settings, its clock and its line ends."""

import getpass
import os
import shutil
import socket
import struct
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pymupdf
import pytest

from .conftest import Review, checkout

pytestmark = pytest.mark.build

# Not the exports: no checkout changes them (data/.gitattributes), and the PDF carries the checksums of their bytes.
WRITTEN = {".csv", ".yaml", ".md", ".bib", ".csl"}


def laid_out_backwards(source: Path, target: Path) -> Review:
    """The same files, made in the other order (so that folders list them so), each older than the one before."""
    for number, file in enumerate(sorted((f for f in source.rglob("*") if f.is_file()), reverse=True)):
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        content = file.read_bytes()
        # As a checkout on Windows may hold them.
        if file.suffix in WRITTEN and b"\r\n" not in content and "workflow" not in file.relative_to(source).parts:
            content = content.replace(b"\n", b"\r\n")
        copy.write_bytes(content)
        os.utime(copy, (1_500_000_000 - number * 1000,) * 2)
    return Review(target)


def test_place_person_line_ends_order_dates_and_a_machine_without_utf_8_change_nothing(example, tmp_path):
    plain = checkout(tmp_path / "plain")
    other = laid_out_backwards(plain.folder, tmp_path / "elsewhere" / "ünder a longer näme")
    shutil.rmtree(plain.folder)
    before = os.umask(0o077)
    try:
        other.build(
            "--cores=1",
            LC_ALL="C",
            LANG="C",
            PYTHONUTF8="0",
            PYTHONCOERCECLOCALE="0",
            PYTHONHASHSEED="1",
            TZ="Asia/Kathmandu",
            HOME="/nonexistent",
            USER="someone",
            LOGNAME="someone",
            TERM="dumb",
            COLUMNS="20",
            SOURCE_DATE_EPOCH="1700000000",
        )
    finally:
        os.umask(before)
    assert other.sums() == example.sums()


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
