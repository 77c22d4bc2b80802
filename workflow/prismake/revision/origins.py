"""Where in the sources each letter of the built document comes from."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from prismake.common.errors import stop
from prismake.revision.letters import PARAGRAPH_MARK, Story

CITED = re.compile(r"(?<![\w@\\])@(?P<key>[A-Za-z0-9_](?:[\w:.+/-]*\w)?)")
BRACKET = re.compile(r"\[[^\[\]]*(?<![\w\\])@\w[^\[\]]*\](?!\()")
CROSS = ("fig:", "tbl:", "sec:")
ENTITY = re.compile(r"&#?\w+;")
TARGET = re.compile(r"\]\([^()\s]*\)")
ATTRIBUTES = re.compile(r"\s*\{[^{}]*\}\s*$")
HEADING = re.compile(r"#{1,6}\s+")
ITEM = re.compile(r"\s*(?:[-+*]|\(?\d+[.)])\s+")
QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "\v": " ", "\t": " "})
RUNS = {"---": "—", "--": "–", "...": "…"}
OPTIONAL = frozenset("*_^~`[]<>")
SUPERSCRIPT_NUMBERS = re.compile(r"[\d,–\- ]+")
# How citations print that are no superscript numbers, and what a cross-reference prints around its field.
PRINTED = {
    "citation": r"(\s?(?:[^\[\]()]{1,80}?\s)??(?:\[[^\[\]]+\]|\((?:[^()]|\([^()]*\))*\)))",
    "reference": r"([\w–, ]{0,24}?)",
}
# How much alike a block of the sources and a paragraph must be where they are not equal.
LIKE = 60
# Letters of a text that stands only once.
UNMISTAKABLE = 12
DIVISION = re.compile(r"\{#(?P<id>tbl:[\w:.-]+)")


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

    `atoms` are its citations and cross-references, each with the letter of `text` that it stands before.
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
        """What is compared: letters and digits alone."""
        return key_of(self.text)


def key_of(text: str) -> str:
    """Letters and digits of a text in lower case."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def read_map(path: Path) -> tuple[dict[str, Unit], str]:
    """The units of a source map by name, and the path of the metadata. Raises BuildStop where it is not there."""
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
        raise stop("no-map", "is no source map of a build", where=str(path), fix="build the review anew") from None


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
    """The paragraphs, headings and items of a unit, in order; what stands for a table or figure is a block too."""
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
        said = "".join(sign.text for sign in line)
        mark = HEADING.match(said) or ITEM.match(said)
        if not said.strip() or said.startswith(":::") or mark:
            finish()
        if not said.strip() or said.startswith(":::"):
            continue
        if mark:
            prefix = mark[0]
        elif waiting:
            # The indent of a further line is not printed.
            line = line[len(said) - len(said.lstrip()) :]
        waiting += line
        if prefix.startswith("#"):
            finish()
    finish()
    return blocks


@dataclass
class Sources:
    """The built document letter by letter, with the source of each and the block of each paragraph."""

    units: dict[str, Unit]
    story: Story
    origins: list[Origin | None]
    blocks: dict[int, Block]
    spans: list[tuple[int, int]]

    def __post_init__(self) -> None:
        self.sizes = Counter(
            (origin.unit, origin.start, origin.kind) for origin in self.origins if origin and origin.start >= 0
        )


def paragraph_spans(story: Story) -> list[tuple[int, int]]:
    """First letter of each paragraph, and its mark."""
    spans, start = [], 0
    for at, letter in enumerate(story.letters):
        if letter.text == PARAGRAPH_MARK:
            spans.append((start, at))
            start = at + 1
    return spans


def _pairs(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """Which of two lists of keys belong together, in order: equal ones, then in the gaps those most alike."""
    found = []
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            found += list(zip(range(a, b), range(c, d), strict=True))
            continue
        at = c
        for index in range(a, b):
            scores = [(fuzz.ratio(left[index], right[other]), -other) for other in range(at, d)]
            best = max(scores, default=(0, 0))
            if best[0] >= LIKE:
                found.append((index, -best[1]))
                at = -best[1] + 1
    return found


def _align(block: Block, sources: Sources, first: int, last: int) -> None:
    """Gives the letters of one paragraph their origins, from the block that it was made of."""
    letters = sources.story.letters
    groups: list[list[int]] = []
    crossing: list[list[int]] = []
    plain: list[int] = []
    for at in range(first, last):
        letter = letters[at]
        if "super" in letter.looks or "ZOTERO_ITEM" in letter.instruction:
            if groups and groups[-1][-1] == at - 1 and letters[at - 1].instruction == letter.instruction:
                groups[-1].append(at)
            else:
                groups.append([at])
        elif letter.instruction.startswith("REF "):
            if crossing and crossing[-1][-1] == at - 1 and letters[at - 1].instruction == letter.instruction:
                crossing[-1].append(at)
            else:
                crossing.append([at])
        else:
            plain.append(at)
    numbers = [
        group
        for group in groups
        if SUPERSCRIPT_NUMBERS.fullmatch("".join(letters[at].text for at in group))
        or "ZOTERO_ITEM" in letters[group[0]].instruction
    ]
    plain = sorted(plain + [at for group in groups if group not in numbers for at in group])
    for kind, found in (("citation", numbers), ("reference", crossing)):
        atoms = [atom for _, atom in block.atoms if atom.kind == kind]
        # Where numbers and citations do not go by pairs, what is known is that this is one of them.
        same = len(atoms) == len(found)
        names = "; ".join(atom.name for atom in atoms)
        for index, group in enumerate(found):
            for at in group:
                sources.origins[at] = atoms[index] if same else Origin(kind, name=names)
    there = "".join(letters[at].text for at in plain).translate(QUOTES)
    if not numbers and (printed := _with_citations(block).fullmatch(there)):
        _place_citations(block, sources, plain, printed)
        return
    for old, new in _equal(block.text.translate(QUOTES), there):
        sources.origins[plain[new]] = block.origins[old]


def _with_citations(block: Block) -> re.Pattern[str]:
    """What a block prints where citations are not superscript numbers: its own words in groups, citations between."""
    letters = [
        re.escape(letter) + ("?" if letter in OPTIONAL and origin and origin.end - origin.start == 1 else "")
        for letter, origin in zip(block.text.translate(QUOTES), block.origins, strict=True)
    ]
    pieces, at = [], 0
    for place, atom in block.atoms:
        pieces += [f"({''.join(letters[at:place])})", PRINTED[atom.kind]]
        at = place
    return re.compile("".join([*pieces, f"({''.join(letters[at:])})"]), re.DOTALL)


def _place_citations(block: Block, sources: Sources, plain: Sequence[int], found: re.Match[str]) -> None:
    text = block.text.translate(QUOTES)
    edges = [0, *(place for place, _ in block.atoms), len(text)]
    for group in range(1, found.re.groups + 1):
        first, last = found.span(group)
        if group % 2 == 0:
            for letter in range(first, last):
                sources.origins[plain[letter]] = block.atoms[group // 2 - 1][1]
            continue
        start, end = edges[group // 2], edges[group // 2 + 1]
        for old, new in _equal(text[start:end], found[group]):
            sources.origins[plain[first + new]] = block.origins[start + old]


def _equal(expected: str, printed: str) -> Iterator[tuple[int, int]]:
    """The letters of two texts that are the same letter; signs of emphasis are only in the first."""
    for code in Levenshtein.opcodes(expected, printed):
        if code.tag == "equal":
            yield from zip(range(code.src_start, code.src_end), range(code.dest_start, code.dest_end), strict=True)


def _tables(sources: Sources) -> list[str]:
    """The names of the tables in the order in which they stand."""
    names = []
    for unit in sources.units.values():
        for piece in unit.pieces:
            if piece.get("place", "").startswith("tbl:"):
                names.append(piece["place"])
            else:
                names += [found["id"] for found in DIVISION.finditer(piece["text"])]
    return names


def trace(story: Story, units: dict[str, Unit], bibliography: str) -> Sources:
    """The origin of every letter of the built document."""
    spans = paragraph_spans(story)
    sources = Sources(units, story, [None] * len(story.letters), {}, spans)
    tables = _tables(sources)
    seen = -1
    free = []
    for number, (paragraph, (first, last)) in enumerate(zip(story.paragraphs, spans, strict=True)):
        origin = None
        if paragraph.cell:
            seen = paragraph.cell[0]
            origin = Origin("table", name=tables[seen] if seen < len(tables) else "")
        elif paragraph.style == "TableCaption":
            origin = Origin("table", name=tables[seen + 1] if seen + 1 < len(tables) else "")
        elif paragraph.style == "TableNote":
            origin = Origin("table", name=tables[seen] if 0 <= seen < len(tables) else "")
        elif paragraph.style == "Bibliography":
            origin = Origin("bibliography", name=bibliography)
        elif paragraph.style in ("Author", "Affiliation", "TitlePage"):
            origin = Origin("title-page")
        if origin:
            sources.origins[first:last] = [origin] * (last - first)
        if not paragraph.cell and paragraph.style not in ("TableCaption", "TableNote", "Bibliography"):
            free.append(number)
    blocks = [block for unit in units.values() if not unit.path for block in blocks_of(unit)]
    keys = [key_of("".join(letter.text for letter in story.letters[spans[n][0] : spans[n][1]])) for n in free]
    taken = set()
    for unit in units.values():
        if unit.path:
            taken |= _metadata(unit, sources, free, keys)
    rest = [index for index in range(len(free)) if free[index] not in taken]
    bare = [_bare(sources, free[index]) for index in rest]
    pairs = _pairs([block.key for block in blocks], bare)
    # A journal may want sections in another order: what is left belongs together where it is the same.
    left = {bare[index]: index for index in range(len(bare)) if index not in {other for _, other in pairs}}
    paired = {block for block, _ in pairs}
    for block, about in enumerate(blocks):
        if block not in paired and len(about.key) >= UNMISTAKABLE and about.key in left:
            pairs.append((block, left.pop(about.key)))
    for block, index in pairs:
        number = free[rest[index]]
        sources.blocks[number] = blocks[block]
        _align(blocks[block], sources, *spans[number])
    sources.__post_init__()
    return sources


def _bare(sources: Sources, number: int) -> str:
    """The key of a paragraph without superscripts and cross-references."""
    first, last = sources.spans[number]
    letters = sources.story.letters[first:last]
    return key_of(
        "".join(
            letter.text
            for letter in letters
            if "super" not in letter.looks and not letter.instruction.startswith(("REF ", "ADDIN"))
        )
    )


def _metadata(unit: Unit, sources: Sources, free: list[int], keys: list[str]) -> set[int]:
    """Finds the paragraphs that print a text of the metadata, which a label may precede; their numbers."""
    found = set()
    styles = {"title": "Title", "abstract": "Abstract", "keywords": "Keywords", "figures": "ImageCaption"}
    style = styles.get(re.split(r"[.\[]", unit.path)[0])
    for block in blocks_of(unit):
        if len(block.key) < 3:
            continue
        for number, key in zip(free, keys, strict=True):
            named = sources.story.paragraphs[number].style
            listed = style == "Keywords"
            fits = block.key in key if listed or style == "ImageCaption" else key.endswith(block.key)
            if number in sources.blocks and not listed:
                continue
            if fits and named == (style or "TitlePage"):
                first, last = sources.spans[number]
                if listed or style in (None, "ImageCaption"):
                    text = "".join(letter.text for letter in sources.story.letters[first:last]).translate(QUOTES)
                    at = text.rfind(block.text.translate(QUOTES))
                    if at < 0:
                        continue
                    for offset, origin in enumerate(block.origins):
                        sources.origins[first + at + offset] = origin
                else:
                    _align(block, sources, first, last)
                    sources.blocks[number] = block
                found.add(number)
                break
    return found
