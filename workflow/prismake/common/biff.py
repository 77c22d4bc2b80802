"""Rows of an old binary spreadsheet (.xls), found without its reader: the second count for calamine.

Walks the OLE2 container ([MS-CFB]) to the workbook's stream and its cell records ([MS-XLS]), and notes which rows of
a sheet hold a cell with a value.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

# Records of cells with a value: formula, label, number, RK, several RK, text of the shared table, error or boolean.
_CELLS = frozenset((0x0006, 0x0206, 0x0406, 0x0204, 0x0203, 0x027E, 0x00BD, 0x00FD, 0x00D6, 0x0205))
_BOUNDSHEET, _BOF, _EOF = 0x0085, 0x0809, 0x000A
_LAST = 0xFFFFFFFA


def filled_rows(data: bytes, sheet: int) -> set[int]:
    """The 1-based numbers of the sheet's rows that hold a value. Raises ValueError if the file is damaged."""
    try:
        stream = _workbook(data)
        offsets = [struct.unpack_from("<I", body)[0] for kind, body in _records(stream, 0) if kind == _BOUNDSHEET]
        records = _records(stream, offsets[sheet])
        return {struct.unpack_from("<H", body)[0] + 1 for kind, body in records if kind in _CELLS}
    except (struct.error, IndexError) as fault:
        raise ValueError(f"damaged spreadsheet: {fault}") from None


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Type and body of the records of one part of the stream, nested parts (charts) left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += kind == _BOF
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + size]
        depth -= kind == _EOF
        if depth == 0:
            return
        at += 4 + size


def _workbook(data: bytes) -> bytes:
    """The stream called Workbook (or Book, before Excel 97)."""
    sector = 1 << struct.unpack_from("<H", data, 30)[0]
    small = 1 << struct.unpack_from("<H", data, 32)[0]
    if sector not in (512, 4096) or small != 64:
        raise ValueError("not an OLE2 file")
    directory, cutoff, small_table = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60))
    table = _table(data, sector)

    def chain(start: int, links: list[int], source: bytes, width: int, first: int) -> bytes:
        parts, seen = [], 0
        while start < _LAST and seen <= len(links):
            parts.append(source[first + start * width : first + (start + 1) * width])
            start, seen = links[start], seen + 1
        return b"".join(parts)

    entries = chain(directory, table, data, sector, sector)
    streams = {}
    for at in range(0, len(entries) - 127, 128):
        length = struct.unpack_from("<H", entries, at + 64)[0]
        name = entries[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "ignore")
        streams[name] = struct.unpack_from("<II", entries, at + 116)
    name = next((name for name in ("Workbook", "Book") if name in streams), "")
    if not name:
        raise ValueError("no workbook in the file")
    start, size = streams[name]
    if size >= cutoff:
        return chain(start, table, data, sector, sector)[:size]
    links = chain(small_table, table, data, sector, sector)
    small_links = list(struct.unpack(f"<{len(links) // 4}I", links[: len(links) // 4 * 4]))
    container = chain(streams["Root Entry"][0], table, data, sector, sector)
    return chain(start, small_links, container, small, 0)[:size]


def _table(data: bytes, sector: int) -> list[int]:
    """The sector allocation table."""
    listed = list(struct.unpack_from("<109I", data, 76))
    following, count = struct.unpack_from("<II", data, 68)
    for _ in range(min(count, len(data) // sector)):
        if following >= _LAST:
            break
        block = struct.unpack_from(f"<{sector // 4}I", data, sector + following * sector)
        listed += block[:-1]
        following = block[-1]
    links: list[int] = []
    for number in listed:
        if number < _LAST:
            links += struct.unpack_from(f"<{sector // 4}I", data, sector + number * sector)
    return links
