"""Tables of records as the tests and benchmarks make them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from prismake.common.records import COLUMNS, INTEGERS


def as_frame(records: list[dict[str, Any]]) -> pd.DataFrame:
    """A table of records from dicts; absent columns are "" (or 0). Raises ValueError for a column not in the model."""
    for record in records:
        if extra := set(record) - set(COLUMNS):
            raise ValueError(f"not columns of the record model: {sorted(extra)}")
    data = {name: [record.get(name, 0 if name in INTEGERS else "") for record in records] for name in COLUMNS}
    return pd.DataFrame(data).astype({name: "int64" if name in INTEGERS else "object" for name in COLUMNS})


def write_parquet(path: Path, frame: pd.DataFrame) -> None:
    """Writes a table of records as the steps leave it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(path, index=False)
