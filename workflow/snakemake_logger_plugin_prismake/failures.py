"""What is printed of steps that fail, and of steps elsewhere, whose own output ends in files of the cluster."""

from __future__ import annotations

import logging
import re
from errno import ENOSPC
from pathlib import Path
from shutil import disk_usage
from typing import Any

from prismake.common.machine import LITTLE, machine_fault
from prismake.common.step_logs import entries, state_of, text_of
from prismake.common.steps import SHARED

# What to do about a job that a cluster refuses or ends.
REFUSED = "see what its commands printed above; docs/clusters.md describes the profiles"
ENDED = (
    "nobody cancelled it? Then it took more memory or time than it had; build again with more: "
    "snakemake … --set-resources {rule}:mem_mb=16000 {rule}:runtime=600"
)
# A step at home that a signal ended.
KILLED = (
    "the step '{rule}' was killed before it could say why; most often the computer has run out of memory\n"
    "  -> close other programs, or use a computer with more memory, and build again"
)
TRACE = "Traceback (most recent call last)"


class StepLogs:
    """The logs of jobs, read for what is new in them since their step was announced."""

    def __init__(self) -> None:
        # Job -> its logs, and how they were before it began.
        self.logs: dict[Any, dict[Path, tuple[int, int] | None]] = {}

    def begin(self, record: logging.LogRecord) -> None:
        """Notes the logs of a step that is announced."""
        logs = [Path(str(log)) for log in getattr(record, "log", None) or []]
        self.logs[getattr(record, "jobid", None)] = {log: state_of(log) for log in logs}

    def _written(self, job: Any) -> list[Path]:
        """The logs that a step has written to since it was announced."""
        return [log for log, before in self.logs.get(job, {}).items() if state_of(log) != before]

    def _left(self, job: Any, *levels: str) -> list[str]:
        return [entry for log in self._written(job) for entry in entries(log, *levels)]

    def traces(self, job: Any) -> str:
        """Where the trace of a step is; empty where it left none, as one that was killed."""
        logs = [log.as_posix() for log in self._written(job) if TRACE in text_of(log)]
        return f" Its trace is in {', '.join(logs)}." if logs else ""

    def at_home(self, record: logging.LogRecord, killed: bool) -> str:
        """The fault of a step that has not printed it: one that several steps may meet, or that it was `killed`."""
        job, rule = getattr(record, "jobid", None), getattr(record, "rule_name", "?")
        if faults := self._left(job, SHARED):
            return faults[0]
        return KILLED.format(rule=rule) if killed and not self._left(job, "ERROR") else ""

    def warnings(self, job: Any) -> str:
        """The warnings of a step that has ended, ready to print."""
        return "\n".join(f"WARNING {entry}" for entry in self._left(job, "WARNING"))

    def failure(self, record: logging.LogRecord) -> tuple[str, str]:
        """(warnings, fault) of a step that stopped; where it left no message, the fault is the cluster's."""
        job, rule = getattr(record, "jobid", None), getattr(record, "rule_name", "?")
        warned = self.warnings(job)
        return warned and f"{warned}\n", self._fault(record, job, rule)

    def _fault(self, record: logging.LogRecord, job: Any, rule: str) -> str:
        if faults := self._left(job, "ERROR", SHARED):
            return faults[0]
        # A step that finds the disk full may leave no message.
        if disk_usage(".").free < LITTLE and (full := machine_fault(OSError(ENOSPC, ""), Path())):
            return str(full)
        number = (getattr(record, "aux", None) or {}).get("external_jobid")
        if not number:
            return f"the cluster did not take the step '{rule}'\n  -> {REFUSED}"
        # The plugin for Slurm adds what Slurm says of the job.
        status = re.search(r"SLURM status is: '(\w+)'", str(getattr(record, "rule_msg", "")))
        ended = f"the cluster ended job {number}, the step '{rule}'{f': {status[1]}' if status else ''}"
        return f"{ended}\n  -> {ENDED.format(rule=rule)}"
