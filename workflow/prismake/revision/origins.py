"""Where in the sources each letter of the built document comes from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rapidfuzz import fuzz

from prismake.revision.alignment import FOLDED, same_letters
from prismake.revision.cells import cell_name
from prismake.revision.finding import Written
from prismake.revision.letters import PARAGRAPH_MARK, Story
from prismake.revision.source_blocks import Block, Origin, Unit, key_of

SUPERSCRIPT_NUMBERS = re.compile(r"[\d,–\- ]+")
# How citations print that are not superscript numbers, and what a cross-reference prints around its field.
PRINTED = {
    "citation": r"(\s?(?:[^\[\]()]{1,80}?\s)??(?:\[[^\[\]]+\]|\((?:[^()]|\([^()]*\))*\)))",
    "reference": r"([\w–, ]{0,24}?)",
}
# The similarity (0 to 100) from which a block of the sources and a paragraph that differ belong together.
LIKE = 60
# The length from which a text is taken to be unique.
UNMISTAKABLE = 12


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
    pairs = []
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs += list(zip(range(a, b), range(c, d), strict=True))
            continue
        at = c
        for index in range(a, b):
            scores = [(fuzz.ratio(left[index], right[other]), -other) for other in range(at, d)]
            best = max(scores, default=(0, 0))
            if best[0] >= LIKE:
                pairs.append((index, -best[1]))
                at = -best[1] + 1
    return pairs


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
    for kind, places in (("citation", numbers), ("reference", crossing)):
        atoms = [atom for _, atom in block.atoms if atom.kind == kind]
        # Where numbers and citations do not pair up, all that is known is that this is one of them.
        same = len(atoms) == len(places)
        names = "; ".join(atom.name for atom in atoms)
        for index, group in enumerate(places):
            for at in group:
                sources.origins[at] = atoms[index] if same else Origin(kind, name=names)
    there = "".join(letters[at].text for at in plain).translate(FOLDED)
    if not numbers and (printed := _with_citations(block).fullmatch(there)):
        _place_citations(block, sources, plain, printed)
        return
    for old, new in same_letters(block.text.translate(FOLDED), there):
        sources.origins[plain[new]] = block.origins[old]


def _with_citations(block: Block) -> re.Pattern[str]:
    """A pattern of a block's printed text if citations are not superscript: its words in groups, citations between."""
    text = block.text.translate(FOLDED)
    pieces, at = [], 0
    for place, atom in block.atoms:
        pieces += [f"({re.escape(text[at:place])})", PRINTED[atom.kind]]
        at = place
    return re.compile("".join([*pieces, f"({re.escape(text[at:])})"]), re.DOTALL)


def _place_citations(block: Block, sources: Sources, plain: Sequence[int], match: re.Match[str]) -> None:
    text = block.text.translate(FOLDED)
    edges = [0, *(place for place, _ in block.atoms), len(text)]
    for group in range(1, match.re.groups + 1):
        first, last = match.span(group)
        if group % 2 == 0:
            for letter in range(first, last):
                sources.origins[plain[letter]] = block.atoms[group // 2 - 1][1]
            continue
        start, end = edges[group // 2], edges[group // 2 + 1]
        for old, new in same_letters(text[start:end], match[group]):
            sources.origins[plain[first + new]] = block.origins[start + old]


def trace(story: Story, written: Written, bibliography: str) -> Sources:
    """The origin of every letter of the built document."""
    spans = paragraph_spans(story)
    units, tables = written.units, written.tables
    sources = Sources(units, story, [None] * len(story.letters), {}, spans)
    seen = -1
    free = []
    for number, (paragraph, (first, last)) in enumerate(zip(story.paragraphs, spans, strict=True)):
        origin = None
        if paragraph.cell:
            seen, row, column = paragraph.cell
            origin = Origin("table", name=cell_name(tables[seen], row, column) if seen < len(tables) else "")
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
    blocks = [block for unit in units.values() if not unit.path for block in written.blocks.get(unit.name, [])]
    keys = [key_of("".join(letter.text for letter in story.letters[spans[n][0] : spans[n][1]])) for n in free]
    taken = set()
    for unit in units.values():
        if unit.path:
            taken |= _metadata(unit, written.blocks[unit.name], sources, free, keys)
    rest = [index for index in range(len(free)) if free[index] not in taken]
    bare = [_bare(sources, free[index]) for index in rest]
    pairs = _pairs([block.key for block in blocks], bare)
    # A journal may print sections in another order: blocks that are left pair with equal paragraphs.
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


def _metadata(
    unit: Unit, blocks: Sequence[Block], sources: Sources, free: Sequence[int], keys: Sequence[str]
) -> set[int]:
    """Finds the paragraphs that print a text of the metadata, which a label may precede; their numbers."""
    covered = set()
    styles = {"title": "Title", "abstract": "Abstract", "keywords": "Keywords", "figures": "ImageCaption"}
    style = styles.get(re.split(r"[.\[]", unit.path)[0])
    for block in blocks:
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
                    text = "".join(letter.text for letter in sources.story.letters[first:last]).translate(FOLDED)
                    at = text.rfind(block.text.translate(FOLDED))
                    if at < 0:
                        continue
                    for offset, origin in enumerate(block.origins):
                        sources.origins[first + at + offset] = origin
                else:
                    _align(block, sources, first, last)
                    sources.blocks[number] = block
                covered.add(number)
                break
    return covered
