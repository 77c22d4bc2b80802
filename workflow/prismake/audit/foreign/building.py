"""Makes a paper from what a reader takes out of a file: headings, paragraphs, tables and references, still marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from prismake.audit.foreign.citations import LINK, MARKS, UNLINK, separated, style_of
from prismake.audit.foreign.paper import Paper, Paragraph, Part, Reference, Table

REFERENCES = re.compile(r"(?:\d+\.?\s*)?(?:references|bibliography|literature cited|works cited)\s*:?", re.IGNORECASE)
ABSTRACT = re.compile(r"(?:\d+\.?\s*)?(?:structured )?(?:abstract|summary)\s*:?", re.IGNORECASE)
# Sections behind the article whose numbers are not its findings.
BACK = re.compile(
    r"(?:acknowledge?ments?|abbreviations|funding|ethic|consent|conflict|disclosure|declaration|competing|author|data "
    r"(?:sharing|availability)|availability|supplement|supporting|orcid|keywords)",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"^\s*\[?(\d{1,3})[\].)]?[.)]?\s+(?=\S)")


@dataclass
class Draft:
    """A document while it is read. Texts hold the marks of citations."""

    name: str
    form: str
    items: list[tuple[Part, str, str, int]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    section: str = ""

    def heading(self, text: str) -> None:
        """Starts a section."""
        self.section = squeezed(text)

    def add(self, part: Part, text: str, line: int = 0) -> None:
        """Adds a paragraph to the section at hand, or a work where that is the list of references."""
        text = squeezed(text)
        if not text:
            return
        if part == "text" and REFERENCES.fullmatch(self.section):
            number = NUMBERED.match(text)
            self.references.append(Reference(number[1] if number else str(len(self.references) + 1), unmarked(text)))
        elif part == "text" and ABSTRACT.fullmatch(self.section):
            self.items.append(("abstract", self.section, text, line))
        else:
            self.items.append((part, self.section, text, line))

    def paper(self) -> Paper:
        """The finished paper."""
        order = [reference.label for reference in self.references]
        texts = [text for _part, _section, text, _line in self.items]
        # Numbers in the text mean works only where the list is numbered too.
        numbered = not order or all(label.isdigit() for label in order)
        style = style_of(texts, len(order)) if numbered or any(LINK in text for text in texts) else ""
        paragraphs, counts = [], dict[tuple[str, str], int]()
        for part, section, text, line in self.items:
            if part == "text" and BACK.match(section):
                continue
            counts[section, part] = counts.get((section, part), 0) + 1
            plain, cited = separated(text, style, order)
            paragraphs.append(Paragraph(part, section, plain, counts[section, part], line, cited))
        return Paper(self.name, self.form, paragraphs, self.tables, self.references, self.unread, style)


def squeezed(text: str) -> str:
    """A text with single blanks, without soft hyphens."""
    return re.sub(r"\s+", " ", text.replace("\u00ad", "").replace("\u200b", "")).strip()


def unmarked(text: str) -> str:
    """A text without the marks of citations, raised numbers dropped where they stand for notes or works."""
    return squeezed(MARKS.sub("", re.sub(rf"{LINK}[^|]*\||{UNLINK}", "", text)))


def body_and_header(rows: Sequence[Sequence[str]], heads: int) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The header, its rows joined column by column, and the rows of the body."""
    width = max((len(row) for row in rows), default=0)
    padded = [tuple(squeezed(cell) for cell in [*row, *[""] * (width - len(row))]) for row in rows]
    header = []
    for at in range(width):
        cells = dict.fromkeys(row[at] for row in padded[:heads] if row[at])
        header.append(" ".join(cells))
    return tuple(header), tuple(padded[heads:])
