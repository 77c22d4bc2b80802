"""Finds the format of an export from its content; the file's name is not looked at."""

from __future__ import annotations

import re

from prismake.common.errors import BuildStop, stop
from prismake.common.spreadsheets import OLE2, ZIP
from prismake.importing.content import Content
from prismake.importing.readers.delimited import layout

# The first that stands in the text decides.
_TAGGED = (
    ("pubmed-text", re.compile(r"\A\s*\d{1,6}\. (?=\S[\s\S]{0,400}?\b(?:1[89]|20)\d\d\b)(?=[\s\S]*?\nPMID: \d)")),
    ("medline", re.compile(r"^(?:PMID ?- ?\d|OWN {1,2}- )", re.MULTILINE)),
    ("wos", re.compile(r"^(?:FN .*\nVR |PT [A-Z][ \t]*\n[A-Z][A-Z0-9] )", re.MULTILINE)),
    ("ovid", re.compile(r"^(?:VN {1,2}- Ovid|<\d{1,7}(?:\. ?)?>[ \t]*$)", re.MULTILINE)),
    ("endnote", re.compile(r"^%(?:0 [A-Z]|[TA] )", re.MULTILINE)),
    ("ris", re.compile(r"^[ \t\ufeff]*(?:TY {1,3}-(?=\s|[A-Z])|ER {1,2}-\s*$)", re.MULTILINE)),
    # A type in small letters, with odd spaces (which vanish here from a legacy encoding) or another dash.
    ("ris", re.compile(r"^[^\S\n]*\ufeff?T[yY][^\S\n]{0,4}[-\u2010-\u2015\u2212][^\S\n]*[A-Z]{3,}\b.*$", re.M | re.I)),
    (
        "bibtex",
        re.compile(r"^[ \t\ufeff]*@[ \t]*(?!string|preamble|comment)[a-z]+[ \t]*[{(]", re.M | re.I),
    ),
)
_WEB_PAGE = re.compile(
    r"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?"
    r"(?:<(?:!doctype html|html|head|body|script|style|meta|div|table)\b|MIME-Version: )",
    re.I | re.S,
)
# Files that people take for exports, by how they begin, and what they are.
_DOCUMENTS = (
    (re.compile(r"\s*%PDF-"), "a PDF"),
    (re.compile(r"\s*\{\\rtf"), "an RTF document"),
    (re.compile(r"\s*<\?xml[^>]*>\s*(?:<\?mso-application[^>]*>|<Workbook\b)"), "an Excel 2003 XML spreadsheet"),
    (re.compile(r"\s*1: \S[\s\S]{0,4000}?\bPMID: \d"), "PubMed's Summary (text)"),
)
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
# Files of programs, by their first bytes: pictures, PDF, archives of other kinds, databases.
_BINARY = (
    *(b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"\x7fELF", b"MZ\x90\0"),
    *(b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\xfd7zXZ\0", b"(\xb5/\xfd", b"SQLite format 3\0", b"PAR1"),
)
_FIX = "export the search again, as RIS, PubMed (.nbib) or CSV"


def find_format(content: Content) -> str:
    """The name of the format. Raises BuildStop for what is not an export: empty, binary, a web page, or unknown."""
    head = content.head()
    if not head.strip(b" \t\r\n\0\x1a\xef\xbb\xbf\xff\xfe"):
        raise stop("empty-export", "the file is empty", where=content.name, fix=f"{_FIX}; {NO_HITS}")
    if head.startswith((ZIP, OLE2)):
        return "spreadsheet"
    text = content.head_text()
    for beginning, name in _DOCUMENTS:
        if beginning.match(text):
            raise _refused(content, "document", f"the file is {name}, not an export that can be read")
    if head.startswith(_BINARY) or _is_binary(text):
        raise _refused(content, "binary-export", "the file is binary, not an export")
    if _WEB_PAGE.match(text):
        raise _refused(content, "web-page", "the file is a web page, not an export")
    if text.lstrip().startswith("<?xml") or re.match(r"\s*<(?:PubmedArticleSet|xml)\b", text):
        return _xml(content, text)
    starts = [(match.start(), name) for name, pattern in _TAGGED if (match := pattern.search(text))]
    table = layout(text) is not None
    if starts and not (table and min(starts)[0] > len(text) // 2):
        # A table may quote such a line in a cell, but far from its start.
        start = min(starts)[0]
        if not table or start < 2000 or "\n" not in text[:start]:
            return min(starts)[1]
    if table:
        return "csv"
    if text.lstrip()[:1] in ("[", "{"):
        return "json"
    raise _refused(content, "unknown-format", "not a known export format")


# Exports without a record, by their formats; tables have a header, or their format would not be known.
_BARE = {
    "csv": re.compile(""),
    "spreadsheet": re.compile(""),
    "json": re.compile(r'[^\[]*\[\s*\]|[\s\S]*"References"\s*:\s*\[\s*\]'),
    "wos": re.compile(r"FN .*\nVR .*(?:\n\s*+(?:EF\s*+)?)?\Z"),
    "pubmed-xml": re.compile(r"[\s\S]*<PubmedArticleSet[^<>]*+>(?:(?<=/>)|\s*+</PubmedArticleSet>)\s*+\Z"),
    "endnote-xml": re.compile(r"[\s\S]*<records\s*+(?:/>|>\s*+</records>)\s*+(?:</xml>\s*+)?\Z"),
}


def is_bare(content: Content, form: str) -> bool:
    """True for what may be the export of a search without hits, where it holds no record."""
    return form in _BARE and bool(_BARE[form].match(content.head_text()))


NO_HITS = "for a search without hits write 'files: []' and 'hits: 0' in config.yaml"


def _refused(content: Content, code: str, message: str) -> BuildStop:
    return stop(code, message, where=content.name, fix=_FIX)


def _xml(content: Content, text: str) -> str:
    if _ENTITY.search(text):
        raise stop(
            "xml-entities",
            "the XML declares entities, which no export does; it was not read",
            where=content.name,
            fix="get the export from its source again",
        )
    if re.search(r"<Pubmed(?:Book)?Article(?:Set)?\b", text):
        return "pubmed-xml"
    if re.search(r"<records?[\s/>]", text) and re.search(r"<(?:xml|records)[\s>]", text):
        return "endnote-xml"
    raise _refused(content, "unknown-format", "XML, but neither PubMed's nor EndNote's")


def _is_binary(text: str) -> bool:
    """True where control characters are more than stray: an odd one in a title costs no export."""
    controls = sum(text.count(chr(code)) for code in range(32) if code not in (9, 10, 12, 13))
    return controls > 8 and controls * 50 > len(text)
