"""Links: none may take what the build reads or writes out of the review's folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from prismake.common.errors import BuildStop, Issue
from prismake.common.places import RESULTS

ENGINE_FOLDER = Path(".snakemake")


def leads_out(path: Path, folder: Path = Path()) -> bool:
    """Whether a link on the way leads out of a folder: the review's, which is the working directory, or one in it."""
    try:
        return not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        # Links in a circle.
        return True


def links_in(folder: Path) -> Iterator[Path]:
    """Every link in a folder, which is none itself, at any depth. Only entries are read, never what a link names."""
    # Jobs that run at the same time may take a folder away; one that cannot be read is reported elsewhere.
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                yield Path(entry.path)
            elif entry.is_dir(follow_symlinks=False):
                yield from links_in(Path(entry.path))


def check_written_places() -> None:
    """Raises BuildStop if a build would write through a link, or where a folder that it writes to is a file."""
    issues = []
    for folder in (RESULTS, ENGINE_FOLDER):
        if folder.is_symlink():
            fix = "delete the link; the build makes the folder"
            issues.append(Issue("link", "is a link, and the build writes to it", folder.as_posix(), fix))
        elif folder.exists() and not folder.is_dir():
            fix = "delete it, or move it away; the build makes the folder"
            issues.append(Issue("no-folder", "is a file, and the build needs a folder", folder.as_posix(), fix))
        else:
            message, fix = f"is a link that leads out of {folder}/", "delete the link and build again"
            links = sorted(link for link in links_in(folder) if leads_out(link, folder))
            issues += [Issue("link", message, link.as_posix(), fix) for link in links]
    if issues:
        raise BuildStop(issues)


def outside_issues(data: Path, sections: Path | None) -> list[Issue]:
    """A fault for each folder that people write in, and each file in it, that a link takes out of the review.

    A link to a folder elsewhere is left alone under `data`, which may hold the full texts: a build reads there only
    the files that the settings name. Of the manuscript's folder it reads figures, fonts and journals as well.
    """
    message, fix = "leads out of the review's folder", "put the file itself here, or delete the link"
    folders = [data, *([sections] if sections else [])]
    linked = {folder for folder in folders if leads_out(folder)}
    for folder in folders:
        links = [link for link in links_in(folder) if not link.name.startswith(".") and leads_out(link)]
        linked |= {link for link in links if folder == sections or not link.is_dir()}
    return [Issue("outside", message, link.as_posix(), fix) for link in sorted(linked)]
