"""Studies that their appraisal excludes: the reports that leave the review for it."""

from pathlib import Path

import pytest
from prismake.appraisal.excluding import Excluding, excluded_studies, exclusions
from prismake.appraisal.forms import Form
from prismake.appraisal.matrix import AppraisalTables
from prismake.common.errors import BuildStop
from prismake.common.results.screening import EXCLUDED_BY_APPRAISAL
from prismake.common.writing import read_rows, write_rows
from scripts.exclude_appraised import exclude_appraised

from tests.places import PACKAGE

FORMS = {"f": Form("f", "Form", "F", ("yes", "no"), ("low", "high"), {})}
REPORTS = [{"record_id": record, "study_id": study} for record, study in (("s:1", "a"), ("s:2", "a"), ("s:3", "b"))]
PATH = Path("reports.csv")


def overall(*rows):
    return [{"study_id": study, "about": about, "overall": answer} for study, about, answer in rows]


def test_a_study_is_excluded_if_every_appraisal_of_it_is():
    rows = overall(("a", "pain", "high"), ("a", "death", "high"), ("b", "pain", "high"), ("b", "death", "low"))
    assert excluded_studies([*rows, *overall(("c", "", None))], ("high", "exclude")) == {"a": ["high"]}


def test_every_report_of_the_study_leaves_for_the_reason_of_the_stage():
    stage = Excluding("appraisal", "quality", ("high",))
    made = list(exclusions(overall(("a", "", "high"), ("b", "", "low")), REPORTS, FORMS, [stage], PATH))
    assert [row["record_id"] for row in made] == ["s:1", "s:2"]
    assert made[0] == {
        "record_id": "s:1",
        "stage": "appraisal",
        "decision": "exclude",
        "reason": "quality",
        "note": "appraised as high",
    }


def test_the_note_lists_the_answers():
    stage = Excluding("appraisal", "quality", ("high", "low"))
    (row,) = exclusions(overall(("b", "pain", "high"), ("b", "death", "low")), REPORTS, FORMS, [stage], PATH)
    assert row["note"] == "appraised as high, low"


@pytest.mark.parametrize(
    ("answers", "rows", "message"),
    [
        (("hihg",), (), "no form has the overall answer 'hihg'"),
        (("high",), (("z", "", "high"),), "the appraisal excludes study 'z', which has no report"),
    ],
)
def test_faults(answers, rows, message):
    with pytest.raises(BuildStop, match=message):
        list(exclusions(overall(*rows), REPORTS, FORMS, [Excluding("appraisal", "quality", answers)], PATH))


def test_the_step_reads_tables_as_people_write_them(tmp_path):
    forms = sorted((PACKAGE / "appraisal" / "forms").glob("rob2.yaml"))
    (tmp_path / "answers.csv").write_text("study_id,form,item,answer,note\na,rob2,D1,high,\n")
    (tmp_path / "overall.csv").write_text("study_id,overall,note\na,high,\n")
    write_rows(tmp_path / "reports.csv", ("record_id", "study_id"), REPORTS)
    exclude_appraised(
        answered=AppraisalTables(tmp_path / "answers.csv", [tmp_path / "overall.csv"]),
        forms=forms,
        own_forms=[],
        reports=tmp_path / "reports.csv",
        excluded=tmp_path / "excluded.csv",
        stages=[{"id": "appraisal", "reason": "quality", "answers": ["high"]}],
    )
    assert [row["record_id"] for row in read_rows(tmp_path / "excluded.csv")] == ["s:1", "s:2"]
    assert EXCLUDED_BY_APPRAISAL.columns[0] == "record_id"
