import errno
import sys

import pytest
from prismake.common.limits import TooMuch
from prismake.common.programs import GIGABYTE, run_program

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bounded on Linux only")


def run(code, **bounds):
    return run_program([sys.executable, "-I", "-c", code], b"given", environment={}, **{"seconds": 5, **bounds})


def test_what_stays_within_runs_with_nothing_of_this_process():
    done = run("import os, sys; print(sys.stdin.read(), 'HOME' in os.environ); sys.exit(3)", memory=GIGABYTE)
    assert (done.returncode, done.stdout) == (3, b"given False\n")


@LINUX
def test_a_loop_ends_with_its_time():
    with pytest.raises(TooMuch, match="did not finish in 1 seconds"):
        run("while True: pass", seconds=1)


def test_a_program_that_waits_ends_with_the_clock(monkeypatch):
    monkeypatch.setattr("prismake.common.programs.PATIENCE", 0.2)
    with pytest.raises(TooMuch, match="did not finish in 1 seconds"):
        run("import time; time.sleep(60)", seconds=1)


@LINUX
def test_memory_is_bounded():
    with pytest.raises(TooMuch, match="needs more than 1 GB of memory"):
        run("import time; time.sleep(0.1); bytearray(2_000_000_000)", memory=GIGABYTE)


@LINUX
def test_a_crash_is_reported_as_one():
    with pytest.raises(TooMuch, match=r"crashed \(SIGSEGV\)"):
        run("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")


@LINUX
@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("import pathlib; pathlib.Path('/dev/full').write_text('x')", errno.ENOSPC),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXFSZ)", errno.EFBIG),
    ],
)
def test_a_full_disk_is_a_fault_of_the_computer(code, number):
    restored = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL); "
    with pytest.raises(OSError) as caught:
        run(restored + code)
    assert caught.value.errno == number
