"""Which record stands for each cluster in the flow, and in which column of the figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from prismake.common import arrow
from prismake.common.arrow import equal
from prismake.common.cluster_map import ClusterMap
from prismake.flow.ids import NOWHERE, Rows, places

COLUMNS = ("databases", "other")
DATABASES, OTHER = range(2)


def column_of(search: Mapping[str, Any]) -> str:
    """The column of the figure in which a search's records stand."""
    return COLUMNS[OTHER if search.get("kind") == "other" else DATABASES]


class Clusters(Mapping[str, str]):
    """Which record stands for each cluster, and in which column: a map from any record's id to the id that stands.

    A report found by databases and by other methods counts in the column of the databases, so a record of theirs
    stands for it there: the survivor where it is one. `names` are the ids of all records; the others have an entry
    for each: the row that stands for it, its own column (a place in `COLUMNS`), and the row of its survivor, which is
    `NOWHERE` where the survivor is not among the records.
    """

    def __init__(self, names: pa.Array, representative: Rows, column: npt.NDArray[np.int8], survivor: Rows) -> None:
        self.names, self.representative, self.column, self.survivor = names, representative, column, survivor
        self._ids = ClusterMap(names, names)

    def __getitem__(self, name: str) -> str:
        return str(self.names[int(self.representative[self._ids.row(name)])])

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self.names)


def make_clusters(records: pa.Table, cluster_of: ClusterMap, searches: Sequence[Mapping[str, Any]]) -> Clusters:
    """The clusters from the records (record_id, search) in their order and from each record's cluster.

    A record that `cluster_of` lacks is a cluster of its own.
    """
    names = records["record_id"].combine_chunks()
    column = np.zeros(len(names), np.int8)
    for search in searches:
        if column_of(search) == COLUMNS[OTHER]:
            column[equal(records["search"], search["id"])] = OTHER
    at = places(names, cluster_of.names)
    own = cluster_of.clusters.take(arrow.places(np.maximum(at, 0))) if len(cluster_of) else names
    survivor = places(own, names)
    survivor = np.where(at == NOWHERE, np.arange(len(names), dtype=np.int32), survivor)
    # Clusters whose survivor is not among the records are numbered behind the records.
    group = survivor.astype(np.int64)
    lost = np.flatnonzero(group == NOWHERE)
    group[lost] = len(names) + arrow.integers(own.take(arrow.places(lost)).dictionary_encode().indices)
    return Clusters(names, _standing(group, survivor, column), column, survivor)


def _standing(group: npt.NDArray[np.int64], survivor: Rows, column: npt.NDArray[np.int8]) -> Rows:
    """For each record the row of the one that stands for its group."""
    size = len(group) + int(group.max(initial=0)) + 1
    has_main = np.zeros(size, bool)
    has_main[group[column == DATABASES]] = True
    main = np.flatnonzero((column == DATABASES) | ~has_main[group])
    stands = np.full(size, NOWHERE, np.int32)
    # Of a group's records the first is assigned last.
    stands[group[main][::-1]] = main[::-1]
    is_main = np.zeros(len(group), bool)
    is_main[main] = True
    survives = np.flatnonzero(survivor != NOWHERE)
    kept = survives[is_main[survivor[survives]] & (group[survivor[survives]] == group[survives])]
    stands[group[kept]] = survivor[kept]
    return stands[group]
