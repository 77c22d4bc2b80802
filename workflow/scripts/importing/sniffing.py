"""Finds the format of an export from its content; the file's name is not looked at."""

from __future__ import annotations

import re

from prismake.common.errors import stop
from prismake.importing.content import UTF16_BOMS, Content
from prismake.importing.readers.tables import layout

_TEXT_FORMATS = (
    ("medline", re.compile(r"^(?:PMID ?- ?\d|OWN {1,2}- )", re.MULTILINE)),
    ("wos", re.compile(r"^\ufeff?(?:FN .*\n(?:VR .*)|PT [A-Z][ \t]*\n(?=[A-Z][A-Z0-9] ))", re.MULTILINE)),
    ("ovid", re.compile(r"^(?:VN {1,2}- Ovid|<\d{1,7}(?:\. ?)?>[ \t]*$)", re.MULTILINE)),
    ("endnote", re.compile(r"^%(?:0 [A-Z]|[TA] )", re.MULTILINE)),
    ("ris", re.compile(r"^[ \t\ufeff]*(?:TY {1,3}-(?=\s|[A-Z])|ER {1,2}-\s*$)", re.MULTILINE)),
)
_MARKUP = re.compile(r"^\s*(?:<!doctype html|<html|<head|<body|<!--.*?-->\s*<html)", re.IGNORECASE | re.DOTALL)
_FIX = "export the search again, as RIS, PubMed (.nbib) or CSV"


def find_format(content: Content) -> str:
    """The name of the format. Raises BuildStop for what is no export: empty, binary, a web page, or unknown."""
    head = content.head()
    if not head.strip():
        raise stop("empty-export", "the file is empty", where=content.name, fix="export the search again")
    text = _decoded(head)
    if "\0" in text:
        raise stop("binary-export", "the file is binary, not an export", where=content.name, fix=_FIX)
    if _MARKUP.match(text):
        raise stop("web-page", "the file is a web page, not an export", where=content.name, fix=_FIX)
    found = [(match.start(), name) for name, pattern in _TEXT_FORMATS if (match := pattern.search(text))]
    if not found and layout(text) is not None:
        return "csv"
    if not found:
        raise stop("unknown-format", "no known export format", where=content.name, fix=_FIX)
    return min(found)[1]


def _decoded(head: bytes) -> str:
    for bom, name in UTF16_BOMS.items():
        if head.startswith(bom):
            return head.decode(name, "ignore").removeprefix("\ufeff")
    return head.decode("utf-8-sig", "ignore").replace("\r\n", "\n").replace("\r", "\n")
