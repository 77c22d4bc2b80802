"""Sentences of several topics, true and false: errors are precise, and what is false is found."""

from collections import Counter

import pytest
from prismake.audit.findings import RULES

from .corpus import Sentence, audited, measures, topics

LEAST = 60
PRECISION = 0.95
RECALL = 0.85


@pytest.fixture(scope="module")
def sentences() -> list[Sentence]:
    return [sentence for topic in topics() for sentence in audited(topic)]


def test_every_family_has_sentences_enough_from_five_topics(sentences):
    sides = Counter((one.family, bool(one.rule)) for one in sentences)
    assert len(sides) == 10 and min(sides.values()) >= LEAST
    assert all(len({one.topic for one in sentences if one.family == family}) >= 5 for family, _ in sides)


def test_every_rule_about_text_and_ledger_has_its_false_sentences(sentences):
    files = ("typed", "bound", "standing")
    errors = {
        name
        for name, rule in RULES.items()
        if rule.severity == "error" and rule.check.__module__.rpartition(".")[2] in files
    }
    assert errors <= {one.rule for one in sentences}


def test_errors_are_precise_and_find_what_is_false(sentences):
    bad = [one for one in measures(sentences) if one.precision < PRECISION or one.caught_by_any < RECALL * one.meant]
    assert bad == []
