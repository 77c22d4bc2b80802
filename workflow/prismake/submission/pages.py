"""Where things stand in the built manuscript: the pages of its headings, tables and figures.

Read from the PDF itself: headings from its outline, tables and figures from their captions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from prismake.common.errors import BuildStop, Issue

# So many letters distinguish a caption from all other text; the first line of a caption has as many.
CAPTION_LETTERS = 24


@dataclass(frozen=True)
class Heading:
    """A heading of the manuscript: its words, the headings above it, its page counted from 1.

    `printed` is how the journal words it, where that differs.
    """

    title: str
    above: tuple[str, ...]
    page: int
    printed: str = ""

    @property
    def path(self) -> str:
        """`Results > Critical Appraisal`: what distinguishes two headings of the same words."""
        return " > ".join((*self.above, self.title))


def folded(text: str) -> str:
    """The letters and digits of a text, in lower case."""
    return re.sub(r"\W+", "", text).casefold()


class Pages:
    """The pages of a PDF that Prismake wrote."""

    def __init__(self, pdf: Path) -> None:
        """Opens the PDF. Raises BuildStop if it cannot be read."""
        try:
            self._reader = PdfReader(pdf)
            self.count = len(self._reader.pages)
        except (PyPdfError, OSError, ValueError) as fault:
            raise BuildStop(
                Issue("pdf-unreadable", f"cannot be read: {fault}", pdf.as_posix(), "build it again")
            ) from None

    def _walk(self, outline: list[Any], above: tuple[str, ...]) -> Iterator[Heading]:
        title = ""
        for entry in outline:
            if isinstance(entry, list):
                yield from self._walk(entry, (*above, title))
                continue
            title = str(entry.title)
            number = self._reader.get_destination_page_number(entry)
            yield Heading(title, above, (number or 0) + 1)

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """All headings in reading order."""
        return tuple(self._walk(self._reader.outline, ()))

    @cached_property
    def _texts(self) -> list[str]:
        return [page.extract_text() for page in self._reader.pages]

    def run_in(self, name: str) -> int | None:
        """The page on which this name stands, with a colon, at the head of a text; None where no page has it."""
        words = re.compile(r"^\s*" + r"\s+".join(map(re.escape, name.split())) + r"\s*:", re.MULTILINE)
        return next((number for number, text in enumerate(self._texts, start=1) if words.search(text)), None)

    def float(self, label: str, caption: str) -> tuple[str, int] | None:
        """(`Table 2`, its page) of the table or figure with this label and caption; None where no page has it.

        The caption is compared by its letters, so that markup and line breaks do not matter; a long one is
        recognised by its beginning.
        """
        start = folded(caption)[:CAPTION_LETTERS]
        for number, text in enumerate(self._texts, start=1):
            for match in re.finditer(rf"\b{re.escape(label)}\s+(\w+)\b", text):
                if folded(text[match.end() : match.end() + 4 * CAPTION_LETTERS + 40]).startswith(start):
                    return f"{label} {match[1]}", number
        return None
