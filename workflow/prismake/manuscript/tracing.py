"""The texts of the sources, their lines with the places that they come from, and the values that they print."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from prismake.manuscript.marks import value_mark, with_amounts, without_marks
from prismake.manuscript.model import Value
from prismake.manuscript.parsing import Place
from prismake.manuscript.source_map import EXPRESSION, MARKED, Piece, pieces_of, unmarked
from prismake.manuscript.templates import Use

PLACE = "\x02{kind}:{name}\x03"
PLACED = re.compile("\x02(?P<kind>table|figure|abbreviations):(?P<name>[^\x03]*)\x03")


@dataclass(frozen=True)
class Text:
    """A text of the sources: as written, with its values, and traced (with the marks of `source_map`).

    `path` is its key in the metadata, empty for a section; `line` the line of its file on which it begins; `uses` are
    the values that it prints, in order.
    """

    file: str
    written: str
    text: str
    traced: str
    path: str = ""
    line: int = 1
    uses: tuple[Use, ...] = ()

    @property
    def name(self) -> str:
        """What the text is called among the sources: the file of a section, the key of a text of the metadata."""
        return self.path or self.file

    @property
    def is_traced(self) -> bool:
        """Whether the marks change nothing but themselves; a filter that looks at letters may see them."""
        return unmarked(self.traced) == self.text

    def pieces(self) -> list[Piece]:
        """The pieces of the text with their places in the source."""
        return pieces_of(self.traced, self.written) if self.is_traced else [{"text": self.text}]


@dataclass(frozen=True)
class Line:
    """A line of the manuscript: without and with marks of values, and where in the sources it comes from.

    `source` is the name of the text (`Text.name`) and which of its rendered lines this is; None for what is added.
    """

    text: str
    marked: str
    place: Place
    source: tuple[str, int] | None = None


@dataclass
class Tracer:
    """Numbers the values and finds the source of each line."""

    values: list[Value] = field(default_factory=list)

    def lines(self, text: Text) -> list[Line]:
        """The lines of a rendered text."""
        if not text.is_traced:
            return [
                Line(line, line, Place(text.file), (text.name, row)) for row, line in enumerate(text.text.split("\n"))
            ]
        starts = [0, *(match.end() for match in re.finditer("\n", text.written))]
        expressions = [(match.start(), " ".join(match[1].split())) for match in EXPRESSION.finditer(text.written)]

        unused = list(text.uses)

        def line_of(offset: int) -> int:
            return text.line - 1 + bisect_right(starts, offset)

        def use_of(expression: str, printed: str) -> Use:
            """The next use of an expression: in a loop each round has its own values."""
            for number, use in enumerate(unused):
                if (use.expression, use.printed) == (expression, printed):
                    return unused.pop(number)
            return Use(text.file, 0, expression, printed)

        result: list[Line] = []
        current = text.line
        for row, line in enumerate(text.traced.split("\n")):
            first: int | None = None
            marked: list[str] = []
            at = 0
            for match in MARKED.finditer(line):
                marked.append(line[at : match.start()])
                at = match.end()
                if match[1] is not None:
                    current = line_of(int(match[1]))
                else:
                    begin, expression = expressions[int(match[2])]
                    current = line_of(begin)
                    marked.append(self._value(use_of(expression, match[3]), Place(text.file, current)))
                first = first or current
            marked.append(line[at:])
            whole = "".join(marked)
            result.append(
                Line(without_marks(whole), with_amounts(whole), Place(text.file, first or current), (text.name, row))
            )
        return result

    def _value(self, use: Use, place: Place) -> str:
        if not use.printed or PLACED.fullmatch(use.printed):
            return use.printed
        self.values.append(Value(use.resolved or use.expression, use.printed, place.file, place.line, use.names))
        return value_mark(len(self.values) - 1, use.printed)
