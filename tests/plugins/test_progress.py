"""The line that says what a build is waiting for."""

import io
import time

import pytest
from snakemake_logger_plugin_prismake.progress import (
    CLEAR,
    LOOK,
    PLAIN_AGAIN,
    PLAIN_FIRST,
    Progress,
    duration,
    last_time,
)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def progress(monkeypatch, request):
    """Progress on a stream of the test's own, at which nobody looks but the test."""
    monkeypatch.setattr(Progress, "_watch", lambda self: None)
    monkeypatch.setenv("COLUMNS", "60")
    return Progress(getattr(request, "param", io.StringIO)())


def begun(progress, job, message, seconds, benchmark=None):
    progress.begin(job, message, benchmark)
    progress.steps[job].began -= seconds
    return time.monotonic()


@pytest.mark.parametrize(("seconds", "text"), [(2.4, "2 s"), (60, "1 min 0 s"), (3725.6, "62 min 6 s")])
def test_a_duration_is_in_minutes_and_seconds(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize("content", [None, "", "s\n", "s\th:m:s\nNA\t-\n"])
def test_a_step_that_has_never_ended_has_no_last_time(tmp_path, content):
    if content is not None:
        (tmp_path / "screen.tsv").write_text(content)
    assert last_time(tmp_path / "screen.tsv") is None


@pytest.mark.parametrize("progress", [Terminal], indirect=True)
def test_a_terminal_shows_what_runs_for_more_than_a_moment_and_how_long_it_took_before(progress, tmp_path):
    (tmp_path / "screen.tsv").write_text("s\th:m:s\n75.3\t0:01:15\n")
    begun(progress, 1, "Filtering", 12, str(tmp_path / "screen.tsv"))
    now = begun(progress, 2, "Counting", 1)
    progress.look(now)
    assert progress.stream.getvalue() == "Filtering: 12 s (1 min 15 s last time)\r"
    progress.end(1)
    progress.look(now)
    assert progress.stream.getvalue().endswith("last time)\r" + CLEAR)


@pytest.mark.parametrize("progress", [Terminal], indirect=True)
def test_the_line_fits_the_terminal_and_goes_with_the_last_step(progress):
    progress.look(begun(progress, 1, "A message that is longer than the line of this terminal is", 3))
    assert len(progress.stream.getvalue()) == 60
    progress.end(1)
    assert progress.stream.getvalue().endswith(CLEAR)


def test_elsewhere_a_plain_line_is_printed_from_time_to_time(progress):
    now = begun(progress, 1, "Filtering", PLAIN_FIRST - 1)
    for seconds in (0, 1, PLAIN_AGAIN, PLAIN_AGAIN + 1):
        progress.look(now + seconds)
    assert progress.stream.getvalue() == "Filtering: 30 s\nFiltering: 1 min 30 s\n"


def test_it_looks_by_itself_as_long_as_a_step_runs(monkeypatch):
    looks = []

    def look(progress, now):
        looks.append(now)
        if len(looks) > 2:
            progress.end(1)

    monkeypatch.setattr("snakemake_logger_plugin_prismake.progress.LOOK", LOOK / 1000)
    monkeypatch.setattr(Progress, "look", look)
    progress = Progress(io.StringIO())
    progress.begin(1, "Filtering")
    for _ in range(500):
        if not progress.watched:
            break
        time.sleep(0.01)
    assert (len(looks), progress.watched) == (3, False)
