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

    def run(draft=False, **about):
        pool_effects(extraction=extraction, meta=meta, synthesis=settings(measure="RR", **about), draft=draft)
        return json.loads(meta.read_text(encoding="utf-8"))["analyses"]

    return run


def test_what_it_writes_is_the_analysis(pooled):
    assert pooled(arm="treated", versus="control")["death"]["k"] == 13


def test_an_analysis_that_cannot_be_made_stops_and_a_draft_goes_on_without_it(pooled, tmp_path, caplog):
    with pytest.raises(BuildStop):
        pooled(arm="treated", versus="placebo")
    assert not (tmp_path / "meta.json").exists()
    assert pooled(draft=True, arm="treated", versus="placebo") == {}
    assert "no study can be compared" in caplog.text
