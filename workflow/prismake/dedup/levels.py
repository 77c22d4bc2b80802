"""Levels of agreement: what each means, and how they are read off columns of features."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from prismake.dedup.features import Features, Integers
from prismake.dedup.journals import APART, NONE, SAME

Levels = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]

AUTHOR_ALL, AUTHOR_FIRST, AUTHOR_OTHERS, AUTHOR_SOME, AUTHOR_APART, AUTHOR_NONE = range(6)
PAGE_BOTH, PAGE_FIRST, PAGE_LAST, PAGE_TOUCH, PAGE_OTHER_FORM, PAGE_APART, PAGE_NONE = range(7)


def texts_of(column: pa.Array, rows: Integers) -> list[str]:
    """The texts of the chosen rows."""
    return list(column.take(pa.array(rows)).to_pylist())


def equal_levels(a: npt.NDArray[np.generic], b: npt.NDArray[np.generic], missing: int = 0) -> Levels:
    """SAME, APART or NONE."""
    known = (a != missing) & (b != missing)
    return np.where(known, np.where(a == b, SAME, APART), NONE).astype(np.int8)


# A title of so many words that say what it is about is hardly used twice.
TELLING = 5
# Longer ranges are those of a whole issue or supplement, which its every abstract may be given.
LONGEST_ARTICLE = 60


def one_article(f: Features, a: Integers, b: Integers, levels: dict[str, Levels]) -> npt.NDArray[np.bool_]:
    """Pairs with one range of pages, or its start, that is a single article's: from beyond page 1, of two or more."""
    length = np.maximum(f.last[a] - f.page[a], f.last[b] - f.page[b])
    both = (levels["pages"] == PAGE_BOTH) | ((levels["pages"] == PAGE_FIRST) & (length >= 2))
    return np.asarray(both & (f.page[a] > 1) & (length >= 1) & (length < LONGEST_ARTICLE), dtype=bool)
