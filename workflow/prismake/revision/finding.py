"""The blocks of a manuscript's tree, found again in its sources.

What is a heading, an item, a citation or a word is the tree's to say. It names the lines on which a block stands; the
letters that the block prints are looked for there, and what is left over are the signs of Markdown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from prismake.common.errors import BuildStop, stop
from prismake.manuscript.contents import blocks_of
from prismake.manuscript.model import Manuscript, read_manuscript
from prismake.revision.alignment import FOLDED, same_words
from prismake.revision.printing import Atom, Echo, TextBlock, echo_of, entry_of, text_blocks
from prismake.revision.source_blocks import Block, Origin, Sign, Unit, printed_letters, span_of


@dataclass(frozen=True)
class Written:
    """The sources of a manuscript: its texts by name, the blocks of each, and its tables in reading order."""

    units: dict[str, Unit]
    blocks: dict[str, list[Block]]
    tables: list[str]


def read_sources(path: Path) -> Written:
    """The sources of a manuscript that a build wrote. Raises BuildStop if it does not exist, or is none."""
    fix = "build the review: snakemake"
    if not path.is_file():
        raise stop("no-map", "there is no manuscript.json of the build", where=str(path), fix=fix)
    try:
        return sources_of(read_manuscript(path))
    except (BuildStop, KeyError, TypeError):
        raise stop("no-map", "is not the manuscript.json of a build", where=str(path), fix=fix) from None


def sources_of(manuscript: Manuscript) -> Written:
    """The sources of a manuscript with their blocks."""
    about = manuscript.texts["metadata"]
    units = {
        part["file"]: Unit(part["file"], part["file"], part["source"], "", part["pieces"], part["lines"])
        for part in manuscript.texts["sections"]
    }
    for text in about["texts"]:
        name = f"{about['file']}, {text['path']}"
        units[name] = Unit(name, about["file"], text["source"], text["path"], text["pieces"], text["lines"])
    blocks = _in_body(manuscript, units)
    for name, unit in units.items():
        if unit.path and not blocks[name]:
            entry = entry_of(manuscript.document.meta, unit.path)
            blocks[name] = _located(unit, list(text_blocks(blocks_of(entry))), 0, len(unit.rows))
    units[about["file"]] = Unit(about["file"], about["file"], about["source"])
    return Written(units, blocks, [item.id for item in manuscript.floats if item.kind == "tbl"])


class _Lines:
    """The line of a source behind each line of the manuscript."""

    def __init__(self, manuscript: Manuscript, units: dict[str, Unit]) -> None:
        self._places, self._units = manuscript.places, units
        self._starts = sorted(
            (line, row, name) for name, unit in units.items() for row, line in enumerate(unit.lines) if line >= 0
        )

    def source(self, at: int) -> tuple[str, int] | None:
        """Name and line of the source of a place; None for what the manuscript adds."""
        number = bisect_right(self._starts, at, key=lambda start: start[0]) - 1
        if not 0 <= at < len(self._places) or number < 0:
            return None
        _, row, name = self._starts[number]
        # The heading of the references, say, stands behind the last line of a source.
        return (name, row) if self._places[at].file == self._units[name].file else None


def _by_source(block: TextBlock, lines: _Lines) -> Iterator[tuple[str, int, TextBlock]]:
    """A block with the source and line at which it begins; a caption in parts, as several texts are put into one."""
    if block.kind != "caption":
        if source := lines.source(block.at):
            yield *source, block
        return
    parts: dict[str, tuple[int, TextBlock]] = {}
    for node in block.content:
        if source := lines.source(node.at):
            name, row = source
            parts.setdefault(name, (row, replace(block, content=[])))[1].content.append(node)
    for name, (row, part) in parts.items():
        yield name, row, part


def _in_body(manuscript: Manuscript, units: dict[str, Unit]) -> dict[str, list[Block]]:
    """The blocks of the manuscript's body by their sources, in the order of the lines."""
    lines = _Lines(manuscript, units)
    standing: dict[str, dict[int, list[TextBlock]]] = {name: {} for name in units}
    for block in text_blocks(manuscript.document.blocks):
        for name, row, part in _by_source(block, lines):
            standing[name].setdefault(row, []).append(part)
    blocks: dict[str, list[Block]] = {name: [] for name in units}
    for name, by_row in standing.items():
        for row, following in pairwise([*sorted(by_row), len(units[name].rows)]):
            blocks[name] += _located(units[name], by_row[row], row, following)
    return blocks


def _located(unit: Unit, blocks: Sequence[TextBlock], first: int, last: int) -> list[Block]:
    """Blocks with the sources of their letters, which stand on the lines from `first` up to `last`."""
    rows = unit.rows[first:last]
    row_of = [number for number, row in enumerate(rows) for _ in row]
    letters = list(printed_letters([sign for row in rows for sign in row]))
    source = "".join(sign.text for _, sign in letters)
    echoes = [echo_of(block.content, source) for block in blocks]
    whole = "\n".join(echo.text for echo in echoes)
    pairs = dict(same_words(whole.translate(FOLDED), source.translate(FOLDED)))
    located, at = [], 0
    for block, echo in zip(blocks, echoes, strict=True):
        there = [pairs.get(at + offset) for offset in range(len(echo.text))]
        at += len(echo.text) + 1
        on = [row_of[letters[place][0]] for place in there if place is not None and not source[place].isspace()]
        begin, end = (min(on), max(on)) if on else (0, 0)
        if block.kind == "heading" and end + 1 < len(rows) and _underlines(rows[end + 1]):
            end += 1
        origins = [None if place is None else letters[place][1].origin for place in there]
        located.append(_block(unit, block, echo, origins, _span(rows[begin : end + 1])))
    return located


def _underlines(row: Sequence[Sign]) -> bool:
    """Whether a line behind a heading is its underline, which prints nothing."""
    text = "".join(sign.text for sign in row).strip()
    return bool(text) and not text.strip("=-")


def _span(rows: Sequence[Sequence[Sign]]) -> tuple[int, int]:
    signs = [sign for row in rows for sign in row]
    while signs and signs[-1].text.isspace():
        signs.pop()
    return span_of([sign.origin for sign in signs])


def _block(unit: Unit, block: TextBlock, echo: Echo, origins: list[Origin | None], span: tuple[int, int]) -> Block:
    """A block with its printed letters, and its citations and cross-references between them."""
    shown = [at for at, printed in enumerate(echo.printed) if printed]
    if block.kind == "caption":
        # What stands between the texts that were put into it belongs to none of them.
        known = [number for number, at in enumerate(shown) if origins[at]]
        shown = shown[known[0] : known[-1] + 1] if known else []
    made = Block(unit.name, *span, "", [], [], block.kind)
    atoms = list(echo.atoms)
    for at in [*shown, len(echo.text)]:
        while atoms and atoms[0].start <= at:
            _put_atom(made, atoms.pop(0), origins)
        if at < len(echo.text):
            made.text += echo.text[at]
            made.origins.append(origins[at])
    return made


def _put_atom(block: Block, atom: Atom, origins: Sequence[Origin | None]) -> None:
    start, end = span_of(origins[atom.start : atom.end])
    before = block.origins[-1] if block.origins else None
    if atom.kind == "citation" and block.text[-1:] == " " and before and before.kind == "text":
        # The blank before a superscript number goes with it.
        start = min(start, before.start)
        block.text = block.text[:-1]
        block.origins.pop()
    block.atoms.append((len(block.text), Origin(atom.kind, block.unit, start, end, atom.keys)))
