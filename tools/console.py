"""Keeps the commands and outputs of README.md and docs/tutorial.md true: runs them, and writes what they print.

README.md is run from top to bottom in a folder that holds the exports which the tutorial writes. The tutorial begins
with the commands of README.md, which are not run again, and goes on from there.

In a block of the language `console`, each line that begins with `$ ` is a command, and the lines under it are its
output; where they begin with a line `…`, they are the last ones of it. What a person does between the commands is done
as the page says it:

- "Write `FILE`:" or "Add to `FILE`:" before a block with its content;
- "Fill in the sheet `SHEET` of `FILE`:" or "… and save it as `FILE`:" before a table of cells, whose first column names
  the rows by the first letters of a cell;
- "Replace the marks in the files of `FOLDER`:" before a table with the first words of each `to_write()` and its text;
- "In `FILE`, change `OLD` to `NEW`".

Run: python tools/console.py [--check]
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import load_workbook

PROJECT = Path(__file__).parents[1]
README, TUTORIAL = PROJECT / "README.md", PROJECT / "docs" / "tutorial.md"
BLOCK = re.compile(r"(?P<before>[^\n]*)\n\n?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
TABLE = re.compile(
    r"Fill in the sheet `(?P<sheet>[^`]+)` of\s`(?P<book>[^`]+)`(?:\sand save it as\s`(?P<saved>[^`]+)`)?:\n\n"
    r"(?P<cells>(?:\|[^\n]*\n)+)"
)
MARKS = re.compile(r"Replace the marks in the files of `(?P<folder>[^`]+)`:\n\n(?P<texts>(?:\|[^\n]*\n)+)")
CHANGE = re.compile(r"In `(?P<changed>[^`]+)`,\schange\s`(?P<old>[^`]+)`\sto\s`(?P<new>[^`]+)`")
STEP = re.compile("|".join(kind.pattern for kind in (TABLE, MARKS, CHANGE, BLOCK)), re.MULTILINE | re.DOTALL)
TO_WRITE = re.compile(r'\{\{ to_write\("(.*?)"\) \}\}')
FILE = re.compile(r"(?P<verb>Write|Add to) `(?P<path>[^`]+)`:$")
LONGEST = 1200


@dataclass
class Session:
    """A shell whose folder lasts from one command to the next, through the pages of one after the other.

    `ran` are the commands of a page with what they printed, `before` those of the page before that are to come again.
    """

    folder: Path
    ran: list[tuple[str, str]] = field(default_factory=list)
    before: list[tuple[str, str]] = field(default_factory=list)

    def next_page(self) -> None:
        """Begins a page, which repeats the commands of the page before."""
        self.before, self.ran = self.ran, []

    def run(self, command: str) -> str:
        """What a command prints on both streams."""
        if self.before:
            earlier, printed = self.before.pop(0)
            assert command == earlier, f"the tutorial goes on from README.md: expected '{earlier}', not '{command}'"
        else:
            printed = self._printed(command)
        self.ran.append((command, printed))
        return printed

    def _printed(self, command: str) -> str:
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
        """Writes a file, or adds to one; while the commands of the page before come again, it is there already."""
        if self.before:
            return
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a" if verb == "Add to" else "w", encoding="utf-8", newline="\n") as written:
            written.write(text)

    def fill(self, book: str, sheet: str, rows: list[list[str]], saved: str) -> None:
        """Fills in cells of a workbook as a person does, who finds a row by its first cell and a column by its head."""
        workbook = load_workbook(self.folder / book)
        page = workbook[sheet]
        heads = [str(cell.value) for cell in page[1]]
        names, *answers = rows
        names = [next((head for head in heads if head.startswith(name)), name) for name in names]
        heads += [name for name in names if name not in heads]
        for number, head in enumerate(heads, start=1):
            page.cell(1, number, head)
        for key, *cells in answers:
            (row,) = (
                line[0].row for line in page.iter_rows(2) if str(line[heads.index(names[0])].value).startswith(key)
            )
            for name, cell in zip(names[1:], cells, strict=True):
                page.cell(row, heads.index(name) + 1, cell or None)
        workbook.save(self.folder / saved)

    def change(self, name: str, old: str, new: str) -> None:
        """Changes the one place of a file that has these words."""
        file = self.folder / name
        before, words, after = file.read_text(encoding="utf-8").partition(old)
        assert words and old not in after, f"'{old}' is in {name} not once"
        file.write_text(before + new + after, encoding="utf-8", newline="\n")

    def replace(self, folder: str, texts: list[list[str]]) -> None:
        """Replaces each mark of what is to be written by the text whose first words it begins with."""
        for file in sorted((self.folder / folder).glob("*.[my]*")):
            text = TO_WRITE.sub(
                lambda mark: next(text for words, text in texts if mark[1].startswith(words.strip("…"))),
                file.read_text(encoding="utf-8"),
            )
            file.write_text(text, encoding="utf-8", newline="\n")


def rows_of(table: str) -> list[list[str]]:
    """The header and the rows of a Markdown table."""
    lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.splitlines()]
    return [lines[0], *lines[2:]]


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block, with the output that the page shows."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def same(shown: str, printed: str) -> bool:
    """Whether two outputs have the same lines; steps that run side by side may finish in any order."""
    return sorted(shown.rstrip().split("\n")) == sorted(printed.rstrip().split("\n"))


def output_of(shown: str, printed: str) -> str:
    """What a page shows of what a command printed: the output that it has, where only the order of lines differs."""
    if not printed.strip():
        return ""
    first, *lines = shown.rstrip().split("\n")
    if first == "…":
        printed = "\n".join(["…", *printed.rstrip().split("\n")[-len(lines) :]])
    return shown if same(shown, printed) else printed.rstrip("\n") + "\n"


def replayed(page: str, session: Session) -> str:
    """A page with the outputs that its commands print now; an output that is the same but for its order stays."""

    def step(match: re.Match[str]) -> str:
        if match["cells"]:
            session.fill(match["book"], match["sheet"], rows_of(match["cells"]), match["saved"] or match["book"])
        elif match["texts"]:
            session.replace(match["folder"], rows_of(match["texts"])[1:])
        elif match["changed"]:
            session.change(match["changed"], match["old"], match["new"])
        elif file := FILE.search(match["before"]):
            session.write(file["verb"], file["path"], match["text"])
        if match["language"] != "console":
            return match[0]
        pieces = []
        for command, shown in commands(match["text"]):
            output = output_of(shown, session.run(command))
            blank = "\n" if shown.endswith("\n\n") and not output.endswith("\n\n") else ""
            pieces.append(f"$ {command}\n{output}{blank}")
        return match[0].replace(match["text"], "".join(pieces))

    session.next_page()
    return STEP.sub(step, page)


def both(readme: str, tutorial: str) -> tuple[str, str]:
    """Both pages with the outputs that their commands print now."""
    with tempfile.TemporaryDirectory() as name:
        start = Path(name) / "start"
        start.mkdir()
        session = Session(start)
        for block in BLOCK.finditer(tutorial.partition("```console")[0]):
            if file := FILE.search(block["before"]):
                session.write(file["verb"], file["path"], block["text"])
        return replayed(readme, session), replayed(tutorial, session)


def main() -> int:
    """Writes the outputs into the pages, or with --check tells which pages are out of date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only report whether the outputs are up to date")
    arguments = parser.parse_args()
    pages = {path: path.read_text(encoding="utf-8") for path in (README, TUTORIAL)}
    new = dict(zip(pages, both(*pages.values()), strict=True))
    stale = [path for path, text in pages.items() if new[path] != text]
    for path in stale:
        if arguments.check:
            print(f"{path.relative_to(PROJECT)} is not up to date: run python tools/console.py", file=sys.stderr)
        else:
            path.write_text(new[path], encoding="utf-8", newline="\n")
    return int(arguments.check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
