from pathlib import Path

import pytest
from prismake.common.matching import Matcher
from prismake.screening.decisions import as_vote, checked_votes
from prismake.screening.decisions import settle as settle_votes
from prismake.screening.stages import make_stages

TABLE = Path("data/screening/decisions.csv")
STAGES = make_stages(
    [
        {"id": "title", "rules": [{"id": "review", "label": "Review", "publication_types": ["Review"]}]},
        {"id": "abstract"},
        {"id": "fulltext", "reasons": {"no_outcome": "No outcome", "no_detail": "No detail"}},
    ]
)
SURVIVORS = {"pubmed:1": "pubmed:1", "embase:L1": "pubmed:1", "pubmed:2": "pubmed:2"}


def row(record_id, stage, decision, reason=None, line=2):
    return {
        "record_id": record_id,
        "stage": stage,
        "decision": decision,
        "reason": reason,
        "note": None,
        "__line__": line,
    }


def settle(*rows):
    votes, faults = checked_votes([as_vote(row, TABLE) for row in rows], Matcher(SURVIVORS), STAGES)
    settled, contradictions = settle_votes(votes, STAGES)
    return settled.decisions, faults + contradictions


def test_a_decision_on_any_member_holds_for_the_cluster():
    settled, issues = settle(row("embase:L1", "fulltext", "exclude", "no_outcome"))
    assert not issues
    assert settled["pubmed:1", "fulltext"].verdict == "exclude (no_outcome)"
    assert settled["pubmed:1", "fulltext"].where == "data/screening/decisions.csv:2"


@pytest.mark.parametrize(
    ("given", "code", "fix"),
    [
        (row("pubmd:1", "abstract", "include"), "unknown-record", "did you mean 'pubmed:1'?"),
        (row("scopus:99999999", "abstract", "include"), "unknown-record", "clusters.csv lists all"),
        # Another record of the same search is no typing mistake: the export may have lost this one.
        (row("pubmed:9841", "abstract", "include"), "unknown-record", "rejected.csv those that could not be read"),
        (row("pubmed:1", "full-text", "include"), "unknown-stage", "did you mean 'fulltext'?"),
        (row("pubmed:1", "title", "exclude"), "rules-only", "declare reasons"),
        (row("pubmed:1", "fulltext", "exclude"), "no-reason", "no_outcome, no_detail"),
        (
            row("pubmed:1", "fulltext", "exclude", "no_outcomes"),
            "unknown-reason",
            'no_outcome:\n         - "no_outcomes"',
        ),
        (
            row("pubmed:1", "abstract", "exclude", "off_topic"),
            "unknown-reason",
            'reasons:\n       off_topic: "off_topic"',
        ),
        (row("pubmed:1", "abstract", "include", "off_topic"), "reason-of-include", "clear the reason"),
    ],
)
def test_faults_of_a_row_name_the_line_and_what_to_do(given, code, fix):
    settled, issues = settle(given)
    assert not settled
    assert [issue.code for issue in issues] == [code]
    assert issues[0].where == "data/screening/decisions.csv:2"
    assert fix in issues[0].fix


def test_all_faults_of_all_rows_are_gathered():
    faulty = row("nobody:1", "nowhere", "include", line=2)
    _, issues = settle(faulty, row("pubmed:1", "fulltext", "exclude", line=3))
    assert [(issue.code, issue.where[-2:]) for issue in issues] == [
        ("unknown-record", ":2"),
        ("unknown-stage", ":2"),
        ("no-reason", ":3"),
    ]


@pytest.mark.parametrize("other", [("include", None), ("exclude", "no_detail")])
def test_members_of_a_cluster_must_not_contradict_each_other(other):
    _, issues = settle(
        row("pubmed:1", "fulltext", "exclude", "no_outcome", line=2),
        row("embase:L1", "fulltext", *other) | {"__line__": 5},
    )
    assert [issue.code for issue in issues] == ["contradiction"]
    assert issues[0].where.endswith(":5")
    assert "decisions.csv:2 says exclude (no_outcome)" in issues[0].message


def test_saying_the_same_twice_is_not_a_contradiction():
    settled, issues = settle(row("pubmed:1", "abstract", "include"), row("embase:L1", "abstract", "include", line=3))
    assert not issues
    assert len(settled) == 1


def test_a_vote_takes_everything_from_its_row():
    written = {
        **row("pubmed:1", "fulltext", "exclude", "no_outcome", line=7),
        "title": "A title",
        "year": "2014",
        "reviewer": "Ana",
        "note": "a note",
        "date": "2026-01-31",
    }
    vote = as_vote(written, TABLE)
    assert (vote.named.ids, vote.named.title, vote.named.year) == (("pubmed:1",), "A title", "2014")
    assert (vote.stage, vote.reviewer, vote.decision, vote.reasons) == ("fulltext", "Ana", "exclude", ("no_outcome",))
    assert (vote.note, vote.date, vote.where) == ("a note", "2026-01-31", "data/screening/decisions.csv:7")
    empty = as_vote(row("pubmed:1", "fulltext", "include"), TABLE)
    assert (empty.named.title, empty.named.year, empty.reviewer) == ("", "", "")
    assert (empty.reasons, empty.note, empty.date) == ((), "", "")


def test_a_contradiction_needs_no_reasons():
    _, issues = settle(row("pubmed:1", "abstract", "include"), row("pubmed:1", "abstract", "exclude", line=3))
    assert [(issue.code, issue.where[-2:]) for issue in issues] == [("contradiction", ":3")]
    _, issues = settle(
        *(row("pubmed:1", "abstract", "include", line=n) for n in (2, 3)),
        row("pubmed:1", "abstract", "exclude", line=4),
    )
    assert [(issue.code, issue.where[-2:]) for issue in issues] == [("contradiction", ":4")]


def test_one_reviewers_note_stands_without_a_name():
    def noted(reviewer, note, line):
        return {**row("pubmed:2", "abstract", "include", line=line), "reviewer": reviewer, "note": note}

    settled, _ = settle(noted("Ana", "first", 2), noted("Ana", "second", 3))
    assert settled["pubmed:2", "abstract"].note == "first; second"
    settled, _ = settle(noted("Ana", "first", 2), noted("Ben", "second", 3))
    assert settled["pubmed:2", "abstract"].note == "Ana: first; Ben: second"
