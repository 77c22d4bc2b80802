"""Words and sentences of a tree, as a reader and a journal count them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, assert_never

from prismake.manuscript import tree
from prismake.manuscript.walking import lists_in, walk

WORD = re.compile(r"[^\W_]+(?:[-'’.,/–±][^\W_]+)*")
ADDRESS = re.compile(r"\b(?:https?|ftp)://\S+|\bmailto:\S+", re.IGNORECASE)
# A link that is its own address.
AUTOMATIC = frozenset({"uri", "email"})
QUOTES = {"DoubleQuote": ("“", "”"), "SingleQuote": ("‘", "’")}
BLANKS = (tree.Space, tree.SoftBreak, tree.LineBreak)

ENDED = re.compile(r"[.?!…][”’)\]\"']*$")
# What a full stop behind it does not end a sentence.
SHORT = re.compile(r"(?:^|[(“‘])(?:[A-Za-z]|al|cf|e\.g|i\.e|vs|etc|ca|approx|Figs?|Tab|Nos?|Dr|Prof|St|vol|pp?)\.$")
BEGINS = re.compile(r"[^\w]*[^\W_a-zß-ÿ]")


def plain_text(nodes: Sequence[tree.Inline]) -> str:
    """What inlines print, without markup; a citation as the author wrote it, without footnotes."""
    return "".join(_printed(node) for node in nodes)


def _printed(node: tree.Inline) -> str:
    match node:
        case tree.Str() | tree.Code() | tree.Math():
            return node.text
        case tree.Space() | tree.SoftBreak() | tree.LineBreak():
            return " "
        case tree.RawInline() | tree.Note():
            return ""
        case tree.Quoted():
            first, last = QUOTES[node.kind]
            return first + plain_text(node.content) + last
        case tree.Emph() | tree.Underline() | tree.Strong() | tree.Strikeout() | tree.Superscript():
            return plain_text(node.content)
        case tree.Subscript() | tree.SmallCaps() | tree.Cite() | tree.Link() | tree.Image() | tree.Span():
            return plain_text(node.content)
        case tree.Value():
            return plain_text(node.content)
        case _:
            assert_never(node)


def inlines_of(blocks: Sequence[tree.Block]) -> Iterator[list[tree.Inline]]:
    """The paragraphs, lines, headings and terms in blocks, in reading order, those of tables and captions included."""
    for node in walk(blocks):
        match node:
            case tree.Plain() | tree.Para() | tree.Header():
                yield node.content
            case tree.LineBlock():
                yield from node.lines
            case tree.DefinitionList():
                yield from (term for term, _ in node.items)


def literal_text(nodes: Sequence[Any]) -> str:
    """The letters that nodes themselves hold: no citations and references, whose text each document sets itself."""
    pieces: list[str] = []
    for node in nodes:
        match node:
            case tree.Str() | tree.Code() | tree.CodeBlock() | tree.Math():
                pieces.append(node.text)
            case tree.Cite():
                # What stands between two citations is not one text.
                pieces.append("\n")
            case _:
                inner = [literal_text(part) for part in lists_in(node)]
                pieces.append("\n".join(inner) if inner else " ")
    return "".join(pieces)


def _countable(node: tree.Inline) -> str:
    match node:
        case tree.Cite() | tree.Image() | tree.RawInline() | tree.Note():
            return ""
        case tree.Link() if AUTOMATIC.intersection(node.attr.classes):
            return ""
        case tree.Math():
            return " formula "
        case tree.Str() | tree.Code():
            return node.text
        case tree.Space() | tree.SoftBreak() | tree.LineBreak():
            return " "
        case _:
            return "".join(_countable(inner) for inner in node.content)


def count_inlines(nodes: Sequence[tree.Inline]) -> int:
    """Words of a line of text: no citations, addresses or pictures; a formula is one word."""
    return len(WORD.findall(ADDRESS.sub(" ", "".join(_countable(node) for node in nodes))))


def count_words(blocks: Sequence[tree.Block]) -> int:
    """Words of blocks as a journal counts them: text, headings, lists and footnotes, without tables and figures."""
    total = 0
    for block in blocks:
        match block:
            case tree.Table() | tree.Figure() | tree.RawBlock() | tree.HorizontalRule():
                continue
            case tree.Plain() | tree.Para() | tree.Header():
                total += count_inlines(block.content) + _in_notes(block.content)
            case tree.LineBlock():
                total += sum(count_inlines(line) + _in_notes(line) for line in block.lines)
            case tree.CodeBlock():
                total += len(WORD.findall(block.text))
            case tree.DefinitionList():
                for term, definitions in block.items:
                    total += count_inlines(term) + _in_notes(term)
                    total += sum(count_words(definition) for definition in definitions)
            case tree.OrderedList() | tree.BulletList():
                total += sum(count_words(item) for item in block.items)
            case tree.BlockQuote() | tree.Div():
                total += count_words(block.blocks)
            case _:
                assert_never(block)
    return total


def _in_notes(nodes: Sequence[tree.Inline]) -> int:
    return sum(count_words(node.blocks) for node in walk(nodes) if isinstance(node, tree.Note))


@dataclass
class Sentence:
    """A sentence: its text with citations as written, its place, the values in it and the keys that it cites."""

    text: str
    at: int
    values: list[int] = field(default_factory=list)
    citations: list[str] = field(default_factory=list)


def _ends(nodes: Sequence[tree.Inline], index: int) -> bool:
    """Whether the blank at `index` stands between two sentences."""
    following = nodes[index + 1] if index + 1 < len(nodes) else None
    if isinstance(following, tree.Cite) and following.citations[0].mode != "AuthorInText":
        return False
    last = index
    while last and isinstance(nodes[last - 1], (tree.Cite, *BLANKS)):
        last -= 1
    before, after = plain_text(nodes[max(0, last - 2) : last]), plain_text(nodes[index + 1 : index + 3])
    if not ENDED.search(before) or SHORT.search(before.rpartition(" ")[2]):
        return False
    return bool(BEGINS.match(after)) or after[:1].isdigit() or isinstance(nodes[index], tree.LineBreak)


def split_sentences(nodes: Sequence[tree.Inline]) -> Iterator[list[tree.Inline]]:
    """The inlines of each sentence of a paragraph; a citation behind the full stop belongs to the one before it."""
    current: list[tree.Inline] = []
    for index, node in enumerate(nodes):
        if isinstance(node, BLANKS) and current and _ends(nodes, index):
            yield current
            current = []
        else:
            current.append(node)
    if current:
        yield current


def sentences_of(nodes: Sequence[tree.Inline]) -> Iterator[Sentence]:
    """The sentences of a paragraph."""
    yield from map(_sentence, split_sentences(nodes))


def _sentence(nodes: Sequence[tree.Inline]) -> Sentence:
    words = [node for node in nodes if not isinstance(node, BLANKS)]
    made = Sentence(" ".join(plain_text(nodes).split()), words[0].at if words else tree.UNKNOWN)
    for node in walk(nodes):
        if isinstance(node, tree.Value):
            made.values.append(node.number)
        elif isinstance(node, tree.Cite):
            made.citations += [citation.id for citation in node.citations]
    return made
