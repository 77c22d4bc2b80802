"""One meta-analysis as the settings ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from prismake.metaanalysis.binary import ZeroCells
from prismake.metaanalysis.measures import MEASURES, Measure
from prismake.synthesis.outcomes import COMPARING, KIND_OF

COMMON, MANTEL_HAENSZEL, PETO, LOGISTIC = "common", "mantel-haenszel", "peto", "logistic"
_DEFAULT_MODEL = {"PETO": PETO}
_DOUBLE_ZEROS = {"RD": "keep"}


@dataclass(frozen=True)
class Analysis:
    """An entry of `synthesis.meta` with its defaults; docs/config.md says what each key means.

    `arms` and `versus` are names of arms, or of interventions, that count as the two sides.
    """

    name: str
    outcome: str
    measure: str
    title: str
    arms: tuple[str, ...]
    versus: tuple[str, ...]
    model: str
    test: str
    shared: str
    missing: str
    scores: str
    conversions: tuple[str, ...]
    zero_cells: str
    add: float
    double_zeros: str
    prediction: str
    decimals: int
    level: float
    common_tau2: bool
    equal_variances: bool
    time: str = ""
    quantiles: str = ""
    correlation: float | None = None
    subgroups: str = ""
    moderator: str = ""
    better: str = ""
    scale: float = 1

    @property
    def kind(self) -> str:
        """What an arm must give: a key of `outcomes.KINDS`."""
        return KIND_OF[self.measure]

    @property
    def compares(self) -> bool:
        """Whether its effects compare two arms."""
        return self.kind in COMPARING

    @property
    def about(self) -> Measure:
        """The measure's noun, scale and null value."""
        return MEASURES[self.measure]

    @property
    def zeros(self) -> ZeroCells:
        """What happens to empty cells."""
        return ZeroCells(self.zero_cells, self.add, self.double_zeros)  # type: ignore[arg-type]

    @property
    def where(self) -> str:
        """Its place in the settings, for a person."""
        return f"config.yaml, synthesis.meta.{self.name}"


def _names(value: Any) -> tuple[str, ...]:
    return (str(value),) if isinstance(value, str) else tuple(map(str, value or ()))


def analysis_of(name: str, about: Mapping[str, Any]) -> Analysis:
    """The analysis of one entry of `synthesis.meta`, whose plain defaults the schema has filled in."""
    given = {field.name: about[field.name] for field in fields(Analysis) if field.name in about}
    measure = about["measure"]
    given |= {
        "name": name,
        "title": about.get("title", about["outcome"]),
        "arms": _names(about.get("arm")),
        "versus": _names(about.get("versus")),
        "model": about.get("model", _DEFAULT_MODEL.get(measure, "REML")),
        "double_zeros": about.get("double_zeros", _DOUBLE_ZEROS.get(measure, "exclude")),
        "conversions": tuple(about["conversions"]),
        "time": str(about.get("time", "")),
        "level": about["level"] / 100,
    }
    return Analysis(**given)
