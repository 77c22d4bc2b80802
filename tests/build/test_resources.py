"""Every step states the processors, memory and time that it needs, and takes no more memory than it states."""

import pytest
from prismake.review.allocation import MEMORY_PER_MB

from .spying import notes

pytestmark = pytest.mark.build


@pytest.fixture(scope="module")
def steps(example, submitted):
    """What was given to each process of a step, and what it took, in the two builds that make all there is."""
    return [*notes(example), *notes(submitted)]


def test_every_step_states_what_it_needs(steps):
    assert {"import_export", "write_pdf", "bundle", "write_supplement_docx", "seal"} <= {step["rule"] for step in steps}
    for step in steps:
        assert step["given"]["threads"] >= 1, step["rule"]
        assert step["given"]["mem_mb"] >= 1000, step["rule"]
        assert step["given"]["runtime"] >= 15, step["rule"]


def test_no_step_takes_more_memory_than_it_states(steps):
    assert min(step["taken_mb"] for step in steps) > 10
    assert [step["rule"] for step in steps if step["taken_mb"] > step["given"]["mem_mb"]] == []


def test_the_libraries_of_a_step_use_its_processors_alone(steps):
    assert {step["processors"] for step in steps} == {"1"}


def test_memory_that_grows_is_stated_for_steps_that_there_are(steps):
    # These are of large reviews alone.
    in_shards = {"read_shard", "pair_records", "compare_shard", "deduplicate_shards"}
    assert set(MEMORY_PER_MB) - {step["rule"] for step in steps} == in_shards
