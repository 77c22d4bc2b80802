"""What Zotero's plug-in for Word needs beside the fields of live citations: its preferences for the document."""

from __future__ import annotations

import hashlib
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from prismake.document.matter import Matter

CSL = "{http://purl.org/net/xbiblio/csl}"
# Word cuts a text property after so many letters, so Zotero deals its preferences out over several.
LONGEST = 255
FIRST_ID = 2
FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
# The form of the preferences, and the first version of Zotero that writes it as it stands here.
DATA_VERSION, ZOTERO = "3", "6.0"


def _preferences(style: str, matter: Matter) -> str:
    """The preferences as Zotero reads them: the style by its address, and citations as fields, not as bookmarks.

    The session's name is that of the manuscript, so that the same one gives the same bytes.
    """
    session = hashlib.sha256(matter.title.encode()).hexdigest()[:8]
    return (
        f'<data data-version="{DATA_VERSION}" zotero-version="{ZOTERO}"><session id="{session}"/>'
        f'<style id={quoteattr(style)} locale={quoteattr(matter.language)} hasBibliography="1" '
        'bibliographyStyleHasBeenSet="1"/><prefs><pref name="fieldType" value="Field"/></prefs></data>'
    )


def custom_properties(csl: bytes, matter: Matter) -> bytes:
    """The part docProps/custom.xml with Zotero's preferences; `csl` is the journal's style of citations."""
    style = etree.fromstring(csl, etree.XMLParser(resolve_entities=False, no_network=True))
    text = _preferences(style.findtext(f"{CSL}info/{CSL}id") or "", matter)
    pieces = [text[at : at + LONGEST] for at in range(0, len(text), LONGEST)]
    properties = "".join(
        f'<property fmtid="{FORMAT}" pid="{FIRST_ID + index}" name="ZOTERO_PREF_{index + 1}">'
        f"<vt:lpwstr>{escape(piece)}</vt:lpwstr></property>"
        for index, piece in enumerate(pieces)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        f'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">{properties}</Properties>'
    ).encode()
