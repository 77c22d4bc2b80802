"""Changes the arithmetic one place at a time with mutmut and reports the changes that no test notices.

    python -m tools.mutants              all rooms, an hour or so on two cores
    python -m tools.mutants flow dedup   some of them
    python -m tools.mutants flow.boxes   a module
    python -m tools.mutants --sample 20  the mutants of a fifth of the lines, the same ones each time
    python -m tools.mutants --again      only what survived the last run, or stands in a function that changed since

Texts of messages are left alone: a mutant there makes no wrong number. A survivor must be killed by a test, or stand in
`tests/mutants.toml` with the reason why it changes nothing. An entry names the function and the changed text, so it
holds when lines move; one that no longer survives must go.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import ndiff
from pathlib import Path
from typing import Any

from prismake.common.errors import counted

PROJECT = Path(__file__).parents[1]
LISTED = PROJECT / "tests" / "mutants.toml"
SCRATCH = PROJECT / ".mutants"
MOST = 0.05

# Room -> modules in which a wrong line makes a wrong number, and the tests that are about them. The rules of the field
# maps are made when their module is imported, before mutmut can choose a mutant: test_swapped_columns.py changes them.
ROOMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "common": (("kappa",), ("common/test_kappa.py", "screening/test_agreement_of_stages.py")),
    "flow": (
        ("conservation", "boxes", "count", "previous", "prisma2020", "prisma2020_flow", "prisma2020_table"),
        ("flow",),
    ),
    "dedup": (
        ("vetoes", "merging"),
        # Thousands of pairs that are compared once see more than the whole matching of a few, and in less time.
        ("dedup/test_verdicts.py", "dedup/test_each_veto.py", "dedup/test_merging.py", "dedup/test_works.py"),
    ),
    "screening": (("votes", "decisions", "agreement", "screen"), ("screening",)),
    "importing": (
        ("collecting", "field_map", "fields"),
        (
            "importing/test_field_maps.py",
            "importing/test_hits.py",
            "importing/test_steps.py",
            "importing/test_parts.py",
            "importing/test_rules_of_maps.py",
            "importing/test_collecting.py",
        ),
    ),
    "synthesis": (
        ("figures", "pooling/effects", "pooling/completing", "pooling/rows", "pooling/directions"),
        ("synthesis/test_figures.py", "synthesis/pooling", "ledger"),
    ),
    "metaanalysis": (("models", "tau2", "generic", "groups", "conversions", "direction"), ("metaanalysis",)),
    "appraisal": (
        ("rules", "selection", "excluding"),
        ("appraisal/test_rules.py", "appraisal/test_appraisals.py", "appraisal/test_excluding.py"),
    ),
    "grade": (("absolute", "judgements", "domains"), ("grade",)),
    "ledger": (("studies", "records"), ("ledger",)),
    "manuscript": (("filters",), ("manuscript/test_filters.py",)),
}

# Calls whose arguments a person reads, and the names under which such texts are put together.
MESSAGES = frozenset({"Issue", "stop", "refusal", "demand", "Note", "BuildStop", "warn", "nearest"})
TEXTS = frozenset({"message", "fix", "why", "where", "count"})
# What mutmut calls a mutant that a test noticed: a failure, a crash of pytest, or a time-out.
NOTICED = frozenset({1, 3, 24, 36, 152, 255, -9, -24})

SETTINGS = """\
[tool.pytest.ini_options]
pythonpath = ["src"]
markers = ["build: builds a review"]

[tool.mutmut]
source_paths = ["src"]
only_mutate = {modules}
also_copy = ["workflow"]
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not build"]
use_git_change_detection = false
"""


@dataclass(frozen=True, order=True)
class Mutant:
    """A change of one function: the lines that it replaces and those that it puts there, stripped."""

    function: str
    was: str
    now: str


@dataclass(frozen=True)
class Listed:
    """The survivors that are known to change nothing: single ones, and patterns of old and new text."""

    single: Mapping[Mutant, str]
    # (start of the function's name, pattern) -> reason
    patterns: Mapping[tuple[str, re.Pattern[str]], str]

    def covers(self, mutant: Mutant) -> bool:
        """Whether a reason is on record for this survivor."""
        change = f"{mutant.was}\n{mutant.now}"
        return mutant in self.single or any(
            mutant.function.startswith(function) and pattern.search(change) for function, pattern in self.patterns
        )


def read_listed(path: Path) -> Listed:
    """Reads the tracked list. Raises ValueError for an entry without a reason."""
    content = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    single, patterns = content.get("survivor", []), content.get("pattern", [])
    if lacking := [entry for entry in [*single, *patterns] if not entry.get("reason", "").strip()]:
        raise ValueError(f"{path}: no reason is given for {lacking[0]}")
    return Listed(
        {Mutant(entry["function"], entry["was"], entry["now"]): entry["reason"] for entry in single},
        {(entry.get("function", ""), re.compile(entry["change"])): entry["reason"] for entry in patterns},
    )


def _text_lines(source: str) -> set[int]:
    """The lines that only put together what a person reads."""
    lines: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        called = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        named = isinstance(node, ast.Assign) and all(getattr(name, "id", "") in TEXTS for name in node.targets)
        if isinstance(node, ast.Raise | ast.Call | ast.Assign) and (
            isinstance(node, ast.Raise) or called in MESSAGES or named
        ):
            lines |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def _sampled(line: str, percent: int) -> bool:
    return hashlib.sha256(line.strip().encode()).digest()[0] * 100 < percent * 256


def without_texts(source: str, sample: int = 100) -> str:
    """The source with a mark for mutmut on each line that only words a message, or is not in a sample (in percent)."""
    texts = _text_lines(source)
    return "".join(
        f"{line}  # pragma: no mutate\n" if number in texts or not _sampled(line, sample) else f"{line}\n"
        for number, line in enumerate(source.splitlines(), 1)
    )


def kills(folder: Path) -> dict[Path, str]:
    """What a run knows of each module, without the verdicts on mutants that no test noticed: they are tried again."""
    records: dict[Path, str] = {}
    for path in sorted((folder / "mutants").rglob("*.meta")):
        meta = json.loads(path.read_text(encoding="utf-8"))
        codes = meta["exit_code_by_key"]
        meta["exit_code_by_key"] = {key: code if code in NOTICED else None for key, code in codes.items()}
        records[path.relative_to(folder)] = json.dumps(meta)
    return records


def lay_out(folder: Path, modules: Sequence[str], tests: Sequence[str], sample: int, again: bool) -> None:
    """A tree as mutmut wants it: the library under `src`, which it puts on the path, and a configuration of its own."""
    known = kills(folder) if again else {}
    shutil.rmtree(folder, ignore_errors=True)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "workflow", folder / "src", ignore=ignore)
    shutil.copytree(PROJECT / "tests", folder / "tests", ignore=ignore)
    (folder / "workflow").symlink_to("src", target_is_directory=True)
    for module in modules:
        path = folder / "src" / module
        path.write_text(without_texts(path.read_text(encoding="utf-8"), sample), encoding="utf-8")
    settings = SETTINGS.format(
        modules=json.dumps([f"src/{module}" for module in modules]),
        tests=json.dumps([f"tests/prismake/{test}" for test in tests]),
    )
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    for path, meta in known.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(meta, encoding="utf-8")


def _functions(generated: str) -> dict[str, list[str]]:
    """The lines of every function of a file that mutmut made, by name."""
    lines = generated.splitlines()
    return {
        node.name: [line.strip().replace(node.name, "") for line in lines[node.lineno - 1 : node.end_lineno]]
        for node in ast.walk(ast.parse(generated))
        if isinstance(node, ast.FunctionDef) and "__mutmut_" in node.name
    }


def _mutant(key: str, functions: Mapping[str, list[str]]) -> Mutant:
    module, _, name = key.rpartition(".")
    own = name.partition("__mutmut_")[0]
    mark = "  # pragma: no mutate"
    changes = list(ndiff(functions[f"{own}__mutmut_orig"], functions[name]))
    was, now = (
        "\n".join(line[2:].removesuffix(mark) for line in changes if line.startswith(sign)) for sign in ("- ", "+ ")
    )
    function = own.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    return Mutant(f"{module.removeprefix('prismake.')}.{function}", was, now)


def results(folder: Path, modules: Sequence[str]) -> Iterator[tuple[Mutant, bool]]:
    """Each mutant of these modules in a finished run, and whether a test noticed it."""
    for meta in (folder / "mutants" / "src" / f"{module}.meta" for module in modules):
        functions = _functions(meta.with_suffix("").read_text(encoding="utf-8"))
        for key, code in json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            yield _mutant(key, functions), code in NOTICED


def run(
    room: str, wanted: Sequence[str], *, workers: int, sample: int = 100, again: bool = False
) -> list[tuple[Mutant, bool]]:
    """Runs mutmut over some modules of a room. Raises RuntimeError where it cannot, with the end of its output."""
    folder = SCRATCH / room
    modules = [f"prismake/{room}/{module}.py" for module in ROOMS[room][0] if module in wanted]
    lay_out(folder, modules, ROOMS[room][1], sample, again)
    log = folder / "mutmut.log"
    with log.open("w", encoding="utf-8") as output:
        command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(workers)]
        # No other checkout's package, and no bytecode, which would outlive a mutant.
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ""}
        done = subprocess.run(command, cwd=folder, stdout=output, stderr=output, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"mutmut failed over {room}; the end of {log}:\n" + log.read_text("utf-8")[-3000:])
    return list(results(folder, modules))


def chosen(names: Sequence[str]) -> dict[str, list[str]]:
    """Room -> modules for names such as `flow` and `flow.boxes`; all for none. Raises ValueError for others."""
    modules: defaultdict[str, list[str]] = defaultdict(list)
    for name in names or ROOMS:
        room, _, module = name.partition(".")
        if room not in ROOMS or (module and module not in ROOMS[room][0]):
            raise ValueError(f"no arithmetic is listed under '{name}'; there are {', '.join(ROOMS)}")
        modules[room] += [module] if module else ROOMS[room][0]
    return dict(modules)


def _entry(mutant: Mutant) -> str:
    cells: dict[str, Any] = {"function": mutant.function, "was": mutant.was, "now": mutant.now, "reason": ""}
    return "[[survivor]]\n" + "".join(
        f"{key} = {json.dumps(text, ensure_ascii=False)}\n" for key, text in cells.items()
    )


def report(outcomes: Sequence[tuple[Mutant, bool]], listed: Listed, ran: Sequence[str]) -> bool:
    """Prints the score, what survives without a reason and what is listed in vain; whether all is well."""
    survivors = sorted(mutant for mutant, noticed in outcomes if not noticed)
    unlisted = [mutant for mutant in survivors if not listed.covers(mutant)]
    stale = [
        mutant
        for mutant in listed.single
        if mutant not in survivors and any(mutant.function.startswith(f"{module}.") for module in ran)
    ]
    by_module = Counter(".".join(mutant.function.split(".")[:2]) for mutant, _ in outcomes)
    alive = Counter(".".join(mutant.function.split(".")[:2]) for mutant in survivors)
    reasoned = Counter(".".join(mutant.function.split(".")[:2]) for mutant in survivors if listed.covers(mutant))
    for module, number in by_module.items():
        survive = f"{alive[module]} survive ({alive[module] / number:.1%}), {reasoned[module]} of them with a reason"
        print(f"{module}: {counted(number, 'mutant')}, {number - alive[module]} killed, {survive}")
    share = len(survivors) / len(outcomes)
    left = f"{len(survivors)} survive ({share:.1%}), {len(unlisted)} without a reason"
    print(f"in all: {counted(len(outcomes), 'mutant')}, {left}")
    for mutant in unlisted:
        print(f"\n{_entry(mutant)}", end="")
    for mutant in stale:
        print(f"\nno longer survives, take it out of {LISTED.name}: {mutant}")
    return not unlisted and not stale and share <= MOST


def main() -> int:
    """Runs the rooms that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="ROOM[.MODULE]")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--sample", type=int, default=100, metavar="PERCENT", help="of the lines")
    parser.add_argument("--again", action="store_true", help="keep the kills of the last run")
    options = parser.parse_args()
    wanted = chosen(options.names)
    how = {"workers": options.workers, "sample": options.sample, "again": options.again}
    outcomes = [outcome for room, modules in wanted.items() for outcome in run(room, modules, **how)]
    # A sample does not show which of the listed survivors no longer survive.
    whole = options.sample == 100
    if not whole:
        print(f"a sample: only the mutants of {options.sample} % of the lines, chosen by their text")
    ran = [f"{room}.{module}" for room, modules in wanted.items() for module in modules] if whole else []
    return 0 if report(outcomes, read_listed(LISTED), ran) else 1


if __name__ == "__main__":
    sys.exit(main())
