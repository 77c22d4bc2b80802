"""How far a step has come, in its log, and what is left by that."""

import logging
import time

import pytest
from prismake.common import progress as module
from prismake.common.progress import Progress, about, begin_step, followed, last_report, seconds_left, stretch


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test sets, for a step that begins now."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    begin_step()
    yield now
    monkeypatch.undo()
    begin_step()


@pytest.fixture
def logged(caplog, monkeypatch):
    """The lines of the step's log."""
    log = logging.getLogger("prismake")
    # Tests of steps leave handlers behind; only what reaches the log counts here.
    monkeypatch.setattr(log, "handlers", [caplog.handler])
    monkeypatch.setattr(log, "propagate", False)
    caplog.set_level(logging.INFO, logger="prismake")
    return lambda: [record.message for record in caplog.records]


def test_a_long_step_logs_its_share_and_its_time(clock, logged):
    with stretch(0, 0.8), stretch(0.5, 1):
        read = Progress("read", 40_000, "records")
    for seconds in (4, 8, 8.5, 9):
        clock[0] = 100 + seconds
        read(10_000)
    # From 40 to 80 in a hundred of the step; not twice in a second.
    assert logged() == [
        "50 % after 4 s: read 10000 of 40000 records",
        "60 % after 8 s: read 20000 of 40000 records",
        "80 % after 9 s: read 40000 of 40000 records",
    ]


def test_a_short_step_logs_nothing_and_little_more_is_no_news(clock, logged):
    progress = Progress("read", 100, "records")
    clock[0] += 0.9
    progress(50)
    clock[0] += 5
    progress(1)
    clock[0] += 5
    progress(4)
    progress(1)
    assert logged() == ["51 % after 6 s: read 51 of 100 records", "56 % after 11 s: read 56 of 100 records"]


def test_what_is_followed_stays_as_it_is(clock, logged):
    clock[0] += 2
    assert list(followed(["ab", "", "cd"], "read", 4, "letters")) == ["ab", "", "cd"]
    assert logged() == ["50 % after 2 s: read 2 of 4 letters"]
    assert list(followed([], "read", 0, "letters")) == []


@pytest.mark.parametrize(
    ("text", "report"),
    [
        (None, None),
        ("INFO 20 works, 3 questions\n", None),
        ("INFO 5 % after 4 s: read 1 of 20\nINFO 10 % after 9 s: read 2 of 20\nWARNING x\n", (0.1, 9)),
        ("INFO 5 % after 4 s: read 1 of 20\nINFO 10 % aft", (0.05, 4)),
        ("INFO 5 % after 4 s: read 1 of 20\n" + "x" * module.END, None),
    ],
)
def test_the_last_whole_line_of_a_log_counts(tmp_path, text, report):
    if text is not None:
        (tmp_path / "a.log").write_text(text)
    assert last_report(tmp_path / "a.log") == report


def test_nothing_is_estimated_from_little():
    assert seconds_left(0.05, 60) is None and seconds_left(0.5, 2) is None
    assert seconds_left(0.25, 10) == 30 and seconds_left(1, 10) == 0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "about 5 s"),
        (33, "about 35 s"),
        (57, "about 1 min"),
        (170, "about 3 min"),
        (1300, "about 20 min"),
        (3500, "about 1 h"),
        (5000, "about 1 h 25 min"),
        (7200, "about 2 h"),
    ],
)
def test_a_time_to_come_is_no_more_exact_than_it_can_be(seconds, text):
    assert about(seconds) == text


def test_a_step_begins_anew():
    begin_step()
    assert time.monotonic() - module._step.began < 1 and module._step.logged == 0
