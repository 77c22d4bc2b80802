"""Text of titles, abstracts and lists: markup removed, entities resolved, white space folded, NFC."""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from unicodedata import is_normalized, normalize

from prismake.common.records import SEPARATOR

# Only names of text markup: "a<b and c>d" is not a tag.
_INLINE = r"i|b|u|em|strong|sub|sup|sc|tt|bold|italic|inf|underline|small|span|font|a|scp|smallcaps|emph|monospace"
_BLOCK = r"p|br|div|h[1-6]|ul|ol|li|title|sec|label|list|list-item|abstracttext|abstract|table|tr|td|math|m[a-z]{1,12}"
_ATTRIBUTES = r"""(?:\s+[\w:-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]+))*\s*/?>"""
_INLINE_TAG = re.compile(rf"</?(?:jats:|mml:)?(?:{_INLINE}){_ATTRIBUTES}", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:jats:|mml:)?(?:{_BLOCK}){_ATTRIBUTES}", re.IGNORECASE)
_TAG_START = re.compile("</?[a-zA-Z]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
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
    character = html.unescape(match[0])
    # &#13; and &#12; are spaces between words.
    return " " if character in ("\r", "\f") else character


def clean(text: str) -> str:
    """A title or abstract as plain text: tags such as <i> removed, entities resolved, spaces folded, NFC."""
    if not text:
        return text
    if "&" in text and _ENTITY.search(text):
        text = _ENTITY.sub(_resolve, text)
        # Some platforms escape twice: &amp;lt;
        if "&" in text:
            text = _ENTITY.sub(_resolve, text)
    # "p < 0.05" is common, and no tag.
    if "<" in text and _TAG_START.search(text):
        text = _INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", text))
    return fold(text)


def fold(text: str) -> str:
    """White space folded to single spaces, ends stripped, Unicode NFC."""
    # The common cases first: looking for what is to be folded is much cheaper than folding.
    if text.isalnum() and text.isascii():
        return text
    if "  " in text or "\n" in text or "\t" in text:
        text = " ".join(text.split())
    if text.isascii():
        return text.strip()
    if "\xa0" in text or "\u2009" in text or "\u202f" in text:
        text = " ".join(text.split())
    return text.strip() if _is_composed(text) else normalize("NFC", text).strip()


def _is_composed(text: str) -> bool:
    """True for text in Unicode's composed form (NFC), which all of Latin-1 is: asking for that is far cheaper."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return is_normalized("NFC", text)
    return True


def meaningful(text: str) -> str:
    """The text, or "" if it only says that there is none ("NA", "[No abstract available]")."""
    return "" if len(text) < 30 and text.lower() in NOTHING else text


def listed(items: Collection[str]) -> str:
    """Items as one list cell: folded, empty ones and repeats dropped, order kept."""
    if not items:
        return ""
    cell = SEPARATOR.join(dict.fromkeys(items))
    # Nothing to do for most cells: no odd space, no empty item.
    if (
        (cell.isascii() or _is_composed(cell))
        and not ("  " in cell or "\n" in cell or " ;" in cell or "\xa0" in cell or "\t" in cell)
        and cell[:1] not in "; "
        and cell[-1:] != " "
    ):
        return cell
    return SEPARATOR.join(dict.fromkeys(filter(None, map(fold, items))))


def lines_of(values: Collection[str]) -> Collection[str]:
    """The lines of all values: EndNote writes lists as one field with a line each."""
    if "\n" not in "".join(values):
        return values
    return [line for value in values for line in value.split("\n")]
