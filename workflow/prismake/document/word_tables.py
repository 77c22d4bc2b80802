"""The tables of the Word document: rules, widths, header rows, merged cells, and how the text of a cell is set."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from lxml import etree

from prismake.review.journal import Page

TWIPS_PER_POINT = 20
# A table of so few rows stays on one page with its caption.
SHORT_TABLE = 14
# What the schema wants behind the sizes in a run's properties.
_AFTER_SIZE = "highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath"
AFTER_SIZE = {qn(f"w:{name}") for name in _AFTER_SIZE.split()}
# Looked for in every cell, where the methods of python-docx take ten times as long.
PROPERTIES, STYLE, ALIGNMENT, KEPT, VALUE = map(qn, ("w:pPr", "w:pStyle", "w:jc", "w:keepNext", "w:val"))
LEVEL = f"{qn('w:numPr')}/{qn('w:ilvl')}"
# Bits of a table's look: which of its parts are headers.
FIRST_ROW, FIRST_COLUMN = 0x0020, 0x0080
CODE = "SourceCode"
NOTE = "TableNote"
# Styles of the text of cells by how it is aligned; left is that of the style itself.
ALIGNED = {"center": "Centered", "right": "Right", "end": "Right"}
# How far the points of a list in a cell stand from one another's level, in twips.
CELL_INDENT = 240


@dataclass(frozen=True)
class Place:
    """Where a cell stands: in the header, in the first row of the foot, over a rule, in a row kept with the next.

    `heads` is whether it is a header, of its row or of its column; `styled`: the style of the table says what a cell of
    the header looks like.
    """

    header: bool
    heads: bool
    styled: bool
    keep: bool
    ruled: bool
    foot: bool


def style_of(block: Any) -> str:
    """The identifier of a paragraph's style; empty for a table."""
    name: str | None = block.style if block.tag == qn("w:p") else None
    return name or ""


def text_of(block: Any) -> str:
    """The words of a block, without its equations and the instructions of its fields."""
    return "".join(node.text or "" for node in block.iter(qn("w:t")))


def _replace(parent: Any, tag: str, new: Any) -> None:
    old = parent.find(qn(tag))
    if old is not None:
        parent.remove(old)
    parent.insert(0, new)


def _rule(side: str, size: int) -> str:
    return f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="auto"/>'


@cache
def _parsed(xml: str) -> Any:
    return parse_xml(xml)


def _cell_properties(cell: Any, width: int, place: Place) -> Any:
    """Width, merging and rules of a cell: what pandoc wrote of merging stays."""
    old = cell.find(qn("w:tcPr"))
    merged = [] if old is None else [node for node in old if node.tag in (qn("w:gridSpan"), qn("w:vMerge"))]
    rules = (_rule("top", 4) if place.foot else "") + (_rule("bottom", 4) if place.ruled else "")
    borders = f"<w:tcBorders>{rules}</w:tcBorders>" if rules else ""
    bottom = '<w:vAlign w:val="bottom"/>' if place.header and not place.styled else ""
    parsed = _parsed(f'<w:tcPr {nsdecls("w")}><w:tcW w:w="{width}" w:type="dxa"/>{borders}{bottom}</w:tcPr>')
    properties = deepcopy(parsed)
    for node in reversed(merged):
        properties[0].addnext(node)
    return properties


def _set_paragraph(paragraph: Any, place: Place) -> None:
    """Gives a paragraph of a cell its style; points of a list move in as little as a narrow column allows."""
    properties = paragraph.find(PROPERTIES)
    if properties is None:
        properties = paragraph.get_or_add_pPr()
    style = properties.find(STYLE)
    if style is None:
        style = OxmlElement("w:pStyle")
        properties.insert(0, style)
    if style.get(VALUE) != CODE:
        aligned = properties.find(ALIGNMENT)
        side = "" if aligned is None else ALIGNED.get(aligned.get(VALUE), "")
        style.set(VALUE, ("TableHeader" if place.heads else "TableText") + side)
        if aligned is not None:
            properties.remove(aligned)
    level = properties.find(LEVEL)
    if level is not None:
        indent = properties.get_or_add_ind()
        for name in list(indent.attrib):
            del indent.attrib[name]
        indent.set(qn("w:left"), str(CELL_INDENT * (int(level.get(VALUE)) + 1)))
        indent.set(qn("w:hanging"), str(CELL_INDENT))
    if place.keep and properties.find(KEPT) is None:
        style.addnext(OxmlElement("w:keepNext"))


def _set_cell(cell: Any, width: int, place: Place) -> None:
    _replace(cell, "w:tcPr", _cell_properties(cell, width, place))
    for paragraph in cell.iter(qn("w:p")):
        _set_paragraph(paragraph, place)


def _table_properties(width: int, caption: str, *, styled: bool, first_column: bool) -> Any:
    bits = FIRST_ROW * styled + FIRST_COLUMN * first_column
    look = f'w:val="{bits:04X}" w:firstRow="{styled:d}"'
    properties = parse_xml(
        f'<w:tblPr {nsdecls("w")}><w:tblStyle w:val="RuledTable"/><w:tblW w:w="{width}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblLook {look} w:lastRow="0" w:firstColumn="{first_column:d}" '
        'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/><w:tblCaption w:val=""/></w:tblPr>'
    )
    properties.xpath("w:tblCaption")[0].set(qn("w:val"), caption)
    return properties


def _carry_out(table: Any) -> tuple[Any, list[Any]]:
    """Turns the filter's instructions into properties: tab stops of numbers, the size of a table that shrank.

    Returns the row at which the foot of the table begins, or None, and the cells that are the headers of their rows.
    """
    foot, headers = None, []
    for instruction in list(table.iter(etree.PI)):
        paragraph = instruction.getparent()
        if instruction.target == "decimal":
            # Word and LibreOffice set a number in a cell at such a stop without a tab before it.
            properties = paragraph.get_or_add_pPr()
            tabs = properties._add_tabs() if properties.find(qn("w:tabs")) is None else properties.find(qn("w:tabs"))
            stop = OxmlElement("w:tab")
            stop.set(qn("w:val"), "decimal")
            stop.set(qn("w:pos"), instruction.text)
            tabs.append(stop)
            aligned = properties.find(qn("w:jc"))
            if aligned is not None:
                properties.remove(aligned)
        elif instruction.target == "foot":
            foot = next(instruction.iterancestors(qn("w:tr")))
        elif instruction.target == "header":
            headers.append(next(instruction.iterancestors(qn("w:tc"))))
        elif instruction.target == "size":
            half_points = str(round(float(instruction.text) * 2))
            for run in table.iter(qn("w:r")):
                properties = run.get_or_add_rPr()
                for tag in ("w:sz", "w:szCs"):
                    sized = OxmlElement(tag)
                    sized.set(VALUE, half_points)
                    behind = next((node for node in properties if node.tag in AFTER_SIZE), None)
                    properties.append(sized) if behind is None else behind.addprevious(sized)
        paragraph.remove(instruction)
    return foot, headers


def _widths(table: Any, width: int) -> list[int]:
    """The widths of the columns in twips, which fill the page; the grid repeats them."""
    grid = table.find(qn("w:tblGrid"))
    shares = [float(column.get(qn("w:w"))) for column in grid]
    edges = [round(width * sum(shares[:count]) / sum(shares)) for count in range(len(shares) + 1)]
    widths = [right - left for left, right in pairwise(edges)]
    for column, column_width in zip(grid, widths, strict=True):
        column.set(qn("w:w"), str(column_width))
    return widths


def _span(cell: Any) -> int:
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    return 1 if span is None else int(span.get(qn("w:val")))


def _is_header(row: Any) -> bool:
    return row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None


def shape_table(table: Any, width: int, caption: str, *, noted: bool) -> None:
    """Rules, widths, header rows and whole rows of one table; `width` is the text width of its page in twips.

    A rule stands under the last row of the header, under a heading of several columns, and above the foot. The last row
    stays with what follows where the table is `noted`, which is its notes.
    """
    widths = _widths(table, width)
    rows = table.findall(qn("w:tr"))
    heads, (foot, first) = [_is_header(row) for row in rows], _carry_out(table)
    # The style looks after one header row; the rules of several depend on what spans what.
    styled = heads[0] and not any(heads[1:])
    _replace(table, "w:tblPr", _table_properties(width, caption, styled=styled, first_column=bool(first)))
    for index, (row, header) in enumerate(zip(rows, heads, strict=True)):
        repeats = "<w:tblHeader/>" if header else ""
        _replace(row, "w:trPr", parse_xml(f"<w:trPr {nsdecls('w')}><w:cantSplit/>{repeats}</w:trPr>"))
        # The header row stays with the first rows, the notes with the last ones, and a short table in one piece.
        keep = len(rows) <= SHORT_TABLE or index < 2 or index >= len(rows) - 2
        keep = keep and (noted or index < len(rows) - 1)
        last = header and not any(heads[index + 1 :])
        start = 0
        for cell in row.findall(qn("w:tc")):
            span = _span(cell)
            ruled = (last and not styled) or (header and span > 1)
            place = Place(header, header or cell in first, styled, keep, ruled, row is foot)
            _set_cell(cell, sum(widths[start : start + span]), place)
            start += span


def _section_widths(document: Document, page: Page) -> Iterator[tuple[Any, float]]:
    """Every block with the text width of its section in points."""
    waiting: list[Any] = []
    for block in document.element.body:
        properties = block if block.tag == qn("w:sectPr") else block.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
        waiting.append(block)
        if properties is not None:
            landscape = Section(properties, document.part).orientation == WD_ORIENT.LANDSCAPE
            for member in waiting:
                yield member, page.text_height if landscape else page.text_width
            waiting = []


def shape_tables(document: Document, page: Page) -> None:
    """Gives all tables their look. A table's alt text is its caption."""
    for block, width in list(_section_widths(document, page)):
        if block.tag != qn("w:tbl"):
            continue
        above = block.getprevious()
        caption = text_of(above) if above is not None else ""
        noted = style_of(block.getnext()) == NOTE
        shape_table(block, round(width * TWIPS_PER_POINT), caption, noted=noted)
