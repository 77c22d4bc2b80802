"""Measures how fast exports are read, beside rispy (RIS) and Bio.Medline (MEDLINE), on the same files in one run.

`python benchmarks/import.py [FILE …]`: without files it makes a RIS and a MEDLINE file of made-up records. Three times
are measured for each file, the best of several rounds, the three taking turns:

- peer: the library reads the file into its own records (rispy loses repeated tags, both keep no line numbers);
- read: every field of every record in order, plus the encoding and the independent count;
- import: that, and all columns of the record model, ids and the Parquet file, as the workflow's step does it.

Both clocks are shown: the processor's seconds, of all threads together, which what else runs on the machine disturbs
least, and those on the wall, in which the Parquet file is written beside the reading where a second core is free.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import rispy
from Bio import Medline
from prismake.importing.content import Content, find_encoding
from prismake.importing.export import Export, Search, search_tables
from prismake.importing.readers import FORMATS
from prismake.importing.record_files import write_tables
from prismake.importing.sniffing import find_format

ROUNDS = 5
SEARCH = Search("bench", "bench", "database", "2025-01-01")


def made_up(folder: Path, records: int) -> list[Path]:
    """Two files of made-up records of the usual length (2.2 thousand characters, 25 fields)."""
    source = random.Random(1)
    words = ["".join(source.choices("abcdefghijklmnopqrstuvwxyzé", k=source.randint(2, 11))) for _ in range(5000)]

    def text(count: int) -> str:
        return " ".join(source.choices(words, k=count))

    ris, medline = [], []
    for number in range(records):
        names = [f"{text(1).title()}, {text(1).title()}" for _ in range(5)]
        keywords = [text(2) for _ in range(8)]
        title, abstract, journal = text(14).capitalize(), text(220), text(4).title()
        doi, year, pages = f"10.5555/bench.{number}", 1990 + number % 35, number % 900
        ris.append(
            f"TY  - JOUR\nTI  - {title}\n"
            + "".join(f"AU  - {name}\n" for name in names)
            + f"PY  - {year}\nT2  - {journal}\nVL  - {number % 90}\nIS  - {number % 12}\n"
            + f"SP  - {pages}\nEP  - {pages + 9}\nSN  - {number % 9000 + 1000}-5679\nDO  - {doi}\n"
            + f"UR  - https://example.org/{number}\nAN  - B{number:09d}\n"
            + "".join(f"KW  - {word}\n" for word in keywords)
            + f"AB  - {abstract}\nLA  - English\nER  - \n\n"
        )
        # PubMed breaks lines between words; a dozen of them fill one.
        parts = abstract.split()
        lines = [" ".join(parts[at : at + 12]) for at in range(0, len(parts), 12)]
        medline.append(
            f"PMID- {number + 1}\nOWN - NLM\nSTAT- MEDLINE\nIS  - 1234-5679 (Electronic)\n"
            + f"VI  - {number % 90}\nIP  - 2\n"
            + f"DP  - {year} Feb\nTI  - {title}\nPG  - {pages}-{pages + 9}\nLID - {doi} [doi]\n"
            + "AB  - "
            + "\n      ".join(lines)
            + "\n"
            + "".join(f"FAU - {name}\nAU  - {name[:9]} X\nAD  - {text(12)}\n" for name in names)
            + f"LA  - eng\nPT  - Journal Article\nTA  - {journal}\nJT  - {journal}\n"
            + "".join(f"MH  - {word}\n" for word in keywords)
            + f"SO  - {journal}. {year}.\n\n"
        )
    paths = [folder / "made_up.ris", folder / "made_up.nbib"]
    paths[0].write_text("".join(ris), encoding="utf-8")
    paths[1].write_text("".join(medline), encoding="utf-8")
    return paths


def peer(path: Path, kind: str) -> int:
    with path.open(encoding="utf-8-sig") as file:
        return len(rispy.load(file) if kind == "ris" else list(Medline.parse(file)))  # type: ignore[no-untyped-call]


def read(path: Path, kind: str) -> int:
    content = Content(str(path), lambda: path.open("rb"))
    find_encoding(content)
    FORMATS[kind].count(content)
    if together := FORMATS[kind].together:
        return sum(len(batch.lines) + len(batch.others) for batch in together(content))
    return sum(1 for _ in FORMATS[kind].read(content))


def whole(path: Path, kind: str) -> int:
    export = Export(path)
    with tempfile.TemporaryDirectory() as folder:
        write_tables(Path(folder) / "records.parquet", search_tables(export, SEARCH))
    return export.parsed


def measured(path: Path, kind: str, rounds: int = ROUNDS) -> dict[str, tuple[int, float, float]]:
    """Records, best processor and wall seconds of each way, in turns so that a busy machine hits them alike."""
    ways: dict[str, Callable[[Path, str], int]] = {"peer": peer, "read": read, "import": whole}
    best: dict[str, tuple[int, float, float]] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            wall, processor = time.perf_counter(), time.process_time()
            records = way(path, kind)
            processor, wall = time.process_time() - processor, time.perf_counter() - wall
            _, least, shortest = best.get(name, (records, processor, wall))
            best[name] = records, min(least, processor), min(shortest, wall)
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--records", type=int, default=10000, help="made-up records a file, where no file is given")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = arguments.files or made_up(Path(folder), arguments.records)
        print("| file | records | way | CPU s | records a CPU second | CPU, times the peer | wall, times the peer |")
        print("|---|---|---|---|---|---|---|")
        for path in files:
            kind = find_format(Content(str(path), partial(path.open, "rb")))
            if kind not in ("ris", "medline"):
                sys.stderr.write(f"{path}: {kind} has no peer to be measured beside\n")
                continue
            best = measured(path, kind)
            for name, (records, processor, wall) in best.items():
                way = {"ris": "rispy", "medline": "Bio.Medline"}[kind] if name == "peer" else name
                times = f"{processor / best['peer'][1]:.2f} | {wall / best['peer'][2]:.2f}"
                print(f"| {path.name} | {records} | {way} | {processor:.2f} | {records / processor:,.0f} | {times} |")
    print(f"\npeak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
