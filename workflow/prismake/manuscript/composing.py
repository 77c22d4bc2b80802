"""The manuscript's Markdown from its sections and metadata: values filled in, tables, figures and lists put in place.

Two texts are composed side by side, line by line: the one that people read, and the same with marks, from which the
tree learns what is a value and where each line comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from prismake.figures.own import alternative_of, caption_of
from prismake.manuscript.marks import mark_lines, without_marks
from prismake.manuscript.model import Value
from prismake.manuscript.parsing import Place, Source
from prismake.manuscript.placing import Blocks, Noted, Placing
from prismake.manuscript.tracing import Line, Text, Tracer

TRAILER = ["", "# References {#references .unnumbered}", "", "::: {#refs}", ":::", ""]
# Texts of the metadata that print as paragraphs: those of the head, and captions.
PRINTED = re.compile(r"title|short-title|abstract(\..*)?|figures\.[^.]+\.(caption|panels\[\d+\])")


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
    noted = Noted(blocks, tracer, parts.file, keys)
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
