"""Compares Prismake with programs that do one of its jobs: the same input, in one run, in processor seconds.

    python -m benchmarks.peers [--records 10000] [--rounds 3]

Three jobs, each the best of several rounds in which the programs take turns; a time is that of the whole process and
all that it starts, from file to file:

- document: the Word document of the example, whose text is filled in already. Pandoc, R Markdown, bookdown, Quarto and
  Manubot set the same Markdown with the same references, style of citations and figures. Prismake writes its step's
  document, in the look of the journal, with captions, cross-references and the checks of its demands: in a process of
  its own, and as a step of a build, whose modules are loaded. Manubot fetches nothing: it fills in the text, and Pandoc
  sets it, as its template does.
- import: 50,000 made-up records in RIS, in one process that has loaded both (`benchmarks/import.py`). rispy reads them
  into its records; Prismake counts them a second time, keeps every field, makes the columns of the record model and
  ids, and writes the Parquet file.
- duplicates: made-up records of four databases as CSV. bib-dedupe and Prismake write the cluster of each.

Pandoc and rispy are installed with Prismake. The others are no part of the environment or of the lock; a program that
is not there is named with the command that installs it, and the others are measured without it.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path

import pypandoc
from prismake.importing.export import Export

from benchmarks.build import copied, snakemake
from benchmarks.dedup import PEER, PRISMAKE
from benchmarks.synthetic import write_review

PROJECT = Path(__file__).parents[1]
# Where the peers from PyPI are, apart from Prismake's own packages.
ENVIRONMENT = PROJECT / ".venv" / "peers"
PYTHON = ENVIRONMENT / "bin" / "python"
INSTALL = f"python3 -m venv {ENVIRONMENT.relative_to(PROJECT)} && .venv/peers/bin/pip install"
JOURNAL = PROJECT / "workflow" / "prismake" / "journals" / "j-pain-res"

STEP = """
import sys
from pathlib import Path
from prismake.document.documents import Files
from scripts.write_docx import write_docx

package, results = Path(sys.argv[1]), Path("results")
journal = package / "journals" / "j-pain-res"
figures = [results / "figures/prisma.svg", results / "figures/prisma.png", results / "manuscript/figures.json"]
files = Files(
    manuscript=results / "manuscript/manuscript.json",
    references=results / "manuscript/references.json",
    figures=[*figures, *sorted((results / "manuscript/figures").iterdir())],
    profile=journal / "profile.yaml",
    schema=package / "schemas/journal.schema.yaml",
    csl=journal / "references.csl",
    writer=[package / f"document/filters/{name}.lua" for name in ("settings", "word")],
    fonts=sorted((package / "figures/fonts").glob("*.ttf")),
)
write_docx(files=files, docx=Path("prismake.docx"))
"""
# The same as a build does it: in a copy of a process that has loaded what the step imports
# (`prismake.common.forkserver`). Prints the seconds that the copy and what it starts take.
STEP_OF_BUILD = """
import gc, os, sys, time
import prismake.document.documents, scripts.write_docx

gc.freeze()
began = time.perf_counter()
if not (child := os.fork()):
    exec(sys.argv[2])
    os._exit(0)
_, status, used = os.wait4(child, 0)
print(used.ru_utime + used.ru_stime, time.perf_counter() - began)
sys.exit(status != 0)
"""
IMPORTED = 50_000
COLUMNS = ("id", "title", "author", "year", "journal", "volume", "number", "pages", "doi", "abstract")


@dataclass(frozen=True)
class Program:
    """A program that does a job: its commands, one after another, or how to install it where it is absent.

    One that `prints` its seconds of the processor and on the wall is measured by them.
    """

    name: str
    commands: Sequence[Sequence[str]]
    absent: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    prints: bool = False


def processor_seconds(program: Program, folder: Path) -> tuple[float, float]:
    """Seconds of the processor and on the wall; ends the benchmark where the program fails."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    for command in program.commands:
        environment = {**os.environ, **program.environment}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{program.name} failed: {(done.stderr or done.stdout)[-2000:]}")
        if program.prints:
            processor, wall = done.stdout.split()
            return float(processor), float(wall)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return taken, time.perf_counter() - began


def compare(job: str, programs: Sequence[Program], against: str, folder: Path, rounds: int) -> None:
    """Prints a row for each program: the best processor and wall seconds, and both as times those of one of them."""
    there = [program for program in programs if not program.absent]
    best: dict[str, tuple[float, float]] = {}
    for program in there * rounds:
        taken, least = processor_seconds(program, folder), best.get(program.name, (float("inf"), float("inf")))
        best[program.name] = min(taken[0], least[0]), min(taken[1], least[1])
    for program in programs:
        if program.absent:
            print(f"| {job} | {program.name} | not installed: `{program.absent}` | | | |", flush=True)
        elif against not in best:
            processor, wall = best[program.name]
            print(f"| {job} | {program.name} | {processor:.2f} | | {wall:.2f} | |", flush=True)
        else:
            processor, wall = best[program.name]
            ratios = processor / best[against][0], wall / best[against][1]
            print(f"| {job} | {program.name} | {processor:.2f} | {ratios[0]:.2f} | {wall:.2f} | {ratios[1]:.2f} |")


def has_r_package(name: str) -> bool:
    """Whether R is there, and a package of it."""
    command = ["Rscript", "-e", f'if (!requireNamespace("{name}", quietly=TRUE)) quit(status=1)']
    return (
        shutil.which("Rscript") is not None and not subprocess.run(command, capture_output=True, check=False).returncode
    )


def has_module(name: str) -> bool:
    """Whether the environment of the peers has a package."""
    command = [str(PYTHON), "-c", f"import {name}"]
    return PYTHON.is_file() and not subprocess.run(command, capture_output=True, check=False).returncode


def document_programs(review: Path) -> list[Program]:
    """The programs that write the Word document, whose inputs are laid out in the folder of the built example."""
    pandoc, text = pypandoc.get_pandoc_path(), review / "results/manuscript/manuscript.md"
    for ending in ("Rmd", "qmd"):
        shutil.copy2(text, review / f"manuscript.{ending}")
    cited = [f"--bibliography={review / 'results/manuscript/references.json'}", f"--csl={JOURNAL / 'references.csl'}"]
    rendered = partial(_r_program, cited=["--citeproc", *cited], pandoc=pandoc)
    _lay_out_for_manubot(review, text.read_text(encoding="utf-8"))
    manubot = [str(ENVIRONMENT / "bin/manubot"), "process", "--content-directory=content", "--output-directory=output"]
    set_by_pandoc = [pandoc, "--citeproc", *cited, f"--resource-path={review}:{text.parent}"]
    quarto = shutil.which("quarto")
    package, own = str(review / "workflow/prismake"), {"PYTHONPATH": str(review / "workflow")}
    return [
        Program("Pandoc alone", [[*set_by_pandoc, str(text), "-o", "pandoc.docx"]]),
        Program("Prismake", [[sys.executable, "-c", STEP, package]], environment=own),
        Program(
            "Prismake, in a build", [[sys.executable, "-c", STEP_OF_BUILD, package, STEP]], environment=own, prints=True
        ),
        Program(
            "Manubot",
            [[*manubot, "--skip-citations"], [*set_by_pandoc, "output/manuscript.md", "-o", "manubot.docx"]],
            "" if has_module("manubot") else f"{INSTALL} manubot",
        ),
        rendered("R Markdown", "rmarkdown", "rmarkdown::word_document"),
        rendered("bookdown", "bookdown", "bookdown::word_document2"),
        Program(
            "Quarto",
            [["quarto", "render", "manuscript.qmd", "--to", "docx", "--citeproc", *cited]],
            "" if quarto else "install it from quarto.org; it is neither in PyPI as a wheel nor in Debian",
        ),
    ]


def _r_program(name: str, package: str, form: str, cited: Sequence[str], pandoc: str) -> Program:
    options = ", ".join(f'"{option}"' for option in cited)
    call = f'rmarkdown::render("manuscript.Rmd", {form}(pandoc_args=c({options})), "{package}.docx", quiet=TRUE)'
    absent = "" if has_r_package(package) else f"apt-get install r-cran-{package}"
    return Program(name, [["Rscript", "-e", call]], absent, {"RSTUDIO_PANDOC": str(Path(pandoc).parent)})


def _lay_out_for_manubot(review: Path, text: str) -> None:
    """The text in Manubot's folder, with as little about it as it takes; its head stays with the text."""
    content = review / "content"
    content.mkdir()
    (content / "01.text.md").write_text(text.split("\n---\n", 1)[1], encoding="utf-8")
    (content / "metadata.yaml").write_text("title: Example\nkeywords: []\nlang: en-US\nauthors: []\n", encoding="utf-8")


def compare_imports(folder: Path, rounds: int) -> None:
    """Prints a row each for rispy and the import of the same RIS file."""
    # The name is a keyword.
    importing = import_module("benchmarks.import")
    ris, _ = importing.made_up(folder, IMPORTED)
    best = importing.measured(ris, "ris", rounds)
    _, processor, wall = best["peer"]
    for name, (_, own, shown) in (("rispy", best["peer"]), ("Prismake", best["import"])):
        print(f"| import | {name} | {own:.2f} | {own / processor:.2f} | {shown:.2f} | {shown / wall:.2f} |", flush=True)


def as_csv(exports: Sequence[Path], target: Path) -> int:
    """Writes the records of exports as the CSV that both finders of duplicates read; how many there are."""
    count = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        for export in exports:
            for table in Export(export).tables():
                for row in table.select(COLUMNS[1:]).to_pylist():
                    names = row["author"].replace("; ", " and ")
                    rows.writerow([f"r{count:07d}", *(row | {"author": names}).values()])
                    count += 1
    return count


def main() -> None:
    """Prints one table of all jobs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000, help="made-up records to deduplicate")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    print("| job | program | CPU s | times the peer | s | times the peer |\n|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        review, search = folder / "example", folder / "search"
        review.mkdir()
        copied(review)
        snakemake(review, "results/manuscript/manuscript.docx")
        compare("document", document_programs(review), "Pandoc alone", review, arguments.rounds)
        compare_imports(folder, arguments.rounds)
        write_review(search, arguments.records)
        exports = sorted((search / "data/searches").rglob("*.ris"))
        as_csv(exports, folder / "records.csv")
        (folder / "bib_dedupe_peer.py").write_text(PEER, encoding="utf-8")
        peer = [str(PYTHON), "bib_dedupe_peer.py", "records.csv", "peer.csv"]
        own = [sys.executable, "-c", PRISMAKE, "records.csv", "--output", "own.csv"]
        programs = [
            Program("bib-dedupe", [peer], "" if has_module("bib_dedupe") else f"{INSTALL} bib-dedupe"),
            Program("Prismake", [own]),
        ]
        compare("duplicates", programs, "bib-dedupe", folder, 1)


if __name__ == "__main__":
    main()
