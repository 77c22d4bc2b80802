"""The studies of a review's previous version, and the totals of an updated review."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prismake.common.errors import BuildStop, Issue
from prismake.common.matching import Match, Matcher, named_by
from prismake.common.places import SCHEMAS
from prismake.common.tables import place_of, read_table


@dataclass(frozen=True)
class Previous:
    """The previous version's studies in their order, each with its reports as (text, place in the table)."""

    studies: Mapping[str, Sequence[tuple[str, str]]]

    @property
    def reports(self) -> int:
        """How many reports the previous version included."""
        return sum(len(reports) for reports in self.studies.values())


def read_previous(path: Path) -> Previous:
    """Reads the table of the previous version's studies, one row per report. Raises BuildStop for a faulty row."""
    studies: dict[str, list[tuple[str, str]]] = {}
    for row in read_table(path, SCHEMAS / "previous_studies.schema.yaml"):
        studies.setdefault(row["study_id"], []).append((row["report"] or "", place_of(row, path)))
    return Previous(studies)


def empty_previous(previous: Previous, path: Path, *, draft: bool) -> list[Issue]:
    """A fault if the table lists no study, of which a draft only warns."""
    if previous.studies:
        return []
    message, fix = "lists no study of the previous version", "write a row for each report that it included"
    return [Issue("no-previous", message, str(path), fix, "warning" if draft else "error")]


def check_no_report_twice(previous: Previous, included: Collection[str], matcher: Matcher) -> None:
    """Raises BuildStop if a report of the previous version is an included record.

    A report may be named by an identifier, or by words that no record fits: most reports of the previous version are
    in no export.
    """
    issues = []
    for reports in previous.studies.values():
        for text, where in reports:
            match = matcher.match(named_by(text), where) if text else None
            if isinstance(match, Match) and match.record in included:
                message = f"'{match.record}' is included, but the previous version already lists it as '{text}'"
                fix = "exclude the record, or remove the row: each report counts once"
                issues.append(Issue("report-twice", message, where, fix))
    if issues:
        raise BuildStop(issues)


def total_rows(previous: Previous, reports: Mapping[str, int]) -> list[dict[str, str | int]]:
    """The rows of results/flow/total.csv, one per study; `reports` counts the new reports of each study.

    `version` is previous, this or both; a study of both had a new report and counts as previous.
    """
    rows: list[dict[str, str | int]] = []
    for study, old in previous.studies.items():
        version = "both" if study in reports else "previous"
        rows.append({"study_id": study, "version": version, "reports": len(old) + reports.get(study, 0)})
    rows += [
        {"study_id": study, "version": "this", "reports": n}
        for study, n in reports.items()
        if study not in previous.studies
    ]
    return rows
