"""Which values are parts of one whole."""

import pytest
from prismake.audit.families import Member, member_of
from prismake.common.values import Value


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("appraisal.overall.low.n", Member("appraisal.overall", "low")),
        ("appraisal.about.pain.overall.low", Member("appraisal.about.pain", "low")),
        ("appraisal.about.pain.overall.low.studies", Member("appraisal.about.pain", "low", "studies")),
        ("appraisal.items.rob2.D4.high", Member("appraisal.items.rob2.D4", "high")),
        ("appraisal.about.pain.n", None),
    ],
)
def test_an_overall_answer_is_a_part_of_all_in_all_and_of_an_outcome(name, member):
    assert member_of(name, Value(1, "count", "how")) == member
