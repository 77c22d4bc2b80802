"""How long a person waits in a review of 10,000 records: `.venv/bin/python benchmarks/large_review.py [RECORDS]`.

A review is started from one export, built, its records handed over and decided on (one in twenty passes titles and
abstracts, four in five of those are included), built again and extracted. Times are on the wall, each of one command.
"""

from __future__ import annotations

import csv
import os
import runpy
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
COLUMNS = ("record_id", "stage", "decision", "reason", "note")
# Seconds that each may take; a whole build has no limit here.
STATUS, WORKBOOK = 2.0, 10.0


def decide(review: Path) -> None:
    """Writes a decision on every record that waits."""
    listed = review / "results/screening/to_screen/abstract/all/abstract_all_records.csv"
    with listed.open(encoding="utf-8", newline="") as file:
        names = [row["record_id"] for row in csv.DictReader(file)]
    with (review / "data/screening/decisions.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)
        for number, name in enumerate(names):
            if number % 20:
                out.writerow((name, "abstract", "exclude", "off_topic", ""))
                continue
            out.writerow((name, "abstract", "include", "", ""))
            answer = ("include", "") if number % 100 else ("exclude", "no_outcome")
            out.writerow((name, "fulltext", *answer, ""))


def sheets(review: Path) -> float:
    """Seconds of the longest screening sheet alone: that of everybody's records."""
    from prismake.common.records import read_records
    from prismake.common.results.records import UNIQUE
    from prismake.screening.stages import make_stages
    from prismake.screening.waiting import ALL, Batch
    from prismake.screening.writers.files import Place, write_batch
    from prismake.screening.writers.references import COLUMNS as FIELDS

    records = list(read_records(UNIQUE.under(review / "results"), FIELDS))
    stages: list[dict[str, Any]] = [{"id": "abstract", "reasons": {"off_topic": "Off topic"}}]
    batch = Batch(make_stages(stages)[0], ALL, tuple(record["record_id"] for record in records))
    started = time.perf_counter()
    write_batch(Place(review / "sheets", "b"), batch, records, {}, ())
    return time.perf_counter() - started


def main() -> None:
    """Prints a table: what, seconds, the house's limit."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    rows: list[tuple[str, float, float | None]] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        export = runpy.run_path(str(HERE / "import.py"))["made_up"](folder, count)[0]
        review = folder / "review"

        def run(what: str, limit: float | None, *command: str, cwd: Path = review) -> None:
            started = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, env={**os.environ}
            )
            if done.returncode:
                sys.exit(done.stdout + done.stderr)
            rows.append((what, time.perf_counter() - started, limit))

        prismake = ("prismake.cli",)
        dated = ("--date", "2026-01-31", "--title", "A large review")
        run("new", None, *prismake, "new", str(review), str(export), *dated, cwd=folder)
        run("build, nothing decided", None, "snakemake")
        rows.append(("screening sheet, with its RIS and tables", sheets(review), WORKBOOK))
        run("hand-over", WORKBOOK, *prismake, "hand-over", "abstract", "--date", "2026-02-01")
        run("status, all records waiting", STATUS, *prismake, "status")
        decide(review)
        run("build, all decided", None, "snakemake")
        run("extract", WORKBOOK, *prismake, "extract")
        run("extract, a workbook for each of two", WORKBOOK, *prismake, "extract", "--extractors", "AB", "CD")
        run("extract, nothing to add", WORKBOOK, *prismake, "extract")
        run("status, all studies extracted", STATUS, *prismake, "status")
    print(f"{f'{count:,} records':42} {'seconds':>8} {'limit':>6}   ({os.cpu_count()} cores)")
    for what, seconds, limit in rows:
        print(f"{what:42} {seconds:8.1f} {f'{limit:.0f}' if limit else '':>6}")


if __name__ == "__main__":
    main()
