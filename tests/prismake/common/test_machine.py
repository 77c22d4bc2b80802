import errno
import os
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from types import SimpleNamespace

import pytest
from prismake.cli import main
from prismake.common import machine
from prismake.common.machine import machine_fault
from prismake.common.writing import whole_file, write_together


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_the_full_disk_is_named(number, tmp_path, monkeypatch):
    review, cache, temporary = (tmp_path / name for name in ("review", "cache", "temporary"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(temporary))
    free = {review: 10 * machine.LITTLE, cache: 10 * machine.LITTLE, temporary: 10 * machine.LITTLE}
    monkeypatch.setattr(machine, "_existing", lambda folder: folder)
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=free[folder]))

    def full() -> str:
        return str(machine_fault(OSError(number, os.strerror(number)), review, cache))

    assert full().startswith(f"{review}: the disk is full\n  -> make room there")
    for place in (temporary, cache):
        free[place] = machine.LITTLE // 2 if place == temporary else 0
        assert full().startswith(f"{place}: the disk is full")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_that_a_write_meets_is_that_of_the_file(tmp_path):
    # Bytes that do not fit are noticed when they are written, and the system then names no file.
    elsewhere = Path("/proc/self/x")
    with pytest.raises(OSError, match="No space left") as caught, whole_file(tmp_path / "a" / "x.csv") as part:
        part.unlink()
        part.symlink_to("/dev/full")
        part.write_text("x")
    assert str(machine_fault(caught.value, tmp_path)).startswith(f"{tmp_path}: the disk is full")
    assert str(machine_fault(caught.value, elsewhere)).startswith(f"{tmp_path / 'a'}: the disk is full")
    assert not list((tmp_path / "a").iterdir())


def without_room(monkeypatch, after: int) -> None:
    """Lets so many files be written, and no more."""
    written = []
    write = Path.write_bytes

    def refusing(path, content):
        written.append(path)
        if len(written) > after:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", refusing)


@pytest.mark.parametrize("after", [0, 1])
def test_files_written_together_change_together(after, tmp_path, monkeypatch):
    files = {tmp_path / "a": b"new", tmp_path / "b": b"new"}
    for file in files:
        file.write_text("old")
    without_room(monkeypatch, after)
    with pytest.raises(OSError, match="No space left"):
        write_together(files)
    assert {file.read_text() for file in tmp_path.iterdir()} == {"old"} and len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    "command",
    [
        ["import", "x.ris", "--output", "x.csv"],
        ["dedup", "x.csv", "--output", "y.csv"],
        ["new", "review", "x.ris", "--date", "2026-01-01"],
    ],
    ids=lambda command: command[0],
)
def test_a_command_that_meets_a_full_disk_says_so_and_leaves_nothing(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("x.ris").write_text("TY  - JOUR\nTI  - On foxes\nAU  - Doe, J\nPY  - 2020\nER  - \n")
    assert main(["import", "x.ris", "--output", "x.csv"]) == 0
    before = sorted(tmp_path.rglob("*"))
    capsys.readouterr()

    def refuse(part, target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", refuse)
    assert main(command) == 1
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("ERROR")]
    place = tmp_path / "review" if command[0] == "new" else tmp_path
    assert errors == [f"ERROR {place}: the disk is full"]
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "data/x.csv"), "data/x.csv: may not be read or written"),
        (OSError(errno.EROFS, "Read-only", "results/a/.0f.part"), "results/a: is on a disk that is read-only"),
        (OSError(errno.EFBIG, "File too large"), f"{Path.cwd()}: a file is larger than this computer allows"),
        (OSError(errno.EMFILE, "Too many open files", "a"), "a: cannot be opened: too many files are open"),
        (MemoryError(), "there is not enough memory"),
        (BrokenProcessPool("abruptly"), "a process of this step was killed"),
        (FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/x']"), "there is no folder for"),
    ],
    ids=["permission", "read-only", "size", "handles", "memory", "processes", "temporary files"],
)
def test_faults_of_the_computer(problem, text):
    fault = machine_fault(problem)
    assert fault and str(fault).startswith(text) and fault.fix


@pytest.mark.parametrize(
    "problem", [FileNotFoundError(errno.ENOENT, "No such file", "x"), ValueError("x"), OSError("x")]
)
def test_other_faults_are_not_the_computers(problem):
    assert machine_fault(problem) is None
