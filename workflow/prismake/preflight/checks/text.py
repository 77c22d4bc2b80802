"""Checks of the running text: unresolved marks, reminders, spaces, and characters that were lost or garbled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from prismake.preflight.document import Document
from prismake.preflight.findings import Finding, Requirements, check
from prismake.preflight.wordml import W, find, text_of

# Marks of a cross-reference, citation or value that nobody resolved.
UNRESOLVED = re.compile(
    r"Error! |Fehler! |\?\?"
    r"|\[\?\]|(?:Table|Figure|Section|Fig\.)[ \u00a0]\?|@(?:fig|tbl|sec|eq):|\[-?@[\w:]|\{\{|\}\}|\{%|%\}|%%"
)
TODO = re.compile(r"\b(?:TODO|FIXME|TBD|XXX|TKTK|lorem ipsum)\b", re.IGNORECASE)
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ue000-\uf8ff]"
)
MOJIBAKE = re.compile("Ã[\u0080-\u00bf¤¶¼Ÿ©¨]|â€[\u0080-\u00bf™œ“”˜]|Â[\u00a0°±·]|ï»¿")
LITERAL = ("bibliography",)


def paragraphs_of(document: Document) -> Iterator[tuple[Any, str]]:
    """Every paragraph that has text, with its text; headers, footers, notes and comments too."""
    document.need()
    for root in document.stories.values():
        for paragraph in root.iter(f"{W}p"):
            text = text_of(paragraph)
            if text:
                yield paragraph, text


def is_literal(document: Document, paragraph: Any) -> bool:
    """Whether a text is printed as a source has it: titles of works and cells may hold any characters."""
    return document.style_of(paragraph) in LITERAL or any(node.tag == f"{W}tc" for node in paragraph.iterancestors())


def _even(text: str) -> str:
    return text.replace("\u00a0", " ")


def _meant(source: str) -> set[str]:
    """The marks that the source contains as text."""
    return {_even(match[0]) for match in UNRESOLVED.finditer(source)}


@check("unresolved-mark", "text", "error", "no unresolved reference, citation or value is printed")
def unresolved_mark(document: Document, required: Requirements) -> Iterator[Finding]:
    """`?`, `@fig`, `[@`, `{{`, `%%`, "Error!"; a warning in cells and references, which print titles unchanged."""
    meant = _meant(required.source)
    for paragraph, text in paragraphs_of(document):
        match = next((match for match in UNRESOLVED.finditer(text) if _even(match[0]) not in meant), None)
        if match:
            literal = is_literal(document, paragraph)
            yield Finding(f"'{match[0]}' is printed", document.where(paragraph), "warning" if literal else None)


@check("todo-mark", "text", "warning", "no reminder such as TODO is printed")
def todo_mark(document: Document, _: Requirements) -> Iterator[Finding]:
    """TODO, FIXME, TBD, XXX."""
    for paragraph, text in paragraphs_of(document):
        if (match := TODO.search(text)) and not is_literal(document, paragraph):
            yield Finding(f"'{match[0]}' is printed", document.where(paragraph))


@check("double-blank", "text", "warning", "there are no double spaces and no spaces before a full stop or comma")
def double_blank(document: Document, _: Requirements) -> Iterator[Finding]:
    """Left over from editing."""
    for paragraph, text in paragraphs_of(document):
        if match := re.search(r"\S {2,}(?=\S)|\S [,;](?=\s)|\S \.(?=\s|$)", text):
            yield Finding(f"'{match[0]}' contains a superfluous space", document.where(paragraph))


@check("replacement-character", "text", "error", "no character was lost in a conversion")
def replacement_character(document: Document, _: Requirements) -> Iterator[Finding]:
    """U+FFFD replaces a character that a program could not read."""
    for paragraph, text in paragraphs_of(document):
        if "\ufffd" in text:
            yield Finding("a character was lost (U+FFFD)", document.where(paragraph))


@check("mojibake", "text", "warning", "no text is garbled by a wrong encoding")
def mojibake(document: Document, _: Requirements) -> Iterator[Finding]:
    """UTF-8 that was read as Latin-1."""
    for paragraph, text in paragraphs_of(document):
        if match := MOJIBAKE.search(text):
            yield Finding(f"'{match[0]}' looks garbled", document.where(paragraph))


@check("invisible-character", "text", "warning", "the text contains no invisible, private or control characters")
def invisible_character(document: Document, _: Requirements) -> Iterator[Finding]:
    """Zero-width blanks, changes of direction, private use."""
    for paragraph, text in paragraphs_of(document):
        if match := INVISIBLE.search(text):
            yield Finding(f"holds U+{ord(match[0]):04X}", document.where(paragraph))


@check("empty-paragraph", "text", "warning", "vertical space comes from styles, not from empty paragraphs")
def empty_paragraph(document: Document, _: Requirements) -> Iterator[Finding]:
    """Two empty paragraphs in a row."""
    document.need()
    empty = 0
    for block in document.blocks:
        bare = block.tag == f"{W}p" and not text_of(block).strip() and find(block, "pPr/sectPr") is None
        bare = bare and next(block.iter(f"{W}drawing", f"{W}pict", f"{W}object", f"{W}br"), None) is None
        empty = empty + 1 if bare else 0
        if empty == 2:
            yield Finding("empty paragraphs in a row", document.where(block))


# Title page -----------------------------------------------------------------------------------------------------


# Properties -----------------------------------------------------------------------------------------------------


# Blinding -------------------------------------------------------------------------------------------------------
