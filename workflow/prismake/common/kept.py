"""What the start of a build works out from files, kept from build to build as long as the files are the same."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from prismake.common.digests import digest_of, settled, state_of
from prismake.common.errors import Issue
from prismake.common.writing import write_text


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                yield entry
            elif entry.name != "__pycache__":
                yield from _entries(entry.path)


def state_of_folders(*folders: Path) -> str:
    """The state of all files in some folders as one text; "" while a change could still go unnoticed."""
    entries = sorted((entry for folder in folders for entry in _entries(str(folder))), key=lambda entry: entry.path)
    return _joined((entry.path, entry.stat()) for entry in entries)


def state_of_files(*files: Path) -> str:
    """The state of some files as one text; "" while a change could still go unnoticed, or where one is missing."""
    try:
        return _joined((str(file), file.stat()) for file in files)
    except OSError:
        return ""


def _joined(files: Iterable[tuple[str, os.stat_result]]) -> str:
    states = [(name, state_of(status)) for name, status in files]
    return digest_of(map(str, states)) if all(settled(state) for _, state in states) else ""


class Kept:
    """Values by name, each with the state of what it was worked out from.

    Like that of a kept digest (`Digests`), a state has the times and the number of each file on this computer, so that
    a review from elsewhere cannot bring values that count.
    """

    def __init__(self, file: Path, engine: str = "") -> None:
        """`file` stores the values between builds; `engine` is the state of the code that works them out."""
        self._file, self.engine = file, engine
        self._known: dict[str, tuple[str, Any]] = {}
        self._used: dict[str, tuple[str, Any]] = {}
        self._to_keep = False
        with suppress(OSError, ValueError, TypeError, AttributeError):
            entries = json.loads(file.read_text(encoding="utf-8"))
            self._known = {name: (str(state), value) for name, (state, value) in entries.items()}

    def value(self, name: str, state: str, make: Callable[[], Any]) -> Any:
        """The value that was worked out in this state, else that of `make`, as JSON holds it."""
        whole = digest_of([self.engine, state]) if self.engine and state else ""
        if whole and name in self._known and self._known[name][0] == whole:
            self._used[name] = self._known[name]
        else:
            self._used[name], self._to_keep = (whole, make()), True
        return self._used[name][1]

    def issues(self, name: str, files: Iterable[Path], check: Callable[[], list[Issue]]) -> list[Issue]:
        """The faults that a check finds in files; none, without looking, where it has found none in this state."""
        faults: list[Issue] = []

        def faultless() -> bool:
            faults.extend(check())
            return not faults

        # Taken before the files are read: what is saved meanwhile is looked at by the next build.
        if not self.value(name, state_of_files(*files), faultless):
            del self._used[name]
        return faults

    def keep(self) -> None:
        """Stores the values for the next build. Builds that do so at the same time do not disturb each other."""
        if self._to_keep:
            # Without it the next start takes longer, nothing else.
            with suppress(OSError):
                write_text(self._file, json.dumps(dict(sorted(self._used.items()))))
