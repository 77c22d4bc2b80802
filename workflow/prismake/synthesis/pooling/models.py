"""The model of an analysis: how its effects are pooled, and how results read on the scale of the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from prismake.common.errors import Issue
from prismake.metaanalysis.faults import Inestimable
from prismake.metaanalysis.glmm import logistic
from prismake.metaanalysis.mantel_haenszel import mantel_haenszel, peto
from prismake.metaanalysis.models import common_effect, random_effects
from prismake.metaanalysis.proportions import freeman_tukey_inverse
from prismake.metaanalysis.results import Model
from prismake.metaanalysis.rows import Effects
from prismake.metaanalysis.subgroups import Pool
from prismake.synthesis.pooling.effects import Gathered, proportions_of, tables_of
from prismake.synthesis.pooling.settings import COMMON, LOGISTIC, MANTEL_HAENSZEL, PETO, Analysis

# Models of counts, and the measures that they pool.
OF_COUNTS = {MANTEL_HAENSZEL: ("RR", "OR", "RD"), PETO: ("PETO",), LOGISTIC: ("PLO", "PR", "PFT")}


@dataclass(frozen=True)
class Pooling:
    """How effects are pooled: `pool` gives the model of some of them."""

    analysis: Analysis
    gathered: Gathered
    pool: Pool

    @property
    def random(self) -> bool:
        """Whether the model has a variance between studies that an estimator gives."""
        return self.analysis.model not in (COMMON, *OF_COUNTS)

    @property
    def tau2(self) -> str:
        """The estimator for what needs one beside the pooled model: that of the model, or REML."""
        return self.analysis.model if self.random else "REML"

    def displayed(self, value: float, labels: Sequence[str]) -> float:
        """A value of the pooling scale as the text prints it, of the studies with these labels."""
        analysis = self.analysis
        if analysis.about.scale == "freeman-tukey":
            sizes = np.array([self.gathered.entries[label].column("arm", "n") for label in labels])
            return freeman_tukey_inverse(value, sizes) * analysis.scale
        return analysis.about.displayed(value) * analysis.scale


def pooling_of(analysis: Analysis, gathered: Gathered) -> Pooling:
    """How an analysis pools. Raises Inestimable for a model that its measure, or a reported effect, does not fit."""
    return Pooling(analysis, gathered, _pool(analysis, gathered))


def _pool(analysis: Analysis, gathered: Gathered) -> Pool:
    if analysis.model == COMMON:
        return lambda effects: common_effect(effects, analysis.level)
    if analysis.model in OF_COUNTS:
        _check_counts(analysis, gathered)
        return _of_counts(analysis, gathered)
    prediction = None if analysis.prediction == "none" else analysis.prediction

    def pool(effects: Effects) -> Model:
        rule = prediction or "z"
        return random_effects(effects, analysis.model, analysis.test, analysis.level, rule)  # type: ignore[arg-type]

    return pool


def _check_counts(analysis: Analysis, gathered: Gathered) -> None:
    fitting = OF_COUNTS[analysis.model]
    if analysis.measure not in fitting:
        message = f"the model {analysis.model} pools {' and '.join(fitting)}, not {analysis.measure}"
        raise Inestimable(Issue("model-measure", message, f"{analysis.where}.model", "choose another model or measure"))
    given = [label for label, entry in gathered.entries.items() if "effect" in entry.raw]
    if given:
        message = f"'{given[0]}' reports an effect without counts, and the model {analysis.model} needs counts"
        place = gathered.entries[given[0]].comparison.where
        raise Inestimable(Issue("model-counts", message, place, "add the counts, or choose an inverse-variance model"))


def _of_counts(analysis: Analysis, gathered: Gathered) -> Pool:
    if analysis.model == LOGISTIC:
        groups = proportions_of(gathered.entries)
        taken = _taker(groups.labels)
        return lambda effects: logistic(groups.take(taken(effects)), analysis.level)
    tables = tables_of(gathered.entries)
    rows = _taker(tables.labels)
    if analysis.model == PETO:
        return lambda effects: peto(tables.take(rows(effects)), analysis.level)
    return lambda effects: mantel_haenszel(tables.take(rows(effects)), analysis.measure, analysis.level)  # type: ignore[arg-type]


def _taker(labels: Sequence[str]) -> Callable[[Effects], list[int]]:
    places = {label: at for at, label in enumerate(labels)}
    return lambda effects: [places[label] for label in effects.labels]
