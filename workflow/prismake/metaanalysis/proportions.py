"""Proportions of single groups."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from prismake.metaanalysis.distributions import Reference
from prismake.metaanalysis.faults import BoolArray, FloatArray, demand, refusal
from prismake.metaanalysis.results import Interval
from prismake.metaanalysis.rows import Effects, Note, Rows

FREEMAN_TUKEY_CAVEAT = Note(
    "freeman-tukey",
    "the double arcsine is turned back with one sample size for all studies, and the result depends on it; where sizes "
    "differ much it can mislead, and a logistic model does not (Schwarzer G, et al. Res Synth Methods 2019;10:476-83)",
)


@dataclass(frozen=True, eq=False)
class Proportions(Rows):
    """Events and participants of one group per study.

    Raises Inestimable for negative counts, groups without participants, and more events than participants.
    """

    events: FloatArray
    total: FloatArray

    def __post_init__(self) -> None:
        super().__post_init__()
        demand(self.labels, self.total > 0, "empty-group", "the group has no participants")
        demand(
            self.labels,
            (self.events >= 0) & (self.events <= self.total),
            "events-exceed-total",
            lambda i: f"{self.events[i]:g} events among {self.total[i]:g} participants is not a proportion",
        )


def raw_proportion(groups: Proportions, add: float = 0.5) -> Effects:
    """The proportion p; variance p(1 − p)/n. In a group with no or only events, `add` is added to both cells."""
    events, others, notes = _corrected(groups, add)
    n = events + others
    return Effects(groups.labels, "PR", events / n, events * others / n**3, groups.total, notes)


def logit_proportion(groups: Proportions, add: float = 0.5) -> Effects:
    """The log odds; variance 1/x + 1/(n − x). In a group with no or only events, `add` is added to both cells."""
    events, others, notes = _corrected(groups, add)
    return Effects(groups.labels, "PLO", np.log(events / others), 1 / events + 1 / others, groups.total, notes)


def freeman_tukey_proportion(groups: Proportions) -> Effects:
    """The double arcsine ½(asin √(x/(n + 1)) + asin √((x + 1)/(n + 1))); variance 1/(4n + 2).

    Freeman MF, Tukey JW. Ann Math Stat 1950;21:607-11. Needs no correction of zeros.
    """
    return Effects(
        groups.labels,
        "PFT",
        freeman_tukey(groups.events, groups.total),
        1 / (4 * groups.total + 2),
        groups.total,
        (FREEMAN_TUKEY_CAVEAT,),
    )


def freeman_tukey(events: FloatArray, total: FloatArray) -> FloatArray:
    """The double arcsine of counts."""
    result = (np.arcsin(np.sqrt(events / (total + 1))) + np.arcsin(np.sqrt((events + 1) / (total + 1)))) / 2
    return np.asarray(result, dtype=np.float64)


def freeman_tukey_inverse(value: float, sizes: FloatArray) -> float:
    """The proportion of a double arcsine, at the harmonic mean of the studies' sizes.

    Miller JJ. Am Stat 1978;32:138. Values beyond those of 0 and 1 become 0 and 1. See FREEMAN_TUKEY_CAVEAT.
    """
    n = float(1 / np.mean(1 / np.asarray(sizes, dtype=np.float64)))
    ends = freeman_tukey(np.array([0.0, n]), np.array([n, n]))
    if not ends[0] < value < ends[1]:
        return float(value >= ends[1])
    sine = math.sin(2 * value)
    root = math.sqrt(max(0.0, 1 - (sine + (sine - 1 / sine) / n) ** 2))
    return (1 - math.copysign(root, math.cos(2 * value))) / 2


def _corrected(groups: Proportions, add: float) -> tuple[FloatArray, FloatArray, tuple[Note, ...]]:
    others = groups.total - groups.events
    extreme: BoolArray = (groups.events == 0) | (others == 0)
    demand(
        groups.labels,
        ~extreme if add <= 0 else np.ones_like(extreme),
        "empty-cell",
        "a proportion of 0 or 1 has no variance without a correction",
        "use the Freeman-Tukey proportion or the logistic model, which need none",
    )
    notes = tuple(Note("zero-cell", f"{add:g} added to both cells", groups.labels[i]) for i in np.flatnonzero(extreme))
    return groups.events + add * extreme, others + add * extreme, notes


def wilson(events: float, total: float, level: float = 0.95) -> Interval:
    """The Wilson score interval of a proportion. Wilson EB. J Am Stat Assoc 1927;22:209-12.

    Raises Inestimable unless 0 ≤ events ≤ total and total > 0.
    """
    if not 0 <= events <= total or total <= 0:
        raise refusal("events-exceed-total", f"{events:g} events among {total:g} participants is not a proportion")
    z = Reference().critical(level)
    centre = events + z**2 / 2
    half = z * math.sqrt(events * (total - events) / total + z**2 / 4)
    low = 0.0 if events == 0 else (centre - half) / (total + z**2)
    high = 1.0 if events == total else (centre + half) / (total + z**2)
    return Interval(low, high)
