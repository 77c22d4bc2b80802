"""How a build on one machine starts the scripts of its steps: from one process that has loaded what they import.

Snakemake starts an interpreter for each script. Here that is the way back: for what runs elsewhere (an executor of a
cluster, a container), where processes cannot be copied, and where the server is gone.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.forkserver import receive_number

# Elsewhere the system's own libraries do not survive being copied.
CAN_COPY = sys.platform == "linux"
# How many threads libraries of linear algebra may start: as Snakemake sets it for what it starts.
THREADS = ("OMP", "GOTO", "OPENBLAS", "MKL", "NUMEXPR")
TEMPORARY = ("TMPDIR", "TMP", "TEMPDIR", "TEMP")
# pyarrow would start a thread as it is loaded, and a process with threads is not copied.
ONE_THREAD = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}


@dataclass(frozen=True)
class Copy:
    """A copy of the server that waits for its script: the id of its process, and the socket to it and its end."""

    process: int
    channel: socket.socket

    def run(self, script: str, environment: Mapping[str, str]) -> int:
        """Runs a script in it; the status that it ends with, negative where a signal ended it."""
        request = (script, str(Path.cwd()), dict(environment))
        with self.channel:
            # A copy that has been killed by now takes nothing, but how it ended is known.
            with suppress(ConnectionError):
                self.channel.sendall(json.dumps(request).encode())
                self.channel.shutdown(socket.SHUT_WR)
            status = receive_number(self.channel)
        return 1 if status is None else status


class StepServer:
    """The build's end of the socket to its own server, which starts at once and ends with the build."""

    def __init__(self, python: str) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [python, "-m", "prismake.common.forkserver", str(theirs.fileno())]
        environment = environment_of_step(1, None) | ONE_THREAD
        with theirs:
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=environment)
        atexit.register(self.stop)

    def load(self, scripts: Iterable[Path]) -> None:
        """Has the server load what scripts import, in this order."""
        with suppress(OSError):
            self._control.send(json.dumps([str(script.absolute()) for script in scripts]).encode())

    def copy(self) -> Copy:
        """A new copy. Raises OSError where the server is gone."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [b"copy"], [theirs.fileno()])
        if (process := receive_number(ours)) is None:
            ours.close()
            raise ConnectionError("the server of the steps has ended")
        return Copy(process, ours)

    def stop(self) -> None:
        """Ends the server, whatever it is loading; steps that still run are left to end by themselves."""
        self._control.close()
        self._process.kill()
        self._process.wait()


_early: list[StepServer] = []


def start_early(python: str, scripts: Iterable[Path]) -> None:
    """Starts the server of a build that is still to begin, and has it load what scripts import."""
    server = StepServer(python)
    server.load(scripts)
    _early.append(server)


def server_for(python: str) -> StepServer:
    """The server of this build: the one that was started early, or a new one."""
    return _early.pop() if _early else StepServer(python)


def environment_of_step(threads: int, temporary: str | None) -> dict[str, str]:
    """The environment of a step as Snakemake sets it, with the threads and the temporary folder of its rule."""
    environment = os.environ | {f"{library}_NUM_THREADS": str(threads) for library in THREADS}
    environment["VECLIB_MAXIMUM_THREADS"] = str(threads)
    return environment | (dict.fromkeys(TEMPORARY, temporary) if temporary else {})


def start_from(server: StepServer) -> None:
    """Has Snakemake start the scripts of steps as copies of the server."""
    from snakemake.benchmark import benchmarked
    from snakemake.script import PythonScript

    plain = PythonScript.execute_script

    def execute_script(script: Any, fname: str, edit: bool = False) -> None:
        elsewhere = script.container_img or script.conda_env or script.env_modules
        try:
            copy = None if elsewhere else server.copy()
        except OSError:
            copy = None
        if copy is None:
            plain(script, fname, edit)
            return
        environment = environment_of_step(script.threads, script.resources.get("tmpdir"))
        record = script.bench_record
        with nullcontext() if record is None else benchmarked(copy.process, record):
            status = copy.run(fname, environment)
        if status:
            raise subprocess.CalledProcessError(status, [sys.executable, fname])

    PythonScript.execute_script = execute_script
