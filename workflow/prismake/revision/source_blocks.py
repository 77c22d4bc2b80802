"""Texts of the sources, letter by letter, divided into the blocks that print as paragraphs."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prismake.common.errors import stop

CITED = re.compile(r"(?<![\w@\\])@(?P<key>[A-Za-z0-9_](?:[\w:.+/-]*\w)?)")

BRACKET = re.compile(r"\[[^\[\]]*(?<![\w\\])@\w[^\[\]]*\](?!\()")

CROSS = ("fig:", "tbl:", "sec:")

ENTITY = re.compile(r"&#?\w+;")

TARGET = re.compile(r"\]\([^()\s]*\)")

ATTRIBUTES = re.compile(r"\s*\{[^{}]*\}\s*$")

HEADING = re.compile(r"#{1,6}\s+")

ITEM = re.compile(r"\s*(?:[-+*]|\(?\d+[.)])\s+")

RUNS = {"---": "—", "--": "–", "...": "…"}


@dataclass(frozen=True)
class Origin:
    """The source of a letter.

    `kind`: text (the author's words), value, citation, reference (a cross-reference), or what is composed elsewhere:
    table, bibliography, label, title-page. `unit` is a section's path or a text of the metadata, `start` and `end`
    the place in its source, `name` the expression, key or table.
    """

    kind: str
    unit: str = ""
    start: int = -1
    end: int = -1
    name: str = ""


@dataclass
class Unit:
    """A text of the sources: a whole section, or one text of the metadata with its key."""

    name: str
    file: str
    source: str
    path: str = ""
    pieces: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Block:
    """A paragraph, heading or item of the sources as it should print; `start` and `end` span its source.

    `atoms` are its citations and cross-references, each with the letter of `text` that follows it.
    """

    unit: str
    start: int
    end: int
    text: str
    origins: list[Origin | None]
    atoms: list[tuple[int, Origin]]
    prefix: str = ""

    @property
    def key(self) -> str:
        """The text for comparison: letters and digits only."""
        return key_of(self.text)


def key_of(text: str) -> str:
    """Letters and digits of a text in lower case."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def read_map(path: Path) -> tuple[dict[str, Unit], str]:
    """The units of a source map by name, and the path of the metadata. Raises BuildStop if it does not exist."""
    if not path.is_file():
        raise stop(
            "no-map", "there is no manuscript.json of the build", where=str(path), fix="build the review: snakemake"
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))["texts"]
        units = {
            part["file"]: Unit(part["file"], part["file"], part["source"], "", part["pieces"])
            for part in content["sections"]
        }
        about = content["metadata"]
        for text in about["texts"]:
            name = f"{about['file']}, {text['path']}"
            units[name] = Unit(name, about["file"], text["source"], text["path"], text["pieces"])
        units[about["file"]] = Unit(about["file"], about["file"], about["source"])
        return units, about["file"]
    except (ValueError, KeyError, TypeError):
        raise stop(
            "no-map", "is not the manuscript.json of a build", where=str(path), fix="build the review again"
        ) from None


@dataclass(frozen=True)
class _Sign:
    text: str
    origin: Origin | None


def _signs(unit: Unit) -> list[_Sign]:
    signs: list[_Sign] = []
    for piece in unit.pieces:
        start = piece.get("start", -1)
        if "place" in piece:
            signs.append(_Sign("\ue000", Origin("place", unit.name, start, piece["end"], piece["place"])))
        elif "value" in piece:
            origin = Origin("value", unit.name, start, piece["end"], piece["value"])
            signs += [_Sign(letter, origin) for letter in piece["text"]]
        elif start >= 0:
            signs += [
                _Sign(letter, Origin("text", unit.name, start + at, start + at + 1))
                for at, letter in enumerate(piece["text"])
            ]
        else:
            signs += [_Sign(letter, None) for letter in piece["text"]]
    return signs


def _span(signs: Sequence[_Sign]) -> tuple[int, int]:
    places = [sign.origin for sign in signs if sign.origin and sign.origin.start >= 0]
    return min((place.start for place in places), default=-1), max((place.end for place in places), default=-1)


def _inline(unit: str, signs: Sequence[_Sign]) -> tuple[str, list[Origin | None], list[tuple[int, Origin]]]:
    """A block's text as it prints, without its citations and cross-references, which are its atoms."""
    source = "".join(sign.text for sign in signs)
    text: list[str] = []
    origins: list[Origin | None] = []
    atoms: list[tuple[int, Origin]] = []

    def put(letter: str, first: int, last: int) -> None:
        origin = signs[first].origin
        if origin and origin.kind == "text" and last > first + 1:
            ends = signs[last - 1].origin
            origin = Origin("text", unit, origin.start, ends.end) if ends else None
        text.append(letter)
        origins.append(origin)

    at = 0
    while at < len(source):
        letter = source[at]
        if letter == "\\" and at + 1 < len(source):
            put("\u00a0" if source[at + 1] == " " else source[at + 1], at, at + 2)
            at += 2
        elif (letter == "[" and (found := BRACKET.match(source, at))) or (
            letter == "@" and (found := CITED.match(source, at))
        ):
            keys = [key["key"] for key in CITED.finditer(found[0])]
            start, end = _span(signs[at : found.end()])
            behind = text and text[-1] == " "
            if behind and origins[-1] and origins[-1].kind == "text" and not keys[0].startswith(CROSS):
                # The blank before a superscript number goes with it.
                start = min(start, origins[-1].start)
                text.pop()
                origins.pop()
            kind = "reference" if keys[0].startswith(CROSS) else "citation"
            atoms.append((len(text), Origin(kind, unit, start, end, "; ".join(keys))))
            at = found.end()
        elif letter == "&" and (found := ENTITY.match(source, at)):
            put(html.unescape(found[0])[:1], at, found.end())
            at = found.end()
        elif letter == "]" and (found := TARGET.match(source, at)):
            at = found.end()
        elif run := next((run for run in RUNS if source.startswith(run, at)), None):
            put(RUNS[run], at, at + len(run))
            at += len(run)
        else:
            put(letter, at, at + 1)
            at += 1
    return "".join(text), origins, atoms


def blocks_of(unit: Unit) -> list[Block]:
    """The paragraphs, headings and items of a unit, in order; the placeholder of a table or figure is a block too."""
    lines: list[list[_Sign]] = [[]]
    for sign in _signs(unit):
        if sign.text == "\n":
            lines[-1].append(sign)
            lines.append([])
        else:
            lines[-1].append(sign)
    blocks: list[Block] = []
    waiting: list[_Sign] = []
    prefix = ""

    def finish() -> None:
        nonlocal prefix
        while waiting and waiting[-1].text.isspace():
            waiting.pop()
        if waiting:
            start, end = _span(waiting)
            body = waiting[len(prefix) :]
            if prefix.startswith("#") and (found := ATTRIBUTES.search("".join(sign.text for sign in body))):
                body = body[: found.start()]
            text, origins, atoms = _inline(unit.name, [_Sign(" ", s.origin) if s.text == "\n" else s for s in body])
            blocks.append(Block(unit.name, start, end, text, origins, atoms, prefix))
        waiting.clear()
        prefix = ""

    for line in lines:
        text_of_line = "".join(sign.text for sign in line)
        mark = HEADING.match(text_of_line) or ITEM.match(text_of_line)
        if not text_of_line.strip() or text_of_line.startswith(":::") or mark:
            finish()
        if not text_of_line.strip() or text_of_line.startswith(":::"):
            continue
        if mark:
            prefix = mark[0]
        elif waiting:
            # The indent of a further line is not printed.
            line = line[len(text_of_line) - len(text_of_line.lstrip()) :]
        waiting += line
        if prefix.startswith("#"):
            finish()
    finish()
    return blocks
