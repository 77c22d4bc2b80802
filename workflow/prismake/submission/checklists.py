"""Reporting checklists: their items word for word, and where the manuscript reports each.

The wording comes as data (`checklists/*.yaml`, with source and licence) and is never edited. Where an item is reported
is the review's own knowledge: manuscript/checklists.yaml names headings, tables and figures, and the page is looked up
in the built PDF.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue, nearest
from prismake.common.validation import house_schema
from prismake.submission.pages import Heading

TITLE = "Title"
SUPPLEMENT = "Supplement"


@dataclass(frozen=True)
class Item:
    """One part of a checklist. `item` is its number as printed: `7`, `10a`."""

    item: str
    section: str
    topic: str
    text: str


@dataclass(frozen=True)
class Checklist:
    """A checklist as its authors published it."""

    id: str
    name: str
    source: str
    licence: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Float:
    """A table or figure of the manuscript, as its PDF shows it."""

    name: str
    page: int


def read_checklist(path: Path) -> Checklist:
    """A checklist that comes with Prismake."""
    data = house_schema(path)
    return Checklist(
        data["id"], data["name"], data["source"], data["licence"], tuple(Item(**item) for item in data["items"])
    )


class Places:
    """Looks up where a manuscript reports an item.

    A place is `Title`, a heading of the source (`Eligibility`, or `Results > Critical Appraisal` where two have the
    same words), a table or figure as the text refers to it (`@tbl:characteristics`), or a section of the supplement
    (`Supplement: Search Strategies`).
    """

    def __init__(self, headings: Sequence[Heading], floats: Mapping[str, Float], supplement: Sequence[str]) -> None:
        """`headings` are those of the source with their pages.

        `floats` maps identifiers (`tbl:x`, `fig:x`); `supplement` lists the headings of the supplement.
        """
        self._headings, self._floats, self._supplement = headings, floats, supplement

    def _heading(self, place: str) -> Heading:
        headings = [heading for heading in self._headings if place in (heading.title, heading.path)]
        # A full path is its own heading even where another heading has these words.
        headings = [heading for heading in headings if heading.path == place] or headings
        if not headings:
            raise LookupError(f"the manuscript has no heading '{place}'", self._nearest(place))
        if len(headings) > 1:
            raise LookupError(f"the manuscript has {len(headings)} headings '{place}'", f"write '{headings[0].path}'")
        return headings[0]

    def _nearest(self, place: str) -> str:
        names = [TITLE, *(heading.title for heading in self._headings)]
        return nearest(place, [*names, *(f"{SUPPLEMENT}: {name}" for name in self._supplement)])

    def find(self, place: str) -> str:
        """The place with its page: `page 5, Eligibility`. Raises LookupError (what is wrong, what to do)."""
        if place == TITLE:
            return "page 1, title"
        if place.startswith("@"):
            if place[1:] not in self._floats:
                raise LookupError(f"the manuscript has no '{place}'", nearest(place, [f"@{n}" for n in self._floats]))
            entry = self._floats[place[1:]]
            return f"page {entry.page}, {entry.name}"
        if place.startswith(f"{SUPPLEMENT}:"):
            section = place.partition(":")[2].strip()
            if section not in self._supplement:
                raise LookupError(f"the supplement has no section '{section}'", nearest(section, self._supplement))
            return f"supplement, {section}"
        heading = self._heading(place)
        return f"page {heading.page}, {heading.printed or heading.title}"


def locate(
    checklist: Checklist, reported: Mapping[str, Any], places: Places, source: Path
) -> tuple[dict[str, str], list[Issue]]:
    """({item: where it is reported}, faults).

    `reported` is the checklist's block of manuscript/checklists.yaml: item -> a place, a list of places, or
    `{not_applicable: why}`. An item that it does not name is a warning and stays empty, so that nobody takes it for
    reported; an unknown item, heading, table or section is an error.
    """
    issues: list[Issue] = []
    located: dict[str, str] = {}
    known = [item.item for item in checklist.items]
    for name, entry in reported.items():
        where = f"{source.as_posix()}, {checklist.id}.{name}"
        if name not in known:
            issues.append(
                Issue("unknown-item", f"the {checklist.name} has no item '{name}'", where, nearest(name, known))
            )
            continue
        if isinstance(entry, Mapping):
            located[name] = f"Not applicable: {entry['not_applicable']}"
            continue
        shown = []
        for place in [entry] if isinstance(entry, str) else entry:
            try:
                shown.append(places.find(place))
            except LookupError as fault:
                message, fix = fault.args
                issues.append(Issue("unknown-place", message, where, fix))
        located[name] = "; ".join(shown)[:1].upper() + "; ".join(shown)[1:]
    missing = [name for name in known if name not in reported]
    if missing:
        issues.append(
            Issue(
                "not-located",
                f"{checklist.name}: no place is given for {_listed(missing)}",
                source.as_posix(),
                f"name a heading, table or figure for each under '{checklist.id}'",
                "warning",
            )
        )
    return located, issues


def _listed(items: Sequence[str]) -> str:
    shown = ", ".join(items[:10])
    return (
        ("item " if len(items) == 1 else "items ") + shown + (f" and {len(items) - 10} more" if len(items) > 10 else "")
    )
