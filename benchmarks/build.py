"""Times what a person waits for: the cold build of the example, a build with nothing to do, and a changed sentence.

Run: make bench. Each is timed on a copy of the example in a temporary folder, with all cores.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).parents[1]
PARTS = ("Snakefile", "config.yaml", "profiles", "workflow", "data", "manuscript")
TARGETS = {"cold build": 25.0, "nothing to do": 3.0, "changed sentence to DOCX and PDF": 5.0}


def snakemake(folder: Path) -> float:
    """Seconds that one run of Snakemake takes there. Ends the benchmark where the build fails."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "snakemake"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "shelf")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return time.perf_counter() - started


def main() -> None:
    """Prints a table: what, seconds, the house's limit."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for part in PARTS:
            copy = shutil.copytree if (PROJECT / part).is_dir() else shutil.copy2
            copy(PROJECT / part, folder / part)
        (folder / "shelf").mkdir()
        (folder / "shelf" / "prismake").symlink_to(folder / "workflow" / "prismake")
        seconds = {"cold build": snakemake(folder), "nothing to do": snakemake(folder)}
        section = sorted((folder / "manuscript").glob("[0-9]*.md"))[0]
        section.write_text(section.read_text(encoding="utf-8") + "\nA sentence more.\n", encoding="utf-8")
        seconds["changed sentence to DOCX and PDF"] = snakemake(folder)
    print(f"{'what':34} {'seconds':>8} {'limit':>6}   ({os.cpu_count()} cores)")
    for task, limit in TARGETS.items():
        print(f"{task:34} {seconds[task]:8.1f} {limit:6.0f}")


if __name__ == "__main__":
    main()
