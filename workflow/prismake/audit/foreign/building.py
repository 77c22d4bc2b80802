"""Makes a paper from what a reader takes out of a file: headings, paragraphs, tables and references, still marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from prismake.audit.foreign.citations import ENOUGH, LINK, MARKS, UNLINK, cited_by_name, separated, style_of
from prismake.audit.foreign.paper import Paper, Paragraph, Part, Reference, Table

REFERENCES = re.compile(r"(?:\d+\.?\s*)?(?:references|bibliography|literature cited|works cited)\s*:?", re.IGNORECASE)
ABSTRACT = re.compile(r"(?:\d+\.?\s*)?(?:structured )?(?:abstract|summary)\s*:?", re.IGNORECASE)
# Sections behind the article whose numbers are not its findings.
BACK = re.compile(
    r"(?:acknowledge?ments?|abbreviations|funding|ethic|consent|conflict|disclosure|declaration|competing|author|data "
    r"(?:sharing|availability)|availability|supplement|supporting|orcid|keywords)",
    re.IGNORECASE,
)
# The headings of an article's main sections; others stand within them.
MAIN = re.compile(
    r"\W*+\d*+\W*+(?:abstract|introduction|background|(?:(?:materials?|patients|subjects) and )?methods?|methodology|"
    r"results|findings"
    r"|discussion|conclusions?|results and discussion|references)\W*",
    re.IGNORECASE,
)
LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
# Letters of a paragraph, a work or a cell; what is longer is no prose, and patterns would take minutes for it.
LONGEST = 50_000
# Letters of a heading, which stands in the place of every finding below it.
LONGEST_HEADING = 300
NUMBERED = re.compile(r"^\s*\[?(\d{1,3})[\].)]?[.)]?\s+(?=\S)")


@dataclass
class Draft:
    """A document while it is read. Texts hold the marks of citations."""

    name: str
    form: str
    items: list[tuple[Part, str, str, int, str]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    section: str = ""
    within: str = ""

    def heading(self, text: str) -> None:
        """Starts a section."""
        self.section = squeezed(text)
        if MAIN.fullmatch(self.section):
            self.within = self.section

    @property
    def listing(self) -> bool:
        """Whether the section at hand is the list of references."""
        return bool(REFERENCES.fullmatch(self.section))

    def add(self, part: Part, text: str, line: int = 0) -> None:
        """Adds a paragraph to the section at hand, or a work where that is the list of references."""
        text = squeezed(text)
        if not text:
            return
        if part == "text" and self.listing:
            number = NUMBERED.match(text)
            label = number[1] if number else str(len(self.references) + 1)
            self.references.append(Reference(label, unmarked(text)))
        elif part == "text" and ABSTRACT.fullmatch(self.section):
            self.items.append(("abstract", self.section, text, line, ""))
        else:
            self.items.append((part, self.section, text, line, self.within))

    def paper(self) -> Paper:
        """The finished paper."""
        order = [reference.label for reference in self.references]
        texts = [item[2] for item in self.items if len(item[2]) <= LONGEST]
        # Numbers in the text mean works only where the list is numbered too.
        numbered = not order or all(label.isdigit() for label in order)
        style = style_of(texts, len(order)) if numbered or any(LINK in text for text in texts) else ""
        if not style and sum(len(cited_by_name(text)) for text in texts) >= ENOUGH:
            style = "author-year"
        paragraphs, counts = [], dict[tuple[str, str], int]()
        for part, section, text, line, within in self.items:
            if part == "text" and BACK.match(section):
                continue
            counts[section, part] = counts.get((section, part), 0) + 1
            empty = Paragraph(
                part, section[:LONGEST_HEADING], "", counts[section, part], line, (), within[:LONGEST_HEADING]
            )
            if self._bounded(text, empty.place):
                plain, cited = separated(text, style, order)
                paragraphs.append(replace(empty, text=plain, cited=cited))
        tables = [
            table for table in self.tables if self._bounded(table.longest, table.label[:LONGEST_HEADING] or "a table")
        ]
        works = [
            one if self._bounded(one.text, f"reference {one.label[:LONGEST_HEADING]}") else replace(one, text="")
            for one in self.references
        ]
        return Paper(self.name, self.form, paragraphs, tables, works, self.unread, style)

    def _bounded(self, text: str, place: str) -> bool:
        """Whether a text can be checked; else it is noted as not read."""
        if len(text) > LONGEST:
            self.unread.append(f"{place}: {len(text):,} letters, more than the {LONGEST:,} that can be checked")
        return len(text) <= LONGEST


def squeezed(text: str) -> str:
    """A text with single blanks, without soft hyphens."""
    text = text.replace("\u00ad", "").replace("\u200b", "").replace("\ufeff", "")
    # Thin and fixed blanks between digits group thousands; a raised dot stands for the decimal point.
    text = re.sub(r"(?<=\d)[\u00a0\u2009\u202f\u2008](?=\d{3}(?!\d))", ",", text)
    text = re.sub(r"(?<=\d)\u00b7(?=\d)", ".", text)
    for ligature, letters in LIGATURES.items():
        text = text.replace(ligature, letters)
    return re.sub(r"\s+", " ", text).strip()


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
