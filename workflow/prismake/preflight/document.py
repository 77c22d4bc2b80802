"""A Word document as the checks see it: blocks, paragraphs with numbers, sections, styles, fields, bookmarks.

Every number that the file holds is hostile text until `whole` has read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from prismake.common.package import Package, Relation, open_package
from prismake.preflight.findings import Skip
from prismake.preflight.sections import Section
from prismake.preflight.word_fields import Field, Fields, read_fields
from prismake.preflight.wordml import (
    FIRST_WORDS,
    OFF,
    SVG_BLIP,
    WP,
    A,
    M,
    R,
    W,
    drop_fallbacks,
    find,
    flattened,
    local,
    shortened,
    shown_in,
    text_of,
    value,
)


@dataclass(frozen=True)
class Style:
    """A style: its id, its name in lower case, its type, and the id of its base."""

    id: str
    name: str
    type: str
    base: str
    element: Any


@dataclass(frozen=True)
class Piece:
    """A piece of a paragraph's text in reading order. `field` is the instruction of the field whose result it is."""

    text: str
    superscript: bool
    run: Any
    field: str = ""


class Document:
    """An opened document. Whatever it lacks is empty or None; checks that need it raise Skip through `need`."""

    def __init__(self, content: bytes) -> None:
        self.package: Package = open_package(content)
        # Where paragraphs with findings stand: a paragraph of a hostile file may be huge, and have thousands.
        self._place_of: dict[Any, str] = {}
        self._styled_properties: dict[tuple[str, str, str], Any] = {}
        for root in self.package.trees.values():
            drop_fallbacks(root)

    # Parts ------------------------------------------------------------------------------------------------------

    @cached_property
    def main(self) -> str:
        """The name of the main part, "" where the package names none."""
        for relation in self.package.related("", "officeDocument"):
            if relation.target in self.package.parts:
                return relation.target
        return ""

    @property
    def root(self) -> Any:
        """The root of the main part, or None."""
        return self.package.trees.get(self.main)

    @cached_property
    def body(self) -> Any:
        """The body of the main part, or None."""
        root = self.root
        return None if root is None else root.find(f"{W}body")

    @cached_property
    def properties(self) -> dict[str, str]:
        """The core properties by name."""
        for relation in self.package.relations.get("", {}).values():
            if relation.kind == "core-properties" and relation.target in self.package.trees:
                return {local(node): shown_in(node) for node in self.package.trees[relation.target] if local(node)}
        return {}

    def need(self) -> Any:
        """The body; raises Skip where there is none."""
        if self.body is None:
            raise Skip("the document cannot be opened")
        return self.body

    def related(self, kind: str) -> list[Relation]:
        """Relations of the main part of a kind."""
        return self.package.related(self.main, kind)

    def part(self, kind: str) -> Any:
        """The root of the first part that the main part names by a kind ("styles", "settings"), or None."""
        for relation in self.related(kind):
            if relation.target in self.package.trees:
                return self.package.trees[relation.target]
        return None

    @cached_property
    def stories(self) -> dict[str, Any]:
        """Every part that holds text: body, headers, footers, notes, comments; by name."""
        stories = {}
        if self.body is not None:
            stories[self.main] = self.body
        for kind in ("header", "footer", "footnotes", "endnotes", "comments"):
            for relation in self.related(kind):
                if relation.target in self.package.trees:
                    stories[relation.target] = self.package.trees[relation.target]
        return stories

    # Blocks -----------------------------------------------------------------------------------------------------

    @cached_property
    def blocks(self) -> list[Any]:
        """The paragraphs and tables of the body in order, those inside content controls too."""
        return list(flattened(self.body)) if self.body is not None else []

    @cached_property
    def places(self) -> dict[Any, int]:
        """The place of each block among the blocks."""
        return {block: place for place, block in enumerate(self.blocks)}

    @cached_property
    def paragraphs(self) -> list[Any]:
        """All paragraphs of the body, those of tables too, in order."""
        return list(self.body.iter(f"{W}p")) if self.body is not None else []

    @cached_property
    def tables(self) -> list[Any]:
        """All tables of the body that are not inside another."""
        return [block for block in self.blocks if block.tag == f"{W}tbl"]

    @cached_property
    def _numbers(self) -> dict[Any, int]:
        return {paragraph: number for number, paragraph in enumerate(self.paragraphs, start=1)}

    @cached_property
    def _story_of(self) -> dict[Any, str]:
        return {root: name for name, root in self.stories.items()}

    def where(self, node: Any) -> str:
        """Where an element of a story stands: part, number of the paragraph, its first words."""
        paragraph = node
        while paragraph is not None and paragraph.tag != f"{W}p":
            paragraph = paragraph.getparent()
        if paragraph is None:
            first = next(node.iter(f"{W}p"), None) if node is not None else None
            number = self._numbers.get(first)
            cells = node.iter(f"{W}p") if number else ()
            shown = shortened(" ".join(text_of(paragraph)[:FIRST_WORDS] for paragraph in islice(cells, 8)))
            return f"{self.part_of(node)}, from paragraph {number} '{shown}'" if number else self.part_of(node)
        if paragraph not in self._place_of:
            number = self._numbers.get(paragraph)
            words = shortened(text_of(paragraph))
            at = f"{self.part_of(paragraph)}, paragraph {number}" if number else self.part_of(paragraph)
            self._place_of[paragraph] = f"{at} '{words}'" if words else at
        return self._place_of[paragraph]

    def part_of(self, node: Any) -> str:
        """The name of the part in which an element stands."""
        while node is not None:
            if node in self._story_of:
                return self._story_of[node]
            parent = node.getparent()
            if parent is None:
                break
            node = parent
        return next((name for name, root in self.package.trees.items() if root is node), self.main)

    @cached_property
    def sections(self) -> list[Section]:
        """The sections of the body in order."""
        sections: list[Section] = []
        waiting: list[Any] = []
        for block in self.blocks:
            waiting.append(block)
            properties = find(block, "pPr/sectPr") if block.tag == f"{W}p" else None
            if properties is not None:
                sections.append(Section(properties, waiting, len(sections) + 1))
                waiting = []
        last = None if self.body is None else self.body.find(f"{W}sectPr")
        if last is not None:
            sections.append(Section(last, waiting, len(sections) + 1))
        return sections

    @cached_property
    def _section_of(self) -> dict[Any, Section]:
        return {block: section for section in self.sections for block in section.blocks}

    def section_of(self, block: Any) -> Section | None:
        """The section in which a block of the body stands."""
        while block is not None and block not in self._section_of:
            block = block.getparent()
        return self._section_of.get(block) if block is not None else None

    # Styles -----------------------------------------------------------------------------------------------------

    @cached_property
    def styles(self) -> dict[str, Style]:
        """The styles by id."""
        root = self.part("styles")
        styles: dict[str, Style] = {}
        for node in root.findall(f"{W}style") if root is not None else []:
            identifier = value(node, "styleId") or ""
            name = (value(find(node, "name")) or identifier).lower()
            base = value(find(node, "basedOn")) or ""
            styles.setdefault(identifier, Style(identifier, name, value(node, "type") or "paragraph", base, node))
        return styles

    @cached_property
    def default_style(self) -> str:
        """The id of the paragraph style that paragraphs without one have."""
        for style in self.styles.values():
            if style.type == "paragraph" and (value(style.element, "default") or "0").lower() not in OFF:
                return style.id
        return ""

    def style_of(self, paragraph: Any) -> str:
        """The name of a paragraph's style in lower case, "" for tables and where there is none."""
        if paragraph is None or paragraph.tag != f"{W}p":
            return ""
        identifier = value(find(paragraph, "pPr/pStyle")) or self.default_style
        style = self.styles.get(identifier)
        return style.name if style else identifier.lower()

    def line_of_styles(self, identifier: str) -> list[Style]:
        """A style and its bases, nearest first; a circle ends where it closes."""
        line: list[Style] = []
        while identifier in self.styles and len(line) < 64:
            style = self.styles[identifier]
            if style in line:
                break
            line.append(style)
            identifier = style.base
        return line

    def property_of(self, paragraph: Any, group: str, name: str) -> Any:
        """A property of a paragraph ("pPr") or of its text ("rPr"): its own, its style's, or the document's default."""
        if group == "pPr":
            own = find(paragraph, f"pPr/{name}")
            if own is not None:
                return own
        return self._styled_property(value(find(paragraph, "pPr/pStyle")) or self.default_style, group, name)

    def _styled_property(self, identifier: str, group: str, name: str) -> Any:
        """A property that paragraphs of a style have, looked up once for all of them."""
        key = (identifier, group, name)
        if key not in self._styled_properties:
            elements = [style.element for style in self.line_of_styles(identifier)]
            owns = (find(element, f"{group}/{name}") for element in elements)
            default = find(self.part("styles"), f"docDefaults/{group}Default/{group}/{name}")
            self._styled_properties[key] = next((own for own in owns if own is not None), default)
        return self._styled_properties[key]

    def styled(self, *names: str) -> list[Any]:
        """All paragraphs of the body outside tables whose style has one of the names (lower case)."""
        return [block for block in self.blocks if self.style_of(block) in names]

    def heading_level(self, block: Any) -> int | None:
        """The level of a heading from 1 on, or None."""
        if block.tag != f"{W}p":
            return None
        match = re.fullmatch(r"heading ([1-9])", self.style_of(block))
        return int(match[1]) if match else None

    # Fields, bookmarks, pictures --------------------------------------------------------------------------------

    @cached_property
    def fields(self) -> dict[str, Fields]:
        """The fields of every story."""
        return {name: read_fields(root) for name, root in self.stories.items()}

    @cached_property
    def body_fields(self) -> list[Field]:
        """The fields of the body."""
        return self.fields[self.main].fields if self.main in self.fields else []

    @cached_property
    def bookmarks(self) -> dict[str, Any]:
        """The first start of every bookmark of the body by name."""
        marks: dict[str, Any] = {}
        for node in self.body.iter(f"{W}bookmarkStart") if self.body is not None else []:
            marks.setdefault(value(node, "name") or "", node)
        return marks

    @cached_property
    def bookmark_texts(self) -> dict[str, str]:
        """The text that each bookmark of the body spans."""
        opened: dict[str, list[str]] = {}
        texts: dict[str, str] = {}
        names: dict[str, str] = {}
        tags = (f"{W}bookmarkStart", f"{W}bookmarkEnd", f"{W}t", f"{W}tab")
        for node in self.body.iter(*tags) if self.body is not None else []:
            identifier = value(node, "id") or ""
            if node.tag == f"{W}bookmarkStart":
                # Thousands of bookmarks that never end would make this slow; no manuscript nests so many.
                if len(opened) < 200:
                    opened[identifier] = []
                    names[identifier] = value(node, "name") or ""
            elif node.tag == f"{W}bookmarkEnd":
                if identifier in opened:
                    texts.setdefault(names[identifier], "".join(opened.pop(identifier)))
            else:
                for pieces in opened.values():
                    if len(pieces) < 2000:
                        pieces.append((node.text or "") if node.tag == f"{W}t" else " ")
        return texts

    def pieces(self, paragraph: Any) -> Iterator[Piece]:
        """The shown text of a paragraph in pieces."""
        stack: list[list[Any]] = []
        for node in paragraph.iter(
            f"{W}t", f"{M}t", f"{W}tab", f"{W}fldChar", f"{W}instrText", f"{W}br", f"{W}noBreakHyphen"
        ):
            if node.tag == f"{W}fldChar":
                kind = value(node, "fldCharType")
                if kind == "begin":
                    stack.append(["", False])
                elif kind == "separate" and stack:
                    stack[-1][1] = True
                elif kind == "end" and stack:
                    stack.pop()
            elif node.tag == f"{W}instrText":
                if stack:
                    stack[-1][0] += node.text or ""
            elif node.tag == f"{M}t":
                yield Piece(node.text or "", False, node.getparent(), "")
            else:
                run = node.getparent()
                if run is None or run.tag != f"{W}r":
                    continue
                raised = value(find(run, "rPr/vertAlign")) == "superscript" or self._raised_by_style(run)
                text = {f"{W}t": node.text or "", f"{W}noBreakHyphen": "-"}.get(node.tag, " ")
                if not stack or stack[-1][1]:
                    yield Piece(text, raised, run, stack[-1][0].strip() if stack else "")

    def _raised_by_style(self, run: Any) -> bool:
        identifier = value(find(run, "rPr/rStyle"))
        return bool(identifier) and any(
            value(find(style.element, "rPr/vertAlign")) == "superscript"
            for style in self.line_of_styles(identifier or "")
        )

    @cached_property
    def pictures(self) -> list[Any]:
        """The pictures of the body: inline and floating drawings."""
        return list(self.body.iter(f"{WP}inline", f"{WP}anchor")) if self.body is not None else []

    def media_of(self, picture: Any) -> tuple[Relation | None, Relation | None]:
        """The raster and the vector of a picture, as far as they are in the package."""
        known = self.package.relations.get(self.main, {})
        blip = next(picture.iter(f"{A}blip"), None)
        vector = next(picture.iter(SVG_BLIP), None)
        return (
            known.get(blip.get(f"{R}embed") or "") if blip is not None else None,
            known.get(vector.get(f"{R}embed") or "") if vector is not None else None,
        )

    # Captions ---------------------------------------------------------------------------------------------------

    def is_caption(self, block: Any) -> bool:
        """Whether a paragraph is the caption of a table or a figure, by its style."""
        return self.style_of(block) in CAPTION_STYLES

    @cached_property
    def captions(self) -> list[Any]:
        """The captions of the body in order."""
        return self.styled(*CAPTION_STYLES)


CAPTION_STYLES = ("caption", "table caption", "image caption")
