"""Texts that files of decisions contain and that the review does not know, each once, as lines for config.yaml."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass

from prismake.common.errors import counted, inert

# Unknown texts that a message lists, and the characters of each that it shows.
MOST, LONGEST = 100, 200


def fold(text: str) -> str:
    """A text for comparison: case, white space and Unicode forms aside."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").split())


@dataclass
class Unknown:
    """An unknown text: as first written, where first, and in how many rows."""

    text: str
    where: str
    rows: int = 0

    @property
    def quoted(self) -> str:
        """The text as a YAML string on one line."""
        shown = self.text if len(self.text) <= LONGEST else self.text[:LONGEST] + "…"
        return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in json.dumps(shown, ensure_ascii=False))

    @property
    def comment(self) -> str:
        """Its number of rows and its first place as a YAML comment."""
        return f"  # {counted(self.rows, 'row')}, the first {inert(' '.join(self.where.split()))}"


class UnknownTexts:
    """The distinct unknown texts in the order in which they occur."""

    def __init__(self) -> None:
        self._texts: dict[str, Unknown] = {}

    def __bool__(self) -> bool:
        return bool(self._texts)

    def add(self, text: str, where: str, rows: int = 1) -> None:
        """Counts a row, or so many, that give the text."""
        self._texts.setdefault(fold(text), Unknown(text, where)).rows += rows

    @property
    def where(self) -> str:
        """The place of the first text."""
        return next(iter(self._texts.values())).where

    @property
    def rows(self) -> int:
        """How many rows give one of the texts."""
        return sum(unknown.rows for unknown in self._texts.values())

    def most_frequent(self) -> list[Unknown]:
        """The texts, those of most rows first."""
        return sorted(self._texts.values(), key=lambda unknown: -unknown.rows)


def left_out(texts: list[Unknown]) -> list[str]:
    """A comment that counts the texts beyond `MOST`."""
    return [f"# … and {len(texts) - MOST} more"] if len(texts) > MOST else []
