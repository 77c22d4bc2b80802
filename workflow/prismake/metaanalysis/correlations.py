"""Correlations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from prismake.metaanalysis.faults import demand
from prismake.metaanalysis.rows import Effects


def fisher_z(labels: Sequence[str], r: npt.ArrayLike, n: npt.ArrayLike) -> Effects:
    """Fisher's z = atanh r of correlations between n pairs; variance 1/(n − 3). Fisher RA. Metron 1921;1:3-32.

    Raises Inestimable for correlations of −1, 1 or beyond, and for fewer than four pairs.
    """
    correlations, pairs = np.asarray(r, dtype=np.float64), np.asarray(n, dtype=np.float64)
    demand(
        labels,
        np.abs(correlations) < 1,
        "correlation-range",
        lambda i: f"the correlation is {correlations[i]:g}, but it must lie between −1 and 1",
    )
    demand(labels, pairs > 3, "few-pairs", lambda i: f"there are {pairs[i]:g} pairs, and a variance needs four")
    return Effects(tuple(labels), "ZCOR", np.arctanh(correlations), 1 / (pairs - 3), pairs)
