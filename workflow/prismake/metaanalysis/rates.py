"""Effects of events over person-time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prismake.metaanalysis.faults import BoolArray, FloatArray, demand, refusal
from prismake.metaanalysis.rows import Effects, Note, Rows

NO_EVENTS = "no events in either group"


@dataclass(frozen=True, eq=False)
class Rates(Rows):
    """Events and person-time of two groups, 1 the intervention and 2 the control.

    Raises Inestimable for negative counts and for times that are not positive.
    """

    events1: FloatArray
    time1: FloatArray
    events2: FloatArray
    time2: FloatArray

    def __post_init__(self) -> None:
        super().__post_init__()
        demand(
            self.labels, (self.events1 >= 0) & (self.events2 >= 0), "negative-count", "a number of events is negative"
        )
        demand(self.labels, (self.time1 > 0) & (self.time2 > 0), "no-time", "the person-time must be positive")


@dataclass(frozen=True, eq=False)
class SingleRates(Rows):
    """Events and person-time of one group per study."""

    events: FloatArray
    time: FloatArray

    def __post_init__(self) -> None:
        super().__post_init__()
        demand(self.labels, self.events >= 0, "negative-count", "the number of events is negative")
        demand(self.labels, self.time > 0, "no-time", "the person-time must be positive")


def rate_ratio(rates: Rates, add: float = 0.5) -> Effects:
    """The log incidence rate ratio; variance 1/x₁ + 1/x₂. Cochrane Handbook 6.7.1.

    Where one group has no event, `add` is added to both counts; studies without any event are excluded and noted.
    """
    without = rates.events1 + rates.events2 == 0
    if without.all():
        raise refusal("no-events", f"every study has {NO_EVENTS}, so there is no ratio to estimate")
    excluded = tuple(Note("no-contrast", f"excluded: {NO_EVENTS}", rates.labels[i]) for i in np.flatnonzero(without))
    rates = rates.take(np.flatnonzero(~without))
    empty = (rates.events1 == 0) | (rates.events2 == 0)
    x1, x2 = rates.events1 + add * empty, rates.events2 + add * empty
    demand(rates.labels, (x1 > 0) & (x2 > 0), "empty-cell", "a group without events has no rate with a logarithm")
    yi = np.log(x1 * rates.time2 / (x2 * rates.time1))
    return Effects(rates.labels, "IRR", yi, 1 / x1 + 1 / x2, notes=excluded + _added(rates.labels, empty, add))


def rate_difference(rates: Rates) -> Effects:
    """The difference of the incidence rates; variance x₁/t₁² + x₂/t₂². Cochrane Handbook 6.7.1."""
    vi = rates.events1 / rates.time1**2 + rates.events2 / rates.time2**2
    demand(rates.labels, vi > 0, "no-variance", f"{NO_EVENTS}, so the rate difference has no variance")
    return Effects(rates.labels, "IRD", rates.events1 / rates.time1 - rates.events2 / rates.time2, vi)


def incidence_rate(rates: SingleRates, add: float = 0.5) -> Effects:
    """The log incidence rate; variance 1/x. Without events, `add` is added to the count."""
    empty = rates.events == 0
    events = rates.events + add * empty
    demand(rates.labels, events > 0, "empty-cell", "a group without events has no rate with a logarithm")
    return Effects(
        rates.labels, "IRLN", np.log(events / rates.time), 1 / events, notes=_added(rates.labels, empty, add)
    )


def _added(labels: tuple[str, ...], empty: BoolArray, add: float) -> tuple[Note, ...]:
    return tuple(Note("zero-cell", f"{add:g} added to the events", labels[i]) for i in np.flatnonzero(empty))
