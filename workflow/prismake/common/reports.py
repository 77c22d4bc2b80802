"""The table of reports: which study each report describes. A study may have several reports, a report one study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prismake.common.errors import Issue
from prismake.common.matching import Matcher, named_by
from prismake.common.tables import Row, place_of


@dataclass(frozen=True)
class Report:
    """A row that names a record: the survivor of its cluster, the record as written, its study, file and line."""

    record: str
    written: str
    study: str
    where: str


def match_reports(rows: Sequence[Row], matcher: Matcher, path: Path) -> tuple[list[Report], list[Issue]]:
    """(the reports, faults) of the rows (record_id, study_id, place) of the table at `path`.

    A row that names no record or several, and a report of two studies are faults.
    """
    reports: list[Report] = []
    issues: list[Issue] = []
    study_of: dict[str, str] = {}
    for row in rows:
        where, study = place_of(row, path), row["study_id"]
        match = matcher.match(named_by(row["record_id"]), where)
        if isinstance(match, Issue):
            issues.append(match)
        elif study_of.setdefault(match.record, study) != study:
            message = f"'{row['record_id']}' is listed as a report of both '{study_of[match.record]}' and '{study}'"
            issues.append(Issue("report-of-two", message, where, "keep one row: a report describes one study"))
        else:
            reports.append(Report(match.record, row["record_id"], study, where))
    return reports, issues
