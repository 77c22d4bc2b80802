"""Starts Snakemake in processes forked from one that has loaded its libraries: half of a start is loading them.

Each start is a line on standard input, and its exit code a line on standard output. Nothing of Prismake is loaded
before the fork, so that each start takes the code of its own checkout.
"""

import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path

# What a dry run of the example loads.
LIBRARIES = ("snakemake.cli", "snakemake.report.html_reporter", "smart_open", "pandas", "jsonschema", "referencing")
# In seconds; a machine under load is slow, not wrong.
LONGEST = 1200


def start(arguments: list[str], folder: Path, environment: dict[str, str], shelf: Path) -> subprocess.CompletedProcess:
    """Runs `python -m snakemake` in a folder, with a folder of Python modules before those of the environment."""
    with tempfile.TemporaryDirectory() as place:
        stdout, stderr = Path(place) / "stdout", Path(place) / "stderr"
        order = {
            "arguments": arguments,
            "folder": str(folder),
            "environment": environment,
            "shelf": str(shelf),
            "files": [str(stdout), str(stderr)],
        }
        server = _server()
        assert server.stdin and server.stdout
        server.stdin.write(json.dumps(order) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        return subprocess.CompletedProcess(arguments, code, stdout.read_text(), stderr.read_text())


@cache
def _server() -> subprocess.Popen:
    """The process that forks, one for each process that runs tests; it ends with its standard input."""
    return subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _snakemake(order: dict) -> None:
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for descriptor, file in enumerate(order["files"], start=1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), descriptor)
    # As `python -m` with PYTHONPATH has it, in place of this file's folder.
    sys.path[:1] = [order["folder"], order["shelf"]]
    sys.argv = ["snakemake", *order["arguments"]]
    signal.alarm(LONGEST)
    runpy.run_module("snakemake", run_name="__main__", alter_sys=True)


def serve() -> None:
    """Forks for each line, and writes the exit code."""
    for name in LIBRARIES:
        import_module(name)
    assert "prismake" not in sys.modules
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _snakemake(json.loads(line))
            sys.exit()
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
