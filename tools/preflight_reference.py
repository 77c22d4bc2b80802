"""Writes the table of docs/preflight.md from the list of checks, so that page and program are one.

Run: python tools/preflight_reference.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from prismake.preflight import run
from prismake.preflight.checks import pdf as of_pdf
from prismake.preflight.findings import CHECKS, THEMES

# Importing them registers the checks.
MODULES = (run, of_pdf)
PROJECT = Path(__file__).parents[1]
TARGET = PROJECT / "docs" / "preflight.md"
MARK = "<!-- From here on this page is made by `python tools/preflight_reference.py`. -->\n"


def table() -> str:
    """The checks by kind of document and theme."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    for kind, name in (("docx", "Word document"), ("pdf", "PDF")):
        checks = [check for check in CHECKS if check.kind == kind]
        if not checks:
            continue
        failing = sum(check.severity == "error" for check in checks)
        yield f"\n## Checks of a {name}\n\n{len(checks)} checks, of which {failing} fail it.\n"
        yield "| check | theme | severity | what holds in a sound document |\n|---|---|---|---|"
        for theme in THEMES:
            for check in checks:
                if check.theme == theme:
                    text = check.description.replace("|", "\\|")
                    yield f"| `{check.id}` | {theme} | {check.severity} | {text} |"


def main() -> int:
    """Writes the table below the mark, or with --check tells whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only report whether the page is up to date")
    page = TARGET.read_text(encoding="utf-8")
    head, mark, _ = page.partition(MARK)
    if not mark:
        print(f"{TARGET.relative_to(PROJECT)} has lost the line {MARK.strip()}", file=sys.stderr)
        return 1
    wanted = head + mark + table()
    if parser.parse_args().check:
        if page == wanted:
            return 0
        print(
            f"{TARGET.relative_to(PROJECT)} is not up to date: run python tools/preflight_reference.py", file=sys.stderr
        )
        return 1
    TARGET.write_text(wanted, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
