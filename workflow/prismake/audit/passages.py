"""The text as the audit reads it: sentence by sentence, each letter known to be the author's or a value's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from prismake.common.values import Ledger, Value
from prismake.manuscript import tree
from prismake.manuscript.contents import CROSS, blocks_of, flat, floats_in, is_float, role_of, table_of
from prismake.manuscript.model import Manuscript
from prismake.manuscript.walking import lists_of, walk
from prismake.manuscript.words import inlines_of, plain_text, split_sentences

# Sections that give the findings in short, and where every number is one of the review's own findings.
SUMMARIES = frozenset({"highlights", "key-messages", "plain-summary", "significance", "graphical-abstract"})
FINDINGS = SUMMARIES | {"title", "abstract", "results", "caption", "notes", "alternative", "letter"}
# Where the review's own findings are discussed beside those of other works.
DISCUSSION = frozenset({"discussion", "conclusion"})
BEFORE, BEHIND = re.compile(r"\b([A-Za-z]+)\s$"), re.compile(r"\s([A-Za-z]+)\b")


@dataclass(frozen=True)
class Printed:
    """What an expression printed in a passage: its place there, the expression, and the ledger's values behind it."""

    start: int
    end: int
    expression: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Cited:
    """A key that is cited, at its place in the passage."""

    at: int
    key: str


@dataclass(frozen=True)
class Passage:
    """A sentence, title, caption, note or cell: its text without citations, what expressions printed, what it cites.

    `part` is the role of its section, or `title`, `abstract`, `caption`, `notes`, `alternative`, `cell`, `letter`.
    `floating` is the identifier of the table or figure that it belongs to. `paragraph` numbers what stands together.
    """

    part: str
    text: str
    file: str
    line: int
    printed: tuple[Printed, ...] = ()
    cited: tuple[Cited, ...] = ()
    floating: str = ""
    paragraph: int = 0

    @property
    def keys(self) -> list[str]:
        """The works that it cites, without cross-references."""
        return [cited.key for cited in self.cited if not cited.key.startswith(CROSS)]

    @cached_property
    def beside_values(self) -> tuple[frozenset[str], frozenset[str]]:
        """The words right before, and those right behind what values printed."""
        before = (BEFORE.search(self.text[max(0, one.start - 40) : one.start]) for one in self.printed)
        behind = (BEHIND.match(self.text, one.end) for one in self.printed)
        words = (frozenset(match[1].lower() for match in matches if match) for matches in (before, behind))
        return next(words), next(words)

    def value_at(self, place: int) -> Printed | None:
        """What an expression printed at a place of the text; nothing where the author wrote it."""
        return next((printed for printed in self.printed if printed.start <= place < printed.end), None)


@dataclass
class _Line:
    """Collects the letters of a sentence."""

    manuscript: Manuscript
    text: str = ""
    printed: list[Printed] = field(default_factory=list)
    cited: list[Cited] = field(default_factory=list)

    def add(self, nodes: Sequence[tree.Inline]) -> None:
        for node in nodes:
            match node:
                case tree.Cite():
                    for citation in node.citations:
                        self.add(citation.prefix)
                        self.cited.append(Cited(len(self.text), citation.id))
                        self.add(citation.suffix)
                case tree.Value():
                    start = len(self.text)
                    self.add(node.content)
                    value = self.manuscript.values[node.number]
                    self.printed.append(Printed(start, len(self.text), value.expression, value.names))
                case tree.Emph() | tree.Underline() | tree.Strong() | tree.Strikeout() | tree.Superscript():
                    self.add(node.content)
                case tree.Subscript() | tree.SmallCaps() | tree.Link() | tree.Image() | tree.Span():
                    self.add(node.content)
                case tree.Quoted():
                    self.text += "“"
                    self.add(node.content)
                    self.text += "”"
                case tree.Math() | tree.Code():
                    self._add_formula(node)
                case _:
                    self.text += plain_text([node])

    def _add_formula(self, node: tree.Math | tree.Code) -> None:
        """A formula or code, of which a value may have printed a part: one on its line whose text stands in it."""
        place = self.manuscript.places[node.at] if node.at != tree.UNKNOWN else None
        start, end = len(self.text), 0
        self.text += node.text
        for value in self.manuscript.values:
            if place and value.printed and (value.file, value.line) == (place.file, place.line):
                there = re.search(rf"(?<![\w.]){re.escape(value.printed)}(?![\w.])", node.text[end:])
                if there:
                    at = start + end + there.start()
                    end += there.end()
                    self.printed.append(Printed(at, start + end, value.expression, value.names))


def _passage(manuscript: Manuscript, part: str, nodes: Sequence[tree.Inline], floating: str, number: int) -> Passage:
    line = _Line(manuscript)
    line.add(nodes)
    there = [node.at for node in walk(nodes) if node.at != tree.UNKNOWN]
    place = manuscript.places[there[0]] if there else None
    file, row = (place.file, place.line) if place else (manuscript.name, 0)
    return Passage(part, line.text, file, row or 0, tuple(line.printed), tuple(line.cited), floating, number)


def _float_parts(block: Any) -> Iterator[tuple[str, str, list[list[tree.Inline]]]]:
    """(part, identifier, lines) of a table or figure: caption, alternative text, notes, cells."""
    identifier = block.attr.identifier
    for node in walk([block]):
        match node:
            case tree.Figure() | tree.Table():
                yield "caption", identifier, list(inlines_of(node.caption.blocks))
            case tree.Image():
                yield "alternative", identifier, [node.content]
        if isinstance(node, tree.Table):
            for row in node.rows():
                for cell in row.cells:
                    yield "cell", identifier, list(inlines_of(cell.content))
        elif isinstance(node, tree.Div) and node is not block:
            yield "notes", identifier, list(inlines_of(node.blocks))


def _parts(manuscript: Manuscript) -> Iterator[tuple[str, str, list[list[tree.Inline]]]]:
    """(part, identifier of the float, its lines) in reading order."""
    meta = manuscript.document.meta
    for key in ("title", "short-title"):
        yield "title", "", list(lists_of(meta.get(key)))
    yield "abstract", "", list(inlines_of(blocks_of(meta.get("abstract"))))
    section = ""
    for block in flat(manuscript.document.blocks):
        if isinstance(block, tree.Header):
            section = role_of(block) if block.level == 1 else section
            yield section, "", [block.content]
        elif is_float(block):
            yield from _float_parts(block)
        else:
            floats = list(floats_in([block]))
            inside = {id(line) for one in floats for line in inlines_of([one])}
            yield section, "", [line for line in inlines_of([block]) if id(line) not in inside]
            for one in floats:
                yield from _float_parts(one)


def passages_of(manuscript: Manuscript) -> list[Passage]:
    """Every passage of a manuscript, in reading order."""
    passages: list[Passage] = []
    for number, (part, floating, lines) in enumerate(_parts(manuscript)):
        for line in lines:
            whole = part in ("caption", "alternative", "cell", "title")
            for nodes in [line] if whole else split_sentences(line):
                passage = _passage(manuscript, part, nodes, floating, number)
                if passage.text.strip():
                    passages.append(passage)
    return passages


def passages_of_letter(letter: Manuscript) -> list[Passage]:
    """The sentences of a cover letter in order; its paragraphs are numbered apart from those of the manuscript."""
    return [
        passage
        for number, block in enumerate(flat(letter.document.blocks), start=1)
        for line in inlines_of([block])
        for nodes in split_sentences(line)
        if (passage := _passage(letter, "letter", nodes, "", -number)).text.strip()
    ]


def _with_code(blocks: Sequence[tree.Block]) -> Iterator[list[tree.Inline]]:
    """The lines in blocks, those of code included."""
    for block in blocks:
        for node in walk([block]):
            if isinstance(node, tree.CodeBlock):
                yield [tree.Str(node.text, at=node.at)]
        yield from inlines_of([block])


def passages_of_code(manuscript: Manuscript) -> list[Passage]:
    """The blocks of code, which are no sentences."""
    blocks = [node for node in walk(manuscript.document.blocks) if isinstance(node, tree.CodeBlock)]
    return [
        _passage(manuscript, "code", [tree.Str(block.text, at=block.at)], "", -number)
        for number, block in enumerate(blocks, start=1)
    ]


def grids_of(manuscript: Manuscript) -> dict[str, list[list[Passage]]]:
    """Identifier of each table -> its rows of cells, empty ones included, those of the header first."""
    grids: dict[str, list[list[Passage]]] = {}
    for number, block in enumerate(floats_in(flat(manuscript.document.blocks))):
        if isinstance(block, tree.Figure) or not (table := table_of(block)):
            continue
        name = block.attr.identifier
        rows: list[list[Passage]] = []
        for row in table.rows():
            lines = [list(_with_code(cell.content)) for cell in row.cells]
            joined = [[node for line in cell for node in (*line, tree.Space())][:-1] for cell in lines]
            rows.append([_passage(manuscript, "cell", nodes, name, number) for nodes in joined])
        grids[name] = rows
    return grids


def entries(printed: Printed, ledger: Ledger) -> Mapping[str, Value]:
    """The ledger's entries behind what an expression printed."""
    return {name: ledger[name] for name in printed.names if name in ledger}
