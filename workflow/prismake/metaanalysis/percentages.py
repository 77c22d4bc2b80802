"""Counts from percentages."""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil, floor

from prismake.common.errors import some_of
from prismake.metaanalysis.faults import refusal


def count_from_percentage(percentage: str, n: int) -> int:
    """The only count among n participants that rounds to this percentage, written as reported: "12.5", "8.0".

    The number of decimals is the granularity: 33 % of 10 is no count, 33 % of 1,000 could be ten counts. Brown NJL,
    Heathers JAJ. Soc Psychol Personal Sci 2017;8:363-9. Raises Inestimable where no count fits, or several do.
    """
    text = percentage.strip().removesuffix("%").strip()
    if not re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII) or Fraction(text) > 100:
        raise refusal("percentage", f"'{percentage}' is not a percentage", fix="write it as in the report: 12.5")
    if n < 1:
        raise refusal("empty-group", "the group has no participants")
    counts = _counts(Fraction(text), len(text.partition(".")[2]), n)
    if len(counts) == 1:
        return counts[0]
    if not counts:
        raise refusal("no-count", f"no count among {n:,} is {text} %", fix="check the percentage and its denominator")
    raise refusal(
        "several-counts",
        f"{text} % of {n:,} can be {len(counts)} counts: {some_of(counts)}",
        fix="find the count, or a percentage with more decimals",
    )


def _counts(percentage: Fraction, decimals: int, n: int) -> list[int]:
    """Counts whose percentage lies within half a unit of the last decimal, both ends included."""
    half = Fraction(1, 2 * 10**decimals)
    low, high = max(Fraction(0), percentage - half), min(Fraction(100), percentage + half)
    return list(range(ceil(low * n / 100), floor(high * n / 100) + 1))
