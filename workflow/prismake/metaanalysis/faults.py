"""What the data do not allow to be computed, and the checks that say so."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from prismake.common.errors import BuildStop, Issue

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


class Inestimable(BuildStop):
    """A result that the data do not allow. `where` of each issue is the label of a row, or empty for all rows."""


def refusal(code: str, message: str, *, label: str = "", fix: str = "") -> Inestimable:
    """The exception for one fault, to be raised by the caller."""
    return Inestimable(Issue(code, message, label, fix))


def demand(
    labels: Sequence[str], valid: npt.ArrayLike, code: str, message: str | Callable[[int], str], fix: str = ""
) -> None:
    """Raises Inestimable with one issue per row that is not `valid`; `message` may depend on the row's position."""
    faults = [i for i, fine in enumerate(np.asarray(valid, dtype=bool).tolist()) if not fine]
    if faults:
        texts = [(labels[i], message if isinstance(message, str) else message(i)) for i in faults]
        raise Inestimable([Issue(code, text, label, fix) for label, text in texts])
