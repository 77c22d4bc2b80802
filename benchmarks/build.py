"""Times what a person waits for: the cold build of the example, a build with nothing to do, and a changed sentence.

Run: make bench. Each is timed on a copy of the example in a temporary folder, with all cores; on a machine that does
something else the processor time says more than the seconds on the wall.
"""

from __future__ import annotations

import csv
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1]
PARTS = ("Snakefile", "config.yaml", "profiles", "workflow", "data", "manuscript")
DOCUMENTS = ("results/manuscript/manuscript.docx", "results/manuscript/manuscript.pdf")
DECISIONS = Path("data/screening/decisions.csv")
MANY = 200_000
# Seconds on the wall and of the processor that each may take on two idle cores.
LIMITS: dict[str, tuple[float, float | None]] = {
    "cold build": (6.0, 8.0),
    "nothing to do": (1.5, 1.5),
    "changed sentence, DOCX and PDF": (3.0, None),
    "changed sentence, all": (5.0, 5.0),
    "start with 200,000 decisions": (1.5, 1.5),
}


@dataclass(frozen=True)
class Taken:
    """What a build took: when it began, seconds on the wall, seconds of the processor."""

    began: float
    wall: float
    processor: float


def snakemake(folder: Path, *arguments: str) -> Taken:
    """What one run of Snakemake takes there. Ends the benchmark where the build fails."""
    began, before = time.time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "shelf")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Taken(began, time.time() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def copied(folder: Path) -> None:
    """Lays the example out in a folder, with the package that its steps use."""
    for part in PARTS:
        copy = shutil.copytree if (PROJECT / part).is_dir() else shutil.copy2
        copy(PROJECT / part, folder / part)
    (folder / "shelf").mkdir()
    (folder / "shelf" / "prismake").symlink_to(folder / "workflow" / "prismake")


def _add_decisions(table: Path) -> None:
    """Fills a table of decisions up; where no such records are, no step could use it, but a start reads it."""
    with table.open(encoding="utf-8", newline="") as file:
        _, first, *others = csv.reader(file)
    with table.open("a", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerows([f"pubmed:{10**9 + number}", *first[1:]] for number in range(MANY - len(others) - 1))


def main() -> None:
    """Prints a table: what, seconds on the wall and of the processor, the house's limits."""
    taken: dict[str, tuple[float, float | None]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        copied(folder)
        # Compiled before, as in any installation.
        subprocess.run([sys.executable, "-m", "compileall", "-q", str(folder / "workflow")], check=True)
        for task in ("cold build", "nothing to do"):
            build = snakemake(folder)
            taken[task] = build.wall, build.processor
        section = sorted((folder / "manuscript").glob("[0-9]*.md"))[0]
        section.write_text(section.read_text(encoding="utf-8") + "\nA sentence more.\n", encoding="utf-8")
        build = snakemake(folder)
        ready = max((folder / document).stat().st_mtime for document in DOCUMENTS) - build.began
        taken["changed sentence, DOCX and PDF"] = ready, None
        taken["changed sentence, all"] = build.wall, build.processor
        _add_decisions(folder / DECISIONS)
        # A file that was saved a moment ago is read again.
        time.sleep(3)
        snakemake(folder, "--dry-run")
        start = snakemake(folder, "--dry-run")
        taken["start with 200,000 decisions"] = start.wall, start.processor
    print(f"{'what':32} {'seconds':>8} {'limit':>6} {'processor':>10} {'limit':>6}   ({os.cpu_count()} cores)")
    for task, (wall, processor) in taken.items():
        limit, own_limit = LIMITS[task]
        own = f" {processor:10.1f} {own_limit:6.1f}" if processor and own_limit else ""
        print(f"{task:32} {wall:8.1f} {limit:6.1f}{own}")


if __name__ == "__main__":
    main()
