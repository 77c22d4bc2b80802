"""Finishes the Word document that pandoc wrote: sections, header and footer, tables, identifiers, properties."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import CONTENT_TYPES_URI, PACKAGE_URI, PackURI
from docx.opc.part import Part
from docx.opc.pkgwriter import _ContentTypesItem
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from lxml import etree

from prismake.document.equations import bracket_bases
from prismake.document.matter import Matter
from prismake.document.styles import INSET, set_page
from prismake.document.variants import Edition
from prismake.document.word_tables import TWIPS_PER_POINT, shape_tables, style_of, text_of
from prismake.document.writing_systems import set_all_writing_systems
from prismake.figures.figure import OFFICE, Figure, with_fonts
from prismake.review.journal import Page

MARK = "Mark"
LOOSE = "FirstParagraph"
# What opens a part of the text.
OPENERS = ("Heading", "HorizontalRule")
NOTE = "FootnoteText"
# Kinds of paragraphs that have the size of the text.
TEXT_STYLES = ("BodyText", "FirstParagraph", "Compact")
QUOTATIONS = ("BlockText", "FootnoteBlockText")
# Stands on every page of a review that is not finished.
DRAFT = "DRAFT"


def _compatible(name: str, value: int) -> str:
    uri = "http://schemas.microsoft.com/office/word"
    return f'<w:compatSetting w:name="{name}" w:uri="{uri}" w:val="{value}"/>'


# Word 2013 and later, so that no "compatibility mode" shows in the window's title.
SETTINGS = f"""<w:settings {nsdecls("w")}><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>
<w:characterSpacingControl w:val="doNotCompress"/>
<w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>
<w:compat>{_compatible("compatibilityMode", 15)}{_compatible("overrideTableStyleFontSizeAndJustification", 1)}
{_compatible("enableOpenTypeFeatures", 1)}{_compatible("doNotFlipMirrorIndents", 1)}</w:compat>
<w:themeFontLang w:val="{{language}}"/><w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>"""

APPLICATION = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>Prismake</Application></Properties>"
)
# The extension by which Office 2016 and later take a drawing as SVG.
VECTOR = (
    '<a:extLst {namespaces}><a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}">'
    '<asvg:svgBlip xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main" r:embed="{relation}"/>'
    "</a:ext></a:extLst>"
)
MEDIA = "/word/media/"
END_OF_PNG = b"IEND\xaeB`\x82"
# Parts that pandoc writes into every document, here without content.
EMPTY_PARTS = ("/custom-properties", "/comments")


def _mark_of(block: Any) -> str | None:
    """The name of a marked paragraph that the filter left, or None."""
    return text_of(block) if style_of(block) == MARK else None


def _blocks(document: Document) -> list[Any]:
    return [block for block in document.element.body if block.tag != qn("w:sectPr")]


def _break_before(paragraph: Any) -> None:
    paragraph.get_or_add_pPr().get_or_add_pageBreakBefore()


def _ensure_paragraph(block: Any) -> Any:
    """The block itself, or, after a table, a paragraph too small to see that can end a section."""
    if block.tag == qn("w:p"):
        return block
    small = parse_xml(f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="SectionEnd"/></w:pPr></w:p>')
    block.addnext(small)
    return small


def _end_section(document: Document, block: Any, page: Page, *, landscape: bool) -> None:
    properties = copy.deepcopy(document.element.body.sectPr)
    _ensure_paragraph(block).get_or_add_pPr().append(properties)
    _shape(Section(properties, document.part), page, landscape=landscape)


def _shape(section: Section, page: Page, *, landscape: bool) -> None:
    set_page(section, page, landscape=landscape)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT


def _next(block: Any) -> Any:
    following = block.getnext()
    return None if following is None or following.tag == qn("w:sectPr") else following


def apply_marks(document: Document, page: Page) -> None:
    """Turns the marks of pages and landscape into page breaks and sections, and removes them."""
    body = document.element.body
    for block in _blocks(document):
        following = _next(block)
        if block.getparent() is None:
            continue
        match _mark_of(block):
            case "page":
                if following is not None:
                    _break_before(following)
            case "landscape":
                before = block.getprevious()
                if before is not None:
                    _end_section(document, before, page, landscape=False)
            case "portrait":
                if following is None:
                    _shape(Section(body.sectPr, document.part), page, landscape=True)
                elif _mark_of(following) == "landscape":
                    # The next wide table stays in this landscape section, on a page of its own.
                    body.remove(following)
                    _break_before(_next(block))
                else:
                    _end_section(document, block.getprevious(), page, landscape=True)
            case _:
                continue
        body.remove(block)


def _piece(content: str) -> Any:
    return parse_xml(f"<w:r {nsdecls('w')}>{content}</w:r>")


def _field(instruction: str) -> Iterator[Any]:
    """A field whose result Word and LibreOffice compute when they lay out the page."""
    yield _piece('<w:fldChar w:fldCharType="begin"/>')
    yield _piece(f'<w:instrText xml:space="preserve"> {instruction} </w:instrText>')
    yield _piece('<w:fldChar w:fldCharType="separate"/>')
    yield _piece("<w:t>1</w:t>")
    yield _piece('<w:fldChar w:fldCharType="end"/>')


def set_header_and_footer(document: Document, profile: dict[str, Any], *, draft: bool = False) -> None:
    """Running head and page number in every section, landscape ones included; the mark of a draft above the head."""
    first = document.sections[0]
    header, footer = first.header, first.footer
    header.is_linked_to_previous = footer.is_linked_to_previous = False
    heads = [block for block in _blocks(document) if style_of(block) == "RunningHead"]
    for paragraph in heads:
        for empty in list(header._element):
            header._element.remove(empty)
        header._element.append(paragraph)
    if draft:
        header.paragraphs[0].insert_paragraph_before(DRAFT, "Draft Mark")
    line = footer.paragraphs[0]._p
    for part in re.split(r"(\{pages?\})", profile["page_number"]["text"]):
        if part in ("{page}", "{pages}"):
            line.extend(_field("PAGE" if part == "{page}" else "NUMPAGES"))
        elif part:
            footer.paragraphs[0].add_run(part)
    references = [node for node in first._sectPr if node.tag in (qn("w:headerReference"), qn("w:footerReference"))]
    for section in document.sections:
        if section._sectPr is not first._sectPr:
            for node in reversed(references):
                section._sectPr.insert(0, copy.deepcopy(node))


def number_lines(document: Document) -> None:
    """Line numbers that run through the whole document."""
    for section in document.sections:
        numbers = OxmlElement("w:lnNumType")
        numbers.set(qn("w:countBy"), "1")
        numbers.set(qn("w:restart"), "continuous")
        # The schema wants it right after the margins.
        section._sectPr.xpath("w:pgMar")[0].addnext(numbers)


def number_identifiers(document: Document) -> None:
    """Gives bookmarks and pictures unique identifiers in reading order, and pictures no distance from the text."""
    opened: dict[str, str] = {}
    for node in document.element.body.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd")):
        if node.tag == qn("w:bookmarkStart"):
            opened[node.get(qn("w:id"))] = str(len(opened) + 1)
        node.set(qn("w:id"), opened[node.get(qn("w:id"))])
    for number, picture in enumerate(document.element.body.iter(qn("wp:docPr")), start=1):
        picture.set("id", str(number))
        picture.set("name", f"Figure {number}")
        picture.attrib.pop("title", None)
        # Absent distances are nought in Word and an eighth of an inch in LibreOffice.
        for side in ("distT", "distB", "distL", "distR"):
            picture.getparent().set(side, "0")


def settle_nested(document: Document) -> None:
    """Leaves each run one height, that of the innermost mark: the schema takes no second."""
    for properties in document.element.body.iter(qn("w:rPr")):
        for outer in properties.findall(qn("w:vertAlign"))[:-1]:
            properties.remove(outer)


def style_loose_items(document: Document) -> None:
    """Gives the paragraphs of loose lists a style, which pandoc leaves without one: that of text, not indented."""
    for paragraph in document.element.body.iter(qn("w:p")):
        if paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None and not paragraph.style:
            paragraph.style = LOOSE


def style_openings(document: Document) -> None:
    """A paragraph after a heading or a rule opens a part of the text: it is not indented.

    Pandoc sees to it, but takes a heading with a note, whose note has paragraphs of its own, for none.
    """
    for paragraph in document.element.body.iter(qn("w:p")):
        before = paragraph.getprevious()
        while before is not None and before.tag in (qn("w:bookmarkStart"), qn("w:bookmarkEnd")):
            before = before.getprevious()
        if paragraph.style == "BodyText" and before is not None and style_of(before).startswith(OPENERS):
            paragraph.style = LOOSE


def indent_quotations(root: Any) -> None:
    """Moves quotations inside quotations in further, once for each that they are in, as the filter says of them."""
    for instruction in [node for node in root.iter(etree.PI) if node.target == "quotation"]:
        paragraph = instruction.getparent()
        if paragraph.style in QUOTATIONS:
            indent = paragraph.get_or_add_pPr().get_or_add_ind()
            indent.set(qn("w:left"), str(int(instruction.text) * INSET * TWIPS_PER_POINT))
        paragraph.remove(instruction)


def set_notes(document: Document, citations: str) -> None:
    """All text of footnotes in their size; letters for marks where the `citations` are raised numbers themselves."""
    if citations == "superscript":
        marks = parse_xml(f'<w:numFmt {nsdecls("w")} w:val="lowerLetter"/>')
        document.settings.element.xpath("w:footnotePr")[0].insert(0, marks)
    for part in document.part.package.iter_parts():
        if part.partname != "/word/footnotes.xml":
            continue
        notes: Any = parse_xml(part.blob)
        indent_quotations(notes)
        bracket_bases(notes)
        for paragraph in notes.iter(qn("w:p")):
            if paragraph.style in TEXT_STYLES or paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None:
                paragraph.style = NOTE
        part._blob = etree.tostring(notes, encoding="UTF-8", xml_declaration=True, standalone=True)


def put_pictures(document: Document, figures: Iterable[Figure]) -> None:
    """Puts each picture in the place of the dot that pandoc packed for it, behind which the filter wrote its name."""
    rasters = {figure.raster.name: figure.raster for figure in figures}
    for part in document.part.package.iter_parts():
        if part.partname.startswith(MEDIA):
            _, _, name = part.blob.rpartition(END_OF_PNG)
            part._blob = rasters[name.decode()].read_bytes()


def add_vectors(document: Document, figures: Iterable[Figure]) -> None:
    """Puts the drawing beside its raster: programs that know SVG show it, all others the raster."""
    vectors = {figure.raster.name: figure.vector for figure in figures if figure.vector}
    for picture in document.element.body.iter(qn("pic:pic")):
        label = picture.find(f"{qn('pic:nvPicPr')}/{qn('pic:cNvPr')}")
        vector = vectors.get(label.attrib.pop("descr"))
        if vector is None:
            continue
        name = PackURI(f"{MEDIA}{vector.name}")
        part = Part(name, "image/svg+xml", with_fonts(vector, OFFICE), document.part.package)
        relation = document.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
        blip = picture.find(f"{qn('pic:blipFill')}/{qn('a:blip')}")
        blip.append(parse_xml(VECTOR.format(namespaces=nsdecls("a", "r"), relation=relation)))


def set_properties(document: Document, matter: Matter, variant: str = "whole") -> None:
    """Title, authors, keywords and language in the file's properties; its dates are the manuscript's own.

    The category says which variant the file is, where it is not the whole manuscript.
    """
    properties = document.core_properties
    moment = datetime(matter.date.year, matter.date.month, matter.date.day, tzinfo=UTC)
    # Set on the elements: python-docx refuses texts over 255 letters, which a list of authors easily has.
    elements = properties._element
    elements.get_or_add_title().text = matter.title
    elements.get_or_add_creator().text = "; ".join(matter.authors)
    elements.get_or_add_keywords().text = ", ".join(matter.keywords)
    if variant != "whole":
        properties.category = variant
    properties.last_modified_by = ""
    properties.language = matter.language
    properties.created = properties.modified = moment
    properties.revision = 1
    for part in document.part.package.iter_parts():
        if part.partname == "/docProps/app.xml":
            part._blob = APPLICATION
    settings = document.settings.element
    for child in list(settings):
        settings.remove(child)
    settings.extend(list(parse_xml(SETTINGS.replace("{language}", matter.language))))


def drop_empty_parts(document: Document) -> None:
    """Takes out the parts that say nothing: comments and custom properties."""
    for relations in (document.part.package.rels, document.part.rels):
        for name in [name for name, relation in relations.items() if relation.reltype.endswith(EMPTY_PARTS)]:
            del relations[name]


def add_custom_properties(document: Document, content: bytes) -> None:
    """Puts a part of custom properties into the package."""
    package = document.part.package
    part = Part(PackURI("/docProps/custom.xml"), CONTENT_TYPE.OFC_CUSTOM_PROPERTIES, content, package)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)


def _parts_of(document: Document) -> dict[str, bytes]:
    """What python-docx saves of a document, which it would compress once more than needed."""
    package, content_types = document.part.package, cast(Any, _ContentTypesItem)
    parts = {CONTENT_TYPES_URI: content_types.from_parts(package.parts).blob, PACKAGE_URI.rels_uri: package.rels.xml}
    for part in package.parts:
        part.before_marshal()
        parts[part.partname] = part.blob
        if part.rels:
            parts[part.partname.rels_uri] = part.rels.xml
    return {name.membername: content for name, content in parts.items()}


def finish(
    content: bytes, edition: Edition, matter: Matter, figures: Mapping[str, Figure], custom: bytes = b""
) -> dict[str, bytes]:
    """The parts of the finished document by their names in its package, from what pandoc wrote with the Word filter.

    `custom` are its custom properties.
    """
    profile, page = edition.profile, edition.page
    document = docx.Document(io.BytesIO(content))
    _shape(document.sections[-1], page, landscape=False)
    apply_marks(document, page)
    set_header_and_footer(document, profile, draft=matter.draft)
    if profile["text"]["line_numbers"]:
        number_lines(document)
    indent_quotations(document.element.body)
    bracket_bases(document.element.body)
    style_loose_items(document)
    style_openings(document)
    settle_nested(document)
    shape_tables(document, page)
    set_all_writing_systems(document)
    number_identifiers(document)
    put_pictures(document, figures.values())
    add_vectors(document, figures.values())
    set_properties(document, matter, edition.variant)
    set_notes(document, profile["citations"]["form"])
    if profile["text"]["hyphenate"]:
        # The schema wants it right after the tab stops.
        document.settings.element.xpath("w:defaultTabStop")[0].addnext(OxmlElement("w:autoHyphenation"))
    drop_empty_parts(document)
    if custom:
        add_custom_properties(document, custom)
    return _parts_of(document)
