"""The line that says what a build is waiting for."""

import io
import time

import pytest
from prismake.common.progress import CLEAR
from prismake.common.step_logs import state_of
from snakemake_logger_plugin_prismake.progress import (
    LOOK,
    PLAIN_AGAIN,
    PLAIN_FIRST,
    Pace,
    Progress,
    duration,
    fitted,
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
    assert progress.stream.getvalue() == "A message that is longer ...e line of this terminal is: 3 s\r"
    progress.end(1)
    assert progress.stream.getvalue().endswith(CLEAR)


LONG = "Reading data/searches/embase_1.ris"


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (100, "Reading data/searches/embase_1.ris: 1 min 2 s, about 40 s left; Counting: 3 s; whole build: 1 h"),
        (79, "Reading data/searches/embase_1.ris: 1 min 2 s, about 40 s left; Counting: 3 s"),
        (60, "Reading...e_1.ris: 1 min 2 s, about 40 s left; Counting: 3 s"),
        (49, "Readin...e_1.ris: 1 min 2 s, about 40 s left (+1)"),
    ],
)
def test_messages_are_cut_and_figures_are_not(columns, line):
    steps = [(LONG, "1 min 2 s, about 40 s left"), ("Counting", "3 s")]
    assert fitted(steps, "; whole build: 1 h", columns) == line


@pytest.fixture
def step(progress, tmp_path):
    """A step that began 10 seconds ago and reports in its log; hands over a report, and returns the line."""
    log = tmp_path / "a.log"
    log.write_text("INFO 90 % after 50 s: of an earlier build\n")
    now = begun(progress, 1, "Filtering", 10)
    progress.steps[1].log, progress.steps[1].old = log, state_of(log)

    def reported(*lines):
        if lines:
            log.unlink()
            log.write_text("".join(f"INFO {line}: read\n" for line in lines))
        progress.look(now)
        return progress.stream.getvalue().rpartition(CLEAR)[2].rstrip("\r")

    return reported


@pytest.mark.parametrize("progress", [Terminal], indirect=True)
def test_what_a_step_reports_gives_the_rest_as_soon_as_it_is_sound(step):
    assert step() == "Filtering: 10 s"
    assert step("5 % after 10 s") == "Filtering: 10 s"
    assert step("5 % after 10 s", "20 % after 10 s") == "Filtering: 10 s, about 40 s left"


@pytest.mark.parametrize("progress", [Terminal], indirect=True)
def test_an_estimate_that_was_wrong_is_not_shown(progress, step):
    assert step("50 % after 10 s") == "Filtering: 10 s, about 10 s left"
    progress.look(time.monotonic() + 11)
    assert progress.stream.getvalue().endswith("Filtering: 21 s\r")


def test_the_pace_of_the_jobs_so_far_gives_what_is_left():
    pace = Pace({1: 10.0, 2: 10.0, 3: 60.0, 4: 0.5})
    assert pace.begin(1, 0) is None and pace.text({1: None}, 5) == ""
    # Two at once take twice as long each as expected, so the machine goes at the expected pace.
    pace.begin(2, 0)
    pace.end(1, 20)
    pace.end(2, 20)
    pace.look({}, 20)
    assert pace.text({}, 20) == "; whole build: about 1 min left"
    # A build does not end before a step of it.
    assert pace.text({4: 260.0}, 20) == "; whole build: about 4 min left"
    # The job alone: so far each took twice its time. Nothing long is to come behind it.
    assert pace.begin(3, 20) == 140 and pace.text({3: 140}, 20) == ""
    assert pace.begin(4, 20) is None


def test_a_short_build_and_one_of_which_nothing_is_known_have_no_estimate():
    pace = Pace({1: 6.0, 2: 3.0})
    pace.begin(1, 0)
    pace.end(1, 6)
    pace.look({}, 6)
    assert pace.ends == 9 and pace.text({}, 6) == ""
    empty = Pace({})
    empty.begin(1, 0)
    empty.end(1, 60)
    empty.look({}, 60)
    assert empty.text({}, 60) == ""


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
