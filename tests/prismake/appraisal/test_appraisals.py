"""Appraisals from rows of answers: several of a study, what is proposed, what is open, what a selection keeps."""

from pathlib import Path

import pytest
from prismake.appraisal.appraisals import appraise
from prismake.appraisal.checks import (
    about_issues,
    answer_issues,
    departure_issues,
    excluded_issues,
    overall_issues,
    pending_issues,
)
from prismake.appraisal.forms import read_forms
from prismake.appraisal.selection import selection_issues, selections

from .test_forms import FORMS, SCHEMA

BY_ID = read_forms(FORMS, [], SCHEMA)
DOMAINS = ("D1", "D2", "D3", "D4", "D5")
PATH = Path("answers.csv")


def rows(study, about, form="rob2", note=None, **given):
    """Rows of answers, by item (a question's point is an underscore: q1_1)."""
    names = {name.removeprefix("q").replace("_", "."): answer for name, answer in given.items()}
    return [
        {"study_id": study, "about": about, "form": form, "item": item, "answer": answer, "note": note, "__line__": 2}
        for item, answer in names.items()
    ]


def verdicts(*rows_of):
    return [
        {"study_id": study, "about": about, "overall": answer, "note": None, "__line__": 2}
        for study, about, answer in rows_of
    ]


def domains(answer="low", **others):
    return {**dict.fromkeys(DOMAINS, answer), **others}


def test_a_study_has_an_appraisal_for_each_outcome():
    answers = [*rows("a", "death", **domains()), *rows("a", "pain", **domains(D4="high")), *rows("b", "", **domains())]
    decided = verdicts(("a", "death", "low"), ("a", "pain", "high"), ("b", "", "low"))
    appraised = appraise(["a", "b", "c"], answers, decided, BY_ID)
    assert [(one.study_id, one.about, one.overall, one.proposed, one.state) for one in appraised] == [
        ("a", "death", "low", "low", "complete"),
        ("a", "pain", "high", "high", "complete"),
        ("b", "", "low", "low", "complete"),
        ("c", "", None, None, "pending"),
    ]
    assert appraised[1].label == "study 'a', pain"
    missing = next(overall_issues(decided[1:], {("a", "death"): BY_ID["rob2"]}, ["a", "b", "c"], PATH))
    assert (missing.message, missing.fix) == (
        "study 'a' has an overall answer for 'pain', but no item is answered",
        "valid here: death",
    )


def test_questions_propose_beside_the_judgement_and_wait_where_they_apply():
    questions = {"q1_1": "yes", "q1_2": "no_information", "q1_3": "probably_no", "q2_1": "yes", "q2_2": "no"}
    (one,) = appraise(["a"], rows("a", "", D1="low", **questions), [], BY_ID)
    assert (one.items["D1"].answer, one.items["D1"].proposed, one.state) == ("low", "some_concerns", "partial")
    # The third domain has no answer at all: its judgement waits, not its questions.
    assert (one.open, one.pending_items) == (["2.3", "2.6"], ["D2", "D3", "D4", "D5"])
    assert one.questions["1.3"] == "probably_no"
    messages = [issue.message for issue in pending_issues([one], BY_ID, PATH, PATH)]
    assert "study 'a': no answer to question 2.3, 2.6 of the form 'rob2'" in messages
    (more,) = appraise(["a"], rows("a", "", q1_1="yes", q1_2="no", q1_3="no"), [], BY_ID)
    (message, *_) = [issue.message for issue in pending_issues([more], BY_ID, PATH, PATH)]
    assert "no answer to item D1 (proposed: high), D2" in message


def test_a_judgement_that_departs_from_the_proposal_needs_a_note():
    questions = {"q1_1": "yes", "q1_2": "no", "q1_3": "no"}
    judged = rows("a", "death", **domains(**questions)) + rows("b", "", note="see the protocol", **domains(**questions))
    appraised = appraise(["a", "b"], judged, verdicts(("a", "death", "high"), ("b", "", "low")), BY_ID)
    (issue,) = departure_issues(appraised, PATH)
    assert issue.severity == "warning"
    assert issue.message == (
        "2 judgements depart from the proposal of the form 'rob2' without a note: study 'a', death, D1: low, where the "
        "answers propose high, study 'a', death, overall: high, where the answers propose low"
    )


def test_unclear_is_a_state_of_its_own_and_scores_add_up():
    (one,) = appraise(["a"], rows("a", "", "case_report", **{"1": "unclear", "2": "yes"}), [], BY_ID)
    assert [one.items[name].state for name in ("1", "2", "3")] == ["unclear", "answered", "pending"]
    stars = dict.fromkeys(BY_ID["nos_cohort"].items, "1") | {"C1": "2", "O3": "0"}
    (scored,) = appraise(["a"], rows("a", "", "nos_cohort", **stars), [], BY_ID)
    assert (scored.score, scored.state) == (8, "complete")
    (part,) = appraise(["a"], rows("a", "", "nos_cohort", S1="1"), [], BY_ID)
    assert part.score is None


@pytest.mark.parametrize(
    ("given", "message", "fix"),
    [
        (rows("a", "", D1="maybe"), "'maybe' is not an answer to item D1 of the form 'rob2'", "some_concerns"),
        (rows("a", "", q1_1="low"), "'low' is not an answer to item 1.1", "probably_yes"),
        (rows("a", "", q1_1="not_applicable"), "is not an answer to item 1.1", "no_information"),
        (rows("a", "", q3_2="no_information"), "is not an answer to item 3.2", "not_applicable"),
        (rows("a", "", q9_1="yes"), "has no item '9.1'", "D5"),
        (rows("a", "x", D1="low") + rows("a", "x", "cohort", **{"1": "yes"}), "for 'x'", "'about'"),
    ],
)
def test_a_wrong_answer_is_named_with_what_is_allowed(given, message, fix):
    (issue,) = answer_issues(given, BY_ID, ["a"], PATH)
    assert message in issue.message and fix in issue.fix
    # The same study may be on two forms for two outcomes.
    assert not list(
        answer_issues(rows("a", "x", D1="low") + rows("a", "", "cohort", **{"1": "no"}), BY_ID, ["a"], PATH)
    )


def test_a_sensitivity_analysis_keeps_what_is_at_low_risk_in_all_and_for_each_outcome():
    answers = [
        *rows("a", "death", **domains()),
        *rows("a", "pain", **domains(D4="high")),
        *rows("b", "", **domains()),
        *rows("c", "pain", **domains(D4="some_concerns")),
    ]
    decided = verdicts(("a", "death", "low"), ("a", "pain", "high"), ("b", "", "low"), ("c", "pain", "some_concerns"))
    appraised = appraise(["a", "b", "c", "d"], answers, decided, BY_ID)
    chosen = selections(appraised, BY_ID, None)["low_risk"]
    assert (chosen["studies"], chosen["left_out"]) == (["b"], ["a", "c", "d"])
    assert chosen["about"]["death"] == {"studies": ["a", "b"], "left_out": ["d"]}
    assert chosen["about"]["pain"] == {"studies": ["b"], "left_out": ["a", "c", "d"]}
    rules = {"blinded": {"items": {"D4": ["low", "some_concerns"]}}, "sound": {"overall": ["low", "some_concerns"]}}
    own = selections(appraised, BY_ID, rules)
    assert (own["blinded"]["studies"], own["sound"]["about"]["pain"]["studies"]) == (["b", "c"], ["b", "c"])


def test_without_best_answers_there_is_no_analysis_by_default():
    assert selections(appraise(["a"], rows("a", "", "cohort", **{"1": "yes"}), [], BY_ID), BY_ID, None) == {}


def test_an_analysis_that_names_what_no_form_has_stops():
    rules = {"x": {"overall": ["lo"], "items": {"D7": ["low"], "D1": ["hihg"]}}}
    messages = [str(issue) for issue in selection_issues(rules, {"rob2": BY_ID["rob2"]})]
    assert [text in message for text, message in zip(("'lo'", "'D7'", "'hihg'"), messages, strict=True)] == [True] * 3


def test_a_study_that_is_to_be_excluded_and_is_not_is_named():
    answers = [*rows("a", "", "case_report", **{"1": "no"}), *rows("b", "", "case_report", **{"1": "yes"})]
    appraised = appraise(["a", "b"], answers, verdicts(("a", "", "exclude"), ("b", "", "include")), BY_ID)
    (issue,) = excluded_issues(appraised, PATH)
    assert (issue.severity, issue.message) == ("warning", "1 study is appraised as 'exclude' and still included: a")
    assert not list(excluded_issues(appraised[1:], PATH))


def test_an_outcome_that_is_appraised_is_one_of_the_extraction():
    answers = [*rows("a", "death", **domains()), *rows("a", "paim", **domains()), *rows("b", "", **domains())]
    appraisals = appraise(["a", "b"], answers, [], BY_ID)
    (issue,) = about_issues(appraisals, BY_ID, ["death", "pain"], PATH)
    assert "no study reports the outcome 'paim', which is appraised of a" in issue.message
    assert (issue.severity, issue.fix.partition(";")[0]) == ("warning", "did you mean 'pain'?")
    # A review without a table of outcomes names them as it likes.
    assert list(about_issues(appraisals, BY_ID, [], PATH)) == []


def test_a_rule_may_name_overall_answers_or_items_alone():
    rules = {"sound": {"overall": ["low"]}, "blind": {"items": {"D4": ["low"]}}}
    assert list(selection_issues(rules, {"rob2": BY_ID["rob2"]})) == []
