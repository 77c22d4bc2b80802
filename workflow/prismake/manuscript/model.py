"""The manuscript as data: its tree, its values, and the place in the sources of every line, in one file.

`results/manuscript/manuscript.json` holds it. Whoever looks at the text reads it here, and never the Markdown; a
letter or a supplement, which no step resolved, is parsed where it is read.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from prismake.common.errors import BuildStop, Issue, stop
from prismake.common.reading import read_json
from prismake.common.writing import write_text
from prismake.common.yaml_faults import yaml_fault
from prismake.manuscript import tree
from prismake.manuscript.codec import decode, encode
from prismake.manuscript.contents import (
    Counts,
    Float,
    Mention,
    Section,
    contents_of,
    counts_of,
    floats_of,
    mentions_of,
    sections_of,
)
from prismake.manuscript.marks import mark_lines
from prismake.manuscript.parsing import Place, Source, parse
from prismake.manuscript.walking import lists_of, walk
from prismake.manuscript.words import inlines_of, plain_text

HEAD = re.compile(r"---\n(?P<yaml>.*?)\n(?:---|\.\.\.)\n", re.DOTALL)


@dataclass(frozen=True)
class Value:
    """A value in the text: its expression, where that stands, what it printed, and the ledger's values behind it."""

    expression: str
    printed: str
    file: str
    line: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manuscript:
    """A parsed manuscript.

    `head` is its YAML head as data, `document` the tree, whose nodes name a place by its number. `texts` is the map
    that `prismake merge` follows back: for each source its text and the pieces that it is printed in.
    """

    name: str
    head: dict[str, Any]
    document: tree.Document
    places: tuple[Place, ...]
    values: tuple[Value, ...] = ()
    texts: dict[str, Any] = field(default_factory=dict)

    def where(self, at: int, shown: str = "") -> str:
        """`manuscript/03.results.md:7`, or with a name `manuscript/03.results.md:7: 'yu2017'`."""
        place = self.places[at] if 0 <= at < len(self.places) else Place(self.name)
        return f"{place}: '{shown}'" if shown else str(place)

    @cached_property
    def contents(self) -> dict[str, Any]:
        """What the manuscript consists of, as plain data."""
        return contents_of(self.document)

    @cached_property
    def plain_head(self) -> dict[str, Any]:
        """The head with its texts as they print, without markup."""
        meta = self.document.meta
        texts = {key for key, value in self.head.items() if isinstance(value, str | list | dict) and key in meta}
        return {
            key: _plain(meta[key]) if key in texts and key != "word-counts" else value
            for key, value in self.head.items()
        }

    @cached_property
    def sections(self) -> list[Section]:
        """The sections in reading order."""
        return sections_of(self.document.blocks)

    @cached_property
    def floats(self) -> list[Float]:
        """Tables and figures in the order in which they stand."""
        return floats_of(self.document.blocks)

    @cached_property
    def mentions(self) -> list[Mention]:
        """Every key that is cited or referred to, the abstract's first."""
        return mentions_of(self.document)

    @cached_property
    def counts(self) -> Counts:
        """Words, tables and figures."""
        return counts_of(self.document)


def _plain(value: tree.Meta) -> Any:
    match value:
        case tree.MetaInlines():
            return plain_text(value.content)
        case tree.MetaBlocks():
            return "\n\n".join(plain_text(line) for line in inlines_of(value.blocks))
        case list():
            return [_plain(item) for item in value]
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case _:
            return value


def _resolved(item: Mapping[str, Any], places: tuple[Place, ...], name: str) -> dict[str, Any]:
    at = item["at"]
    place = places[at] if 0 <= at < len(places) else Place(name)
    return {**{key: value for key, value in item.items() if key != "at"}, "file": place.file, "line": place.line}


def as_json(manuscript: Manuscript) -> dict[str, Any]:
    """The manuscript as plain data; what `read` takes back is `head`, `values`, `places`, `texts` and `tree`."""
    places, contents = manuscript.places, manuscript.contents
    files = list(dict.fromkeys(place.file for place in places))
    index = {file: number for number, file in enumerate(files)}
    listed = {
        name: [_resolved(item, places, manuscript.name) for item in contents[name]]
        for name in ("sections", "floats", "citations", "notes", "sentences")
    }
    return {
        "name": manuscript.name,
        "head": manuscript.head,
        "counts": contents["counts"],
        **listed,
        "values": [asdict(value) for value in manuscript.values],
        "files": files,
        "places": [[index[place.file], place.line] for place in places],
        "texts": manuscript.texts,
        "tree": encode(manuscript.document, whole=True),
    }


def _lines(content: Mapping[str, Any]) -> Iterable[str]:
    """JSON with an item of each list on a line of its own, so that two builds can be compared line by line."""
    last = len(content) - 1
    for number, (key, value) in enumerate(content.items()):
        end = "," if number < last else ""
        if isinstance(value, list) and value and isinstance(value[0], dict):
            items = (json.dumps(item, ensure_ascii=False) for item in value)
            yield f"{json.dumps(key)}: [\n" + ",\n".join(items) + f"\n]{end}"
        else:
            yield f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}{end}"


def write_manuscript(path: Path, manuscript: Manuscript) -> None:
    """Writes the manuscript's file; the same manuscript gives the same bytes."""
    write_text(path, "{\n" + "\n".join(_lines(as_json(manuscript))) + "\n}\n")


def _read_json(path: Path) -> Manuscript:
    content = read_json(path)
    try:
        places = tuple(Place(content["files"][number], line) for number, line in content["places"])
        values = tuple(Value(**{**value, "names": tuple(value["names"])}) for value in content["values"])
        document = decode(content["tree"])
        return Manuscript(content["name"], content["head"], document, places, values, content["texts"])
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        message = "this is not a manuscript that a build wrote"
        raise stop("damaged", message, where=path.as_posix(), fix="delete it and build again") from None


def head_of(text: str, name: str) -> dict[str, Any]:
    """The YAML head of a Markdown text. Raises BuildStop if there is none, or no title in it."""
    match = HEAD.match(text)
    if not match:
        raise BuildStop(Issue("no-head", "the manuscript has no YAML head", name, "start it with --- and a title"))
    try:
        head = yaml.safe_load(io.StringIO(match["yaml"]))
    except yaml.MarkedYAMLError as fault:
        message, fix, line = yaml_fault(fault)
        # The first line of the text is the --- above the head.
        raise stop("yaml", f"the YAML head: {message}", where=f"{name}:{line + 1}", fix=fix) from None
    except yaml.YAMLError as fault:
        raise stop(
            "yaml", f"the head is not YAML: {fault}", where=name, fix="delete the characters that are not text"
        ) from None
    if not isinstance(head, dict) or not head.get("title"):
        raise BuildStop(Issue("no-title", "the manuscript has no title", name, "add title: to its head"))
    # A date without quotes is one to YAML.
    plain: dict[str, Any] = json.loads(json.dumps(head, default=str))
    return plain


def from_markdown(text: str, name: str) -> Manuscript:
    """A Markdown text that is its own source, parsed. Raises BuildStop for a head or text that cannot be read."""
    head = head_of(text, name)
    match = HEAD.match(text)
    body = match.end() if match else 0
    first = text.count("\n", 0, body)
    places = tuple(Place(name, number) for number in range(1, text.count("\n") + 2))
    document = parse(Source(name, text, text[:body] + mark_lines(text[body:], first), places))
    for number, line in enumerate(text[:body].split("\n")):
        value = document.meta.get(line.partition(":")[0])
        for nodes in lists_of(value):
            for node in walk(nodes):
                node.at = number
    return Manuscript(name, head, document, places)


def read_manuscript(path: Path) -> Manuscript:
    """The manuscript that a step wrote (`.json`), or a Markdown text, parsed here.

    Raises BuildStop for a damaged file, or for a head or text that cannot be read.
    """
    if path.suffix == ".json":
        return _read_json(path)
    return from_markdown(path.read_text(encoding="utf-8"), path.as_posix())
