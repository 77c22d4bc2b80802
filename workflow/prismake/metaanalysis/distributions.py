"""Quantiles and tail probabilities of the reference distributions."""

from __future__ import annotations

from dataclasses import dataclass

from scipy import special


@dataclass(frozen=True)
class Reference:
    """The distribution that a statistic is compared with: standard normal, or Student's t where `df` is given."""

    df: float | None = None

    @property
    def name(self) -> str:
        """`z` or `t`."""
        return "z" if self.df is None else "t"

    def critical(self, level: float) -> float:
        """The value that a central interval of this `level` (0.95) reaches on either side."""
        upper = (1 + level) / 2
        return float(special.ndtri(upper) if self.df is None else special.stdtrit(self.df, upper))

    def p(self, statistic: float) -> float:
        """The two-sided p value."""
        tail = -abs(statistic)
        return float(2 * (special.ndtr(tail) if self.df is None else special.stdtr(self.df, tail)))


def normal_quantile(probability: float) -> float:
    """The value below which a standard normal variable lies with this probability."""
    return float(special.ndtri(probability))


def chi2_quantile(probability: float, df: float) -> float:
    """The value below which a chi-squared variable lies with this probability."""
    return float(special.chdtri(df, 1 - probability))


def chi2_p(statistic: float, df: float) -> float:
    """The probability that a chi-squared variable exceeds the statistic."""
    return float(special.chdtrc(df, statistic))


def f_p(statistic: float, numerator: float, denominator: float) -> float:
    """The probability that an F variable exceeds the statistic."""
    return float(special.fdtrc(numerator, denominator, statistic))
