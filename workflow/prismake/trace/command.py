"""`prismake why`: a record's life, from its export to the sentences that cite it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from prismake.common.errors import inert
from prismake.trace.record import as_text, lives


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `prismake why`."""
    parser.add_argument(
        "record", metavar="ID", help="a PubMed id, DOI, PMCID, trial number, record id, or the id of a study"
    )
    parser.add_argument(
        "--results", type=Path, default=Path("results"), metavar="FOLDER", help="a build's results (default: results)"
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Prints the record's life. Raises BuildStop if the record or the build does not exist."""
    reports = lives(arguments.record, arguments.results)
    if arguments.json:
        print(json.dumps(reports, ensure_ascii=True, indent=2))
    else:
        print(inert("\n\n".join(map(as_text, reports))))
    return 0
