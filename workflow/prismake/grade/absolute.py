"""Absolute effects of a summary of findings: the risk without and with the intervention, and their difference.

Cochrane Handbook 14.1.5 and 15.4.4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

Plain = Mapping[str, Any]

ODDS = ("OR", "PETO")
# Measures whose absolute effect follows from a risk in the comparison.
OF_RISKS = ("RR", *ODDS, "RD", "HR")
PROPORTIONS = ("PR", "PLO", "PFT")
ENDS = ("estimate", "low", "high")


@dataclass(frozen=True)
class Absolute:
    """Risks as proportions: the `assumed` one in the comparison, and that with the intervention, as three numbers.

    `source` says where the assumed one comes from. A single arm has no assumed risk.
    """

    expected: dict[str, float]
    assumed: float | None = None
    source: str = ""

    @property
    def difference(self) -> dict[str, float]:
        """What the intervention adds to the assumed risk."""
        return {end: risk - (self.assumed or 0) for end, risk in self.expected.items()}


def with_ratio(assumed: float, ratio: float) -> float:
    """The risk that follows from a risk ratio; at most 1."""
    return min(assumed * ratio, 1.0)


def with_odds(assumed: float, ratio: float) -> float:
    """The risk that follows from an odds ratio."""
    return ratio * assumed / (1 - assumed + ratio * assumed)


def with_difference(assumed: float, difference: float) -> float:
    """The risk that follows from a risk difference, within 0 and 1."""
    return min(max(assumed + difference, 0.0), 1.0)


def with_hazard(assumed: float, ratio: float) -> float:
    """The risk that follows from a hazard ratio, for the time to which the assumed risk applies."""
    return float(1 - (1 - assumed) ** ratio)


_RISKS: dict[str, Callable[[float, float], float]] = {
    "RR": with_ratio,
    "RD": with_difference,
    "HR": with_hazard,
    **dict.fromkeys(ODDS, with_odds),
}


def comparison_risk(analysis: Plain, rule: str) -> float | None:
    """The risk in the comparison groups of the pooled studies: their `median`, or the `pooled` events of all patients.

    None where no study gives the events of its comparison group.
    """
    groups = [row["cells"]["versus"] for row in analysis["rows"] if "events" in row["cells"].get("versus", {})]
    if not groups:
        return None
    if rule == "pooled":
        return float(sum(one["events"] for one in groups) / sum(one["n"] for one in groups))
    return float(median(one["events"] / one["n"] for one in groups))


def absolute(analysis: Plain, rule: str, stated: float | None = None) -> Absolute | None:
    """The absolute effect of an analysis of results/meta.json, or None where its measure has none.

    `stated` is an assumed risk that the reviewers chose, as a proportion; else it is that of the comparison groups.
    """
    measure, pooled, multiplied = analysis["measure"], analysis["pooled"], analysis["multiplied"]
    if measure in PROPORTIONS:
        return Absolute({end: pooled[end] / multiplied for end in ENDS})
    assumed = comparison_risk(analysis, rule) if stated is None else stated
    if measure not in OF_RISKS or assumed is None:
        return None
    source = "stated" if stated is not None else rule
    expected = {end: _RISKS[measure](assumed, pooled[end] / multiplied) for end in ENDS}
    return Absolute(expected, assumed, source)


def comparison_means(analysis: Plain) -> tuple[float, float] | None:
    """The smallest and the largest mean of the comparison groups; None where no study gives one."""
    means = [row["cells"]["versus"]["mean"] for row in analysis["rows"] if "mean" in row["cells"].get("versus", {})]
    return (min(means), max(means)) if means else None
