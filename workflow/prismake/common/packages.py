"""What is installed beside Prismake: the versions that decide, with code and sources, which bytes come out."""

from __future__ import annotations

import os
import platform
import re
import sys
from contextlib import suppress

_METADATA = re.compile(r"(?P<name>.+)-(?P<version>[^-]+)\.(?:dist|egg)-info")


def plain_name(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_versions() -> dict[str, str]:
    """Name -> version of Python, of the kind of machine, and of each installed package, sorted.

    The names of folders are enough, and a hundred times faster than reading the metadata in them.
    """
    packages: dict[str, str] = {}
    # The first place on the path wins, as it does when a module is imported.
    for place in reversed(sys.path):
        with suppress(OSError):
            for match in filter(
                None, map(_METADATA.fullmatch, sorted(entry.name for entry in os.scandir(place or ".")))
            ):
                packages[plain_name(match["name"])] = match["version"]
    system = {"python": platform.python_version(), "system": f"{sys.platform}-{platform.machine()}"}
    return {**system, **dict(sorted(packages.items()))}
