"""From pairs to works: records are joined pair by pair, best pair first, and never against a pair that says no.

Connected components alone would chain: a sparse record that resembles two different works would join them. Here two
groups are joined only when no pair across them conflicts, so every cluster is consistent as a whole. Which records a
component holds, and how they are joined, depends on its own records alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from prismake.dedup.features import Integers

# In a component with more records than this, conflicts are looked for only when two of its groups would be joined.
LARGE_COMPONENT = 400
# Larger groups are compared by so many of their records, in the order of ids.
FOREMOST = 40

Pair = tuple[int, int]


class Groups:
    """Disjoint sets of rows (union by smaller root, path halving)."""

    def __init__(self, count: int) -> None:
        self.size = count
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


@dataclass(frozen=True)
class Clustering:
    """The works (rows with equal roots), and by which pairs each was joined, in that order."""

    roots: Integers
    joins: Integers  # a row per join: the two records


Conflicts = Callable[[Integers, Integers], npt.NDArray[np.bool_]]


def components(count: int, pairs: Sequence[Pair]) -> list[list[int]]:
    """Groups of two or more rows that are linked, each ascending."""
    groups = Groups(count)
    for a, b in pairs:
        groups.join(a, b)
    members: dict[int, list[int]] = defaultdict(list)
    for row in sorted({row for pair in pairs for row in pair}):
        members[groups.find(row)].append(row)
    return list(members.values())


class _Works:
    """Works while they are being joined: who is in each, which rows conflict, which works a person keeps apart."""

    def __init__(self, count: int, rank: Integers, conflicts: Conflicts) -> None:
        self.groups = Groups(count)
        self.rank, self.conflicts = rank, conflicts
        self.joins: list[Pair] = []
        self.bad: set[Pair] = set()
        self.lazy: set[int] = set()  # rows of large components
        self.members: dict[int, list[int]] = {}  # of works that have a row in `bad` or `lazy`
        self.apart: dict[int, set[int]] = defaultdict(set)

    def join(self, a: int, b: int) -> None:
        """Joins the works of two rows."""
        root_a, root_b = self.groups.find(a), self.groups.find(b)
        if not self.groups.join(a, b):
            return
        self.joins.append((a, b))
        root = self.groups.find(a)
        gone = root_b if root == root_a else root_a
        if gone in self.members:
            self.members.setdefault(root, []).extend(self.members.pop(gone))
        for other in self.apart.pop(gone, ()):
            self.apart[other].discard(gone)
            self.apart[other].add(root)
            self.apart[root].add(other)

    def keep_apart(self, a: int, b: int) -> None:
        """A person calls the works of two rows different."""
        root_a, root_b = self.groups.find(a), self.groups.find(b)
        self.apart[root_a].add(root_b)
        self.apart[root_b].add(root_a)

    def learn(self, pairs: Sequence[Pair], same: Sequence[Pair]) -> None:
        """Finds which rows of each component conflict; in a large one, only when two of its works meet."""
        left: list[int] = []
        right: list[int] = []
        for rows in components(self.groups.size, [*pairs, *same]):
            if len(rows) > LARGE_COMPONENT:
                self.lazy.update(rows)
            elif len(rows) > 2:
                left += [a for at, a in enumerate(rows) for _ in rows[at + 1 :]]
                right += [b for at in range(len(rows)) for b in rows[at + 1 :]]
        self.bad = self._conflicting(left, right)
        self._forgive(same, {(min(pair), max(pair)) for pair in pairs} if same else set())
        for row in sorted({row for pair in self.bad for row in pair} | self.lazy):
            self.members.setdefault(self.groups.find(row), []).append(row)

    def _conflicting(self, left: Sequence[int], right: Sequence[int]) -> set[Pair]:
        a, b = np.array(left, dtype=np.int64), np.array(right, dtype=np.int64)
        conflicting = self.conflicts(a, b) if len(a) else np.zeros(0, bool)
        return set(zip(np.minimum(a, b)[conflicting].tolist(), np.maximum(a, b)[conflicting].tolist(), strict=True))

    def _forgive(self, same: Sequence[Pair], linked: set[Pair]) -> None:
        """A record linked to one of the records that a person called the same does not conflict with the others."""
        decided: dict[int, list[int]] = defaultdict(list)
        for row in {row for pair in same for row in pair}:
            decided[self.groups.find(row)].append(row)
        for pair in list(self.bad):
            for record, partner in (pair, pair[::-1]):
                fellows = decided.get(self.groups.find(partner), [])
                if any((min(record, fellow), max(record, fellow)) in linked for fellow in fellows):
                    self.bad.discard(pair)

    def may_join(self, a: int, b: int) -> bool:
        """Whether no row of one work conflicts with a row of the other."""
        root_a, root_b = self.groups.find(a), self.groups.find(b)
        if root_a == root_b or root_b in self.apart.get(root_a, ()):
            return False
        left, right = self._foremost(root_a), self._foremost(root_b)
        if a in self.lazy:
            return not self._conflicting([x for x in left for _ in right], [y for _ in left for y in right])
        return not any((min(x, y), max(x, y)) in self.bad for x in left for y in right)

    def _foremost(self, root: int) -> Sequence[int]:
        rows = self.members.get(root, ())
        return rows if len(rows) <= FOREMOST else sorted(rows, key=self.rank.__getitem__)[:FOREMOST]


def cluster(
    count: int,
    links: Links,
    conflicts: Conflicts,
    rank: Integers,
    same: Sequence[Pair] = (),
    different: Sequence[Pair] = (),
) -> Clustering:
    """Joins rows into works, the pair with most points first.

    `conflicts(left, right)` says which pairs must not stand in one work, `rank` orders rows by their ids (it breaks
    ties). `same` and `different` are a person's decisions, free of contradictions, and always win.
    """
    works = _Works(count, rank, conflicts)
    for a, b in sorted(same, key=lambda pair: sorted((rank[pair[0]], rank[pair[1]]))):
        works.join(a, b)
    for a, b in different:
        works.keep_apart(a, b)
    low, high = np.minimum(rank[links.left], rank[links.right]), np.maximum(rank[links.left], rank[links.right])
    order = np.lexsort((high, low, -links.points))
    pairs = list(zip(links.left[order].tolist(), links.right[order].tolist(), strict=True))
    works.learn(pairs, same)
    for a, b in pairs:
        if works.may_join(a, b):
            works.join(a, b)
    roots = np.array([works.groups.find(row) for row in range(count)], dtype=np.int64)
    return Clustering(roots, np.array(works.joins, np.int64).reshape(-1, 2))
