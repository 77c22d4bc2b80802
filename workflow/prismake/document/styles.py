"""The Word styles of a manuscript, made from the journal's profile: the reference document that pandoc fills.

Every kind of paragraph has a style of its own, so that a journal's staff can restyle a kind in one click; kinds that
belong together rest on one style, and each says what the next paragraph is.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Pt

from prismake.review.journal import POINTS_PER_MM, Page

EMU_PER_POINT = 12700
TWIPS_PER_POINT = 20
# Styles of python-docx's template that stay: those that Word itself rests on.
KEPT = {"Normal", "Default Paragraph Font", "Normal Table", "No List"}
HEADER_SIZE = 10
DRAFT_SIZE = 14
LINE_NUMBER_SIZE = 8
NOTE_SIZE = 10
# How far quotations and definitions stand in, in points.
INSET = 24
# Between the last note of a table and the text, in points.
BELOW_TABLE = 16
# Levels of headings beyond those that journals take; a build warns of them.
DEEPER = (4, 5, 6)
# On every machine that has Word.
MONOSPACED = "Courier New"
# Styles that Word knows by their names; all others are ours.
WORDS_OWN = {
    *("Normal", "Body Text", "Block Text", "Title", "header", "footer", "caption", "Bibliography", "Hyperlink"),
    *("footnote text", "footnote reference", "line number"),
    *(f"heading {level}" for level in range(1, 10)),
}
# Further styles of Word's own that an author or editor may want, with their places in the gallery; Word hides the rest
# until somebody uses one.
OFFERED = {"Strong": 22, "Emphasis": 20, "Quote": 29, "List Bullet": 36, "List Number": 36, "Table Grid": 39}
# How many styles Word brings along.
WORDS_STYLES = 376


@dataclass(frozen=True)
class ParagraphStyle:
    """One kind of paragraph. Sizes and gaps in points; `spacing` is a multiple of single, `hanging` and `indent`
    (of the first line) in points.

    `base`: the style that it rests on; `next`: the style of the paragraph that follows it, its own where empty;
    `outline`: the level of a heading, which stays with what follows; `counted`: its lines are numbered; `inset`: how
    far it stands in on the left; `font`: one other than the text's; `ruled`: a rule stands under it; `together`: its
    gaps fall away between two paragraphs of it.
    """

    name: str
    size: float
    spacing: float
    before: float = 0
    after: float = 0
    base: str = "Normal"
    next: str = ""
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
    together: bool = False

    @property
    def indents(self) -> tuple[int, int]:
        """(of the whole paragraph, of its first line) in twips."""
        left, first = (self.hanging, -self.hanging) if self.hanging else (self.inset, self.indent)
        return round(left * TWIPS_PER_POINT), round(first * TWIPS_PER_POINT)


def style_id(name: str) -> str:
    """The identifier of a style, formed as Word forms it: "footnote text" is FootnoteText."""
    return "".join(word[0].upper() + word[1:] for word in name.split())


def _text_styles(size: float, spacing: float, gap: float, indent: float) -> list[ParagraphStyle]:
    text = ParagraphStyle("Body Text", size, spacing, after=gap, indent=indent)
    # What rests on it opens a part, or stands in, and goes on as text.
    opening = replace(text, name="First Paragraph", base=text.name, next=text.name, indent=0)
    own = replace(opening, next="")
    return [
        text,
        opening,
        replace(own, name="Compact", after=0),
        replace(opening, name="Block Text", inset=INSET),
        replace(own, name="Definition Term", after=0, next="Definition", bold=True, keep_next=True),
        replace(own, name="Definition", next="Definition Term", inset=INSET),
        replace(own, name="Abstract"),
        replace(own, name="Keywords"),
        ParagraphStyle("Source Code", size - 2, 1.15, before=6, after=6 + gap, font=MONOSPACED),
        ParagraphStyle("Horizontal Rule", size / 2, 1, after=12, next=opening.name, counted=False, ruled=True),
        ParagraphStyle("Bibliography", size, spacing, hanging=30),
    ]


def _headings(size: float, spacing: float) -> list[ParagraphStyle]:
    opening = "First Paragraph"
    return [
        ParagraphStyle("heading 1", size + 2, spacing, 6, next=opening, bold=True, outline=0),
        ParagraphStyle("heading 2", size, spacing, 6, next=opening, bold=True, outline=1),
        ParagraphStyle("heading 3", size, spacing, 6, next=opening, italic=True, outline=2),
        *[
            ParagraphStyle(
                f"heading {level}", size, spacing, 6, next=opening, italic=True, outline=level - 1, inset=INSET / 2
            )
            for level in DEEPER
        ],
    ]


def _front_styles(size: float) -> list[ParagraphStyle]:
    return [
        ParagraphStyle("Title", size + 4, 1.3, after=18, next="Author", bold=True),
        ParagraphStyle("Author", size, 1.5, after=12, next="Affiliation"),
        ParagraphStyle("Affiliation", size, 1.5),
        ParagraphStyle("Title Page", size, 1.5, before=6),
    ]


def _cell_styles(small: float) -> list[ParagraphStyle]:
    text = ParagraphStyle("Table Text", small, 1, 2, 2)
    header = replace(text, name="Table Header", base=text.name, next=text.name, bold=True)
    aligned = [
        replace(kind, name=f"{kind.name} {place}", base=kind.name, align=align)
        for kind in (text, header)
        for place, align in (("Centered", "center"), ("Right", "right"))
    ]
    return [text, header, *aligned]


def _float_styles(size: float, small: float) -> list[ParagraphStyle]:
    caption = ParagraphStyle("caption", size, 1.15, next="Body Text", keep_lines=True)
    ours = replace(caption, base=caption.name)
    return [
        caption,
        replace(ours, name="Table Caption", before=12, after=6, next="Table Text", keep_next=True),
        replace(ours, name="Image Caption", after=12),
        ParagraphStyle("Figure", size, 1, 12, 6, next="Image Caption", keep_next=True, counted=False),
        *_cell_styles(small),
        ParagraphStyle(
            "Table Note", small, 1, 3, BELOW_TABLE, base="Table Text", next="Body Text", keep_lines=True, together=True
        ),
    ]


def _page_styles(profile: Mapping[str, Any]) -> list[ParagraphStyle]:
    head, foot = profile["running_head"]["align"], profile["page_number"]["align"]
    return [
        ParagraphStyle("header", HEADER_SIZE, 1, counted=False),
        ParagraphStyle("footer", HEADER_SIZE, 1, align=foot, counted=False),
        ParagraphStyle("Running Head", HEADER_SIZE, 1, base="header", align=head, counted=False),
        ParagraphStyle("Draft Mark", DRAFT_SIZE, 1, base="header", bold=True, align="center", counted=False),
        ParagraphStyle("Section End", 1, 1, counted=False),
        ParagraphStyle("footnote text", NOTE_SIZE, 1),
        ParagraphStyle("Footnote Block Text", NOTE_SIZE, 1, base="footnote text", next="footnote text", inset=INSET),
    ]


def paragraph_styles(profile: Mapping[str, Any]) -> list[ParagraphStyle]:
    """All kinds of paragraphs of a manuscript, sized as the profile asks; each after the one that it rests on."""
    size, spacing = float(profile["text"]["size_pt"]), float(profile["text"]["line_spacing"])
    gap, indent = float(profile["text"]["gap_pt"]), float(profile["text"]["indent_mm"]) * POINTS_PER_MM
    return [
        *_text_styles(size, spacing, gap, indent),
        *_headings(size, spacing),
        *_front_styles(size),
        *_float_styles(size, float(profile["tables"]["size_pt"])),
        *_page_styles(profile),
    ]


def _fonts(font: str) -> str:
    return f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}"/>'


def _size(points: float) -> str:
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


def _switch(name: str, on: bool) -> str:
    return f"<w:{name}/>" if on else f'<w:{name} w:val="0"/>'


def _clear(document: Document, font: str, size: float, language: str) -> None:
    """Takes the template's styles out, sets the defaults that all others rest on, and says which styles Word offers."""
    styles = document.styles.element
    for style in list(styles.style_lst):
        if style.name_val not in KEPT:
            styles.remove(style)
    for tag in ("w:docDefaults", "w:latentStyles"):
        old = styles.find(qn(tag))
        if old is not None:
            styles.remove(old)
    offered = "".join(
        f'<w:lsdException w:name="{name}" w:uiPriority="{place}" w:semiHidden="0" w:unhideWhenUsed="0" w:qFormat="1"/>'
        for name, place in OFFERED.items()
    )
    latent = parse_xml(
        f'<w:latentStyles {nsdecls("w")} w:defLockedState="0" w:defUIPriority="99" w:defSemiHidden="1" '
        f'w:defUnhideWhenUsed="1" w:defQFormat="0" w:count="{WORDS_STYLES}">{offered}</w:latentStyles>'
    )
    defaults = parse_xml(
        f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr>{_fonts(font)}{_size(size)}"
        f'<w:lang w:val="{language}" w:eastAsia="{language}" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:widowControl/>"
        '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
        "</w:pPr></w:pPrDefault></w:docDefaults>"
    )
    styles[0:0] = [defaults, latent]
    for style in styles.style_lst:
        # The last are marks of the sessions in which the template was made.
        for tag in ("w:rPr", "w:link", "w:rsid"):
            for node in style.findall(qn(tag)):
                style.remove(node)


def _borders(kind: ParagraphStyle) -> str:
    rule = '<w:bottom w:val="single" w:sz="4" w:space="1" w:color="auto"/>' if kind.ruled else ""
    return f"<w:pBdr>{rule}</w:pBdr>"


def _tabs(kind: ParagraphStyle) -> str:
    stop = f'<w:tab w:val="left" w:pos="{kind.indents[0]}"/>' if kind.hanging else ""
    return f"<w:tabs>{stop}</w:tabs>"


def _spacing(kind: ParagraphStyle) -> str:
    before, after = round(kind.before * TWIPS_PER_POINT), round(kind.after * TWIPS_PER_POINT)
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{round(kind.spacing * 240)}" w:lineRule="auto"/>'


def _indent(kind: ParagraphStyle) -> str:
    left, first = kind.indents
    line = f'w:hanging="{-first}"' if first < 0 else f'w:firstLine="{first}"'
    return f'<w:ind w:left="{left}" {line}/>'


# The properties of a paragraph and of its text in the order of the schema. A style names those in which it differs from
# the one that it rests on.
OF_PARAGRAPHS: list[Callable[[ParagraphStyle], str]] = [
    lambda kind: _switch("keepNext", kind.keep_next or kind.outline is not None),
    lambda kind: _switch("keepLines", kind.keep_lines or kind.outline is not None),
    lambda kind: _switch("suppressLineNumbers", not kind.counted),
    _borders,
    _tabs,
    _spacing,
    _indent,
    lambda kind: _switch("contextualSpacing", kind.together),
    lambda kind: f'<w:jc w:val="{kind.align}"/>',
    lambda kind: f'<w:outlineLvl w:val="{9 if kind.outline is None else kind.outline}"/>',
]
OF_TEXT: list[Callable[[ParagraphStyle], str]] = [
    lambda kind: _fonts(kind.font),
    # Arabic and Hebrew letters look at the second of each pair alone.
    lambda kind: _switch("b", kind.bold) + _switch("bCs", kind.bold),
    lambda kind: _switch("i", kind.italic) + _switch("iCs", kind.italic),
    lambda kind: _size(kind.size),
]


def _style(name: str, type: str, content: str) -> Any:
    own = "" if name in WORDS_OWN else ' w:customStyle="1"'
    return parse_xml(
        f'<w:style {nsdecls("w")} w:type="{type}"{own} w:styleId="{style_id(name)}"><w:name w:val="{name}"/>{content}'
        "</w:style>"
    )


def _paragraph_style(kind: ParagraphStyle, base: ParagraphStyle) -> Any:
    differing = [
        "".join(piece(kind) for piece in pieces if piece(kind) != piece(base)) for pieces in (OF_PARAGRAPHS, OF_TEXT)
    ]
    following = style_id(kind.next or kind.name)
    content = f'<w:basedOn w:val="{style_id(base.name)}"/><w:next w:val="{following}"/><w:qFormat/>'
    for tag, properties in zip(("pPr", "rPr"), differing, strict=True):
        content += f"<w:{tag}>{properties}</w:{tag}>" if properties else ""
    return _style(kind.name, "paragraph", content)


def _character_styles() -> list[Any]:
    """Links look like text: blue underlined citations are not what a journal prints. Line numbers stand back."""
    looks = {
        "Hyperlink": "",
        "Verbatim Char": _fonts(MONOSPACED),
        "Caption Label": "<w:b/><w:bCs/>",
        "footnote reference": '<w:vertAlign w:val="superscript"/>',
        "line number": f'<w:color w:val="666666"/>{_size(LINE_NUMBER_SIZE)}',
    }
    return [
        _style(
            name, "character", '<w:basedOn w:val="DefaultParagraphFont"/>' + (f"<w:rPr>{look}</w:rPr>" if look else "")
        )
        for name, look in looks.items()
    ]


def _table_style(padding: float) -> Any:
    """Rules above, under the header row and below; nothing else."""
    side = round(padding * TWIPS_PER_POINT)
    rule = '<w:{0} w:val="single" w:sz="{1}" w:space="0" w:color="auto"/>'
    return _style(
        "Ruled Table",
        "table",
        '<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>'
        f"<w:tblPr><w:tblBorders>{rule.format('top', 8)}{rule.format('bottom', 8)}</w:tblBorders>"
        '<w:tblCellMar><w:top w:w="0" w:type="dxa"/>'
        f'<w:left w:w="{side}" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="{side}" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr>"
        f'<w:tblStylePr w:type="firstRow"><w:tblPr/><w:tcPr><w:tcBorders>{rule.format("bottom", 4)}</w:tcBorders>'
        '<w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr>',
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


def reference_document(profile: Mapping[str, Any], page: Page, language: str, cell_padding: float) -> bytes:
    """The empty document whose styles and page pandoc takes over."""
    document = docx.Document()
    font, size = profile["text"]["font"], float(profile["text"]["size_pt"])
    _clear(document, font, size, language)
    styles = document.styles.element
    # What rests on Normal says its font, size and spacing in full, so that staff see them where they look for them.
    known = {"Normal": ParagraphStyle("Normal", 0, 0)}
    for kind in paragraph_styles(profile):
        whole = replace(kind, font=kind.font or font)
        styles.append(_paragraph_style(whole, known[kind.base]))
        known[kind.name] = whole
    styles.extend([*_character_styles(), _table_style(cell_padding)])
    set_page(document.sections[0], page)
    properties = document.sections[0]._sectPr
    for name in [name for name in properties.attrib if str(name).startswith(qn("w:rsid"))]:
        del properties.attrib[name]
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()
