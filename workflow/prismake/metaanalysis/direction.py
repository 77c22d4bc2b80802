"""Synthesis without meta-analysis: vote counting by direction of effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from prismake.metaanalysis.faults import refusal
from prismake.metaanalysis.proportions import wilson
from prismake.metaanalysis.results import Interval


@dataclass(frozen=True)
class VoteCount:
    """How many studies favour each side, and the sign test that both are equally likely.

    `proportion` and `ci` (Wilson) are of those that `favour` among those with a direction; `unclear` ones do not count.
    """

    favour: int
    against: int
    unclear: int
    proportion: float
    ci: Interval
    p: float


def vote_count(directions: Sequence[int], level: float = 0.95) -> VoteCount:
    """Counts directions (1 favours, −1 is against, 0 is unclear), whatever their size and significance.

    Cochrane Handbook 12.2.1.3; Bushman BJ, Wang MC, in: The handbook of research synthesis and meta-analysis. 2nd ed.
    Russell Sage; 2009:207-20. Raises Inestimable if no study has a direction.
    """
    favour, against = sum(d > 0 for d in directions), sum(d < 0 for d in directions)
    n = favour + against
    if not n:
        raise refusal("no-direction", "no study has a clear direction of effect, so there is nothing to count")
    p = sign_test(favour, against)
    return VoteCount(favour, against, len(directions) - n, favour / n, wilson(favour, n, level), p)


def sign_test(favour: int, against: int) -> float:
    """The exact two-sided p of the binomial test of one half. Dixon WJ, Mood AM. J Am Stat Assoc 1946;41:557-66."""
    n = favour + against
    tail = sum(comb(n, i) for i in range(min(favour, against) + 1))
    return min(1.0, float(2 * tail / 2**n))
