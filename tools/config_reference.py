"""Writes docs/config.md and docs/journal.md from the schemas of config.yaml and of a journal's profile, so that check
and reference are one.

Run: python tools/config_reference.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from prismake.common.defaults import Rule, resolved
from prismake.common.validation import TYPE_NAMES
from prismake.common.yaml_files import load_yaml

PROJECT = Path(__file__).parents[1]

CONFIG = """# Settings

Every key that `config.yaml` may contain. **Bold** keys are required if the block around them is present; all others are
optional. An unknown key stops the build. `NAME` stands for a name of your own.

The first line of `config.yaml` names a schema (`# yaml-language-server: $schema=config.schema.json`), which
lets editors complete and check the keys as you type. `prismake new` writes that file; after an upgrade, bring it up to
date: `prismake new --schema > config.schema.json`.

This page is made from `workflow/prismake/schemas/config.schema.yaml` by `python tools/config_reference.py`.

| key | meaning | form |
|---|---|---|
"""
JOURNAL = """# Journal profiles

Every key that a journal's `profile.yaml` may contain. **Bold** keys are required, in the profile or in the one that it
is based on; the others have a default. An unknown key stops the build. How profiles are used, and how to add your own:
[document.md](document.md#another-journal).

This page is made from `workflow/prismake/schemas/journal.schema.yaml` by `python tools/config_reference.py`.

| key | meaning | form |
|---|---|---|
"""
# Page -> (its head, the schema that it is made from).
PAGES = {"config.md": (CONFIG, "config"), "journal.md": (JOURNAL, "journal")}


def rows(rule: Rule, definitions: Rule, path: str = "", needed: bool = True) -> Iterator[tuple[str, bool, str, str]]:
    """(key path, whether it must be there, meaning, form) of every key below a rule, in the order of the schema."""
    rule = resolved(rule, definitions)
    if path:
        yield path, needed, meaning(rule), form(rule, definitions)
    required = rule.get("required", [])
    for key, inner in rule.get("properties", {}).items():
        yield from rows(inner, definitions, f"{path}.{key}" if path else key, key in required)
    if isinstance(inner := rule.get("additionalProperties"), dict) and "properties" in inner:
        yield from rows(inner, definitions, f"{path}.NAME", False)
    if isinstance(inner := rule.get("items"), dict) and "properties" in inner:
        for name, must, description, kind in rows(inner, definitions, f"{path}[]", True):
            if name != f"{path}[]":
                yield name, must, description, kind


def meaning(rule: Rule) -> str:
    """What a key is, with its default where it has one that says something."""
    text = str(rule.get("description", ""))
    match rule.get("default"):
        case None | {} | [] | "":
            return text
        case bool(value):
            return f"{text} (default: {str(value).lower()})"
        case list(items):
            return f"{text} (default: {', '.join(str(item) for item in items)})"
        case value:
            return f"{text} (default: `{value}`)"


def form(rule: Rule, definitions: Rule) -> str:
    """The form of a value in a few words."""
    if "enum" in rule:
        return " or ".join(f"`{item}`" for item in rule["enum"])
    if rule.get("inputFile"):
        return "a file"
    kind = str(rule.get("type", ""))
    if kind == "array":
        inner = resolved(rule.get("items", {}), definitions)
        if inner.get("inputFile"):
            return "a list of files"
        return "a list" + (f" of {form(inner, definitions)}" if "enum" in inner else "")
    return TYPE_NAMES.get(kind, kind)


def reference(page: str) -> str:
    """A whole page."""
    head, name = PAGES[page]
    schema = load_yaml(PROJECT / "workflow" / "prismake" / "schemas" / f"{name}.schema.yaml")
    lines = []
    for path, needed, description, kind in rows(schema, schema.get("$defs", {})):
        key = f"`{path}`"
        text = description.replace("|", "\\|")
        lines.append(f"| {f'**{key}**' if needed else key} | {text} | {kind} |\n")
    return head + "".join(lines)


def main() -> int:
    """Writes the pages, or with --check tells whether they are up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only report whether the pages are up to date")
    check = parser.parse_args().check
    stale = 0
    for page in PAGES:
        target = PROJECT / "docs" / page
        if not check:
            target.write_text(reference(page), encoding="utf-8", newline="\n")
        elif not target.is_file() or target.read_text(encoding="utf-8") != reference(page):
            print(f"docs/{page} is not up to date: run python tools/config_reference.py", file=sys.stderr)
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main())
