"""Numbers of the article as doors: each leads to what is behind it.

The lines of the article are given to the same reader that lists the numbers of the Word document, so that a number says
here what it says in `results/audit/numbers.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from prismake.common.values import Ledger
from prismake.trace.document_lines import Citation, Kind, Line
from prismake.trace.explaining import cells_by_place
from prismake.trace.numbers import Background, Number, numbers_of
from prismake.trace.works import BIBLIOGRAPHY
from prismake.web.article import HEADINGS, text_of
from prismake.web.flow import study_route

Element = Any
# Elements that hold words and no blocks.
LEAVES = ("p", *HEADINGS, "dt", "th", "td")
HOLDERS = ("li", "dd", "blockquote", "div", "section", "article")
# Where a number has nothing behind it that a reader could open.
CLOSED = frozenset({"numbering", "citation", "reference", "name"})
# The columns of a table of appraisals that hold answers.
ITEM = re.compile(r"item_|overall$")
# The numbers of tables or figures of the supplement, one or several.
SUPPLEMENTARY = r"S\d+(?:(?:–|,\s(?:and\s)?|\sand\s)S\d+)*"
# Before every anchor of the supplement, whose tables and references have the numbers of those of the article.
BEFORE = "s-"
# A sign that belongs to the number after it, unlike the dash of a range (3–5) or a word (L4-5).
SIGN = re.compile(r"(?:^|(?<=[\s(\[=<>≤≥,;:/~≈±]))[−-]\Z")
# Where authors write the settings of the review.
SETTINGS = "config.yaml"
# Values that are names of the supplement's tables and figures.
OF_SUPPLEMENT = "supplement."
# Letters of a study's name that stay on one line.
ONE_LINE = 28
BLOCKS = frozenset({*LEAVES, *HOLDERS, "ul", "ol", "dl", "table", "pre"})


@dataclass(frozen=True)
class Piece:
    """A stretch of a line's text: where it begins there, and the element before or in which it stands."""

    start: int
    text: str
    element: Element
    is_tail: bool


@dataclass
class _Reader:
    """Reads the words of one line."""

    line_text: str = ""
    pieces: list[Piece] = field(default_factory=list)
    added: list[tuple[int, int, Kind]] = field(default_factory=list)
    cited: list[Citation] = field(default_factory=list)

    def add(self, text: str | None, element: Element, *, is_tail: bool) -> None:
        if text:
            self.pieces.append(Piece(len(self.line_text), text, element, is_tail))
            self.line_text += text

    def read(self, element: Element, *, marks: bool) -> None:
        """Reads an element's words; `marks`: whether superscripts tie authors to affiliations."""
        self.add(element.text, element, is_tail=False)
        for child in element:
            if isinstance(child.tag, str) and child.tag not in ("table", "ul", "ol", "dl"):
                self._read_child(child, marks=marks)
            self.add(child.tail, child, is_tail=True)

    def _read_child(self, child: Element, *, marks: bool) -> None:
        classes, start = child.get("class", "").split(), len(self.line_text)
        tag = etree.QName(child).localname
        if "citation" in classes:
            between = ""
            for link in child.iter("a"):
                self.cited.append(Citation(start, between + text_of(link), (link.get("href", "#")[1:],)))
                between = link.tail or ""
        elif tag == "math":
            self.line_text += text_of(child)
            self.added.append((start, len(self.line_text), "formula"))
        elif tag == "svg":
            return
        else:
            self.read(child, marks=marks)
            if "numbering" in classes or "reference" in classes or (marks and tag == "sup"):
                self.added.append((start, len(self.line_text), "numbering"))


@dataclass
class Reading:
    """The lines of an article, with the pieces that each is made of."""

    section: str = "Title page"
    below: str = ""
    lines: list[Line] = field(default_factory=list)
    pieces: list[list[Piece]] = field(default_factory=list)
    tables: int = 0

    @property
    def place(self) -> str:
        """The section, and the part of it."""
        return f"{self.section}: {self.below}" if self.below else self.section

    def _line(self, element: Element, style: str, section: str, cell: tuple[int, int] | None = None) -> None:
        reader = _Reader()
        reader.read(element, marks=style == "author")
        if not reader.line_text.strip():
            return
        bookmark = element.get("id", "") if style == BIBLIOGRAPHY else ""
        text = reader.line_text.replace("\n", " ")
        self.lines.append(Line(section, style, text, tuple(reader.added), tuple(reader.cited), cell, bookmark))
        self.pieces.append(reader.pieces)

    def read(self, element: Element, floating: str = "", style: str = "body") -> None:
        """Reads the lines of an element and what is in it."""
        classes = element.get("class", "").split()
        if element.tag == "table":
            self._table(element, floating)
        elif "csl-entry" in classes:
            self._line(element, BIBLIOGRAPHY, self.place)
        elif element.tag in HEADINGS:
            self._heading(element)
        elif element.tag in LEAVES or not any(child.tag in BLOCKS for child in element):
            if element.tag not in ("svg", "pre", "nav") and isinstance(element.tag, str):
                self._line(element, style, floating or self.place)
        else:
            if "float" in classes:
                caption = element.find("div[@class='caption']")
                label = caption.find(".//span[@class='numbering']") if caption is not None else None
                floating = text_of(label) if label is not None else floating
            styles = {"caption": "caption", "notes": "table note", "authors": "author", "affiliation": "author"}
            own = next((styles[name] for name in classes if name in styles), style)
            for child in element:
                if isinstance(child.tag, str):
                    self.read(child, floating, own)

    def _heading(self, element: Element) -> None:
        title, level = text_of(element), int(element.tag[1]) - 1
        if level:
            self.section, self.below = (title, "") if level == 1 else (self.section, title)
        self._line(element, f"heading {level}" if level else "title", self.place)

    def _table(self, table: Element, floating: str) -> None:
        full = [cell for cell in table.iter("th", "td") if text_of(cell)]
        for number, cell in enumerate(full):
            self._line(cell, "table", floating or self.place, (self.tables, number))
        self.tables += 1


def read_lines(article: Element) -> Reading:
    """The lines of an article in reading order."""
    reading = Reading()
    reading.read(article)
    return reading


def _is_linked(piece: Piece) -> bool:
    """Whether the words of a piece are those of a link already."""
    holder = piece.element.getparent() if piece.is_tail else piece.element
    return any(one.tag == "a" for one in (holder, *holder.iterancestors()))


def _words(piece: Piece) -> tuple[int, int]:
    """Where the words of a piece begin and end."""
    start = len(piece.text) - len(piece.text.lstrip())
    return start, start + len(piece.text.strip())


def _placed(reading: Reading, numbers: Sequence[Number]) -> Iterator[tuple[Piece, int, int, int]]:
    """(piece, start and end in it, number's place among `numbers`) for each number that is a door.

    All numbers of a study's cell lead to the same: its words are one door, which is large enough to be hit.
    """
    whole: set[tuple[int, bool]] = set()
    for index, number in enumerate(numbers):
        line, start, end = number.span
        # What names a table of the supplement leads there.
        named = bool(number.values) and all(name.startswith(OF_SUPPLEMENT) for name in number.values)
        if number.source in CLOSED or named or start == end:
            continue
        inside = (one for one in reading.pieces[line] if one.start <= start and end <= one.start + len(one.text))
        piece = next(inside, None)
        if piece is None or _is_linked(piece):
            continue
        if number.source != "table":
            signed = start > piece.start and SIGN.search(reading.lines[line].text[:start])
            yield piece, start - piece.start - bool(signed), end - piece.start, index
        elif (place := (id(piece.element), piece.is_tail)) not in whole:
            whole.add(place)
            yield piece, *_words(piece), index


def look_of(number: Number, ledger: Ledger) -> str:
    """The class of a number: its source, of a value that its author wrote in the settings `settings`, of one in a text
    that the workflow writes `written`.
    """
    if number.source != "value":
        return number.source
    entries = [ledger[name] for name in number.values if name in ledger]
    if all(entry.kind == "text" and not entry.files for entry in entries) and not number.files:
        return "written"
    return "settings" if entries and all(entry.files == (SETTINGS,) for entry in entries) else number.source


def door_of(text: str, index: int, look: str) -> Element:
    """The link of the number at a place among those of the page, counted from 0."""
    door = etree.Element("a", {"href": f"#n{index + 1}", "id": f"n{index + 1}", "class": f"n {look}"})
    door.text = text
    return door


def _hang(piece: Piece, doors: Sequence[tuple[int, int, Element]]) -> None:
    """Puts doors into the text of a piece."""
    first, at, last = piece.text[: doors[0][0]], 0, None
    parent = piece.element.getparent() if piece.is_tail else piece.element
    at = parent.index(piece.element) + 1 if piece.is_tail else 0
    for number, (_, end, door) in enumerate(doors):
        following = doors[number + 1][0] if number + 1 < len(doors) else len(piece.text)
        door.tail = piece.text[end:following]
        parent.insert(at + number, door)
        last = door
    assert last is not None
    if piece.is_tail:
        piece.element.tail = first
    else:
        piece.element.text = first


def _study_door(name: str, attributes: Mapping[str, str]) -> Element:
    """The link of a name of a study or an answer; a name of many words may break."""
    door = etree.Element("a", {"class": "n study long" if len(name) > ONE_LINE else "n study", **attributes})
    door.text = name
    return door


def _study_routes(
    reading: Reading, background: Background, appraisals: Collection[str], studies: Collection[str]
) -> Iterator[tuple[Piece, str]]:
    """(words of a cell, the address of what is behind it) for the names of studies and the answers of appraisals."""
    cells = cells_by_place(reading.lines, background.grids)
    for line, pieces in zip(reading.lines, reading.pieces, strict=True):
        cell = cells.get(line.cell) if line.cell else None
        table = background.tables.get(cell.table) if cell else None
        if cell is None or table is None or not pieces:
            continue
        row = cell.row - (len(background.grids[cell.table]) - len(table.studies))
        column = table.columns[cell.column][0]
        item = column if cell.table in appraisals and ITEM.match(column) else ""
        if row >= 0 and (item or cell.column == 0) and table.studies[row] in studies:
            yield pieces[0], study_route(table.studies[row], item)


def open_studies(
    article: Element, background: Background, appraisals: Collection[str], studies: Collection[str]
) -> None:
    """Makes the name of each study in a table that the build made a link to what is behind it, and each answer in a
    table of appraisals (`tbl:appraisal`) a link to its item, in place. Rows of anything but `studies` stay.
    """
    for piece, route in list(_study_routes(read_lines(article), background, appraisals, studies)):
        start, end = _words(piece)
        if start < end and not _is_linked(piece):
            door = _study_door(piece.text[start:end], {"href": route})
            _hang(piece, [(start, end, door)])


def open_cell(cell: Element, attributes: Mapping[str, str]) -> Element:
    """Makes the words with which a cell begins a link with these attributes, in place; returns it, if there are any."""
    piece = Piece(0, cell.text or "", cell, is_tail=False)
    start, end = _words(piece)
    if start == end:
        return None
    door = _study_door(piece.text[start:end], attributes)
    _hang(piece, [(start, end, door)])
    return door


def lead_to_supplement(article: Element, section: Element, words: Mapping[str, Collection[str]]) -> None:
    """Makes each number of a table or figure of the supplement (`Table S1`, `Tables S2–S4`) a link to it, in place.

    `words` are those that name a kind, before or after the number: kind (`tbl`) -> Table, Tables.
    """
    anchors = {element.get("id") for element in section.xpath(".//div[@id]")}
    for kind, names in words.items():
        named = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
        called = re.compile(rf"\b(?:{named})\s{SUPPLEMENTARY}|{SUPPLEMENTARY}\s(?:{named})\b")
        for piece in (one for pieces in read_lines(article).pieces for one in pieces):
            links: list[tuple[int, int, Element]] = []
            for match in () if _is_linked(piece) else called.finditer(piece.text):
                for number in re.finditer(r"\bS(\d+)", piece.text[: match.end()]):
                    anchor = f"{BEFORE}{kind}-{number[1]}"
                    if number.start() >= match.start() and anchor in anchors:
                        link = etree.Element("a", {"href": f"#{anchor}", "class": "reference"})
                        link.text = number[0]
                        links.append((*number.span(), link))
            if links:
                _hang(piece, links)


def open_doors(article: Element, background: Background) -> list[Number]:
    """Makes every number of an article that has something behind it a link, in place; returns all its numbers.

    The link of the number at the place `i` of the result, counted from 1, is `#ni`.
    """
    reading = read_lines(article)
    numbers = numbers_of(reading.lines, background)
    by_piece: dict[tuple[int, bool], tuple[Piece, list[tuple[int, int, Element]]]] = {}
    for piece, start, end, index in _placed(reading, numbers):
        _, doors = by_piece.setdefault((id(piece.element), piece.is_tail), (piece, []))
        words = piece.text[start:end]
        doors.append((start, end, door_of(words, index, look_of(numbers[index], background.matter.ledger))))
        number = numbers[index]
        if number.source == "table":
            numbers[index] = replace(number, text=words, before="", after="")
        elif words.endswith(number.text):
            sign = words.removesuffix(number.text)
            numbers[index] = replace(number, text=words, before=number.before.removesuffix(sign))
    for piece, doors in by_piece.values():
        _hang(piece, sorted(doors, key=lambda door: door[0]))
    return numbers
