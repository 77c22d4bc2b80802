import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.common.errors import BuildStop
from prismake.screening import rules as rules_module
from prismake.screening.rules import first_rule, make_rule

REVIEW = {
    "id": "review",
    "label": "Narrative review",
    "publication_types": ["Review"],
    "title_patterns": [r"\bnarrative review\b"],
    "unless_publication_types": ["Case Reports"],
    "unless_title_patterns": [r"\bcase report\b"],
}
EDITORIAL = {"id": "editorial", "label": "Editorial", "publication_types": ["Editorial"]}


def rules(*blocks):
    made = [make_rule(block, "config.yaml") for block in blocks]
    assert not [fault for _, faults in made for fault in faults]
    return [rule for rule, _ in made]


@pytest.mark.parametrize(
    ("title", "types", "matched"),
    [
        ("Cement", "Journal Article; Review", "publication type: Review"),
        ("Cement", "review", "publication type: review"),
        ("Cement: a NARRATIVE review", "", "title: NARRATIVE review"),
        ("Cement", "Systematic Review", ""),  # a whole type, not a part of its name
        ("Cement", "Review; Case Reports", ""),
        ("A case report and narrative review", "", ""),
        ("Peer reviewing", "", ""),
    ],
)
def test_what_a_rule_finds(title, types, matched):
    assert rules(REVIEW)[0].match(title, types) == matched


def test_first_rule_that_fires_wins():
    def first(*declared):
        fired = first_rule(rules(*declared), "", "Review; Editorial")
        return fired and fired[0].id

    assert first(EDITORIAL, REVIEW) == "editorial"
    assert first(REVIEW, EDITORIAL) == "review"
    assert first_rule(rules(REVIEW, EDITORIAL), "Cement", "Journal Article") is None


@pytest.mark.parametrize(
    ("block", "code", "message"),
    [
        ({"id": "empty"}, "empty-rule", "can never match"),
        ({"id": "broken", "title_patterns": ["(review"]}, "pattern", "not a regular expression"),
        ({"id": "all", "title_patterns": ["review|"]}, "pattern", "matches every title"),
    ],
)
def test_faults_of_a_rule_are_reported(block, code, message):
    _, faults = make_rule(block, "config.yaml, screening.stages[1].rules[1]")
    assert [fault.code for fault in faults] == [code]
    assert message in faults[0].message
    assert faults[0].where.endswith("rules[1]")


@given(title=st.text(max_size=60), types=st.lists(st.sampled_from(["Review", "Editorial", "Case Reports", "Letter"])))
@settings(max_examples=60, deadline=None)
def test_an_exception_always_protects(title, types):
    cell = "; ".join([*types, "Case Reports"])
    assert rules(REVIEW)[0].match(title, cell) == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bounded on Linux only")
def test_a_pattern_that_never_ends_is_reported_with_its_place(monkeypatch):
    monkeypatch.setattr(rules_module, "LONGEST", 0.2)
    slow = rules({"id": "slow", "label": "Slow", "title_patterns": [r"^(a+)+$"]})
    with pytest.raises(BuildStop) as caught:
        first_rule(slow, "a" * 60 + "b", "")
    assert "config.yaml: the pattern '^(a+)+$' takes too long" in str(caught.value)
