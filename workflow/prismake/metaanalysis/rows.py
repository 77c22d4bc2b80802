"""Rows of figures, one per study or comparison: what all tables of arms and all effects have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from prismake.metaanalysis.faults import FloatArray, demand, refusal

# Fields of rows that are not columns of numbers.
_TEXTS = ("labels", "measure", "notes")


@dataclass(frozen=True)
class Note:
    """Something to report about a result: a short stable `code`, a sentence, and the label of the row concerned."""

    code: str
    message: str
    label: str = ""

    def __str__(self) -> str:
        return f"{self.label}: {self.message}" if self.label else self.message


@dataclass(frozen=True, eq=False)
class Rows:
    """Labelled rows; every field of a subclass is a column of finite numbers as long as `labels`.

    Raises Inestimable for no rows, a label given twice, a column of another length, and values that are not finite.
    """

    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))
        if not self.labels:
            raise refusal("no-studies", "there is no study to analyse")
        counts = Counter(self.labels)
        unique = [counts[label] == 1 for label in self.labels]
        demand(self.labels, unique, "label-twice", "the label occurs twice", "give each row a label of its own")
        for name in self._columns():
            object.__setattr__(self, name, self._column(name))

    def __len__(self) -> int:
        return len(self.labels)

    def _columns(self) -> list[str]:
        return [f.name for f in fields(self) if f.name not in _TEXTS and getattr(self, f.name) is not None]

    def _column(self, name: str) -> FloatArray:
        values = np.array(getattr(self, name), dtype=np.float64)
        if values.shape != (len(self),):
            raise refusal("column-length", f"{name} has shape {values.shape}, but there are {len(self):,} rows")
        demand(self.labels, np.isfinite(values), "not-a-number", lambda i: f"{name} is {values[i]}, not a number")
        values.setflags(write=False)
        return values

    def take(self, index: Sequence[int] | npt.NDArray[np.intp]) -> Self:
        """The rows at these positions, in this order."""
        positions = np.asarray(index, dtype=np.intp)
        columns = {name: getattr(self, name)[positions] for name in self._columns()}
        return replace(self, labels=tuple(self.labels[i] for i in positions), **columns)


@dataclass(frozen=True, eq=False)
class Effects(Rows):
    """Effects and their sampling variances, on the scale on which they are pooled.

    `measure` is a key of `measures.MEASURES`; `yi` the effects; `vi` their variances, all positive; `ni` the sample
    sizes where known; `notes` what was done to single rows before. Raises Inestimable for a variance that is not
    positive.
    """

    measure: str
    yi: FloatArray
    vi: FloatArray
    ni: FloatArray | None = None
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        demand(
            self.labels,
            self.vi > 0,
            "variance-not-positive",
            lambda i: f"the sampling variance is {self.vi[i]:.6g}, but it must be positive",
            "check the standard error, the interval or the counts of this row",
        )
