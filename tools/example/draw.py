"""Random draws that stay the same on every Python: only `Random.random()` is promised to be stable."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

SEED = "prismake example 2025-12-16"

Item = TypeVar("Item")


class Draw:
    """A stream of draws of its own for each purpose, so that a change in one place leaves the others as they were."""

    def __init__(self, purpose: str) -> None:
        self._random = Random(f"{SEED}/{purpose}")

    def chance(self, share: float) -> bool:
        """True in this share of the draws."""
        return self._random.random() < share

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[self.whole(0, len(items) - 1)]

    def order(self, items: Sequence[Item]) -> list[Item]:
        """The items in a random order."""
        keyed = [(self._random.random(), place) for place in range(len(items))]
        return [items[place] for _, place in sorted(keyed)]

    def some(self, items: Sequence[Item], count: int) -> list[Item]:
        """As many different items, in a random order."""
        return self.order(items)[:count]
