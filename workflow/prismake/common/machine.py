"""Faults of the computer that a build runs on, as messages: a full disk, a folder without permission, no memory."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from prismake.common.errors import Issue

# Bytes; a disk with less left may be the full one, as what did not fit has been deleted by then.
LITTLE = 64 * 1024 * 1024
MORE_MEMORY = "close other programs, or use a computer with more"
FULL = {errno.ENOSPC, errno.EDQUOT}
# What the system refuses for a reason that no file of the review has: problem, and what to do.
REFUSED = {
    errno.EFBIG: ("a file is larger than this computer allows", "raise the limit of the size of files (ulimit -f)"),
    errno.EACCES: ("may not be read or written", "ask for the permission, or copy the review to another place"),
    errno.EPERM: ("may not be read or written", "ask for the permission, or copy the review to another place"),
    errno.EROFS: ("is on a disk that is read-only", "copy the review to another place"),
    errno.EIO: ("cannot be read or written: the disk reports a fault", "copy the review to another disk"),
    errno.EMFILE: ("cannot be opened: too many files are open", "close other programs, or raise the limit (ulimit -n)"),
    errno.ENFILE: ("cannot be opened: too many files are open", "close other programs"),
    errno.ENAMETOOLONG: ("has too long a name for this computer", "choose a shorter name"),
    errno.EISDIR: ("is a folder where a file belongs", "move it away, and try again"),
    errno.ENOTDIR: ("lies in a file where a folder belongs", "move that file away, and try again"),
    errno.EEXIST: ("is a file where a folder belongs", "move it away, and try again"),
    errno.ESTALE: ("is gone from the network disk", "connect the disk again"),
}


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _full_disk(file: str | None, folders: Sequence[Path]) -> str:
    """The folder whose disk is full: that of the file, where it is known, or the one with the least room."""
    places = [folder.absolute() for folder in folders or [Path()]]
    if file:
        last = Path(file).absolute().parent
        disk = _existing(last).stat().st_dev
        return str(next((place for place in places if _existing(place).stat().st_dev == disk), last))
    room = {place: shutil.disk_usage(_existing(place)).free for place in (*places, Path(tempfile.gettempdir()))}
    fullest = min(room, key=lambda place: room[place])
    return str(fullest if room[fullest] < LITTLE else places[0])


def machine_fault(problem: BaseException, *folders: Path) -> Issue | None:
    """The message for an exception whose cause is the computer; None where the cause is another.

    `folders` are those that the program writes to: its own first, which is this folder unless one is named.
    """
    if isinstance(problem, MemoryError):
        return Issue("machine", "there is not enough memory", fix=MORE_MEMORY)
    # By its name, as loading the module takes longer than most steps.
    if type(problem).__name__ == "BrokenProcessPool":
        return Issue("machine", "a process of this step was killed; most often memory has run out", fix=MORE_MEMORY)
    if not isinstance(problem, OSError):
        return None
    # A file that is put in its place: the place is what stands in the way.
    named = next((name for name in (problem.filename2, problem.filename) if name), None)
    named = str(named) if isinstance(named, str | Path) else None
    file = Path(named) if named else (folders or [Path()])[0].absolute()
    # Files are written under names of their own first.
    where = str(file.parent if file.suffix == ".part" else file)
    if problem.errno in FULL:
        fix = "make room there and try again; nothing half-made is kept"
        return Issue("machine", "the disk is full", _full_disk(named, folders), fix)
    if problem.errno in REFUSED:
        message, fix = REFUSED[problem.errno]
        return Issue("machine", message, where, fix)
    if "No usable temporary directory" in str(problem):
        return Issue(
            "machine", "there is no folder for temporary files", fix="set TMPDIR to one that can be written to"
        )
    return None
