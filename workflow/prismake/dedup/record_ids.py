"""The ids of records: each of one record alone, and their order, which decides where all else is equal."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prismake.common.arrow import every_truth, integers, places
from prismake.common.errors import counted, stop
from prismake.dedup.features import Integers


def id_rank(ids: pa.Array) -> Integers:
    """The place of each id in the order of all."""
    order = integers(pc.sort_indices(ids)).astype(np.int64)
    rank = np.empty(len(ids), dtype=np.int64)
    rank[order] = np.arange(len(ids))
    return rank


def check_ids(ids: pa.Array, rank: Integers, path: Path) -> None:
    """Raises BuildStop if two records of the table at `path` share an id, or records have none.

    `rank` is what `id_rank` gives for the ids.
    """
    order = np.empty(len(ids), np.int64)
    order[rank] = np.arange(len(ids))
    ordered = ids.take(places(order))
    if not every_truth(pc.equal(ordered[1:], ordered[:-1])).any():
        return
    counts = Counter(ids.to_pylist())
    repeated = [record_id for record_id, count in counts.items() if count > 1]
    if repeated == [""]:
        message = counted(counts[""], "record has no id", "records have no id")
        raise stop("no-id", message, where=str(path), fix="give each record its own id")
    shown = ", ".join(f"'{record_id}'" for record_id in repeated[:5]) + (", …" if len(repeated) > 5 else "")
    message = f"{counted(len(repeated), 'id belongs', 'ids belong')} to more than one record: {shown}"
    raise stop("record-twice", message, where=str(path), fix="give each record its own id")
