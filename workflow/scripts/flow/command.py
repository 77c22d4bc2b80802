"""`prismake explain`: why a record ended where it did."""

from __future__ import annotations

import argparse
from pathlib import Path

from prismake.common.errors import inert
from prismake.flow.explain import explain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `prismake explain`."""
    parser.add_argument("record_id", metavar="RECORD_ID", help="id of a record, as in results/records/clusters.csv")
    parser.add_argument(
        "--results", type=Path, default=Path("results"), metavar="FOLDER", help="a build's results (default: results)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints the record's way; raises BuildStop where the record or the build is not there."""
    print(inert(explain(arguments.record_id, arguments.results)))
    return 0
