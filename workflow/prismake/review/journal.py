"""A journal as data: the profile that says how its manuscripts look."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.defaults import with_defaults
from prismake.common.places import JOURNALS
from prismake.common.validation import check_document, house_schema, load_yaml

POINTS_PER_MM = 72 / 25.4
# Width and height in millimetres.
PAPERS = {"a4": (210.0, 297.0), "us-letter": (215.9, 279.4)}


# Where a review keeps journals of its own; one there stands before the engine's of the same name.
OWN_JOURNALS = Path("manuscript/journals")


def folder_of(journal: str) -> Path:
    """The folder of a journal: the review's own, seen from the review's folder, else the engine's."""
    own = OWN_JOURNALS / journal
    return own if own.is_dir() else JOURNALS / journal


@dataclass(frozen=True)
class Page:
    """The sheet of a manuscript; all lengths in points."""

    width: float
    height: float
    margin: float

    @property
    def text_width(self) -> float:
        """Width of the text on a portrait page."""
        return self.width - 2 * self.margin

    @property
    def text_height(self) -> float:
        """Height of the text on a portrait page; a landscape page's text is as wide."""
        return self.height - 2 * self.margin


def read_profile(path: Path, schema: Path) -> dict[str, Any]:
    """The profile of a journal, checked against its schema and with the schema's defaults filled in.

    Raises BuildStop with every fault of the file.
    """
    rules = house_schema(schema)
    profile = load_yaml(path)
    check_document(profile, rules, path)
    whole: dict[str, Any] = with_defaults(profile, rules)
    return whole


def page_of(profile: dict[str, Any]) -> Page:
    """The journal's sheet."""
    width, height = PAPERS[profile["page"]["size"]]
    return Page(width * POINTS_PER_MM, height * POINTS_PER_MM, float(profile["page"]["margin_mm"]) * POINTS_PER_MM)
