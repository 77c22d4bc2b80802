"""Records that have been handed over for screening, as the review's table lists them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue, counted, nearest
from prismake.common.places import SCHEMAS
from prismake.common.tables import read_tables
from prismake.screening.votes import day_of

SCHEMA = SCHEMAS / "handed_over.schema.yaml"


@dataclass
class HandedOver:
    """Stage -> the survivors that were handed over for it; `issues` are the faults and warnings of the table."""

    records: dict[str, set[str]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)


def read_handed_over(tables: Sequence[Path], cluster_of: Mapping[str, str], stages: Sequence[str]) -> HandedOver:
    """Reads the table. An id that deduplication has merged since stands for the record that survives.

    Raises BuildStop if a table does not follow its schema.
    """
    handed = HandedOver()
    for path in tables:
        rows = read_tables(path, SCHEMA)
        gone, merged = [], []
        for row in rows:
            where = f"{path}:{row['__line__']}"
            handed.issues += _row_issues(row, stages, where)
            survivor = cluster_of.get(row["record_id"])
            if survivor is None:
                gone.append(row)
                continue
            if survivor != row["record_id"]:
                merged.append(row)
            handed.records.setdefault(row["stage"], set()).add(survivor)
        handed.issues += _changed_since(path, gone, merged, cluster_of)
    return handed


def _row_issues(row: Mapping[str, Any], stages: Sequence[str], where: str) -> list[Issue]:
    issues = []
    if row["stage"] not in stages:
        issues.append(Issue("unknown-stage", f"unknown stage '{row['stage']}'", where, nearest(row["stage"], stages)))
    if day_of(row["date"]) is None:
        issues.append(Issue("date", f"'{row['date']}' is not a valid date", where, "write it as YYYY-MM-DD"))
    return issues


def _changed_since(
    path: Path, gone: Sequence[Mapping[str, Any]], merged: Sequence[Mapping[str, Any]], cluster_of: Mapping[str, str]
) -> list[Issue]:
    """Warnings about handed-over records that deduplication has merged since, or that no export holds any more."""
    issues = []
    if merged:
        first = merged[0]
        message = (
            f"{counted(len(merged), 'handed-over record has', 'handed-over records have')} been merged into others, "
            f"first '{first['record_id']}' into '{cluster_of[first['record_id']]}'; the survivors count as handed over"
        )
        fix = "nothing to do: decisions on merged records hold for their survivors"
        issues.append(Issue("handed-over-merged", message, f"{path}:{first['__line__']}", fix, "warning"))
    if gone:
        first = gone[0]
        message = (
            f"{counted(len(gone), 'handed-over record is', 'handed-over records are')} in no export any more, "
            f"first '{first['record_id']}'"
        )
        fix = "restore the export that contained them, or remove the rows"
        issues.append(Issue("handed-over-gone", message, f"{path}:{first['__line__']}", fix, "warning"))
    return issues
