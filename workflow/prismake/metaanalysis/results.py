"""What a model gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from prismake.metaanalysis.distributions import Reference
from prismake.metaanalysis.faults import FloatArray
from prismake.metaanalysis.rows import Note

Test = Literal["z", "t", "hartung-knapp", "hartung-knapp-adhoc"]


@dataclass(frozen=True)
class Interval:
    """The two ends of an interval."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """The distance between the ends."""
        return self.high - self.low


@dataclass(frozen=True)
class Coefficient:
    """An estimate with its standard error, interval and test; `df` is None where the test is normal."""

    estimate: float
    se: float
    ci: Interval
    statistic: float
    df: float | None
    p: float

    @classmethod
    def from_se(cls, estimate: float, se: float, level: float, df: float | None = None) -> Coefficient:
        """The coefficient whose interval and two-sided test follow from its standard error."""
        reference = Reference(df)
        half = reference.critical(level) * se
        interval = Interval(estimate - half, estimate + half)
        return cls(estimate, se, interval, estimate / se, df, reference.p(estimate / se))


@dataclass(frozen=True)
class Heterogeneity:
    """Cochran's Q with its test, I² in percent, H², and τ²; None where the model has no such thing.

    `tau2_ci` and `i2_ci` are Q-profile intervals. Of a logistic model `q` is the likelihood-ratio statistic.
    """

    q: float
    df: int
    p: float
    i2: float | None = None
    h2: float | None = None
    i2_ci: Interval | None = None
    tau2: float | None = None
    tau2_ci: Interval | None = None


@dataclass(frozen=True)
class Prediction:
    """The interval in which the true effect of a new study lies, and the degrees of freedom of its t (None: normal).

    `rule` names them: `z`, `k-1` or `k-2`.
    """

    interval: Interval
    rule: str
    df: float | None


@dataclass(frozen=True, eq=False)
class Model:
    """A pooled effect, on the scale of its measure.

    `method` names the model (`inverse variance`, `Mantel-Haenszel`, `Peto`, or the estimator of τ²: `REML`), `test` the
    interval and test; `weights` are the studies' shares, which add up to 1, in the order of `labels` (None: a logistic
    model has none).
    """

    measure: str
    method: str
    test: Test
    level: float
    labels: tuple[str, ...]
    weights: FloatArray | None
    pooled: Coefficient
    heterogeneity: Heterogeneity
    prediction: Prediction | None = None
    warnings: tuple[Note, ...] = ()

    @property
    def k(self) -> int:
        """The number of studies."""
        return len(self.labels)

    @property
    def estimate(self) -> float:
        """The pooled effect."""
        return self.pooled.estimate

    @property
    def se(self) -> float:
        """The standard error of the pooled effect."""
        return self.pooled.se

    @property
    def ci(self) -> Interval:
        """The confidence interval of the pooled effect."""
        return self.pooled.ci

    @property
    def tau2(self) -> float:
        """The variance between studies; 0 in a common-effect model."""
        return self.heterogeneity.tau2 or 0.0
