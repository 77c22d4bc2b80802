"""Where two files that should be alike first differ: a part, a line, a cell, a page."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from prismake.common.package import LARGEST_FILE

# Of the text around the first difference, so much is shown before and after it.
BEFORE, SHOWN = 20, 60
ABSENT = "nothing"
CHUNK = 1 << 20


class Difference(NamedTuple):
    """The first place where two files differ, and what each has there, as a person would look it up."""

    place: str
    first: str
    second: str

    def inside(self, outer: str) -> Difference:
        """The same, in a part of a larger file."""
        return self._replace(place=f"{outer}, {self.place}")


def _position(first: str, second: str) -> int:
    """Where the first different character of two texts stands."""
    return next((at for at, (one, other) in enumerate(zip_longest(first, second)) if one != other), 0)


def _excerpt(text: str, at: int) -> str:
    start = max(0, at - BEFORE)
    return f"“{'…' * bool(start)}{text[start : start + SHOWN]}{'…' * (len(text) > start + SHOWN)}”"


def _different_word(place: str, first: str, second: str) -> Difference:
    at = _position(first, second)
    return Difference(place, _excerpt(first, at), _excerpt(second, at))


def _different_text(first: str, second: str) -> Difference | None:
    # A part of a Word document is one long line: a tag is where a person looks.
    lines = (text.replace("><", ">\n<").splitlines() for text in (first, second))
    for number, (one, other) in enumerate(zip_longest(*lines), start=1):
        if one is None or other is None:
            return Difference(
                f"line {number}", *(ABSENT if line is None else _excerpt(line, 0) for line in (one, other))
            )
        if one != other:
            return _different_word(f"line {number}, character {_position(one, other) + 1}", one, other)
    return None


_MISSING = object()


def _different_value(first: Any, second: Any, place: str = "") -> Difference | None:
    """The first difference of two contents of JSON files; its place is a path of keys and numbers."""
    if isinstance(first, dict) and isinstance(second, dict):
        keys = dict.fromkeys([*first, *second])
        pairs = [
            (f"{place}.{key}" if place else key, *(one.get(key, _MISSING) for one in (first, second))) for key in keys
        ]
    elif isinstance(first, list) and isinstance(second, list):
        pairs = [
            (f"{place}[{number}]", *pair)
            for number, pair in enumerate(zip_longest(first, second, fillvalue=_MISSING), start=1)
        ]
    elif first == second and type(first) is type(second):
        return None
    else:
        texts = (ABSENT if item is _MISSING else json.dumps(item, ensure_ascii=False) for item in (first, second))
        return _different_word(place or "the whole", *texts)
    return next((deeper for inner, one, other in pairs if (deeper := _different_value(one, other, inner))), None)


def _different_json(first: bytes, second: bytes) -> Difference | None:
    return _different_value(json.loads(first), json.loads(second))


def _different_archive(first: bytes, second: bytes) -> Difference | None:
    with zipfile.ZipFile(io.BytesIO(first)) as one, zipfile.ZipFile(io.BytesIO(second)) as other:
        names = [archive.namelist() for archive in (one, other)]
        for name in dict.fromkeys([*names[0], *names[1]]):
            if name not in names[0] or name not in names[1]:
                return Difference(f"part {name}", *("there" if name in group else "missing" for group in names))
            if (contents := (one.read(name), other.read(name)))[0] != contents[1]:
                return difference(name, *contents).inside(f"part {name}")
        if names[0] != names[1]:
            return Difference("the order of the parts", *(f"“{', '.join(group)[:SHOWN]}…”" for group in names))
    return None


def _different_table(first: bytes, second: bytes) -> Difference | None:
    import pyarrow.parquet as parquet

    one, other = (parquet.read_table(io.BytesIO(content)) for content in (first, second))
    if one.schema.names != other.schema.names:
        return Difference("the columns", *(f"“{', '.join(table.schema.names)}”" for table in (one, other)))
    if one.num_rows != other.num_rows:
        return Difference("the number of rows", *(f"{table.num_rows:,}" for table in (one, other)))
    for name in one.schema.names:
        if not (columns := (one[name], other[name]))[0].equals(columns[1]):
            values = zip(*(column.to_pylist() for column in columns), strict=True)
            row, pair = next((row, pair) for row, pair in enumerate(values, start=1) if pair[0] != pair[1])
            return _different_word(f"row {row}, column '{name}'", *map(str, pair))
    return None


def _different_pages(first: bytes, second: bytes) -> Difference | None:
    from pypdf import PdfReader

    one, other = (PdfReader(io.BytesIO(content)) for content in (first, second))
    for number, pages in enumerate(zip(one.pages, other.pages, strict=False), start=1):
        if line := _different_text(*(page.extract_text() for page in pages)):
            return line.inside(f"page {number}")
    if (counts := (len(one.pages), len(other.pages)))[0] != counts[1]:
        return Difference("the number of pages", *(f"{count:,}" for count in counts))
    return None


def _different_picture(first: bytes, second: bytes) -> Difference | None:
    from PIL import Image, ImageChops

    one, other = (Image.open(io.BytesIO(content)) for content in (first, second))
    if (sizes := (one.size, other.size))[0] != sizes[1]:
        return Difference("the size", *(f"{width} × {height} pixels" for width, height in sizes))
    box = ImageChops.difference(one.convert("RGBA"), other.convert("RGBA")).getbbox(alpha_only=False)
    if box is None:
        return None
    at = (box[0], box[1])
    return Difference(
        f"the pixels from {at[0]}, {at[1]}", *(str(image.convert("RGBA").getpixel(at)) for image in (one, other))
    )


def _different_utf8(first: bytes, second: bytes) -> Difference | None:
    return _different_text(first.decode(), second.decode())


# By the end of the name; what is not named is compared as text, and where it is none, byte by byte.
_READERS: dict[str, Callable[[bytes, bytes], Difference | None]] = {
    **dict.fromkeys((".docx", ".xlsx", ".zip"), _different_archive),
    ".json": _different_json,
    ".parquet": _different_table,
    ".pdf": _different_pages,
    **dict.fromkeys((".png", ".tif", ".tiff"), _different_picture),
}


def difference(name: str, first: bytes, second: bytes) -> Difference:
    """The first difference of two contents of a file that are not the same.

    By the kind of file, which its name ends with: a part of a Word document, workbook or archive and the line in it, a
    path in JSON, row and column of a Parquet table, page and line of a PDF, pixel of a picture, line of a text. Where
    what they hold is the same, or cannot be read, the number of the first different byte.
    """
    for read in dict.fromkeys((_READERS.get(Path(name).suffix.lower(), _different_utf8), _different_utf8)):
        # Files that somebody damaged raise what their libraries raise.
        with suppress(Exception):
            if difference := read(first, second):
                return difference
    return _different_byte(io.BytesIO(first), io.BytesIO(second))


def _different_byte(first: BinaryIO, second: BinaryIO) -> Difference:
    start = 0
    while any(chunks := (first.read(CHUNK), second.read(CHUNK))):
        for at, pair in enumerate(zip_longest(*chunks)):
            if pair[0] != pair[1]:
                return Difference(
                    f"byte {start + at + 1:,}", *("the end" if one is None else f"{one:#04x}" for one in pair)
                )
        start += CHUNK
    raise ValueError("the contents are the same")


def difference_of_files(first: Path, second: Path) -> Difference:
    """The first difference of two files that are not the same; of very large ones the first different byte alone."""
    if max(path.stat().st_size for path in (first, second)) <= LARGEST_FILE:
        return difference(first.name, first.read_bytes(), second.read_bytes())
    with first.open("rb") as one, second.open("rb") as other:
        return _different_byte(one, other)
