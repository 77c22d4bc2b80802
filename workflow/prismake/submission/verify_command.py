"""`prismake verify`: which results are not what the build made, or would not be made again."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from prismake.common.errors import Issue, counted, inert, stop
from prismake.common.places import RESULTS
from prismake.submission.rebuild import differing, rebuild
from prismake.submission.verification import verify


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `prismake verify`."""
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(), metavar="FOLDER", help="a review's folder (default: this one)"
    )
    parser.add_argument(
        "--rebuild",
        action="store_true",
        help="also build everything again in a clean folder, and explain each difference",
    )


def _by_fix(issues: Iterable[Issue]) -> Iterator[str]:
    """The issues as printed: a line for each file, and below those with one message and one fix the fix once."""
    alike: dict[Issue, list[Issue]] = {}
    for issue in issues:
        alike.setdefault(replace(issue, where=""), []).append(issue)
    for about, group in alike.items():
        *firsts, last = group
        fix = f"for each of these {len(group)}: {about.fix}" if firsts else about.fix
        yield "\n".join(map(str, [*(replace(issue, fix="") for issue in firsts), replace(last, fix=fix)]))


def run(arguments: argparse.Namespace) -> int:
    """Prints every result that is not what the build made, or is not made again; exit code 1 where there is one.

    Copies that a person edited and a build kept are named, and are no fault.
    """
    results = arguments.folder / RESULTS
    if not results.is_dir():
        raise stop("no-results", "does not exist", where=str(results), fix="build the review: snakemake")
    files, issues = verify(arguments.folder)
    if arguments.rebuild:
        with TemporaryDirectory(prefix="prismake-verify-") as folder:
            rebuild(arguments.folder.resolve(), clean := Path(folder) / "review")
            issues += differing(arguments.folder, clean)
    for lines in _by_fix(issues):
        print(lines)
    faulty = any(issue.severity == "error" for issue in issues)
    if not faulty:
        outcome = "the same when built in a clean folder" if arguments.rebuild else "unchanged since the build"
        print(inert(f"{results}: {counted(files, 'file')}, {outcome}"))
    return 1 if faulty else 0
