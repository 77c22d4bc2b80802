"""How long jobs take against each other."""

import pytest
from prismake.review.allocation import MEMORY_PER_MB
from prismake.review.pace import LEAST, SECONDS_PER_MB, seconds


def test_a_step_takes_longer_where_there_is_more_to_read():
    assert seconds("seal", 1000) == LEAST == seconds("screen", 0)
    assert seconds("screen", 200) == pytest.approx(LEAST + 200 * SECONDS_PER_MB["screen"])


def test_steps_have_the_names_of_the_allocation():
    assert SECONDS_PER_MB.keys() <= MEMORY_PER_MB.keys()
