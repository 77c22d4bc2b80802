"""`prismake audit`: the audit of the review at hand, or of a document of somebody else."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prismake.audit.foreign.reading import read_paper
from prismake.audit.foreign.report import FILE, lines
from prismake.audit.foreign.run import audit_paper
from prismake.audit.review import Review
from prismake.audit.run import audit
from prismake.audit.starting import start
from prismake.common.errors import inert, stop
from prismake.common.places import RESULTS
from prismake.common.writing import write_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `prismake audit`."""
    parser.add_argument(
        "file",
        type=Path,
        nargs="?",
        metavar="FILE",
        help="a Word document, PDF or JATS of somebody else (default: the review in this folder, as last built)",
    )
    parser.add_argument(
        "--results", type=Path, default=RESULTS, metavar="FOLDER", help="a build's results (default: results)"
    )
    parser.add_argument(
        "--output", type=Path, metavar="REPORT", help="also write the whole report on FILE, which the screen cuts short"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--start",
        action="store_true",
        help="write manuscript/stated.csv and manuscript/confirmed.csv with what is to be stated and confirmed, "
        "where they are not there yet",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints the audit. 0: no errors; 1: errors. Raises BuildStop if there is nothing to read."""
    return _of_file(arguments) if arguments.file is not None else _of_review(arguments)


def _of_file(arguments: argparse.Namespace) -> int:
    if arguments.start:
        message, fix = "--start is for the review in this folder, not for a document", "leave the document out"
        raise stop("audit-arguments", message, where="--start", fix=fix)
    report = audit_paper(read_paper(arguments.file))
    if arguments.output is not None:
        if arguments.output.resolve() == arguments.file.resolve():
            fix = "name another file for the report"
            raise stop("output-is-input", "--output is the document itself", where=str(arguments.output), fix=fix)
        text = "".join(f"{inert(line)}\n" for line in lines(report, FILE))
        write_text(arguments.output, text)
    _show(report.plain(), lines(report), as_json=arguments.json)
    return 0 if report.sound else 1


def _of_review(arguments: argparse.Namespace) -> int:
    if arguments.output is not None:
        fix = "read results/audit/, which the build writes, or redirect what the command prints"
        raise stop("audit-arguments", "--output needs the document that is to be audited", where="--output", fix=fix)
    review = Review(arguments.results)
    outcome = audit(review.matter())
    for issue in review.outdated():
        print(f"WARNING {issue}", file=sys.stderr)
    if arguments.start:
        for line in start(review, outcome):
            print(inert(line))
        return 0
    _show(outcome.plain(), [*outcome.lines(), outcome.summary()], as_json=arguments.json)
    return 1 if outcome.of("error") else 0


def _show(data: dict[str, Any], lines: Iterable[str], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(data, ensure_ascii=True, indent=2))
        return
    encoding = sys.stdout.encoding or "utf-8"
    for line in lines:
        print(inert(line).encode(encoding, "replace").decode(encoding))
