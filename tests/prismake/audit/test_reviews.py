"""Two small reviews of other topics: clean as they are written, and wrong numbers in them are caught."""

from collections import defaultdict

import pytest
from prismake.audit.run import audit

from tools.mutate_text import run

from .manuscripts import review

REVIEWS = ("dental", "diabetes", "falls", "imaging", "scoping", "software", "soil", "telehealth", "trials")
MUTATED = ("scoping", "trials")
# The least share that the audit catches, by part of the manuscript, of numbers that were typed.
TYPED = {"findings": 0.95, "discussion": 0.85}
EXCHANGED = 0.8


@pytest.mark.parametrize("name", REVIEWS)
def test_a_review_without_faults_draws_no_finding(tmp_path, name):
    made = review(tmp_path, name)
    assert sum(len(passage.printed) for passage in made.passages) >= 45
    assert audit(made).of("error", "warning") == []


@pytest.mark.parametrize("name", MUTATED)
def test_wrong_numbers_are_caught(tmp_path, name):
    made = review(tmp_path, name)
    typed: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    exchanged = [0, 0]
    for seed in (1, 2, 3):
        # What is typed does not depend on the seed.
        shares, _ = run(made, seed, exchanged_alone=seed > 1)
        for (part, how), (caught, number) in shares.items():
            into = exchanged if how == "exchanged" else typed[part]
            into[0] += caught
            into[1] += number
    assert exchanged[0] >= EXCHANGED * exchanged[1]
    assert {part for part, share in TYPED.items() if typed[part][0] < share * typed[part][1]} == set()
