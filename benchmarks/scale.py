"""Time, memory and bytes of each stage of reviews of 10,000 to 10,000,000 made-up records.

    python benchmarks/scale.py FOLDER [--sizes 10000,100000,1000000,10000000] [--cores 2] [--figures scale.csv]
    python benchmarks/scale.py --plot scale.csv scale.svg

Each review is written below FOLDER (`synthetic.py`) and built to its flow figure and its figure of overlap by one call
of Snakemake; it is deleted afterwards unless `--keep` is given. Ten million records need 50 GB there.

A stage's seconds of the processor and its memory are those of its processes, looked at five times a second: of each its
own seconds, and its largest resident size as the system has noted it; of several at once the sum of what they hold.
`whole build` has the seconds of everything that the call ran, Snakemake's own too, and the most that all of it held at
once. Bytes are those of the stage's results; what shards hand on is there only while they run. What else the computer
does lengthens the time on the wall most.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import runpy
import shutil
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import psutil
from prismake import snakefile

WRITE_REVIEW = runpy.run_path(str(Path(__file__).with_name("synthetic.py")))["write_review"]
TARGETS = ("results/figures/prisma.svg", "results/figures/overlap.svg")
# Stage -> what the names of its logs begin with, and its results.
STAGES = {
    "import": ("import/", ("results/import",)),
    "collect": ("collect_records", ("results/records/records.parquet",)),
    "read shards": ("dedup/read", ()),
    "pair": ("dedup/pair", ()),
    "compare": ("dedup/compare", ()),
    "deduplicate": ("deduplicate", ("results/records/clusters.csv", "results/records/unique.parquet", "results/dedup")),
    "screen": ("screen", ("results/screening",)),
    "count the flow": ("count_flow", ("results/flow", "results/flow.json")),
    "draw the flow": ("draw_flow", ("results/figures",)),
    "overlap": ("overlap", ()),
}
WHOLE = "whole build"
COLUMNS = ("records", "stage", "processor_s", "wall_s", "memory_mb", "bytes")
BETWEEN = 0.2
MB = 1 << 20


class Watch:
    """Looks at the processes of a build until it ends: seconds and memory of each stage."""

    def __init__(self, build: subprocess.Popen[bytes]) -> None:
        self.build = psutil.Process(build.pid)
        self.seconds: dict[tuple[str, int, float], float] = {}
        self.memory: dict[str, int] = defaultdict(int)
        self.times: dict[str, list[float]] = {}
        self.stage_of: dict[tuple[int, float], str] = {}
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while self.build.is_running() and self.build.status() != psutil.STATUS_ZOMBIE:
            self._look()
            time.sleep(BETWEEN)

    def _look(self) -> None:
        sizes: dict[str, int] = defaultdict(int)
        whole, now = 0, time.perf_counter()
        for process in [self.build, *self.build.children(recursive=True)]:
            try:
                with process.oneshot():
                    own, started = process.cpu_times(), process.create_time()
                    whole += process.memory_info().rss
                stage = self._stage(process, started)
                if stage:
                    self.seconds[stage, process.pid, started] = own.user + own.system
                    sizes[stage] += _largest(process.pid)
            except (psutil.Error, OSError):
                continue
        for stage, size in sizes.items():
            self.memory[stage] = max(self.memory[stage], size)
            first = self.times.setdefault(stage, [now, now])[0]
            self.times[stage] = [first, now]
        self.memory[WHOLE] = max(self.memory[WHOLE], whole)

    def _stage(self, process: psutil.Process, started: float) -> str:
        """The stage whose log a process writes, which its own processes inherit."""
        key = process.pid, started
        if key not in self.stage_of:
            for file in process.open_files():
                name = file.path.partition("/results/logs/")[2]
                for stage, (start, _) in STAGES.items():
                    if name.startswith(start):
                        self.stage_of[key] = stage
        return self.stage_of.get(key, "")


def _largest(process: int) -> int:
    """The largest resident size of a process so far, in bytes."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def build(review: Path, cores: int) -> list[dict[str, float | str]]:
    """Builds a review; a row for each stage, and one for the whole."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "snakemake", "--snakefile", snakefile(), "--directory", str(review)]
    command += ["--profile", str(Path(snakefile()).parent / "profiles/default"), "--cores", str(cores), *TARGETS]
    with (review.parent / f"{review.name}.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        watch = Watch(process)
        status = process.wait()
        watch.thread.join()
    if status:
        sys.exit((review.parent / f"{review.name}.log").read_text(errors="replace")[-3000:])
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - started
    rows: list[dict[str, float | str]] = []
    for stage, (_, results) in STAGES.items():
        if stage in watch.times:
            first, last = watch.times[stage]
            seconds = sum(each for (name, *_), each in watch.seconds.items() if name == stage)
            made = sum(size_of(review / result) for result in results)
            rows.append(row(stage, seconds, last - first + BETWEEN, watch.memory[stage], made))
    whole = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    rows.append(row(WHOLE, whole, wall, watch.memory[WHOLE], size_of(review / "results")))
    return rows


def row(stage: str, processor: float, wall: float, memory: int, made: int) -> dict[str, float | str]:
    return {
        "stage": stage,
        "processor_s": round(processor, 1),
        "wall_s": round(wall, 1),
        "memory_mb": round(memory / MB),
        "bytes": made,
    }


def print_rows(rows: list[dict[str, float | str]]) -> None:
    """The figures of one review as a table in Markdown."""
    print("\n| records | stage | CPU s | s | µs CPU per record | MB | MB of results |\n|---|---|---|---|---|---|---|")
    for each in rows:
        records, processor = int(each["records"]), float(each["processor_s"])
        figures = f"{processor:,.1f} | {float(each['wall_s']):,.1f} | {processor / records * 1e6:,.1f}"
        made = int(each["bytes"]) / 1e6
        print(f"| {records:,} | {each['stage']} | {figures} | {int(each['memory_mb']):,} | {made:,.1f} |", flush=True)


def plot(figures: Path, picture: Path) -> None:
    """Draws seconds of the processor, memory and bytes by stage and number of records, both axes logarithmic."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "scale", "svg.fonttype": "none", "font.size": 8})
    import matplotlib.pyplot as plt

    with figures.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    drawing, axes = plt.subplots(1, 3, figsize=(11, 4), layout="constrained")
    titles = (("processor_s", "seconds of the processor"), ("memory_mb", "memory, MB"), ("bytes", "bytes of results"))
    colours = [*(f"C{number}" for number in range(len(STAGES))), "black"]
    for axis, (column, title) in zip(axes, titles, strict=True):
        for stage, colour in zip([*STAGES, WHOLE], colours, strict=True):
            known = [(int(each["records"]), float(each[column])) for each in rows if each["stage"] == stage]
            if known := [point for point in known if point[1] > 0]:
                axis.loglog(*zip(*known, strict=True), color=colour, marker="o", markersize=3, linewidth=1, label=stage)
        axis.set(title=title, xlabel="records")
        axis.grid(visible=True, linewidth=0.3)
    axes[0].legend(fontsize=6)
    drawing.savefig(picture, metadata={"Date": None})


def measure(folder: Path, sizes: list[int], cores: int, figures: Path | None, *, keep: bool) -> None:
    """Builds a review of each size, and prints and keeps what it took."""
    all_rows: list[dict[str, float | str]] = []
    for size in sizes:
        review = folder / f"records_{size}"
        records = WRITE_REVIEW(review, size)
        rows = [{"records": records, **each} for each in build(review, cores)]
        print_rows(rows)
        all_rows += rows
        if not keep:
            shutil.rmtree(review)
        if figures:
            with figures.open("w", encoding="utf-8", newline="") as file:
                out = csv.DictWriter(file, COLUMNS, lineterminator="\n")
                out.writeheader()
                out.writerows(all_rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="where the reviews are built")
    parser.add_argument("--sizes", default="10000,100000,1000000", help="numbers of records")
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--figures", type=Path, help="keep the figures as CSV")
    parser.add_argument("--keep", action="store_true", help="keep the reviews")
    parser.add_argument("--plot", type=Path, nargs=2, metavar=("CSV", "SVG"), help="draw figures that were kept")
    arguments = parser.parse_args()
    if arguments.plot:
        plot(*arguments.plot)
    elif arguments.folder:
        sizes = [int(size) for size in arguments.sizes.split(",")]
        arguments.folder.mkdir(parents=True, exist_ok=True)
        measure(arguments.folder, sizes, arguments.cores, arguments.figures, keep=arguments.keep)
    else:
        parser.error("name a folder, or --plot")


if __name__ == "__main__":
    main()
