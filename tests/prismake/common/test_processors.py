import os
import subprocess
import sys
import time

import pytest
from prismake.common.processors import ALLOTTED, processors

from tests.places import PACKAGE, SCRIPTS


@pytest.mark.parametrize(("allotted", "count"), [("3", 3), ("1", 1), ("0", None), ("", None), ("many", None)])
def test_what_the_job_was_given_counts_and_else_what_the_system_allows(monkeypatch, allotted, count):
    monkeypatch.setenv(ALLOTTED, allotted)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 5}, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert processors() == (count or 2)


def test_a_system_without_that_knowledge_gives_all(monkeypatch):
    monkeypatch.delenv(ALLOTTED, raising=False)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert processors() == 1


def test_no_other_module_asks_how_many_processors_the_computer_has():
    modules = [*PACKAGE.rglob("*.py"), *SCRIPTS.glob("*.py")]
    asking = [path.name for path in modules if "cpu_count" in path.read_text(encoding="utf-8")]
    assert asking == ["processors.py"]


KILLED = """
import os, signal, time
from prismake.common import processors
processors.LOOK = 0.01
step = os.getpid()
if os.fork():
    os.kill(step, signal.SIGKILL)
processors.end_with(step)
time.sleep(60)
"""


def test_a_process_ends_with_the_step_that_was_killed():
    # It inherits the output, which is open as long as it runs.
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, check=False)
    assert done.returncode < 0 and time.monotonic() - started < 30
