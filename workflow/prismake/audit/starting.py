"""The lists from which authors start: typed numbers to state with a source, claims to confirm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from prismake.audit.findings import Finding
from prismake.audit.review import Review
from prismake.audit.run import Audit
from prismake.common.errors import counted, stop
from prismake.common.results.audit import TO_CONFIRM, TO_STATE
from prismake.common.writing import write_rows

TYPED = re.compile(r"'(.+)' is typed")
# Words on either side of a number that say which one of a sentence it is.
AROUND = 3


def _words_around(finding: Finding) -> Iterator[str]:
    """The number of a finding with some words around it, at each of its places in the sentence."""
    number = TYPED.match(finding.message)
    if not number:
        return
    for place in re.finditer(rf"(?<![\w.,]){re.escape(number[1])}(?![\w])", finding.text):
        before, after = finding.text[: place.start()], finding.text[place.end() :]
        left = re.search(rf"(?:\S+\s+){{0,{AROUND}}}\S*$", before)
        right = re.match(rf"\S*(?:\s+\S+){{0,{AROUND}}}", after)
        yield f"{left[0] if left else ''}{number[1]}{right[0] if right else ''}".strip(" .,;:")


def to_state(outcome: Audit) -> list[dict[str, str]]:
    """Rows for stated.csv without their source: every typed number that nothing states, with the words around it."""
    rows = {
        (text, Path(finding.file).name): {"text": text, "place": Path(finding.file).name, "note": finding.message}
        for finding in outcome.findings
        if finding.rule.startswith("typed-number")
        for text in _words_around(finding)
    }
    return list(rows.values())


def to_confirm(outcome: Audit) -> list[dict[str, str]]:
    """Rows for confirmed.csv without a name: every claim that a person must decide, with the digest of its data."""
    rows = {
        (finding.rule, finding.text): {
            "rule": finding.rule,
            "text": finding.text,
            "digest": outcome.digests[number],
        }
        for number, finding in enumerate(outcome.findings)
        if finding.severity == "confirm"
    }
    return list(rows.values())


def _started(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]], what: str) -> str:
    if path.is_file():
        left = f"; results/audit/ lists {counted(len(rows), 'row')} to add" if rows else ""
        return f"{path.as_posix()} is there and stays as it is{left}"
    write_rows(path, columns, rows)
    return f"{path.as_posix()}: {counted(len(rows), 'row')}, {what}"


def start(review: Review, outcome: Audit) -> Iterator[str]:
    """Writes the lists into the manuscript's folder, where they are not there yet; a line for each.

    Raises BuildStop if the review has no manuscript.
    """
    text = review.config.get("manuscript")
    if not text:
        raise stop(
            "no-manuscript", "this review has no manuscript", where="config.yaml", fix="add the block manuscript"
        )
    for key, table, rows, what in (
        (
            "stated",
            TO_STATE,
            to_state(outcome),
            "each to be given its source, or deleted once a value prints its number",
        ),
        ("confirmed", TO_CONFIRM, to_confirm(outcome), "each to be signed with a name in confirmed_by"),
    ):
        yield _started(review.folder / text[key], list(table.columns), rows, what)
