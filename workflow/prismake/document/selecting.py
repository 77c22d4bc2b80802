"""The regions that a variant's file has, or one table alone, from the arranged document.

Selected after the citations are resolved, so that all numbers are those of the whole manuscript. A reference to what is
not in the file stays as plain text.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from prismake.document.parts import Blocks, is_div
from prismake.document.variants import Edition
from prismake.manuscript import tree
from prismake.manuscript.walking import rewrite


def _name(block: tree.Div) -> str:
    return f"{block.attr.get('kind')}-{block.attr.get('number')}"


def _selected(blocks: Sequence[tree.Block], edition: Edition) -> Blocks:
    kept: Blocks = []
    for block in blocks:
        if isinstance(block, tree.Div) and is_div(block, "region"):
            if edition.only:
                kept += _selected(block.blocks, edition)
            elif block.attr.get("name") in edition.parts:
                kept += block.blocks
        elif not edition.only or (
            isinstance(block, tree.Div) and is_div(block, "float") and _name(block) == edition.only
        ):
            kept.append(block)
    return kept


def _without_idle_marks(blocks: Blocks) -> Blocks:
    """Pages begin between things: not before the first, nor twice in a row."""
    kept: Blocks = []
    started = False
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        is_mark = is_div(block, "mark")
        if not (is_mark and (not started or following is None or is_div(following, "mark"))):
            kept.append(block)
        is_head = isinstance(block, tree.Div) and is_div(block, "part") and block.attr.get("role") == "running-head"
        started = started or not (is_mark or is_head)
    return kept


def select(blocks: Sequence[tree.Block], edition: Edition) -> Blocks:
    """The blocks of the file that an edition is; the arranged document stays as it is."""
    chosen = _without_idle_marks(_selected(blocks, edition))
    kept = copy.deepcopy(chosen) if edition.only else chosen
    there = {_name(block) for block in kept if isinstance(block, tree.Div) and is_div(block, "float")}
    lists = not edition.only and "references" in edition.parts

    def change(node: Any) -> list[Any] | None:
        if isinstance(node, tree.Span) and "reference" in node.attr.classes:
            name = f"{node.attr.get('kind')}-{node.attr.get('number')}"
            return None if name in there else list(node.content)
        # Citations in a file without the list of references lead nowhere.
        if isinstance(node, tree.Link) and node.target.startswith("#") and not lists:
            return list(node.content)
        return None

    rewrite(kept, change)
    return kept
