"""Directions of effects over all analyses that say which direction is better, for plots without a pooled effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prismake.common.errors import stop
from prismake.figures.plots.beside import Beside
from prismake.figures.plots.direction import Directed, Direction, Directions, Way
from prismake.figures.plots.judgements import capital
from prismake.ledger.meta_methods import p_words

Analysis = Mapping[str, Any]
# The share of effects that must point the same way. Boon MH, Thomson H. Res Synth Methods 2021;12:29-33.
SAME = 0.7


def directions_of(analyses: Iterable[tuple[str, Analysis]], names: Mapping[str, str], beside: Beside) -> Directions:
    """The direction of each study's effects in each outcome; analyses with the same outcome are one domain.

    `analyses` are (outcome, analysis), `names` what the studies are called, `beside` has their overall judgements.
    Raises BuildStop where no analysis says which direction is better.
    """
    effects: dict[str, dict[str, list[Way]]] = {}
    sizes: dict[str, int] = {}
    tests = []
    for subject, analysis in analyses:
        if not analysis["better"] or analysis["null"] is None:
            continue
        votes = analysis["votes"]
        if "p" in votes:
            tests.append(f"{capital(subject)}: sign test {p_words(votes['p'])}.")
        for row in analysis["rows"]:
            own = effects.setdefault(capital(subject), {}).setdefault(row["study"], [])
            own.append(_way(row["yi"], analysis["better"]))
            sizes[row["study"]] = max(sizes.get(row["study"], 0), round(row["participants"] or 0))
    if not effects:
        fix = "add `better: lower` or `better: higher` to the analyses under synthesis.meta"
        raise stop("plot-refused", "no analysis says which direction is better", fix=fix)
    directed = tuple(
        Directed(
            name,
            tuple(_direction(domain.get(study, [])) for domain in effects.values()),
            sizes[study] or None,
            next((beside.levels[key] for key in beside.of(study) if key), None),
        )
        for study, name in names.items()
        if study in sizes
    )
    return Directions(directed, tuple(effects), " ".join(tests))


def _way(yi: float, better: str) -> Way:
    if not yi:
        return "unclear"
    return "benefit" if (yi < 0) == (better == "lower") else "harm"


def _direction(ways: list[Way]) -> Direction | None:
    """One direction for several effects: that of 70% of them or more."""
    if not ways:
        return None
    way = next((one for one in ("benefit", "harm") if ways.count(one) >= SAME * len(ways)), "unclear")
    return Direction(way, len(ways))  # type: ignore[arg-type]
