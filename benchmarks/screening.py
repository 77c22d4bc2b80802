"""How long screening takes on many decisions: `.venv/bin/python benchmarks/screening.py [DECISIONS]`.

Two reviewers decide half as many records each, once as the plain table (record ids) and once as two exports that name
their records by title and year, or by DOI. Times are of the whole step, in seconds of the processor: the step runs on
one, and what else the machine does then does not count.
"""

import csv
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
from prismake.common.records import COLUMNS
from prismake.common.writing import write_rows
from scripts.screen import Written, screen

WORDS = (
    "decompression",
    "leakage",
    "cement",
    "radiculopathy",
    "cohort",
    "trial",
    "outcome",
    "series",
    "review",
    "pain",
)
STAGES: list[dict[str, Any]] = [
    {"id": "abstract", "reviewers": 2, "reasons": {"topic": "Off topic, whatever the design", "age": "Wrong age"}}
]
OUTPUTS = ("screening", "trail", "reviewers", "conflicts", "agreement_table", "read")


def title(number: int) -> str:
    """A title of its own for each number."""
    return " ".join(WORDS[int(digit)] for digit in f"{number:07}") + f" of {number}"


def make_records(folder: Path, count: int) -> None:
    """Unique records, each with a merged copy for every tenth."""
    records = [
        {"record_id": f"s:{n}", "title": title(n), "year": str(1990 + n % 35), "doi": f"10.5555/{n}" if n % 2 else ""}
        for n in range(count)
    ]
    frame = pd.DataFrame(records).reindex(columns=list(COLUMNS), fill_value="")
    frame.assign(members="", sources="PubMed").to_parquet(folder / "unique.parquet", index=False)
    frame.to_parquet(folder / "records.parquet", index=False)
    write_rows(
        folder / "clusters.csv",
        ("record_id", "cluster"),
        ({"record_id": r["record_id"], "cluster": r["record_id"]} for r in records),
    )


def answer(number: int, reviewer: int) -> tuple[str, str]:
    """Include or exclude, with a reason; in one of a thousand records the reviewers disagree."""
    include = number % 20 == 0 or (reviewer == 1 and number % 1000 == 7)
    return ("include", "") if include else ("exclude", ("topic", "age")[number % 2])


def write_table(path: Path, count: int) -> None:
    """The plain table: two rows a record."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("record_id", "stage", "decision", "reason", "note", "reviewer", "date"))
        for n in range(count):
            for reviewer in (0, 1):
                out.writerow((f"s:{n}", "abstract", *answer(n, reviewer), "", f"R{reviewer}", "2026-01-05"))


def write_export(path: Path, count: int, reviewer: int) -> None:
    """One reviewer's export: records by DOI where they have one, else by title and year."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("title", "year", "doi", "decision", "reason"))
        for n in range(count):
            out.writerow((title(n), 1990 + n % 35, f"10.5555/{n}" if n % 2 else "", *answer(n, reviewer)))


def run(folder: Path, *tables: Path, **settings: Any) -> float:
    """Seconds of the processor that the step takes; it runs on one."""
    started = time.process_time()
    screen(
        unique=folder / "unique.parquet",
        clusters=folder / "clusters.csv",
        records=folder / "records.parquet",
        tables=list(tables),
        written=Written(agreement=folder / "agreement.json", **{name: folder / f"{name}.csv" for name in OUTPUTS}),
        settings={"stages": STAGES, **settings},
        searches=[{"id": "s", "date": "2025-12-16", "kind": "database"}],
        draft=True,
    )
    return time.process_time() - started


def main() -> None:
    """Prints the times."""
    decisions = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        count = decisions // 2
        make_records(folder, count)
        write_table(folder / "decisions.csv", count)
        blocks = []
        for reviewer in (0, 1):
            write_export(folder / f"export{reviewer}.csv", count, reviewer)
            blocks.append(
                {"file": str(folder / f"export{reviewer}.csv"), "stage": "abstract", "reviewer": f"R{reviewer}"}
            )
        print(f"{decisions:,} decisions on {count:,} records")
        print(f"plain table with record ids: {run(folder, folder / 'decisions.csv'):.1f} s")
        print(f"two exports, by DOI or title: {run(folder, sources=blocks):.1f} s")
        print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
