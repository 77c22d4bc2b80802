"""reads what was extracted, links it to the included records, and checks it before anything is computed.

The unit is the study, never the report: a study counts once, however many reports describe it. What goes on from here
(tables, appraisal, pooled values) reads `results/studies.json`, so an inconsistent extraction reaches none of them.
"""

from typing import Any

from prismake.common.tables import Row

Settings = dict[str, Any]

LEFT_OUT = {"excluded": "its records were excluded", "pending": "its records are not decided yet"}


def sort_key(row: Row, order: list[str]) -> tuple[Any, ...]:
    """Sorts rows by the configured columns (missing last), then by study id."""
    return (*((row[name] is None, row[name] if row[name] is not None else 0) for name in order), row["study_id"])
