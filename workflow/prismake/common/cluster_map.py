"""The map from records to their clusters, in little memory."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, ValuesView

import pyarrow as pa
import pyarrow.compute as pc

from prismake.common.arrow import each, texts

# A dictionary of so many ids is fast and small enough; of more, an id is looked for among the sorted ones.
DICTIONARY = 1_000_000


class ClusterMap(Mapping[str, str]):
    """Each record's id -> its cluster, the id of its survivor, in the order of the records.

    `names` and `clusters` are the same as columns.
    """

    def __init__(self, names: pa.Array, clusters: pa.Array) -> None:
        self.names, self.clusters = names, clusters
        self._rows: dict[str, int] = {}
        self._known: dict[str, str] = {}
        self._sorted: pa.Array | None = None

    @classmethod
    def of(cls, clusters: Mapping[str, str]) -> ClusterMap:
        """The map as a dictionary has it."""
        return cls(texts(list(clusters)), texts(list(clusters.values())))

    def row(self, name: str) -> int:
        """The place of a record among all. Raises KeyError for an id that no record has."""
        if len(self.names) <= DICTIONARY:
            if not self._rows:
                self._rows = {known: row for row, known in enumerate(self.names.to_pylist())}
            return self._rows[name]
        if self._sorted is None:
            self._sorted = pc.sort_indices(self.names)
        low, high = 0, len(self._sorted)
        # Texts are in the order of their bytes, which is that of their letters' numbers.
        while low < high:
            middle = (low + high) // 2
            row = self._sorted[middle].as_py()
            known = self.names[row].as_py()
            if known == name:
                return int(row)
            low, high = (middle + 1, high) if known < name else (low, middle)
        raise KeyError(name)

    def __getitem__(self, name: str) -> str:
        if len(self.names) > DICTIONARY:
            return str(self.clusters[self.row(name)])
        if not self._known:
            self._known = dict(zip(self.names.to_pylist(), self.clusters.to_pylist(), strict=True))
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return each(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def values(self) -> ValuesView[str]:
        """The clusters, one for each record."""
        return _Values(self)

    def items(self) -> ItemsView[str, str]:
        """Each record's id with its cluster."""
        return _Items(self)


class _Values(ValuesView[str]):
    _mapping: ClusterMap

    def __iter__(self) -> Iterator[str]:
        return each(self._mapping.clusters)


class _Items(ItemsView[str, str]):
    _mapping: ClusterMap

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return zip(each(self._mapping.names), each(self._mapping.clusters), strict=True)
