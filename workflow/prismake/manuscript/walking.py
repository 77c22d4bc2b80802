"""Ways through a tree: over every node, and rewriting it in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, assert_never, get_args

from prismake.manuscript import tree

# Most nodes of a text.
WORDS = frozenset({tree.Str, tree.Space, tree.SoftBreak})
INLINES = get_args(tree.Inline)

Change = Callable[[Any], list[Any] | None]


def lists_in(node: tree.Inline | tree.Block) -> Iterator[list[Any]]:
    """The lists of nodes directly inside a node, in reading order; to change one in place changes the node."""
    match node:
        case tree.Str() | tree.Space() | tree.SoftBreak() | tree.LineBreak() | tree.Code() | tree.Math():
            return
        case tree.RawInline() | tree.CodeBlock() | tree.RawBlock() | tree.HorizontalRule():
            return
        case tree.Cite():
            for citation in node.citations:
                yield citation.prefix
                yield citation.suffix
            yield node.content
        case tree.Emph() | tree.Underline() | tree.Strong() | tree.Strikeout() | tree.Superscript():
            yield node.content
        case tree.Subscript() | tree.SmallCaps() | tree.Quoted():
            yield node.content
        case tree.Link() | tree.Image() | tree.Span() | tree.Value() | tree.Plain() | tree.Para() | tree.Header():
            yield node.content
        case tree.Note() | tree.BlockQuote() | tree.Div():
            yield node.blocks
        case tree.LineBlock():
            yield from node.lines
        case tree.OrderedList() | tree.BulletList():
            yield from node.items
        case tree.DefinitionList():
            for term, definitions in node.items:
                yield term
                yield from definitions
        case tree.Figure():
            yield node.caption.blocks
            yield node.blocks
        case tree.Table():
            yield node.caption.blocks
            for row in node.rows():
                for cell in row.cells:
                    yield cell.content
        case _:
            assert_never(node)


def walk(nodes: Sequence[Any]) -> Iterator[Any]:
    """Every node of a list and what is in it, from the top down in reading order."""
    for node in nodes:
        yield node
        for inner in lists_in(node):
            yield from walk(inner)


def all_nodes(document: tree.Document) -> list[Any]:
    """The nodes at the top of a document: those of its head, then its blocks."""
    return [node for value in document.meta.values() for nodes in lists_of(value) for node in nodes] + document.blocks


def rewrite(
    nodes: list[Any], change: Change | None = None, line: Callable[[list[tree.Inline]], list[tree.Inline]] | None = None
) -> None:
    """Rewrites nodes in place, from the bottom up.

    `change` gives what stands for a node, None for the node itself; `line` what stands for a whole list of inlines.
    """
    result: list[Any] = []
    for node in nodes:
        if node.__class__ not in WORDS:
            for inner in lists_in(node):
                rewrite(inner, change, line)
        new = change(node) if change else None
        if new is None:
            result.append(node)
        else:
            result += new
    if line and result and isinstance(result[0], INLINES):
        result = line(result)
    nodes[:] = result


def rewrite_down(nodes: list[Any], change: Change) -> None:
    """Rewrites nodes in place, from the top down; what a change gives is not looked into."""
    result: list[Any] = []
    for node in nodes:
        new = change(node)
        if new is not None:
            result += new
            continue
        if node.__class__ not in WORDS:
            for inner in lists_in(node):
                rewrite_down(inner, change)
        result.append(node)
    nodes[:] = result


def lists_of(value: tree.Meta | None) -> Iterator[list[Any]]:
    """The lists of nodes in an entry of a document's head."""
    match value:
        case tree.MetaInlines():
            yield value.content
        case tree.MetaBlocks():
            yield value.blocks
        case list():
            for item in value:
                yield from lists_of(item)
        case dict():
            for item in value.values():
                yield from lists_of(item)
