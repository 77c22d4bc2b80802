"""The step that rates the certainty of the evidence: from judgements and results/meta.json to the printed tables."""

import json

import pytest
from prismake.common.errors import BuildStop
from prismake.common.printed import Wording
from prismake.synthesis.pooling.analysing import analyse_all
from scripts.rate_certainty import Written, rate_certainty

from tests.prismake.synthesis.pooling.extractions import bcg, settings

HEADER = "outcome,start,risk_of_bias,inconsistency,inconsistency_reason,indirectness,imprecision,publication_bias"
ROW = "death,high,not_serious,serious,trials differ,not_serious,not_serious,undetected"


@pytest.fixture
def step(tmp_path):
    """Runs the step on the BCG trials with one row of judgements; the folder that it wrote to."""
    block = settings(measure="RR", arm="treated", versus="control")
    for name, content in (("studies", bcg()), ("meta", analyse_all(bcg(), block, draft=False)[0])):
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")

    def run(row):
        (tmp_path / "judgements.csv").write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
        tables = {"table": "findings", "profile": "profile"}
        layouts = {key: {"id": name, "caption": "C", "wide": True, "notes": []} for key, name in tables.items()}
        rate_certainty(
            judgements=tmp_path / "judgements.csv",
            extraction=tmp_path / "studies.json",
            meta=[tmp_path / "meta.json"],
            wording=Wording("Not reported"),
            written=Written(
                tmp_path / "grade.json",
                [tmp_path / f"{name}.csv" for name in tables.values()],
                [tmp_path / f"{name}.json" for name in tables.values()],
            ),
            settings={"assumed_risk": "median", "per": 1000, "design": "design", **layouts},
            statistics={},
            draft=False,
        )
        return tmp_path

    return run


def test_what_it_writes(step):
    folder = step(ROW)
    findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    # The signs of the certainty, and the letter of its reason.
    assert findings["rows"][0][5] == "⊕⊕⊕◯\nModerate^a^"
    assert findings["notes"][0] == "^a^ Rated down one level for inconsistency: trials differ."
    assert ["CI", "confidence interval"] in findings["abbreviations"]
    assert "⊕⊕⊕◯; Moderate" in (folder / "findings.csv").read_text(encoding="utf-8")
    assert json.loads((folder / "profile.json").read_text(encoding="utf-8"))["header_columns"] == 1
    assert json.loads((folder / "grade.json").read_text(encoding="utf-8"))["outcomes"][0]["participants"] == 357347


def test_a_fault_leaves_nothing_behind(step, tmp_path):
    with pytest.raises(BuildStop, match="write it: inconsistency_reason"):
        step(ROW.replace("trials differ", ""))
    assert not (tmp_path / "grade.json").exists()
