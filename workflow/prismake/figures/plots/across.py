"""Directions of effects over all analyses that say which direction is better, for plots without a pooled effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prismake.common.errors import stop
from prismake.common.notation import PLAIN_NOTATION, Notation
from prismake.figures.plots.beside import Beside
from prismake.figures.plots.direction import Directed, Direction, Directions, Way
from prismake.figures.plots.judgements import capital
from prismake.figures.plots.lights import PENDING, Level

Analysis = Mapping[str, Any]
# The share of effects that must point the same way. Boon MH, Thomson H. Res Synth Methods 2021;12:29-33.
SAME = 0.7
WAYS: dict[int, Way] = {1: "benefit", 0: "unclear", -1: "harm"}


def directions_of(
    analyses: Iterable[tuple[str, Analysis]],
    names: Mapping[str, str],
    beside: Beside,
    notation: Notation = PLAIN_NOTATION,
) -> Directions:
    """The direction of each study's effects in each outcome; analyses with the same outcome are one domain.

    `analyses` are (outcome, analysis), `names` what the studies are called, `beside` has their overall judgements,
    `notation` is how the journal writes p values. Raises BuildStop where no analysis says which direction is better.
    """
    effects: dict[str, dict[str, list[Way]]] = {}
    sizes: dict[str, int] = {}
    tests = []
    for subject, analysis in analyses:
        votes = analysis["votes"]
        if "p" in votes:
            tests.append(f"{capital(subject)}: sign test {notation.p_value(votes['p'])}.")
        for row, one in zip(analysis["rows"], analysis["directions"], strict=True):
            if one["direction"] is None:
                continue
            own = effects.setdefault(capital(subject), {}).setdefault(row["study"], [])
            own.append(WAYS[one["direction"]])
            sizes[row["study"]] = max(sizes.get(row["study"], 0), round(row["participants"] or 0))
    if not effects:
        fix = "add `better: lower` or `better: higher` to the analyses under synthesis.meta"
        raise stop("plot-refused", "no analysis says which direction is better", fix=fix)
    directed = []
    for study, name in names.items():
        if study in sizes:
            ways = tuple(_direction(domain.get(study, [])) for domain in effects.values())
            directed.append(Directed(name, ways, sizes[study] or None, _judgement(study, beside)))
    judged, levels = " and ".join(beside.forms), tuple(beside.levels.values())
    return Directions(tuple(directed), tuple(effects), " ".join(tests), judged=judged, levels=levels)


def _judgement(study: str, beside: Beside) -> Level | None:
    """The overall judgement on a study, of those that nobody has judged yet too; None where the review has none."""
    if not beside.lights:
        return None
    return next((beside.levels[key] for key in beside.of(study) if key), PENDING)


def _direction(ways: list[Way]) -> Direction | None:
    """One direction for several effects: that of 70% of them or more."""
    if not ways:
        return None
    way = next((one for one in ("benefit", "harm") if ways.count(one) >= SAME * len(ways)), "unclear")
    return Direction(way, len(ways))  # type: ignore[arg-type]
