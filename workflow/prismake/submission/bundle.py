"""Everything that goes to the journal in one archive, with checksums, versions and the run as an RO-Crate."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from prismake.common.errors import BuildStop, Issue

MANIFEST = "MANIFEST.txt"
CRATE = "ro-crate-metadata.json"
SITE = "What_the_site_asks_for.md"


def software() -> dict[str, str]:
    """{package: version} of Prismake and of what it builds on, as installed."""
    named = [re.split(r"[^A-Za-z0-9._-]", need, maxsplit=1)[0] for need in requires("prismake") or []]
    versions = {}
    for name in ("prismake", *sorted(set(named))):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            # A package of an extra that is not installed here.
            continue
    return versions


def gathered(folder: str, paths: Iterable[Path]) -> dict[str, Path]:
    """{path in the bundle: file}; a folder contributes all files in it, under its own name.

    Raises BuildStop if two files would have one place.
    """
    places: dict[str, Path] = {}
    for path in paths:
        files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        for file in files:
            if file.name.startswith("."):
                continue
            inner = file.relative_to(path.parent).as_posix() if path.is_dir() else file.name
            place = f"{folder}/{inner}" if folder else inner
            if place in places:
                raise BuildStop(
                    Issue(
                        "bundle",
                        f"two files would have the name '{place}' in the archive",
                        str(file),
                        "rename one of them",
                    )
                )
            places[place] = file
    return places


def manifest(contents: Mapping[str, bytes], versions: Mapping[str, str], title: str) -> str:
    """Checksums in the form that `sha256sum --check` reads; titles and versions as comments."""
    lines = [f"# {title}", "# Check with: sha256sum --check MANIFEST.txt", "#"]
    lines += [f"# {name} {number}" for name, number in versions.items()]
    lines += [f"{hashlib.sha256(content).hexdigest()}  {path}" for path, content in sorted(contents.items())]
    return "\n".join(lines) + "\n"
