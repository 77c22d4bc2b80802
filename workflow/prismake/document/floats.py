"""Tables and figures of an arranged document: numbered where they are first mentioned, put where a journal wants."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prismake.common.errors import Issue
from prismake.document.parts import SETTINGS, Blocks, Inlines, Profile, div, heading, is_div, new_page, numbered, run_of
from prismake.figures.figure import Figure
from prismake.manuscript import tree
from prismake.manuscript.constructs import header_columns
from prismake.manuscript.contents import FloatBlock, is_float, kind_of, table_of
from prismake.manuscript.model import Manuscript
from prismake.manuscript.walking import lists_in, rewrite, walk
from prismake.manuscript.words import plain_text

# Pandoc joins an abbreviation and its next word with a no-break space, so that only a sentence ends before a blank.
NEXT_SENTENCE = re.compile(r"[.?!][ \n]+\(?[A-Z]")
ALIGNMENTS = {"l": "AlignLeft", "c": "AlignCenter", "r": "AlignRight", "d": "AlignCenter"}
INCHES = {"in": 1.0, "inch": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72, "px": 1 / 96, "": 1 / 96}
LENGTH = re.compile(r"\s*+([\d.]++)\s*+([A-Za-z]*+%?)\s*+")


@dataclass
class Float:
    """A table or figure; `number` is 0 until it is mentioned."""

    id: str
    kind: str
    at: int
    caption: Inlines
    content: Blocks
    notes: Blocks = field(default_factory=list)
    wide: bool = False
    number: int = 0


@dataclass(frozen=True)
class Placed:
    """A body with its floats in place, and those that left it, by kind: after the references, or as files."""

    body: Blocks
    last: Mapping[str, Blocks]
    apart: Mapping[str, Blocks]


def _caption(caption: tree.Caption, ending: str) -> Inlines:
    """The caption with the point at its end that the journal wants there, or without the one that it does not want.

    A caption of several sentences keeps its last point: the others could not stand without it.
    """
    inlines = run_of(caption.blocks)
    last = inlines[-1] if inlines else None
    text = plain_text(inlines)
    if ending == "point" and not text.endswith((".", "?", "!")):
        inlines.append(tree.Str("."))
    elif ending == "none" and isinstance(last, tree.Str) and not NEXT_SENTENCE.search(text):
        inlines[-1] = tree.Str(last.text.removesuffix("."), at=last.at)
    return inlines


def _picture(node: Any) -> list[Any] | None:
    """A picture alone in a cell is a picture, not a figure."""
    if not isinstance(node, tree.Figure):
        return None
    inlines = run_of(node.blocks)
    return [tree.Plain(inlines)] if inlines else []


@dataclass
class Floats:
    """The floats of one document, in the order in which they stand."""

    manuscript: Manuscript
    profile: Profile
    by_id: dict[str, Float] = field(default_factory=dict)

    def _figure(self, figure: tree.Figure) -> Float:
        image = next(node for node in walk(figure.blocks) if isinstance(node, tree.Image))
        shown = tree.Para([tree.Image(tree.Attr(), image.content, image.target, at=image.at)])
        caption = _caption(figure.caption, self.profile["figures"]["end"])
        return Float(figure.attr.identifier, "fig", figure.at, caption, [shown])

    def _table(self, block: tree.Table | tree.Div) -> Float:
        table, attr = table_of(block), block.attr
        assert table is not None
        notes: Blocks = []
        for inner in block.blocks if isinstance(block, tree.Div) else []:
            if isinstance(inner, tree.Div):
                notes += inner.blocks
            elif not isinstance(inner, tree.Table):
                notes.append(inner)
        caption = _caption(table.caption, self.profile["tables"]["end"])
        letters = re.findall("[A-Za-z]", attr.get("align"))
        shares: list[float | None] = [float(share) for share in attr.get("widths").split()]
        columns = []
        for index, (align, _) in enumerate(table.columns):
            letter = letters[index] if index < len(letters) else ""
            columns.append((ALIGNMENTS.get(letter, align), shares[index] if index < len(shares) else None))
        rewrite([table], _picture)
        table.columns = columns
        for body in table.bodies:
            body.head_columns = header_columns(block) or body.head_columns
        # Numbers of these columns stand under one another at their points.
        table.attr, table.caption = tree.Attr("", (), (("decimal", "".join(letters)),)), tree.Caption()
        wide = "wide" in attr.classes or len(columns) >= self.profile["tables"]["landscape_from"]
        return Float(attr.identifier, "tbl", block.at, caption, [table], notes, wide)

    def _stand_in(self, block: FloatBlock) -> tree.Div:
        made = self._figure(block) if isinstance(block, tree.Figure) else self._table(block)
        self.by_id[made.id] = made
        return div("stand-in", [], target=made.id)

    def take(self, blocks: Sequence[tree.Block]) -> Blocks:
        """The blocks with a stand-in for each float; one inside a quotation or a list stands behind it."""
        body: Blocks = []
        for block in blocks:
            if is_float(block):
                body.append(self._stand_in(block))
                continue
            lifted: Blocks = []
            rest: Blocks = [block]
            self._lift(rest, lifted)
            if lifted:
                rewrite(rest, _without_empty)
            body += [*rest, *lifted]
        return body

    def _lift(self, nodes: list[Any], lifted: Blocks) -> None:
        result: list[Any] = []
        for node in nodes:
            if is_float(node):
                lifted.append(self._stand_in(node))
                continue
            for inner in lists_in(node):
                self._lift(inner, lifted)
            result.append(node)
        nodes[:] = result

    def everything(self, body: Sequence[tree.Block]) -> Iterator[Any]:
        """The nodes of the text and, after it, of all captions, tables and notes."""
        yield from walk(body)
        for item in self.by_id.values():
            yield from walk(item.caption)
            yield from walk(item.content)
            yield from walk(item.notes)

    def number(self, body: Sequence[tree.Block]) -> list[Issue]:
        """Numbers the floats where they are first mentioned; issues of those in another order than they stand in."""
        counts = {"fig": 0, "tbl": 0}
        for node in self.everything(body):
            for citation in node.citations if isinstance(node, tree.Cite) else []:
                item = self.by_id.get(citation.id)
                if item and not item.number:
                    counts[item.kind] += 1
                    item.number = counts[item.kind]
        issues = []
        last = {"fig": 0, "tbl": 0}
        for item in self.by_id.values():
            where = self.manuscript.where(item.at, item.id)
            if not item.number:
                message = "in this journal's order of sections, the text never mentions it"
                issues.append(Issue("never-mentioned", message, where, f"refer to it as [@{item.id}]"))
            elif item.number < last[item.kind]:
                message = "the text mentions it before one that is placed ahead of it"
                fix = "mention figures and tables in the order in which they are placed"
                issues.append(Issue("out-of-order", message, where, fix))
            else:
                last[item.kind] = item.number
        return issues

    def count(self, kind: str) -> int:
        """How many tables (`tbl`) or figures (`fig`) there are."""
        return sum(item.kind == kind for item in self.by_id.values())

    def _block(self, item: Float) -> tree.Div:
        return div(
            "float",
            [div("caption", [tree.Para(item.caption)]), *item.content, div("notes", item.notes)],
            kind=item.kind,
            number=str(item.number),
            wide="1" if item.wide else "0",
        )

    def _callout(self, item: Float) -> Blocks:
        """A line that says where a float belongs that stands elsewhere."""
        words = self.profile[SETTINGS[item.kind]]
        if not words["callout"]:
            return []
        return [tree.Para([tree.Str(words["callout"].replace("{label}", numbered(words, item.number, " ")))])]

    def _at_mention(self, kind: str) -> bool:
        """Whether floats of a kind, or their captions alone, stand behind the paragraph that mentions them first."""
        words = self.profile[SETTINGS[kind]]
        # Where a journal wants no list of the captions of separate figures, each stands where its figure is mentioned.
        return words["placement"] == "mention" or (kind == "fig" and self._as_legend())

    def _as_legend(self) -> bool:
        figures = self.profile["figures"]
        return figures["placement"] == "separate" and not figures["legends"]

    def _homes(self, body: Sequence[tree.Block]) -> dict[str, int]:
        """The block of the text (by its place in `body`) behind which each float stands that goes by its mention."""
        homes: dict[str, int] = {}
        for index, block in enumerate(body):
            for node in walk([block]):
                for citation in node.citations if isinstance(node, tree.Cite) else []:
                    item = self.by_id.get(citation.id)
                    if item and self._at_mention(item.kind):
                        homes.setdefault(item.id, index)
        return homes

    def put_back(self, body: Sequence[tree.Block]) -> Placed:
        """The body with its floats where the journal wants them."""
        homes = self._homes(body)
        result: Blocks = []
        waiting: Blocks = []
        last: dict[str, Blocks] = {"tbl": [], "fig": []}
        apart: dict[str, Blocks] = {"tbl": [], "fig": []}
        for index, block in enumerate(body):
            if is_div(block, "stand-in") and isinstance(block, tree.Div):
                item = self.by_id[block.attr.get("target")]
                settled = [] if item.id in homes else [item]
            else:
                if isinstance(block, tree.Header) and block.level == 1:
                    result += waiting
                    waiting.clear()
                result.append(block)
                settled = sorted((self.by_id[id] for id, home in homes.items() if home == index), key=_order)
            for item in settled:
                place = self.profile[SETTINGS[item.kind]]["placement"]
                if item.kind == "fig" and self._as_legend():
                    result.append(legend(self._block(item)))
                elif place in ("end", "separate"):
                    result += self._callout(item)
                places = {"text": result, "mention": result, "section": waiting, "end": last[item.kind]}
                places.get(place, apart[item.kind]).append(self._block(item))
        return Placed([*result, *waiting], last, apart)

    def cited_in(self, identifier: str) -> list[tree.Cite]:
        """The citations of a float's caption, cells and notes, in reading order, each alone."""
        item = self.by_id[identifier]
        nodes = [*walk(item.caption), *walk(item.content), *walk(item.notes)]
        return [
            tree.Cite([tree.Citation(citation.id)], [], at=node.at)
            for node in nodes
            if isinstance(node, tree.Cite)
            for citation in node.citations
            if not kind_of(citation.id)
        ]

    def size_pictures(self, body: list[tree.Block], figures: Mapping[str, Figure], width: float) -> list[Issue]:
        """Gives the pictures in sentences, notes and cells their sizes; `width` is that of the text in points."""
        sizer = _Sizer(self.manuscript, figures, width)
        rewrite(body, sizer.change)
        for item in self.by_id.values():
            rewrite(item.caption, sizer.change)
            rewrite(item.notes, sizer.change)
            if item.kind == "tbl":
                rewrite(item.content, sizer.change)
        return sizer.issues


def _order(item: Float) -> tuple[str, int]:
    return item.kind, item.number


def _without_empty(node: Any) -> list[Any] | None:
    """Nothing for a list or a quotation of which nothing is left."""
    if isinstance(node, tree.BulletList | tree.OrderedList):
        node.items[:] = [item for item in node.items if item]
        return None if node.items else []
    return [] if isinstance(node, tree.BlockQuote) and not node.blocks else None


@dataclass
class _Sizer:
    manuscript: Manuscript
    figures: Mapping[str, Figure]
    width: float
    issues: list[Issue] = field(default_factory=list)

    def _inches(self, length: str) -> float | None:
        match = LENGTH.fullmatch(length)
        if not match:
            return None
        if match[2] == "%":
            return float(match[1]) / 100 * self.width / 72
        return float(match[1]) * INCHES[match[2]] if match[2] in INCHES else None

    def change(self, node: Any) -> list[Any] | None:
        """A picture as wide or as high as its author asks, else at its own size, never wider than the text."""
        figure = self.figures.get(node.target) if isinstance(node, tree.Image) else None
        if figure is None:
            return None
        alt = node.attr.get("alt") or plain_text(node.content)
        if not alt:
            where, fix = (
                self.manuscript.where(node.at, node.target),
                "write it between the brackets: ![what it shows](file)",
            )
            self.issues.append(Issue("no-alt-text", "a picture in the text has no alternative text", where, fix))
        shape = figure.height / figure.width
        height = self._inches(node.attr.get("height"))
        width = self._inches(node.attr.get("width")) or (height / shape if height else figure.width)
        width = min(width, self.width / 72)
        pairs = (("width", f"{width:.4f}in"), ("height", f"{width * shape:.4f}in"))
        return [tree.Image(tree.Attr("", (), pairs), [tree.Str(alt)], node.target, at=node.at)]


def legend(block: tree.Div) -> tree.Div:
    """The caption of a figure that is a file of its own."""
    captions = [inner for inner in block.blocks if is_div(inner, "caption")]
    return div("float", captions, kind="fig", number=block.attr.get("number"), wide="0")


def at_the_end(last: Mapping[str, Blocks]) -> Blocks:
    """Floats after the references: tables, then figures, each on a page of its own."""
    blocks: Blocks = []
    for kind in ("tbl", "fig"):
        for block in last[kind]:
            # A wide one has a section, and so a page, of its own.
            if isinstance(block, tree.Div) and block.attr.get("wide") == "0":
                blocks.append(new_page())
            blocks.append(block)
    return blocks


def legends(figures: Blocks, title: str) -> Blocks:
    """The captions of figures that are files of their own, under the journal's heading for them."""
    if not figures or not title:
        return []
    return [new_page(), heading(title), *(legend(block) for block in figures if isinstance(block, tree.Div))]
