"""The text of a finished Word document, line by line, with what the writer put between the words of the manuscript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from prismake.preflight.document import Document, Piece
from prismake.preflight.wordml import M, W, local, value

Kind = Literal["citation", "numbering", "formula"]

# Fields whose result numbers something: captions, references to them, pages.
NUMBERING = frozenset({"SEQ", "REF", "PAGE", "NUMPAGES", "PAGEREF", "SECTIONPAGES", "NOTEREF"})
# How the bookmarks of the works in the list of references begin.
WORK = "_Work_"
# The keys in a live citation.
LIVE_KEY = re.compile(r'"urn:prismake:([^"]+)"')
CITING = re.compile(r"ADDIN\s+(?:ZOTERO_ITEM|EN\.CITE|CSL_CITATION)|CITATION\b")
FRONT_STYLES = frozenset({"author", "affiliation"})
HEADING = re.compile(r"heading ([1-9])")


class Citation(NamedTuple):
    """A citation as it prints: its place, its text, and its works, by their bookmarks in the list or by their keys."""

    at: int
    text: str
    works: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A paragraph or cell as it prints.

    `text` is what it prints without citations; `added` are the stretches of it that the writer numbered or set as a
    formula (start, end, kind), `cited` the citations. `cell` is the number of its table, and its place in the order of
    the cells that are not empty; `bookmark` the name under which citations find a work in the list of references.
    """

    section: str
    style: str
    text: str
    added: tuple[tuple[int, int, Kind], ...] = ()
    cited: tuple[Citation, ...] = ()
    cell: tuple[int, int] | None = None
    bookmark: str = ""


@dataclass
class _Reading:
    """Where the reading of the document has come to: the section, the float whose caption was last seen."""

    section: str = "Title page"
    below: str = ""
    floating: str = ""
    tables: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def place(self) -> str:
        return f"{self.section}: {self.below}" if self.below else self.section


def _anchor_of(piece: Piece) -> str:
    """The bookmark to which a piece leads."""
    parent = piece.run.getparent()
    return (value(parent, "anchor") or "") if parent is not None and local(parent) == "hyperlink" else ""


def _works_of(piece: Piece) -> tuple[str, ...]:
    """The works of a citation: the bookmark to which it leads, or the keys that its field names."""
    anchor = _anchor_of(piece)
    return (anchor,) if anchor else tuple(dict.fromkeys(LIVE_KEY.findall(piece.field)))


def _kind_of(piece: Piece, style: str) -> Kind | None:
    """What the writer added a piece as; None for the text of the manuscript."""
    if CITING.match(piece.field):
        return "citation"
    if piece.field.split(" ", 1)[0].upper() in NUMBERING:
        return "numbering"
    if piece.run.tag.startswith(M):
        return "formula"
    if _anchor_of(piece).startswith(WORK):
        return "citation"
    # The marks that tie authors to affiliations.
    return "numbering" if piece.superscript and style in FRONT_STYLES else None


def _line(document: Document, paragraphs: list[Any], section: str, cell: tuple[int, int] | None = None) -> Line:
    text, added, cited = "", [], []
    style = document.style_of(paragraphs[0]) if paragraphs else ""
    for number, paragraph in enumerate(paragraphs):
        text += " " if number else ""
        for piece in document.pieces(paragraph):
            kind = _kind_of(piece, style)
            if kind == "citation":
                cited.append(Citation(len(text), piece.text, _works_of(piece)))
                continue
            if kind:
                added.append((len(text), len(text) + len(piece.text), kind))
            text += piece.text
    marks = (value(mark, "name") or "" for paragraph in paragraphs for mark in paragraph.iter(f"{W}bookmarkStart"))
    bookmark = next((name for name in marks if name.startswith(WORK)), "")
    return Line(section, style, text, tuple(added), tuple(cited), cell, bookmark)


def _caption_label(line: Line) -> str:
    """`Table 1` of a caption."""
    numbered = [end for _, end, kind in line.added if kind == "numbering"]
    return " ".join(line.text[: numbered[0]].split()) if numbered else ""


def _read_block(document: Document, block: Any, reading: _Reading) -> None:
    if block.tag == f"{W}tbl":
        cells = [list(cell.iter(f"{W}p")) for cell in block.iter(f"{W}tc")]
        made = [_line(document, cell, reading.floating) for cell in cells]
        full = [line for line in made if line.text.strip()]
        for number, line in enumerate(full):
            reading.lines.append(replace(line, cell=(reading.tables, number)))
        reading.tables += 1
        return
    line = _line(document, [block], reading.place)
    if heading := HEADING.fullmatch(line.style):
        title = " ".join(line.text.split())
        reading.section, reading.below = (title, "") if heading[1] == "1" else (reading.section, title)
        line = replace(line, section=reading.place)
    elif document.is_caption(block):
        reading.floating = _caption_label(line) or reading.floating
        line = replace(line, section=reading.floating)
    elif line.style == "table note":
        line = replace(line, section=reading.floating)
    reading.lines.append(line)


def lines_of(content: bytes) -> list[Line]:
    """The lines of a Word document in reading order, then those of its notes, headers and footers."""
    document = Document(content)
    reading = _Reading()
    for block in document.blocks:
        _read_block(document, block, reading)
    return [*reading.lines, *_beside(document)]


def _beside(document: Document) -> Iterator[Line]:
    """The lines of notes, headers and footers; a header that repeats is read once."""
    seen: set[str] = set()
    for name, root in document.stories.items():
        if name == document.main:
            continue
        section = local(root).removesuffix("s").replace("ftr", "footer").replace("hdr", "header").capitalize()
        for paragraph in root.iter(f"{W}p"):
            line = _line(document, [paragraph], section)
            if line.text.strip() and (section.endswith("note") or line.text not in seen):
                seen.add(line.text)
                yield line
