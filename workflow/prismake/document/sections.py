"""The sections of a document in a journal's order: the text, the declarations, and what stands elsewhere."""

from __future__ import annotations

import copy
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prismake.document.parts import Blocks, Inlines, Profile, heading
from prismake.manuscript import tree
from prismake.manuscript.contents import REFERENCES, role_of

# Places beside the text that the profile's rules name.
PLACES = ("front", "title-page", "after-references", "site")
TEXT = "text"
# The levels of headings that get numbers.
NUMBERED = 3


@dataclass(frozen=True)
class Rule:
    """What a journal says of the section of one role: its place in the list of rules, its name, where it stands."""

    index: float = math.inf
    name: str = ""
    place: str = TEXT
    # Declarations stand in one group; this one stands ahead of it.
    ahead: bool = False


@dataclass
class Section:
    """A section of the first level; the text before the first heading has no name."""

    name: Inlines | None = None
    role: str = ""
    rule: Rule = field(default_factory=Rule)
    declaration: bool = False
    numbered: bool = True
    blocks: Blocks = field(default_factory=list)


@dataclass(frozen=True)
class Arrangement:
    """The text with the declarations, and the sections that stand elsewhere, by place."""

    body: Blocks
    places: Mapping[str, list[Section]]
    # Sections that are files of their own too, by role.
    alone: Mapping[str, Section]


def sections_of(blocks: Sequence[tree.Block], profile: Profile, withheld: Collection[str]) -> list[Section]:
    """The blocks cut at the headings of the first level. The heading of the references goes: the journal names it.

    Sections whose role is `withheld` say so instead of their text.
    """
    rules = {
        rule["role"]: Rule(index, rule.get("name") or "", rule["place"], bool(rule.get("ahead")))
        for index, rule in enumerate(profile["sections"])
    }
    sections = [Section()]
    for block in blocks:
        if not isinstance(block, tree.Header) or block.level != 1:
            sections[-1].blocks.append(block)
        elif block.attr.identifier != REFERENCES:
            role = role_of(block)
            rule = rules.get(role, Rule())
            name: Inlines = [tree.Str(rule.name, at=block.at)] if rule.name else block.content
            classes = block.attr.classes
            sections.append(Section(name, role, rule, "declaration" in classes, "unnumbered" not in classes))
    for section in sections:
        if section.role and section.role in withheld:
            section.blocks = [tree.Para([tree.Str(profile["blinding"]["placeholder"])])]
    return sections


def with_heading(section: Section, deeper: int = 0) -> Blocks:
    """A section under its heading, so many levels below the first."""
    blocks: Blocks = [tree.Header(1 + deeper, tree.Attr(), section.name)] if section.name is not None else []
    for block in section.blocks:
        if isinstance(block, tree.Header):
            block.level += deeper
        blocks.append(block)
    return blocks


def run_in(section: Section) -> Blocks:
    """A section whose name stands in bold before its text."""
    blocks = list(section.blocks)
    name: Inlines = [tree.Strong([*(section.name or []), tree.Str(":")]), tree.Space()]
    first = blocks[0] if blocks else None
    if isinstance(first, tree.Para | tree.Plain):
        blocks[0] = tree.Para([*name, *first.content], at=first.at)
    else:
        blocks.insert(0, tree.Para(name))
    return blocks


def _number_headings(sections: Sequence[Section]) -> None:
    """ "1. Introduction", "1.1. Search" for journals that number their headings."""
    counts = [0] * NUMBERED

    def number(level: int) -> Inlines:
        counts[level - 1] += 1
        counts[level:] = [0] * (NUMBERED - level)
        return [tree.Str(".".join(str(count) for count in counts[:level]) + "."), tree.Space()]

    for section in sections:
        if section.name is None or not section.numbered:
            continue
        section.name = [*number(1), *section.name]
        for block in section.blocks:
            if isinstance(block, tree.Header) and block.level <= NUMBERED and "unnumbered" not in block.attr.classes:
                block.content = [*number(block.level), *block.content]


def _declarations(sections: Sequence[Section], profile: Profile) -> Blocks:
    if not sections:
        return []
    title, in_line = profile["declarations"]["heading"], profile["declarations"]["form"] == "run-in"
    blocks: Blocks = [heading(title)] if title else []
    for section in sections:
        blocks += run_in(section) if in_line else with_heading(section, 1 if title else 0)
    return blocks


def arrange(blocks: Sequence[tree.Block], profile: Profile, *, blinded: bool) -> Arrangement:
    """The sections where the journal wants them: the text, then the declarations in the journal's order."""
    files = {entry["role"] for entry in profile["submission"] if "file" in entry}
    alone: dict[str, Section] = {}
    places: dict[str, list[Section]] = {place: [] for place in PLACES}
    text: list[Section] = []
    declarations: list[Section] = []
    for section in sections_of(blocks, profile, profile["blinding"]["withheld"] if blinded else ()):
        if section.role in files:
            alone[section.role] = copy.deepcopy(section)
        if section.rule.place in places:
            places[section.rule.place].append(section)
        elif section.declaration and not section.rule.ahead:
            declarations.append(section)
        else:
            text.append(section)
    # Those that the journal does not name keep their order behind the others.
    declarations.sort(key=lambda section: section.rule.index)
    if profile["headings"]["numbered"]:
        _number_headings(text)
    body = [block for section in text for block in with_heading(section)]
    return Arrangement([*body, *_declarations(declarations, profile)], places, alone)


def plain_header(node: Any) -> list[Any] | None:
    """A heading without its attributes, which have done their work."""
    if isinstance(node, tree.Header):
        node.attr = tree.Attr()
    return None
