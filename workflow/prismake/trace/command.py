"""`prismake why`: a record followed forward to the sentences that count it, a value or sentence back to records."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from prismake.common.errors import BuildStop, inert
from prismake.trace import values
from prismake.trace.build import Build
from prismake.trace.record import as_text, lives


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `prismake why`."""
    parser.add_argument(
        "what",
        metavar="ID",
        help="a PubMed id, DOI, PMCID, trial number, record id, or the id of a study; the name of a value "
        "(pooled.women); or words of a sentence of the manuscript",
    )
    parser.add_argument(
        "--results", type=Path, default=Path("results"), metavar="FOLDER", help="a build's results (default: results)"
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def _answer(what: str, build: Build) -> tuple[Any, str]:
    """What there is to know about a value, record or sentence, as data and as text."""
    ledger = values.read_ledger(build)
    if name := values.name_of(what, ledger):
        about = values.origins_named(name, build, ledger)
        one = name in ledger
        return about, values.as_text(about[0]) if one else values.group_as_text(name, about)
    try:
        reports = lives(what, build.results)
    except BuildStop:
        if ledger and values.NAME.fullmatch(what):
            raise values.unknown_value(what, ledger, build) from None
        passage = values.nearest_passage(what, build) if " " in what.strip() else None
        if passage is None:
            raise
        about_sentence = values.sentence_origins(passage, build, ledger)
        return about_sentence, values.sentence_as_text(about_sentence)
    return reports, "\n\n".join(map(as_text, reports))


def run(arguments: argparse.Namespace) -> int:
    """Prints what is known. Raises BuildStop if the record, the value, or the build does not exist."""
    data, text = _answer(arguments.what, Build(arguments.results))
    print(json.dumps(data, ensure_ascii=True, indent=2) if arguments.json else inert(text))
    return 0
