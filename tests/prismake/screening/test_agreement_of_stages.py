"""Which stages have an agreement, what they count, and the warning where some records have one answer alone."""

import pytest
from prismake.common.kappa import SAME, agreement
from prismake.common.matching import Named
from prismake.screening.agreement import agreement_of_stages, one_answer_issues
from prismake.screening.decisions import Conflict, Settled, answers_of
from prismake.screening.stages import make_stages
from prismake.screening.votes import Vote

IN, EX = "include", "exclude"
STAGES = make_stages([{"id": "title"}, {"id": "abstract"}, {"id": "fulltext"}])


def test_a_stage_of_one_reviewer_has_no_agreement() -> None:
    settled = Settled(
        conflicts=[
            Conflict("r2", "abstract", "include against exclude", ()),
            Conflict("r3", "abstract", "include against exclude", (), "include"),
            Conflict("r2", "fulltext", "include against exclude", ()),
        ]
    )
    answers = {
        "title": {"r1": {"Ana": IN}, "r2": {"Ana": EX}},
        "abstract": {"r1": {"Ben": IN, "Ana": IN}, "r2": {"Ana": IN, "Ben": EX}, "r3": {"Ana": IN, "Ben": EX}},
    }
    (result,) = agreement_of_stages(answers, STAGES, settled)
    assert (result["stage"], result["reviewers"], result["n"], result["agree"]) == ("abstract", ["Ana", "Ben"], 3, 1)
    assert (result["conflicts"], result["open"]) == (2, 1)


def team(both: int, first: int) -> dict[str, dict[str, str]]:
    """Answers of a stage: so many records with two, so many with one."""
    return {
        **{f"r{number}": {"Ana": IN, "Ben": IN} for number in range(both)},
        **{f"s{number}": {"Ana": IN} for number in range(first)},
    }


@pytest.mark.parametrize(
    ("both", "first", "warned"),
    [(3, 0, False), (3, 1, True), (3, 2, True), (3, 3, False), (3, 4, False), (1, 1, False), (0, 3, False)],
)
def test_few_records_with_one_answer_are_a_warning(both: int, first: int, warned: bool) -> None:
    issues = one_answer_issues([], STAGES, {"abstract": team(both, first)})
    assert [issue.code for issue in issues] == ["one-answer"] * warned
    assert all(issue.severity == "warning" and issue.where == "stage 'abstract'" for issue in issues)


def test_the_warning_counts_and_names() -> None:
    (issue,) = one_answer_issues([], STAGES, {"abstract": team(3, 2)})
    assert issue.message.startswith("2 records ") and "Ana 5, Ben 3" in issue.message and "s0" in issue.message
    (issue,) = one_answer_issues([], STAGES, {"abstract": team(3, 1)})
    assert issue.message.startswith("1 record ")


@pytest.mark.parametrize(("reviewers", "warned"), [(1, True), (2, False), (3, False)])
def test_a_stage_that_asks_for_two_reviewers_waits_instead(reviewers: int, warned: bool) -> None:
    stages = make_stages([{"id": "abstract", "reviewers": reviewers}])
    assert bool(one_answer_issues([], stages, {"abstract": team(3, 1)})) == warned


def test_a_decision_of_the_team_stands_for_the_second_answer() -> None:
    def vote(stage: str, reviewer: str) -> Vote:
        return Vote(Named(), stage, reviewer, IN, (), "", "", "f:1", "s0")

    answers = {"abstract": team(3, 1)}
    assert not one_answer_issues([vote("abstract", "")], STAGES, answers)
    assert one_answer_issues([vote("fulltext", "")], STAGES, answers)
    assert one_answer_issues([vote("abstract", "Ana")], STAGES, answers)


def test_three_who_all_say_the_same_have_no_kappa() -> None:
    names = ["A", "B", "C"]
    result = agreement({"1": dict.fromkeys(names, IN), "2": dict.fromkeys(names, IN)}, names)
    assert (result["n"], result["agree"], result["raw"], result["kappa"], result["reason"]) == (2, 2, 1.0, None, SAME)


def test_a_maybe_against_a_decision_is_a_disagreement() -> None:
    answers = [("r1", "Ana", IN), ("r1", "Ben", "maybe"), ("r2", "Ana", EX), ("r2", "Ben", EX)]
    votes = [Vote(Named(), "abstract", who, answer, (), "", "", "f:1", record) for record, who, answer in answers]
    (result,) = agreement_of_stages(answers_of(votes, STAGES), STAGES, Settled())
    assert (result["n"], result["agree"], result["raw"]) == (2, 1, 0.5)
    assert result["kappa"] < 1
