"""The effect measures: what each is called, on which scale it is pooled, and how it is turned back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Scale = Literal["identity", "log", "logit", "fisher-z", "freeman-tukey"]


@dataclass(frozen=True)
class Measure:
    """An effect measure: its `noun`, the `scale` of its `yi`, and the `null` value of no effect as displayed."""

    noun: str
    scale: Scale
    null: float | None = None

    def displayed(self, value: float) -> float:
        """A value of the pooling scale as people read it: exp of a log, and so on.

        Raises ValueError for the double arcsine, which needs a sample size: see `proportions.freeman_tukey_inverse`.
        """
        if self.scale == "freeman-tukey":
            raise ValueError("a Freeman-Tukey value is turned back with a sample size")
        return {"identity": float, "log": math.exp, "logit": expit, "fisher-z": math.tanh}[self.scale](value)


MEASURES = {
    "RD": Measure("risk difference", "identity", 0),
    "RR": Measure("risk ratio", "log", 1),
    "OR": Measure("odds ratio", "log", 1),
    "PETO": Measure("Peto odds ratio", "log", 1),
    "DOR": Measure("diagnostic odds ratio", "log", 1),
    "MD": Measure("mean difference", "identity", 0),
    "SMD": Measure("standardised mean difference", "identity", 0),
    "ROM": Measure("ratio of means", "log", 1),
    "IRR": Measure("incidence rate ratio", "log", 1),
    "IRD": Measure("incidence rate difference", "identity", 0),
    "IRLN": Measure("incidence rate", "log"),
    "HR": Measure("hazard ratio", "log", 1),
    "MN": Measure("mean", "identity"),
    "PR": Measure("proportion", "identity"),
    "PLO": Measure("proportion", "logit"),
    "PFT": Measure("proportion", "freeman-tukey"),
    "ZCOR": Measure("correlation", "fisher-z", 0),
    "SENS": Measure("sensitivity", "logit"),
    "SPEC": Measure("specificity", "logit"),
    "GEN": Measure("effect", "identity", 0),
}


def expit(value: float) -> float:
    """The proportion of a log odds, without overflow."""
    return 1 / (1 + math.exp(-value)) if value >= 0 else 1 - 1 / (1 + math.exp(value))
