"""Each step can be called as a function, and some test does."""

import ast
from collections.abc import Iterator

from tests.places import PROJECT, SCRIPTS


def imported() -> Iterator[str]:
    """The scripts that tests import."""
    for path in (PROJECT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "scripts":
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("scripts."):
                yield str(node.module).removeprefix("scripts.")


def test_every_script_is_imported_by_a_test() -> None:
    scripts = {path.stem for path in SCRIPTS.glob("*.py")}
    assert scripts - set(imported()) == set()
