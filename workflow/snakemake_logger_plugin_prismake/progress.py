"""What runs for more than a moment: for how long, and how long it took the last time."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

# Seconds after which a person wonders, between two looks in a terminal, and after which a plain line is printed first
# and again: a log that nobody watches needs few.
PATIENCE, LOOK = 2.0, 0.5
PLAIN_FIRST, PLAIN_AGAIN = 30.0, 60.0
CLEAR = "\r\x1b[K"


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
    """A step that runs: what it does, when it began, how long it took the last time; when a line told of it."""

    message: str
    began: float
    before: float | None
    printed: float = 0.0

    def text(self, now: float) -> str:
        """What it does and for how long: `Finding duplicates: 12 s (40 s last time)`."""
        before = f" ({duration(self.before)} last time)" if self.before and self.before >= PATIENCE else ""
        return f"{self.message}: {duration(now - self.began)}{before}"


@dataclass
class Progress:
    """Keeps one line of a terminal up to date, or prints a plain line from time to time where there is none."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    steps: dict[int, Step] = field(default_factory=dict)
    shown: bool = False
    watched: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.terminal = self.stream.isatty()

    def begin(self, job: int, message: str, benchmark: str | None = None) -> None:
        """A step begins; the first one starts the looking. `benchmark`: where Snakemake notes how long it takes."""
        with self.lock:
            self.steps[job] = Step(message, time.monotonic(), last_time(Path(benchmark)) if benchmark else None)
            if not self.watched:
                self.watched = True
                threading.Thread(target=self._watch, daemon=True).start()

    def end(self, job: int) -> None:
        """A step has ended, whichever way."""
        with self.lock:
            self.steps.pop(job, None)
            if not self.steps:
                self.clear()

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
            if not self.terminal:
                for step in self.steps.values():
                    if now - step.began >= PLAIN_FIRST and now - step.printed >= PLAIN_AGAIN:
                        step.printed = now
                        print(step.text(now), file=self.stream, flush=True)
                return
            long = [step.text(now) for step in self.steps.values() if now - step.began >= PATIENCE]
            self.clear()
            if long:
                # The cursor goes back to the start of the line: what a step itself prints begins there.
                self.stream.write("; ".join(long)[: shutil.get_terminal_size().columns - 1] + "\r")
                self.stream.flush()
                self.shown = True

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
