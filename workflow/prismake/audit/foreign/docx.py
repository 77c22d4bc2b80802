"""Reads a Word document: paragraphs, footnotes, text boxes, tables with merged cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from prismake.audit.foreign.building import Draft, body_and_header, squeezed, unmarked
from prismake.audit.foreign.citations import RAISED, UNRAISED
from prismake.audit.foreign.paper import Table
from prismake.common.errors import stop
from prismake.common.package import open_package

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
CAPTION = re.compile(
    r"(?:Supplementary |Supplemental )?(?P<kind>Table|Figure|Fig\.?)\s*(?P<number>[A-Z]?\d+[A-Za-z]?)\b", re.IGNORECASE
)
KNOWN_HEADINGS = re.compile(
    r"(?:\d+(?:\.\d+)*\.?\s*)?(?:abstract|introduction|background|objectives?|(?:materials? "
    r"and )?methods|results|findings|"
    r"discussion|conclusions?|limitations|references|bibliography|acknowledge?ments?|funding)\s*:?",
    re.IGNORECASE,
)
# `Table 1 lists the studies.` is a sentence and no caption.
SENTENCE = re.compile(
    r"\S+\s+\S+\s+(?:shows?|lists?|presents?|summari[sz]es?|gives?|describes?|provides?|illustrates?|depicts?|reports?|"
    r"contains?|and|also|displays?|details?|outlines?|compares?)\b"
)
NOTE = re.compile(r"(?:notes?|abbreviations)\s*[:.]", re.IGNORECASE)
# Word allows 63 columns.
MOST_COLUMNS = 63
DAMAGED = "open it in Word and save it again as .docx"


def is_caption(text: str, *, styled: bool = False) -> bool:
    """Whether a paragraph is the caption of a table or figure; `styled`: the document says so."""
    return bool(CAPTION.match(text)) and (styled or len(text) < 300) and not SENTENCE.match(text)


def read_docx(content: bytes, name: str) -> Draft:
    """What a Word document holds. Raises BuildStop where it is damaged, encrypted or not a Word document."""
    package = open_package(content)
    main = next(iter(package.related("", "officeDocument")), None)
    root = package.trees.get(main.target if main else "word/document.xml")
    if root is None or root.find(f"{W}body") is None:
        faults = [message for reports in package.faults.values() for message, _where in reports]
        reason = faults[0] if faults else "it contains no text of a Word document"
        raise stop("unreadable", f"cannot be read as a Word document: {reason}", where=name, fix=DAMAGED)
    draft = Draft(name, "Word document")
    raised = _raised_styles(package.trees.get("word/styles.xml"))
    reader = _Reader(draft, raised, _heading_styles(package.trees.get("word/styles.xml")))
    reader.blocks(root.find(f"{W}body"))
    for part in ("word/footnotes.xml", "word/endnotes.xml"):
        if (notes := package.trees.get(part)) is not None:
            for note in notes:
                if note.get(f"{W}type") in (None, "normal"):
                    for paragraph in note.iter(f"{W}p"):
                        draft.items.append(("notes", "Footnotes", squeezed(reader.text(paragraph)), 0, ""))
    draft.items = [item for item in draft.items if item[2]]
    if next(root.iter(f"{W}ins", f"{W}del", f"{W}moveFrom"), None) is not None:
        draft.unread.append("tracked changes: the text is read as if they were accepted")
    if next(root.iter(f"{W}drawing", f"{W}pict"), None) is not None:
        draft.unread.append("pictures: the text inside figures is not read")
    return draft


def _number(node: Any, usual: int) -> int:
    """The number that an element holds, within what a table can have."""
    stated = node.get(f"{W}val") or "" if node is not None else ""
    return min(int(stated), MOST_COLUMNS) if stated.isdigit() else usual


def _raised_styles(styles: Any) -> set[str]:
    if styles is None:
        return set()
    return {
        style.get(f"{W}styleId")
        for style in styles.iter(f"{W}style")
        for align in style.iter(f"{W}vertAlign")
        if align.get(f"{W}val") == "superscript"
    }


def _heading_styles(styles: Any) -> set[str]:
    """The identifiers of heading styles, whatever language named them."""
    headings = set()
    for style in styles.iter(f"{W}style") if styles is not None else ():
        name = style.find(f"{W}name")
        named = (name.get(f"{W}val") or "").lower() if name is not None else ""
        if named.startswith("heading ") or style.find(f"{W}pPr/{W}outlineLvl") is not None:
            headings.add(style.get(f"{W}styleId"))
    return headings


class _Reader:
    """Walks through the blocks of a document."""

    def __init__(self, draft: Draft, raised: set[str], headings: set[str]) -> None:
        self.draft, self.raised, self.headings = draft, raised, headings
        self.titled = False
        self.caption = ""
        # Whether the last block was a table without a caption, which may follow it.
        self.bare = False

    def text(self, paragraph: Any) -> str:
        """The letters of a paragraph, without those of its text boxes and of deleted runs."""
        letters = []
        for node in self._inner(paragraph):
            if node.tag == f"{W}r":
                content = "".join(self._letters(node))
                raised = content.strip() and self._is_raised(node)
                letters.append(f"{RAISED}{content}{UNRAISED}" if raised else content)
            elif node.tag == f"{M}t":
                letters.append(node.text or "")
        return "".join(letters).replace(f"{UNRAISED}{RAISED}", "")

    def _inner(self, node: Any) -> Iterator[Any]:
        for child in node:
            if child.tag in (f"{W}del", f"{W}moveFrom", f"{W}txbxContent", f"{W}drawing", f"{W}pict", f"{W}pPr"):
                continue
            yield child
            if child.tag != f"{W}r":
                yield from self._inner(child)

    def _letters(self, run: Any) -> Iterator[str]:
        if run.find(f"{W}rPr/{W}vanish") is not None:
            return
        for node in run:
            if node.tag == f"{W}t":
                yield node.text or ""
            elif node.tag in (f"{W}tab", f"{W}br", f"{W}cr"):
                yield " "
            elif node.tag == f"{W}noBreakHyphen":
                yield "‑"

    def _is_raised(self, run: Any) -> bool:
        align = run.find(f"{W}rPr/{W}vertAlign")
        style = run.find(f"{W}rPr/{W}rStyle")
        if align is not None:
            return str(align.get(f"{W}val")) == "superscript"
        return style is not None and style.get(f"{W}val") in self.raised

    def blocks(self, parent: Any) -> None:
        """Reads paragraphs and tables in their order."""
        for node in parent:
            if node.tag == f"{W}p":
                self._paragraph(node)
            elif node.tag == f"{W}tbl":
                self._table(node)
            elif node.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"):
                self.blocks(node)
        if parent.tag == f"{W}body" and self.caption:
            self.draft.add("caption", self.caption)

    def _boxes(self, node: Any) -> None:
        for box in node.iter(f"{W}txbxContent"):
            if any(parent.tag == CHOICE for parent in box.iterancestors()):
                continue
            for paragraph in box.iter(f"{W}p"):
                self.draft.add("box", unmarked(self.text(paragraph)))

    def _paragraph(self, node: Any) -> None:
        self._boxes(node)
        self._text_of(node)
        self.bare = self.bare and not squeezed(self.text(node))

    def _text_of(self, node: Any) -> None:
        text = squeezed(self.text(node))
        plain = unmarked(text)
        style = node.find(f"{W}pPr/{W}pStyle")
        named = style.get(f"{W}val") if style is not None else ""
        if not plain:
            return
        if named in self.headings or (KNOWN_HEADINGS.fullmatch(plain) and len(plain) < 60):
            self.draft.heading(plain)
            self.titled = True
        elif "title" in named.lower() and not self.titled:
            self.draft.add("title", text)
        elif is_caption(plain, styled="caption" in named.lower()):
            self.draft.add("caption", text)
            label = CAPTION.match(plain)
            if label and label["kind"].lower() == "table":
                if self.bare:
                    self.draft.tables[-1] = replace(
                        self.draft.tables[-1], label=f"Table {label['number']}", caption=plain
                    )
                else:
                    self.caption = plain
        elif NOTE.match(plain) or "note" in named.lower():
            self.draft.add("notes", text)
        else:
            self.draft.add("text", text)

    def _table(self, node: Any) -> None:
        self._boxes(node)
        self._cells_of(node)
        bare = self.bare
        for inner in node.iter(f"{W}tbl"):
            if inner is not node and next(inner.iterancestors(f"{W}tbl")) is node:
                self._table(inner)
        self.bare = bare

    def _cells_of(self, node: Any) -> None:
        rows: list[list[str]] = []
        merged, heads = False, 0
        open_cells: dict[int, str] = {}
        for row in node.iter(f"{W}tr"):
            if next(row.iterancestors(f"{W}tbl")) is not node or row.find(f"{W}trPr/{W}del") is not None:
                continue
            cells: list[str] = [""] * _number(row.find(f"{W}trPr/{W}gridBefore"), 0)
            for cell in row.iterchildren(f"{W}tc", f"{W}sdt"):
                wide = _number(cell.find(f"{W}tcPr/{W}gridSpan"), 1)
                down = cell.find(f"{W}tcPr/{W}vMerge")
                own = [one for one in cell.iter(f"{W}p") if next(one.iterancestors(f"{W}tbl")) is node]
                text = squeezed(" ".join(unmarked(self._cell(one)) for one in own))
                if down is not None and down.get(f"{W}val") != "restart":
                    text = open_cells.get(len(cells), "")
                elif down is not None:
                    open_cells[len(cells)] = text
                merged = merged or wide > 1 or down is not None
                cells += [text] * min(wide, MOST_COLUMNS - len(cells))
            if row.find(f"{W}trPr/{W}tblHeader") is not None and heads == len(rows):
                heads += 1
            rows.append(cells)
        if len(rows) < 2 or max(map(len, rows)) < 2:
            # A table of one cell or row is layout; its text counts as text.
            for cells in rows:
                for cell in dict.fromkeys(cells):
                    self.draft.add("text", cell)
            return
        header, body = body_and_header(rows, max(heads, 1))
        label = CAPTION.match(self.caption)
        self.draft.tables.append(
            Table(f"Table {label['number']}" if label else "", self.caption, header, body, merged=merged)
        )
        self.bare = not self.caption
        self.caption = ""

    def _cell(self, paragraph: Any) -> str:
        """The text of a cell's paragraph, raised numbers (works, notes) left out."""
        return re.sub(rf"{RAISED}[\d,;\s*†‡§a-z–-]*{UNRAISED}", "", self.text(paragraph))
