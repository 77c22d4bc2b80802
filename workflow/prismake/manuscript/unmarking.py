"""The marks in a tree, taken out again: each node gets its place, and what a value printed becomes a node."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from prismake.manuscript import tree
from prismake.manuscript.marks import MARK, number_of, without_marks
from prismake.manuscript.walking import lists_in

# An empty line or the end of a div.
NO_START = re.compile(r"[ \t>]*+:*+\s*+")
FENCE = re.compile(r"[ \t>]*(?:`{3}|~{3})")


class Unmarker:
    """Takes the marks out of a tree, gives every node its place, and makes values nodes.

    What stands on a line before the line's mark (a citation, mostly) waits for it.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._line = self._guess = -1
        self._waiting: list[tree.Node] = []
        # Whether the mark of the line has been read, and whether the next block stands on it too.
        self._known = self._same_line = False
        # Whether the text comes from the metadata, whose lines are not among these.
        self._elsewhere = False

    def _start_block(self) -> None:
        self._waiting, self._known = [], False
        if self._same_line:
            self._guess = max(self._line, 0)
            return
        following = self._line + 1
        while following < len(self._lines) and NO_START.fullmatch(self._lines[following]):
            following += 1
        self._guess = following if following < len(self._lines) else max(self._line, 0)

    def _place(self, node: tree.Node) -> None:
        node.at = self._guess
        if isinstance(node, tree.RawBlock | tree.CodeBlock | tree.RawInline) and self._verbatim(node):
            return
        if not self._known:
            self._waiting.append(node)

    def _verbatim(self, node: tree.RawBlock | tree.CodeBlock | tree.RawInline) -> bool:
        """Places what stands in the source as it is, and has no marks: behind all that was read before it.

        False if it does not stand there, as a text of the metadata.
        """
        text = node.text.strip("\n")
        first = text.strip().split("\n", 1)[0]
        fenced = isinstance(node, tree.Block) and bool(FENCE.match("".join(self._lines[self._guess : self._guess + 1])))
        start = self._guess + fenced
        at = next((n for n, line in enumerate(self._lines[start:], start) if first in line), None)
        if at is None or self._elsewhere:
            return False
        node.at = self._guess = at
        # What follows begins behind its last line, or its fence.
        self._line = max(self._line, at + text.count("\n") + fenced)
        return True

    def _begin_line(self, number: int) -> None:
        self._guess = number
        # The text of a caption may come from the metadata; the figure stands where the manuscript places it.
        elsewhere = number >= len(self._lines)
        if not elsewhere:
            self._line = number
        for node in self._waiting:
            if not (elsewhere and isinstance(node, tree.Figure | tree.Image)):
                node.at = number
        self._waiting, self._known = [], True

    def meta(self, value: tree.Meta) -> None:
        """Takes the marks out of one entry of the head."""
        self._elsewhere = True
        match value:
            case tree.MetaInlines(content=nodes) | tree.MetaBlocks(blocks=nodes):
                self._line = -1
                self._start_block()
                self.list_of(nodes)
            case list():
                for item in value:
                    self.meta(item)
            case dict():
                for item in value.values():
                    self.meta(item)

    def list_of(self, nodes: list[Any]) -> None:
        """Takes the marks out of a list of nodes, in place."""
        result: list[Any] = []
        opened: list[tuple[int, int]] = []
        for node in nodes:
            if isinstance(node, tree.Str):
                self._text(node.text, result, opened)
                continue
            if isinstance(node, tree.Block):
                self._start_block()
            self._place(node)
            self._strings(node)
            self._inside(node)
            result.append(node)
            if isinstance(node, tree.SoftBreak | tree.LineBreak):
                self._waiting, self._known = [], False
                self._guess += 1
        nodes[:] = result

    def _inside(self, node: Any) -> None:
        match node:
            case tree.Table():
                self.list_of(node.caption.blocks)
                for row in node.rows():
                    for number, cell in enumerate(row.cells):
                        # The cells of a row stand on one line.
                        self._same_line = number > 0
                        self.list_of(cell.content)
                    self._same_line = False
            case tree.Figure():
                self.list_of(node.caption.blocks)
                self._line = max(self._line, node.at)
                self._same_line = True
                self.list_of(node.blocks)
                self._same_line = False
            case tree.Note():
                # It stands elsewhere in the text.
                before = self._line, self._guess, self._waiting, self._known
                self.list_of(node.blocks)
                self._line, self._guess, self._waiting, self._known = before
            case _:
                for inner in lists_in(node):
                    self.list_of(inner)

    def _text(self, text: str, result: list[Any], opened: list[tuple[int, int]]) -> None:
        at = 0
        for match in MARK.finditer(text):
            self._put(text[at : match.start()], result)
            at = match.end()
            if match[1]:
                self._begin_line(number_of(match[1]))
            elif match[2]:
                opened.append((number_of(match[2]), len(result)))
                # What follows begins a node of its own.
                result.append(tree.Str(""))
            elif opened:
                number, start = opened.pop()
                inside = [node for node in result[start:] if node != tree.Str("")]
                result[start:] = [tree.Value(number, inside, at=self._guess)]
        self._put(text[at:], result)

    def _put(self, text: str, result: list[Any]) -> None:
        if not text:
            return
        last = result[-1] if result else None
        if isinstance(last, tree.Str):
            last.text += text
            return
        made = tree.Str(text)
        self._place(made)
        result.append(made)

    def _strings(self, node: tree.Node) -> None:
        """Takes marks out of the texts of a node that are not text of the document: code, addresses, names."""
        match node:
            case tree.Code() | tree.CodeBlock() | tree.Math() | tree.RawInline() | tree.RawBlock():
                node.text = without_marks(node.text)
            case tree.Link() | tree.Image():
                node.target, node.title = without_marks(node.target), without_marks(node.title)
            case tree.Cite():
                for citation in node.citations:
                    citation.id = without_marks(citation.id)
        if isinstance(
            node, tree.Code | tree.CodeBlock | tree.Link | tree.Image | tree.Span | tree.Div | tree.Header | tree.Figure
        ):
            pairs = tuple((key, without_marks(value)) for key, value in node.attr.pairs)
            node.attr = replace(node.attr, pairs=pairs)
