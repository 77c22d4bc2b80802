"""What the searches share: which searches found which works, as a table that adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from prismake.common.arrow import codes_of, integers
from prismake.common.cluster_map import ClusterMap

Row = dict[str, str | int]
# Searches whose marks fit into one number.
TOGETHER = 62


@dataclass(frozen=True)
class Overlap:
    """How many works each combination of searches found."""

    searches: Sequence[str]
    labels: Mapping[str, str]
    records: Mapping[str, int]
    works_by_searches: Mapping[frozenset[str], int]  # the searches that found a work -> how many such works there are

    @property
    def works(self) -> int:
        """The number of all works."""
        return sum(self.works_by_searches.values())

    def works_of(self, *searches: str) -> int:
        """The number of works that all of these searches found."""
        return sum(number for by, number in self.works_by_searches.items() if by.issuperset(searches))

    def works_by(self, search: str, *, alone: bool) -> int:
        """The number of works of a search that no other search found, or that others found too."""
        return sum(number for by, number in self.works_by_searches.items() if search in by and (len(by) == 1) == alone)


def find_overlap(records: pa.Table, cluster_of: ClusterMap) -> Overlap:
    """The overlap from all records (record_id, search, database) and the cluster of each, in the same order.

    A search is labelled by its database; where two searches ran in the same one, the search's id is added. Raises
    KeyError where the two are not of the same records.
    """
    if not records["record_id"].equals(pa.chunked_array([cluster_of.names], records["record_id"].type)):
        raise KeyError("the clusters are those of other records")
    names = _databases(records)
    frequent = Counter(names.values())
    codes, searches = codes_of(records["search"])
    work = integers(cluster_of.clusters.dictionary_encode().indices)
    marks = np.zeros((int(work.max(initial=-1)) + 1, len(searches) // TOGETHER + 1), np.int64)
    for number in range(len(searches)):
        marks[work[codes == number], number // TOGETHER] |= 1 << (number % TOGETHER)
    kinds, numbers = np.unique(marks[:, 0] if marks.shape[1] == 1 else marks, axis=0, return_counts=True)
    works_by_searches = {
        frozenset(
            name for number, name in enumerate(searches) if row[number // TOGETHER] >> (number % TOGETHER) & 1
        ): count
        for row, count in zip(kinds.reshape(len(kinds), marks.shape[1]).tolist(), numbers.tolist(), strict=True)
    }
    return Overlap(
        tuple(names),
        {search: f"{name} ({search})" if frequent[name] > 1 else name for search, name in names.items()},
        dict(zip(searches, np.bincount(codes, minlength=len(searches)).tolist(), strict=True)),
        works_by_searches,
    )


def _databases(records: pa.Table) -> dict[str, str]:
    """The searches in the order of their first records, each with the database of its last."""
    codes, searches = codes_of(records["search"])
    place, databases = codes_of(records["database"])
    last = np.zeros(len(searches), np.int64)
    last[codes] = np.arange(len(codes))
    return {name: databases[place[row]] for name, row in zip(searches, last.tolist(), strict=True)}


def count_sources(overlap: Overlap) -> list[Row]:
    """The rows of the table of sources: one per search, the last one for all together.

    For each row records = works + duplicates_within and works = unique + shared: `unique` works no other search
    found, `with_<search>` those that this other search found too. The last row's `works` are the review's unique
    records.
    """
    rows: list[Row] = []
    for search in overlap.searches:
        works = overlap.works_of(search)
        row: Row = {
            "search": search,
            "database": overlap.labels[search],
            "records": overlap.records[search],
            "duplicates_within": overlap.records[search] - works,
            "works": works,
            "unique": overlap.works_by(search, alone=True),
            "shared": overlap.works_by(search, alone=False),
        }
        for other in overlap.searches:
            if other != search:
                row[f"with_{other}"] = overlap.works_of(search, other)
        rows.append(row)
    records = sum(overlap.records.values())
    rows.append(
        {
            "search": "all",
            "database": "all searches",
            "records": records,
            "duplicates_within": records - overlap.works,
            "works": overlap.works,
            "unique": sum(number for by, number in overlap.works_by_searches.items() if len(by) == 1),
            "shared": sum(number for by, number in overlap.works_by_searches.items() if len(by) > 1),
        }
    )
    return rows


def shared_columns(overlap: Overlap) -> list[str]:
    """The columns of the table of sources that depend on the searches: works shared with each of them."""
    return [f"with_{search}" for search in overlap.searches]


def combinations(overlap: Overlap) -> list[tuple[tuple[str, ...], int]]:
    """(searches, works that exactly these found), largest first, then in the order of the searches."""
    place = {search: number for number, search in enumerate(overlap.searches)}
    sizes = {tuple(sorted(by, key=place.__getitem__)): number for by, number in overlap.works_by_searches.items()}
    return sorted(sizes.items(), key=lambda item: (-item[1], len(item[0]), [place[search] for search in item[0]]))
