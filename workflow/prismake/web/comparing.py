"""What an article prints that a comparison with an earlier one goes by: its sentences, and the cells of its tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from prismake.manuscript.words import BEGINS, ENDED, SHORT
from prismake.trace.document_lines import Line
from prismake.trace.works import BIBLIOGRAPHY
from prismake.web.article import Element, text_of
from prismake.web.doors import Piece, Reading

WORD = re.compile(r"\w+")
# How alike two sentences are of which one became the other.
ALIKE = 0.5


@dataclass(frozen=True)
class Sentence:
    """A sentence of an article: its words without what the writer numbered, the works that it cites, how it prints.

    `stretches` are its words in the pieces of the article: (piece, start, end).
    """

    words: str
    works: tuple[str, ...]
    text: str
    stretches: tuple[tuple[Piece, int, int], ...] = field(compare=False, default=())


@dataclass(frozen=True)
class Cell:
    """A cell of a table of an article: what it prints, without citations, and the pieces of the article that do."""

    label: str
    text: str
    element: Element
    pieces: Sequence[Piece]

    @property
    def doors(self) -> list[str]:
        """The numbers of its doors."""
        return [door.get("id")[1:] for door in self.element.xpath(".//a[starts-with(@href, '#n')][@id]")]


@dataclass
class Table:
    """A table of an article: what its caption calls it, and its cells by row and column."""

    label: str
    rows: dict[tuple[str, int], dict[tuple[str, int], Cell]]


def read_apart(article: Element) -> Reading:
    """The lines of an article without its supplement, whose text the workflow writes."""
    reading = Reading()
    for child in article:
        if isinstance(child.tag, str) and "supplement" not in child.get("class", "").split():
            reading.read(child)
    return reading


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence of a text begins and ends."""
    start = 0
    for blank in re.finditer(r"\s+", text):
        word = text[start : blank.start()].rpartition(" ")[2]
        following = text[blank.end() : blank.end() + 20]
        ends = ENDED.search(word) and not SHORT.search(word)
        if ends and (BEGINS.match(following) or following[:1].isdigit()):
            yield start, blank.start()
            start = blank.end()
    if text[start:].strip():
        yield start, len(text)


def _without_numbering(line: Line, start: int, end: int) -> str:
    """The words of a stretch of a line without what the writer numbered."""
    letters = list(line.text)
    for first, last, kind in line.added:
        if kind == "numbering":
            letters[first:last] = " " * (last - first)
    return " ".join("".join(letters[start:end]).split())


def _printed(line: Line, start: int, end: int) -> str:
    """A stretch of a line as plain text; the numbers of citations in brackets."""
    places: dict[int, str] = {}
    for one in line.cited:
        if start < one.at <= end:
            places[one.at] = places.get(one.at, "") + one.text
    text, at = "", start
    for place, cited in sorted(places.items()):
        text += line.text[at:place] + (f" {cited.strip()}" if cited.strip()[:1] in "([" else f" [{cited.strip()}]")
        at = place
    return " ".join((text + line.text[at:end]).split())


def sentences_in(article: Element) -> list[Sentence]:
    """The sentences of an article, without those of tables, of the list of references and of the supplement."""
    reading, sentences = read_apart(article), []
    for line, pieces in zip(reading.lines, reading.pieces, strict=True):
        if line.cell or line.style == BIBLIOGRAPHY:
            continue
        for start, end in _spans(line.text):
            works = tuple(work for one in line.cited if start < one.at <= end for work in one.works)
            stretches = [
                (piece, max(start - piece.start, 0), min(end - piece.start, len(piece.text)))
                for piece in pieces
                if piece.start < end and start < piece.start + len(piece.text)
            ]
            words = _without_numbering(line, start, end)
            sentences.append(Sentence(words, works, _printed(line, start, end), tuple(stretches)))
    return sentences


def _likeness(old: str, new: str) -> float:
    """The share of words that two sentences have in common, in their order."""
    return SequenceMatcher(None, WORD.findall(old), WORD.findall(new), autojunk=False).ratio()


def changed_sentences(
    old: Sequence[Sentence], new: Sequence[Sentence]
) -> tuple[list[tuple[Sentence, Sentence | None]], list[Sentence]]:
    """The sentences that are new, each with the one that it replaces, if any, and those that are gone."""
    before, after = ({(one.words, one.works) for one in sentences} for sentences in (old, new))
    gone = [one for one in old if (one.words, one.works) not in after]
    changed: list[tuple[Sentence, Sentence | None]] = []
    for one in new:
        if (one.words, one.works) in before:
            continue
        was = max(gone, key=lambda other: _likeness(other.words, one.words), default=None)
        if was and _likeness(was.words, one.words) >= ALIKE:
            gone.remove(was)
            changed.append((one, was))
        else:
            changed.append((one, None))
    return changed, gone


def _cell_of(piece: Piece) -> Element:
    """The cell in which a piece stands."""
    holder = piece.element.getparent() if piece.is_tail else piece.element
    return next((one for one in (holder, *holder.iterancestors()) if one.tag in ("td", "th")), None)


def _numbered(texts: Sequence[str]) -> list[tuple[str, int]]:
    """Each text with how often it stood there before."""
    times: Counter[str] = Counter()
    keys = []
    for text in texts:
        keys.append((text, times[text]))
        times[text] += 1
    return keys


def _rows_of(
    table: Element, label: str, lines: dict[Element, tuple[Line, list[Piece]]]
) -> dict[tuple[str, int], dict[tuple[str, int], Cell]]:
    def words(cell: Element) -> str:
        line = lines[cell][0] if cell in lines else None
        return _without_numbering(line, 0, len(line.text)) if line else ""

    headers = [words(cell) for cell in (table.xpath("thead/tr[last()]/*") or [])]
    rows = table.xpath("tbody/tr")
    firsts = [words(row[0]) if len(row) else "" for row in rows]
    result = {}
    for key, row in zip(_numbered(firsts), rows, strict=True):
        columns = _numbered([*headers, *[""] * (len(row) - len(headers))])
        result[key] = {
            column: Cell(
                ", ".join(filter(None, (label, key[0], column[0] if place else ""))),
                words(cell),
                cell,
                lines[cell][1] if cell in lines else (),
            )
            for place, (column, cell) in enumerate(zip(columns, row, strict=False))
        }
    return result


def tables_in(article: Element) -> dict[tuple[str, int], Table]:
    """The tables of an article and its supplement, by the words of their captions, of which numbers may change."""
    reading = Reading()
    reading.read(article)
    lines = {}
    for line, pieces in zip(reading.lines, reading.pieces, strict=True):
        if line.cell and pieces and (cell := _cell_of(pieces[0])) is not None:
            lines[cell] = (line, pieces)
    tables, names = [], []
    for table in article.iter("table"):
        float_: Element = next((one for one in table.iterancestors("div") if "float" in one.get("class", "")), None)
        caption = float_.find("div[@class='caption']") if float_ is not None else None
        numbering = caption.find(".//span[@class='numbering']") if caption is not None else None
        label = text_of(numbering) if numbering is not None else "Table"
        words = text_of(caption).removeprefix(label) if caption is not None else ""
        names.append(" ".join(re.findall(r"[^\W\d]+", words)))
        tables.append(Table(label, _rows_of(table, label, lines)))
    return dict(zip(_numbered(names), tables, strict=True))
