"""Sections of a Word document: their pages, and the blocks in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from prismake.preflight.wordml import (
    find,
    twips,
    value,
    whole,
)


@dataclass
class Section:
    """A section: its properties and the blocks in it; lengths in twips."""

    properties: Any
    blocks: list[Any]
    number: int

    def _size(self, name: str, attribute: str) -> float | None:
        return twips(value(find(self.properties, name), attribute))

    @property
    def width(self) -> float | None:
        """Width of the sheet."""
        return self._size("pgSz", "w")

    @property
    def height(self) -> float | None:
        """Height of the sheet."""
        return self._size("pgSz", "h")

    def margin(self, side: str) -> float | None:
        """The margin of a side."""
        return self._size("pgMar", side)

    @property
    def text_width(self) -> float | None:
        """Width of the text, of one column where there are several."""
        width, left, right = self.width, self.margin("left"), self.margin("right")
        if width is None or left is None or right is None:
            return None
        columns = whole(value(find(self.properties, "cols"), "num")) or 1
        space = twips(value(find(self.properties, "cols"), "space")) or 0
        return (width - left - right - space * (columns - 1)) / columns if 0 < columns < 64 else None

    @property
    def text_height(self) -> float | None:
        """Height of the text."""
        height, top, bottom = self.height, self.margin("top"), self.margin("bottom")
        return None if height is None or top is None or bottom is None else height - abs(top) - abs(bottom)

    @property
    def landscape(self) -> bool:
        """Whether the sheet is wider than high."""
        return (self.width or 0) > (self.height or 0)

    def __str__(self) -> str:
        return f"section {self.number}"
