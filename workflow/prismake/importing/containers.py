"""What an export file holds: itself, or the members of a gzip or zip archive, within stated bounds.

An archive is never unpacked to disk. What it unpacks to is counted while it is read, so that a bomb stops at the
bound, and a member whose name would leave its folder is refused with the whole archive.
"""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from prismake.common.errors import BuildStop, stop
from prismake.common.reading import check_regular
from prismake.common.spreadsheets import UNPACKED_LIMIT as WORKBOOK_LIMIT
from prismake.common.spreadsheets import ZIP, check_unpacked, is_spreadsheet
from prismake.importing.content import Content

# Bytes that a file may unpack to, and how many times its packed size where that is more than a few megabytes. Real
# exports shrink to a fifth or a tenth.
UNPACKED_LIMIT = 2 << 30
RATIO_LIMIT = 200
RATIO_FROM = 16 << 20
MEMBERS_LIMIT = 1000

GZIP = b"\x1f\x8b"
EMPTY_ZIP = b"PK\x05\x06"
# What operating systems put into archives by themselves.
_SYSTEM_FILES = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


class _Bounded(io.RawIOBase):
    """Reads through to another file and stops where more comes out than its packed size can hold."""

    def __init__(self, inner: BinaryIO, packed: int, name: str) -> None:
        self.inner, self.name, self.left = inner, name, bound(packed)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self.inner.read(len(buffer))
        except Exception as fault:
            # gzip, zlib and zipfile raise many kinds for damaged data.
            raise stop(
                "archive", f"the archive is damaged or not readable: {fault}", where=self.name, fix="pack it again"
            ) from None
        self.left -= len(data)
        if self.left < 0:
            raise bomb(self.name)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self.inner.close()
        super().close()


def bound(packed: int) -> int:
    """How many bytes may come out of so many packed ones."""
    return min(UNPACKED_LIMIT, max(RATIO_FROM, packed * RATIO_LIMIT))


def bomb(name: str) -> BuildStop:
    """The error for an archive that unpacks to too much."""
    return stop(
        "archive-bomb",
        f"unpacks to more than an export could hold ({RATIO_LIMIT} times its size, or {UNPACKED_LIMIT >> 30} GB)",
        where=name,
        fix="unpack it yourself and give the export",
    )


def contents(path: Path, name: str | None = None) -> list[Content]:
    """The exports in a file, called by `name` in messages. Raises BuildStop if it is missing or refused."""
    name = name or str(path)
    # How large it may be is for the readers, which stream.
    check_regular(path, sys.maxsize)

    def plain() -> BinaryIO:
        return path.open("rb")

    return _unpacked(name, plain, path.stat().st_size)


def _unpacked(name: str, opener: Callable[[], BinaryIO], size: int, *, inside: bool = False) -> list[Content]:
    with opener() as file:
        magic = file.read(4)
    if magic.startswith(GZIP):
        if inside:
            raise stop("archive", "an archive inside an archive", where=name, fix="unpack it and give the export")

        def ungzipped() -> BinaryIO:
            inner = cast(BinaryIO, gzip.GzipFile(fileobj=opener(), mode="rb"))
            return io.BufferedReader(_Bounded(inner, size, name))

        return _unpacked(name, ungzipped, size, inside=True)
    if magic.startswith((ZIP, EMPTY_ZIP)):
        if inside:
            # A spreadsheet in an archive: reading it needs to seek.
            with opener() as file:
                data = file.read(WORKBOOK_LIMIT + 1)
            if len(data) > WORKBOOK_LIMIT:
                raise bomb(name)
            return _zipped(name, lambda: io.BytesIO(data), len(data), inside=True)
        return _zipped(name, opener, size, inside=inside)
    return [Content(name, opener)]


def _zipped(name: str, opener: Callable[[], BinaryIO], size: int, *, inside: bool) -> list[Content]:
    try:
        with opener() as file, zipfile.ZipFile(file) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
    except Exception as fault:
        # zipfile raises many kinds for a damaged archive; so in the two places below.
        raise stop("archive", f"the archive is damaged: {fault}", where=name, fix="pack it again") from None
    names = [info.filename for info in members]
    if refused := [member for member in names if _leaves(member)]:
        raise stop(
            "archive-name",
            f"the archive contains a file whose name leads out of its folder: {refused[0]!r}",
            where=name,
            fix="do not use this archive; get the export from its source",
        )
    if "word/document.xml" in names or _is_open_text(opener, names):
        raise stop(
            "document",
            "the file is a word processor's document, not an export",
            where=name,
            fix="export the search again, as RIS, PubMed (.nbib) or CSV",
        )
    if is_spreadsheet(names):
        check_unpacked(name, opener)
        return [Content(name, opener)]
    if inside:
        raise stop("archive", "an archive inside an archive", where=name, fix="unpack it and give the export")
    members = [info for info in members if not any(mark in info.filename for mark in _SYSTEM_FILES)]
    if not members or len(members) > MEMBERS_LIMIT:
        raise stop(
            "archive",
            "the archive is empty" if not members else f"the archive contains more than {MEMBERS_LIMIT} files",
            where=name,
            fix="put the exports of one search into it, and nothing else",
        )
    if any(info.flag_bits & 1 for info in members):
        raise stop("archive", "the archive is encrypted", where=name, fix="unpack it and give the export")
    if sum(info.file_size for info in members) > bound(size):
        raise bomb(name)
    contents: list[Content] = []
    for info in sorted(members, key=lambda member: member.filename):
        shown = f"{name}/{info.filename}"
        contents += _unpacked(shown, _member(opener, info, shown), info.compress_size, inside=True)
    return contents


def _member(opener: Callable[[], BinaryIO], info: zipfile.ZipInfo, name: str) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        try:
            # Its member holds the archive open, and closes it.
            archive = zipfile.ZipFile(opener())
            inner = cast(BinaryIO, archive.open(info))
        except Exception as fault:
            raise stop("archive", f"the archive is damaged: {fault}", where=name, fix="pack it again") from None
        return io.BufferedReader(_Bounded(inner, info.compress_size, name))

    return opened


def _leaves(member: str) -> bool:
    path = PurePosixPath(member.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or member[1:2] == ":"


def _is_open_text(opener: Callable[[], BinaryIO], names: list[str]) -> bool:
    """True for an OpenDocument text, which names itself in its first member."""
    if "mimetype" not in names:
        return False
    try:
        with opener() as file, zipfile.ZipFile(file) as archive, archive.open("mimetype") as member:
            return b"opendocument.text" in member.read(200)
    except Exception:
        # A damaged archive is reported where it is read.
        return False
