"""Preprints and their articles: two reports, which may be of one study, and are linked without being merged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from prismake.dedup import title_pairs, vetoes
from prismake.dedup.features import Integers
from prismake.dedup.journals import APART
from prismake.dedup.levels import AUTHOR_SOME, Mask
from prismake.dedup.scoring import Comparison, explain

# Years from a preprint to its article.
LONGEST_WAIT = 5


@dataclass(frozen=True)
class Version:
    """A preprint and its article, as rows of records, and what agrees."""

    preprint: int
    article: int
    evidence: str


def versions(facts: vetoes.Facts) -> Mask:
    """One is a preprint; title and authors agree; no abstract and no number of the title speaks against."""
    f, p = facts.features, facts.pairs
    years = np.abs(f.year[p.left] - f.year[p.right])
    mask: Mask = (f.preprint[p.left] != f.preprint[p.right]) & (p.levels["title"] <= title_pairs.CHANGED)
    mask &= (p.levels["author"] <= AUTHOR_SOME) & (p.levels["abstract"] != APART) & (p.levels["numbers"] != APART)
    mask &= ((f.year[p.left] == 0) | (f.year[p.right] == 0) | (years <= LONGEST_WAIT)) & ~vetoes.other_trial(facts)
    return mask


def linked_works(
    preprint: Integers, pairs: Comparison, chosen: Mask, roots: Integers, survivor: Integers, rank: Integers
) -> Iterator[Version]:
    """The chosen pairs of different works by their survivors, each two works once, by their best pair.

    `preprint` says of each record whether it is one.
    """
    rows = np.flatnonzero(chosen & (roots[pairs.left] != roots[pairs.right]))
    low, high = rank[pairs.left[rows]], rank[pairs.right[rows]]
    seen: set[tuple[int, int]] = set()
    for row in rows[np.lexsort((high, low, -pairs.points[rows]))].tolist():
        a, b = int(pairs.left[row]), int(pairs.right[row])
        one, other = (a, b) if preprint[a] else (b, a)
        works = int(survivor[one]), int(survivor[other])
        if works not in seen:
            seen.add(works)
            yield Version(*works, explain(pairs, row))
