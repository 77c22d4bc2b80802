from datetime import date

import pytest
from prismake.common.errors import grouped
from prismake.common.matching import Named
from prismake.screening.dates import date_issues
from prismake.screening.votes import HIDDEN, Vote, day_of, labels, relabelled, without_addresses


def test_addresses_become_neutral_labels_whatever_their_order():
    names = ["zoe@example.org", "ana@example.org", "Li"]
    result = labels(names, {})
    assert result == labels(reversed(names), {})
    assert result["Li"] == "Li" and {result[name] for name in names[:2]} == {"Reviewer 1", "Reviewer 2"}
    # Not the alphabet's order: numbers follow the addresses' hashes.
    many = [f"{letter}@example.org" for letter in "abcdefgh"]
    assert [labels(many, {})[name] for name in many] != [f"Reviewer {n}" for n in range(1, 9)]


def test_an_address_is_one_person_and_a_label_is_taken_once():
    result = labels(["Ana@example.org", "ana@example.org ", "Reviewer 1"], {})
    assert result["Ana@example.org"] == result["ana@example.org "] == "Reviewer 2"
    assert labels(["ana@example.org", "Li"], {"Reviewer 1": "AM", "Li": "BL"}) == {"ana@example.org": "AM", "Li": "BL"}


def test_addresses_leave_notes_and_reasons():
    vote = Vote(Named(), "s", "x@y.org", "exclude", ("ask x@y.org",), "see mailto:x@y.org!", "", "f:1")
    (changed,) = relabelled([vote], labels(["x@y.org"], {}))
    assert "@" not in repr(changed)
    assert without_addresses("a b@c.de f") == f"a {HIDDEN} f"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-31", date(2026, 1, 31)),
        ("2026/1/5 10:00:00 UTC", date(2026, 1, 5)),
        ("2026-01-31T10:00:00.123Z", date(2026, 1, 31)),
        ("1767607200.5", date(2026, 1, 5)),
        ("2026-02-30", None),
        ("31.01.2026", None),
        ("soon", None),
    ],
)
def test_days(text, day):
    assert day_of(text) == day


def test_dates_are_held_against_the_searches():
    days = ["2025-12-16", "2026-01-10", "2205-12-16", "2025-12-01", "gestern", "gestern"]
    votes = [Vote(Named(), "s", "", "include", (), "", day, f"f:{n}") for n, day in enumerate(days, start=2)]
    result = grouped(date_issues(votes, ["2025-12-15", "2025-12-16"], "2026-01-01"))
    assert [(issue.where, issue.severity) for issue in result] == [
        ("f:3", "error"),
        ("f:4", "error"),
        ("f:5", "warning"),
        ("f:6 (2 rows, also line 7)", "error"),
    ]
    assert "after the last day of screening" in result[0].message
    assert result[3].message == "'gestern' is not a valid date"
    assert "more than 10 years after the last search" in date_issues(votes, ["2025-12-15"], "")[0].message


def test_a_configured_name_is_taken_too():
    """A person whom config.yaml calls "Reviewer 1" leaves that label to nobody else."""
    result = labels(["Li", "ana@example.org"], {"Li": "Reviewer 1"})
    assert result == {"Li": "Reviewer 1", "ana@example.org": "Reviewer 2"}
    assert labels(["Reviewer 1", "ana@example.org"], {"Reviewer 1": "Li"}) == {
        "Reviewer 1": "Li",
        "ana@example.org": "Reviewer 2",
    }


def test_a_sign_of_an_address_alone_is_none():
    assert labels(["Ana @ home"], {}) == {"Ana @ home": "Ana @ home"}
    assert without_addresses("half @ price") == "half @ price"


@pytest.mark.parametrize(
    ("note", "reasons", "hidden"),
    [
        ("kept as it is", ("ask a@b.org", "design"), ("kept as it is", (f"ask {HIDDEN}", "design"))),
        ("ask a@b.org", ("design",), (f"ask {HIDDEN}", ("design",))),
        ("plain", ("design", "topic"), ("plain", ("design", "topic"))),
    ],
)
def test_notes_and_reasons_lose_addresses_and_nothing_else(note, reasons, hidden):
    vote = Vote(Named(), "s", "Ana", "exclude", reasons, note, "2026-01-01", "f:1")
    (changed,) = relabelled([vote], {"Ana": "Ana"})
    assert (changed.note, changed.reasons, changed.reviewer, changed.date) == (*hidden, "Ana", "2026-01-01")
    assert relabelled([vote], {"Ana": "AM"})[0].reviewer == "AM"
    team = Vote(Named(), "s", "", "include", (), "", "", "f:1")
    assert relabelled([team], {"": "nobody"}) == [team]


def test_a_vote_keeps_everything_when_its_record_is_known():
    vote = Vote(Named(title="T"), "s", "Ana", "exclude", ("design",), "note", "2026-01-01", "f:1")
    known = vote.of("kept", "member", "DOI")
    assert (known.record, known.member, known.matched_by) == ("kept", "member", "DOI")
    assert known.of("", "", "") == vote
