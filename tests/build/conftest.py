"""Builds of whole reviews, each in a folder of its own."""

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.places import PROJECT

from .spying import build_spied
from .starting import start

RIS = """\
TY  - JOUR
AN  - {number}
TI  - {title}
AU  - Doe, Jane
PY  - 2020
DO  - 10.5555/{number}
ER  -
"""

PARTS = ("Snakefile", "profiles", "config.yaml", "workflow", "data", "manuscript")


class Review:
    """A checkout with a review in it, and what a person does there."""

    def __init__(self, folder: Path, output: str = "") -> None:
        self.folder = folder
        # What its first build printed.
        self.output = output

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    @property
    def shelf(self) -> Path:
        """A folder with this checkout's package, which comes before that of the environment."""
        shelf = self.folder / ".shelf"
        shelf.mkdir(exist_ok=True)
        if not (shelf / "prismake").exists():
            (shelf / "prismake").symlink_to(self.folder / "workflow" / "prismake")
        return shelf

    def variables(self, **more: str) -> dict[str, str]:
        """The environment in which a process uses this checkout's package."""
        return {**os.environ, "PYTHONPATH": str(self.shelf), "XDG_CACHE_HOME": str(self.shelf / "cache"), **more}

    def snakemake(
        self, *arguments: str, review: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs Snakemake here, with this checkout's code."""
        place = ["--directory", str(review)] if review else []
        return start([*place, *arguments], self.folder, self.variables(**environment), self.shelf)

    def build(self, *arguments: str, **environment: str) -> str:
        """Builds; what it said. Fails the test where the build fails."""
        done = self.snakemake(*arguments, review=None, **environment)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def stopped(self, *arguments: str) -> str:
        """Builds, expecting it to stop; what it said."""
        done = self.snakemake(*arguments)
        assert done.returncode != 0, done.stderr
        return done.stderr

    def would_run(self, *arguments: str) -> dict[str, str]:
        """Rule -> reason of the jobs that a build would run now."""
        done = self.snakemake("--dry-run", *arguments)
        assert done.returncode == 0, done.stderr
        return dict(re.findall(r"^would run (\w+): .*\n +(.*)$", done.stderr, flags=re.MULTILINE))

    def edit(self, name: str, old: str, new: str, count: int = 1) -> None:
        """Replaces text in a file that a person writes."""
        path = self.folder / name
        text = path.read_bytes().decode()
        assert old in text, f"{name} does not hold {old!r}"
        path.write_bytes(text.replace(old, new, count).encode())

    def sums(self) -> dict[str, str]:
        """Path -> SHA-256 of every result."""
        lines = (self.folder / "results" / "SHA256SUMS").read_text().splitlines()
        return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def checkout(folder: Path) -> Review:
    """The project's files, without its results, in a new folder."""
    folder.mkdir(parents=True)
    for part in PARTS:
        source = PROJECT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / part)
    return Review(folder)


def copied(review: Review, target: Path) -> Review:
    """A built review in a folder of its own, to be changed."""
    shutil.copytree(review.folder, target, symlinks=True, ignore=shutil.ignore_patterns(".shelf"))
    return Review(target)


def once(shelf: Path, name: str, make: Callable[[Path], str]) -> Review:
    """The review that the first worker makes in a folder, for all workers; `make` returns what its build said."""
    folder, output = shelf / "one-for-all-workers" / name, shelf / "one-for-all-workers" / f"{name}.txt"
    with (shelf / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not output.exists():
            output.write_text(make(folder))
    return Review(folder, output.read_text())


@pytest.fixture(scope="session")
def shelf(tmp_path_factory, worker_id) -> Path:
    """The folder that all workers share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def example(shelf) -> Review:
    """The example, built once for all workers; each step notes what it opens (see `spying`).

    Tests only read it; to run or change something they take a `copy`.
    """
    return once(shelf, "checkout", lambda folder: build_spied(checkout(folder)))


@pytest.fixture
def copy(example, tmp_path) -> Review:
    """The built example in a folder of its own, to be changed."""
    return copied(example, tmp_path / "copy")


@pytest.fixture(scope="session")
def submitted(example, shelf) -> Review:
    """The example with everything for its journal, built once for all workers; tests only read it."""
    targets = ("final", "submission", "jats")
    return once(shelf, "submitted", lambda folder: build_spied(copied(example, folder), *targets))


@pytest.fixture
def exports(tmp_path) -> Path:
    """A folder with two small exports that share a record."""
    titles = {1: "Cats on ladders", 2: "Dogs in water", 3: "Birds at night"}
    for name, numbers in {"pubmed": (1, 2), "Web of Science": (2, 3)}.items():
        records = [RIS.format(number=number, title=titles[number]) for number in numbers]
        (tmp_path / f"{name}.ris").write_text("\n".join(records))
    return tmp_path
