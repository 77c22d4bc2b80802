"""Effects of means and standard deviations of two groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from prismake.metaanalysis.faults import FloatArray, demand
from prismake.metaanalysis.rows import Effects, Rows


@dataclass(frozen=True, eq=False)
class Means(Rows):
    """Means, standard deviations and participants of two groups, 1 the intervention and 2 the control.

    Raises Inestimable for deviations that are not positive, and groups of fewer than two.
    """

    mean1: FloatArray
    sd1: FloatArray
    n1: FloatArray
    mean2: FloatArray
    sd2: FloatArray
    n2: FloatArray

    def __post_init__(self) -> None:
        super().__post_init__()
        demand(
            self.labels,
            (self.sd1 > 0) & (self.sd2 > 0),
            "sd-not-positive",
            lambda i: f"the standard deviations are {self.sd1[i]:g} and {self.sd2[i]:g}, but both must be positive",
            "check whether the figure is missing or another one",
        )
        demand(
            self.labels,
            (self.n1 >= 2) & (self.n2 >= 2),
            "small-group",
            lambda i: f"the groups have {self.n1[i]:g} and {self.n2[i]:g} participants, but each needs two or more",
        )

    @property
    def sizes(self) -> FloatArray:
        """Participants of both groups."""
        return self.n1 + self.n2


def mean_difference(means: Means) -> Effects:
    """Mean of group 1 minus mean of group 2; variance sd₁²/n₁ + sd₂²/n₂. Cochrane Handbook 6.5.1.1."""
    vi = means.sd1**2 / means.n1 + means.sd2**2 / means.n2
    return Effects(means.labels, "MD", means.mean1 - means.mean2, vi, means.sizes)


def small_sample_factor(df: FloatArray) -> FloatArray:
    """Hedges' exact J(m) = Γ(m/2) / (√(m/2) Γ((m − 1)/2)) for m > 1. Hedges LV. J Educ Stat 1981;6:107-28."""
    logarithm = special.gammaln(df / 2) - np.log(df / 2) / 2 - special.gammaln((df - 1) / 2)
    return np.asarray(np.exp(logarithm), dtype=np.float64)


def standardized_mean_difference(means: Means) -> Effects:
    """Hedges' g: the difference in pooled standard deviations, times the exact J.

    Variance 1/n₁ + 1/n₂ + g²/(2(n₁ + n₂)). Hedges LV, Olkin I. Statistical methods for meta-analysis. Academic Press,
    1985.
    """
    df = means.sizes - 2
    pooled = np.sqrt(((means.n1 - 1) * means.sd1**2 + (means.n2 - 1) * means.sd2**2) / df)
    yi = small_sample_factor(df) * (means.mean1 - means.mean2) / pooled
    vi = 1 / means.n1 + 1 / means.n2 + yi**2 / (2 * means.sizes)
    return Effects(means.labels, "SMD", yi, vi, means.sizes)


def ratio_of_means(means: Means) -> Effects:
    """The log ratio of the means; variance sd₁²/(n₁ m₁²) + sd₂²/(n₂ m₂²).

    Hedges LV, Gurevitch J, Curtis PS. Ecology 1999;80:1150-6; Friedrich JO, et al. BMC Med Res Methodol 2008;8:32.
    Raises Inestimable where a mean is 0 or the signs differ.
    """
    demand(
        means.labels,
        means.mean1 * means.mean2 > 0,
        "ratio-of-signs",
        lambda i: f"the means {means.mean1[i]:g} and {means.mean2[i]:g} have no ratio with a logarithm",
        "use the mean difference",
    )
    vi = means.sd1**2 / (means.n1 * means.mean1**2) + means.sd2**2 / (means.n2 * means.mean2**2)
    return Effects(means.labels, "ROM", np.log(means.mean1 / means.mean2), vi, means.sizes)


@dataclass(frozen=True, eq=False)
class SingleMeans(Rows):
    """Mean, standard deviation and participants of one group per study."""

    mean: FloatArray
    sd: FloatArray
    n: FloatArray

    def __post_init__(self) -> None:
        super().__post_init__()
        demand(self.labels, self.sd > 0, "sd-not-positive", "the standard deviation must be positive")
        demand(self.labels, self.n >= 2, "small-group", "the group needs two or more participants")


def single_mean(means: SingleMeans) -> Effects:
    """The mean of a group; variance sd²/n."""
    return Effects(means.labels, "MN", means.mean, means.sd**2 / means.n, means.n)
