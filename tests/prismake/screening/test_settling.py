"""What the votes on one record come to: every kind of agreement and conflict, whole."""

import pytest
from prismake.common.matching import Matcher, named_by
from prismake.screening.decisions import Conflict, Decision, answers_of, checked_votes, settle
from prismake.screening.stages import make_stages
from prismake.screening.votes import Vote

STAGES = make_stages(
    [
        {"id": "title", "reasons": {"letter": "Letter", "review": "Review"}, "maybe": "include"},
        {"id": "abstract", "reviewers": 2},
        {"id": "fulltext", "reasons": {"design": "Design", "outcome": "Outcome", "dose": "Dose"}},
    ]
)


def cast(stage: str, *votes: str) -> list[Vote]:
    """Votes such as `Ana exclude outcome dose` and `team include`, each on a line of its own."""
    items = []
    for line, text in enumerate(votes, 2):
        name, decision, *reasons = text.split()
        reviewer = "" if name == "team" else name
        vote = Vote(named_by("r:1"), stage, reviewer, decision, tuple(reasons), "", "", f"d.csv:{line}")
        items.append(vote.of("r:1", "r:1", "id"))
    return items


# stage, votes -> decision, reasons and where; None where nothing is decided.
DECIDED: list[tuple[str, list[str], tuple[str, tuple[str, ...], str] | None]] = [
    ("fulltext", ["team include"], ("include", (), "d.csv:2")),
    ("fulltext", ["Ana include"], ("include", (), "Ana d.csv:2")),
    ("fulltext", ["Ana include", "Ben include"], ("include", (), "Ana d.csv:2; Ben d.csv:3")),
    ("fulltext", ["Ana exclude dose", "team exclude design"], ("exclude", ("design",), "d.csv:3")),
    ("fulltext", ["Ana exclude dose", "Ben exclude dose"], ("exclude", ("dose",), "Ana d.csv:2; Ben d.csv:3")),
    # The order of the reasons is that of config.yaml, whoever came first.
    (
        "fulltext",
        ["Ana exclude dose", "Ben exclude design"],
        ("exclude", ("design", "dose"), "Ana d.csv:2; Ben d.csv:3"),
    ),
    ("fulltext", ["Ana exclude outcome", "Ben exclude"], ("exclude", ("outcome",), "Ana d.csv:2; Ben d.csv:3")),
    ("fulltext", ["Ana exclude dose", "Ben include"], None),
    ("fulltext", ["Ana maybe"], None),
    ("fulltext", ["team maybe"], None),
    ("fulltext", ["team maybe", "Ana include"], ("include", (), "Ana d.csv:3")),
    ("title", ["Ana maybe"], ("include", (), "Ana d.csv:2")),
    ("title", ["Ana maybe", "Ben include"], ("include", (), "Ana d.csv:2; Ben d.csv:3")),
    ("title", ["Ana maybe", "Ben exclude letter"], None),
    ("abstract", ["Ana include"], None),
    ("abstract", ["Ana include", "Ana include"], None),
    ("abstract", ["Ana exclude", "Ben exclude"], ("exclude", (), "Ana d.csv:2; Ben d.csv:3")),
    ("abstract", ["team exclude"], ("exclude", (), "d.csv:2")),
]


@pytest.mark.parametrize(("stage", "votes", "expected"), DECIDED)
def test_what_the_votes_decide(stage: str, votes: list[str], expected: tuple[str, tuple[str, ...], str] | None) -> None:
    settled, issues = settle(cast(stage, *votes), STAGES)
    assert issues == []
    result = settled.decisions.get(("r:1", stage))
    assert (result and (result.decision, result.reasons, result.where)) == expected


CONFLICTS = [
    ("fulltext", ["Ana include", "Ben exclude dose"], "include against exclude"),
    ("fulltext", ["Ana include", "Ben maybe"], "maybe against a decision"),
    ("fulltext", ["Ana exclude dose", "Ben maybe"], "maybe against a decision"),
    ("fulltext", ["Ana include", "Ben maybe", "Cat exclude dose"], "maybe against a decision"),
    ("fulltext", ["Ana maybe", "Ben maybe"], "undecided"),
    ("fulltext", ["Ana maybe", "Ana include"], "one reviewer, two answers"),
    ("fulltext", ["Ben include", "Ana include", "Ana exclude dose"], "one reviewer, two answers"),
    ("title", ["Ana maybe", "Ben exclude letter"], "include against exclude"),
    ("title", ["Ana maybe", "Ben maybe"], ""),
    ("title", ["Ana maybe", "Ana include"], ""),
    ("abstract", ["Ana include", "Ben exclude"], "include against exclude"),
    ("fulltext", ["Ana include", "Ben include"], ""),
]


@pytest.mark.parametrize("settled_by", ["", "team include", "team exclude design"])
@pytest.mark.parametrize(("stage", "votes", "kind"), CONFLICTS)
def test_conflicts_and_what_settles_them(stage: str, votes: list[str], kind: str, settled_by: str) -> None:
    people = cast(stage, *votes)
    settled, issues = settle(cast(stage, *votes, *([settled_by] if settled_by else [])), STAGES)
    verdict = {"": "", "team include": "include", "team exclude design": "exclude (design)"}[settled_by]
    conflict = Conflict("r:1", stage, kind, tuple(people), verdict)
    assert (settled.conflicts, issues) == ([conflict] if kind else [], [])
    assert settled.open == ({("r:1", stage): conflict} if kind and not settled_by else {})
    assert bool(settled.decisions) == (bool(settled_by) or not kind)
    assert conflict.answers == ", ".join(f"{vote.reviewer} {vote.verdict} ({vote.where})" for vote in people)


def test_a_stage_short_of_reviewers_says_by_how_many() -> None:
    settled, _ = settle(cast("abstract", "Ana include"), STAGES)
    assert settled.short == {("r:1", "abstract"): "decided by 1 of 2 reviewers (Ana d.csv:2)"}
    settled, _ = settle(cast("abstract", "Ana include", "Ben include"), STAGES)
    assert settled.short == {}


def test_reviewers_who_exclude_without_a_reason_are_a_fault() -> None:
    settled, issues = settle(cast("fulltext", "Ana exclude", "Ben exclude"), STAGES)
    assert [(issue.code, issue.where) for issue in issues] == [("no-reason", "d.csv:2; d.csv:3")]
    assert issues[0].message == "'r:1' is excluded at stage 'fulltext' without a reason"
    assert issues[0].fix.endswith("valid here: design, outcome, dose")
    assert settled.decisions == {}


def test_other_votes_do_not_stop_at_a_conflict_or_a_fault() -> None:
    """Each record and stage is settled by itself, in the order in which they come."""
    votes = [
        *cast("abstract", "Ana include"),
        *cast("title", "Ana include", "Ben exclude letter"),
        *cast("fulltext", "Ana exclude", "Ben exclude"),
        *(vote.of("r:2", "r:3", "id") for vote in cast("fulltext", "Ana exclude dose", "Ben exclude design")),
    ]
    settled, issues = settle(votes, STAGES)
    assert (len(settled.short), len(settled.conflicts), len(issues)) == (1, 1, 1)
    note = "decided on r:3, merged into r:2; reasons: design, dose"
    assert settled.decisions == {
        ("r:2", "fulltext"): Decision(
            "exclude", ("design", "dose"), note, "Ana d.csv:2; Ben d.csv:3", "d.csv:2; d.csv:3"
        )
    }


def test_a_vote_without_a_stage_is_for_the_only_one_that_takes_decisions() -> None:
    matcher = Matcher({"r:1": "r:1"})
    (vote,) = cast("", "Ana include")
    rules_only = {"id": "sift", "rules": [{"id": "old", "label": "Old", "title_patterns": ["1989"]}]}
    stages = make_stages([rules_only, {"id": "fulltext", "reasons": {"design": "Design"}}])
    (good,), issues = checked_votes([vote], matcher, stages)
    assert (good.stage, good.record, good.member, good.matched_by) == ("fulltext", "r:1", "r:1", "record id")
    assert issues == []
    for stage, code in (("sift", "rules-only"), ("elsewhere", "unknown-stage")):
        none, issues = checked_votes(cast(stage, "Ana include"), matcher, stages)
        assert (none, [issue.code for issue in issues]) == ([], [code])
    none, (issue,) = checked_votes([vote], matcher, STAGES)
    assert (none, issue.code, issue.where) == ([], "no-stage", "d.csv:2")
    assert issue.fix == "add 'stage: title' to its source"


def test_answers_are_those_of_reviewers_alone() -> None:
    votes = [
        *cast("fulltext", "team include", "Ana include", "team exclude dose", "Ben exclude dose", "Cat maybe"),
        *cast("fulltext", "Dan include", "Dan include", "Eva include", "Eva exclude dose"),
        *(vote.of("r:2", "r:2", "id") for vote in cast("title", "Ana maybe", "Ben exclude letter", "Ben include")),
    ]
    assert answers_of(votes, STAGES) == {
        "fulltext": {"r:1": {"Ana": "include", "Ben": "exclude", "Cat": "maybe", "Dan": "include", "Eva": ""}},
        "title": {"r:2": {"Ana": "include", "Ben": ""}},
    }
