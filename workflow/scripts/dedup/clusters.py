"""From pairs to works: records are joined pair by pair, best pair first, and never against a pair that says no.

Connected components alone would chain: a sparse record that resembles two different works would join them. Here two
groups are joined only when no pair across them conflicts, so every cluster is consistent as a whole. Which records a
component holds, and how they are joined, depends on its own records alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from prismake.dedup.features import Integers

# A component with more records than this is first cut at its weakest links.
LARGE_COMPONENT = 400


class Groups:
    """Disjoint sets of rows (union by smaller root, path halving)."""

    def __init__(self, count: int) -> None:
        self.parent = list(range(count))

    def find(self, row: int) -> int:
        """The root of a row's group."""
        parent = self.parent
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    def join(self, a: int, b: int) -> bool:
        """Joins two groups; whether they were two."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return False
        self.parent[max(a, b)] = min(a, b)
        return True


@dataclass(frozen=True)
class Links:
    """Pairs that are accepted as one work, with their points."""

    left: Integers
    right: Integers
    points: npt.NDArray[np.float32]


@dataclass
class Clustering:
    """The works, and by which pairs each was joined."""

    roots: Integers
    joins: list[tuple[int, int]]
    blocked: list[tuple[int, int]] = field(default_factory=list)


Conflicts = Callable[[Integers, Integers], npt.NDArray[np.bool_]]


def components(count: int, left: Sequence[int], right: Sequence[int]) -> list[list[int]]:
    """Groups of two or more rows that are linked, each ascending."""
    groups = Groups(count)
    for a, b in zip(left, right, strict=True):
        groups.join(a, b)
    members: dict[int, list[int]] = defaultdict(list)
    for row in sorted({*left, *right}):
        members[groups.find(row)].append(row)
    return [rows for rows in members.values() if len(rows) > 1]


def cluster(
    count: int,
    links: Links,
    conflicts: Conflicts,
    rank: Integers,
    same: Sequence[tuple[int, int]] = (),
    different: Sequence[tuple[int, int]] = (),
) -> Clustering:
    """Joins rows into works.

    `conflicts(left, right)` tells which pairs must not stand in one work, `rank` orders rows by what they are (ties
    of points are broken by it). `same` and `different` are a person's decisions and always win.
    """
    groups = Groups(count)
    joins: list[tuple[int, int]] = []
    for a, b in sorted((min(pair, key=rank.__getitem__), max(pair, key=rank.__getitem__)) for pair in same):
        if groups.join(a, b):
            joins.append((a, b))
    low, high = np.minimum(rank[links.left], rank[links.right]), np.maximum(rank[links.left], rank[links.right])
    order = np.lexsort((high, low, -links.points))
    pairs = list(zip(links.left[order].tolist(), links.right[order].tolist(), strict=True))
    strengths = links.points[order].tolist()
    bad = _conflicting(count, pairs, strengths, conflicts, same)
    forbidden: dict[int, set[int]] = defaultdict(set)
    for a, b in different:
        forbidden[groups.find(a)].add(groups.find(b))
        forbidden[groups.find(b)].add(groups.find(a))
    members: dict[int, list[int]] = {}
    if bad or same:
        for row in {row for pair in [*bad, *same] for row in pair}:
            members.setdefault(groups.find(row), []).append(row)
    linked = {(min(pair), max(pair)) for pair in pairs} if bad else set()
    blocked = []
    for a, b in pairs:
        root_a, root_b = groups.find(a), groups.find(b)
        if root_a == root_b:
            continue
        if root_b in forbidden.get(root_a, ()):
            continue
        if _conflict(members.get(root_a, ()), members.get(root_b, ()), bad):
            blocked.append((a, b))
            continue
        groups.join(a, b)
        joins.append((a, b))
        root, gone = (root_a, root_b) if groups.find(a) == root_a else (root_b, root_a)
        if gone in members:
            members.setdefault(root, []).extend(members.pop(gone))
        for other in forbidden.pop(gone, ()):
            forbidden[other].discard(gone)
            forbidden[other].add(root)
            forbidden[root].add(other)
    del linked
    roots = np.array([groups.find(row) for row in range(count)], dtype=np.int64)
    return Clustering(roots, joins, blocked)


def _conflict(one: Sequence[int], two: Sequence[int], bad: set[tuple[int, int]]) -> bool:
    return any((min(a, b), max(a, b)) in bad for a in one for b in two)


def _conflicting(
    count: int,
    pairs: list[tuple[int, int]],
    strengths: list[float],
    conflicts: Conflicts,
    same: Sequence[tuple[int, int]],
) -> set[tuple[int, int]]:
    """The pairs inside each component that conflict, as (smaller row, larger row)."""
    links = [*pairs, *same]
    left: list[int] = []
    right: list[int] = []
    strong = list(zip(links, [*strengths, *([float("inf")] * len(same))], strict=True))
    pending = components(count, [a for a, _ in links], [b for _, b in links])
    while pending:
        rows = pending.pop()
        if len(rows) <= LARGE_COMPONENT:
            if len(rows) > 2 or same:
                for at, a in enumerate(rows):
                    for b in rows[at + 1 :]:
                        left.append(a)
                        right.append(b)
            continue
        inside = set(rows)
        here = [(pair, points) for pair, points in strong if pair[0] in inside]
        bar = sorted(points for _, points in here)[len(here) // 10]
        kept = [pair for pair, points in here if points > bar]
        pending.extend(components(count, [a for a, _ in kept], [b for _, b in kept]))
    a, b = np.array(left, dtype=np.int64), np.array(right, dtype=np.int64)
    found = conflicts(a, b) if len(a) else np.zeros(0, bool)
    return set(zip(a[found].tolist(), b[found].tolist(), strict=True))
