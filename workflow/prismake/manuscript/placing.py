"""What authors place in a text: tables, figures with their captions, notes and pages, and the list of abbreviations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prismake.common.blocks import figure_block, table_block
from prismake.common.errors import nearest
from prismake.manuscript.filters import Ready, escape
from prismake.manuscript.marks import value_mark
from prismake.manuscript.model import Value
from prismake.manuscript.tracing import PLACE, PLACED, Line, Tracer

PREFIXES = {"table": "tbl:", "figure": "fig:"}


class Blocks:
    """What authors place with `{{ table("id") }}`, `{{ figure("id") }}` and `{{ abbreviations() }}`."""

    def __init__(
        self,
        tables: Mapping[str, Any],
        figures: Mapping[str, Any],
        plots: Iterable[str] = (),
        supplementary: Iterable[str] = (),
    ) -> None:
        """`tables` by their ids as results/tables has them, `figures` by their names with file and alternative text.

        A figure may have `notes` after its caption, and `further` pages, each with a file. `plots` are the names of
        further figures that the build would draw if the text named them, `supplementary` of tables that stand in the
        supplement.
        """
        self.tables, self.figures = tables, figures
        self._supplementary = frozenset(supplementary)
        self._plots = frozenset(plots)
        self.placed: list[str] = []

    def _place(self, kind: str, name: str, valid: Mapping[str, Any]) -> Ready:
        if kind == "figure" and name in self._plots and name not in valid:
            message = f"the plot '{name}' is not drawn, as no section has its name in one piece"
            raise LookupError(f'{message}: write {{{{ figure("{name}") }}}}')
        if kind == "table" and name in self._supplementary:
            message = f"the table '{name}' stands in the supplement"
            raise LookupError(f"{message}: refer to it with {{{{ supplement.tables.{name.replace('-', '_')} }}}}")
        if name not in valid:
            names = {*valid, *(self._plots if kind == "figure" else ())}
            raise LookupError(f"there is no {kind} '{name}': {nearest(name, sorted(names))}")
        identifier = f"{PREFIXES[kind]}{name}"
        if identifier in self.placed:
            raise ValueError(f"the {kind} '{name}' is placed twice")
        self.placed.append(identifier)
        return Ready(PLACE.format(kind=kind, name=name))

    def pages(self) -> dict[str, list[str]]:
        """The identifier of each placed figure of several pages -> those of its further pages, figures of their own."""
        figures = {f"{PREFIXES['figure']}{name}": figure for name, figure in self.figures.items()}
        return {
            placed: [page_of(placed, place) for place, _ in enumerate(figures[placed]["further"], 2)]
            for placed in self.placed
            if placed in figures and figures[placed].get("further")
        }

    def functions(self) -> dict[str, Callable[..., Ready]]:
        """What a template may call."""
        return {
            "table": lambda name: self._place("table", name, self.tables),
            "figure": lambda name: self._place("figure", name, self.figures),
            "abbreviations": lambda: Ready(PLACE.format(kind="abbreviations", name="")),
        }


@dataclass(frozen=True)
class Placing:
    """What the blocks that authors place are made of: tables, figures with captions, the abbreviations in use.

    A figure has one caption for each of its pages, without and with marks.
    """

    blocks: Blocks
    captions: Mapping[str, Sequence[tuple[str, str]]]
    abbreviations: Sequence[tuple[str, str]]

    def block(self, kind: str, name: str) -> tuple[str, str]:
        """The Markdown of a placed block, without and with marks."""
        if kind == "table":
            text = table_block(self.blocks.tables[name])
            return text, text
        if kind == "figure":
            plain, marked = (self._figure(name, part) for part in (0, 1))
            return plain, marked
        listed = "; ".join(f"{escape(short)}, {escape(full)}" for short, full in self.abbreviations)
        text = f"{listed}." if listed else "None."
        return text, text

    def _figure(self, name: str, part: int) -> str:
        """The blocks of a figure's pages; `part` of its captions: 0 without, 1 with marks."""
        figure = self.blocks.figures[name]
        # What one lacks is a fault of its entry in the metadata, found after all is composed.
        captions = self.captions.get(name) or [(name, name)]
        pages = [figure, *figure.get("further", ())]
        blocks = [
            figure_block(
                page_of(name, place),
                captions[min(place, len(captions)) - 1][part] or name,
                page["file"],
                page.get("alt") or f"({name})",
            )
            for place, page in enumerate(pages, 1)
        ]
        return "\n\n".join(blocks)

    def expanded(self, lines: Sequence[Line]) -> Iterator[Line]:
        """The lines with every placed block in its place; all lines of a block come from the line that places it."""
        for line in lines:
            if not PLACED.search(line.text):
                yield line
                continue
            plain = PLACED.sub(lambda match: self.block(match["kind"], match["name"])[0], line.text)
            marked = PLACED.sub(lambda match: self.block(match["kind"], match["name"])[1], line.marked)
            for text, with_marks in zip(plain.split("\n"), marked.split("\n"), strict=True):
                yield Line(text, with_marks, line.place, line.source)


def page_of(name: str, page: int) -> str:
    """What the page of a figure is called: the first as the figure."""
    return name if page == 1 else f"{name}-{page}"


@dataclass
class Noted:
    """Adds to the captions of figures what the build says of them: the page, and notes. To readers these are values."""

    blocks: Blocks
    tracer: Tracer
    file: str
    keys: Mapping[str, int]
    _numbers: dict[str, int] = field(default_factory=dict)

    def captions(self, name: str, plain: str, marked: str) -> list[tuple[str, str]]:
        """The caption of each page of a figure, without and with marks."""
        figure = self.blocks.figures.get(name, {})
        pages, notes = 1 + len(figure.get("further", ())), figure.get("notes", ())
        made = []
        for page in range(1, pages + 1):
            words = " ".join([*([f"Part {page} of {pages}."] if pages > 1 else []), *(notes if page == 1 else ())])
            end = "" if plain[-1:] in (".", "?", "!") else "."
            if words and plain:
                mark = value_mark(self._number(page_of(name, page), words), words)
                made.append((f"{plain}{end} {words}", f"{marked}{end} {mark}"))
            else:
                made.append((plain, marked))
        return made

    def _number(self, name: str, words: str) -> int:
        if name not in self._numbers:
            self._numbers[name] = len(self.tracer.values)
            line = self.keys.get(f"figures.{name}.caption", 1)
            self.tracer.values.append(Value(f'figure("{name}")', words, self.file, line))
        return self._numbers[name]
