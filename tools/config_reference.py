"""Writes docs/config.md from the schema of config.yaml, so that check and reference are one.

Run: python tools/config_reference.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prismake.common.validation import TYPE_NAMES, load_yaml

PROJECT = Path(__file__).parents[1]
TARGET = PROJECT / "docs" / "config.md"

HEAD = """# Settings

Every key that `config.yaml` may hold. This page is made from `workflow/schemas/config.schema.yaml` by
`python tools/config_reference.py`; a key that is not here stops the build. **Bold** keys must be there.
`NAME` stands for a name of your own.

| key | what it is | form |
|---|---|---|
"""


def rows(rule: dict[str, Any], path: str = "", needed: bool = True) -> Iterator[tuple[str, bool, str, str]]:
    """(key path, whether it must be there, meaning, form) of every key below a rule, in the order of the schema."""
    if path:
        yield path, needed, rule.get("description", ""), form(rule)
    required = rule.get("required", [])
    for key, inner in rule.get("properties", {}).items():
        yield from rows(inner, f"{path}.{key}" if path else key, key in required)
    if isinstance(inner := rule.get("additionalProperties"), dict) and "properties" in inner:
        yield from rows(inner, f"{path}.NAME", False)
    if isinstance(inner := rule.get("items"), dict) and "properties" in inner:
        for name, must, meaning, kind in rows(inner, f"{path}[]", True):
            if name != f"{path}[]":
                yield name, must, meaning, kind


def form(rule: dict[str, Any]) -> str:
    """The form of a value in a few words."""
    if "enum" in rule:
        return " or ".join(f"`{item}`" for item in rule["enum"])
    if rule.get("inputFile"):
        return "a file"
    kind = str(rule.get("type", ""))
    if kind == "array":
        inner = rule.get("items", {})
        return "a list" + (" of files" if inner.get("inputFile") else "")
    return TYPE_NAMES.get(kind, kind)


def reference() -> str:
    """The whole page."""
    schema = load_yaml(PROJECT / "workflow" / "schemas" / "config.schema.yaml")
    lines = []
    for path, needed, meaning, kind in rows(schema):
        name = f"`{path}`"
        text = meaning.replace("|", "\\|")
        lines.append(f"| {f'**{name}**' if needed else name} | {text} | {kind} |\n")
    return HEAD + "".join(lines)


def main() -> int:
    """Writes the page, or with --check tells whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only tell whether the page is up to date")
    if parser.parse_args().check:
        if TARGET.read_text(encoding="utf-8") == reference():
            return 0
        print(f"{TARGET.relative_to(PROJECT)} is not up to date: run python tools/config_reference.py", file=sys.stderr)
        return 1
    TARGET.write_text(reference(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
