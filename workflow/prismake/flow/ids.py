"""Many record ids in little memory: numbers of rows of one column of ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from prismake.common import arrow
from prismake.common.arrow import TOGETHER

Rows = npt.NDArray[np.int32]
NOWHERE = -1


class Ids(Sequence[str]):
    """The ids at some rows of a column: a sequence of texts that costs four bytes each.

    Two of the same column can be compared by their `rows`.
    """

    def __init__(self, rows: npt.NDArray[np.integer[Any]], names: pa.Array) -> None:
        self.rows: Rows = rows.astype(np.int32, copy=False)
        self.names = names

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self.rows), TOGETHER):
            yield from self.names.take(arrow.places(self.rows[start : start + TOGETHER])).to_pylist()

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Ids: ...
    def __getitem__(self, at: int | slice) -> str | Ids:
        return Ids(self.rows[at], self.names) if isinstance(at, slice) else str(self.names[int(self.rows[at])])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Ids) and other.names is self.names:
            return bool(np.array_equal(self.rows, other.rows))
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def chosen(self, chosen: npt.NDArray[np.bool_]) -> Ids:
        """The ids where `chosen` is true."""
        return Ids(self.rows[chosen], self.names)


def places(texts: pa.Array | pa.ChunkedArray, among: pa.Array) -> Rows:
    """Where each text stands among others; `NOWHERE` for one that does not."""
    if texts.equals(pa.chunked_array([among]) if isinstance(texts, pa.ChunkedArray) else among):
        return np.arange(len(among), dtype=np.int32)
    place = pc.index_in(texts, value_set=among)
    return arrow.integers(pc.fill_null(place, arrow.numbers(np.array([NOWHERE]))[0].cast(place.type)))


def one_column(several: Iterable[Sequence[str]]) -> list[Rows] | None:
    """The rows of each of several sequences of ids, if they are all of one column of ids; else None."""
    rows: list[Rows] = []
    names: pa.Array | None = None
    for each in several:
        if not isinstance(each, Ids) or (names is not None and each.names is not names):
            return None
        names = each.names
        rows.append(each.rows)
    return rows
