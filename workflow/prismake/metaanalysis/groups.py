"""Groups of a study combined or split."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from prismake.metaanalysis.faults import refusal


@dataclass(frozen=True)
class Group:
    """Participants `n` of a group with the mean and standard deviation of an outcome."""

    n: float
    mean: float
    sd: float

    def __post_init__(self) -> None:
        if not self.n >= 1 or not math.isfinite(self.mean) or not 0 <= self.sd < math.inf:
            raise refusal("group", f"n {self.n:g}, mean {self.mean:g} and SD {self.sd:g} do not describe a group")


@dataclass(frozen=True)
class Events:
    """Events among the participants of a group; fractions where a group was split."""

    events: float
    total: float


def combine(groups: Sequence[Group]) -> Group:
    """One group of all participants, with the mean and deviation as if never divided. Cochrane Handbook 6.5.2.10."""
    n = math.fsum(group.n for group in groups)
    if n < 2:
        raise refusal("group", "combining needs two participants or more")
    mean = math.fsum(group.n * group.mean for group in groups) / n
    within = math.fsum((group.n - 1) * group.sd**2 for group in groups)
    between = math.fsum(group.n * (group.mean - mean) ** 2 for group in groups)
    return Group(n, mean, math.sqrt((within + between) / (n - 1)))


def combine_events(groups: Sequence[Events]) -> Events:
    """One group of all events and participants. Cochrane Handbook 23.3.4."""
    return Events(math.fsum(group.events for group in groups), math.fsum(group.total for group in groups))


def split(group: Group, parts: int) -> Group:
    """A share of a control group that several comparisons use: fewer participants, same mean and deviation.

    Cochrane Handbook 23.3.4. It stops participants from being counted twice, but leaves the comparisons dependent.
    """
    return Group(group.n / _parts(parts), group.mean, group.sd)


def split_events(group: Events, parts: int) -> Events:
    """A share of the events and participants of a control group that several comparisons use."""
    return Events(group.events / _parts(parts), group.total / parts)


def _parts(parts: int) -> int:
    if parts < 1:
        raise refusal("parts", f"a group cannot be split into {parts} parts")
    return parts
