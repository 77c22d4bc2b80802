"""The step that makes the meta-analyses: from results/studies.json to results/meta.json."""

import json

import pytest
from prismake.common.errors import BuildStop
from scripts.pool_effects import pool_effects

from tests.prismake.synthesis.pooling.extractions import bcg, settings


@pytest.fixture
def pooled(tmp_path):
    """Runs the step on the BCG trials with the settings of one analysis; what it wrote, if anything."""
    extraction, meta = tmp_path / "studies.json", tmp_path / "meta.json"
    extraction.write_text(json.dumps(bcg()), encoding="utf-8")

    def run(draft=False, selections=None, **about):
        appraisal = [tmp_path / "appraisal.json"] if selections else []
        for path in appraisal:
            path.write_text(json.dumps({"selections": selections}), encoding="utf-8")
        block = settings(measure="RR", **about)
        pool_effects(extraction=extraction, appraisal=appraisal, meta=meta, synthesis=block, draft=draft)
        return json.loads(meta.read_text(encoding="utf-8"))

    return run


def test_what_it_writes_is_the_analysis(pooled):
    assert pooled(arm="treated", versus="control")["analyses"]["death"]["k"] == 13


def test_an_analysis_that_cannot_be_made_stops_and_a_draft_goes_on_without_it(pooled, tmp_path, caplog):
    with pytest.raises(BuildStop):
        pooled(arm="treated", versus="placebo")
    assert not (tmp_path / "meta.json").exists()
    made = pooled(draft=True, arm="treated", versus="placebo")
    assert made["analyses"] == {}
    assert made["failed"]["death"].startswith("no study can be compared")
    assert "no study can be compared" in caplog.text


def test_an_analysis_is_repeated_over_the_studies_that_the_appraisal_keeps(pooled):
    names = [study["study_id"] for study in bcg()["studies"]]
    whole = {"studies": names[1:], "left_out": names[:1]}
    selections = {
        "low_risk": {**whole, "about": {"death": {"studies": names[:3], "left_out": names[3:]}}},
        "all": {"studies": names, "left_out": [], "about": {}},
        "none": {"studies": [], "left_out": names, "about": {}},
        "one": {"studies": names[:1], "left_out": names[1:], "about": {}},
        "other": {**whole, "about": {"pain": {"studies": [], "left_out": names}}},
    }
    made = pooled(selections=selections, arm="treated", versus="control")["analyses"]["death"]
    repeated = made["selections"]
    # What is appraised for the outcome counts, else what is appraised of the whole study.
    assert (repeated["low_risk"]["kept"], repeated["low_risk"]["k"]) == (names[:3], 3)
    assert repeated["other"]["pooled"] == made["leave_one_out"][0]["pooled"]
    assert [repeated[name]["refused"] for name in ("all", "none")] == ["it keeps every study", "it keeps no study"]
    assert repeated["one"]["pooled"]["estimate"] == made["rows"][0]["estimate"]
