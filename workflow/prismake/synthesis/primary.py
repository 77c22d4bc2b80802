"""Primary studies of reviews: which review includes which, and how much the reviews overlap.

Pieper D, Antoine SL, Mathes T, Neugebauer EA, Eikermann M. Systematic review finds overlapping reviews were not
mentioned in every other overview. J Clin Epidemiol 2014;67:368-75.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from prismake.review.primary_studies import PRIMARY, PRIMARY_STUDY

# Upper ends of the corrected covered area in percent, and what Pieper et al call an overlap up to there.
DEGREES = ((5, "slight"), (10, "moderate"), (15, "high"), (math.inf, "very high"))


@dataclass(frozen=True)
class Inclusions:
    """Reviews by name, and for each primary study the reviews (as positions among them) that include it."""

    reviews: tuple[str, ...]
    studies: Mapping[str, frozenset[int]]

    @property
    def area(self) -> float | None:
        """The corrected covered area, 0 to 1: (N − r) / (rc − r); None for one review.

        N are all inclusions, r the primary studies, c the reviews.
        """
        rows, columns = len(self.studies), len(self.reviews)
        total = sum(map(len, self.studies.values()))
        return (total - rows) / (rows * columns - rows) if columns > 1 and rows else None


def inclusions_of(reviews: Iterable[tuple[str, Iterable[str]]]) -> Inclusions:
    """The inclusions from (review, its primary studies), the studies in the order of their names.

    Names that differ in case or blanks alone are one study; a review without any is left out.
    """
    listed = [(review, [" ".join(name.split()) for name in names if name.strip()]) for review, names in reviews]
    listed = [(review, names) for review, names in listed if names]
    spelt: dict[str, str] = {}
    members: dict[str, set[int]] = {}
    for place, (_, names) in enumerate(listed):
        for name in names:
            key = name.casefold()
            spelt.setdefault(key, name)
            members.setdefault(key, set()).add(place)
    return Inclusions(
        tuple(review for review, _ in listed), {spelt[key]: frozenset(members[key]) for key in sorted(members)}
    )


def degree(area: float) -> str:
    """What a corrected covered area is called: slight, moderate, high or very high."""
    return next(name for end, name in DEGREES if round(100 * area) <= end)


def primary_studies(extraction: Mapping[str, Any]) -> dict[str, list[str]]:
    """The primary studies of each review by its id, from the extraction's table of that name."""
    rows = {one["study_id"]: one["parts"].get(PRIMARY, []) for one in extraction["studies"]}
    return {study: [str(row.get(PRIMARY_STUDY) or "") for row in own] for study, own in rows.items()}
