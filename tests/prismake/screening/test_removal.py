"""Reviewers who disagree on a removal, and reviewers who contradict themselves: nothing passes unseen."""

import json

import pytest
from prismake.common.errors import BuildStop
from prismake.common.matching import Named
from prismake.common.writing import read_rows
from prismake.screening.decisions import answers_of
from prismake.screening.screen import Undecided, judge
from prismake.screening.stages import make_stages
from prismake.screening.votes import Vote

from .step import OUTPUTS
from .test_reviewers import votes

REMOVAL = [
    {"id": "sift", "role": "removal", "reasons": {"retracted": "Retracted"}},
    {"id": "fulltext", "reasons": {"no_outcome": "No outcome"}},
]
SPLIT = ["s:1,sift,Ana,include,,,", "s:1,sift,Ben,exclude,retracted,,"]
REST = [f"s:{n},fulltext,,include,,," for n in (2, 3)]


def test_a_conflict_at_a_removal_waits_and_does_not_pass(review):
    rows = review(decisions=votes(*SPLIT, *REST), stages=REMOVAL)
    assert (rows["s:1"]["stage"], rows["s:1"]["decision"]) == ("sift", "pending")
    assert rows["s:1"]["note"].startswith("conflict: Ana include")
    assert {rows[name]["decision"] for name in ("s:2", "s:3")} == {"include"}
    trail = [row["stage"] for row in read_rows(OUTPUTS["trail"]) if row["record_id"] == "s:1"]
    assert trail == ["sift"]


def test_a_conflict_at_a_removal_stops_a_final_build(review):
    with pytest.raises(BuildStop, match="1 conflict is unresolved at stage 'sift'"):
        review(decisions=votes(*SPLIT, *REST), stages=REMOVAL, draft=False)
    settled = review(
        decisions=votes(*SPLIT, *REST, "s:1,fulltext,,include,,,"),
        consensus=votes("s:1,sift,,include,,,"),
        stages=REMOVAL,
        draft=False,
    )
    assert settled["s:1"]["decision"] == "include"


def test_a_removal_that_asks_for_two_reviewers_waits_for_the_second(review):
    stages = [{**REMOVAL[0], "reviewers": 2}, REMOVAL[1]]
    rows = review(decisions=votes("s:1,sift,Ana,exclude,retracted,,", *REST), stages=stages)
    assert (rows["s:1"]["stage"], rows["s:1"]["decision"]) == ("sift", "pending")


def test_who_answers_twice_counts_as_no_answer_in_the_agreement(review):
    given = votes(
        "s:1,fulltext,Ana,include,,,",
        "t:1,fulltext,Ana,exclude,no_outcome,,",
        "s:1,fulltext,Ben,exclude,no_outcome,,",
        *(f"s:2,fulltext,{reviewer},include,,," for reviewer in ("Ana", "Ben")),
    )
    review(decisions=given, stages=REMOVAL)
    (stage,) = json.loads(OUTPUTS["agreement"].read_text())["stages"]
    assert (stage["n"], stage["agree"], stage["conflicts"]) == (1, 1, 1)


@pytest.mark.parametrize("order", [("include", "exclude"), ("exclude", "include"), ("include", "exclude", "exclude")])
def test_a_contradiction_stays_one_whatever_comes_last(order):
    stages = make_stages(REMOVAL)
    votes = [Vote(Named(), "fulltext", "Ana", answer, (), "", "", f"f:{n}", "s:1") for n, answer in enumerate(order)]
    assert answers_of(votes, stages) == {"fulltext": {"s:1": {"Ana": ""}}}


def test_a_record_without_a_decision_passes_a_removal_and_waits_elsewhere():
    sift, fulltext = make_stages(REMOVAL)
    record = {"record_id": "s:1", "title": "", "publication_types": ""}
    assert judge(record, sift, {}, Undecided()).decision == "include"
    assert judge(record, sift, {}, Undecided({("s:1", "sift"): "conflict: …"})).decision == "pending"
    assert judge(record, sift, {}, Undecided({("s:2", "sift"): "conflict: …"})).decision == "include"
    assert judge(record, fulltext, {}, Undecided()).decision == "pending"
