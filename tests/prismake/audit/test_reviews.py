"""Small reviews of other topics: clean as they are written, and wrong numbers in them are caught."""

from collections import defaultdict

import pytest
from prismake.audit.run import audit

from tools.mutate_text import run

from .manuscripts import review

REVIEWS = (
    *("cattle", "hearing", "smog", "stuttering"),
    *("dental", "diabetes", "falls", "imaging", "nights", "scoping", "software", "soil", "telehealth", "trials"),
    "reading",
    "ultrasound",
)
MUTATED = ("nights", "scoping", "trials", "ultrasound")
# The least share that the audit catches, by part of the manuscript, of numbers that were typed.
TYPED = {"findings": 0.95, "discussion": 0.85}
# The least share of expressions that were exchanged: for any other of the text, and for one of the same noun.
EXCHANGED = {"exchanged": 0.85, "exchanged alike": 0.8}


@pytest.mark.parametrize("name", REVIEWS)
def test_a_review_without_faults_draws_no_finding(tmp_path, name):
    made = review(tmp_path, name)
    assert sum(len(passage.printed) for passage in made.passages) >= 38
    assert audit(made).of("error", "warning") == []


@pytest.mark.parametrize("name", MUTATED)
def test_wrong_numbers_are_caught(tmp_path, name):
    made = review(tmp_path, name)
    typed: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    exchanged: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    shares, _ = run(made, seed=1)
    for (part, how), (caught, number) in shares.items():
        into = exchanged[how] if how in EXCHANGED else typed[part]
        into[0] += caught
        into[1] += number
    assert {how for how, share in EXCHANGED.items() if exchanged[how][0] < share * exchanged[how][1]} == set()
    assert {part for part, share in TYPED.items() if typed[part][0] < share * typed[part][1]} == set()
