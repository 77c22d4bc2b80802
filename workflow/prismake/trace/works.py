"""The works in a document's list of references, by the entries that print them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prismake.trace.document_lines import Citation, Line
from prismake.trace.explaining import letters_of

BIBLIOGRAPHY = "bibliography"
MARKUP = re.compile(r"<[^<>]*>")


@dataclass(frozen=True)
class Works:
    """The keys of the listed works, by the text of their entries and by their bookmarks; their numbers, by key."""

    entries: Mapping[str, str] = field(default_factory=dict)
    bookmarks: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)

    def cited(self, citation: Citation, digits: str) -> tuple[str, ...]:
        """The works behind a number of a citation: that which has it in the list, or else all that are cited there."""
        known = set(self.entries.values())
        keys = [self.bookmarks.get(work, work) for work in citation.works]
        own = [key for key in keys if self.numbers.get(key) == digits]
        return tuple(own or [key for key in keys if key in known])


def _marks(work: Mapping[str, Any]) -> tuple[str, str]:
    """What tells a work from others in an entry: the letters of its DOI and of its title."""
    doi, title = str(work.get("DOI") or ""), MARKUP.sub("", str(work.get("title") or ""))
    return letters_of(doi)[0], letters_of(title)[0]


def works_in(lines: Sequence[Line], references: Mapping[str, Mapping[str, Any]]) -> Works:
    """The works of the list of references; an entry that holds neither DOI nor title of a reference has no key."""
    marks = {key: _marks(work) for key, work in references.items()}

    def likeness(key: str, letters: str) -> tuple[int, ...]:
        return tuple(len(mark) if mark in letters else 0 for mark in marks[key])

    def listed() -> Iterator[tuple[Line, str]]:
        for line in lines:
            letters = letters_of(line.text)[0] if line.style == BIBLIOGRAPHY else ""
            best = max(marks, key=lambda key: likeness(key, letters), default="") if letters else ""
            if best and any(likeness(best, letters)):
                yield line, best

    entries = list(listed())
    numbered = ((key, re.match(r"\W*(\d+)\b", line.text)) for line, key in entries)
    return Works(
        {line.text: key for line, key in entries},
        {line.bookmark: key for line, key in entries if line.bookmark},
        {key: number[1] for key, number in numbered if number},
    )
