"""A process that loads what the steps import once, and copies itself for each step; the copy runs the step's script.

A step of a small review computes for a tenth of a second and imports for four. Each copy is a process of its own, made
from one that has loaded modules and done nothing else, so that nothing of a step is left for the next. `step_starts`
starts this process at the beginning of a build on one machine; it ends as soon as the build's end of the socket closes,
also where the build was killed.
"""

from __future__ import annotations

import ast
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from types import ModuleType

# What Snakemake writes at the head of every script, and the frame that each step runs in.
FIRST = ("snakemake.logging", "snakemake.iocontainers", "prismake.common.steps")
LARGEST_MESSAGE = 1 << 16
# The status of a program that was stopped from the keyboard, as shells have it.
INTERRUPTED = 130
NUMBER = 8


def send_number(channel: socket.socket, number: int) -> None:
    """Sends the id of a process or the status that it ended with."""
    with suppress(OSError):
        channel.sendall(number.to_bytes(NUMBER, "big", signed=True))


def receive_number(channel: socket.socket) -> int | None:
    """Such a number; None where the other side has ended."""
    received = b""
    while len(received) < NUMBER:
        if not (part := channel.recv(NUMBER - len(received))):
            return None
        received += part
    return int.from_bytes(received, "big", signed=True)


def imports_of(script: Path) -> list[tuple[str, tuple[str, ...]]]:
    """The modules that a script imports, in its order, each with the names that it takes from it."""
    modules: list[tuple[str, tuple[str, ...]]] = []
    for node in ast.walk(ast.parse(script.read_bytes())):
        if isinstance(node, ast.Import):
            modules += [(alias.name, ()) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.append((node.module, tuple(alias.name for alias in node.names)))
    return modules


def _load(module: str, names: tuple[str, ...]) -> None:
    # A module that is missing or faulty is for the step to report.
    with suppress(Exception):
        importlib.import_module(module)
        for name in names:
            if not hasattr(sys.modules[module], name):
                importlib.import_module(f"{module}.{name}")


def _has_one_thread() -> bool:
    return len(list(Path("/proc/self/task").iterdir())) == 1


class _Server:
    """Requests first, then what is still to load. A step that ends is reported at once, by the signal."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.to_load: list[tuple[str, tuple[str, ...]]] = [(module, ()) for module in FIRST]
        self.channels: dict[int, socket.socket] = {}
        # A signal that comes just before the wait would not end it; a byte that it leaves here does.
        self.woken, self.waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def copy(self) -> socket.socket:
        """Waits, loads and copies; comes back only in a copy, with the socket to the build that asked for it."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, self._reap)
        signal.set_wakeup_fd(self.waker)
        gc.disable()
        control = self.control.fileno()
        while True:
            ready, _, _ = select.select([control, self.woken], [], [], 0 if self.to_load else None)
            if self.woken in ready:
                os.read(self.woken, LARGEST_MESSAGE)
            if control in ready and (channel := self._answer()):
                return channel
            if not ready:
                _load(*self.to_load.pop(0))

    def _answer(self) -> socket.socket | None:
        message, files, _, _ = socket.recv_fds(self.control, LARGEST_MESSAGE, 1)
        if not message:
            # The build has ended, whichever way. Steps that still run are not this process's to stop.
            os._exit(0)
        if not files:
            self.to_load += [needed for script in json.loads(message) for needed in imports_of(Path(script))]
            return None
        channel = socket.socket(fileno=files[0])
        if not _has_one_thread():
            # A lock that another thread holds would stay locked in the copy. The step starts without this server.
            channel.close()
            return None
        gc.freeze()
        # A copy that ends at once must be known by then.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        if child := os.fork():
            self.channels[child] = channel
            send_number(channel, child)
        else:
            self._leave_to(channel)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        return None if child else channel

    def _reap(self, *_: object) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                with self.channels.pop(ended[0]) as channel:
                    send_number(channel, os.waitstatus_to_exitcode(ended[1]))

    def _leave_to(self, channel: socket.socket) -> None:
        """Makes a copy a process like any other: no handler and no file of the server is left in it."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.close(self.woken)
        os.close(self.waker)
        for other in (self.control, *self.channels.values()):
            other.close()
        gc.enable()


def _request(channel: socket.socket) -> tuple[str, str, dict[str, str]]:
    """What a step is to run: the script, in which folder, with which environment."""
    received = b""
    while part := channel.recv(LARGEST_MESSAGE):
        received += part
    script, folder, environment = json.loads(received)
    return script, folder, environment


def _run(script: str) -> None:
    """Runs a script as Python does when it is named on the command line."""
    sys.argv = [script]
    main = ModuleType("__main__")
    main.__file__ = script
    sys.modules["__main__"] = main
    exec(compile(Path(script).read_bytes(), script, "exec", dont_inherit=True), vars(main))


def main() -> None:
    """Serves at the socket whose number is the argument. A copy runs its script and ends as any Python process does."""
    channel = _Server(socket.socket(fileno=int(sys.argv[1]))).copy()
    script, folder, environment = _request(channel)
    # The socket stays open as long as the step runs: a build whose server was killed waits for the step's end.
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    try:
        _run(script)
    except KeyboardInterrupt:
        # Whoever pressed the keys needs no trace.
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
