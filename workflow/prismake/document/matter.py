"""What the head of a manuscript says about it: title, authors, keywords, language, date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from prismake.manuscript.model import Manuscript

FIXED_DATE = date(1980, 1, 1)


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


def _date(text: Any) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return FIXED_DATE


def matter_of(manuscript: Manuscript) -> Matter:
    """What the head of a manuscript says."""
    head, plain = manuscript.head, manuscript.plain_head
    counts, abstract = head.get("word-counts") or {}, plain.get("abstract")
    return Matter(
        title=str(plain["title"]),
        short_title=str(plain.get("short-title") or ""),
        authors=tuple(str(author["name"]) for author in plain.get("author") or []),
        keywords=tuple(str(word) for word in plain.get("keywords") or []),
        language=str(plain.get("lang") or "en-US"),
        date=_date(head.get("date-fixed")),
        abstract_words=counts.get("abstract"),
        text_words=counts.get("text"),
        abstract_parts=tuple(str(part["name"]) for part in abstract) if isinstance(abstract, list) else (),
        tables=int(head.get("tables") or 0),
        figures=int(head.get("figures") or 0),
        draft=head.get("draft") is True,
    )
