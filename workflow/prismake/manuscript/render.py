"""The manuscript resolved: values filled in, tables and figures in their places, citations and references checked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue, nearest
from prismake.common.reading import read_text
from prismake.manuscript.source_map import Piece, pieces_of, unmarked
from prismake.manuscript.templates import Prose

CITED = re.compile(r"(?<![\w@\\])@(?P<key>[A-Za-z0-9_](?:[\w:.+/-]*\w)?)")
CROSS = ("fig:", "tbl:", "sec:")
# Figures and tables that the author wrote into the text.
WRITTEN = re.compile(r"(?<!\\)\{#(?P<name>(?:fig|tbl):[\w-]+)")
PLACE = "\x02{kind}:{name}\x03"
PLACED = re.compile("\x02(?P<kind>table|figure|abbreviations):(?P<name>[^\x03]*)\x03")
WORD = re.compile(r"[^\W_]+(?:[-'’.,/–±][^\W_]+)*")
# Addresses of data sets reach a few hundred letters.
LONG_WORD = re.compile(r"\S{1001,}")


@dataclass(frozen=True)
class Section:
    """One file of the manuscript: its path, the text as written and the text with values."""

    file: str
    written: str
    text: str


def abbreviations_used(known: list[dict[str, Any]], text: str) -> list[tuple[str, str]]:
    """The abbreviations of the review's list that a text uses, sorted as a dictionary sorts them."""
    used = [
        (row["abbreviation"], row["expansion"])
        for row in known
        if re.search(rf"(?<![\w-]){re.escape(row['abbreviation'])}(?:s)?(?![\w])", text)
    ]
    return sorted(used, key=lambda pair: (pair[0].casefold(), pair[0]))


def count_words(markdown: str) -> int:
    """Words as a journal counts them: text alone, without tables, captions, citations, headings' marks or addresses."""
    text = re.sub(r"^:::+ .*?^:::+$", " ", markdown, flags=re.DOTALL | re.MULTILINE)
    text = PLACED.sub(" ", text)
    text = re.sub(r"(?<!\\)\[[^\]]*@[^\]]*\]", " ", text)
    # A sign of less and a later one of greater are no markup, nor is what is escaped.
    text = re.sub(r"(?<!\\)\{[^{}]*\}|<!--.*?-->|(?<!\\)<[^<>\s]+>|^#+ ", " ", text, flags=re.DOTALL | re.MULTILINE)
    return len(WORD.findall(text))


def abstract_text(abstract: Any) -> str:
    """The words of an abstract, running or in parts (heading -> text); empty where there is none."""
    return "\n\n".join(abstract.values()) if isinstance(abstract, dict) else abstract or ""


def check_citations(sections: list[Section], keys: set[str], placed: set[str]) -> list[Issue]:
    """Issues of citations and cross-references: unknown keys with the nearest known one, references to nothing."""
    issues = []
    for section in sections:
        told: set[str] = set()
        for match in CITED.finditer(section.text):
            key = match["key"]
            valid = placed if key.startswith(CROSS) else keys
            if key in valid or key in told:
                continue
            told.add(key)
            at = section.written.find("@" + key)
            where = section.written if at >= 0 else section.text
            line = where.count("\n", 0, at if at >= 0 else match.start()) + 1
            what = "cross-reference to nothing" if key.startswith(CROSS) else "unknown citation key"
            issues.append(Issue("citation", f"{what}: '{key}'", f"{section.file}:{line}", nearest(key, sorted(valid))))
    return issues


def check_words(sections: list[Section]) -> list[Issue]:
    """Issues of words so long that no page can hold them: mostly data pasted by mistake."""
    return [
        Issue(
            "long-word",
            f"a word of {len(match[0]):,} letters: '{match[0][:30]}…'",
            f"{section.file}:{section.text.count(chr(10), 0, match.start()) + 1}",
            "break it up or take it out",
        )
        for section in sections
        for match in LONG_WORD.finditer(section.text)
    ]


def check_mentions(sections: list[Section], placed: list[str]) -> list[Issue]:
    """Issues of tables and figures that the text never mentions: a journal asks for each to be called out."""
    mentioned = {match["key"] for section in sections for match in CITED.finditer(section.text)}
    return [
        Issue(
            "not-mentioned",
            f"'{name}' stands in the manuscript but no sentence refers to it",
            _placed_at(name.partition(":")[2], sections),
            f"write [@{name}] where the text speaks of it",
        )
        for name in placed
        if name not in mentioned
    ]


def _placed_at(name: str, sections: list[Section]) -> str:
    """File and line where a table or figure is placed by its name; empty where it is placed by an expression."""
    for section in sections:
        if match := re.search(rf"\(\s*[\"']{re.escape(name)}[\"']\s*\)", section.written):
            line = section.written.count("\n", 0, match.start()) + 1
            return f"{section.file}:{line}"
    return ""


def traced(source: str, rendered: str, prose: Prose, file: str) -> list[Piece]:
    """The pieces of a rendered text, each with its place in the source; none where that cannot be told for sure."""
    with_marks = prose.render(source, file)
    return pieces_of(with_marks, source) if unmarked(with_marks) == rendered else [{"text": rendered}]


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of the metadata with its key: `title`, `keywords[1]`, `figures.prisma.caption`."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from _texts(item, f"{path}[{number}]")
    elif isinstance(value, str):
        yield path, value


def map_of(parts: list[Section], raw: Any, front: Any, metadata: Path, prose: Prose) -> dict[str, Any]:
    """The source map: for each section and text of the metadata its source and the pieces that it is printed in."""
    rendered = dict(_texts(front))
    return {
        "sections": [
            {
                "file": part.file,
                "source": part.written,
                "pieces": traced(part.written, part.text, prose, part.file),
            }
            for part in parts
        ],
        "metadata": {
            "file": metadata.as_posix(),
            "source": read_text(metadata),
            "texts": [
                {"path": path, "source": text, "pieces": traced(text, rendered[path], prose, f"{metadata}, {path}")}
                for path, text in _texts(raw)
            ],
        },
    }
