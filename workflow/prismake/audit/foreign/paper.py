"""A document as the audit sees it: paragraphs with their sections and citations, tables, references."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

Part = Literal["title", "abstract", "text", "caption", "notes", "box"]
# Ends of sentences: not after initials and the usual short forms.
SENTENCE = re.compile(
    r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\bal\.)(?<!\bvs\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bFig\.)(?<!\bNo\.)(?<!\bca\.)"
    r"(?<!\bapprox\.)(?<!\bDr\.)(?<!\bSt\.)[”\")]?\s+(?=[“\"(]?[A-Z0-9])"
)


# Sections before the findings.
BEFORE_FINDINGS = re.compile(
    r"\W*+\d*+\W*+(?:materials?|methods?|search|eligib|introduction|background|objective|aim|rationale|data extraction"
    r"|statistical)",
    re.IGNORECASE,
)
# Letters of a sentence; what is longer is a list or a table that lost its lines.
LONGEST = 2000


@dataclass(frozen=True)
class Cluster:
    """Works that are cited together, at their place in the text; `backward` where a range runs from high to low."""

    at: int
    works: tuple[str, ...]
    written: str
    backward: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A paragraph without its citations, which are listed beside it. `line` is 0 where the format has no lines."""

    part: Part
    section: str
    text: str
    number: int
    line: int = 0
    cited: tuple[Cluster, ...] = ()
    # The main heading above the section: Methods, Results.
    within: str = ""

    @property
    def place(self) -> str:
        """Where it stands, for the reader."""
        where = f"{self.section}, " if self.section else ""
        named = {"box": "text box", "text": "paragraph", "abstract": "paragraph", "notes": "note"}
        return f"{where}{named.get(self.part, self.part)} {self.number}"

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Its sentences, each with its own citations."""
        sentences, start = [], 0
        for cut in [*(match.end() for match in SENTENCE.finditer(self.text)), len(self.text)]:
            cited = tuple(
                Cluster(one.at - start, one.works, one.written, one.backward)
                for one in self.cited
                # A citation behind the full stop belongs to the sentence that ends there.
                if start < one.at <= cut and not (one.at == cut and self.text[cut - 1 : cut].isspace())
            )
            sentences.append(Sentence(self.text[start:cut].strip(), cited, self))
            start = cut
        return [one for one in sentences if one.text]


@dataclass(frozen=True)
class Sentence:
    """A sentence of a paragraph."""

    text: str
    cited: tuple[Cluster, ...]
    paragraph: Paragraph

    @property
    def reports_findings(self) -> bool:
        """Whether it stands where a review reports its own findings: not in title, introduction or methods."""
        paragraph = self.paragraph
        return paragraph.part != "title" and not any(
            BEFORE_FINDINGS.match(name) for name in (paragraph.section, paragraph.within)
        )


@dataclass(frozen=True)
class Table:
    """A table: the cells of its header (several rows joined) and of its body. `merged`: some cells span others."""

    label: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: str = ""
    merged: bool = False
    line: int = 0

    @property
    def longest(self) -> str:
        """The longest of its texts."""
        cells = (cell for row in (self.header, *self.rows) for cell in row)
        return max(self.label, self.caption, self.notes, *cells, key=len)

    def followed_by(self, rows: tuple[tuple[str, ...], ...]) -> Table:
        """The table with further rows, as of the next page."""
        return replace(self, rows=self.rows + rows)


@dataclass(frozen=True)
class Reference:
    """A work of the list of references: its number or identifier, and its text."""

    label: str
    text: str


@dataclass(frozen=True)
class Paper:
    """A document: what could be read of it, and in `unread` what could not."""

    name: str
    form: str
    paragraphs: Sequence[Paragraph]
    tables: Sequence[Table] = ()
    references: Sequence[Reference] = ()
    unread: Sequence[str] = field(default_factory=list)
    # How works are cited: `[1]`, `(1)`, raised numbers, links, or not known.
    style: str = ""

    @cached_property
    def sentences(self) -> list[Sentence]:
        """All sentences of running text, the abstract first, without those too long to be read as one."""
        return [one for one in self._all_sentences if len(one.text) <= LONGEST]

    @cached_property
    def too_long(self) -> list[Sentence]:
        """The sentences that no check reads: lists, or tables that lost their lines."""
        return [one for one in self._all_sentences if len(one.text) > LONGEST]

    @cached_property
    def _all_sentences(self) -> list[Sentence]:
        return [one for paragraph in self.paragraphs if paragraph.part != "box" for one in paragraph.sentences]

    def of(self, *parts: str) -> Iterator[Paragraph]:
        """The paragraphs of these parts."""
        return (paragraph for paragraph in self.paragraphs if paragraph.part in parts)
