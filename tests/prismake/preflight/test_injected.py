"""Each fault is put into a sound document, and the check that is named for it must tell it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from prismake.preflight.document import Document
from prismake.preflight.run import FAULT, check_docx, checks_of, run_check

from .conftest import BODY, Damage, Parts, damaged, requirements

STYLES, RELS, TYPES = "word/styles.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"
CORE, APP, SETTINGS, FOOTER, HEADER = (
    "docProps/core.xml",
    "docProps/app.xml",
    "word/settings.xml",
    "word/footer1.xml",
    "word/header1.xml",
)
PICTURE = "word/media/rId10.png"


def swap(part: str, old: str, new: str, count: int = 1) -> Damage:
    """Replaces text in a part; what is replaced must be there."""

    def damage(parts: Parts) -> None:
        text = parts[part].decode()
        assert old in text, f"{part} does not hold {old!r}"
        parts[part] = text.replace(old, new, count).encode()

    return damage


def sub(part: str, pattern: str, new: str, count: int = 1) -> Damage:
    """Replaces a pattern in a part; it must match."""

    def damage(parts: Parts) -> None:
        text, times = re.subn(pattern, new, parts[part].decode(), count=count, flags=re.DOTALL)
        assert times, f"{part} does not hold {pattern!r}"
        parts[part] = text.encode()

    return damage


def drop(part: str) -> Damage:
    return lambda parts: parts.pop(part)


def put(part: str, data: bytes) -> Damage:
    return lambda parts: parts.update({part: data})


def both(*damages: Damage) -> Damage:
    def damage(parts: Parts) -> None:
        for item in damages:
            item(parts)

    return damage


def repaint(change: Callable[[Image.Image], Image.Image], **options: Any) -> Damage:
    """Changes the picture's pixels."""

    def damage(parts: Parts) -> None:
        target = io.BytesIO()
        change(Image.open(io.BytesIO(parts[PICTURE]))).save(target, "PNG", **options)
        parts[PICTURE] = target.getvalue()

    return damage


def shrunk(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width // 4, picture.height // 4))


def signed() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Second Author")
    return info


def paragraph(text: str, style: str = "BodyText", more: str = "") -> str:
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r>{more}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
    )


def insert(xml: str) -> Damage:
    """Puts a paragraph before the heading of the conclusion."""
    return sub(BODY, r'(<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t[^>]*>Conclusion<)', rf"{xml}\1")


def relation(kind: str, target: str, mode: str = ' TargetMode="External"') -> Damage:
    uri = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
    return swap(
        RELS, "</Relationships>", f'<Relationship Id="rIdX" Type="{uri}" Target="{target}"{mode}/></Relationships>'
    )


def raised(text: str) -> str:
    return f'<w:vertAlign w:val="superscript"/></w:rPr><w:t xml:space="preserve">{text}</w:t>'


def group(*pieces: str) -> str:
    """A pattern of a citation whose numbers are links, so that each piece stands in a run of its own."""
    return r"(?:<[^>]+>)+".join(pieces)


def cited(text: str) -> Damage:
    """Changes the first citation of the text."""
    return sub(BODY, rf"(Storm damage is common\.<.*?<w:t [^>]*>){group('1', ',', '2')}<", rf"\g<1>{text}<")


TABLE_WIDTH = r"(<w:tblW [^/]*/>)"
LANDSCAPE = r'<w:pgSz [^/]*w:orient="landscape"[^/]*/>'
FIRST_FIELD = '<w:fldChar w:fldCharType="begin"/>'
COMMENTS = (
    '<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:comment w:id="0" '
    'w:author="X"><w:p><w:r><w:t>Is this so?</w:t></w:r></w:p></w:comment></w:comments>'
)
LOST = "<w:r><w:t>Tab</w:t></w:r>"

FAULTS: list[tuple[str, str, Damage]] = [
    # package
    ("main-part", "no main part", drop(BODY)),
    ("main-part", "no body", put(BODY, b'<?xml version="1.0"?><nothing/>')),
    ("main-part", "a macro template's type", swap(TYPES, "document.main+xml", "template.main+xml")),
    ("content-types", "no content types", drop(TYPES)),
    ("content-types", "a type for nothing", drop("word/webSettings.xml")),
    ("content-types", "a part without type", put("word/extra.bin", b"x")),
    ("broken-relationship", "missing part", drop("word/numbering.xml")),
    ("broken-relationship", "missing picture", drop(PICTURE)),
    ("broken-relationship", "wrong target", swap(RELS, 'Target="styles.xml"', 'Target="style.xml"')),
    ("undefined-relationship", "an undefined id", swap(BODY, 'r:embed="rId10"', 'r:embed="rId999"')),
    ("repeated-relationship", "an id twice", swap(RELS, 'Id="rId8"', 'Id="rId7"')),
    ("orphan-part", "a part that nothing leads to", put("word/left.xml", b"<left/>")),
    ("external-content", "a picture from outside", relation("image", "https://example.org/a.png")),
    ("external-content", "a template from outside", relation("attachedTemplate", "https://example.org/a.dotm")),
    ("unsafe-link", "a local link", relation("hyperlink", "file:///etc/passwd")),
    ("unsafe-link", "a link that runs", relation("hyperlink", "javascript:alert(1)")),
    ("macros", "macros", put("word/vbaProject.bin", b"x")),
    ("embedded-object", "an OLE object", put("word/embeddings/oleObject1.bin", b"x")),
    ("zip-names", "a name that leads out", put("../evil.xml", b"<a/>")),
    ("zip-names", "an absolute name", put("/evil.xml", b"<a/>")),
    # markup
    ("well-formed", "ill-formed XML", swap(BODY, "</w:body>", "")),
    ("doctype", "entities", put(SETTINGS, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')),
    ("element-order", "jc before pStyle", sub(BODY, r"(<w:pStyle [^/]*/>)(<w:keepNext/>)", r"\2\1")),
    (
        "element-order",
        "tcPr upside down",
        sub(BODY, r"<w:tcPr>(<w:tcW [^/]*/>)", r'<w:tcPr><w:vAlign w:val="top"/>\1'),
    ),
    ("element-order", "pgMar before pgSz", sub(BODY, r"(<w:pgSz [^/]*/>)(<w:pgMar [^/]*/>)", r"\2\1")),
    ("element-order", "an unknown property", swap(BODY, "<w:keepNext/>", "<w:keepNextToMe/>")),
    ("element-order", "a property twice", swap(BODY, "<w:keepNext/>", "<w:keepNext/><w:keepNext/>")),
    (
        "element-order",
        "run properties behind the text",
        sub(BODY, r"(<w:rPr>.{0,60}?</w:rPr>)(<w:t [^<]*</w:t>)", r"\2\1"),
    ),
    ("misplaced-element", "a run in the body", swap(BODY, "<w:body>", f"<w:body>{LOST}")),
    ("needed-element", "a cell without paragraph", sub(BODY, r"(<w:tc><w:tcPr>.*?</w:tcPr>)<w:p>.*?</w:p>", r"\1")),
    ("needed-element", "a table without grid", sub(BODY, r"<w:tblGrid>.*?</w:tblGrid>", "")),
    (
        "bad-value",
        "an unknown alignment",
        sub(BODY, r'(<w:pStyle w:val="BodyText"/>)', r'\1<w:jc w:val="middle"/>'),
    ),
    ("bad-value", "an unknown border", sub(BODY, TABLE_WIDTH, r'\1<w:tblBorders><w:top w:val="thin"/></w:tblBorders>')),
    ("bad-value", "an unknown orientation", swap(BODY, 'w:orient="landscape"', 'w:orient="sideways"')),
    ("bad-number", "a width in words", swap(BODY, '<w:gridCol w:w="', '<w:gridCol w:w="wide')),
    # styles
    ("style-defined", "a missing style", sub(STYLES, r'<w:style [^>]*w:styleId="TableText".*?</w:style>', "")),
    (
        "style-defined",
        "a style of another kind",
        swap(BODY, '<w:pStyle w:val="Abstract"/>', '<w:pStyle w:val="Hyperlink"/>'),
    ),
    (
        "style-chain",
        "a style that rests on nothing",
        swap(STYLES, '<w:basedOn w:val="Normal"/>', '<w:basedOn w:val="X"/>'),
    ),
    (
        "style-chain",
        "a circle",
        swap(STYLES, '<w:name w:val="Normal"/>', '<w:name w:val="Normal"/><w:basedOn w:val="BodyText"/>'),
    ),
    ("style-unique", "a style twice", sub(STYLES, r"(<w:style [^>]*>.*?</w:style>)", r"\1\1")),
    ("named-styles", "a renamed style", swap(STYLES, '<w:name w:val="Table Note"/>', '<w:name w:val="Notes"/>')),
    ("heading-levels", "a skipped level", swap(BODY, '<w:pStyle w:val="Heading2"/>', '<w:pStyle w:val="Heading3"/>')),
    ("empty-heading", "an empty heading", insert(paragraph("", "Heading1"))),
    ("one-title", "no title", swap(BODY, '<w:pStyle w:val="Title"/>', '<w:pStyle w:val="Author"/>')),
    ("one-title", "two titles", insert(paragraph("Another", "Title"))),
    (
        "keep-with-next",
        "a heading that parts",
        sub(STYLES, r'(<w:style [^>]*w:styleId="Heading1".*?)<w:keepNext/>', r"\1"),
    ),
    ("numbering-defined", "an undefined list", sub(BODY, r'<w:numId w:val="\d+"/>', '<w:numId w:val="77"/>')),
    ("plain-text-style", "text in Normal", insert(paragraph("Some words.", "Normal"))),
    ("typed-list", "a typed bullet", insert(paragraph("• A point."))),
    # fields
    ("field-structure", "an unclosed field", swap(BODY, '<w:fldChar w:fldCharType="end"/>', "")),
    ("field-structure", "a field that never began", swap(BODY, FIRST_FIELD, "")),
    ("field-instruction", "an unknown field", swap(BODY, " SEQ Table ", " SEQUENCE Table ")),
    ("field-result", "an error as result", swap(BODY, ">Figure\u00a01<", ">Error! Reference source not found.<")),
    ("caption-seq", "a typed caption number", sub(BODY, r"<w:instrText[^>]*> SEQ Table [^<]*</w:instrText>", "")),
    ("seq-consecutive", "a gap in the numbers", sub(BODY, r"( SEQ Table .*?<w:t [^>]*>)1<", r"\g<1>3<")),
    ("caption-label", "a caption that counts another kind", swap(BODY, " SEQ Figure ", " SEQ Table ")),
    ("seq-name", "a sequence with a full stop", swap(BODY, " SEQ Table ", " SEQ Tab. ")),
    ("ref-target", "a dangling reference", swap(BODY, " REF _Ref_tbl_1 ", " REF _Ref_tbl_9 ")),
    ("ref-result", "a stale reference", swap(BODY, ">Figure\u00a01<", ">Figure\u00a04<")),
    ("typed-reference", "a typed reference", insert(paragraph("As Table 2 shows, it is so."))),
    (
        "link-target",
        "a link to nothing",
        insert(
            '<w:p><w:pPr><w:pStyle w:val="BodyText"/></w:pPr><w:hyperlink '
            'w:anchor="nowhere"><w:r><w:t>see</w:t></w:r></w:hyperlink></w:p>'
        ),
    ),
    ("page-number", "a footer without fields", sub(FOOTER, r"<w:instrText.*?</w:instrText>", "", 9)),
    # bookmarks
    ("bookmark-names", "a name twice", swap(BODY, 'w:name="_Ref_tbl_2"', 'w:name="_Ref_tbl_1"')),
    ("bookmark-ids", "an id twice", swap(BODY, '<w:bookmarkStart w:id="3"', '<w:bookmarkStart w:id="1"')),
    ("bookmark-pairs", "an unclosed bookmark", sub(BODY, r'<w:bookmarkEnd w:id="3"/>', "")),
    ("bookmark-legal", "a name with a blank", swap(BODY, 'w:name="_Ref_tbl_2"', 'w:name="my table"')),
    ("bookmark-legal", "a long name", swap(BODY, 'w:name="_Ref_tbl_2"', f'w:name="{"x" * 41}"')),
    # tables
    ("table-grid", "a row with a cell too many", sub(BODY, r"(<w:tc><w:tcPr>.*?</w:tc>)", r"\1\1")),
    ("table-grid", "a column too many", swap(BODY, "<w:tblGrid>", '<w:tblGrid><w:gridCol w:w="1"/>')),
    ("table-grid", "a merge from nothing", sub(BODY, r"(<w:tcW [^/]*/>)", r'\1<w:vMerge w:val="continue"/>')),
    ("table-header", "a header that does not repeat", swap(BODY, "<w:tblHeader/>", "")),
    ("table-rows", "a row that splits", swap(BODY, "<w:cantSplit/>", "")),
    (
        "table-rules",
        "vertical lines",
        sub(BODY, TABLE_WIDTH, r'\1<w:tblBorders><w:left w:val="single" w:sz="4"/></w:tblBorders>'),
    ),
    (
        "table-rules",
        "shading",
        sub(BODY, r"(<w:tcW [^/]*/>)", r'\1<w:shd w:val="clear" w:fill="DDDDDD"/>'),
    ),
    (
        "table-rules",
        "no rule above",
        sub(BODY, TABLE_WIDTH, r'\1<w:tblBorders><w:top w:val="nil"/></w:tblBorders>'),
    ),
    ("table-width", "a table wider than the text", sub(BODY, r'<w:gridCol w:w="\d+"/>', '<w:gridCol w:w="9000"/>')),
    ("cell-width", "a cell unlike its column", sub(BODY, r'<w:tcW w:w="\d+"', '<w:tcW w:w="400"')),
    ("table-words", "a narrow column", both(sub(BODY, r'<w:gridCol w:w="\d+"/>', '<w:gridCol w:w="300"/>'))),
    ("table-landscape", "lost landscape", sub(BODY, LANDSCAPE, '<w:pgSz w:w="11906" w:h="16838"/>')),
    ("table-empty", "an empty table", sub(BODY, r"(<w:tbl>.*?</w:tbl>)", "<w:tbl><w:tblPr/><w:tblGrid/></w:tbl>")),
    # captions
    ("table-caption", "a table without caption", swap(BODY, '"TableCaption"', '"BodyText"')),
    ("figure-caption", "a figure without caption", swap(BODY, '"ImageCaption"', '"BodyText"')),
    ("orphan-caption", "a caption without table", sub(BODY, r"<w:tbl>.*?</w:tbl>", "")),
    ("orphan-caption", "a caption without figure", insert(paragraph("Figure 2 Left over", "ImageCaption"))),
    ("caption-keep", "a caption that parts", sub(STYLES, r'(w:styleId="TableCaption".*?)<w:keepNext/>', r"\1")),
    ("table-notes", "notes without table", insert(paragraph("Notes: left over.", "TableNote"))),
    ("float-mentioned", "a figure that nobody mentions", swap(BODY, ">Figure\u00a01<", ">the drawing<")),
    # sections
    (
        "sections-there",
        "no last section",
        sub(BODY, r"<w:sectPr[^>]*>(?:(?!<w:sectPr).)*</w:sectPr></w:body>", "</w:body>"),
    ),
    ("header-footer", "no footer", sub(BODY, r"<w:footerReference [^/]*/>", "", 9)),
    ("header-text", "an empty header", sub(HEADER, r"<w:r>.*</w:r>", "")),
    ("orientation", "landscape in word only", sub(BODY, r'(w:orient="landscape" )?w:w="16838"', r'\1w:w="5000"')),
    (
        "portrait-again",
        "text on a landscape page",
        sub(
            BODY,
            r'<w:pgSz w:h="16838" w:w="11906"/>(?!.*<w:pgSz)',
            '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>',
        ),
    ),
    ("page-size", "another sheet", swap(BODY, 'w:h="16838" w:w="11906"', 'w:h="15840" w:w="12240"')),
    ("page-margins", "another margin", swap(BODY, 'w:left="1440"', 'w:left="1000"')),
    ("line-numbers", "a section without line numbers", sub(BODY, r"<w:lnNumType [^/]*/>", "")),
    ("line-spacing", "single spacing", sub(STYLES, r'(w:styleId="BodyText".*?w:line=)"480"', r'\1"240"')),
    ("text-font", "another font", sub(STYLES, r'(w:styleId="BodyText".*?w:ascii=)"Times New Roman"', r'\1"Calibri"')),
    ("direct-font", "a font by hand", insert(paragraph("Words.", more='<w:rPr><w:rFonts w:ascii="Arial"/></w:rPr>'))),
    # pictures
    ("alt-text", "no alt text", sub(BODY, r' descr="[^"]*"', "")),
    ("alt-text-says", "a file name as alt text", sub(BODY, r' descr="[^"]*"', ' descr="prisma.png"')),
    ("picture-there", "a picture that is none", put(PICTURE, b"\x89PNG\r\n\x1a\nnothing")),
    ("picture-resolution", "a low resolution", repaint(shrunk)),
    ("picture-size", "a picture wider than the page", sub(BODY, r'<wp:extent cx="\d+"', '<wp:extent cx="9999999"')),
    ("picture-proportion", "a stretched picture", sub(BODY, r'<wp:extent cx="\d+"', '<wp:extent cx="3000000"')),
    ("picture-ids", "an id in words", sub(BODY, r'(<wp:docPr [^>]*?id=)"1"', r'\1"one"')),
    ("picture-vector", "no vector", sub(BODY, r"<a:extLst>.*?</a:extLst>", "")),
    ("vector-there", "a vector that runs code", swap("word/media/prisma.svg", "</svg>", "<script>x</script></svg>")),
    ("media-form", "a JPEG named PNG", put(PICTURE, b"\xff\xd8\xff\xe0 no PNG")),
    ("media-metadata", "a picture that names its maker", repaint(lambda picture: picture, pnginfo=signed())),
    # citations
    ("reference-list", "no reference list", swap(BODY, '"Bibliography"', '"BodyText"', 99)),
    (
        "reference-numbering",
        "a gap in the list",
        swap(BODY, ">3.</w:t></w:r><w:r><w:tab/>", ">4.</w:t></w:r><w:r><w:tab/>"),
    ),
    ("reference-indent", "no hanging indent", sub(STYLES, r'(w:styleId="Bibliography".*?)<w:ind [^/]*/>', r"\1")),
    ("citation-range", "a citation beyond the list", swap(BODY, raised("6"), raised("66"))),
    ("citation-order", "citations out of order", cited("1,4")),
    (
        "citation-uncited",
        "an entry that nobody cites",
        sub(BODY, raised(group(r"\d+", "–", "12")), raised("7–11")),
    ),
    ("citation-form", "a group that is not collapsed", sub(BODY, raised(group("3", "–", "5")), raised("3,4,5"))),
    ("citation-form", "a group that falls", cited("2,1")),
    ("citation-mixed", "brackets among superscripts", insert(paragraph("So it is said [3]."))),
    (
        "citation-place",
        "a citation before the full stop",
        sub(
            BODY,
            r"(Storm damage is common)\.(</w:t></w:r>.*?<w:t [^>]*>2</w:t></w:r></w:hyperlink>)",
            r"\1\2<w:r><w:t>.</w:t></w:r>",
        ),
    ),
    (
        "citation-colour",
        "blue links",
        sub(STYLES, r'(w:styleId="Hyperlink".*?)</w:style>', r'\1<w:rPr><w:color w:val="0000FF"/></w:rPr></w:style>'),
    ),
    ("notes-paired", "a footnote that is not there", insert('<w:p><w:r><w:footnoteReference w:id="5"/></w:r></w:p>')),
    # text
    ("unresolved-mark", "an unresolved reference", insert(paragraph("See @fig:prisma for this."))),
    ("unresolved-mark", "an unresolved value", insert(paragraph("Of {{ flow.included }} studies."))),
    ("unresolved-mark", "an unresolved citation", insert(paragraph("As they said [@alder2001]."))),
    ("unresolved-mark", "a question mark for a number", insert(paragraph("See Table ? for this."))),
    ("todo-mark", "a note to oneself", insert(paragraph("TODO: ask the third author."))),
    ("double-blank", "two blanks", insert(paragraph("Two  blanks."))),
    ("replacement-character", "a lost letter", insert(paragraph("Universit\ufffdt"))),
    ("mojibake", "a garbled letter", insert(paragraph("UniversitÃ¤t"))),
    ("invisible-character", "a zero-width blank", insert(paragraph("zero\u200bwidth"))),
    ("empty-paragraph", "empty paragraphs", insert(paragraph("") * 2)),
    (
        "tracked-change",
        "a tracked change",
        insert('<w:p><w:ins w:id="900" w:author="X"><w:r><w:t>new</w:t></w:r></w:ins></w:p>'),
    ),
    (
        "comment",
        "a comment",
        both(
            put("word/comments.xml", COMMENTS.encode()),
            relation("comments", "comments.xml", ""),
            swap(
                TYPES,
                "</Types>",
                '<Override PartName="/word/comments.xml" ContentType="application/vnd'
                '.openxmlformats-officedocument.wordprocessingml.comments+xml"/></Types>',
            ),
        ),
    ),
    ("hidden-text", "hidden text", insert(paragraph("Secret.", more="<w:rPr><w:vanish/></w:rPr>"))),
    ("highlight", "highlighting", insert(paragraph("Check.", more='<w:rPr><w:highlight w:val="yellow"/></w:rPr>'))),
    # title page
    ("affiliation-marks", "a mark without affiliation", swap(BODY, raised("1,2"), raised("1,9"))),
    ("correspondence", "no address", sub(BODY, r"[\w.]+@[\w.]+", "by post", 9)),
    ("word-counts", "a wrong count", swap(BODY, "abstract 59;", "abstract 95;")),
    ("word-counts", "a wrong number of tables", swap(BODY, "tables 2;", "tables 3;")),
    (
        "abstract-length",
        "a long abstract",
        sub(BODY, r"(<w:pStyle w:val=\"Abstract\"/></w:pPr><w:r><w:t [^>]*>)", r"\1" + "word " * 320),
    ),
    (
        "keyword-number",
        "too many keywords",
        swap(BODY, "storm damage, grafting, oak, review</w:t>", "a, b, c, d, e, f, g, h</w:t>"),
    ),
    # properties
    ("property-title", "no title", sub(CORE, r"<dc:title>.*?</dc:title>", "<dc:title></dc:title>")),
    (
        "property-authors",
        "an author missing",
        sub(CORE, r"<dc:creator>.*?</dc:creator>", "<dc:creator>python-docx</dc:creator>"),
    ),
    ("property-keywords", "no keywords", sub(CORE, r"<cp:keywords>.*?</cp:keywords>", "")),
    ("property-language", "no language", sub(STYLES, r"<w:lang [^/]*/>", "")),
    ("property-dates", "no dates", sub(CORE, r"<dcterms:created.*?</dcterms:created>", "")),
    (
        "property-user",
        "a user",
        sub(CORE, r"<cp:lastModifiedBy>.*?</cp:lastModifiedBy>", "<cp:lastModifiedBy>jd</cp:lastModifiedBy>"),
    ),
    ("property-user", "a company", swap(APP, "</Properties>", "<Company>Example Inc</Company></Properties>")),
    ("user-path", "a path", swap(APP, "</Properties>", r"<Template>C:\Users\someone\a.dotm</Template></Properties>")),
    ("compatibility", "an old mode", sub(SETTINGS, r'(compatibilityMode".{0,80}?w:val=)"15"', r'\1"12"')),
    ("template-attached", "a template", swap(SETTINGS, "<w:defaultTabStop", "<w:attachedTemplate/><w:defaultTabStop")),
    (
        "protection",
        "protection",
        sub(SETTINGS, r"(<w:defaultTabStop)", r'<w:documentProtection w:edit="readOnly" w:enforcement="1"/>\1'),
    ),
]


def test_the_good_document_passes(good: bytes) -> None:
    report = check_docx(good, requirements())
    assert report.passed, report.as_text()
    assert report.warnings == 0, report.as_text()
    assert len(report.outcomes) == len(checks_of("docx")) >= 40
    assert [outcome.check.id for outcome in report.outcomes if outcome.skipped] == ["blinded"]


@pytest.mark.parametrize(
    ("check", "damage"),
    [(check, damage) for check, _, damage in FAULTS],
    ids=[f"{check}: {name}" for check, name, _ in FAULTS],
)
def test_an_injected_fault_is_reported(good: bytes, check: str, damage: Damage) -> None:
    document = Document(damaged(good, damage))
    outcome = run_check(next(finding for finding in checks_of("docx") if finding.id == check), document, requirements())
    assert outcome.findings, outcome.skipped
    assert outcome.check.severity in {outcome.severity_of(finding) for finding in outcome.findings}
    assert not any(FAULT in finding.message for finding in outcome.findings)


def test_nearly_every_check_has_a_fault_that_it_must_tell() -> None:
    values = {check for check, _, _ in FAULTS}
    # Files that are no package, and faults of bytes, are in test_hostile.py; blinding is in test_command.py.
    elsewhere = {"zip-readable", "zip-whole", "zip-encrypted", "zip-bomb", "blinded"}
    assert {check.id for check in checks_of("docx")} == values | elsewhere | UNTRIED


# Each only warns.
UNTRIED = {"headings-there", "reference-repeated", "widows", "picture-inline", "picture-own-line", "editing-marks"}
