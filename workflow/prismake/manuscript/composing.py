"""The manuscript's Markdown from its sections and metadata: values filled in, tables, figures and lists put in place.

Two texts are composed side by side, line by line: the one that people read, and the same with marks, from which the
tree learns what is a value and where each line comes from.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from prismake.common.blocks import figure_block, table_block
from prismake.common.errors import nearest
from prismake.figures.own import alternative_of, caption_of
from prismake.manuscript.filters import Ready, escape
from prismake.manuscript.marks import mark_lines, value_mark, with_amounts, without_marks
from prismake.manuscript.model import Value
from prismake.manuscript.parsing import Place, Source
from prismake.manuscript.source_map import EXPRESSION, MARKED, Piece, pieces_of, unmarked
from prismake.manuscript.templates import Use

PLACE = "\x02{kind}:{name}\x03"
PLACED = re.compile("\x02(?P<kind>table|figure|abbreviations):(?P<name>[^\x03]*)\x03")
PREFIXES = {"table": "tbl:", "figure": "fig:"}
TRAILER = ["", "# References {#references .unnumbered}", "", "::: {#refs}", ":::", ""]
# Texts of the metadata that print as paragraphs: those of the head, and captions.
PRINTED = re.compile(r"title|short-title|abstract(\..*)?|figures\.[^.]+\.(caption|panels\[\d+\])")


class Blocks:
    """What authors place with `{{ table("id") }}`, `{{ figure("id") }}` and `{{ abbreviations() }}`."""

    def __init__(self, tables: Mapping[str, Any], figures: Mapping[str, Any], plots: Iterable[str] = ()) -> None:
        """`tables` by their ids as results/tables has them, `figures` by their names with file and alternative text.

        A figure may have `notes` after its caption, and `further` pages, each with a file. `plots` are the names of
        further figures that the build would draw if the text named them.
        """
        self.tables, self.figures = tables, figures
        self._plots = frozenset(plots)
        self.placed: list[str] = []

    def _place(self, kind: str, name: str, valid: Mapping[str, Any]) -> Ready:
        if kind == "figure" and name in self._plots and name not in valid:
            message = f"the plot '{name}' is not drawn, as no section has its name in one piece"
            raise LookupError(f'{message}: write {{{{ figure("{name}") }}}}')
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


def _stripped(lines: Sequence[Line]) -> list[Line]:
    """Lines without the empty ones at either end."""
    there = [number for number, line in enumerate(lines) if line.text.strip()]
    return list(lines[there[0] : there[-1] + 1]) if there else []


def _rows(lines: list[Line]) -> list[Line]:
    """The lines of a text of the metadata: the line feed at the end of a block of YAML begins none."""
    return lines[:-1] if len(lines) > 1 and not lines[-1].text else lines


def abbreviations_used(known: Sequence[Mapping[str, str]], text: str) -> list[tuple[str, str]]:
    """The abbreviations of the review's list that a text uses, sorted as a dictionary sorts them."""
    used = [
        (row["abbreviation"], row["expansion"])
        for row in known
        if re.search(rf"(?<![\w-]){re.escape(row['abbreviation'])}(?:s)?(?![\w])", text)
    ]
    return sorted(used, key=lambda pair: (pair[0].casefold(), pair[0]))


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
class _Noted:
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


def lines_of_keys(text: str) -> dict[str, int]:
    """The line of each text of a YAML file by its key (`title`, `keywords[1]`): where its words begin."""
    lines: dict[str, int] = {}

    def read(node: yaml.Node, path: str) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                read(value, f"{path}.{key.value}".lstrip("."))
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value, start=1):
                read(value, f"{path}[{number}]")
        else:
            # A block begins on the line after its mark.
            lines[path] = node.start_mark.line + (2 if getattr(node, "style", "") in ("|", ">") else 1)

    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if root is not None:
        read(root, "")
    return lines


def texts_in(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of the metadata with its key: `title`, `keywords[1]`, `figures.prisma.caption`."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts_in(item, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from texts_in(item, f"{path}[{number}]")
    elif isinstance(value, str):
        yield path, value


def replaced(value: Any, texts: Mapping[str, str], path: str = "") -> Any:
    """The metadata with other texts, by their keys."""
    if isinstance(value, Mapping):
        return {key: replaced(item, texts, f"{path}.{key}".lstrip(".")) for key, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, texts, f"{path}[{number}]") for number, item in enumerate(value, start=1)]
    return texts.get(path, value)


@dataclass(frozen=True)
class Composed:
    """The manuscript's Markdown, its source with marks for the parser, and its values.

    `lines` has for each text, by its name, the line of the manuscript to which each of its rendered lines came, as
    the nodes of the tree count them; -1 where it came to none.
    """

    head: dict[str, Any]
    body: str
    source: Source
    values: tuple[Value, ...]
    lines: Mapping[str, list[int]]


def markdown(head: Mapping[str, Any], body: str) -> str:
    """A Markdown text with its YAML head."""
    text = yaml.safe_dump(dict(head), allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{text}---\n\n{body}"


def _head_places(text: str, file: str, keys: Mapping[str, int]) -> list[Place]:
    """The places of the lines of a YAML head: that of the key under which each stands."""
    places, line = [], 0
    for row in text.split("\n"):
        key = row.partition(":")[0]
        if key and not row[0].isspace() and row[0] not in "-'\"":
            line = keys.get(key, line)
        places.append(Place(file, line))
    return places


def _line_numbers(lines: Iterable[tuple[int, Line]]) -> dict[str, list[int]]:
    """For each text by its name the number of each of its rendered lines, -1 for one that is not among the lines."""
    numbers: dict[str, list[int]] = {}
    for number, line in lines:
        if line.source:
            name, row = line.source
            rows = numbers.setdefault(name, [])
            if row >= len(rows):
                rows += [-1] * (row - len(rows)) + [number]
    return numbers


@dataclass(frozen=True)
class Parts:
    """The texts that a manuscript is composed of: its sections and, by their keys, the texts of its metadata."""

    name: str
    sections: Sequence[Text]
    file: str
    raw: Mapping[str, Any]
    texts: Mapping[str, Text]

    def front(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """The metadata with these texts; an abstract in parts is a list, as pandoc forgets the order of keys."""
        front: dict[str, Any] = replaced(self.raw, texts)
        if isinstance(front.get("abstract"), Mapping):
            front["abstract"] = [{"name": name, "text": part} for name, part in front["abstract"].items()]
        return front

    def captions(self, front: Mapping[str, Any]) -> dict[str, str]:
        """The captions of the figures that the metadata describes."""
        return {name: caption_of(entry) for name, entry in (front.get("figures") or {}).items()}


def compose(parts: Parts, blocks: Blocks, known: Sequence[Mapping[str, str]], keys: Mapping[str, int]) -> Composed:
    """Puts the parts together. `known` are the review's abbreviations, `keys` the lines of the metadata's keys."""
    tracer = Tracer()
    plain = {path: text.text for path, text in parts.texts.items()}
    front = parts.front(plain)
    captions = parts.captions(front)
    for name, entry in (front.pop("figures", None) or {}).items():
        if name in blocks.figures and "alt" not in blocks.figures[name]:
            blocks.figures[name]["alt"] = alternative_of(entry, parts.raw["figures"][name])
    abstract = "\n\n".join(text for path, text in plain.items() if path.split(".")[0] == "abstract")
    used = abbreviations_used(known, "\n\n".join(part.text for part in parts.sections) + abstract)

    printed = {path: _rows(tracer.lines(text)) for path, text in parts.texts.items() if PRINTED.fullmatch(path)}
    sections = [_stripped(tracer.lines(text)) for text in parts.sections]
    empty = [Line("", "", Place(parts.name))]
    lines = [line for section in sections for line in (*section, *empty)]
    lines += [Line(text, text, Place(parts.name)) for text in TRAILER[1:]]
    noted = _Noted(blocks, tracer, parts.file, keys)
    plain_captions = {name: noted.captions(name, text, text) for name, text in captions.items()}
    unmarked_body = Placing(blocks, plain_captions, used)
    body = "\n".join(line.text for line in unmarked_body.expanded(lines))
    text = markdown(front, body)

    # The texts of the metadata get marks with numbers that follow those of all lines.
    further: list[Line] = []
    count, marked = text.count("\n") + 1, dict(plain)
    for path, rows in printed.items():
        end = plain[path][len(plain[path].rstrip("\n")) :]
        marked[path] = mark_lines("\n".join(row.marked for row in rows), count + len(further)) + end
        further += rows
    marked_front = parts.front(marked)
    with_marks = {
        name: noted.captions(name, text, mark if without_marks(mark) == text else text)
        for (name, text), mark in zip(captions.items(), parts.captions(marked_front).values(), strict=True)
    }
    marked_front.pop("figures", None)
    placed = list(Placing(blocks, with_marks, used).expanded(lines))
    head = text.removesuffix(body)
    first = head.count("\n")
    marked_body = mark_lines("\n".join(line.marked for line in placed), first)
    places = (*_head_places(head, parts.file, keys)[:first], *(line.place for line in placed))
    marked_text, further_places = markdown(marked_front, marked_body), tuple(line.place for line in further)
    numbers = _line_numbers([*enumerate(placed, start=first), *enumerate(further, start=count)])
    source = Source(parts.name, text, marked_text, places, further_places)
    return Composed(front, body, source, tuple(tracer.values), numbers)
