"""Commands of Prismake for use outside a build."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from prismake import __version__
from prismake.common.errors import BuildStop
from prismake.common.machine import machine_fault
from prismake.common.made import changed_results
from prismake.common.places import RESULTS
from prismake.common.writing import stay_inside


class Command(NamedTuple):
    """A subcommand: the module that brings its arguments and runs it, what it does in a line, and how it is typed."""

    module: str
    purpose: str
    examples: tuple[str, ...]


# Modules are named, not imported, so that `prismake --help` does not wait for all of them.
COMMANDS = {
    "new": Command(
        "prismake.importing.new",
        "start a review from search exports",
        ("my-review pubmed.nbib embase.ris --date 2026-01-31",),
    ),
    "import": Command(
        "prismake.importing.command",
        "read search exports into one table of records",
        ("pubmed.nbib embase.ris --output records.csv --report report.json", "*.ris --output records.parquet"),
    ),
    "dedup": Command(
        "prismake.dedup.command",
        "find the duplicates in a table of records",
        (
            "records.csv --output clusters.csv",
            "records.csv --output clusters.csv --review to_review.csv --decisions decisions.csv",
        ),
    ),
    "hand-over": Command(
        "prismake.screening.hand_over_command",
        "note which records have gone out to be screened",
        ("abstract --date 2026-02-01 --to Rayyan", "abstract --date 2026-05-01 --batch new"),
    ),
    "extract": Command(
        "prismake.extraction.command",
        "write the workbooks of extraction and appraisal for the included studies, and their references",
        ("", "--extractors AB CD", "--reviewers AB CD", "--schema"),
    ),
    "add": Command(
        "prismake.adding.command",
        "add a search, stage, table, form, meta-analysis, journal, author, section or citation",
        (
            "search scopus.ris --date 2026-02-14",
            'author "Ann Lee" --affiliation "Department, University, City, Country" --role software',
            "citation 10.1000/example.1",
        ),
    ),
    "revman": Command(
        "prismake.synthesis.revman_command",
        "read the data rows of a Cochrane data package, or write them from the last build",
        ("CD000001-data-rows.csv --output data/extraction", "--write data-rows.csv"),
    ),
    "check": Command(
        "prismake.preflight.command",
        "check a Word document or PDF as a journal's staff would",
        ("results/manuscript/manuscript.docx --journal bmj", "--list"),
    ),
    "audit": Command(
        "prismake.audit.command",
        "check the numbers and claims of the review, or of somebody else's document",
        ("", "article.docx", "article.pdf --json"),
    ),
    "flow": Command(
        "prismake.figures.command",
        "draw a flow figure from a CSV of the R package PRISMA2020",
        ("PRISMA.csv --output prisma.svg", "PRISMA.csv --output prisma.tiff --dpi 600 --width 174"),
    ),
    "preview": Command(
        "prismake.web.preview_command",
        "show the page in the browser, and make it anew whenever a file of the review changes",
        ("", "my-review --port 8000"),
    ),
    "status": Command(
        "prismake.review.status_command", "show where the review stands, and the next step", ("", "my-review --json")
    ),
    "why": Command(
        "prismake.trace.command",
        "show what happened to a record, or what is behind a value or a sentence",
        ("31234567", "10.1000/example.1", "pooled.women", '"We included nine studies."'),
    ),
    "verify": Command(
        "prismake.submission.verify_command",
        "list the results that differ from what the build made, or would make again",
        ("", "my-review", "--rebuild"),
    ),
    "diff": Command(
        "prismake.revision.diff_command",
        "compare two versions of the manuscript: tracked changes, and a page with the reasons",
        ("submitted.docx results/manuscript/manuscript.docx --output changes.docx",),
    ),
    "merge": Command(
        "prismake.revision.merge_command",
        "take a co-author's Word file back into the sources",
        ("edited.docx", "edited.docx --write"),
    ),
}


# Commands that change what people keep in a review's folder, which may be somebody else's.
WRITE_IN_REVIEW = ("add", "extract", "hand-over", "diff", "merge", "revman")


def parser(command: str | None = None) -> argparse.ArgumentParser:
    """The argument parser; the arguments of one subcommand are filled in where it is named."""
    top = argparse.ArgumentParser(prog="prismake", description=__doc__)
    top.add_argument("--version", action="version", version=f"prismake {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, about in COMMANDS.items():
        lines = [f"  prismake {name} {words}".rstrip() for words in about.examples]
        sub = commands.add_parser(
            name,
            help=about.purpose,
            description=f"{about.purpose[0].upper()}{about.purpose[1:]}.",
            epilog="\n".join(["examples:", *lines]),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name == command:
            import_module(about.module).add_arguments(sub)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a subcommand. Exit code 0: done; 1: the input is at fault, as one message says."""
    given = list(sys.argv[1:] if argv is None else argv)
    named = next((word for word in given if not word.startswith("-")), None)
    arguments = parser(named).parse_args(given)
    run: Callable[[argparse.Namespace], int] = import_module(COMMANDS[arguments.command].module).run
    if arguments.command in WRITE_IN_REVIEW:
        stay_inside(Path.cwd())
    try:
        code = run(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read the output, as `head` does, has enough of it. What is left goes nowhere, also at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except BuildStop as problem:
        print(f"ERROR {problem}", file=sys.stderr)
        return 1
    except Exception as problem:
        if fault := machine_fault(problem):
            print(f"ERROR {fault}", file=sys.stderr)
            return 1
        # What a command reads may be a result that somebody changed or cut; then that is the fault to report.
        review = getattr(arguments, "results", RESULTS).parent
        if not (changes := changed_results(review)):
            raise
        print(f"ERROR {BuildStop(change.issue() for change in changes)}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
