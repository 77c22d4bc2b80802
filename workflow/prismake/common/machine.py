"""Faults of the computer that a build runs on, as messages: a full disk, a folder without permission, no memory."""

from __future__ import annotations

import errno
import shutil
import tempfile
from pathlib import Path

from prismake.common.errors import Issue

# Bytes; a disk with less left is taken for the full one.
LITTLE = 1024 * 1024
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
    errno.ESTALE: ("is gone from the network disk", "connect the disk again"),
}


def _full_disk(folder: Path) -> str:
    """The folder whose disk is full: that of temporary files, or that of the build."""
    places = [Path(tempfile.gettempdir()), folder.absolute()]
    return next((str(place) for place in places if shutil.disk_usage(place).free < LITTLE), str(places[1]))


def machine_fault(problem: BaseException, folder: Path = Path()) -> Issue | None:
    """The message for an exception whose cause is the computer; None where the cause is another.

    `folder` is where the program writes.
    """
    if isinstance(problem, MemoryError):
        fix = "close other programs, or use a computer with more"
        return Issue("machine", "there is not enough memory", fix=fix)
    if not isinstance(problem, OSError):
        return None
    file = Path(problem.filename) if isinstance(problem.filename, str) else folder.absolute()
    # Files are written under names of their own first.
    where = str(file.parent if file.suffix == ".part" else file)
    if problem.errno in FULL:
        fix = "make room there and build again; nothing half-made is kept"
        return Issue("machine", "the disk is full", _full_disk(folder), fix)
    if problem.errno in REFUSED:
        message, fix = REFUSED[problem.errno]
        return Issue("machine", message, where, fix)
    if "No usable temporary directory" in str(problem):
        return Issue(
            "machine", "there is no folder for temporary files", fix="set TMPDIR to one that can be written to"
        )
    return None
