"""How far a long step has come: lines in its log, from which whoever waits for it learns what is left."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

log = logging.getLogger("prismake")
# Takes away what a terminal shows in its line.
CLEAR = "\r\x1b[K"
# Seconds between two lines at least, and the share of the step by which they are apart.
APART, STRIDE = 1.0, 0.05
# From which share of a work, and after how many seconds of it, the rest of it can be estimated.
SHARE, SECONDS = 0.1, 3.0
MINUTE = 60
_LINE = re.compile(r"^INFO (\d+) % after (\d+) s: .*$", re.MULTILINE)
# Bytes at the end of a log among which its last line is.
END = 4096

Part = TypeVar("Part", bound=Sized)


@dataclass
class _Step:
    """When the step of this process began, which stretch of it is under way, and what was last logged of it."""

    began: float
    low: float = 0.0
    high: float = 1.0
    logged: float = 0.0
    logged_at: float = float("-inf")


_step = _Step(time.monotonic())


def begin_step() -> None:
    """The step of this process begins now."""
    vars(_step).update(vars(_Step(time.monotonic())))


@contextmanager
def stretch(low: float, high: float) -> Iterator[None]:
    """A stretch of the work: what is done in it counts from `low` to `high` of the work around it, from 0 to 1."""
    before = _step.low, _step.high
    width = _step.high - _step.low
    _step.low, _step.high = before[0] + low * width, before[0] + high * width
    try:
        yield
    finally:
        _step.low, _step.high = before


class Progress:
    """Counts what is done of a task, and logs now and then how much of the step that makes."""

    def __init__(self, task: str, total: int, unit: str) -> None:
        self.task, self.total, self.unit, self.done = task, total, unit, 0
        self.low, self.high = _step.low, _step.high

    def __call__(self, more: int) -> None:
        """Counts `more` as done."""
        self.done += more
        share = self.low + (self.high - self.low) * min(self.done / max(self.total, 1), 1.0)
        now = time.monotonic()
        if share - _step.logged < STRIDE or now - _step.logged_at < APART or now - _step.began < APART:
            return
        _step.logged, _step.logged_at = share, now
        after = round(now - _step.began)
        log.info("%d %% after %d s: %s %d of %d %s", 100 * share, after, self.task, self.done, self.total, self.unit)


def followed(parts: Iterable[Part], task: str, total: int, unit: str) -> Iterator[Part]:
    """The parts one after another, each counted as done when the next one is taken."""
    progress = Progress(task, total, unit)

    def followed_parts() -> Iterator[Part]:
        for part in parts:
            yield part
            progress(len(part))

    return followed_parts()


def last_report(log_file: Path) -> tuple[float, float] | None:
    """(share done, seconds after which) as a step's log last has it; None where it has none, or cannot be read."""
    try:
        with log_file.open("rb") as file:
            file.seek(max(file.seek(0, 2) - END, 0))
            lines = _LINE.findall(file.read().decode("utf-8", "replace"))
    except OSError:
        return None
    return (int(lines[-1][0]) / 100, float(lines[-1][1])) if lines else None


def seconds_left(share: float, after: float) -> float | None:
    """The seconds that the rest takes at the pace so far; None as long as they would be a guess."""
    return after * (1 - share) / share if share >= SHARE and after >= SECONDS else None


def about(seconds: float) -> str:
    """A time to come as a person says it, no more exact than it can be: about 40 s, about 3 min, about 1 h 20 min."""
    if seconds < 55:
        return f"about {max(5 * round(seconds / 5), 5)} s"
    step = 5 if seconds > 10 * MINUTE else 1
    hours, minutes = divmod(step * round(seconds / MINUTE / step), MINUTE)
    parts = [f"{number} {unit}" for number, unit in ((hours, "h"), (minutes, "min")) if number]
    return f"about {' '.join(parts)}"
