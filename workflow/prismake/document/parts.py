"""The vocabulary of an arranged document: plain divs and spans that every writer's filter understands.

- `Div.region name=…`: a part of the document that a variant may leave out: title-page, head (the title alone),
  abstract, body, references, floats (what stands after the references), apart (what is a file of its own), legends (the
  captions of such figures), site (what is typed into the journal's site), section-ROLE (a section that is a file of its
  own).
- `Div.part role=…`: a piece of the title page.
- `Div.float`: a table or figure: kind, number, wide; holds `Div.caption`, the table or image, `Div.notes`; in the list
  of legends the caption alone.
- `Div.mark name=page`: what follows starts a new page.
- `Span.reference`: a cross-reference: kind, number, form (full, number).
- `Span.first-cited`: hidden: citations that stand in a table, counted where the table is first mentioned.

A table's `size` is the size of its text in points where it had to shrink; of a cell, `point` and `indent` say in points
where the point of its number stands and where the number begins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prismake.manuscript import tree
from prismake.manuscript.contents import kind_of
from prismake.manuscript.words import plain_text

Profile = dict[str, Any]
Blocks = list[tree.Block]
Inlines = list[tree.Inline]
BLANKS = (tree.Space, tree.SoftBreak)
# The block of the journal's profile that says how a kind of float is called and placed.
SETTINGS = {"fig": "figures", "tbl": "tables"}
# Between a label and its number, so that no line ends with "Table".
UNBROKEN = "\u00a0"


def div(name: str, blocks: Sequence[tree.Block], /, **attributes: str) -> tree.Div:
    """A div of the vocabulary."""
    return tree.Div(tree.Attr("", (name,), tuple(attributes.items())), list(blocks))


def part(role: str, blocks: Sequence[tree.Block]) -> tree.Div:
    """A piece of the title page."""
    return div("part", blocks, role=role)


def region(name: str, blocks: Sequence[tree.Block]) -> tree.Div:
    """A part of the document that a variant may leave out."""
    return div("region", blocks, name=name)


def new_page() -> tree.Div:
    """The mark that what follows starts a new page."""
    return div("mark", [], name="page")


def is_div(block: Any, kind: str) -> bool:
    """Whether a node is a div of this kind."""
    return isinstance(block, tree.Div) and kind in block.attr.classes


def is_blank(node: Any) -> bool:
    """Whether a node is a blank or the end of a source's line."""
    return isinstance(node, BLANKS)


def heading(text: str, level: int = 1) -> tree.Header:
    """A heading of the journal's own words."""
    return tree.Header(level, tree.Attr(), [tree.Str(text)])


def labelled(label: str, inlines: Sequence[tree.Inline]) -> tree.Para:
    """A paragraph that a bold label begins."""
    return tree.Para([tree.Strong([tree.Str(f"{label}:")]), tree.Space(), *inlines])


def numbered(words: Mapping[str, Any], number: int | str, blank: str = UNBROKEN) -> str:
    """A table or figure as the journal calls it: "Table 1", "Fig. 2", "Table S3" or "S3 Table" in a supplement."""
    pair = (words["label"], f"{words['lead']}{number}")
    return blank.join(reversed(pair) if words["order"] == "number" else pair)


def run_of(blocks: Sequence[tree.Block]) -> Inlines:
    """Blocks as one run of inlines, with blanks between them."""
    result: Inlines = []
    for block in blocks:
        inner = _inlines_of(block)
        if inner:
            result += [tree.Space(), *inner] if result else inner
    return result


def _inlines_of(block: tree.Block) -> Inlines:
    match block:
        case tree.Plain() | tree.Para() | tree.Header():
            return list(block.content)
        case tree.LineBlock():
            return [node for line in block.lines for node in (tree.LineBreak(), *line)][1:]
        case tree.CodeBlock():
            return [tree.Code(block.attr, block.text)]
        case tree.BlockQuote() | tree.Div() | tree.Figure():
            return run_of(block.blocks)
        case tree.OrderedList() | tree.BulletList():
            return run_of([inner for item in block.items for inner in item])
        case tree.DefinitionList():
            pieces = [(tree.Plain(term), *(inner for item in items for inner in item)) for term, items in block.items]
            return run_of([inner for piece in pieces for inner in piece])
        case tree.Table():
            return run_of([inner for row in block.rows() for cell in row.cells for inner in cell.content])
        case _:
            return []


def inlines_of(value: tree.Meta | None) -> Inlines:
    """An entry of the head as inlines; nothing for none."""
    match value:
        case None:
            return []
        case tree.MetaInlines():
            return list(value.content)
        case tree.MetaBlocks():
            return run_of(value.blocks)
        case _:
            return [tree.Str(text_of(value))]


def text_of(value: tree.Meta | None) -> str:
    """An entry of the head as plain text."""
    match value:
        case tree.MetaInlines():
            return plain_text(value.content)
        case tree.MetaBlocks():
            return plain_text(run_of(value.blocks))
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case list():
            return "".join(text_of(item) for item in value)
        case _:
            return ""


def is_crossing(cite: tree.Cite) -> bool:
    """Whether a bracket points to tables or figures."""
    return any(kind_of(citation.id) for citation in cite.citations)
