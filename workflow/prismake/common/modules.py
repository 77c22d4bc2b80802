"""Which files of the package a step is made of.

Snakemake notices a changed script but not a changed module that the script imports. The digest of these files is
therefore a param of every rule (`content`), so that editing a module reruns exactly the steps that import it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

PACKAGE = "prismake"


# Read by pattern, not parsed: the whole package is looked through at the start of every build. A docstring that shows
# an import can only add a module to a step's code.
IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<source>prismake[\w.]*)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n#]+)"
    r"|import[ \t]+(?P<modules>prismake[^\n#]*))",
    re.MULTILINE,
)
NAME = re.compile(r"[A-Za-z_][\w.]*")


def _imported(source: str) -> set[str]:
    """Dotted names that a module imports from the package, those inside functions included."""
    names: set[str] = set()
    for statement in IMPORT.finditer(source):
        if statement["modules"]:
            names.update(name for name in NAME.findall(statement["modules"]) if name.split(".")[0] == PACKAGE)
        else:
            names.add(statement["source"])
            names.update(f"{statement['source']}.{name}" for name in NAME.findall(statement["names"]))
    return names


@cache
def _files(name: str, root: Path) -> tuple[Path, ...]:
    """The files that importing a dotted name runs: the packages on the way, then the module. Other names give none."""
    files = []
    here = root
    for part in name.split(".")[1:]:
        files.append(here / "__init__.py")
        if (here / f"{part}.py").is_file():
            return (*files, here / f"{part}.py")
        here /= part
    files.append(here / "__init__.py")
    return tuple(file for file in files if file.is_file())


@cache
def _needs(file: Path, root: Path) -> frozenset[Path]:
    source = file.read_text(encoding="utf-8")
    return frozenset(needed for name in _imported(source) for needed in _files(name, root))


def modules_of(script: Path, root: Path) -> list[Path]:
    """The package's files that a script needs, itself left out, sorted.

    `root` is the package's folder. Imports are read from the source, so they must be written out (`import …`), not
    composed at run time. Relative imports are not followed: the house does not use them.
    """
    modules: set[Path] = set()
    open_files = [script]
    while open_files:
        for needed in _needs(open_files.pop(), root):
            if needed not in modules:
                modules.add(needed)
                open_files.append(needed)
    return sorted(modules - {script})
