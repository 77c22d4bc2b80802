"""The list behind each box: its records, described as they were imported or as they were screened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from prismake.common import arrow
from prismake.common.csv_tables import csv_file
from prismake.common.errors import stop
from prismake.common.records import join_list
from prismake.common.results.flow import BOX
from prismake.flow.boxes import Box, Outcomes
from prismake.flow.clusters import Clusters
from prismake.flow.ids import NOWHERE, Ids

# What is read of the records, and of the outcomes of screening.
IMPORTED = ("record_id", "title", "author", "year", "journal", "doi", "database")
SCREENED = ("record_id", "title", "author", "year", "journal", "doi", "sources", "reason", "label", "note")
SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")

Places = npt.NDArray[np.int64]
Write = Callable[[pa.Table], None]


def describe_imported(records: pa.Table, start: int, clusters: Clusters) -> pa.Table:
    """Some records (`IMPORTED`), the first of which is at row `start` of all, with the columns of a box's list.

    A duplicate's reason is the record that stands for it.
    """
    rows = np.arange(start, start + len(records), dtype=np.int32)
    stands = clusters.representative[rows]
    named = clusters.names.take(arrow.places(stands))
    copies = pc.binary_join_element_wise(arrow.text("duplicate of "), named, arrow.text(""))
    reasons = pc.if_else(arrow.flags(stands != rows), copies, arrow.text(""))
    return pa.table(
        {**{name: records[name] for name in IMPORTED[:-1]}, "sources": records["database"], "reason": reasons}
    )


def describe_screened(screening: pa.Table, start: int, outcomes: Ids) -> pa.Table:
    """Some outcomes of screening (`SCREENED`), from `start` on, with the columns of a box's list.

    Their reason is why they left; they have the ids of the records that stand for them in the flow, `outcomes`.
    """
    named = outcomes.names.take(arrow.places(outcomes.rows[start : start + len(screening)]))
    return pa.table(
        {
            **{name: screening[name] for name in BOX.columns[:-1]},
            "record_id": named,
            "reason": arrow.texts(_reasons(screening)),
        }
    )


def _reasons(screening: pa.Table) -> list[str]:
    cells = zip(*(screening[name].to_pylist() for name in ("label", "reason", "note")), strict=True)
    known: dict[tuple[str, str, str], str] = {}
    texts = []
    for cell in cells:
        text = known.get(cell)
        if text is None:
            label, reason, note = cell
            text = join_list([label or reason, note])
            # Notes are of one record each; most records have none.
            if not note:
                known[cell] = text
        texts.append(text)
    return texts


class _List:
    """The list of one box while it is written: `rows` are the places of its records, in the order of its table."""

    def __init__(self, box: Box, rows: Places, write: Write) -> None:
        self.rows, self.write = rows, write
        self.gives_reason = box.role not in ("identified", "source", "screened", "included")

    def add(self, described: pa.Table, start: int) -> None:
        """Adds the box's records among those described, the first of which is at `start`."""
        low, high = np.searchsorted(self.rows, (start, start + len(described)))
        if low == high:
            return
        chosen = described.take(arrow.places(self.rows[low:high] - start))
        if not self.gives_reason:
            empty = arrow.repeated("", len(chosen))
            chosen = chosen.set_column(len(BOX.columns) - 1, "reason", empty)
        self.write(chosen)


def write_lists(
    boxes: Sequence[Box],
    outcomes: Outcomes,
    records: Iterable[pa.Table],
    screening: Iterable[pa.Table],
    lists: Path,
) -> None:
    """Writes each box as `<lists>/<box id>.csv` and removes the lists of boxes that no longer exist.

    `records` are the records (`IMPORTED`) and `screening` their `outcomes` (`SCREENED`), some thousands at a time.
    """
    lists.mkdir(parents=True, exist_ok=True)
    for old in lists.glob("*.csv"):
        old.unlink()
    for box in boxes:
        if not SAFE_ID.fullmatch(box.id):
            message = f"'{box.id}' cannot name a file"
            raise stop("box-id", message, where="config.yaml", fix="use letters, digits, _ and - in ids")
    clusters = outcomes.clusters
    place = np.full(len(outcomes.names), NOWHERE, np.int64)
    place[outcomes.ids.rows] = np.arange(len(outcomes.ids))
    added = {box.id: list(box.records) for box in boxes if box.role == "added"}
    described: dict[str, dict[str, str]] = {}
    wanted = arrow.texts(sorted({name for names in added.values() for name in names}))
    with ExitStack() as stack:
        imported, screened = [], []
        for box in boxes:
            if box.role == "added":
                continue
            write = stack.enter_context(csv_file(lists / f"{box.id}.csv", BOX.columns))
            rows = box.records.rows.astype(np.int64) if isinstance(box.records, Ids) else np.empty(0, np.int64)
            if box.role in ("identified", "source", "duplicates"):
                imported.append(_List(box, rows, write))
            else:
                screened.append(_List(box, place[rows], write))
        tables = (describe_imported(table, at, clusters) for table, at in _numbered(records))
        _stream(imported, tables, wanted, described)
        tables = (describe_screened(table, at, outcomes.ids) for table, at in _numbered(screening))
        _stream(screened, tables, wanted, described)
    for name, ids in added.items():
        BOX.write(lists / f"{name}.csv", (described[each] for each in ids))


def _numbered(tables: Iterable[pa.Table]) -> Iterator[tuple[pa.Table, int]]:
    start = 0
    for table in tables:
        yield table, start
        start += len(table)


def _stream(
    files: Sequence[_List], tables: Iterable[pa.Table], wanted: pa.Array, described: dict[str, dict[str, str]]
) -> None:
    """Adds each table to the lists; keeps the rows of the `wanted` records, as the last table describes them."""
    for table, start in _numbered(tables):
        for file in files:
            file.add(table, start)
        if len(wanted):
            kept = table.filter(pc.is_in(table["record_id"], value_set=wanted))
            described.update({row["record_id"]: row for row in kept.to_pylist()})
