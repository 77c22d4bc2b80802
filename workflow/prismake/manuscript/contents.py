"""What a manuscript consists of: sections with their roles, tables and figures, citations, sentences, counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeGuard

from prismake.manuscript import tree
from prismake.manuscript.walking import LEAVES, lists_in, walk
from prismake.manuscript.words import count_inlines, count_words, inlines_of, plain_text, sentences_of

KINDS = ("fig", "tbl")
FloatBlock = tree.Figure | tree.Table | tree.Div
# Prefixes of what a citation can point to inside the manuscript.
CROSS = (*(f"{kind}:" for kind in KINDS), "sec:")
REFERENCES = "references"


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it: its words are those down to the next heading of any level."""

    title: str
    level: int
    role: str
    declaration: bool
    at: int
    words: int


@dataclass(frozen=True)
class Float:
    """A table or figure: identifier (`tbl:x`), caption as plain text and its words, the file of a figure."""

    id: str
    kind: str
    caption: str
    words: int
    at: int
    file: str = ""
    alt: str = ""


@dataclass(frozen=True)
class Mention:
    """One key in a citation, and where it stands: text, float, note or abstract."""

    key: str
    at: int
    part: str

    @property
    def crossing(self) -> bool:
        """Whether it is a cross-reference."""
        return self.key.startswith(CROSS)


@dataclass(frozen=True)
class Counts:
    """Words of the abstract (None without one) and of the text up to the declarations; tables and figures."""

    abstract: int | None
    text: int
    tables: int
    figures: int


def kind_of(identifier: str) -> str:
    """`fig` or `tbl`; empty for what is neither."""
    kind = identifier.partition(":")[0] if ":" in identifier else ""
    return kind if kind in KINDS else ""


def is_float(block: Any) -> TypeGuard[FloatBlock]:
    """Whether a node is a figure, or a table, alone or in one block with its notes."""
    return isinstance(block, tree.Figure | tree.Table) or (
        isinstance(block, tree.Div) and kind_of(block.attr.identifier) == "tbl"
    )


def table_of(block: tree.Table | tree.Div) -> tree.Table | None:
    """The table of a block; None where a block that should hold one holds none."""
    inside = [block] if isinstance(block, tree.Table) else block.blocks
    return next((inner for inner in reversed(inside) if isinstance(inner, tree.Table)), None)


def floats_in(nodes: Sequence[Any]) -> Iterator[FloatBlock]:
    """The tables and figures in nodes, also those in lists and quotations, in the order in which they stand."""
    for node in nodes:
        if is_float(node):
            yield node
        else:
            for inner in lists_in(node):
                yield from floats_in(inner)


def flat(blocks: Sequence[tree.Block]) -> list[tree.Block]:
    """The blocks with those of plain divs in the place of the divs; tables and their notes stay whole."""
    result: list[tree.Block] = []
    for block in blocks:
        if isinstance(block, tree.Div) and not is_float(block) and "notes" not in block.attr.classes:
            result += flat(block.blocks)
        else:
            result.append(block)
    return result


def role_of(header: tree.Header) -> str:
    """What a section is for a journal: the role that its heading names, or what it is called."""
    return header.attr.get("role") or header.attr.identifier


def sections_of(blocks: Sequence[tree.Block]) -> list[Section]:
    """The sections in reading order; the heading of the references is none."""
    sections: list[tuple[tree.Header, list[tree.Block]]] = []
    for block in flat(blocks):
        if isinstance(block, tree.Header):
            sections.append((block, []))
        elif sections and not is_float(block):
            sections[-1][1].append(block)
    return [
        Section(
            plain_text(header.content),
            header.level,
            role_of(header),
            "declaration" in header.attr.classes,
            header.at,
            count_words(inside),
        )
        for header, inside in sections
        if header.attr.identifier != REFERENCES
    ]


def _float(block: FloatBlock) -> Float:
    if isinstance(block, tree.Figure):
        image = next((node for node in walk(block.blocks) if isinstance(node, tree.Image)), None)
        caption = inlines_of(block.caption.blocks)
        file, alt = (image.target, plain_text(image.content)) if image else ("", "")
    else:
        table = next((node for node in walk([block]) if isinstance(node, tree.Table)), None)
        caption = inlines_of(table.caption.blocks if table else [])
        file = alt = ""
    lines = list(caption)
    text, words = " ".join(plain_text(line) for line in lines), sum(count_inlines(line) for line in lines)
    kind = "fig" if isinstance(block, tree.Figure) else "tbl"
    return Float(block.attr.identifier, kind, text, words, block.at, file, alt)


def floats_of(blocks: Sequence[tree.Block]) -> list[Float]:
    """Tables and figures in the order in which they stand."""
    return [_float(block) for block in floats_in(blocks)]


def pictures_in(nodes: Sequence[Any]) -> Iterator[tree.Image]:
    """The pictures in nodes that are no figures: those in sentences and cells."""
    for node in nodes:
        if isinstance(node, tree.Image):
            yield node
        elif not isinstance(node, tree.Figure):
            for inner in lists_in(node):
                yield from pictures_in(inner)


def mentions_in(nodes: Sequence[Any], part: str = "text") -> Iterator[Mention]:
    """Every key in the citations of nodes, in reading order."""
    for node in nodes:
        if isinstance(node, tree.Cite):
            for citation in node.citations:
                yield from mentions_in(citation.prefix, part)
                yield Mention(citation.id, node.at, part)
                yield from mentions_in(citation.suffix, part)
            continue
        if node.__class__ in LEAVES:
            continue
        inside = part
        if isinstance(node, tree.Note):
            inside = "note"
        elif is_float(node):
            inside = "float"
        for inner in lists_in(node):
            yield from mentions_in(inner, inside)


def mentions_of(document: tree.Document) -> list[Mention]:
    """Every key that a document cites or refers to, the abstract's first."""
    abstract = blocks_of(document.meta.get("abstract"))
    return [*mentions_in(abstract, "abstract"), *mentions_in(document.blocks)]


def blocks_of(value: tree.Meta | None) -> list[tree.Block]:
    """An entry of the head as blocks: a text, or the texts of an abstract in parts."""
    match value:
        case tree.MetaBlocks():
            return value.blocks
        case tree.MetaInlines():
            return [tree.Plain(value.content)]
        case str():
            return [tree.Plain([tree.Str(value)])]
        case list():
            return [block for part in value if isinstance(part, dict) for block in blocks_of(part.get("text"))]
    return []


def ends_text(header: tree.Header) -> bool:
    """Whether a heading is that of the first declaration or of the references, where the text proper ends."""
    return header.level == 1 and ("declaration" in header.attr.classes or header.attr.identifier == REFERENCES)


def counts_of(document: tree.Document) -> Counts:
    """The counts of a manuscript."""
    text: list[tree.Block] = []
    for block in flat(document.blocks):
        if isinstance(block, tree.Header) and ends_text(block):
            break
        if not is_float(block):
            text.append(block)
    floats = [item.kind for item in floats_of(document.blocks)]
    abstract = blocks_of(document.meta.get("abstract"))
    return Counts(
        count_words(abstract) if abstract else None, count_words(text), floats.count("tbl"), floats.count("fig")
    )


def _sentences(document: tree.Document) -> Iterator[dict[str, Any]]:
    parts = [("abstract", blocks_of(document.meta.get("abstract")))]
    section = ""
    for block in flat(document.blocks):
        if isinstance(block, tree.Header):
            section = role_of(block) if block.level == 1 else section
            continue
        parts.append((f"float:{_float(block).id}" if is_float(block) else section, [block]))
    for part, blocks in parts:
        for line in inlines_of([block for block in blocks if not isinstance(block, tree.Table)]):
            for sentence in sentences_of(line):
                if sentence.text:
                    yield {"part": part, **asdict(sentence)}


def contents_of(document: tree.Document) -> dict[str, Any]:
    """Everything about a document that its readers look up, as plain data; `at` are places."""
    notes = [node for node in walk(document.blocks) if isinstance(node, tree.Note)]
    return {
        "counts": asdict(counts_of(document)),
        "sections": [asdict(section) for section in sections_of(document.blocks)],
        "floats": [asdict(item) for item in floats_of(document.blocks)],
        "citations": [asdict(mention) for mention in mentions_of(document)],
        "notes": [
            {"text": " ".join(plain_text(line) for line in inlines_of(note.blocks)), "at": note.at} for note in notes
        ],
        "sentences": list(_sentences(document)),
    }
