"""Keeps the commands and outputs of README.md and docs/tutorial.md true: runs them, and writes what they print.

A page is run from top to bottom in an empty folder that holds the search exports of the example. In a block of the
language `console`, each line that begins with `$ ` is a command, and the lines under it are its output. A block under
a line that ends with "Write `FILE`:" or "Add to `FILE`:" is the content of that file.

Run: python tools/console.py [--check] [PAGE …]
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1]
PAGES = ("README.md", "docs/tutorial.md")
EXPORTS = PROJECT / "data" / "searches"
BLOCK = re.compile(r"(?P<before>[^\n]*)\n\n?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?P<verb>Write|Add to) `(?P<path>[^`]+)`:$")
LONGEST = 300


@dataclass
class Session:
    """A shell whose folder lasts from one command to the next."""

    folder: Path

    def run(self, command: str) -> str:
        """What a command prints on both streams."""
        script = f'{command}\nstatus=$?; pwd >"$PRISMAKE_PWD"; exit $status'
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PRISMAKE_PWD": str(self._note),
            "COLUMNS": "100",
            "NO_COLOR": "1",
        }
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        self.folder = Path(self._note.read_text(encoding="utf-8").strip())
        return done.stdout

    def __post_init__(self) -> None:
        self._note = self.folder.parent / "pwd"

    def write(self, verb: str, path: str, text: str) -> None:
        """Writes a file, or adds to one."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a" if verb == "Add to" else "w", encoding="utf-8", newline="\n") as written:
            written.write(text)


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block, with the output that the page shows."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def same(shown: str, printed: str) -> bool:
    """Whether two outputs have the same lines; steps that run side by side may finish in any order."""
    return sorted(shown.rstrip().split("\n")) == sorted(printed.rstrip().split("\n"))


def replayed(page: str) -> str:
    """A page with the outputs that its commands print now; an output that is the same but for its order stays."""
    with tempfile.TemporaryDirectory() as name:
        start = Path(name) / "start"
        start.mkdir()
        for export in EXPORTS.glob("*.*"):
            shutil.copy2(export, start)
        session = Session(start)

        def block(match: re.Match[str]) -> str:
            if file := FILE.search(match["before"]):
                session.write(file["verb"], file["path"], match["text"])
            if match["language"] != "console":
                return match[0]
            pieces = []
            for command, shown in commands(match["text"]):
                printed = session.run(command)
                output = shown if same(shown, printed) else printed.rstrip("\n") + "\n" if printed.strip() else ""
                blank = "\n" if shown.endswith("\n\n") and not output.endswith("\n\n") else ""
                pieces.append(f"$ {command}\n{output}{blank}")
            return match[0].replace(match["text"], "".join(pieces))

        return BLOCK.sub(block, page)


def main() -> int:
    """Writes the outputs into the pages, or with --check tells which pages are out of date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only report whether the outputs are up to date")
    parser.add_argument("pages", nargs="*", default=PAGES, metavar="PAGE")
    arguments = parser.parse_args()
    stale = 0
    for name in arguments.pages:
        path = PROJECT / name
        text = path.read_text(encoding="utf-8")
        new = replayed(text)
        if new != text and arguments.check:
            print(f"{name} is not up to date: run python tools/console.py {name}", file=sys.stderr)
            stale = 1
        elif new != text:
            path.write_text(new, encoding="utf-8", newline="\n")
    return stale


if __name__ == "__main__":
    sys.exit(main())
