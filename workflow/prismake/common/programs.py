"""Programs of others, run within bounds of time and memory: one message instead of a computer that hangs."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from prismake.common.limits import TooMuch

try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]

GIGABYTE = 1024**3
# A program that waits uses no processor; by the clock it gets so many times its seconds, for busy computers.
PATIENCE = 5
# What Rust, C++ and Python say when memory is refused.
OUT_OF_MEMORY = (b"memory allocation of", b"bad_alloc", b"MemoryError", b"out of memory", b"cannot allocate memory")
DISK_FULL = (b"No space left on device", b"Disk quota exceeded", b"disk full")
TOO_LARGE = -getattr(signal, "SIGXFSZ", 0) or None
OVER_TIME = {-getattr(signal, name) for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)}


def _bound(process: subprocess.Popen[bytes], seconds: int, memory: int | None) -> None:
    """Limits a process that has just been started; the clock alone does where the platform has no such limits."""
    if not hasattr(resource, "prlimit"):
        return
    limits = {resource.RLIMIT_CORE: 0, resource.RLIMIT_CPU: seconds, resource.RLIMIT_AS: memory}
    # It may have ended by now.
    with suppress(ProcessLookupError):
        for kind, most in limits.items():
            if most is not None:
                resource.prlimit(process.pid, kind, (most, most))


def _finish(process: subprocess.Popen[bytes], content: bytes, clock: float) -> tuple[bytes, bytes]:
    """What a process prints, on both ways. No process stays behind, also when this one is interrupted."""
    try:
        return process.communicate(content, timeout=clock)
    except BaseException:
        process.kill()
        raise


def run_program(
    command: Sequence[str],
    content: bytes = b"",
    *,
    seconds: int,
    environment: Mapping[str, str],
    memory: int | None = None,
    folder: Path | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Runs a program on `content`, with nothing of this process's environment; its outputs and exit code.

    It may use so many `seconds` of the processor, counted over its threads, and so many bytes of `memory`. Raises
    TooMuch where it needs more, and where it crashes, and OSError where it finds the disk full or its file too large.
    """
    too_long = f"did not finish in {seconds} seconds"
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, cwd=folder) as process:
        _bound(process, seconds, memory)
        try:
            output, complaint = _finish(process, content, PATIENCE * seconds)
        except subprocess.TimeoutExpired:
            raise TooMuch(too_long) from None
    code = process.returncode
    if code in OVER_TIME:
        raise TooMuch(too_long)
    if memory and code and any(mark in complaint for mark in OUT_OF_MEMORY):
        raise TooMuch(f"needs more than {memory / GIGABYTE:g} GB of memory")
    if code and any(mark in complaint for mark in DISK_FULL):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if code == TOO_LARGE:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    if code < 0:
        raise TooMuch(f"crashed ({signal.Signals(-code).name})")
    return subprocess.CompletedProcess(command, code, output, complaint)
