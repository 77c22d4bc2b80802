"""What the searches share: which searches found which works, as a table that adds up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Row = dict[str, str | int]


@dataclass(frozen=True)
class Overlap:
    """Which searches found which works."""

    searches: Sequence[str]
    labels: Mapping[str, str]
    records: Mapping[str, int]
    works: Mapping[str, frozenset[str]]  # work -> the searches that found it

    def works_of(self, search: str) -> int:
        """The number of works that a search found."""
        return sum(search in by for by in self.works.values())


def find_overlap(records: Sequence[Mapping[str, str]], cluster_of: Mapping[str, str]) -> Overlap:
    """The overlap from all records (record_id, search, database) and the cluster of each.

    A search is labelled by its database; where two searches ran in the same one, the search's id is added.
    """
    names = {record["search"]: record["database"] for record in records}
    frequent = Counter(names.values())
    searches_of: dict[str, set[str]] = defaultdict(set)
    for record in records:
        searches_of[cluster_of[record["record_id"]]].add(record["search"])
    return Overlap(
        tuple(names),
        {search: f"{name} ({search})" if frequent[name] > 1 else name for search, name in names.items()},
        Counter(record["search"] for record in records),
        {work: frozenset(by) for work, by in searches_of.items()},
    )


def count_sources(overlap: Overlap) -> list[Row]:
    """The rows of the table of sources: one per search, the last one for all together.

    For each row records = works + duplicates_within and works = unique + shared: `unique` works no other search
    found, `with_<search>` those that this other search found too. The last row's `works` are the review's unique
    records.
    """
    rows: list[Row] = []
    for search in overlap.searches:
        works = [by for by in overlap.works.values() if search in by]
        row: Row = {
            "search": search,
            "database": overlap.labels[search],
            "records": overlap.records[search],
            "duplicates_within": overlap.records[search] - len(works),
            "works": len(works),
            "unique": sum(len(by) == 1 for by in works),
            "shared": sum(len(by) > 1 for by in works),
        }
        for other in overlap.searches:
            if other != search:
                row[f"with_{other}"] = sum(other in by for by in works)
        rows.append(row)
    records = sum(overlap.records.values())
    rows.append(
        {
            "search": "all",
            "database": "all searches",
            "records": records,
            "duplicates_within": records - len(overlap.works),
            "works": len(overlap.works),
            "unique": sum(len(by) == 1 for by in overlap.works.values()),
            "shared": sum(len(by) > 1 for by in overlap.works.values()),
        }
    )
    return rows


def shared_columns(overlap: Overlap) -> list[str]:
    """The columns of the table of sources that depend on the searches: works shared with each of them."""
    return [f"with_{search}" for search in overlap.searches]


def combinations(overlap: Overlap) -> list[tuple[tuple[str, ...], int]]:
    """(searches, works that exactly these found), largest first, then in the order of the searches."""
    place = {search: number for number, search in enumerate(overlap.searches)}
    sizes = Counter(tuple(sorted(by, key=place.__getitem__)) for by in overlap.works.values())
    return sorted(sizes.items(), key=lambda item: (-item[1], len(item[0]), [place[search] for search in item[0]]))
