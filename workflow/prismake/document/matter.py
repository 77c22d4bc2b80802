"""What the head of a manuscript says about it: title, authors, keywords, language, date."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from prismake.common.errors import BuildStop, Issue

FIXED_DATE = date(1980, 1, 1)
# A link or a span of Markdown, of which a page prints the words.
SPAN = re.compile(r"(?<!\\)\[(?P<words>(?:[^\[\]\\]|\\.)*)\](?:\([^()]*\)|\{[^{}]*\})")
# An equation in a line, of which plain text has the source.
MATHEMATICS = re.compile(r"(?<!\\)\$(?P<source>[^\s$](?:[^$]*[^\s$\\])?)\$(?!\d)")
# Marks that Markdown adds to words; a title in a document's properties is plain text.
MARKS = re.compile(r"\\(?P<kept>[^\w\s]|_)|[*^~`]|(?<!\w)_|_(?!\w)")


@dataclass(frozen=True)
class Matter:
    """Properties of the document, as plain text."""

    title: str
    short_title: str
    authors: tuple[str, ...]
    keywords: tuple[str, ...]
    language: str
    date: date
    abstract_words: int | None
    text_words: int | None
    # Names of the parts of a structured abstract.
    abstract_parts: tuple[str, ...]
    tables: int
    figures: int
    draft: bool = False


def plain(markdown: str) -> str:
    """The words of a line of Markdown: no marks of emphasis, super- or subscripts, no targets of links."""
    words = MATHEMATICS.sub(r"\g<source>", SPAN.sub(r"\g<words>", markdown))
    return MARKS.sub(lambda match: match["kept"] or "", words)


def _date(text: Any) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return FIXED_DATE


def _abstract_parts(abstract: Any) -> tuple[str, ...]:
    return tuple(str(part["name"]) for part in abstract) if isinstance(abstract, list) else ()


def read_head(manuscript: Path) -> dict[str, Any]:
    """The YAML head of a manuscript. Raises BuildStop where there is none, or no title in it."""
    text = manuscript.read_text(encoding="utf-8")
    where = manuscript.as_posix()
    match = re.match(r"---\n(.*?)\n(?:---|\.\.\.)\n", text, re.S)
    if not match:
        raise BuildStop(Issue("no-head", "the manuscript has no YAML head", where, "start it with --- and a title"))
    try:
        head = yaml.safe_load(io.StringIO(match[1]))
    except yaml.YAMLError as fault:
        raise BuildStop(
            Issue("yaml", f"the head is not YAML: {fault}", where, "check indentation and quotes")
        ) from None
    if not isinstance(head, dict) or not head.get("title"):
        raise BuildStop(Issue("no-title", "the manuscript has no title", where, "add title: to its head"))
    return head


def read_matter(manuscript: Path) -> Matter:
    """What the head of a manuscript says. Raises BuildStop where there is none, or no title in it."""
    head = read_head(manuscript)
    counts = head.get("word-counts") or {}
    return Matter(
        title=plain(str(head["title"])),
        short_title=plain(str(head.get("short-title") or "")),
        authors=tuple(plain(str(author["name"])) for author in head.get("author") or []),
        keywords=tuple(plain(str(word)) for word in head.get("keywords") or []),
        language=str(head.get("lang") or "en-US"),
        date=_date(head.get("date-fixed")),
        abstract_words=counts.get("abstract"),
        text_words=counts.get("text"),
        abstract_parts=_abstract_parts(head.get("abstract")),
        tables=int(head.get("tables") or 0),
        figures=int(head.get("figures") or 0),
        draft=head.get("draft") is True,
    )
