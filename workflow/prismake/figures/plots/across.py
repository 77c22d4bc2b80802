"""Directions of effects over all outcomes that say which direction is better, for plots without a pooled effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from prismake.common.errors import stop
from prismake.common.notation import PLAIN_NOTATION, Notation
from prismake.figures.plots.analyses import subject_of
from prismake.figures.plots.beside import Beside
from prismake.figures.plots.direction import Directed, Direction, Directions, Way
from prismake.figures.plots.judgements import capital
from prismake.figures.plots.lights import PENDING, Level

Analysis = Mapping[str, Any]
# The share of effects that must point the same way. Boon MH, Thomson H. Res Synth Methods 2021;12:29-33.
SAME = 0.7
WAYS: dict[int, Way] = {1: "benefit", 0: "unclear", -1: "harm"}


@dataclass(frozen=True)
class Outcome:
    """The directions of an outcome: (study, direction 1, 0 or -1, participants) of each effect, and the sign test."""

    subject: str
    effects: tuple[tuple[str, int, float | None], ...]
    votes: Mapping[str, Any]


def outcomes_of(analyses: Iterable[Analysis], counted: Iterable[Mapping[str, Any]]) -> list[Outcome]:
    """The outcomes that are counted by direction, and those of analyses that say which direction is better.

    `counted` are the entries of results/directions.json: an outcome among them is not taken from an analysis too.
    """
    made = []
    taken = set()
    for one in counted:
        taken.add((one["outcome"], one["time"]))
        effects = tuple((row["study"], row["direction"], row["participants"]) for row in one["rows"])
        made.append(Outcome(subject_of(one), effects, one["votes"]))
    for analysis in analyses:
        pairs = zip(analysis["rows"], analysis["directions"], strict=True)
        rows = [(row["study"], one["direction"], row["participants"]) for row, one in pairs]
        stated = tuple(row for row in rows if row[1] is not None)
        if stated and (analysis["outcome"], analysis["time"]) not in taken:
            made.append(Outcome(subject_of(analysis), stated, analysis["votes"]))
    return made


def directions_of(
    outcomes: Iterable[Outcome], names: Mapping[str, str], beside: Beside, notation: Notation = PLAIN_NOTATION
) -> Directions:
    """The direction of each study's effects in each outcome; outcomes that are called the same are one domain.

    `names` are what the studies are called, `beside` has their overall judgements, `notation` is how the journal writes
    p values. Raises BuildStop where there is no direction at all.
    """
    effects: dict[str, dict[str, list[Way]]] = {}
    sizes: dict[str, int] = {}
    tests = []
    for outcome in outcomes:
        if "p" in outcome.votes:
            tests.append(f"{capital(outcome.subject)}: sign test {notation.p_value(outcome.votes['p'])}.")
        for study, direction, participants in outcome.effects:
            own = effects.setdefault(capital(outcome.subject), {}).setdefault(study, [])
            own.append(WAYS[direction])
            sizes[study] = max(sizes.get(study, 0), round(participants or 0))
    if not effects:
        fix = "add `better: lower` or `better: higher` to analyses, or outcomes under synthesis.directions"
        raise stop("plot-refused", "no outcome says which direction is better", fix=fix)
    directed = []
    for study, name in names.items():
        if study in sizes:
            ways = tuple(_direction(domain.get(study, [])) for domain in effects.values())
            directed.append(Directed(name, ways, sizes[study] or None, _judgement(study, beside), study))
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
