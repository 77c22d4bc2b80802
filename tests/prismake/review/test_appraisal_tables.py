"""Which tables the appraisal has, by the settings alone."""

import pytest
from prismake.review.appraisal_tables import appraisal_tables


@pytest.mark.parametrize(
    ("forms", "table", "tables"),
    [
        (["case_report", "case_series"], {}, {"appraisal": []}),
        (["rob2"], {}, {"appraisal": []}),
        (["rob2", "rob2_adhering"], {"id": "risk"}, {"risk": []}),
        (
            ["rob2", "cohort", "case_series"],
            {},
            {"appraisal_jbi": ["case_series", "cohort"], "appraisal_rob2": ["rob2"]},
        ),
        (["rob2", "cohort"], {}, {"appraisal_cohort": ["cohort"], "appraisal_rob2": ["rob2"]}),
        (["rob2", "cohort"], {"by_form": False}, {"appraisal": []}),
        (
            ["case_series", "cohort"],
            {"by_form": True},
            {"appraisal_case_series": ["case_series"], "appraisal_cohort": ["cohort"]},
        ),
        (["cohort", "nothing"], {}, {"appraisal_cohort": ["cohort"], "appraisal_nothing": ["nothing"]}),
    ],
)
def test_forms_of_one_family_share_a_table(forms, table, tables):
    assert appraisal_tables({"appraisal": {"forms": forms, "table": table}}) == tables


def test_forms_are_those_of_the_designs_or_of_the_answers(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answers = tmp_path / "answers.csv"
    answers.write_text("study_id,form,item,answer\na,rob2,D1,low\nb,own,1,yes\n")
    (tmp_path / "own.yaml").write_text("id: own\nbased_on: rob2\n")
    block = {"answers": "answers.csv", "own_forms": ["own.yaml"]}
    # A form based on another is of its family.
    assert appraisal_tables({"appraisal": block}) == {"appraisal": []}
    for mark in ",;\t":
        answers.write_text("\ufeffstudy_id,form,item,answer\na,rob2,D1,low\nb,minors,1,yes\n".replace(",", mark))
        assert sorted(appraisal_tables({"appraisal": block})) == ["appraisal_minors", "appraisal_rob2"]
    designs = {"trial": ["rob2"], "series": ["minors"]}
    assert list(appraisal_tables({"appraisal": {**block, "designs": designs}})) == [
        "appraisal_minors",
        "appraisal_rob2",
    ]
    assert appraisal_tables({}) == {}
