"""Diagnostic accuracy: tables of an index test against a reference standard."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from prismake.metaanalysis.binary import EXCLUDE, Tables, ZeroCells, odds_ratio
from prismake.metaanalysis.faults import FloatArray, demand, refusal
from prismake.metaanalysis.maximum import maximise
from prismake.metaanalysis.proportions import Proportions, logit_proportion
from prismake.metaanalysis.results import Coefficient
from prismake.metaanalysis.rows import Effects, Note, Rows

# A correlation as near to −1 or 1 as this lies on the edge of what can be estimated.
EDGE = 0.999


@dataclass(frozen=True, eq=False)
class Accuracy(Rows):
    """True and false positives and negatives of each study.

    Raises Inestimable for negative counts, and for studies without participants with, or without, the condition.
    """

    tp: FloatArray
    fp: FloatArray
    fn: FloatArray
    tn: FloatArray

    def __post_init__(self) -> None:
        super().__post_init__()
        counts = np.array([self.tp, self.fp, self.fn, self.tn])
        demand(self.labels, (counts >= 0).all(axis=0), "negative-count", "a count is negative")
        demand(self.labels, self.tp + self.fn > 0, "empty-group", "no participant has the condition")
        demand(self.labels, self.fp + self.tn > 0, "empty-group", "no participant is free of the condition")


@dataclass(frozen=True, eq=False)
class Bivariate:
    """Pooled logit `sensitivity` and `specificity` with their covariance, and how true values vary between studies.

    `tau2_sensitivity` and `tau2_specificity` are on the logit scale, `correlation` is theirs between studies.
    """

    labels: tuple[str, ...]
    level: float
    sensitivity: Coefficient
    specificity: Coefficient
    covariance: float
    tau2_sensitivity: float
    tau2_specificity: float
    correlation: float
    warnings: tuple[Note, ...]


def sensitivity(accuracy: Accuracy, add: float = 0.5) -> Effects:
    """The logit of the sensitivity tp/(tp + fn), as `proportions.logit_proportion` has it."""
    groups = Proportions(accuracy.labels, accuracy.tp, accuracy.tp + accuracy.fn)
    return replace(logit_proportion(groups, add), measure="SENS")


def specificity(accuracy: Accuracy, add: float = 0.5) -> Effects:
    """The logit of the specificity tn/(tn + fp), as `proportions.logit_proportion` has it."""
    groups = Proportions(accuracy.labels, accuracy.tn, accuracy.tn + accuracy.fp)
    return replace(logit_proportion(groups, add), measure="SPEC")


def diagnostic_odds_ratio(accuracy: Accuracy, zeros: ZeroCells = EXCLUDE) -> Effects:
    """The log of tp·tn/(fp·fn). Glas AS, et al. J Clin Epidemiol 2003;56:1129-35."""
    tables = Tables(accuracy.labels, accuracy.tp, accuracy.tp + accuracy.fn, accuracy.fp, accuracy.fp + accuracy.tn)
    return replace(odds_ratio(tables, zeros), measure="DOR")


def bivariate(accuracy: Accuracy, level: float = 0.95, add: float = 0.5) -> Bivariate:
    """The bivariate random-effects model of logit sensitivity and specificity, by restricted maximum likelihood.

    Reitsma JB, et al. J Clin Epidemiol 2005;58:982-90. In studies with an empty cell, `add` is added to all four.
    Raises Inestimable for fewer than four studies, and a likelihood that does not converge.
    """
    if len(accuracy) < 4:
        raise refusal(
            "few-studies",
            f"there are {len(accuracy)} studies, and the bivariate model estimates five figures",
            fix="pool sensitivity and specificity on their own, or report each study",
        )
    y, v, notes = _logits(accuracy, add)
    best = maximise(lambda x: _likelihood(y, v, _between(x)), _start(y, v), "the bivariate model")
    between = _between(best)
    mean, cov, _ = _generalised(y, v, between)
    correlation = math.tanh(float(best[2]))
    edge = Note("correlation-edge", "the correlation between studies is at the edge of its range")
    return Bivariate(
        labels=accuracy.labels,
        level=level,
        sensitivity=Coefficient.from_se(float(mean[0]), math.sqrt(cov[0, 0]), level),
        specificity=Coefficient.from_se(float(mean[1]), math.sqrt(cov[1, 1]), level),
        covariance=float(cov[0, 1]),
        tau2_sensitivity=float(between[0, 0]),
        tau2_specificity=float(between[1, 1]),
        correlation=correlation,
        warnings=notes + ((edge,) if abs(correlation) > EDGE else ()),
    )


def _logits(accuracy: Accuracy, add: float) -> tuple[FloatArray, FloatArray, tuple[Note, ...]]:
    """(logits, k × 2; their variances; notes)."""
    cells = np.array([accuracy.tp, accuracy.fn, accuracy.tn, accuracy.fp])
    empty = (cells == 0).any(axis=0)
    cells = cells + add * empty
    notes = tuple(Note("zero-cell", f"{add:g} added to each cell", accuracy.labels[i]) for i in np.flatnonzero(empty))
    demand(accuracy.labels, (cells > 0).all(axis=0), "empty-cell", "a cell is empty", "add a correction to empty cells")
    y = np.column_stack([np.log(cells[0] / cells[1]), np.log(cells[2] / cells[3])])
    return y, np.column_stack([1 / cells[0] + 1 / cells[1], 1 / cells[2] + 1 / cells[3]]), notes


def _start(y: FloatArray, v: FloatArray) -> FloatArray:
    excess = np.maximum(np.var(y, axis=0, ddof=1) - np.mean(v, axis=0), 0.05)
    return np.append(np.log(excess) / 2, 0.0)


def _between(x: FloatArray) -> FloatArray:
    """The covariance between studies of two log standard deviations and Fisher's z of a correlation."""
    deviations = np.exp(x[:2])
    covariance = math.tanh(float(x[2])) * deviations[0] * deviations[1]
    return np.array([[deviations[0] ** 2, covariance], [covariance, deviations[1] ** 2]])


def _generalised(y: FloatArray, v: FloatArray, between: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(generalised least-squares means, their covariance, the studies' precision matrices)."""
    precisions = np.asarray(np.linalg.inv(between + v[:, :, None] * np.eye(2)), dtype=np.float64)
    cov = np.asarray(np.linalg.inv(np.sum(precisions, axis=0)), dtype=np.float64)
    mean: FloatArray = cov @ np.einsum("kij,kj->i", precisions, y)
    return mean, cov, precisions


def _likelihood(y: FloatArray, v: FloatArray, between: FloatArray) -> float:
    """The restricted log-likelihood, but for a constant."""
    mean, cov, precisions = _generalised(y, v, between)
    residuals = y - mean
    squares = np.einsum("ki,kij,kj->", residuals, precisions, residuals)
    return float(np.sum(np.linalg.slogdet(precisions)[1]) - squares + np.linalg.slogdet(cov)[1]) / 2
