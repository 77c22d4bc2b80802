import errno
import os
from pathlib import Path

import pytest
from prismake.common import machine
from prismake.common.machine import machine_fault


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_the_full_disk_is_named(number, tmp_path, monkeypatch):
    fault = machine_fault(OSError(number, os.strerror(number)), tmp_path)
    assert str(fault).startswith(f"{tmp_path}: the disk is full\n  -> make room there")
    # Where the folder of temporary files is full, it is that one.
    monkeypatch.setattr("tempfile.gettempdir", lambda: "/")
    monkeypatch.setattr(machine, "LITTLE", 2**63)
    assert str(machine_fault(OSError(number, os.strerror(number)), tmp_path)).startswith("/: the disk is full")


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "data/x.csv"), "data/x.csv: may not be read or written"),
        (OSError(errno.EROFS, "Read-only", "results/a/.0f.part"), "results/a: is on a disk that is read-only"),
        (OSError(errno.EFBIG, "File too large"), f"{Path.cwd()}: a file is larger than this computer allows"),
        (OSError(errno.EMFILE, "Too many open files", "a"), "a: cannot be opened: too many files are open"),
        (MemoryError(), "there is not enough memory"),
        (FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/x']"), "there is no folder for"),
    ],
    ids=["permission", "read-only", "size", "handles", "memory", "temporary files"],
)
def test_faults_of_the_computer(problem, text):
    fault = machine_fault(problem)
    assert fault and str(fault).startswith(text) and fault.fix


@pytest.mark.parametrize(
    "problem", [FileNotFoundError(errno.ENOENT, "No such file", "x"), ValueError("x"), OSError("x")]
)
def test_other_faults_are_not_the_computers(problem):
    assert machine_fault(problem) is None
