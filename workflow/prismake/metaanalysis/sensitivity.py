"""How a pooled effect depends on single studies, and how it grew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

from prismake.metaanalysis.faults import refusal
from prismake.metaanalysis.results import Model
from prismake.metaanalysis.rows import Effects
from prismake.metaanalysis.subgroups import Pool, pooled_or_single


class Studies(Protocol):
    """Effects or tables of arms: rows of studies."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The studies' labels."""
        ...

    def take(self, index: Sequence[int] | npt.NDArray[np.intp]) -> Self:
        """The rows at these positions."""
        ...


S = TypeVar("S", bound=Studies)


@dataclass(frozen=True, eq=False)
class Step:
    """A model and the study that was left out of it, or added to it."""

    label: str
    model: Model


def leave_one_out(studies: S, pool: Callable[[S], Model]) -> tuple[Step, ...]:
    """The model without each study in turn, in the order of the studies.

    Viechtbauer W, Cheung MWL. Res Synth Methods 2010;1:112-25. Raises Inestimable for fewer than three studies.
    """
    k = len(studies.labels)
    if k < 3:
        raise refusal("few-studies", "leaving one study out needs three or more", fix="leave the analysis out")
    positions = np.arange(k)
    return tuple(Step(label, pool(studies.take(np.delete(positions, i)))) for i, label in enumerate(studies.labels))


def cumulative(effects: Effects, order: Sequence[int], pool: Pool) -> tuple[Step, ...]:
    """The model of the first study, the first two, and so on, in this `order` of positions (by year, say).

    Lau J, et al. N Engl J Med 1992;327:248-54. The first is a study's own effect.
    """
    if sorted(order) != list(range(len(effects))):
        raise refusal("study-order", "the order of a cumulative analysis must name each study once")
    return tuple(
        Step(effects.labels[position], pooled_or_single(effects.take(order[: i + 1]), pool))
        for i, position in enumerate(order)
    )
