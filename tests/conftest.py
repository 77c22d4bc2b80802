"""What tests of all rooms share."""

import os
from pathlib import Path

import hypothesis
import pytest
from hypothesis import is_hypothesis_test

from tests.places import SHARED

# One commit, one verdict: the same examples in every run. HYPOTHESIS_PROFILE=wander looks for new ones.
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis.settings.register_profile("wander", derandomize=False, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


# Beside the tests of properties, those of many records, documents or journals; shorter tests reach the same lines.
REPEATING = (
    "audit/test_reviews.py::test_wrong_numbers_are_caught",
    "build/test_journals.py::test_every_journal_takes_the_example",
    "build/test_submission.py::test_every_word_document_of_every_journal_is_valid",
    "common/test_tables.py::test_patterns_of_a_schema_are_bounded",
    "dedup/test_matching.py",
    "dedup/test_merged_or_queued.py",
    "dedup/test_verdicts.py::test_the_pairs_reach_every_level_of_agreement",
    "document/torture/test_constructs.py::test_every_journal_takes_it",
    "importing/test_bad_input.py::test_fuzzed_inputs_are_read_or_refused_and_all_counted",
    "importing/test_real_exports.py",
    "importing/test_together.py",
    "preflight/test_hostile.py::test_no_damage_makes_the_preflight_fail",
    "preflight/test_pdf.py::test_no_damage_makes_the_preflight_fail",
    "revision/test_merge.py::test_a_number_is_refused_however_it_is_edited",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves out of coverage what runs the same lines over and over, as counting doubles its time."""
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)) or any(name in item.nodeid for name in REPEATING):
            item.add_marker("no_cover")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real exports, reviews and benchmarks that stands beside a developer's checkout."""
    if not SHARED.is_dir():
        pytest.skip("no shared folder of real exports beside this checkout")
    return SHARED
