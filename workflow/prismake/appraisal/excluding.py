"""The reports of studies that their appraisal excludes, as decisions of a stage of screening."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prismake.appraisal.forms import Form
from prismake.common.errors import BuildStop, Issue, nearest
from prismake.common.tables import Row


@dataclass(frozen=True)
class Excluding:
    """A stage that excludes by appraisal: its id, its reason, and the overall answers that exclude a study."""

    stage: str
    reason: str
    answers: tuple[str, ...]

    @property
    def where(self) -> str:
        """Its place in the settings."""
        return f"config.yaml, screening.stages, '{self.stage}'"


def excluded_studies(overall: Sequence[Row], answers: Sequence[str]) -> dict[str, list[str]]:
    """Study -> the overall answers of its appraisals, for each study of which every appraisal has one of `answers`."""
    given: dict[str, list[str | None]] = {}
    for row in overall:
        given.setdefault(row["study_id"], []).append(row["overall"])
    return {
        study: list(dict.fromkeys(one for one in own if one))
        for study, own in given.items()
        if all(one in answers for one in own)
    }


def exclusions(
    overall: Sequence[Row],
    reports: Sequence[Row],
    forms: Mapping[str, Form],
    stages: Sequence[Excluding],
    path: Path,
) -> Iterator[dict[str, str]]:
    """The decisions of each stage, one row per report of a study that it excludes.

    `reports` are the rows of the table at `path` that says which report describes which study. Raises BuildStop for an
    answer that no form has, and for a study that is to be excluded and has no report.
    """
    valid = sorted({answer for form in forms.values() for answer in form.overall})
    issues = [
        Issue("appraisal-answer", f"no form has the overall answer '{answer}'", one.where, nearest(answer, valid))
        for one in stages
        for answer in one.answers
        if answer not in valid
    ]
    if issues:
        raise BuildStop(issues)
    reports_of: dict[str, list[str]] = {}
    for row in reports:
        reports_of.setdefault(row["study_id"], []).append(row["record_id"])
    for one in stages:
        excluded = excluded_studies(overall, one.answers)
        if lost := [study for study in excluded if study not in reports_of]:
            message = f"the appraisal excludes study '{lost[0]}', which has no report"
            raise BuildStop(Issue("appraisal-report", message, str(path), "add a row for each of its reports"))
        for study, answers in excluded.items():
            note = f"appraised as {', '.join(answers)}"
            for record in reports_of[study]:
                yield {
                    "record_id": record,
                    "stage": one.stage,
                    "decision": "exclude",
                    "reason": one.reason,
                    "note": note,
                }
