"""Deterministic writing: the same content gives the same bytes, and a file appears whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from json.encoder import encode_basestring
from operator import itemgetter
from pathlib import Path
from typing import Any, TextIO

from prismake.common.errors import stop

# A cell that starts so is run as a formula by spreadsheet programs; the wide forms by those of East Asia.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_RISKY = {*FORMULA_STARTS, "'"}
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


# The name of a file that is being written.
UNFINISHED = re.compile(r"\.[0-9a-f]{16}\.part")


# The folder in which a command works, where it may not follow a link out of it.
_ROOT: ContextVar[Path | None] = ContextVar("_ROOT", default=None)


def stay_inside(folder: Path) -> None:
    """From here on nothing in a folder is written that a link takes out of it; what is named elsewhere still is."""
    _ROOT.set(folder.absolute())


def _check_way(path: Path) -> None:
    root = _ROOT.get()
    if root and path.absolute().is_relative_to(root) and not path.parent.resolve().is_relative_to(root.resolve()):
        message, fix = "leads out of the review's folder", "put the folder itself here, or delete the link"
        raise stop("outside", message, where=str(path.parent), fix=fix)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yields a path to write to; the target appears under its name only when the block ends without an error.

    The path is a new file, under a name that nobody can foresee: a link that waits there would be written through.
    Raises BuildStop where a link on the way leads out of the folder that `stay_inside` named, and where a pipe or a
    device has the name: somebody put it there for another purpose.
    """
    path = Path(path)
    _check_way(path)
    if path.exists() and not (path.is_file() or path.is_dir()):
        message, fix = "is a device or a pipe, not a file", "name another file, or delete it"
        raise stop("no-file", message, where=str(path), fix=fix)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    try:
        yield part
        part.replace(path)
    except OSError as problem:
        # A full disk is noticed as bytes are written, when the system names no file.
        problem.filename = problem.filename or str(path)
        raise
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def scratch_folder(beside: Path) -> Iterator[Path]:
    """Yields a new folder beside a file, for what does not fit into memory; it goes when the block ends."""
    folder = beside.with_name(f".{secrets.token_hex(8)}.part")
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_unfinished(folder: Path) -> None:
    """Deletes what killed steps were writing in a folder. No step may be running there."""
    for part in [part for part in folder.rglob(".*.part") if UNFINISHED.fullmatch(part.name)]:
        if part.is_dir() and not part.is_symlink():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Writes UTF-8 with line feeds, whatever the platform."""
    with whole_file(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(path: Path, content: bytes) -> None:
    """Writes bytes whole or not at all."""
    with whole_file(path) as part:
        part.write_bytes(content)


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Writes several files: where one does not fit on the disk, none of them changes."""
    with ExitStack() as stack:
        parts = {path: stack.enter_context(whole_file(path)) for path in contents}
        for path, part in parts.items():
            part.write_bytes(contents[path])


# With an indent the standard library takes twice the time that this does, and the ledger has 100,000 lines in a review.
_scalar = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
_NESTED, _TEXTS = (dict, list, tuple), {str}


def _indented(item: Any, line: str = "\n") -> str:
    """JSON as `json.dumps(…, indent=2)` writes it; `line` is the line feed and the indent where the item stands."""
    if type(item) is int:
        return repr(item)
    if not item or not isinstance(item, _NESTED):
        return encode_basestring(item) if type(item) is str else _scalar(item)
    inner = f"{line}  "
    if isinstance(item, dict):
        # A key that is no text becomes one, as it does in the standard library.
        # Most values are texts; encoding them here spares a call each.
        pairs = [
            f"{encode_basestring(key) if type(key) is str else _scalar({key: 0})[1:-4]}: "
            f"{encode_basestring(value) if type(value) is str else _indented(value, inner)}"
            for key, value in item.items()
        ]
        return f"{{{inner}{f',{inner}'.join(pairs)}{line}}}"
    items = (
        map(encode_basestring, item) if set(map(type, item)) == _TEXTS else [_indented(part, inner) for part in item]
    )
    return f"[{inner}{f',{inner}'.join(items)}{line}]"


def write_json(path: Path, content: Any) -> None:
    """Writes indented JSON in the order given, UTF-8, one line feed at the end. NaN is refused."""
    write_text(path, _indented(content) + "\n")


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def guard_cell(value: Any) -> str:
    """The cell's text, made harmless for spreadsheet programs: an apostrophe before what would run as a formula."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    text = str(value)
    # Most cells, and there may be millions: nothing that a formula starts with.
    if text[:1] not in _RISKY:
        return text
    if text.startswith(FORMULA_STARTS) and not _is_number(text):
        return "'" + text
    # A text that already starts so would lose its apostrophe when read back.
    if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS):
        return "'" + text
    return text


def unguard_cell(text: str) -> str:
    """Takes back what `guard_cell` added."""
    if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS):
        return text[1:]
    return text


class CsvLines:
    """A CSV in a text file: lines end with a line feed, and a cell that holds any line end is quoted.

    Before Python 3.13 the standard library leaves a lone carriage return bare unless its lines end with one, and no
    reader takes such a cell for one.
    """

    def __init__(self, file: TextIO, delimiter: str = ",") -> None:
        self._write = file.write
        writer = csv.writer(self, lineterminator="\r\n", delimiter=delimiter)
        self.writerow, self.writerows = writer.writerow, writer.writerows

    def write(self, line: str) -> int:
        """Takes a line as the standard library ends it."""
        return self._write(f"{line[:-2]}\n")


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Writes a CSV (UTF-8, LF, quoted where needed, formula cells guarded). A row's missing columns are empty.

    Raises ValueError for a row with a column that `columns` does not name, so that nothing is dropped silently.
    """
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = CsvLines(file)
        writer.writerow(columns)
        known = set(columns)
        whole = itemgetter(*columns) if columns else tuple
        for row in rows:
            if not known.issuperset(row):
                raise ValueError(f"{path}: columns not declared: {sorted(set(row) - known)}")
            # Most rows have all columns; their number shows it, as no column is unknown.
            cells = whole(row) if len(row) == len(known) > 1 else [row.get(column) for column in columns]
            # Most cells are harmless text; looking for that here spares a call each, and there may be millions.
            writer.writerow([c if type(c) is str and c[:1] not in _RISKY else guard_cell(c) for c in cells])


def read_rows(path: Path) -> list[dict[str, str]]:
    """Reads a CSV that `write_rows` wrote: every cell as text, guards taken back."""
    return read_table(path)[1]


def read_table(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """(header, rows) of such a CSV. Raises ValueError if it is not in UTF-8, or a row has not a cell per column."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        lines = [cells for cells in reader if cells]
    rows = [dict(zip(header, map(unguard_cell, cells), strict=True)) for cells in lines]
    return header, rows


def _archive(names: Iterable[str], content_of: Callable[[str], bytes], first: Sequence[str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as new:
        for name in sorted(names, key=lambda name: (name not in first, name)):
            info = zipfile.ZipInfo(name, date_time=ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            new.writestr(info, content_of(name), compresslevel=6)
    return target.getvalue()


def zip_of(members: Mapping[str, bytes], *, first: Sequence[str] = ()) -> bytes:
    """An archive with sorted names and one fixed date, so that equal members give equal bytes.

    `first` names members that must lead (OPC readers expect `[Content_Types].xml` first).
    """
    return _archive(members, members.__getitem__, first)


def rewrite_zip(
    content: bytes, *, first: Sequence[str] = (), change: Mapping[str, Callable[[bytes], bytes]] | None = None
) -> bytes:
    """The same archive as `zip_of` writes it.

    `change` maps the names of members to what makes their new content of the old.
    """
    changes = change or {}
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        return _archive(old.namelist(), lambda name: changes.get(name, bytes)(old.read(name)), first)
