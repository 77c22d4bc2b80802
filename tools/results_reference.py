"""Writes docs/results.md from the declarations of the results, so that the page and the build are one.

Run: python tools/results_reference.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from prismake.common.results.declaring import Column, Document, Result, Table
from prismake.common.results.records import EXPORT_RECORDS, MODEL
from prismake.common.results.registry import NOT_RESULTS, STAGES

TARGET = Path(__file__).parents[1] / "docs" / "results.md"
HEAD = """# Results

Every file that a build makes, and its contents. This page is made from `workflow/prismake/common/results/` by
`python tools/results_reference.py`. `{name}` stands for a name chosen by the review. Text is UTF-8; an empty cell
means that nothing is known; items of a list are separated by `; `. A text that a spreadsheet program would run as a
formula has an apostrophe before it.

There are also """


def reference() -> str:
    """The whole page."""
    return HEAD + " and ".join(f"`{folder}`" for folder in NOT_RESULTS) + ".\n" + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    for stage in STAGES:
        title = (stage.__doc__ or "").removeprefix("Results of ").removeprefix("Results for ").rstrip(".")
        yield f"\n## {title[0].upper()}{title[1:]}"
        for result in vars(stage).values():
            if isinstance(result, Result):
                yield f"\n### `{result.path}`\n\n{result.meaning} Written by `{result.writer}`."
                yield from _columns(result)


def _columns(result: Result) -> Iterator[str]:
    if isinstance(result, Table):
        first = result.declared[: len(MODEL)] == MODEL and result is not EXPORT_RECORDS
        if first:
            yield f"It has the columns of `{EXPORT_RECORDS.path}`."
        if rest := (*result.declared[len(MODEL) if first else 0 :], *result.further):
            yield from _rows("further column" if first else "column", rest)
    elif isinstance(result, Document) and result.keys:
        yield from _rows("key of each entry" if result.several else "key", result.keys)


def _rows(name: str, columns: Sequence[Column]) -> Iterator[str]:
    yield f"\n| {name} | type | meaning |\n|---|---|---|"
    for column in columns:
        yield f"| `{column.name}` | {column.type} | {column.meaning.replace('|', chr(92) + '|')} |"


def main() -> int:
    """Writes the page, or with --check tells whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only report whether the page is up to date")
    if not parser.parse_args().check:
        TARGET.write_text(reference(), encoding="utf-8", newline="\n")
    elif not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != reference():
        print("docs/results.md is not up to date: run python tools/results_reference.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
