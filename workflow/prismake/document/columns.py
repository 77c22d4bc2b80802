"""The widths of a table's columns, in points.

The longest word of each cell fits, rows wrap as little as can be, and the table fills the width of its page.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from prismake.common.errors import BuildStop, Issue
from prismake.document.parts import SETTINGS, Blocks, Profile, is_div, numbered
from prismake.manuscript import tree
from prismake.manuscript.walking import walk
from prismake.manuscript.words import inlines_of

SUPERSCRIPT = 0.65
# By how much a column grows at a time, and a table shrinks.
STEP = 2
SMALLER = 0.5
BREAKS = re.compile(r"([-/–])")
WHOLE = re.compile(r"(?:[<>=~+\-0-9]*[0-9,]+|−[0-9,]+|[≤≥]+[0-9,]+)")
# Longest words that a message shows, and of how many letters.
SHOWN, LETTERS = 3, 40

Advances = dict[str, float]


@dataclass(frozen=True)
class Measures:
    """How wide letters are, as parts of the font size, and the room of a cell: padding at either side in points."""

    regular: Advances
    bold: Advances
    padding: float

    @property
    def sides(self) -> float:
        """Both paddings, and a little room for the rounding of programs that set the page."""
        return 2 * self.padding + 1

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """The width of a text in points."""
        advances = self.bold if bold else self.regular
        wide = advances["M"]
        total = 0.0
        for letter in text:
            total += advances.get(letter, wide)
        return total * size


@dataclass
class Word:
    """A word of a cell: its width, that of its widest piece where it can be broken, and whether it starts a line."""

    width: float = 0
    piece: float = 0
    text: str = ""
    starts: bool = False


@dataclass
class Column:
    """What a column needs, in points.

    `least`: the widest unbreakable word; `broken`: the widest piece when words break after hyphens; `whole`: no cell
    wraps. Where numbers stand under one another, `before`, `after` and `rest`: the widest part on either side of the
    point, and of all that follows the part before it.
    """

    demand: float
    decimal: bool
    least: float
    broken: float
    whole: float
    cells: list[list[Word]] = field(default_factory=list)
    longest: str = ""
    # The words of the first cell of the row in which the longest word stands.
    beside: str = ""
    before: float = 0
    after: float = 0
    rest: float = 0
    width: float = 0
    # The next width at which the column has fewer lines, and how many fewer for each point that it costs.
    next: float | None = None
    gain: float = 0


class _Words:
    """Reads a cell as words, each measured."""

    def __init__(self, measures: Measures, size: float, *, bold: bool) -> None:
        self._measures, self._size, self._bold = measures, size, bold
        self.words: list[Word] = []
        self._current: Word | None = None
        self._starts = False

    def _finish(self) -> None:
        if self._current:
            self.words.append(self._current)
            self._starts = False
        self._current = None

    def _add(self, text: str, scale: float, strong: bool) -> None:
        bold = self._bold or strong
        word = self._current = self._current or Word(starts=self._starts)
        word.text += text
        word.width += self._measures.width(text, self._size, bold=bold) * scale
        spaced = BREAKS.sub(r"\1 ", text)
        # East Asian text breaks between any two letters.
        pieces = "".join(f" {c} " if 0x2E80 <= ord(c) < 0xFE00 or ord(c) >= 0x20000 else c for c in spaced).split(" ")
        widest = max((self._measures.width(p, self._size, bold=bold) * scale for p in pieces if p), default=0.0)
        word.piece = max(word.piece, widest)

    def _read(self, nodes: Sequence[tree.Inline], scale: float, strong: bool) -> None:
        for node in nodes:
            match node:
                case tree.Space() | tree.SoftBreak() | tree.LineBreak():
                    self._finish()
                    self._starts = self._starts or isinstance(node, tree.LineBreak)
                case tree.Str():
                    self._add(node.text, scale, strong)
                case tree.Code():
                    for index, piece in enumerate(node.text.split()):
                        if index:
                            self._finish()
                        self._add(piece, scale, strong)
                case tree.Superscript() | tree.Subscript():
                    self._read(node.content, scale * SUPERSCRIPT, strong)
                case tree.Image() | tree.Link() | tree.Span() | tree.Cite() | tree.Emph() | tree.Strong():
                    self._read(node.content, scale, strong or isinstance(node, tree.Strong))
                case tree.Underline() | tree.Strikeout() | tree.SmallCaps() | tree.Quoted() | tree.Value():
                    self._read(node.content, scale, strong)
                case _:
                    pass

    def read(self, blocks: Sequence[tree.Block]) -> list[Word]:
        """The words of a cell's blocks."""
        for index, line in enumerate(inlines_of(blocks)):
            self._finish()
            self._starts = self._starts or index > 0
            self._read(line, 1, False)
        self._finish()
        return self.words


def _lines_in(words: Sequence[Word], width: float, space: float) -> int:
    """How many lines words take in a width."""
    count, used = 1, 0.0
    for index, word in enumerate(words):
        if index and (word.starts or used + space + word.width > width):
            count, used = count + 1, word.width
        else:
            used += (space if index else 0) + word.width
    return count


def _number(blocks: Sequence[tree.Block]) -> tuple[str, str] | None:
    """The part of a number before its point, and what follows; None for a cell that is not a number."""
    first = blocks[0] if blocks else None
    word = first.content[0] if isinstance(first, tree.Plain | tree.Para) and first.content else None
    match = WHOLE.match(word.text) if isinstance(word, tree.Str) else None
    if word is None or match is None or not isinstance(word, tree.Str):
        return None
    return match[0], word.text[match.end() :]


def placed_cells(rows: Sequence[tree.Row]) -> Iterator[tuple[int, tree.Cell]]:
    """Every cell of consecutive rows with the column in which it begins, whatever cells above and before it span."""
    taken: dict[int, int] = {}
    for row in rows:
        column = 0
        following = {place: left - 1 for place, left in taken.items() if left > 1}
        for cell in row.cells:
            while taken.get(column, 0):
                column += 1
            yield column, cell
            if cell.rows > 1:
                following |= dict.fromkeys(range(column, column + cell.columns), cell.rows - 1)
            column += cell.columns
        taken = following


@dataclass
class _Table:
    """A table, measured at one size of its text."""

    table: tree.Table
    measures: Measures
    size: float
    columns: list[Column] = field(default_factory=list)

    def __post_init__(self) -> None:
        decimal, sides = self.table.attr.get("decimal"), self.measures.sides
        self.space = self.measures.width(" ", self.size)
        self.columns = [
            Column(width or 1, decimal[index : index + 1] == "d", sides, sides, sides)
            for index, (_, width) in enumerate(self.table.columns)
        ]
        wide: list[tuple[int, tree.Cell, list[Word]]] = []
        first = ""
        for rows, heads in self._parts():
            for index, cell in placed_cells(rows):
                bold = index < heads
                words = _Words(self.measures, self.size, bold=bold).read(cell.content)
                first = first if index else " ".join(word.text for word in words)
                if cell.columns > 1:
                    wide.append((index, cell, words))
                else:
                    self._read(self.columns[index], cell, words, bold, first if index else "")
        for column in self.columns:
            column.least = max(column.least, column.before + column.after + sides)
            column.broken = max(column.broken, column.before + column.after + sides)
            column.whole = max(column.whole, column.before + column.rest + sides)
        for index, cell, words in wide:
            self._spread(self.columns[index : index + cell.columns], words)

    def _parts(self) -> Iterator[tuple[Sequence[tree.Row], int]]:
        """Consecutive rows, and how many of their columns at the left are headers."""
        everywhere = len(self.table.columns)
        yield self.table.head, everywhere
        for body in self.table.bodies:
            yield body.head, everywhere
            yield body.rows, body.head_columns
        yield self.table.foot, 0

    def _widest_line(self, words: Sequence[Word]) -> float:
        line, widest = -self.space, 0.0
        for word in words:
            if word.starts:
                line = -self.space
            line = line + self.space + word.width
            widest = max(widest, line)
        return widest

    def _read(self, column: Column, cell: tree.Cell, words: list[Word], bold: bool, beside: str) -> None:
        sides = self.measures.sides
        for word in words:
            if word.width + sides > column.least:
                column.longest, column.beside = word.text, beside
            column.least = max(column.least, word.width + sides)
            column.broken = max(column.broken, word.piece + sides)
        widest = self._widest_line(words)
        column.whole = max(column.whole, widest + sides)
        column.cells.append(words)
        number = _number(cell.content) if column.decimal and not bold else None
        if number:
            before, after = (self.measures.width(text, self.size) for text in number)
            column.before = max(column.before, before)
            column.after = max(column.after, after)
            column.rest = max(column.rest, widest - before)

    def _spread(self, columns: Sequence[Column], words: Sequence[Word]) -> None:
        """Makes columns wide enough for the longest word of a cell that spans them."""
        for name, needed in (
            ("least", max((word.width for word in words), default=0.0)),
            ("broken", max((word.piece for word in words), default=0.0)),
        ):
            missing = needed + self.measures.sides - sum(getattr(column, name) for column in columns)
            for column in columns if missing > 0 else []:
                setattr(column, name, getattr(column, name) + missing / len(columns))
                column.whole = max(column.whole, getattr(column, name))

    def _height(self, column: Column, width: float) -> int:
        return sum(_lines_in(words, width - self.measures.sides, self.space) for words in column.cells)

    def _look_ahead(self, column: Column) -> None:
        now, width = self._height(column, column.width), column.width
        column.next = None
        while width < column.whole:
            width = min(width + STEP, column.whole)
            lines = self._height(column, width)
            if lines < now:
                column.next, column.gain = width, (now - lines) / (width - column.width)
                return

    def share_out(self, width: float, floor: str) -> None:
        """Starts from the narrowest columns and gives the room that is left to where it saves the most lines; what then
        remains is shared out as the table asks."""
        free = width - self.sum(floor)
        for column in self.columns:
            column.width = getattr(column, floor)
            self._look_ahead(column)
        while True:
            best: Column | None = None
            for column in self.columns:
                fits = column.next is not None and column.next - column.width <= free
                if fits and (best is None or column.gain > best.gain):
                    best = column
            if best is None or best.next is None:
                break
            free = free - (best.next - best.width)
            best.width = best.next
            self._look_ahead(best)
        wanted = self.sum("demand")
        for column in self.columns:
            column.width = column.width + free * column.demand / wanted

    def sum(self, name: str) -> float:
        """The sum of one measure over the columns."""
        total = 0.0
        for column in self.columns:
            total += getattr(column, name)
        return total

    def mark_cells(self) -> None:
        """Marks the headers of rows; tells each number how far from the left it starts, and where its point stands."""
        for body in self.table.bodies:
            for index, cell in placed_cells(body.rows):
                if index < body.head_columns:
                    cell.attr = tree.Attr("", (), (("header", "row"),))
                    continue
                column = self.columns[index]
                number = _number(cell.content) if column.decimal and cell.columns == 1 else None
                if not number:
                    continue
                before = self.measures.width(number[0], self.size)
                room = column.width - 2 * self.measures.padding
                point = max(0.0, (room - column.before - column.rest) / 2) + column.before
                cell.attr = tree.Attr("", (), (("point", f"{point:.2f}"), ("indent", f"{point - before:.2f}")))

    def longest_words(self) -> str:
        """The longest words, for a person: those of the widest columns, with the first cells of their rows."""
        widest = sorted(self.columns, key=lambda column: -column.least)[:SHOWN]
        return ", ".join(
            f"'{_shortened(column.longest)}'" + (f" in the row '{_shortened(column.beside)}'" if column.beside else "")
            for column in widest
        )


def _shortened(words: str) -> str:
    return f"{words[:LETTERS]}{'…' if len(words) > LETTERS else ''}"


def _fitting(table: tree.Table, width: float, measures: Measures, about: Profile) -> tuple[_Table, str]:
    """The measured table and which of its measures fits; a table shrinks as far as the journal lets it."""
    size = float(about["size_pt"])
    smallest = min(float(about.get("min_size_pt") or size), size)
    while True:
        measured = _Table(table, measures, size)
        for floor in ("least", "broken"):
            if measured.sum(floor) <= width:
                return measured, floor
        if size <= smallest:
            return measured, ""
        size = max(size - SMALLER, smallest)


def set_widths(
    blocks: Blocks, profile: Profile, measures: Measures, widths: tuple[float, float], where: Callable[[int], str]
) -> None:
    """Sets the columns of every table. `widths` are those of the text, in points: upright and on a landscape page.

    `where` says where a node stands in the sources. Raises BuildStop with every table that its page cannot hold.
    """
    issues: list[Issue] = []
    for block in blocks:
        if not (isinstance(block, tree.Div) and is_div(block, "float")):
            continue
        width = widths[1] if block.attr.get("wide") == "1" else widths[0]
        name = numbered(profile[SETTINGS[block.attr.get("kind")]], block.attr.get("number"), " ")
        for table in [node for node in walk(block.blocks) if isinstance(node, tree.Table)]:
            measured, floor = _fitting(table, width, measures, profile["tables"])
            if not floor:
                issues.append(_too_wide(measured, width, where(table.at), name))
                continue
            measured.share_out(width, floor)
            table.columns = [
                (align, column.width / width)
                for (align, _), column in zip(table.columns, measured.columns, strict=True)
            ]
            measured.mark_cells()
            small = measured.size < profile["tables"]["size_pt"]
            table.attr = tree.Attr("", (), (("size", f"{measured.size:g}"),) if small else ())
    if issues:
        raise BuildStop(issues)


def _too_wide(measured: _Table, width: float, where: str, name: str) -> Issue:
    needed, there = math.ceil(measured.sum("broken") * 25.4 / 72), math.floor(width * 25.4 / 72)
    message = (
        f"the longest words of its columns need {needed} mm, and the page has {there} mm ({measured.longest_words()})"
    )
    fix = "shorten the longest words, take out a column, or lower tables.min_size_pt in the journal profile"
    return Issue("table-too-wide", message, f"{where}: '{name}'", fix)
