"""Plain text in documents: one line without control characters, escaped for pandoc."""

from __future__ import annotations

import re

# Every character that pandoc's Markdown could read as markup inside a line.
_MARKUP = re.compile(r"""([\\`*_{}\[\]<>#|$^~@&!'"])""")
# A blank at which no line may break: a figure stays with its unit, a level with its count.
FIXED = "\u00a0"
# All white space but the fixed blank.
_BLANKS = re.compile(r"[^\S\u00a0]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]+")


def plain(text: str) -> str:
    """One line of text: white space folded, control characters (which no document format takes) made blanks."""
    return _BLANKS.sub(" ", _CONTROL.sub(" ", text)).strip(f" {FIXED}")


def escape(text: str) -> str:
    """Text as pandoc inline Markdown that gives back exactly this text: no markup, no typographic change."""
    escaped = _MARKUP.sub(r"\\\1", plain(text)).replace(FIXED, "\\ ")
    return escaped.replace("--", r"-\-").replace("--", r"-\-").replace("...", r".\..")
