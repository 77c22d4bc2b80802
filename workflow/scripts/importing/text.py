"""Text of titles, abstracts and lists: markup off, entities resolved, white space folded, NFC."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable

from prismake.common.records import SEPARATOR

# Only names of text markup: "a<b and c>d" is not a tag.
_INLINE = r"i|b|u|em|strong|sub|sup|sc|tt|bold|italic|inf|underline|small|span|font|a|scp|smallcaps|emph|monospace"
_BLOCK = r"p|br|div|h[1-6]|ul|ol|li|title|sec|label|list|list-item|abstracttext|abstract|table|tr|td|math|m[a-z]{1,12}"
_INLINE_TAG = re.compile(rf"</?(?:jats:|mml:)?(?:{_INLINE})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:jats:|mml:)?(?:{_BLOCK})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_SPACES = re.compile(r"[ \t\n\r\x0b\x0c\x85\xa0\u2028\u2029]{2,}|[\t\n\r\x0b\x0c\x85\xa0\u2028\u2029]")

# What exports write where they have nothing.
NOTHING = {
    "na",
    "n/a",
    "none",
    "null",
    "undefined",
    "[no abstract available]",
    "no abstract available",
    "no abstract available.",
    "no abstract.",
    "[no abstract]",
    "not available",
    "-",
}


def _resolve(match: re.Match[str]) -> str:
    return html.unescape(match[0])


def clean(text: str) -> str:
    """A title or an abstract as plain text: tags such as <i> or <jats:p> off, entities resolved, spaces folded, NFC."""
    if "&" in text and _ENTITY.search(text):
        text = _ENTITY.sub(_resolve, text)
        # Some platforms escape twice: &amp;lt;
        if "&" in text:
            text = _ENTITY.sub(_resolve, text)
    if "<" in text:
        text = _INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", text))
    return fold(text)


def fold(text: str) -> str:
    """White space folded to single spaces, ends stripped, Unicode NFC."""
    if _SPACES.search(text):
        text = _SPACES.sub(" ", text)
    text = text.strip()
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text


def told(text: str) -> str:
    """The text, or "" where it only says that there is none ("NA", "[No abstract available]")."""
    return "" if len(text) < 30 and text.lower() in NOTHING else text


def listed(items: Iterable[str]) -> str:
    """Items as one list cell: folded, empty ones and repeats dropped, order kept."""
    kept: dict[str, None] = {}
    for item in items:
        folded = fold(item)
        if folded:
            kept[folded] = None
    return SEPARATOR.join(kept)


def lines_of(values: Iterable[str]) -> list[str]:
    """The lines of all values: EndNote writes lists as one field with a line each."""
    return [line for value in values for line in (value.split("\n") if "\n" in value else (value,))]
