"""The blocks of a manuscript's tree that print as paragraphs, and the letters that each of them prints.

A co-author's document holds what is printed, and the sources what was written. An `Echo` has both: the letters of a
block in the order of its source, with those that no reader sees, as the keys of a citation or the target of a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from prismake.manuscript import tree
from prismake.manuscript.contents import CROSS, is_float
from prismake.manuscript.walking import walk
from prismake.manuscript.words import QUOTES, plain_text


@dataclass(frozen=True)
class TextBlock:
    """A block of the tree that prints as one paragraph; `at` is its place.

    `kind` is heading, bullet, number, definition, picture, caption, or empty for a paragraph.
    """

    kind: str
    at: int
    content: list[tree.Inline]


@dataclass(frozen=True)
class Atom:
    """A citation or cross-reference, from `start` to `end` in the letters of an echo."""

    start: int
    end: int
    kind: str
    keys: str


@dataclass
class Echo:
    """The letters of a block, which of them print as they are, and its citations and cross-references."""

    text: str = ""
    printed: list[bool] = field(default_factory=list)
    atoms: list[Atom] = field(default_factory=list)

    def add(self, text: str, *, printed: bool) -> None:
        """Adds letters at the end."""
        self.text += text
        self.printed += [printed] * len(text)


def text_blocks(blocks: Sequence[tree.Block], kind: str = "") -> Iterator[TextBlock]:
    """The paragraphs in blocks, in reading order; tables, code and raw markup have none that a co-author may edit."""
    for block in blocks:
        match block:
            case tree.Para() | tree.Plain():
                yield TextBlock(kind, block.at, block.content)
            case tree.Header():
                yield TextBlock("heading", block.at, block.content)
            case tree.LineBlock():
                yield TextBlock(kind, block.at, [node for line in block.lines for node in (*line, tree.LineBreak())])
            case tree.Figure():
                yield TextBlock("picture", block.at, [])
                yield from text_blocks(block.caption.blocks, "caption")
            case tree.BulletList() | tree.OrderedList():
                for item in block.items:
                    yield from text_blocks(item[:1], "bullet" if isinstance(block, tree.BulletList) else "number")
                    yield from text_blocks(item[1:])
            case tree.DefinitionList():
                for term, definitions in block.items:
                    yield TextBlock("", term[0].at if term else tree.UNKNOWN, term)
                    for definition in definitions:
                        yield from text_blocks(definition[:1], "definition")
                        yield from text_blocks(definition[1:])
            case tree.BlockQuote():
                yield from text_blocks(block.blocks, kind)
            case tree.Div() if not is_float(block) and "notes" not in block.attr.classes:
                yield from text_blocks(block.blocks, kind)


def _attributes(attr: tree.Attr, source: str) -> str:
    """Attributes as they are written. An identifier that pandoc made from a heading's words is in no source."""
    named = [f"#{attr.identifier}"] if attr.identifier and f"#{attr.identifier}" in source else []
    return " ".join([*named, *(f".{name}" for name in attr.classes), *(f"{key}={value}" for key, value in attr.pairs)])


def echo_of(nodes: Sequence[tree.Inline], source: str) -> Echo:
    """The letters of inlines; `source` is the text in which they are looked for."""
    echo = Echo()
    _echo(nodes, source, echo, printed=True)
    return echo


def _echo(nodes: Sequence[tree.Inline], source: str, echo: Echo, *, printed: bool) -> None:
    for node in nodes:
        match node:
            case tree.Str() | tree.Code():
                echo.add(node.text, printed=printed)
            case tree.Space() | tree.SoftBreak() | tree.LineBreak():
                echo.add(" ", printed=printed)
            case tree.Math() | tree.RawInline():
                echo.add(node.text, printed=False)
            case tree.Cite():
                _cite(node, source, echo)
            case tree.Quoted():
                first, last = QUOTES[node.kind]
                echo.add(first, printed=printed)
                _echo(node.content, source, echo, printed=printed)
                echo.add(last, printed=printed)
            case tree.Note():
                # The text of a note stands elsewhere in a document, and often in the source too.
                inside = " ".join(plain_text(part.content) for part in walk(node.blocks) if isinstance(part, tree.Para))
                echo.add(inside if inside in source else "", printed=False)
            case tree.Link() | tree.Image():
                _echo(node.content, source, echo, printed=printed and isinstance(node, tree.Link))
                echo.add("" if node.target == plain_text(node.content) else node.target, printed=False)
                echo.add(_attributes(node.attr, source), printed=False)
            case tree.Span():
                _echo(node.content, source, echo, printed=printed)
                echo.add(_attributes(node.attr, source), printed=False)
            case _:
                _echo(node.content, source, echo, printed=printed)


def _cite(node: tree.Cite, source: str, echo: Echo) -> None:
    start = len(echo.text)
    # Pandoc keeps what the author wrote.
    _echo(node.content, source, echo, printed=False)
    keys = [citation.id for citation in node.citations]
    kind = "reference" if keys[0].startswith(CROSS) else "citation"
    echo.atoms.append(Atom(start, len(echo.text), kind, "; ".join(keys)))


def entry_of(meta: tree.Meta, path: str) -> tree.Meta | None:
    """An entry of a document's head by its key: `title`, `keywords[2]`, `abstract.background`."""
    entry: tree.Meta | None = meta
    for step in re.findall(r"[^.\[\]]+|\[\d+\]", path):
        if isinstance(entry, dict):
            entry = entry.get(step)
        elif isinstance(entry, list) and step.startswith("["):
            index = int(step[1:-1]) - 1
            entry = entry[index] if index < len(entry) else None
        elif isinstance(entry, list):
            # The parts of an abstract, which has them in order.
            entry = next((part.get("text") for part in entry if _named(part, step)), None)
        else:
            return None
    return entry


def _named(part: tree.Meta, name: str) -> bool:
    match part:
        case {"name": tree.MetaInlines() as title}:
            return plain_text(title.content) == name
        case {"name": title}:
            return title == name
    return False
