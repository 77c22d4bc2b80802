"""Subgroups: a model for each, and the test of their difference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from prismake.metaanalysis.distributions import chi2_p
from prismake.metaanalysis.faults import demand, refusal
from prismake.metaanalysis.linear import Design
from prismake.metaanalysis.models import Fit, heterogeneity, single, tested
from prismake.metaanalysis.regression import Moderation, wald
from prismake.metaanalysis.results import Heterogeneity, Model, Test
from prismake.metaanalysis.rows import Effects
from prismake.metaanalysis.tau2 import estimate_tau2

Pool = Callable[[Effects], Model]


@dataclass(frozen=True, eq=False)
class Subgroups:
    """The models of the groups, in the order of their first study, and the test that all groups share one effect.

    `common_tau2` tells whether one τ² was assumed for all; `residual` is then the heterogeneity within groups, else
    None.
    """

    groups: dict[str, Model]
    between: Moderation
    common_tau2: bool
    residual: Heterogeneity | None = None


def subgroups(effects: Effects, groups: Sequence[str], pool: Pool) -> Subgroups:
    """Each group pooled by `pool` on its own, with a τ² of its own; a group of one study stands for itself.

    The test compares the pooled effects: Q = Σ(b − b̄)²/se², chi-squared with one less degree of freedom than groups.
    Borenstein M, Hedges LV, Higgins JPT, Rothstein HR. Introduction to meta-analysis. Wiley; 2009: chapter 19. Raises
    Inestimable for a study without group, and for fewer than two groups.
    """
    members = _members(effects, groups)
    models = {group: pooled_or_single(effects.take(rows), pool) for group, rows in members.items()}
    estimates = np.array([model.estimate for model in models.values()])
    weights = np.array([1 / model.se**2 for model in models.values()])
    mean = np.sum(weights * estimates) / np.sum(weights)
    q, df = float(np.sum(weights * (estimates - mean) ** 2)), len(models) - 1
    return Subgroups(models, Moderation(q, df, None, chi2_p(q, df)), common_tau2=False)


def pooled_or_single(effects: Effects, pool: Pool) -> Model:
    """The model of several effects, or one effect as it is."""
    return pool(effects) if len(effects) > 1 else single(effects)


def subgroups_common_tau2(
    effects: Effects, groups: Sequence[str], tau2: str = "REML", test: Test = "z", level: float = 0.95
) -> Subgroups:
    """All groups in one model with one τ² within groups, as a meta-regression on the group.

    Use it where groups are small. The test is a Wald test, an F test unless `test` is `z`. Raises Inestimable as
    `subgroups` does, and where no group has two studies.
    """
    members = _members(effects, groups)
    if len(members) == len(effects):
        raise refusal("few-studies", "no subgroup has two studies, which leaves τ² within groups without an estimate")
    dummies = np.column_stack([np.isin(np.arange(len(effects)), rows) for rows in members.values()]).astype(np.float64)
    design = Design(effects.yi, effects.vi, dummies)
    fit = tested(design.at(estimate_tau2(design, tau2)), test, level)
    models = {
        group: _share(effects.take(rows), fit, position, tau2, test, level)
        for position, (group, rows) in enumerate(members.items())
    }
    contrasts = np.eye(len(members))[1:] - np.eye(len(members))[0]
    return Subgroups(models, wald(fit, contrasts), True, heterogeneity(fit.projection, level))


def _share(effects: Effects, fit: Fit, position: int, tau2: str, test: Test, level: float) -> Model:
    """One group's coefficient as a model; its Q and I² are those of its own studies at the common τ²."""
    pooled = fit.coefficient(position, level)
    projection = Design.intercept(effects.yi, effects.vi).at(fit.projection.tau2)
    alone = len(effects) == 1
    within = single(effects, level).heterogeneity if alone else heterogeneity(projection, level)
    weights = projection.w / np.sum(projection.w)
    return Model(effects.measure, tau2, test, level, effects.labels, weights, pooled, within, None, fit.warnings)


def _members(effects: Effects, groups: Sequence[str]) -> dict[str, list[int]]:
    if len(groups) != len(effects):
        raise ValueError(f"{len(groups)} subgroups for {len(effects)} effects")
    demand(effects.labels, [bool(group) for group in groups], "no-subgroup", "the study is in no subgroup")
    members: dict[str, list[int]] = {}
    for position, group in enumerate(groups):
        members.setdefault(group, []).append(position)
    if len(members) < 2:
        raise refusal(
            "one-subgroup",
            f"all studies are in the subgroup '{groups[0]}', so there is nothing to compare",
            fix="leave the subgroups out",
        )
    return members
