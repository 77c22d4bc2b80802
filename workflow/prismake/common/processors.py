"""The processors that a program of Prismake may use, those of its job, and the processes that it starts on them."""

from __future__ import annotations

import os
import threading
import time

# Snakemake sets it for each step to the threads of its rule; Slurm's users set it by hand.
ALLOTTED = "OMP_NUM_THREADS"
# Seconds until a process notices that its step is gone.
LOOK = 1.0


def processors() -> int:
    """The processors that this process was given, else those that the system lets it run on; at least one."""
    allotted = os.environ.get(ALLOTTED, "")
    if allotted.isdecimal() and int(allotted):
        return int(allotted)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def end_with(step: int) -> None:
    """Has this process end with the one that started it: killed, that would leave it waiting for work forever."""

    def watch() -> None:
        while os.getppid() == step:
            time.sleep(LOOK)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
