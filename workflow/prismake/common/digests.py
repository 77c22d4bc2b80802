"""Digests of files: content decides what is made again, whatever the time stamps say."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from prismake.common.writing import write_text

# Two changes of a file within this time may leave the same time stamp; until it has passed, a digest is not trusted.
# FAT, the coarsest file system in use, counts in steps of two seconds.
SETTLED_NS = 2_000_000_000

# Size, time of change, time of the last change of the file's entry, number of the file in its file system.
State = list[int]


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of(parts: Iterable[str]) -> str:
    """SHA-256 of several texts in their order."""
    joined = hashlib.sha256()
    for part in parts:
        joined.update(f"{len(part)}:{part}".encode("utf-8", "surrogateescape"))
    return joined.hexdigest()


def files_in(path: Path) -> list[Path]:
    """The file itself, or a folder's files, sorted, without hidden files, which other programs leave in folders."""
    if not path.is_dir():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )


def state_of(status: os.stat_result) -> State:
    """What changes with every change of a file."""
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def settled(state: State) -> bool:
    """Whether a further change would be seen: the last one is long enough ago to have another time stamp."""
    return max(state[1:3]) + SETTLED_NS < time.time_ns()


class Digests:
    """Digests of files, kept from one build to the next so that a large export is not read at every start.

    A kept digest counts as long as the file's size, times and number are the same. The time of the last change of its
    entry is among them because no program can set it: a file that was rewritten and given back its old time stamp
    is read again. An object returns the same digest for a file every time, so the start of a build sees one state.
    """

    def __init__(self, file: Path) -> None:
        """`file` stores the digests between builds; it may be missing or damaged."""
        self._file = file
        self._known: dict[str, tuple[State, str]] = {}
        self._used: dict[str, tuple[State, str]] = {}
        self._to_keep = False
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            entries: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
            self._known = {
                name: ([int(number) for number in entry["state"]], str(entry["digest"]))
                for name, entry in entries.items()
            }

    def of(self, path: Path) -> str:
        """The digest of a file, or of a folder: of the names and contents of its files. Raises OSError."""
        if (known := self._used.get(str(path))) is not None:
            return known[1]
        if path.is_dir():
            files = files_in(path)
            return digest_of(text for file in files for text in (file.relative_to(path).as_posix(), self._of(file)))
        return self._of(path)

    def _of(self, file: Path) -> str:
        name = str(file)
        if name not in self._used:
            state = state_of(file.stat())
            known = self._known.get(name)
            if known and known[0] == state:
                self._used[name] = known
            else:
                # Where the file is saved meanwhile, this is the earlier state, so the next build reads the file again.
                self._used[name] = (state if settled(state) else [], file_digest(file))
                self._to_keep = True
        return self._used[name][1]

    def used(self) -> dict[str, str]:
        """The digests that were asked for, by the names of their files."""
        return {name: digest for name, (_, digest) in self._used.items()}

    def keep(self) -> None:
        """Stores the digests for the next build. Builds that do so at the same time do not disturb each other."""
        if not self._to_keep:
            return
        entries = {name: {"state": state, "digest": digest} for name, (state, digest) in sorted(self._used.items())}
        # Without it the next start takes longer, nothing else.
        with suppress(OSError):
            write_text(self._file, json.dumps(entries))
