"""Abstrackr's table of labels: a column per reviewer, each followed by the time, and one for the consensus.

A line of words divides the citations that somebody labelled from those that nobody did, whose rows are shorter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from prismake.common.errors import Issue
from prismake.screening.readers import tables
from prismake.screening.readers.entries import Entry, Source
from prismake.screening.readers.notes import Answer

# The columns by which the table is known.
COLUMNS = {"internal id", "source id"}
# A 0 is a maybe; "o" says that there is no label, "x" that reviewers disagree.
WORDS = {"1": "include", "-1": "exclude", "0": "maybe", "o": "", "x": "", "": ""}
_DIVIDER = "citations that are not yet labeled"


def read(table: tables.Table, source: Source, issues: list[Issue]) -> Iterator[tuple[Entry, list[Answer]]]:
    """Yields each row with the answers on it: those of the reviewers and, without a reviewer, the consensus.

    A label that Abstrackr does not use is an answer after a "?". Of the columns, `columns` may name one.
    """
    wanted = tables.plain(source.columns.get("decision", ""))
    reviewers = {
        at: "" if name == "consensus" else table.written[at].strip()
        for at, (name, following) in enumerate(zip(table.header, table.header[1:], strict=False))
        if following == "labeled at" and wanted in ("", name)
    }
    whole = replace(table, rows=_rows(table.rows, len(table.header)))
    for entry in tables.read(whole, source, issues):
        yield entry, list(_answers(entry, table.header, reviewers))


def _rows(rows: Iterable[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    labelled = True
    for line, cells in rows:
        if cells and cells[0].startswith(_DIVIDER):
            labelled = False
        else:
            yield line, cells if labelled else cells + [""] * (width - len(cells))


def _answers(entry: Entry, header: Sequence[str], reviewers: dict[int, str]) -> Iterator[Answer]:
    for at, reviewer in reviewers.items():
        label = entry.cells[header[at]].strip().casefold()
        decision = WORDS.get(label, f"?{label}")
        if decision:
            note = entry.cells.get(f"general notes {header[at]}", "").strip() if reviewer else ""
            yield Answer(reviewer, decision, (), note)
