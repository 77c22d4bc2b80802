"""Inserted words as Markdown that prints them unchanged and calls nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from prismake.revision.letters import Letter

# What Pandoc's Markdown or the template language would take for more than a letter.
MARKUP = re.compile(r"([\\`*_\[\]<>$^~|@#{}&!]|(?<=\{)%|%(?=\})|-(?=-)|(?<=-)-|\.(?=\.)|(?<=\.)\.)")

OPENING = re.compile(r"^(\(?\w+(?=[.)](?:\s|$))|(?=[-+=:%(]))")

SIGNS = {"bold": "**", "italic": "*", "super": "^", "sub": "~"}


def escape(text: str, *, opens_line: bool = False) -> str:
    """Inserted words as Markdown that prints them unchanged and calls nothing.

    Straight quotation marks stay: they take the typography of the text around them.
    """
    safe = MARKUP.sub(r"\\\1", text.replace("\t", " ").replace("\u00ad", ""))
    safe = safe.replace("\v", "\\\n")
    return OPENING.sub(r"\1\\", safe, count=1) if opens_line else safe


def marked(letters: Sequence[Letter], around: frozenset[str], *, opens_line: bool = False) -> str:
    """Letters as Markdown, with signs for bold, italic, superscript and subscript that the words around lack."""
    pieces: list[str] = []
    at = 0
    while at < len(letters):
        looks = letters[at].looks
        end = at
        while end < len(letters) and letters[end].looks == looks:
            end += 1
        text = "".join(letter.text for letter in letters[at:end])
        signs = [SIGNS[look] for look in ("bold", "italic", "super", "sub") if look in looks - around]
        bare = text.strip()
        safe = escape(bare, opens_line=opens_line and not pieces and not signs)
        if signs and bare:
            if {"super", "sub"} & (looks - around):
                safe = safe.replace(" ", "\\ ")
            safe = "".join(signs) + safe + "".join(reversed(signs))
        lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :] if bare else ""
        pieces.append(lead.replace("\t", " ") + safe + trail.replace("\t", " "))
        at = end
    return "".join(pieces)
