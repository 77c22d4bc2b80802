"""The step as its rule calls it, on small tables."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.common.errors import BuildStop
from prismake.common.writing import read_rows, write_rows
from prismake.screening.screen import judge_all
from prismake.screening.stages import make_stages

from tests.prismake.screening.step import run_step
from tests.records import as_frame, write_parquet

STAGES: list[dict[str, Any]] = [
    {"id": "title", "rules": [{"id": "review", "label": "Narrative review", "publication_types": ["Review"]}]},
    {"id": "abstract", "reasons": {"off_topic": "Off topic"}},
    {"id": "fulltext", "reasons": {"no_outcome": "No outcome"}},
]
OTHER_METHODS = [{"id": "s", "date": "2026-01-01", "kind": "other"}]
ALL_DECIDED = [
    ("b", "abstract", "exclude", "off_topic", ""),
    ("c", "abstract", "include", "", ""),
    ("c", "fulltext", "exclude", "no_outcome", "only an image"),
    ("d", "abstract", "include", "", ""),
    ("d-twin", "fulltext", "include", "", ""),
]


@pytest.fixture
def review(tmp_path, monkeypatch):
    """A folder with four unique records (a leaves by rule) and a duplicate; calls the step with given decisions."""
    monkeypatch.chdir(tmp_path)
    types = {"a": "Journal Article; Review"}
    records = [
        {"record_id": f"s:{name}", "title": f"Title {name}", "publication_types": types.get(name, "")}
        for name in "abcd"
    ]
    write_parquet(Path("unique.parquet"), as_frame(records).assign(members="", sources="PubMed"))
    write_parquet(Path("records.parquet"), as_frame(records))
    pairs = [(f"s:{name}", f"s:{name}") for name in "abcd"] + [("s:d-twin", "s:d")]
    write_rows(Path("clusters.csv"), ("record_id", "cluster"), ({"record_id": r, "cluster": c} for r, c in pairs))

    def call(decisions, *, draft=False, stages=STAGES, **options):
        table = None
        if decisions is not None:
            table = Path("decisions.csv")
            lines = ["record_id,stage,decision,reason,note", *(f"s:{','.join(row)}" for row in decisions)]
            table.write_text("\n".join(lines) + "\n", encoding="utf-8")
        run_step([table] if table else [], stages=stages, draft=draft, **options)
        return read_rows(Path("screening.csv"))

    return call


def outcomes(rows):
    return {row["record_id"]: (row["stage"], row["decision"], row["reason"]) for row in rows}


def test_every_record_ends_with_one_stage_decision_and_reason(review):
    rows = review(ALL_DECIDED)
    assert outcomes(rows) == {
        "s:a": ("title", "exclude", "review"),
        "s:b": ("abstract", "exclude", "off_topic"),
        "s:c": ("fulltext", "exclude", "no_outcome"),
        "s:d": ("fulltext", "include", ""),
    }
    first, *_, last = rows
    assert (first["matched"], first["decided_by"], first["label"]) == (
        "publication type: Review",
        "rule review",
        "Narrative review",
    )
    assert (last["decided_by"], last["sources"]) == ("decisions.csv:6", "PubMed")


def test_the_trail_tells_each_stage(review):
    review(ALL_DECIDED)
    trail = [(row["record_id"][2:], row["stage"], row["decision"]) for row in read_rows(Path("trail.csv"))]
    assert trail[:4] == [
        ("a", "title", "exclude"),
        ("b", "title", "include"),
        ("b", "abstract", "exclude"),
        ("c", "title", "include"),
    ]
    assert len(trail) == 9


def test_undecided_records_stop_the_build_and_are_listed(review):
    with pytest.raises(BuildStop) as stopped:
        review(ALL_DECIDED[:2])
    message = str(stopped.value)
    assert "1 record is undecided at stage 'abstract':\n     s:d (Title d)" in message
    assert "1 record is undecided at stage 'fulltext':\n     s:c (Title c)" in message
    assert not Path("screening.csv").exists()


def test_a_draft_goes_on_with_undecided_records_pending(review, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("prismake"), "propagate", True)
    rows = review(ALL_DECIDED[:2], draft=True)
    assert outcomes(rows)["s:d"] == ("abstract", "pending", "")
    assert outcomes(rows)["s:c"] == ("fulltext", "pending", "")
    assert "2 of 4 records await a decision" in caplog.text


def test_a_draft_needs_no_table_of_decisions(review):
    rows = review(None, draft=True)
    assert [row["decision"] for row in rows] == ["exclude", "pending", "pending", "pending"]


@pytest.mark.parametrize(
    ("added", "code"),
    [
        (("b", "fulltext", "include", "", ""), "stage-not-reached"),
        (("a", "abstract", "include", "", ""), "stage-not-reached"),
    ],
)
def test_decisions_at_a_stage_never_reached_stop_the_build(review, added, code):
    with pytest.raises(BuildStop) as stopped:
        review([*ALL_DECIDED, added])
    assert [(issue.code, issue.where) for issue in stopped.value.issues] == [(code, "decisions.csv:7")]


def test_a_decision_may_not_skip_a_stage_even_in_a_draft(review):
    with pytest.raises(BuildStop) as stopped:
        review([*ALL_DECIDED[:3], ("d", "fulltext", "include", "", "")], draft=True)
    assert [issue.code for issue in stopped.value.issues] == ["stage-skipped"]


def test_rules_and_decisions_in_one_stage(review):
    both = [{**STAGES[0], "reasons": {"off_topic": "Off topic"}}]
    kept = [(name, "title", "include", "", "") for name in "bcd"]
    assert outcomes(review(kept, stages=both))["s:a"] == ("title", "exclude", "review")
    with pytest.raises(BuildStop, match=r"include for 's:a', which rule review excludes"):
        review([("a", "title", "include", "", ""), *kept], stages=both)
    assert len(review([("a", "title", "exclude", "off_topic", ""), *kept], stages=both)) == 4


def test_records_of_other_methods_go_straight_to_retrieval_and_assessment(review):
    fulltext = [("b", "fulltext", "include", "", ""), ("c", "fulltext", "include", "", "")]
    rows = review(
        [*fulltext, ("d", "fulltext", "include", "", ""), ("a", "fulltext", "include", "", "")], searches=OTHER_METHODS
    )
    assert {row["decision"] for row in rows} == {"include"}
    assert {row["stage"] for row in read_rows(Path("trail.csv"))} == {"fulltext"}
    with pytest.raises(BuildStop, match="skip the stage 'abstract'"):
        review([*fulltext, ("d", "abstract", "include", "", "")], searches=OTHER_METHODS, draft=True)


def test_at_a_stage_of_removal_only_decided_records_leave(review):
    stages = [{"id": "sift", "role": "removal", "reasons": {"retracted": "Retracted"}}, *STAGES]
    rows = review([("b", "sift", "exclude", "retracted", "")], stages=stages, draft=True)
    ends = {row["record_id"]: (row["stage"], row["decision"]) for row in rows}
    assert ends["s:b"] == ("sift", "exclude")
    assert ends["s:c"] == ("abstract", "pending")


def test_faults_of_rows_and_undecided_records_are_reported_at_once(review):
    with pytest.raises(BuildStop) as stopped:
        review([("nobody", "abstract", "include", "", ""), *ALL_DECIDED[:4]])
    assert [issue.code for issue in stopped.value.issues] == ["unknown-record", "undecided"]


def test_a_long_list_is_cut_and_the_log_has_it_all(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logging.getLogger("prismake"), "propagate", True)
    names = [f"s:{number:03}" for number in range(30)]
    frame: pd.DataFrame = as_frame([{"record_id": name, "title": "T"} for name in names]).assign(sources="")
    write_parquet(Path("unique.parquet"), frame)
    write_rows(Path("clusters.csv"), ("record_id", "cluster"), ({"record_id": name, "cluster": name} for name in names))
    with caplog.at_level(logging.INFO, "prismake"), pytest.raises(BuildStop) as stopped:
        run_step(stages=STAGES[1:])
    message = str(stopped.value)
    assert "30 records are undecided at stage 'abstract'" in message
    assert "… and 10 more" in message
    assert "s:029" not in message
    assert "s:029" in caplog.text


def test_stages_that_cannot_be_are_reported_at_once():
    rule = {"id": "x", "publication_types": ["Review"]}
    with pytest.raises(BuildStop) as stopped:
        make_stages([{"id": "title", "rules": [rule], "reasons": {"x": "X"}}, {"id": "title"}])
    assert len(stopped.value.issues) == 2
    with pytest.raises(BuildStop, match="no stage is declared"):
        make_stages([])


@given(
    records=st.lists(st.tuples(st.booleans(), st.sampled_from("iep"), st.sampled_from("iep")), max_size=40),
)
@settings(max_examples=60, deadline=None)
def test_no_record_is_lost_and_each_has_one_end(records):
    """Whatever is decided, the ends add up to the records and a trail has nothing after its end."""
    from prismake.screening.decisions import Decision

    plan = make_stages(STAGES)
    rows, decisions = [], {}
    values = {
        "i": Decision("include", (), "", "t:1", "t:1"),
        "e": Decision("exclude", ("off_topic",), "", "t:2", "t:2"),
    }
    for number, (is_review, *choices) in enumerate(records):
        name = str(number)
        rows.append({"record_id": name, "title": "", "publication_types": "Review" if is_review else ""})
        for stage, choice in zip(("abstract", "fulltext"), choices, strict=True):
            if choice in values:
                decisions[name, stage] = values[choice]
    trails = judge_all(rows, plan, decisions)
    assert list(trails) == [row["record_id"] for row in rows]
    for trail in trails.values():
        assert all(verdict.decision == "include" for verdict in trail[:-1])
        assert trail[-1].decision != "include" or len(trail) == len(plan)
