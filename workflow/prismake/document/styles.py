"""The Word styles of a manuscript, made from the journal's profile: the reference document that pandoc fills.

Every kind of paragraph has a style of its own, so that a journal's staff can restyle a kind in one click.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Pt, RGBColor

from prismake.review.journal import POINTS_PER_MM, Page

EMU_PER_POINT = 12700
# Styles of python-docx's template that stay: those that Word itself rests on.
KEPT = {"Normal", "header", "footer", "Default Paragraph Font", "Normal Table", "No List"}
HEADER_SIZE = 10
LINE_NUMBER_SIZE = 8
NOTE_SIZE = 10
# How far quotations and definitions stand in, in points.
INSET = 24
# Levels of headings beyond those that journals take; a build warns of them.
DEEPER = (4, 5, 6)
# On every machine that has Word.
MONOSPACED = "Courier New"
# What the schema wants behind the borders in a paragraph's properties.
AFTER_BORDERS = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr")


@dataclass(frozen=True)
class ParagraphStyle:
    """One kind of paragraph. Sizes and gaps in points; `spacing` is a multiple of single, `hanging` and `indent`
    (of the first line) in points.

    `outline`: the level of a heading, which stays with what follows; `counted`: its lines are numbered; `inset`: how
    far it stands in on the left; `font`: one other than the text's; `ruled`: a rule stands under it.
    """

    name: str
    size: float
    spacing: float
    before: float = 0
    after: float = 0
    bold: bool = False
    italic: bool = False
    keep_next: bool = False
    keep_lines: bool = False
    outline: int | None = None
    hanging: float = 0
    indent: float = 0
    align: str = "left"
    counted: bool = True
    inset: float = 0
    font: str = ""
    ruled: bool = False


def paragraph_styles(profile: dict[str, Any]) -> list[ParagraphStyle]:
    """All kinds of paragraphs of a manuscript, sized as the profile asks."""
    size, spacing = float(profile["text"]["size_pt"]), float(profile["text"]["line_spacing"])
    small, gap = float(profile["tables"]["size_pt"]), float(profile["text"]["gap_pt"])
    indent = float(profile["text"]["indent_mm"]) * POINTS_PER_MM
    return [
        ParagraphStyle("Body Text", size, spacing, after=gap, indent=indent),
        ParagraphStyle("First Paragraph", size, spacing, after=gap),
        ParagraphStyle("Compact", size, spacing),
        ParagraphStyle("Block Text", size, spacing, after=gap, inset=INSET),
        ParagraphStyle("Definition Term", size, spacing, bold=True, keep_next=True),
        ParagraphStyle("Definition", size, spacing, after=gap, inset=INSET),
        ParagraphStyle("Source Code", size - 2, 1.15, before=6, after=6 + gap, font=MONOSPACED),
        ParagraphStyle("Horizontal Rule", size / 2, 1, after=12, counted=False, ruled=True),
        ParagraphStyle("heading 1", size + 2, spacing, 6, bold=True, outline=0),
        ParagraphStyle("heading 2", size, spacing, 6, bold=True, outline=1),
        ParagraphStyle("heading 3", size, spacing, 6, italic=True, outline=2),
        *[
            ParagraphStyle(f"heading {level}", size, spacing, 6, italic=True, outline=level - 1, inset=INSET / 2)
            for level in DEEPER
        ],
        ParagraphStyle("Title", size + 4, 1.3, after=18, bold=True),
        ParagraphStyle("Author", size, 1.5, after=12),
        ParagraphStyle("Affiliation", size, 1.5),
        ParagraphStyle("Title Page", size, 1.5, before=6, after=0),
        ParagraphStyle("Running Head", HEADER_SIZE, 1, align=profile["running_head"]["align"], counted=False),
        ParagraphStyle("Abstract", size, spacing, after=gap),
        ParagraphStyle("Keywords", size, spacing, after=gap),
        ParagraphStyle("Table Caption", size, 1.15, before=12, after=6, keep_next=True, keep_lines=True),
        ParagraphStyle("Table Text", small, 1, before=2, after=2),
        ParagraphStyle("Table Header", small, 1, before=2, after=2, bold=True),
        ParagraphStyle("Table Note", small, 1, before=3, after=3, keep_lines=True),
        ParagraphStyle("Figure", size, 1, before=12, after=6, keep_next=True, counted=False),
        ParagraphStyle("Image Caption", size, 1.15, after=12, keep_lines=True),
        ParagraphStyle("Bibliography", size, spacing, hanging=30),
        ParagraphStyle("footnote text", NOTE_SIZE, 1),
        ParagraphStyle("Footnote Block Text", NOTE_SIZE, 1, inset=INSET),
    ]


def _set_fonts(element: Any, font: str) -> None:
    fonts = element.get_or_add_rPr().get_or_add_rFonts()
    for slot in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(slot), font)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
        fonts.attrib.pop(qn(theme), None)


def _clear(document: Document, font: str, size: float, language: str) -> None:
    """Takes the template's styles out and sets the defaults that all others rest on."""
    styles = document.styles.element
    for style in list(styles.style_lst):
        if style.name_val not in KEPT:
            styles.remove(style)
    defaults = styles.find(qn("w:docDefaults"))
    if defaults is not None:
        styles.remove(defaults)
    styles.insert(
        0,
        parse_xml(
            f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr>"
            f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}"/>'
            f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>'
            f'<w:lang w:val="{language}" w:eastAsia="{language}" w:bidi="ar-SA"/>'
            "</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>"
            '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
            "</w:pPr></w:pPrDefault></w:docDefaults>"
        ),
    )
    latent = styles.find(qn("w:latentStyles"))
    if latent is not None:
        styles.remove(latent)
    for style in styles.style_lst:
        # The last are marks of the sessions in which the template was made.
        for tag in ("w:rPr", "w:link", "w:rsid"):
            for node in style.findall(qn(tag)):
                style.remove(node)


def suppress_line_numbers(properties: Any) -> None:
    """Leaves a paragraph, or a style's paragraphs, out of the line numbers. The schema fixes the place."""
    properties.insert_element_before(OxmlElement("w:suppressLineNumbers"), "w:pBdr", *AFTER_BORDERS)


def _add(document: Document, kind: ParagraphStyle, font: str) -> None:
    style = document.styles.add_style(kind.name, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    style.font.size = Pt(kind.size)
    style.font.bold = kind.bold
    style.font.italic = kind.italic
    # Arabic and Hebrew letters look at these alone.
    style.font.cs_bold, style.font.cs_italic = kind.bold, kind.italic
    size = style.element.rPr.find(qn("w:sz"))
    complex_size = OxmlElement("w:szCs")
    complex_size.set(qn("w:val"), size.get(qn("w:val")))
    size.addnext(complex_size)
    shape = style.paragraph_format
    shape.line_spacing = kind.spacing
    shape.space_before, shape.space_after = Pt(kind.before), Pt(kind.after)
    is_heading = kind.outline is not None
    shape.keep_with_next, shape.keep_together = kind.keep_next or is_heading, kind.keep_lines or is_heading
    shape.widow_control = True
    if kind.indent:
        shape.first_line_indent = Pt(kind.indent)
    if kind.hanging:
        shape.left_indent, shape.first_line_indent = Pt(kind.hanging), Pt(-kind.hanging)
        shape.tab_stops.add_tab_stop(Pt(kind.hanging))
    if kind.inset:
        shape.left_indent = Pt(kind.inset)
    properties = style.element.get_or_add_pPr()
    if kind.ruled:
        rule = f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="4" w:space="1" w:color="auto"/></w:pBdr>'
        properties.insert_element_before(parse_xml(rule), *AFTER_BORDERS)
    if not kind.counted:
        suppress_line_numbers(properties)
    if kind.align != "left":
        justification = OxmlElement("w:jc")
        justification.set(qn("w:val"), kind.align)
        properties.append(justification)
    if kind.outline is not None:
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), str(kind.outline))
        properties.append(level)
    _set_fonts(style.element, kind.font or font)


def _add_character_styles(document: Document) -> None:
    """Links look like text: blue underlined citations are not what a journal prints. Line numbers stand back."""
    styles = {
        name: document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER, builtin=True)
        for name in ("Hyperlink", "Verbatim Char", "footnote reference", "line number")
    }
    _set_fonts(styles["Verbatim Char"].element, MONOSPACED)
    styles["footnote reference"].font.superscript = True
    styles["line number"].font.size = Pt(LINE_NUMBER_SIZE)
    styles["line number"].font.color.rgb = RGBColor(0x66, 0x66, 0x66)


def _add_table_style(document: Document, padding: float) -> None:
    """Rules above, under the header row and below; nothing else."""
    side = round(padding * 20)
    rule = '<w:{0} w:val="single" w:sz="{1}" w:space="0" w:color="auto"/>'
    document.styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="RuledTable">'
            '<w:name w:val="Ruled Table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>'
            f"<w:tblPr><w:tblBorders>{rule.format('top', 8)}{rule.format('bottom', 8)}</w:tblBorders>"
            '<w:tblCellMar><w:top w:w="0" w:type="dxa"/>'
            f'<w:left w:w="{side}" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="{side}" w:type="dxa"/>'
            "</w:tblCellMar></w:tblPr>"
            f'<w:tblStylePr w:type="firstRow"><w:tblPr/><w:tcPr><w:tcBorders>{rule.format("bottom", 4)}</w:tcBorders>'
            "</w:tcPr></w:tblStylePr></w:style>"
        )
    )


def set_page(section: Any, page: Page, *, landscape: bool = False) -> None:
    """Sheet, margins and distance of header and footer of a section."""
    width, height = (page.height, page.width) if landscape else (page.width, page.height)
    section.page_width, section.page_height = (
        Emu(round(width * EMU_PER_POINT)),
        Emu(round(height * EMU_PER_POINT)),
    )
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Pt(page.margin))
    section.header_distance = section.footer_distance = Pt(page.margin / 2)


def reference_document(profile: dict[str, Any], page: Page, language: str, cell_padding: float) -> bytes:
    """The empty document whose styles and page pandoc takes over."""
    document = docx.Document()
    font = profile["text"]["font"]
    _clear(document, font, float(profile["text"]["size_pt"]), language)
    for kind in paragraph_styles(profile):
        _add(document, kind, font)
    _add_character_styles(document)
    _add_table_style(document, cell_padding)
    set_page(document.sections[0], page)
    properties = document.sections[0]._sectPr
    for name in [name for name in properties.attrib if str(name).startswith(qn("w:rsid"))]:
        del properties.attrib[name]
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()
