"""Constructs of Markdown that no document can hold, or whose source would be printed: each is refused by name.

`checks` asks for them together with the other faults of a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from prismake.common.errors import Issue
from prismake.manuscript import tree
from prismake.manuscript.contents import floats_in, kind_of, table_of
from prismake.manuscript.model import Manuscript
from prismake.manuscript.walking import all_nodes, lists_in, walk
from prismake.manuscript.words import plain_text

# The lines of a table that pandoc did not read as one; it makes dashes of their hyphens.
TABLE_LINE = re.compile(r"\+[-–—=:+]{3,}\+|\|[-–—:|]{2,}\|")
# The attribute of a table, or of the block around it, that says how many columns hold the headers of the rows.
HEADER_COLUMNS = "header-columns"
UNDEFINED_NOTE = re.compile(r"\[\^[^\[\]\s]+\]")


def _nodes(manuscript: Manuscript) -> Iterator[Any]:
    return walk(all_nodes(manuscript.document))


def empty_headings(manuscript: Manuscript) -> Iterator[Issue]:
    """Headings without words."""
    for node in _nodes(manuscript):
        if isinstance(node, tree.Header) and not plain_text(node.content).strip():
            where = manuscript.where(node.at)
            yield Issue("empty-heading", "the heading has no words", where, "write some, or remove the heading")


def undefined_notes(manuscript: Manuscript) -> Iterator[Issue]:
    """Marks of footnotes that the text does not have: they would be printed as they are."""
    nodes = list(_nodes(manuscript))
    # What a citation looked like in the source is part of it.
    sources = {id(inner) for node in nodes if isinstance(node, tree.Cite) for inner in walk(node.content)}
    for node in nodes:
        if isinstance(node, tree.Str) and id(node) not in sources and (match := UNDEFINED_NOTE.search(node.text)):
            where, fix = manuscript.where(node.at, match[0]), f"write it below the paragraph: {match[0]}: The note."
            yield Issue("undefined-note", "the text does not define this footnote", where, fix)


def broken_tables(manuscript: Manuscript) -> Iterator[Issue]:
    """Tables whose lines do not fit, which would be printed as they are typed."""
    fix = "give its lines the same width, align the ends of its columns, and leave an empty line before and after it"
    for nodes in _lines(all_nodes(manuscript.document)):
        line = next((node for node in nodes if isinstance(node, tree.Str) and TABLE_LINE.fullmatch(node.text)), None)
        if line:
            yield Issue("broken-table", "its lines do not form a table", manuscript.where(line.at), fix)


def _is_open(nodes: list[Any], index: int) -> bool:
    """Whether "[see @a][@b]" ends before the citation at `index`: pandoc reads its first bracket as letters."""
    before = nodes[index - 1] if index else None
    if not (isinstance(before, tree.Str) and before.text.endswith("]")):
        return False
    named = any(isinstance(node, tree.Cite) and node.citations[0].mode == "AuthorInText" for node in nodes[:index])
    # The simple form, "[@a][@b]", is set as one group.
    simple = index >= 3 and before.text == "]" and isinstance(nodes[index - 2], tree.Cite)
    opening = nodes[index - 3] if simple else None
    return named and not (isinstance(opening, tree.Str) and opening.text.endswith("["))


def _lines(nodes: list[Any]) -> Iterator[list[Any]]:
    yield nodes
    for node in nodes:
        for inner in lists_in(node):
            yield from _lines(inner)


def open_brackets(manuscript: Manuscript) -> Iterator[Issue]:
    """Brackets of citations side by side that would be printed as letters."""
    for nodes in _lines(all_nodes(manuscript.document)):
        for index, node in enumerate(nodes):
            if isinstance(node, tree.Cite) and _is_open(nodes, index):
                where, fix = manuscript.where(node.at, node.citations[0].id), "use one bracket: [see @a; @b]"
                yield Issue("citations-side-by-side", "two bracketed citations touch", where, fix)


def _alone(block: Any) -> bool:
    if not isinstance(block, tree.Para | tree.Plain):
        return False
    blanks = (tree.Space, tree.SoftBreak, tree.LineBreak)
    rest = [node for node in block.content if not isinstance(node, blanks)]
    return bool(rest) and all(isinstance(node, tree.Image) and node.content for node in rest)


def pictures_alone(manuscript: Manuscript) -> Iterator[Issue]:
    """Pictures that fill a paragraph and are no figures: no caption, no number."""
    waiting = list(reversed(all_nodes(manuscript.document)))
    while waiting:
        node = waiting.pop()
        if isinstance(node, tree.Figure | tree.Table):
            continue
        if _alone(node):
            fix = 'make it a figure: ![Caption](file){#fig:name alt="…"}'
            where = manuscript.where(node.at, node.content[0].target)
            yield Issue("picture-alone", "a picture is a paragraph of its own, without caption or number", where, fix)
        waiting += reversed([inner for nodes in lists_in(node) for inner in nodes])


def narrow_pictures(manuscript: Manuscript) -> Iterator[Issue]:
    """Pictures where not every document can have one: in a link, in a footnote; figures inside a sentence."""
    for node in _nodes(manuscript):
        if isinstance(node, tree.Link | tree.Note):
            inside = node.content if isinstance(node, tree.Link) else node.blocks
            picture = next((inner for inner in walk(inside) if isinstance(inner, tree.Image)), None)
            # A figure in a note is lifted out of it.
            figure = any(isinstance(inner, tree.Figure) for inner in walk(inside))
            if picture and not figure:
                place = "link" if isinstance(node, tree.Link) else "footnote"
                where = manuscript.where(picture.at, picture.target)
                message, fix = f"a picture is inside a {place}", f"place it outside the {place}"
                yield Issue("picture-place", message, where, fix)
        elif isinstance(node, tree.Image) and kind_of(node.attr.identifier):
            where = manuscript.where(node.at, node.attr.identifier)
            yield Issue("picture-place", "a figure is inside a sentence", where, "give it a paragraph of its own")


def header_columns(block: tree.Table | tree.Div) -> int:
    """How many columns at the left of a table hold the headers of its rows, as its author says; 0 where it says none.

    Raises ValueError where that is not a whole number, or leaves no column for what the headers are of.
    """
    table = table_of(block)
    written = block.attr.get(HEADER_COLUMNS) or (table.attr.get(HEADER_COLUMNS) if table else "")
    if not written or table is None:
        return 0
    if not written.isdecimal() or not 0 <= int(written) < len(table.columns):
        raise ValueError(written)
    return int(written)


def wrong_header_columns(manuscript: Manuscript) -> Iterator[Issue]:
    """Tables that name a number of header columns which they cannot have."""
    for block in floats_in(all_nodes(manuscript.document)):
        if isinstance(block, tree.Figure):
            continue
        try:
            header_columns(block)
        except ValueError as fault:
            table = table_of(block)
            most = len(table.columns) - 1 if table else 0
            where = manuscript.where(block.at, block.attr.identifier)
            message = f"{HEADER_COLUMNS} is '{fault}', and the table can have 0 to {most} such columns"
            yield Issue("header-columns", message, where, f"write a number from 0 to {most}")


CONSTRUCTS = (
    empty_headings,
    undefined_notes,
    broken_tables,
    open_brackets,
    pictures_alone,
    narrow_pictures,
    wrong_header_columns,
)
