"""Markdown parsed by pandoc into a tree whose nodes know their place in the sources and which of them are values.

The text is parsed twice, side by side: as it is, and with the marks of `marks.py`, which `unmarking.py` takes out.
What both parses agree on, block by block, is taken from the second, with places and values; of every other block the
first is taken, so that marks never change what a reader gets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import SequenceMatcher
from subprocess import CompletedProcess
from typing import Any

import yaml

from prismake.common.errors import BuildStop, Issue, stop
from prismake.common.limits import TooMuch
from prismake.common.pandoc import WITHIN, closed_environment, pandoc_program
from prismake.common.programs import run_program
from prismake.manuscript import tree
from prismake.manuscript.codec import Encoder, decode
from prismake.manuscript.marks import PRIVATE
from prismake.manuscript.unmarking import Unmarker
from prismake.manuscript.walking import lists_of, walk
from prismake.manuscript.words import literal_text

# Raw HTML, TeX and OpenXML are read as what they are, so that `checks` can refuse them by name (and drop comments):
# nothing in a manuscript may carry code into a document, and no source may be printed.
READER = "markdown-markdown_in_html_blocks-native_divs-native_spans-latex_macros"
# Seconds; a manuscript of a hundred pages takes three.
LONGEST = 120
# What pandoc reads as metadata: between lines of three dashes, the first with text right below it.
METADATA = re.compile(r"(?:\A|\n[ \t]*\n)(?P<mark>---)[ \t]*\n(?![ \t]*\n)(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
FENCED = re.compile(r"^(?P<fence>```++|~~~++).*?^(?P=fence)", re.DOTALL | re.MULTILINE)
WARNED_AT = re.compile(r"line (?P<line>\d+) column \d+")

# The width of a column, which pandoc takes from the dashes below the header where a line of the table is long.
WIDTH, NO_WIDTH = re.compile(r'\{"t": "ColWidth", "c": [^}]*\}'), '{"t": "ColWidthDefault"}'


@dataclass(frozen=True)
class Place:
    """A line of a file that a person wrote; line 0 is the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Source:
    """Markdown with the place of each of its lines, counted from 0; `marked` is the same text with marks.

    `further` are the places that marks of the metadata's texts name, numbered on from the last line. `name` is the
    file that a fault without a place is reported for.
    """

    name: str
    text: str
    marked: str
    places: tuple[Place, ...]
    further: tuple[Place, ...] = ()

    def place(self, at: int) -> Place:
        """The place that a node's `at` means."""
        known = (*self.places, *self.further)
        return known[at] if 0 <= at < len(known) else Place(self.name)


def _pandoc(text: str) -> CompletedProcess[bytes]:
    command = [str(pandoc_program()), f"--from={READER}", "--to=json", "--sandbox", "--fail-if-warnings", *WITHIN]
    return run_program(command, text.encode(), seconds=LONGEST, environment=closed_environment())


def _fault(source: Source, message: str) -> Issue:
    match = WARNED_AT.search(message)
    where = source.place(int(match["line"]) - 1) if match else Place(source.name)
    text = WARNED_AT.sub("", message.replace("[WARNING]", "").replace(" at ", " ", 1)) if match else message
    return Issue("pandoc", " ".join(text.split()), str(where), "fix the text there")


def _refuse_metadata(source: Source) -> None:
    """Stops at a block of metadata behind the head, which would change title and authors without a word."""
    text = FENCED.sub(lambda code: "\n" * code[0].count("\n"), source.text)
    for match in METADATA.finditer(text):
        if match.start() == 0:
            continue
        line = text.count("\n", 0, match.start("mark")) + 1
        fix = "put its entries into metadata.yaml, or an empty line below the dashes for a rule"
        raise stop("metadata-block", "the text contains a block of metadata", where=str(source.place(line)), fix=fix)


def parse(source: Source) -> tree.Document:
    """The tree of a text. Raises BuildStop if pandoc cannot read it, or warns of it."""
    _refuse_metadata(source)
    # A text with such characters of its own could not be distinguished from one with marks.
    marked = source.marked if not PRIVATE.search(source.text) else source.text
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(_pandoc, text) for text in (source.text, marked)]
        try:
            plain, with_marks = (run.result() for run in runs)
        except TooMuch as fault:
            raise stop(
                "too-long",
                f"pandoc {fault}",
                where=source.name,
                fix="look for brackets and tables that are never closed, and for extremely long words",
            ) from None
    if plain.returncode:
        raise BuildStop(
            _fault(source, plain.stdout.decode("utf-8", "replace") + plain.stderr.decode("utf-8", "replace"))
        )
    clean = json.loads(plain.stdout)
    if with_marks.returncode:
        return decode(clean)
    document = decode(json.loads(with_marks.stdout))
    reader = Unmarker(source.text.split("\n"))
    reader.list_of(document.blocks)
    for value in document.meta.values():
        reader.meta(value)
    return _agreed(clean, document)


def words_of(texts: Sequence[str], name: str) -> list[str]:
    """The words that short Markdown texts print, without their citations; `name` is where a person wrote them.

    Raises BuildStop if pandoc cannot read one.
    """
    # Without this sign there is no citation, and no need for a run of pandoc.
    if not any("@" in text for text in texts):
        return list(texts)
    done = _pandoc(f"---\n{yaml.safe_dump({'texts': list(texts)}, allow_unicode=True, width=10_000)}---\n")
    if done.returncode:
        raise BuildStop(Issue("pandoc", " ".join(done.stderr.decode("utf-8", "replace").split()), name, "fix the text"))
    read = decode(json.loads(done.stdout)).meta["texts"]
    return (
        [" ".join(literal_text(nodes) for nodes in lists_of(text)) for text in read] if isinstance(read, list) else []
    )


def _takes_widths(clean: tree.Block, marked: tree.Block) -> bool:
    """Gives the tables of a marked block the widths that they have without marks, which make their lines longer.

    False where they differ and the block holds no value for whose sake it would be taken: a grid has no marks of lines.
    """
    tables = [[node for node in walk([block]) if isinstance(node, tree.Table)] for block in (clean, marked)]
    pairs = list(zip(*tables, strict=True))
    same = all(table.columns == other.columns for table, other in pairs)
    for table, other in pairs:
        other.columns = table.columns
    return same or any(isinstance(node, tree.Value) for node in walk([marked]))


def _agreed(clean: dict[str, Any], marked: tree.Document) -> tree.Document:
    """The marked tree as far as it says the same as the clean one, and the clean one elsewhere."""
    plain, encoder = decode(clean), Encoder()
    for key, json_value in clean["meta"].items():
        if key in marked.meta and encoder.meta(marked.meta[key]) == json_value:
            plain.meta[key] = marked.meta[key]
    old, new = (
        [WIDTH.sub(NO_WIDTH, json.dumps(block)) for block in blocks]
        for blocks in (clean["blocks"], encoder.blocks(marked.blocks))
    )
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for offset in range(b - a):
            if tag == "equal" and _takes_widths(plain.blocks[a + offset], marked.blocks[c + offset]):
                plain.blocks[a + offset] = marked.blocks[c + offset]
            elif marked.blocks:
                beside = marked.blocks[min(c + offset, max(c, d - 1), len(marked.blocks) - 1)]
                for node in walk([plain.blocks[a + offset]]):
                    node.at = beside.at
    return plain


def plain_source(name: str, text: str, mark: Any) -> Source:
    """The source of a text that no other text was made into: each line is its own place. `mark` puts in the marks."""
    places = tuple(Place(name, number) for number in range(1, text.count("\n") + 2))
    return Source(name, text, mark(text, 0), places)
