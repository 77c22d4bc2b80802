"""Ways through a tree: over every node, and rewriting it in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, get_args

from prismake.manuscript import tree

# Most nodes of a text.
WORDS = frozenset({tree.Str, tree.Space, tree.SoftBreak})
LEAVES = WORDS | {tree.LineBreak, tree.Code, tree.Math, tree.RawInline}
LEAVES |= {tree.CodeBlock, tree.RawBlock, tree.HorizontalRule}
INLINES = get_args(tree.Inline)

Change = Callable[[Any], list[Any] | None]
Lists = Sequence[list[Any]]


def _of_cite(node: tree.Cite) -> Lists:
    around = [(citation.prefix, citation.suffix) for citation in node.citations]
    return [*chain.from_iterable(around), node.content]


def _of_definitions(node: tree.DefinitionList) -> Lists:
    lists: list[list[Any]] = []
    for term, definitions in node.items:
        lists += [term, *definitions]
    return lists


def _of_table(node: tree.Table) -> Lists:
    return [node.caption.blocks, *(cell.content for row in node.rows() for cell in row.cells)]


_CONTENT = {
    *(tree.Emph, tree.Underline, tree.Strong, tree.Strikeout, tree.Superscript, tree.Subscript, tree.SmallCaps),
    *(tree.Quoted, tree.Link, tree.Image, tree.Span, tree.Value, tree.Plain, tree.Para, tree.Header),
}
# By the kind of node: trees are walked many times, and trying one kind after the other takes three times as long.
_INSIDE: dict[type, Callable[[Any], Lists]] = {
    **dict.fromkeys(LEAVES, lambda node: ()),
    **dict.fromkeys(_CONTENT, lambda node: (node.content,)),
    **dict.fromkeys((tree.Note, tree.BlockQuote, tree.Div), lambda node: (node.blocks,)),
    **dict.fromkeys((tree.OrderedList, tree.BulletList), lambda node: node.items),
    tree.LineBlock: lambda node: node.lines,
    tree.Cite: _of_cite,
    tree.DefinitionList: _of_definitions,
    tree.Figure: lambda node: (node.caption.blocks, node.blocks),
    tree.Table: _of_table,
}


def lists_in(node: tree.Inline | tree.Block) -> Lists:
    """The lists of nodes directly inside a node, in reading order; to change one in place changes the node."""
    return _INSIDE[node.__class__](node)


def walk(nodes: Sequence[Any]) -> Iterator[Any]:
    """Every node of a list and what is in it, from the top down in reading order."""
    open_nodes = [iter(nodes)]
    while open_nodes:
        for node in open_nodes[-1]:
            yield node
            if node.__class__ not in LEAVES:
                open_nodes.append(chain.from_iterable(lists_in(node)))
                break
        else:
            open_nodes.pop()


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
        if node.__class__ not in LEAVES:
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
        if node.__class__ not in LEAVES:
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
