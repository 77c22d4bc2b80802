"""The tree of a document as pandoc parses it: one small class for each kind of node, read from and written as JSON.

`at` is the place of a node in the sources: an index into the places of the document, or -1 where it is not known. It
is no part of what pandoc reads, and two nodes are equal wherever they stand. `Value` is the one kind of node that
pandoc does not have: what an expression printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

UNKNOWN = -1


@dataclass(slots=True)
class Node:
    """Any node, with its place in the sources."""

    at: int = field(default=UNKNOWN, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Attr:
    """Identifier, classes and attributes of a node."""

    identifier: str = ""
    classes: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()

    def get(self, key: str) -> str:
        """An attribute by its name; empty if there is none."""
        return next((value for name, value in self.pairs if name == key), "")


@dataclass(slots=True)
class Str(Node):
    """A word, with the punctuation that touches it."""

    text: str


@dataclass(slots=True)
class Space(Node):
    """A blank."""


@dataclass(slots=True)
class SoftBreak(Node):
    """The end of a line in the source."""


@dataclass(slots=True)
class LineBreak(Node):
    """A line break that is meant."""


@dataclass(slots=True)
class Emph(Node):
    """Emphasis, mostly set in italics."""

    content: list[Inline]


@dataclass(slots=True)
class Underline(Node):
    """Underlined text."""

    content: list[Inline]


@dataclass(slots=True)
class Strong(Node):
    """Strong emphasis, mostly set bold."""

    content: list[Inline]


@dataclass(slots=True)
class Strikeout(Node):
    """Text struck out."""

    content: list[Inline]


@dataclass(slots=True)
class Superscript(Node):
    """Superscript text."""

    content: list[Inline]


@dataclass(slots=True)
class Subscript(Node):
    """Subscript text."""

    content: list[Inline]


@dataclass(slots=True)
class SmallCaps(Node):
    """Text in small capitals."""

    content: list[Inline]


@dataclass(slots=True)
class Quoted(Node):
    """`kind` is SingleQuote or DoubleQuote."""

    kind: str
    content: list[Inline]


@dataclass(slots=True)
class Citation:
    """One work or cross-reference of a bracket. `mode`: NormalCitation, AuthorInText or SuppressAuthor."""

    id: str
    prefix: list[Inline] = field(default_factory=list)
    suffix: list[Inline] = field(default_factory=list)
    mode: str = "NormalCitation"
    note: int = 0
    hash: int = 0


@dataclass(slots=True)
class Cite(Node):
    """A bracket of citations or cross-references; `content` is what prints for it."""

    citations: list[Citation]
    content: list[Inline]


@dataclass(slots=True)
class Code(Node):
    """Text set as code inside a line."""

    attr: Attr
    text: str


@dataclass(slots=True)
class Math(Node):
    """`kind` is InlineMath or DisplayMath."""

    kind: str
    text: str


@dataclass(slots=True)
class RawInline(Node):
    """Markup of an output format inside a line."""

    format: str
    text: str


@dataclass(slots=True)
class Link(Node):
    """A link to `target`."""

    attr: Attr
    content: list[Inline]
    target: str
    title: str = ""


@dataclass(slots=True)
class Image(Node):
    """A picture; `content` is its alternative text."""

    attr: Attr
    content: list[Inline]
    target: str
    title: str = ""


@dataclass(slots=True)
class Note(Node):
    """A footnote, where it is referred to."""

    blocks: list[Block]


@dataclass(slots=True)
class Span(Node):
    """A stretch of text with attributes."""

    attr: Attr
    content: list[Inline]


@dataclass(slots=True)
class Value(Node):
    """What an expression printed: its number among the document's values, and the text."""

    number: int
    content: list[Inline]


@dataclass(slots=True)
class Plain(Node):
    """Text that is no paragraph of its own, as in a table's cell."""

    content: list[Inline]


@dataclass(slots=True)
class Para(Node):
    """A paragraph."""

    content: list[Inline]


@dataclass(slots=True)
class LineBlock(Node):
    """Lines that keep their ends."""

    lines: list[list[Inline]]


@dataclass(slots=True)
class CodeBlock(Node):
    """Lines of code."""

    attr: Attr
    text: str


@dataclass(slots=True)
class RawBlock(Node):
    """Markup of an output format."""

    format: str
    text: str


@dataclass(slots=True)
class BlockQuote(Node):
    """A quotation set as a block."""

    blocks: list[Block]


@dataclass(slots=True)
class OrderedList(Node):
    """A numbered list."""

    start: int
    style: str
    delimiter: str
    items: list[list[Block]]


@dataclass(slots=True)
class BulletList(Node):
    """A list with bullets."""

    items: list[list[Block]]


@dataclass(slots=True)
class DefinitionList(Node):
    """Each item is a term and its definitions."""

    items: list[tuple[list[Inline], list[list[Block]]]]


@dataclass(slots=True)
class Header(Node):
    """A heading; level 1 is the highest."""

    level: int
    attr: Attr
    content: list[Inline]


@dataclass(slots=True)
class HorizontalRule(Node):
    """A rule between two blocks."""


@dataclass(slots=True)
class Cell(Node):
    """A cell of a table, which may span several rows and columns."""

    content: list[Block]
    attr: Attr = Attr()
    align: str = "AlignDefault"
    rows: int = 1
    columns: int = 1


@dataclass(slots=True)
class Row:
    """A row of a table."""

    cells: list[Cell]
    attr: Attr = Attr()


@dataclass(slots=True)
class Body:
    """`head_columns`: how many columns at the left are headers; `head`: header rows of this body alone."""

    rows: list[Row]
    attr: Attr = Attr()
    head_columns: int = 0
    head: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Caption:
    """The caption of a table or figure."""

    blocks: list[Block] = field(default_factory=list)
    short: list[Inline] | None = None


@dataclass(slots=True)
class Table(Node):
    """`columns` are pairs of alignment (AlignLeft, …) and share of the width, None where pandoc chooses."""

    attr: Attr
    caption: Caption
    columns: list[tuple[str, float | None]]
    head: list[Row]
    bodies: list[Body]
    foot: list[Row]
    head_attr: Attr = Attr()
    foot_attr: Attr = Attr()

    def rows(self) -> Iterator[Row]:
        """All rows, from the head to the foot."""
        yield from self.head
        for body in self.bodies:
            yield from body.head
            yield from body.rows
        yield from self.foot


@dataclass(slots=True)
class Figure(Node):
    """A figure with its caption."""

    attr: Attr
    caption: Caption
    blocks: list[Block]


@dataclass(slots=True)
class Div(Node):
    """A group of blocks with attributes."""

    attr: Attr
    blocks: list[Block]


# fmt: off
Inline = (
    Str | Space | SoftBreak | LineBreak | Emph | Underline | Strong | Strikeout | Superscript | Subscript | SmallCaps
    | Quoted | Cite | Code | Math | RawInline | Link | Image | Note | Span | Value
)
Block = (
    Plain | Para | LineBlock | CodeBlock | RawBlock | BlockQuote | OrderedList | BulletList | DefinitionList | Header
    | HorizontalRule | Table | Figure | Div
)
# fmt: on


@dataclass(slots=True)
class MetaInlines:
    """A text of the head, read as one line."""

    content: list[Inline]


@dataclass(slots=True)
class MetaBlocks:
    """A text of the head, read as blocks."""

    blocks: list[Block]


# What a document's head says: texts as Markdown understands them, lists and maps of them.
Meta = bool | str | MetaInlines | MetaBlocks | list[Any] | dict[str, Any]


@dataclass(slots=True)
class Document:
    """A parsed document. `version` is that of pandoc's types."""

    meta: dict[str, Meta]
    blocks: list[Block]
    version: tuple[int, ...] = (1, 23, 1)
