"""What runs for more than a moment: for how long, how long it may still take, and how long the whole build may."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from prismake.common.progress import CLEAR, about, last_report, seconds_left
from prismake.common.step_logs import state_of
from prismake.review.pace import EXPECTED

# Seconds after which a person wonders, between two looks in a terminal, and after which a plain line is printed first
# and again: a log that nobody watches needs few.
PATIENCE, LOOK = 2.0, 0.5
PLAIN_FIRST, PLAIN_AGAIN = 30.0, 60.0
# Expected seconds of finished jobs from which the pace is that of the machine; seconds of a build worth an estimate.
SOUND, LONG = 5.0, 15.0
# Columns of a message at least, where the line is short; between two steps; for what is cut.
SHORTEST, BETWEEN, CUT = 12, "; ", "..."


def last_time(benchmark: Path) -> float | None:
    """The seconds that a step took when it last ended, as Snakemake has noted them; None where it has not."""
    try:
        return float(benchmark.read_text(encoding="utf-8").splitlines()[1].split("\t")[0])
    except (OSError, ValueError, IndexError):
        return None


def duration(seconds: float) -> str:
    """Seconds as a person reads them: 12 s, 3 min 20 s."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


@dataclass
class Step:
    """A step that runs: what it does, when it began, and what is known of its end.

    `before` is how long it took the last time, `log` where it reports how far it has come and `old` the state of that
    file before; `ends` is when it may end, `printed` when a plain line was printed of it.
    """

    message: str
    began: float
    before: float | None = None
    log: Path | None = None
    old: tuple[int, int] | None = None
    ends: float | None = None
    share: float = 0.0
    printed: float = 0.0

    def read(self, now: float) -> bool:
        """Takes in what it has reported; whether that is new."""
        if self.log is None or state_of(self.log) == self.old or not (report := last_report(self.log)):
            return False
        share, after = report
        if share <= self.share:
            return False
        self.share = share
        if (left := seconds_left(share, after)) is not None:
            self.ends = now + left
        return True

    def figures(self, now: float) -> str:
        """For how long it has run, and what is known of the rest: `12 s, about 30 s left`, `12 s (40 s last time)`."""
        spent = duration(now - self.began)
        if self.ends is not None:
            return f"{spent}, {about(self.ends - now)} left" if self.ends > now else spent
        return f"{spent} ({duration(self.before)} last time)" if self.before and self.before >= PATIENCE else spent


def fitted(steps: Sequence[tuple[str, str]], more: str, columns: int) -> str:
    """Steps (message, figures) in one line of so many columns: messages are cut, figures are not.

    `more` stands behind them where there is room. Where there is none for all steps, the last ones are counted.
    """
    for count in range(len(steps), 0, -1):
        rest = f" (+{len(steps) - count})" if count < len(steps) else ""
        room = columns - len(rest) - sum(len(f": {figures}{BETWEEN}") for _, figures in steps[:count]) + len(BETWEEN)
        if room >= min(SHORTEST * count, sum(len(message) for message, _ in steps[:count])) or count == 1:
            texts = [f"{message}: {figures}" for message, figures in _cut(steps[:count], room)]
            line = BETWEEN.join(texts) + rest
            return line + more if len(line + more) <= columns else line[:columns]
    return ""


def _cut(steps: Sequence[tuple[str, str]], room: int) -> list[tuple[str, str]]:
    """The steps, their messages cut in the middle to a room for all of them, of which short ones take less."""
    result = dict[int, str]()
    for place in sorted(range(len(steps)), key=lambda place: len(steps[place][0])):
        share = max(room // (len(steps) - len(result)), 1)
        message, kept = steps[place][0], max(share - len(CUT), 0)
        if len(message) > share:
            # What several steps do begins alike, and ends with the file that they do it to.
            message = f"{message[: kept // 2]}{CUT}{message[len(message) - kept + kept // 2 :]}"[:share]
        result[place], room = message, room - len(message)
    return [(result[place], figures) for place, (_, figures) in enumerate(steps)]


@dataclass
class Pace:
    """How fast a build goes: `expected` has the seconds of its jobs by their numbers; only their ratio counts."""

    expected: Mapping[int, float] = field(default_factory=lambda: EXPECTED)
    began: float | None = None
    ended: set[int] = field(default_factory=set)
    # Seconds that the jobs took which have ended, and those that were expected.
    took: float = 0.0
    awaited: float = 0.0
    ends: float | None = None

    def begin(self, job: int, now: float) -> float | None:
        """A job begins; when it may end by what those before it took."""
        self.began = now if self.began is None else self.began
        if self.awaited < SOUND or self.expected.get(job, 0.0) < PATIENCE:
            return None
        return now + self.expected[job] * self.took / self.awaited

    def end(self, job: int, seconds: float) -> None:
        """A job has ended, after so many seconds."""
        self.ended.add(job)
        if self.expected.get(job, 0.0) >= PATIENCE / 2:
            self.took += seconds
            self.awaited += self.expected[job]

    def look(self, running: Mapping[int, float], now: float) -> None:
        """Estimates the end of the build, from the jobs that ended and the shares done of those that run."""
        done = sum(self.expected.get(job, 0.0) for job in self.ended)
        done += sum(self.expected.get(job, 0.0) * share for job, share in running.items())
        total, spent = sum(self.expected.values()), now - (now if self.began is None else self.began)
        left = seconds_left(done / total, spent) if total and done >= SOUND else None
        self.ends = None if left is None else now + left

    def text(self, running: Mapping[int, float | None], now: float) -> str:
        """`; whole build: about 5 min left`; empty as long as nothing is known, and where no long step is to come.

        `running` has when each job that runs may end, before which the build does not.
        """
        to_come = sum(each for job, each in self.expected.items() if job not in self.ended and job not in running)
        if self.ends is None or to_come < PATIENCE:
            return ""
        left = max(self.ends, *(end or now for end in running.values()), now) - now
        return f"; whole build: {about(left)} left" if left >= LONG else ""


@dataclass
class Progress:
    """Keeps one line of a terminal up to date, or prints a plain line from time to time where there is none."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    steps: dict[int, Step] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    shown: bool = False
    watched: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.terminal = self.stream.isatty()

    def begin(self, job: int, message: str, benchmark: str | None = None, log: str | None = None) -> None:
        """A step begins; the first one starts the looking.

        `benchmark` is where Snakemake notes how long it takes, `log` where the step reports how far it has come.
        """
        with self.lock:
            now, file = time.monotonic(), Path(log) if log else None
            before, old = last_time(Path(benchmark)) if benchmark else None, state_of(file) if file else None
            step = Step(message, now, before, file, old)
            step.ends = self.pace.begin(job, now)
            self.steps[job] = step
            if not self.watched:
                self.watched = True
                threading.Thread(target=self._watch, daemon=True).start()

    def end(self, job: int) -> None:
        """A step has ended, whichever way."""
        with self.lock:
            if step := self.steps.pop(job, None):
                now = time.monotonic()
                self.pace.end(job, now - step.began)
                self.pace.look(self._shares(), now)
            if not self.steps:
                self.clear()

    def _shares(self) -> dict[int, float]:
        return {job: step.share for job, step in self.steps.items()}

    def clear(self) -> None:
        """Takes the line away, so that another can be printed."""
        with self.lock:
            if self.shown:
                self.stream.write(CLEAR)
                self.stream.flush()
            self.shown = False

    def look(self, now: float) -> None:
        """Shows what has run for more than a moment."""
        with self.lock:
            # A second one that is new is read at the next look.
            if any(step.read(now) for step in self.steps.values()):
                self.pace.look(self._shares(), now)
            whole = self.pace.text({job: step.ends for job, step in self.steps.items()}, now)
            if self.terminal:
                self._show([step for step in self.steps.values() if now - step.began >= PATIENCE], whole, now)
                return
            for step in self.steps.values():
                if now - step.began >= PLAIN_FIRST and now - step.printed >= PLAIN_AGAIN:
                    step.printed = now
                    print(f"{step.message}: {step.figures(now)}{whole}", file=self.stream, flush=True)

    def _show(self, steps: Sequence[Step], whole: str, now: float) -> None:
        self.clear()
        if steps:
            line = fitted([(step.message, step.figures(now)) for step in steps], whole, self._columns() - 1)
            # The cursor goes back to the start of the line: what a step itself prints begins there.
            self.stream.write(line + "\r")
            self.stream.flush()
            self.shown = True

    def _columns(self) -> int:
        # A terminal without a size has none.
        with suppress(OSError):
            return os.get_terminal_size(self.stream.fileno()).columns or shutil.get_terminal_size().columns
        return shutil.get_terminal_size().columns

    def _watch(self) -> None:
        # A stream that is gone has nobody who waits.
        with suppress(OSError, ValueError):
            while True:
                time.sleep(LOOK)
                with self.lock:
                    if not self.steps:
                        self.watched = False
                        return
                    self.look(time.monotonic())
