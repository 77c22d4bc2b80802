"""Numbered citations of a Word document, in the order in which a reader meets them, and its reference list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from prismake.preflight.document import Document, Piece
from prismake.preflight.wordml import W, text_of, value, whole

# The plain hyphen last, where it stands for itself in a class of a pattern.
DASHES = "–‑−-"

GROUP = rf"\d{{1,4}}(?:[{DASHES}]\d{{1,4}})?(?:, ?\d{{1,4}}(?:[{DASHES}]\d{{1,4}})?)*"

RAISED = re.compile(GROUP)

BRACKETS = re.compile(rf"\[({GROUP})\]")

# A locator in a group: "1(p223)".
LOCATOR = re.compile(r"\([^()]*\)")

# A raised 2 or 3 behind one of these is a power of a unit and no citation.
UNIT = re.compile(r"(?:^|[\s/(·×\d])(?:[cmdkµμn]?m|kg/m|s|in|ft)$")

ENTRY = re.compile(r"\A\s*\[?(\d{1,4})(?:\.|\]|\))?\s")

LONGEST_RANGE = 500

# Superscripts of the title page are marks of affiliations.
FRONT = ("author", "affiliation", "title", "title page", "running head")

LIST = "bibliography"


@dataclass
class Cited:
    """One group of citations as printed: its numbers, its text, the letters before and after it, and its paragraph."""

    numbers: list[int]
    text: str
    before: str
    after: str
    paragraph: Any
    form: str
    # Its place among the letters of the paragraph.
    at: int
    # Whether words stand in it: "see 1, also 2".
    worded: bool = False


@dataclass
class Citations:
    """Citations in the order in which a reader meets them, those of a table where it is first mentioned.

    `noted`: the numbers that footnotes cite.
    """

    groups: list[Cited] = field(default_factory=list)
    form: str = ""
    noted: set[int] = field(default_factory=set)


def entries(document: Document) -> list[tuple[int | None, Any]]:
    """The entries of the reference list with their numbers as typed, or counted where the list is native."""
    listed: list[tuple[int | None, Any]] = []
    counted = 0
    for block in document.styled(LIST):
        text = text_of(block)
        if not text.strip():
            continue
        match = ENTRY.match(text)
        if match:
            listed.append((int(match[1]), block))
        elif document.property_of(block, "pPr", "numPr") is not None:
            counted += 1
            listed.append((counted, block))
        else:
            listed.append((None, block))
    return listed


def numbers_of(text: str) -> list[int]:
    """The numbers of a group such as "3,5–7", ranges written out."""
    numbers: list[int] = []
    for piece in text.split(","):
        ends = [int(end) for end in re.findall(r"\d+", piece)]
        if len(ends) == 2 and ends[0] < ends[1] <= ends[0] + LONGEST_RANGE:
            numbers.extend(range(ends[0], ends[1] + 1))
        else:
            numbers.extend(ends)
    return numbers


def merged_pieces(pieces: Iterator[Piece]) -> list[tuple[str, bool, str]]:
    """Neighbouring pieces of one height and field as one."""
    merged: list[tuple[str, bool, str]] = []
    for piece in pieces:
        if merged and merged[-1][1] == piece.superscript and merged[-1][2] == piece.field:
            merged[-1] = (merged[-1][0] + piece.text, piece.superscript, piece.field)
        else:
            merged.append((piece.text, piece.superscript, piece.field))
    return merged


def numbers_in_words(document: Document, text: str) -> list[int]:
    """The numbers of a group that words lead or follow: the first of each part that the list has."""
    firsts = [re.search(r"\b\d{1,4}\b", part) for part in re.split(r"[,;]", text)]
    listed = len(entries(document))
    return [number for first in firsts if first and 1 <= (number := int(first[0])) <= listed]


def raised_groups(document: Document, paragraph: Any) -> Iterator[Cited]:
    """Superscript citations of a paragraph; exponents are none."""
    pieces = merged_pieces(document.pieces(paragraph))
    starts = [0, *accumulate(len(text) for text, _, _ in pieces)]
    for at, (text, raised, _field) in enumerate(pieces):
        shown = LOCATOR.sub("", text).strip()
        if not raised or not re.search(r"\b\d", shown):
            continue
        worded = re.search(r"[^\W\d]", shown) is not None
        before = pieces[at - 1][0] if at else ""
        after = pieces[at + 1][0][:1] if at + 1 < len(pieces) else ""
        exponent = UNIT.search(before[-8:]) and shown in ("2", "3")
        if not exponent and not (before[-1:].isdigit() and after.isalnum()) and not re.search(r"(?<!\d)10$", before):
            numbers = numbers_in_words(document, shown) if worded else numbers_of(shown)
            yield Cited(numbers, shown, before[-1:], after, paragraph, "superscript", starts[at], worded)


def bracket_groups(paragraph: Any) -> Iterator[Cited]:
    """Citations in square brackets."""
    text = text_of(paragraph)
    for match in BRACKETS.finditer(text):
        start = match.start()
        before, after = text[start - 1 : start], text[match.end() :][:1]
        yield Cited(numbers_of(match[1]), match[1], before, after, paragraph, "brackets", start)


def form_of(document: Document) -> str:
    """How the document cites: "superscript", "brackets", or "" if neither is found."""
    counts = {"superscript": 0, "brackets": 0}
    for block in document.blocks:
        if document.style_of(block) in (*FRONT, LIST):
            continue
        for paragraph in block.iter(f"{W}p"):
            counts["superscript"] += sum(1 for _ in raised_groups(document, paragraph))
            counts["brackets"] += sum(1 for _ in bracket_groups(paragraph))
    best = max(counts, key=lambda form: counts[form])
    return best if counts[best] else ""


def groups_in(document: Document, paragraph: Any, form: str) -> Iterator[Cited]:
    """The citations of a paragraph in the form that the document uses."""
    yield from raised_groups(document, paragraph) if form == "superscript" else bracket_groups(paragraph)


def floats_of(document: Document) -> dict[str, list[Any]]:
    """ "table 1" -> the blocks that belong to it: caption, table, notes."""
    floats: dict[str, list[Any]] = {}
    blocks, places = document.blocks, document.places
    for seq in document.body_fields:
        if seq.name != "SEQ" or seq.paragraph not in places or not document.is_caption(seq.paragraph):
            continue
        at = places[seq.paragraph]
        members = [blocks[at]]
        for block in blocks[at + 1 :]:
            if block.tag != f"{W}tbl" and document.style_of(block) != "table note":
                break
            members.append(block)
        floats[f"{seq.argument.lower()} {seq.result.strip()}"] = members
    return floats


def reading_order(document: Document) -> Citations:
    """All citations as a reader meets them.

    The citations of a table or figure count where the text first mentions it, as the styles of medicine ask.
    """
    form = form_of(document)
    citations = Citations(form=form)
    floats = floats_of(document)
    members = {block for blocks in floats.values() for block in blocks}
    names = {document.bookmarks[name]: name for name in document.bookmarks}
    targets: dict[str, str] = {}
    for title, blocks in floats.items():
        for start in blocks[0].iter(f"{W}bookmarkStart"):
            targets[names.get(start, value(start, "name") or "")] = title
    taken: set[str] = set()

    def take(title: str) -> None:
        if title in floats and title not in taken:
            taken.add(title)
            for block in floats[title]:
                for paragraph in block.iter(f"{W}p"):
                    citations.groups.extend(groups_in(document, paragraph, form))

    for block in document.blocks:
        if block in members or document.style_of(block) in (*FRONT, LIST):
            continue
        for paragraph in block.iter(f"{W}p"):
            groups = list(groups_in(document, paragraph, form))
            for title, after in mentions_of(document, paragraph, targets):
                while groups and groups[0].at < after:
                    citations.groups.append(groups.pop(0))
                take(title)
            citations.groups.extend(groups)
    for title in floats:
        take(title)
    for name, story in document.stories.items():
        if "notes" in name:
            groups = [group for paragraph in story.iter(f"{W}p") for group in groups_in(document, paragraph, form)]
            citations.noted |= {number for group in groups for number in group.numbers}
    return citations


def mentions_of(document: Document, paragraph: Any, targets: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Tables and figures that a paragraph refers to by fields, ranges filled in, each with its place in the text."""
    at, last, between = 0, "", ""
    for piece in document.pieces(paragraph):
        words = piece.field.split()
        title = targets.get(words[1], "") if len(words) > 1 and words[0].upper() == "REF" else ""
        if title:
            if last and between.strip() in tuple(DASHES):
                kind, first, end = (
                    last.rsplit(" ", 1)[0],
                    whole(last.rsplit(" ", 1)[-1]),
                    whole(title.rsplit(" ", 1)[-1]),
                )
                if first is not None and end is not None and first < end <= first + LONGEST_RANGE:
                    for number in range(first + 1, end):
                        yield f"{kind} {number}", at
            yield title, at
            last, between = title, ""
        else:
            between += piece.text
        at += len(piece.text)
