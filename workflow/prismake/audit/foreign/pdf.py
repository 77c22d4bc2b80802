"""Reads a PDF: running text in reading order, raised numbers, and tables that rules set apart."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Any

import pdfplumber

from prismake.audit.foreign.building import REFERENCES, Draft, squeezed
from prismake.audit.foreign.docx import KNOWN_HEADINGS, NOTE, is_caption
from prismake.audit.foreign.layout import Line, Sheet, lines_of, without_line_numbers, without_running_heads, words_of
from prismake.audit.foreign.pdf_tables import Placed, tables_of
from prismake.common.errors import stop
from prismake.common.limits import TooMuch

MOST_PAGES = 200
# Letters on a page below which it counts as a picture.
FEWEST_LETTERS = 40
ENTRY = re.compile(r"\s*\[?(\d{1,3})[\].)]\s+\S")
KEPT_HYPHEN = re.compile(r"(?:full|non|follow|meta|long|short|cross|self|well|low|high)-$", re.IGNORECASE)


def read_pdf(content: bytes, name: str) -> Draft:
    """The text of a PDF. Raises BuildStop where it is damaged, encrypted, too long, or holds no text (a scan)."""
    lines, tables, empty, pages = _pages(content, name)
    if len(empty) == pages:
        message = "holds no text: its pages are pictures, as of a scan, and nothing in it can be checked"
        raise stop("no-text", message, where=name, fix="audit the Word file or JATS, or recognise the text first")
    draft = Draft(name, "PDF")
    if empty:
        draft.unread.append(f"pages without text (pictures): {', '.join(map(str, empty))}")
    draft.unread.append("pictures: the text inside figures is not read")
    _add_tables(tables, draft)
    for part, text in _paragraphs(lines):
        _add(draft, part, text)
    return draft


def _pages(content: bytes, name: str) -> tuple[list[Line], list[Placed], list[int], int]:
    """Lines and tables of all pages, the numbers of pages without text, and how many pages there are."""
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    fix = "save the PDF again, without a password"
    try:
        with pdfplumber.open(io.BytesIO(content)) as document:
            if len(document.pages) > MOST_PAGES:
                fault, fix = f"it has more than {MOST_PAGES} pages", "audit a part of it"
            else:
                return _read(document)
    except TooMuch:
        raise
    # pdfminer meets damaged files with many kinds of exceptions.
    except Exception as reason:
        locked = "Password" in type(reason).__name__ or "Password" in repr(reason)
        fault = "it is encrypted" if locked else f"{type(reason).__name__} {str(reason)[:120]}".strip()
    raise stop("unreadable", f"cannot be read as a PDF: {fault}", where=name, fix=fix)


def _read(document: Any) -> tuple[list[Line], list[Placed], list[int], int]:
    sheets = [
        Sheet(number, float(page.width), float(page.height), tuple(words_of(page)))
        for number, page in enumerate(document.pages, start=1)
    ]
    lines, tables, empty = list[Line](), list[Placed](), list[int]()
    for page, sheet in zip(document.pages, without_line_numbers(without_running_heads(sheets)), strict=True):
        if sum(len(re.sub(r"\W", "", word.text)) for word in sheet.words) < FEWEST_LETTERS:
            empty.append(sheet.number)
        placed = tables_of(page, sheet.words)
        rest = [word for word in sheet.words if not any(table.holds(word) for table in placed)]
        lines += lines_of(rest, sheet.number, sheet.width)
        tables += placed
        page.close()
    return lines, tables, empty, len(document.pages)


def _paragraphs(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """Lines joined to paragraphs, each with its kind: heading or text."""
    if not lines:
        return []
    sizes = Counter[float]()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    body = sizes.most_common(1)[0][0]
    gaps = [two.top - one.bottom for one, two in pairwise(lines) if one.column == two.column and two.top > one.top]
    usual = median(gaps) if gaps else 0.0
    vocabulary = Counter(re.findall(r"[a-z]+(?:-[a-z]+)*", " ".join(line.text for line in lines).lower()))
    paragraphs: list[tuple[str, str]] = []
    listing = False
    for before, line in zip([None, *lines], lines, strict=False):
        # A heading may go on in the next line.
        more = before is not None and bool(paragraphs) and paragraphs[-1][0] == "heading" and _same(before, line)
        if before and more and line.size > body * 1.12 and not KNOWN_HEADINGS.fullmatch(line.text):
            paragraphs[-1] = ("heading", _joined(paragraphs[-1][1], line.text, vocabulary))
            continue
        heading = _is_heading(line, body)
        listing = (listing and not heading) or bool(REFERENCES.fullmatch(line.text))
        fresh = (
            before is None or heading or paragraphs[-1][0] == "heading" or _begins(before, line, usual, listing=listing)
        )
        if fresh:
            paragraphs.append(("heading" if heading else "text", line.text))
        else:
            paragraphs[-1] = ("text", _joined(paragraphs[-1][1], line.text, vocabulary))
    return paragraphs


def _same(before: Line, line: Line) -> bool:
    return abs(before.size - line.size) < 0.2 and before.page == line.page and line.top - before.bottom < line.size


def _is_heading(line: Line, body: float) -> bool:
    if KNOWN_HEADINGS.fullmatch(line.text):
        return True
    large = line.size > body * 1.12 and len(line.text) < 120
    return large and bool(re.match(r"[\d.\s]*[A-Z]", line.text)) and not is_caption(line.text)


def _begins(before: Line, line: Line, usual: float, *, listing: bool) -> bool:
    """Whether a line begins a paragraph: a caption, an entry of the list, an indent, or behind a short last line."""
    indented = line.x0 > line.left + 0.4 * line.size
    if listing:
        if ENTRY.match(line.text):
            return True
        hanging = before.x0 > before.left + 0.4 * before.size or before.x1 < before.right - 3 * before.size
        return not indented and hanging and bool(re.search(r"[.\d)\]/]$", before.text)) and line.text[:1].isupper()
    ended = bool(re.search(r"[.:?!][\")\ue001\d,–-]*$", before.text))
    if (is_caption(line.text) or NOTE.match(line.text)) and (
        ended or before.column != line.column or _apart(before, line, usual)
    ):
        return True
    if before.column != line.column:
        return ended and (indented or before.x1 < before.right - 0.15 * (before.right - before.left))
    return _apart(before, line, usual) or (
        ended and (indented or before.x1 < before.right - 0.15 * (before.right - before.left))
    )


def _apart(before: Line, line: Line, usual: float) -> bool:
    """Whether a line stands farther below another than lines of this document do, or in another size."""
    return line.top - before.bottom > max(usual, 0) + 0.6 * line.size or abs(line.size - before.size) > 0.6


def _joined(text: str, line: str, vocabulary: Counter[str]) -> str:
    """Two lines joined; a hyphen at the end goes unless the document writes the word with it."""
    if not (text.endswith(("-", "‐")) and line[:1].isalnum()):
        return f"{text} {line}"
    first, second = re.search(r"[\w-]*$", text[:-1]), re.match(r"\w*", line)
    head, tail = (first[0] if first else "").lower(), (second[0] if second else "").lower()
    hyphenated, whole = vocabulary[f"{head}-{tail}"], vocabulary[f"{head}{tail}"]
    keep = not line[:1].islower() or hyphenated > whole or (whole == 0 and bool(KEPT_HYPHEN.search(text)))
    return text + line if keep else text[:-1] + line


def _add(draft: Draft, part: str, text: str) -> None:
    if part == "heading":
        if not draft.items and not KNOWN_HEADINGS.fullmatch(text):
            draft.add("title", text)
        else:
            draft.heading(re.sub(r"^[\d.\s]+(?=[A-Z])", "", text))
    elif is_caption(text) and not draft.listing:
        draft.add("caption", text)
    elif NOTE.match(text) and not draft.listing:
        draft.add("notes", text)
    elif draft.listing or re.search(r"[.!?][\ue000\ue001\d,–-]*\s|[.!?][\ue000\ue001\d,–-]*$", text):
        draft.add("text", text)


def _add_tables(placed: Sequence[Placed], draft: Draft) -> None:
    """The tables, those that go on over pages joined; those whose cells are not clear are listed as unread."""
    read = {one.label for one in placed if one.table is not None}
    for one in placed:
        # A line of the text may begin with the name of a table.
        if one.table is None and one.label in read:
            continue
        label = squeezed(one.label)
        if one.table is None:
            draft.unread.append(f"{label}: its cells cannot be told apart in this PDF; audit the Word file or JATS")
        elif draft.tables and draft.tables[-1].label == label and draft.tables[-1].header == one.table.header:
            draft.tables[-1] = draft.tables[-1].followed_by(one.table.rows)
        else:
            draft.tables.append(one.table)
            draft.add("caption", one.table.caption)
    draft.section = ""
