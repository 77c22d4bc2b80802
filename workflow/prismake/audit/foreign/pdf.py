"""Reads a PDF: its running text alone. Tables and raised numbers of a PDF are letters without a place."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter

import pypdf

from prismake.audit.foreign.building import REFERENCES, Draft, squeezed
from prismake.audit.foreign.docx import CAPTION, KNOWN_HEADINGS
from prismake.common.errors import stop
from prismake.common.limits import TooMuch, memory_bound, time_bound

MOST_PAGES = 500
LONGEST = 120
MOST_MEMORY = 2 << 30
# Letters on a page below which it counts as a picture.
FEWEST_LETTERS = 40
REFERENCE = re.compile(r"\s*\[?(\d{1,3})[\].)]\s+\S")


def read_pdf(content: bytes, name: str) -> Draft:
    """The text of a PDF. Raises BuildStop where it is damaged, encrypted, or holds no text (a scan)."""
    pages = _pages(content, name)
    empty = [number for number, page in enumerate(pages, start=1) if len(re.sub(r"\W", "", page)) < FEWEST_LETTERS]
    if len(empty) == len(pages):
        message = "holds no text: its pages are pictures, as of a scan, and nothing in it can be checked"
        raise stop("no-text", message, where=name, fix="audit the Word file or JATS, or recognise the text first")
    draft = Draft(name, "PDF")
    if empty:
        draft.unread.append(f"pages without text (pictures): {', '.join(map(str, empty))}")
    draft.unread.append("tables: their cells cannot be told apart in a PDF; audit the Word file or JATS")
    draft.unread.append("pictures: the text inside figures is not read")
    for line in _paragraphs(_lines(pages)):
        _add(draft, line)
    return draft


def _pages(content: bytes, name: str) -> list[str]:
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    fault = ""
    try:
        with memory_bound(MOST_MEMORY), time_bound(LONGEST):
            reader = pypdf.PdfReader(io.BytesIO(content))
            if reader.is_encrypted and not reader.decrypt(""):
                fault = "it is encrypted"
            elif len(reader.pages) > MOST_PAGES:
                fault = f"it has more than {MOST_PAGES} pages"
            else:
                return [page.extract_text() or "" for page in reader.pages]
    except TooMuch as reason:
        fault = f"reading it {reason}"
    # pypdf meets damaged files with many kinds of exceptions.
    except Exception as reason:
        fault = f"{type(reason).__name__}: {str(reason)[:120]}"
    raise stop(
        "unreadable", f"cannot be read as a PDF: {fault}", where=name, fix="save the PDF again, without a password"
    )


def _lines(pages: list[str]) -> list[str]:
    """The lines without those that repeat on the pages (running heads), page numbers, and numbers of lines."""
    by_page = [[squeezed(line) for line in page.split("\n")] for page in pages]
    repeated = Counter(re.sub(r"\d+", "0", line) for lines in by_page for line in set(lines))
    often = max(3, len(pages) // 2)
    kept = []
    for lines in by_page:
        for line in lines:
            if line and not re.fullmatch(r"\d+", line) and repeated[re.sub(r"\d+", "0", line)] < often:
                kept.append(line)
    return kept


def _paragraphs(lines: list[str]) -> list[str]:
    """Lines joined to paragraphs: a new one starts at a heading, a caption, a work, or behind a short last line."""
    usual = sorted(map(len, lines))[int(len(lines) * 0.8)] if lines else 0
    paragraphs: list[str] = []
    fresh, listing = True, False
    for line in lines:
        heading = bool(KNOWN_HEADINGS.fullmatch(line))
        listing = (listing and not heading) or bool(REFERENCES.fullmatch(line))
        if heading or CAPTION.match(line) or (listing and REFERENCE.match(line)) or fresh or not paragraphs:
            paragraphs.append(line)
        elif paragraphs[-1].endswith("-") and line[:1].islower():
            paragraphs[-1] = (
                paragraphs[-1] + line
                if re.search(r"(?:full|non|follow|meta|long|short)-$", paragraphs[-1])
                else paragraphs[-1][:-1] + line
            )
        else:
            paragraphs[-1] += " " + line
        fresh = heading or (not listing and line.endswith((".", ":")) and len(line) < usual * 0.75)
    return paragraphs


def _add(draft: Draft, line: str) -> None:
    if KNOWN_HEADINGS.fullmatch(line):
        draft.heading(line)
    elif re.search(r"[.!?][\d,–-]*\s|[.!?]$", line) or REFERENCES.fullmatch(draft.section):
        draft.add("text", line)
