"""Deduplication measured: accuracy, time and memory of Prismake, beside the PyPI package bib-dedupe on the same files.

    python benchmarks/dedup.py --sets FOLDER [--peer PYTHON] [--sizes 10000,100000,1000000]
    python benchmarks/dedup.py --sets FOLDER --queue
    python benchmarks/dedup.py --sets FOLDER --cross-validate --sway --spoil
    python benchmarks/dedup.py --sets FOLDER --hidden-identifiers EXPORTS …

FOLDER holds the benchmark sets (one folder each with records.csv and truth.csv), evaluate.py and make_synthetic.py.
bib-dedupe is no dependency of Prismake and stands in no lock file; give it an environment of its own to throw away:

    python -m venv /tmp/peer && /tmp/peer/bin/pip install bib-dedupe
    python benchmarks/dedup.py --sets FOLDER --peer /tmp/peer/bin/python

Time is wall time of a whole process from file to file; CPU time stands beside it, as it hardly depends on what else
the machine does. Memory is the largest resident size of the process and of its largest child.

--queue shows what a person has to do with: wrong merges, copies left, copies left that no question names, and the share
of the questions that name a copy, with the labels as they are and put right.

--cross-validate chooses the bar for a merge on all sets but one and looks at that one. --sway draws all points anew,
each between three quarters and five quarters of its value, 20 times. --spoil measures the sets without DOIs, with a
fifth of all cells emptied, with letters misread as by OCR, and as scans of printed pages give them (letters run
together, words broken at the end of a line or joined, digits read as letters, no diacritics, authors in capitals, no
volume, the journal behind the title). --hidden-identifiers reads folders of real exports: records that share a DOI or a
PMID are one work, then all identifiers are taken away and the works are to be found without them.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import random
import resource
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pyarrow as pa
from prismake.dedup import matching, scoring
from prismake.dedup.clusters import Groups
from prismake.dedup.features import text_table
from prismake.dedup.matching import Matching, match

ADJUDICATION = Path(__file__).parent / "adjudication.csv"

PRISMAKE = """
import argparse, sys
from prismake.dedup import command
parser = argparse.ArgumentParser()
command.add_arguments(parser)
sys.exit(command.run(parser.parse_args()))
"""
IMPORT = """
import argparse, sys
from prismake.importing import command
parser = argparse.ArgumentParser()
command.add_arguments(parser)
sys.exit(command.run(parser.parse_args()))
"""
PEER = """
import sys
import pandas as pd
from bib_dedupe.bib_dedupe import block, cluster, match, prep
if __name__ == "__main__":
    source, target = sys.argv[1:3]
    records = pd.read_csv(source, dtype=str, keep_default_na=False).rename(columns={"id": "ID"})
    # It leaves far more copies where the types of entries are as the sets give them.
    records["ENTRYTYPE"] = "article"
    groups = cluster(match(block(prep(records))))
    work = {one: group[0] for group in groups for one in group}
    rows = pd.DataFrame({"id": records["ID"], "cluster": [work.get(one, one) for one in records["ID"]]})
    rows.to_csv(target, index=False)
"""

Truth = dict[str, str]


def evaluator(sets: Path) -> ModuleType:
    """The judge that lies beside the sets."""
    spec = importlib.util.spec_from_file_location("evaluate", sets / "evaluate.py")
    if not spec or not spec.loader:
        raise SystemExit(f"no evaluate.py in {sets}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def search_values(sets: Path) -> list[Path]:
    return sorted(folder for folder in sets.iterdir() if (folder / "truth.csv").exists())


def read_set(folder: Path) -> tuple[pd.DataFrame, Truth]:
    records = pd.read_csv(folder / "records.csv", dtype=str, keep_default_na=False).rename(columns={"id": "record_id"})
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return records, dict(rows)


def corrected(name: str, truth: Truth) -> Truth:
    """The truth with the labels that adjudication.csv found wrong put right."""
    truth = dict(truth)
    with ADJUDICATION.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["set"] == name:
                truth.update(dict.fromkeys(row["records"].split(), row["work"]))
    return truth


def judge(judged: ModuleType, records: pd.DataFrame, truth: Truth) -> dict[str, Any]:
    """The figures of one run in this process."""
    matching = match(text_table(pa.Table.from_pandas(records, preserve_index=False)))
    ids = records["record_id"].tolist()
    # The judge keeps the first record of each group, so the rows' order decides, not the survivor.
    return dict(judged.evaluate(dict(zip(ids, (ids[root] for root in matching.roots.tolist()), strict=True)), truth))


def queue_figures(matching: Matching, ids: list[str], truth: Truth) -> tuple[int, int, int]:
    """(copies left that no question names, questions that name a copy, questions)."""
    groups = Groups(len(ids))
    for row, root in enumerate(matching.roots.tolist()):
        groups.join(row, root)
    copies = [pair for pair in matching.questions if truth[ids[pair.record_a]] == truth[ids[pair.record_b]]]
    for pair in copies:
        groups.join(pair.record_a, pair.record_b)
    parts: dict[str, set[int]] = {}
    for row, record in enumerate(ids):
        parts.setdefault(truth[record], set()).add(groups.find(row))
    return sum(len(roots) - 1 for roots in parts.values()), len(copies), len(matching.questions)


def queue(sets: Path) -> None:
    """The table of what is merged, left and asked."""
    judged = evaluator(sets)
    print("| set | labels | wrong merges | copies left | left and not asked | questions | of them copies |")
    print("|---|---|---|---|---|---|---|")
    for folder in search_values(sets):
        records, labelled = read_set(folder)
        matching = match(text_table(pa.Table.from_pandas(records, preserve_index=False)))
        ids = records["record_id"].tolist()
        predicted = dict(zip(ids, (ids[root] for root in matching.roots.tolist()), strict=True))
        for labels, truth in (("as given", labelled), ("put right", corrected(folder.name, labelled))):
            result = judged.evaluate(predicted, truth)
            unasked, copies, questions = queue_figures(matching, ids, truth)
            cells = (result["FP_entity"], result["FN_fragments"], unasked, questions, copies)
            print(f"| {folder.name} | {labels} | " + " | ".join(map(str, cells)) + " |", flush=True)


def timed(command: list[str]) -> tuple[float, float, float]:
    """(wall seconds, CPU seconds, gigabytes) of a process and its children."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    measured = [
        sys.executable,
        "-c",
        "import resource, subprocess, sys\n"
        "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
        "sys.exit(code.stderr[-2000:] if code.returncode else 0)",
        *command,
    ]
    done = subprocess.run(measured, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{command[0]} failed: {done.stderr}")
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, int(done.stdout) * 1024 / 1e9


def tools(peer: str | None) -> Iterator[tuple[str, Callable[[Path, Path], list[str]]]]:
    yield "Prismake", lambda source, target: [sys.executable, "-c", PRISMAKE, str(source), "--output", str(target)]
    if peer:
        script = Path(tempfile.mkdtemp()) / "peer.py"
        script.write_text(PEER, encoding="utf-8")
        yield "bib-dedupe", lambda source, target: [peer, str(script), str(source), str(target)]


def accuracy(sets: Path, peer: str | None) -> None:
    """The table of accuracy and time on the sets."""
    judged = evaluator(sets)
    print(
        "| set | tool | works lost (FP) | wrong merges | copies left (FN) | both, labels put right | s | CPU s | GB |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        for folder in search_values(sets):
            _, truth = read_set(folder)
            for name, command in tools(peer):
                target = Path(temporary) / "clusters.csv"
                wall, cpu, memory = timed(command(folder / "records.csv", target))
                raw, right = (judged.evaluate(judged.read(target), t) for t in (truth, corrected(folder.name, truth)))
                left = f"{raw['FP']} | {raw['FP_entity']} | {raw['FN']} | {right['FP_entity']} / {right['FN']}"
                print(f"| {folder.name} | {name} | {left} | {wall:.1f} | {cpu:.1f} | {memory:.2f} |", flush=True)


def scale(sets: Path, sizes: list[int], peer: str | None) -> None:
    """The table of time and memory on synthetic records; the peer runs up to 10,000."""
    judged = evaluator(sets)
    print("| records | tool | s | CPU s | µs a record | GB | wrong merges | copies left |")
    print("|---|---|---|---|---|---|---|---|")
    for size in sizes:
        with tempfile.TemporaryDirectory() as temporary:
            folder, target = Path(temporary), Path(temporary) / "clusters.csv"
            subprocess.run(
                [sys.executable, str(sets / "make_synthetic.py"), str(size), str(folder)], check=True, stdout=2
            )
            for name, command in tools(peer if size <= 10_000 else None):
                wall, cpu, memory = timed(command(folder / "records.csv", target))
                figures = judged.evaluate(judged.read(target), judged.read(folder / "truth.csv"))
                print(
                    f"| {size:,} | {name} | {wall:.1f} | {cpu:.1f} | {wall / size * 1e6:.0f} | {memory:.2f} | "
                    f"{figures['FP_entity']} | {figures['FN']} of {figures['duplicates']:,} |",
                    flush=True,
                )


def cross_validate(sets: Path) -> None:
    """The bar for a merge chosen on all sets but one, and what it does on that one."""
    judged, bars = evaluator(sets), [7.5, 8.0, 8.5, 9.0, 9.5, 10.0, 10.5, 11.0, 11.5]
    shipped = matching.ACCEPTED
    figures: dict[str, dict[float, tuple[int, int]]] = {}
    for folder in search_values(sets):
        records, truth = read_set(folder)
        figures[folder.name] = {}
        for bar in bars:
            matching.ACCEPTED = bar
            result = judge(judged, records, truth)
            figures[folder.name][bar] = (result["FP_entity"], result["FN"])
    matching.ACCEPTED = shipped
    print("| left out | bar chosen on the others | wrong merges | copies left |\n|---|---|---|---|")
    for name in figures:
        others = [values for other, values in figures.items() if other != name]
        # A work lost weighs ten copies left; of equal bars the one nearest the middle of the equals.
        cost = {bar: sum(10 * counts[bar][0] + counts[bar][1] for counts in others) for bar in bars}
        best = [bar for bar in bars if cost[bar] == min(cost.values())]
        bar = best[len(best) // 2]
        print(
            f"| {name} | {bar} (equal: {best[0]} to {best[-1]}) | {figures[name][bar][0]} | {figures[name][bar][1]} |"
        )


def sway(sets: Path, draws: int = 20) -> None:
    """What random changes of all points do: few if the points are not fitted to the sets."""
    judged, shipped, chance = evaluator(sets), dict(scoring.POINTS), random.Random(1)
    figures: dict[str, list[tuple[int, int]]] = {}
    for _ in range(draws):
        for field, levels in shipped.items():
            scoring.POINTS[field] = tuple((points * chance.uniform(0.75, 1.25), words) for points, words in levels)
        for folder in search_values(sets):
            result = judge(judged, *read_set(folder))
            figures.setdefault(folder.name, []).append((result["FP_entity"], result["FN"]))
    scoring.POINTS.update(shipped)
    print("| set | wrong merges: least, median, most | copies left: least, median, most |\n|---|---|---|")
    for name, values in figures.items():
        cells = []
        for column in zip(*values, strict=True):
            ordered = sorted(column)
            cells.append(f"{ordered[0]}, {ordered[len(ordered) // 2]}, {ordered[-1]}")
        print(f"| {name} | {cells[0]} | {cells[1]} |")


MISREAD = {
    "l": "1",
    "i": "l",
    "o": "0",
    "e": "c",
    "c": "e",
    "m": "rn",
    "h": "b",
    "u": "v",
    "t": "f",
    "s": "5",
    "g": "q",
}


def misread(text: str, share: float, chance: random.Random) -> str:
    """A text as OCR might read it: letters confused, letters lost, blanks added."""
    letters = []
    for letter in text:
        if chance.random() >= share:
            letters.append(letter)
            continue
        how = chance.random()
        if how < 0.6 and letter.lower() in MISREAD:
            letters.append(MISREAD[letter.lower()])
        elif how < 0.75:
            continue
        elif how < 0.9:
            letters.append(letter + " ")
        else:
            letters.append(chance.choice("abcdefghijklmnopqrstuvwxyz"))
    return "".join(letters)


# What a scan makes of letters that stand together, and of digits.
RUN_TOGETHER = (
    ("rn", "m"),
    ("cl", "d"),
    ("ii", "u"),
    ("vv", "w"),
    ("li", "h"),
    ("in", "m"),
    ("nn", "im"),
    ("tt", "ti"),
)
DIGITS = {"0": "O", "1": "l", "5": "S", "8": "B", "6": "G", "2": "Z", "3": "8", "7": "1"}


def scanned_text(text: str, share: float, chance: random.Random) -> str:
    """A printed line as a scan gives it: no diacritics, letters run together, ligatures, a word broken at the end."""
    plain = unicodedata.normalize("NFKD", text)
    text = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for pair, letter in RUN_TOGETHER:
        parts = text.split(pair)
        text = parts[0] + "".join((letter if chance.random() < 2 * share else pair) + part for part in parts[1:])
    for pair, letter in (("fi", "\ufb01"), ("fl", "\ufb02")):
        text = text.replace(pair, letter) if chance.random() < 0.2 else text
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) > 7 and word.isalpha()]
    if long and chance.random() < 0.25:
        place = chance.choice(long)
        cut = chance.randrange(3, len(words[place]) - 2)
        words[place] = words[place][:cut] + "- " + words[place][cut:]
    text = "".join(
        word + ("" if chance.random() < share else "  " if chance.random() < share else " ") for word in words
    )
    return misread(text.strip(), share / 2, chance)


def scanned_number(text: str, share: float, chance: random.Random) -> str:
    """Digits as a scan gives them: read as letters, or lost."""
    letters = []
    for letter in text:
        if letter.isdigit() and chance.random() < share:
            letters.append(DIGITS.get(letter, "") if chance.random() < 0.7 else "")
        else:
            letters.append(letter)
    return "".join(letters)


def scanned(records: pd.DataFrame, share: float, chance: random.Random) -> pd.DataFrame:
    """The records as read from printed pages, `share` of the letters wrong: neither DOI nor abstract, fields astray."""
    rows = []
    for row in records.assign(doi="", abstract="").to_dict("records"):
        if chance.random() < 0.05:
            row |= {"title": f"{row['title']} {row['journal']}", "journal": ""}
        row |= {name: scanned_text(row[name], share, chance) for name in ("title", "author", "journal")}
        row |= {name: scanned_number(row[name], share, chance) for name in ("year", "volume", "number", "pages")}
        row |= {name: "" for name in ("volume", "number") if chance.random() < 0.15}
        if chance.random() < 0.3:
            row["author"] = row["author"].upper().replace(" AND ", " and ")
        rows.append(row)
    return pd.DataFrame(rows, columns=records.columns)


def spoil(sets: Path) -> None:
    """The sets with less or worse in them than a database gives."""
    judged = evaluator(sets)
    print("| set | spoilt | wrong merges | copies left | duplicates |\n|---|---|---|---|---|")
    for name, damage, records, truth in spoilt(sets):
        result = judge(judged, records, truth)
        cells = (name, damage, *(str(result[figure]) for figure in ("FP_entity", "FN", "duplicates")))
        print("| " + " | ".join(cells) + " |", flush=True)


def spoilt(sets: Path, seed: int = 1) -> Iterator[tuple[str, str, pd.DataFrame, Truth]]:
    """(set, how it is spoilt, records, truth); the same seed spoils the same letters."""
    chance = random.Random(seed)
    for folder in search_values(sets):
        whole, truth = read_set(folder)
        variants = {"no DOI": whole.assign(doi=""), "no DOI, no abstract": whole.assign(doi="", abstract="")}
        gone = whole.copy()
        for name in ("author", "year", "journal", "volume", "number", "pages", "doi", "abstract"):
            gone[name] = ["" if chance.random() < 0.2 else value for value in gone[name]]
        variants["a fifth of the cells empty"] = gone
        for share in (0.01, 0.03):
            read = whole.assign(doi="", abstract="")
            for name in ("title", "author", "journal", "volume", "pages"):
                read[name] = [misread(value, share, chance) for value in read[name]]
            variants[f"{share:.0%} of letters misread, no DOI, no abstract"] = read
        pages = random.Random(f"{seed} {folder.name}")
        for share in (0.01, 0.03):
            variants[f"as scanned, {share:.0%} of letters"] = scanned(whole, share, pages)
        for damage, records in variants.items():
            yield folder.name, damage, records, truth


IDENTIFIERS = ("doi", "pmid", "pmcid", "embase_id", "central_id", "trial_ids")


def with_hidden_identifiers(exports: Path) -> tuple[pd.DataFrame, Truth]:
    """The records of a folder of exports that have a DOI, without any identifier, and their works by DOI and PMID."""
    with tempfile.TemporaryDirectory() as temporary:
        table = Path(temporary) / "records.parquet"
        known = (".ris", ".nbib", ".csv", ".tsv", ".txt", ".xlsx", ".bib", ".xml", ".ciw", ".enw")
        files = [str(path) for path in sorted(exports.rglob("*")) if path.suffix in known]
        # A file that is not an export is reported by the import and left out.
        command = [sys.executable, "-c", IMPORT, *files, "--output", str(table)]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        records = pd.read_parquet(table)
    records = records[records["doi"] != ""].reset_index(drop=True)
    groups = Groups(len(records))
    for name in ("doi", "pmid"):
        first: dict[str, int] = {}
        for row, value in enumerate(records[name].str.lower()):
            if value:
                groups.join(row, first.setdefault(value, row))
    truth = {record_id: str(groups.find(row)) for row, record_id in enumerate(records["record_id"])}
    return records.assign(**dict.fromkeys(IDENTIFIERS, "")), truth


def hidden_identifiers(judged: ModuleType, folders: list[Path]) -> None:
    """Real exports without labels: works by shared DOI or PMID, found without them; each wrong merge to be read."""
    print("| exports | hidden | records | duplicates | wrong merges | copies left |\n|---|---|---|---|---|---|")
    wrong: list[str] = []
    for folder in folders:
        records, truth = with_hidden_identifiers(folder)
        for missing, hidden in (("identifiers", records), ("and abstracts", records.assign(abstract=""))):
            result = judge(judged, hidden, truth)
            cells = [str(result[name]) for name in ("n", "duplicates", "FP_entity", "FN")]
            print(f"| {folder.name} | {missing} | " + " | ".join(cells) + " |", flush=True)
            wrong += mixed(folder.name, hidden, truth)
    print("\n".join(["", "Merged with other identifiers:", *wrong]))


def mixed(name: str, records: pd.DataFrame, truth: Truth) -> Iterator[str]:
    """The reported works that contain records of two or more true works."""
    roots, ids = (
        match(text_table(pa.Table.from_pandas(records, preserve_index=False))).roots.tolist(),
        records["record_id"].tolist(),
    )
    members: dict[int, list[int]] = {}
    for row, root in enumerate(roots):
        members.setdefault(root, []).append(row)
    shown = ("record_id", "title", "author", "year", "journal", "volume", "number", "pages")
    for rows in members.values():
        if len({truth[ids[row]] for row in rows}) > 1:
            yield f"{name}:"
            yield from ("    " + " | ".join(str(records[column].iloc[row])[:80] for column in shown) for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, required=True, help="folder of the benchmark sets")
    parser.add_argument("--peer", help="the Python of an environment that has bib-dedupe")
    parser.add_argument("--sizes", default="", help="synthetic sizes, as 10000,100000")
    for option in ("--queue", "--cross-validate", "--sway", "--spoil"):
        parser.add_argument(option, action="store_true")
    parser.add_argument(
        "--hidden-identifiers", type=Path, nargs="+", default=[], metavar="FOLDER", help="folders of real exports"
    )
    chosen = parser.parse_args()
    others = chosen.queue or chosen.cross_validate or chosen.sway or chosen.spoil or chosen.hidden_identifiers
    if chosen.sizes:
        scale(chosen.sets, [int(size) for size in chosen.sizes.split(",")], chosen.peer)
    elif not others:
        accuracy(chosen.sets, chosen.peer)
    if chosen.queue:
        queue(chosen.sets)
    if chosen.cross_validate:
        cross_validate(chosen.sets)
    if chosen.sway:
        sway(chosen.sets)
    if chosen.spoil:
        spoil(chosen.sets)
    if chosen.hidden_identifiers:
        hidden_identifiers(evaluator(chosen.sets), chosen.hidden_identifiers)


if __name__ == "__main__":
    main()
