"""Faults of a text, each found here and nowhere else, and reported with file and line of its source."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from prismake.common.errors import Issue, nearest
from prismake.manuscript import tree
from prismake.manuscript.constructs import CONSTRUCTS
from prismake.manuscript.contents import flat, floats_in, kind_of, table_of
from prismake.manuscript.model import Manuscript
from prismake.manuscript.walking import all_nodes, walk
from prismake.manuscript.words import inlines_of, plain_text

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# What a person may have meant by raw markup, and how to write it here.
RAW_FIXES = {
    "html": "write it in Markdown, or escape the sign: \\<; comments <!-- … --> are allowed",
    "tex": "write it in Markdown (mathematics goes between dollar signs), or escape the backslash: \\\\",
}
# Addresses of data sets reach a few hundred letters.
LONG_WORD = re.compile(r"\S{1001,}")


def _citations(manuscript: Manuscript, keys: Collection[str], tables: Collection[str]) -> Iterator[Issue]:
    placed = {item.id for item in manuscript.floats}
    reported: set[tuple[str, int]] = set()
    for mention in manuscript.mentions:
        valid = placed if mention.crossing else keys
        if mention.key in valid or (mention.key, mention.at) in reported:
            continue
        reported.add((mention.key, mention.at))
        where, known = manuscript.where(mention.at, mention.key), {*valid, *(tables if mention.crossing else ())}
        if mention.key in known:
            fix = f'place it: {{{{ table("{mention.key.partition(":")[2]}") }}}}'
            yield Issue("unknown-reference", "the text does not place this table", where, fix)
            continue
        fix = nearest(mention.key, sorted(known))
        if mention.crossing:
            yield Issue("unknown-reference", "there is no such table or figure", where, fix)
        else:
            yield Issue("unknown-citation", "the bibliography has no such key", where, fix)


def _brackets(manuscript: Manuscript) -> Iterator[Issue]:
    """Brackets that hold more than one kind of thing."""
    for node in _nodes(manuscript):
        if not isinstance(node, tree.Cite):
            continue
        kinds = {kind_of(citation.id) for citation in node.citations}
        if len(kinds) < 2:
            continue
        if "" in kinds:
            message, shown = "one bracket contains a citation and a cross-reference", plain_text(node.content)
        else:
            message, shown = "one bracket refers to figures and to tables", node.citations[1].id
        yield Issue("mixed-reference", message, manuscript.where(node.at, shown), "use a bracket for each")


def _nodes(manuscript: Manuscript) -> Iterator[Any]:
    return walk(all_nodes(manuscript.document))


def _headings(manuscript: Manuscript) -> Iterator[Issue]:
    level, standing = 0, set()
    for block in flat(manuscript.document.blocks):
        if not isinstance(block, tree.Header):
            continue
        standing.add(id(block))
        if block.level > level + 1:
            where = manuscript.where(block.at, plain_text(block.content))
            yield Issue("heading-skips", "the heading skips a level", where, f"use {'#' * (level + 1)}")
        level = block.level
    for node in walk(manuscript.document.blocks):
        if isinstance(node, tree.Header) and id(node) not in standing:
            where = manuscript.where(node.at, plain_text(node.content))
            message = "a heading is inside a list, a quotation or a note"
            yield Issue("nested-heading", message, where, "move it out, or make it bold text")


def _without_comments(html: str) -> str:
    """Markup without its comments; one that does not end is none."""
    before, end, after = html.rpartition("-->")
    return COMMENT.sub("", before + end) + after


def _raw(manuscript: Manuscript) -> Iterator[Issue]:
    """Markup of an output format: it would be printed as source, or lost. Comments are for the authors."""
    in_html = False
    for node in _nodes(manuscript):
        # The end of a tag whose start is reported is no fault of its own.
        if isinstance(node, tree.RawBlock | tree.RawInline) and not (in_html and node.text.lstrip().startswith("</")):
            rest = _without_comments(node.text) if node.format == "html" else node.text
            if rest.strip():
                in_html = node.format == "html"
                where = manuscript.where(node.at, rest.strip().split("\n", 1)[0])
                fix = RAW_FIXES.get(node.format, "write it in Markdown, or remove it")
                yield Issue("raw-markup", f"raw {node.format} cannot be set", where, fix)


# The dashes of a comment become one where it is not read as a comment; those of an escaped sign stay two.
_COMMENT_SIGN = re.compile("<![\u2013\u2014]|[\u2013\u2014]>")


def _open_comments(manuscript: Manuscript) -> Iterator[Issue]:
    """What is left of a comment that has no end, or that holds another one: the remark would be printed."""
    for node in _nodes(manuscript):
        if isinstance(node, tree.Str) and (sign := _COMMENT_SIGN.search(node.text)):
            shown = "<!--" if sign[0].startswith("<") else "-->"
            message = "the comment has no end" if shown == "<!--" else "the end of a comment that has no start"
            fix = f"write --> at its end; to print the sign, write it as code: `{shown}`"
            if shown == "-->":
                fix = f"remove it, or write an arrow as \u2192; to print the sign, write it as code: `{shown}`"
            yield Issue("open-comment", message, manuscript.where(node.at, shown), fix)


def _notes(manuscript: Manuscript) -> Iterator[Issue]:
    for node in _nodes(manuscript):
        if not isinstance(node, tree.Cite):
            continue
        for citation in node.citations:
            inside = walk([*citation.prefix, *citation.suffix])
            if any(isinstance(inner, tree.Note) for inner in inside):
                fix = "move the note after the bracket, or write its words in the citation"
                where = manuscript.where(node.at, citation.id)
                yield Issue("note-in-citation", "a footnote is inside a citation", where, fix)


def _images(manuscript: Manuscript, figures: Collection[str]) -> Iterator[Issue]:
    for node in _nodes(manuscript):
        if isinstance(node, tree.Image) and node.target not in figures:
            where = manuscript.where(node.at, node.target)
            fix = nearest(node.target, sorted(figures)) if figures else "put it into the manuscript's folder figures/"
            yield Issue("missing-figure", "there is no such figure", where, fix)


def _figure(manuscript: Manuscript, figure: tree.Figure) -> Iterator[Issue]:
    image = next((node for node in walk(figure.blocks) if isinstance(node, tree.Image)), None)
    caption = " ".join(plain_text(_inlines(block)) for block in figure.caption.blocks)
    name = figure.attr.identifier
    if kind_of(name) != "fig":
        shown = image.target if image else caption
        fix = 'write {#fig:name alt="…"} after the image'
        yield Issue("no-identifier", "a figure has no identifier", manuscript.where(figure.at, shown), fix)
        return
    where = manuscript.where(figure.at, name)
    alt = plain_text(image.content) if image else ""
    # Without an alternative text of its own a picture has its caption for one.
    if alt in ("", caption):
        fix = 'add alt="what the figure shows" to its attributes'
        yield Issue("no-alt-text", "the figure has no alternative text of its own", where, fix)
    if not caption:
        fix = "write it between the brackets: ![Caption](file)"
        yield Issue("no-caption", "the figure has no caption", where, fix)


def _inlines(block: tree.Block) -> list[tree.Inline]:
    return block.content if isinstance(block, tree.Plain | tree.Para) else []


def _table(manuscript: Manuscript, block: tree.Table | tree.Div) -> Iterator[Issue]:
    name, table = block.attr.identifier, table_of(block)
    if table is None:
        where, fix = manuscript.where(block.at, name), "write a pipe table in it"
        yield Issue("no-table", "the block of a table contains no table", where, fix)
        return
    caption = " ".join(plain_text(_inlines(inner)) for inner in table.caption.blocks)
    if not kind_of(name):
        words = caption or " ".join(plain_text(line) for line in inlines_of([table])).split(" ")[0] or "|"
        fix = "put it between ::: {#tbl:name .table} and :::"
        yield Issue("no-identifier", "a table has no identifier", manuscript.where(block.at, words), fix)
        return
    where = manuscript.where(block.at, name)
    if not caption:
        yield Issue("no-caption", "the table has no caption", where, 'add a line ": Caption" under it')
    if not any(body.rows for body in table.bodies) and not table.foot:
        yield Issue("empty-table", "the table has no rows", where, "remove it, or fill it")
    for inner in floats_in([block for row in table.rows() for cell in row.cells for block in cell.content]):
        if isinstance(inner, tree.Figure) and inner.attr.identifier:
            fix = "remove its identifier, or place the figure outside the table"
            where = manuscript.where(inner.at, inner.attr.identifier)
            yield Issue("figure-in-table", "a table cell contains a figure", where, fix)
        elif not isinstance(inner, tree.Figure):
            fix = "make it a table of its own"
            yield Issue("table-in-table", "a table cell contains a table", where, fix)


def _floats(manuscript: Manuscript) -> Iterator[Issue]:
    mentioned = {mention.key for mention in manuscript.mentions}
    seen: set[str] = set()
    for block in floats_in(manuscript.document.blocks):
        yield from _figure(manuscript, block) if isinstance(block, tree.Figure) else _table(manuscript, block)
        name = block.attr.identifier
        if not kind_of(name):
            continue
        where = manuscript.where(block.at, name)
        if name in seen:
            fix = "give each figure and table its own"
            yield Issue("repeated-identifier", "the identifier is used twice", where, fix)
        elif name not in mentioned:
            fix = f"refer to it in the text as [@{name}]"
            yield Issue("never-mentioned", "the text never mentions it", where, fix)
        seen.add(name)


def _words(manuscript: Manuscript) -> Iterator[Issue]:
    """Words so long that no page can hold them: mostly data pasted by mistake."""
    for node in _nodes(manuscript):
        if isinstance(node, tree.Str | tree.Code | tree.CodeBlock) and (match := LONG_WORD.search(node.text)):
            message = f"a word of {len(match[0]):,} letters: '{match[0][:30]}…'"
            yield Issue("long-word", message, manuscript.where(node.at), "split it, or remove it")


def faults(
    manuscript: Manuscript, keys: Collection[str], figures: Collection[str], tables: Collection[str] = ()
) -> list[Issue]:
    """Every fault of a text: `keys` are those of the bibliography, `figures` the files that a picture may name.

    `tables` are the identifiers of the tables that the text could place.
    """
    checks = (
        _citations(manuscript, keys, tables),
        _brackets(manuscript),
        _headings(manuscript),
        _raw(manuscript),
        _open_comments(manuscript),
        _notes(manuscript),
        _images(manuscript, figures),
        _floats(manuscript),
        _words(manuscript),
        *(refused(manuscript) for refused in CONSTRUCTS),
    )
    # A fault of a text that is printed twice (a picture's caption and its alternative text) is one.
    return list(dict.fromkeys(issue for check in checks for issue in check))


def uncited(manuscript: Manuscript, keys: Collection[str]) -> list[str]:
    """The works of the bibliography that the text never cites; a citation in the abstract alone is none."""
    cited = {mention.key for mention in manuscript.mentions if mention.part != "abstract"}
    return sorted(set(keys) - cited)


def mention_pages(manuscript: Manuscript, pages: Mapping[str, Sequence[str]]) -> None:
    """Makes every cross-reference to a figure of several pages refer to all; `pages` has the further ones."""
    for node in _nodes(manuscript):
        if not isinstance(node, tree.Cite):
            continue
        for citation in [one for one in node.citations if one.id in pages]:
            further = [tree.Citation(page, mode=citation.mode) for page in pages[citation.id]]
            further[-1].suffix, citation.suffix = citation.suffix, []
            at = node.citations.index(citation) + 1
            node.citations[at:at] = further


def resolve_pictures(manuscript: Manuscript, files: Mapping[str, str]) -> None:
    """Makes every picture name the file that was taken in; `files` maps what authors may write to that file."""
    for node in walk(manuscript.document.blocks):
        if isinstance(node, tree.Image):
            node.target = files.get(node.target, node.target)
