"""Bounds on what an expression or a pattern of a review may cost: one message instead of a computer that hangs.

Where the platform has no such bounds (Windows), or outside the main thread, nothing is bounded.
"""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]

STATM = Path("/proc/self/statm")


class TooMuch(Exception):
    """Something took more time or memory than it may; `what` can name the part that did."""

    what = ""


def _expired(_signal: int, _frame: FrameType | None) -> None:
    raise TooMuch("takes too long")


@contextmanager
def uncollected() -> Iterator[None]:
    """Pauses the garbage collector: with millions of objects and no cycles among them it costs a fifth of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


# Seconds that a bound gives at least.
SHORTEST = 0.001


@contextmanager
def time_bound(seconds: float) -> Iterator[None]:
    """Raises TooMuch if the block takes more than so many seconds of the processor (not of the clock).

    Counting the processor's time alone, a busy machine never stops a build that an idle one would finish.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _expired)
    # A budget that is used up is no budget without end, which zero would mean to the timer.
    signal.setitimer(signal.ITIMER_VIRTUAL, max(seconds, SHORTEST))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def memory_bound(size: int) -> Iterator[None]:
    """Raises TooMuch if the block needs more than about so many bytes of memory beyond those in use."""
    if resource is None or not STATM.is_file():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    used = int(STATM.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    limit = used + size
    if soft == resource.RLIM_INFINITY or limit < soft:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    except MemoryError:
        raise TooMuch("takes too much memory") from None
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
