"""The verdict on one record at one stage, whole, and decisions on records that did not reach their stage."""

import pytest
from prismake.common.matching import Named
from prismake.common.results.screening import EXCLUDED_BY_APPRAISAL
from prismake.screening.decisions import Conflict, Decision, Settled
from prismake.screening.screen import Undecided, Verdict, judge, judge_all
from prismake.screening.stages import make_stages
from prismake.screening.unreached import unreached
from prismake.screening.votes import Vote

RULES, BOTH, PEOPLE = make_stages(
    [
        {"id": "title", "rules": [{"id": "review", "label": "A review", "title_patterns": ["review"]}]},
        {
            "id": "abstract",
            "rules": [{"id": "letter", "label": "A letter", "publication_types": ["Letter"]}],
            "reasons": {"topic": "Off topic"},
        },
        {"id": "fulltext", "reasons": {"outcome": "No outcome"}},
    ]
)
RECORD = {"record_id": "s:1", "title": "A cohort", "publication_types": ""}


def decided(decision: str, *reasons: str) -> Decision:
    return Decision(decision, reasons, "a note", "t.csv:2", "t.csv:2")


def test_a_rule_says_everything_about_its_exclusion() -> None:
    assert judge({**RECORD, "title": "A review"}, RULES, {}, Undecided()) == Verdict(
        "s:1", "title", "exclude", "review", "A review", "title: review", "rule review"
    )
    assert judge(
        {**RECORD, "publication_types": "Letter"}, BOTH, {("s:1", "abstract"): decided("include")}, Undecided()
    ) == (Verdict("s:1", "abstract", "exclude", "letter", "A letter", "publication type: Letter", "rule letter"))


def test_what_the_rules_leave_passes_or_is_decided_by_people() -> None:
    assert judge(RECORD, RULES, {}, Undecided()) == Verdict("s:1", "title", "include")
    assert judge(RECORD, PEOPLE, {}, Undecided({("s:1", "fulltext"): "why"})) == Verdict(
        "s:1", "fulltext", "pending", note="why"
    )
    assert judge(RECORD, PEOPLE, {}, Undecided({("s:2", "fulltext"): "why"})) == Verdict("s:1", "fulltext", "pending")
    key = ("s:1", "fulltext")
    assert judge(RECORD, PEOPLE, {key: decided("exclude", "outcome")}, Undecided()) == Verdict(
        "s:1", "fulltext", "exclude", "outcome", "No outcome", "", "t.csv:2", "a note"
    )
    assert judge(RECORD, PEOPLE, {key: decided("include")}, Undecided()) == Verdict(
        "s:1", "fulltext", "include", "", "", "", "t.csv:2", "a note"
    )


STAGES = [RULES, BOTH, PEOPLE]


def faults(record: dict[str, str], settled: Settled) -> list[tuple[str, str, str]]:
    trails = judge_all([{**RECORD, **record}], STAGES, settled.decisions)
    return [(issue.code, issue.severity, issue.where) for issue in unreached(trails, settled)]


@pytest.mark.parametrize(
    ("record", "decisions", "result"),
    [
        ({}, {"abstract": decided("include"), "fulltext": decided("include")}, []),
        ({}, {"fulltext": decided("include")}, [("stage-skipped", "error", "t.csv:2")]),
        (
            {},
            {"abstract": decided("exclude", "topic"), "fulltext": decided("exclude", "outcome")},
            [("stage-not-reached", "error", "t.csv:2")],
        ),
        # What a rule excluded may be excluded again, at that stage or a later one, and not be included.
        ({"title": "A review"}, {"fulltext": decided("exclude", "outcome")}, [("repeats-rule", "warning", "t.csv:2")]),
        ({"title": "A review"}, {"fulltext": decided("include")}, [("stage-not-reached", "error", "t.csv:2")]),
        (
            {"publication_types": "Letter"},
            {"abstract": decided("exclude", "topic")},
            [("repeats-rule", "warning", "t.csv:2")],
        ),
        ({"publication_types": "Letter"}, {"abstract": decided("include")}, [("against-rule", "error", "t.csv:2")]),
    ],
)
def test_a_decision_on_a_record_that_is_not_there(
    record: dict[str, str], decisions: dict[str, Decision], result: list[tuple[str, str, str]]
) -> None:
    settled = Settled(decisions={("s:1", stage): decision for stage, decision in decisions.items()})
    assert faults(record, settled) == result


def test_a_conflict_on_a_record_that_is_not_there_names_both_reviewers() -> None:
    votes = tuple(
        Vote(Named(), "fulltext", reviewer, "include", (), "", "", f"{reviewer}.csv:4") for reviewer in ("Ana", "Ben")
    )
    settled = Settled(conflicts=[Conflict("s:1", "fulltext", "include against exclude", votes)])
    (issue,) = unreached(judge_all([{**RECORD, "title": "A review"}], STAGES, {}), settled)
    assert (issue.code, issue.where) == ("stage-not-reached", "Ana.csv:4; Ben.csv:4")
    settled = Settled(conflicts=[Conflict("s:1", "abstract", "include against exclude", votes)])
    trails = judge_all([{**RECORD, "publication_types": "Letter"}], STAGES, {})
    (issue,) = unreached(trails, settled)
    assert issue.severity == "warning" and issue.message.startswith("two answers for 's:1', which rule letter excludes")


def test_decisions_astray_for_one_cause_are_one_fault_with_their_number() -> None:
    names = [f"s:{number}" for number in range(1, 15)]
    trails = judge_all([{**RECORD, "record_id": name} for name in names], STAGES, {})
    votes = tuple(Vote(Named(), "abstract", name, "include", (), "", "", f"{name}.csv:4") for name in ("Ana", "Ben"))
    settled = Settled(
        decisions={(name, "fulltext"): decided("include") for name in names},
        conflicts=[Conflict("s:14", "abstract", "include against exclude", votes)],
        short={("s:13", "abstract"): "decided by 1 of 2 reviewers"},
    )
    waiting, few, disputed = unreached(trails, settled)
    assert waiting.message == (
        "12 records are decided at stage 'fulltext' but not at the earlier stage 'abstract': s:1, s:2, s:3, s:4, s:5 "
        "and 7 more"
    )
    assert (waiting.where, waiting.fix) == ("t.csv:2", "decide them at 'abstract' as well, or remove the rows")
    assert few.message.endswith("not at the earlier stage 'abstract', where too few reviewers have decided")
    assert few.fix == "add the missing reviewers' decisions at 'abstract', or remove the row"
    assert disputed.message.startswith("'s:14' is decided")
    assert disputed.fix == "settle the conflict at 'abstract' first"


@pytest.mark.parametrize(
    ("record", "decision", "start"),
    [
        ({"title": "A review"}, "include", "2 records did not reach stage 'fulltext', excluded at 'title': s:1, s:2"),
        ({"title": "A review"}, "exclude", "exclude for 2 records, which rule review excludes: s:1, s:2"),
    ],
)
def test_decisions_on_what_was_excluded_are_one_fault(record: dict[str, str], decision: str, start: str) -> None:
    records = [{**RECORD, **record, "record_id": name} for name in ("s:1", "s:2")]
    settled = Settled(decisions={(one["record_id"], "fulltext"): decided(decision, "outcome") for one in records})
    (issue,) = unreached(judge_all(records, STAGES, {}), settled)
    assert issue.message == start


def test_a_stage_by_appraisal_lets_pass_what_the_appraisal_does_not_exclude() -> None:
    (stage,) = make_stages([{"id": "appraisal", "reasons": {"quality": "Low"}, "by_appraisal": ["high"]}])
    assert judge(RECORD, stage, {}, Undecided()).decision == "include"
    key = ("s:1", "appraisal")
    assert judge(RECORD, stage, {key: decided("exclude", "quality")}, Undecided()).label == "Low"
    # Where reviewers disagree by hand, the record waits.
    assert judge(RECORD, stage, {}, Undecided({key: "why"})).decision == "pending"


def test_a_study_may_be_appraised_before_its_report_is_excluded_for_another_reason() -> None:
    trails = {"s:1": [Verdict("s:1", "fulltext", "exclude", decided_by="t.csv:2")]}
    place = f"{EXCLUDED_BY_APPRAISAL.path}:2"
    settled = Settled({("s:1", "appraisal"): Decision("exclude", ("quality",), "", place, place)})
    assert unreached(trails, settled) == []
    by_hand = Settled({("s:1", "appraisal"): decided("exclude", "quality")})
    assert len(unreached(trails, by_hand)) == 1
