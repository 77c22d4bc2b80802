"""Step: the reports of the studies that their appraisal excludes, as decisions of the stage that asks for it."""

from pathlib import Path

from prismake.appraisal.excluding import Excluding, exclusions
from prismake.appraisal.forms import read_forms
from prismake.appraisal.matrix import AppraisalTables, read_answers
from prismake.common.places import schema_of
from prismake.common.results.screening import EXCLUDED_BY_APPRAISAL
from prismake.common.tables import read_table


def exclude_appraised(
    *,
    answered: AppraisalTables,
    forms: list[Path],
    own_forms: list[Path],
    reports: Path,
    excluded: Path,
    stages: list[dict[str, list[str] | str]],
) -> None:
    """Writes `excluded`, one row per report of a study that a stage excludes; see `exclusions`.

    `stages` are the stages that exclude by appraisal: id, reason, answers.
    """
    known = read_forms(forms, own_forms, schema_of("appraisal_form"))
    asking = [Excluding(str(one["id"]), str(one["reason"]), tuple(one["answers"])) for one in stages]
    overall = read_answers(answered, known).overall
    rows = read_table(reports, schema_of("reports"), sheet="reports")
    EXCLUDED_BY_APPRAISAL.write(excluded, list(exclusions(overall, rows, known, asking, reports)))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(exclude_appraised, globals()["snakemake"])
