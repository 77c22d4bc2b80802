import sys

import pytest
from prismake.common.limits import TooMuch, memory_bound, time_bound

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bounded on Linux only")


@LINUX
def test_a_loop_ends_with_its_time():
    with pytest.raises(TooMuch, match="too long"), time_bound(0.1):
        while True:
            pass


@LINUX
def test_memory_is_bounded_and_the_bound_is_lifted_afterwards():
    with pytest.raises(TooMuch, match="memory"), memory_bound(100_000_000):
        bytearray(400_000_000)
    assert len(bytearray(120_000_000)) == 120_000_000


def test_what_stays_within_is_left_alone():
    with time_bound(5), memory_bound(100_000_000):
        assert sum(range(1000)) == 499500


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_budget_that_is_used_up_stops_at_once(seconds):
    with pytest.raises(TooMuch), time_bound(seconds):
        while True:
            pass
