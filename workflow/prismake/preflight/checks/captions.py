"""Checks of captions: where they are, and that the text refers to their tables and figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from prismake.preflight.document import CAPTION_STYLES, Document
from prismake.preflight.findings import Finding, Requirements, check
from prismake.preflight.wordml import W, is_on, text_of, whole

NOTE_STYLES = ("table note",)


def _is_small(block: Any) -> bool:
    """Whether a paragraph is empty: between a caption and its float it does not count."""
    return (
        block.tag == f"{W}p"
        and not text_of(block).strip()
        and next(block.iter(f"{W}drawing", f"{W}pict"), None) is None
    )


def _beside(document: Document, block: Any, step: int) -> Any:
    at = document.places[block] + step
    while 0 <= at < len(document.blocks) and _is_small(document.blocks[at]):
        at += step
    return document.blocks[at] if 0 <= at < len(document.blocks) else None


def _has_picture(block: Any) -> bool:
    return (
        block is not None
        and block.tag == f"{W}p"
        and next(block.iter(f"{W}drawing", f"{W}pict", f"{W}object"), None) is not None
    )


def _counts(document: Document, caption: Any) -> str:
    for field in document.body_fields:
        if field.paragraph is caption and field.name == "SEQ":
            return field.argument.lower()
    return ""


def _is_table_caption(document: Document, block: Any) -> bool:
    if block is None or not document.is_caption(block):
        return False
    if document.style_of(block) == "caption":
        return not re.match(r"fig|abb", text_of(block).strip().lower())
    return document.style_of(block) == "table caption"


@check("table-caption", "captions", "error", "every table has its caption directly above")
def table_caption(document: Document, _: Requirements) -> Iterator[Finding]:
    """Caption above, in a caption's style."""
    document.need()
    for table in document.tables:
        if not _is_table_caption(document, _beside(document, table, -1)):
            yield Finding("no caption directly above", document.where(table))


@check("figure-caption", "captions", "error", "every figure has its caption directly below")
def figure_caption(document: Document, required: Requirements) -> Iterator[Finding]:
    """Caption below, in a caption's style."""
    document.need()
    for block in document.blocks:
        # A picture in a sentence is no figure.
        if not _has_picture(block) or text_of(block).strip():
            continue
        below = _beside(document, block, 1)
        while _has_picture(below):
            below = _beside(document, below, 1)
        if below is None or not document.is_caption(below) or document.style_of(below) == "table caption":
            yield Finding("no caption directly below", document.where(block))


@check("orphan-caption", "captions", "error", "every caption has its table or figure")
def orphan_caption(document: Document, required: Requirements) -> Iterator[Finding]:
    """Every caption has a float, except legends of figures that are separate files."""
    document.need()
    separate = document.pictures == []
    for caption in document.captions:
        if not text_of(caption).strip():
            yield Finding("the caption is empty", document.where(caption))
        elif _is_table_caption(document, caption):
            below = _beside(document, caption, 1)
            if below is None or below.tag != f"{W}tbl":
                yield Finding("no table follows the caption", document.where(caption))
        elif not _has_picture(_beside(document, caption, -1)):
            yield Finding(
                "no figure stands above the caption", document.where(caption), "warning" if separate else None
            )


@check("caption-keep", "captions", "error", "a caption stays on the page of its table or figure")
def caption_keep(document: Document, _: Requirements) -> Iterator[Finding]:
    """A table's caption, and a figure above its caption, are kept with what follows."""
    document.need()
    for block in document.blocks:
        figure = _has_picture(block) and document.is_caption(_beside(document, block, 1))
        if not figure and not _is_table_caption(document, block):
            continue
        if not is_on(document.property_of(block, "pPr", "keepNext")):
            kind = "the figure" if figure else "the caption"
            yield Finding(f"{kind} may be separated from what follows", document.where(block))


@check("table-notes", "captions", "error", "notes of a table are directly below it")
def table_notes(document: Document, _: Requirements) -> Iterator[Finding]:
    """No notes are left over."""
    document.need()
    for block in document.styled(*NOTE_STYLES):
        above = _beside(document, block, -1)
        while above is not None and document.style_of(above) in NOTE_STYLES:
            above = _beside(document, above, -1)
        floats = above is not None and (above.tag == f"{W}tbl" or document.is_caption(above) or _has_picture(above))
        if not floats:
            yield Finding("no table stands above the note", document.where(block))


# "Table 1", "Tables 1, 2, and 4–6", "Figs. 1 and 2", "Tables S1–S3".
NUMBERS = r"(?P<numbers>\d{1,3}(?:(?:–|-|, and |, | and |,)[A-Z]?\d{1,3})*)"

# A document has two labels, a supplement beside it two more.
MOST_LABELS = 20


def mentions(labels: Sequence[str], text: str) -> Iterator[tuple[str, str]]:
    """Each mention of something of these labels, the longest first: its label and its numbers.

    Where a letter begins the label, the number stands first ("s table": S1 Table).
    """
    first = [label for label in labels if re.match(r"\S ", label)]
    for label in first:
        letter, name = label[0], "[ \u00a0]".join(map(re.escape, label[2:].split()))
        for match in re.finditer(rf"(?<!\w){letter}{NUMBERS}[ \u00a0]{name}s?\b", text, re.IGNORECASE):
            yield label, match["numbers"]
    others = [label for label in labels if label not in first]
    if names := "|".join(map(_mention, others)):
        for match in re.finditer(rf"(?<!\w)(?P<label>{names}){NUMBERS}", text, re.IGNORECASE):
            yield _named(match["label"], others), match["numbers"]


def _mention(label: str) -> str:
    """A pattern of a label up to its number; a letter at its end stands before each number ("table s": Tables S1–3)."""
    *words, last = label.split()
    lead = last if words and len(last) == 1 else ""
    name = "[ \u00a0]".join(re.escape(word) for word in ([*words] if lead else [*words, last]))
    return rf"{name}s?\.?[ \u00a0]{lead}"


def _named(mention: str, labels: Sequence[str]) -> str:
    """The label by which a text mentions something."""
    return next(label for label in labels if re.fullmatch(_mention(label), mention, re.IGNORECASE))


@check("float-mentioned", "captions", "error", "the text refers to every table and figure")
def float_mentioned(document: Document, required: Requirements) -> Iterator[Finding]:
    """Each is mentioned, by a field or in words."""
    document.need()
    required.need("body")
    prose = " ".join(
        text_of(block)
        for block in document.blocks
        if block.tag == f"{W}p" and document.style_of(block) not in (*CAPTION_STYLES, "title page")
    )
    counted = [
        field
        for field in document.body_fields
        if field.name == "SEQ" and field.paragraph is not None and document.is_caption(field.paragraph)
    ]
    # A label may have several words: "Supplementary Table 1" is no mention of "Table 1".
    known = {field.argument.replace("_", " ").lower().rstrip(".")[:60] for field in counted}
    labels = sorted(filter(str.strip, known), key=lambda label: (-len(label), label))[:MOST_LABELS]
    numbers: dict[str, set[int]] = {}
    for label, listed in mentions(labels, prose):
        for piece in re.split(r",? and |, ?", listed):
            ends = [int(end) for end in re.findall(r"\d+", piece)]
            if ends and ends[-1] - ends[0] < 200:
                numbers.setdefault(label, set()).update(range(ends[0], ends[-1] + 1))
    for field in counted:
        number, label = whole(field.result), field.argument.replace("_", " ")
        if number is not None and number not in numbers.get(label.lower().rstrip("."), set()):
            yield Finding(f"the text never mentions {label} {number}", document.where(field.paragraph))
