"""What the records of a work fill: which of them survives, and which fields it takes from the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from prismake.common.arrow import every_truth, integers, text
from prismake.dedup.features import COLUMNS, Integers

# The survivor is the record that fills most of these.
COUNTED = (
    "title",
    "author",
    "year",
    "journal",
    "doi",
    "pmid",
    "abstract",
    "volume",
    "pages",
    "number",
    "pmcid",
    "issn",
    "keywords",
    "publication_types",
    "language",
)


@dataclass(frozen=True)
class Contents:
    """One entry per record: how many of `COUNTED` it fills, the length of its abstract, and which of `COLUMNS` it
    fills, a bit for each."""

    filled: Integers
    length: Integers
    present: Integers

    def joined(self, *others: Contents) -> Contents:
        """These, then those of other records."""
        every = (self, *others)
        return Contents(
            np.concatenate([each.filled for each in every]),
            np.concatenate([each.length for each in every]),
            np.concatenate([each.present for each in every]),
        )


def contents_of(table: pa.Table) -> Contents:
    """The contents of the records of a table of texts; columns may be absent."""
    filled, length, present = (np.zeros(len(table), np.int64) for _ in range(3))
    for name in table.column_names:
        if name in COUNTED or name in COLUMNS:
            fills = _filled(table[name])
            filled += fills if name in COUNTED else 0
            present |= fills.astype(np.int64) << COLUMNS.index(name) if name in COLUMNS else 0
    if "abstract" in table.column_names:
        length = integers(pc.fill_null(pc.utf8_length(table["abstract"]), 0)).astype(np.int64)
    return Contents(filled, length, present)


def _filled(column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    return every_truth(pc.fill_null(pc.not_equal(column, text("", column.type)), False))
