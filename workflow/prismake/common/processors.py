"""How many processors a program of Prismake may use: those of its job, not all that the computer has."""

from __future__ import annotations

import os

# Snakemake sets it for each step to the threads of its rule; Slurm's users set it by hand.
ALLOTTED = "OMP_NUM_THREADS"


def processors() -> int:
    """The processors that this process was given, else those that the system lets it run on; at least one."""
    allotted = os.environ.get(ALLOTTED, "")
    if allotted.isdecimal() and int(allotted):
        return int(allotted)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
