"""Which files of the package a step is made of.

Snakemake notices a changed script but not a changed module that the script imports. Every rule therefore lists these
files as an input, so that editing a module reruns exactly the steps that import it.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

PACKAGE = "prismake"


def _imported(tree: ast.AST) -> set[str]:
    """Dotted names that a module imports from the package, those inside functions included."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name for name in names if name == PACKAGE or name.startswith(PACKAGE + ".")}


def _files(name: str, root: Path) -> list[Path]:
    """The files that importing a dotted name runs: the packages on the way, then the module. Other names give none."""
    files = []
    here = root
    for part in name.split(".")[1:]:
        files.append(here / "__init__.py")
        if (here / f"{part}.py").is_file():
            return [*files, here / f"{part}.py"]
        here /= part
    files.append(here / "__init__.py")
    return [file for file in files if file.is_file()]


@cache
def _needs(file: Path, root: Path) -> frozenset[Path]:
    tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    return frozenset(needed for name in _imported(tree) for needed in _files(name, root))


def modules_of(script: Path, root: Path) -> list[Path]:
    """The package's files that a script needs, itself left out, sorted.

    `root` is the package's folder. Imports are found in the source, so they must be written out (`import …`), not
    composed at run time. Relative imports are not followed: the house does not use them.
    """
    found: set[Path] = set()
    todo = [script]
    while todo:
        for needed in _needs(todo.pop(), root):
            if needed not in found:
                found.add(needed)
                todo.append(needed)
    return sorted(found - {script})
