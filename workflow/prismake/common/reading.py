"""Reading the texts that people write: a file, of a bounded size, UTF-8, any line ends, only characters that print."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from typing import Any

from prismake.common.errors import BuildStop, Issue, stop

# Far above any table or text that a person writes, far below what would fill a computer's memory.
LARGEST = 64 * 1024 * 1024
# Bytes of one JSON document of a build; a manuscript of ten thousand words has a thousandth of this.
LARGEST_RESULT = 1 << 30
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def check_regular(path: Path, largest: int = LARGEST) -> None:
    """Raises BuildStop unless the path is a file of at most so many bytes.

    A folder, a pipe or a device is refused: reading a pipe would wait for ever, and reading a device would never end.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        raise stop(
            "missing-file", "the file does not exist", where=str(path), fix="create it, or correct its path"
        ) from None
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise stop("unreadable", f"cannot be read: {reason}", where=str(path), fix="name another file") from None
    if stat.S_ISDIR(status.st_mode):
        raise stop("no-file", "this is a folder", where=str(path), fix="name a file in it")
    if not stat.S_ISREG(status.st_mode):
        raise stop("no-file", "this is a device or a pipe, not a file", where=str(path), fix="name a file")
    if status.st_size > largest:
        message = f"larger than {largest // 1024 // 1024} MB"
        raise stop("too-large", message, where=str(path), fix="check that this is the file you meant")


def unprintable(text: str, path: Path) -> list[Issue]:
    """A fault for each line with a character that no document holds (NUL, escape, half a surrogate pair, …)."""
    return [
        Issue("character", f"contains the character U+{ord(match[0]):04X}", f"{path}:{number}", "delete it")
        for number, line in enumerate(text.split("\n"), start=1)
        if (match := UNPRINTABLE.search(line))
    ]


def read_json(path: Path) -> Any:
    """The content of a JSON file that a build wrote. Raises BuildStop if it is damaged, OSError if it is missing."""
    if path.stat().st_size > LARGEST_RESULT or not path.is_file():
        check_regular(path, LARGEST_RESULT)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        fix = "delete it and build again"
        raise stop("damaged", "the file is damaged", where=str(path), fix=fix) from None


def read_text(path: Path, *, largest: int = LARGEST, fix: str = "save it as UTF-8") -> str:
    """The text of a file that a person wrote, its lines ended by line feeds, without a byte order mark.

    Raises BuildStop if it is not a file, is too large, is not UTF-8, or contains characters that no document accepts.
    """
    path = Path(path)
    check_regular(path, largest)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = fault.object.count(b"\n", 0, fault.start) + 1
        raise stop("encoding", "not UTF-8", where=f"{path}:{line}", fix=fix) from None
    except OSError as fault:
        raise stop(
            "unreadable", f"cannot be read: {fault.strerror}", where=str(path), fix="check the file's permissions"
        ) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if issues := unprintable(text, path):
        raise BuildStop(issues)
    return text
