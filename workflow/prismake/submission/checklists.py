"""Reporting checklists: their items word for word, and where the manuscript reports each.

The wording comes as data (`checklists/*.yaml`, with source and licence) and is never edited. Where an item is reported
is the review's own knowledge: manuscript/checklists.yaml names headings, tables and figures, the page is looked up in
the built PDF, and the words there are read. What they lack is printed as not reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue, counted, nearest, some_of
from prismake.common.yaml_files import house_yaml
from prismake.submission.pages import Heading

TITLE = "Title"
SUPPLEMENT = "Supplement"
NOT_REPORTED = "Not reported"


@dataclass(frozen=True)
class Item:
    """One part of a checklist. `item` is its number as printed: `7`, `10a`.

    `text` is its wording, empty for all items of a checklist whose wording may not be stored.
    """

    item: str
    section: str
    topic: str
    text: str = ""


@dataclass(frozen=True)
class Particular:
    """Something that an item asks for and that a text cannot report without one of these words (regular expressions).

    `what` names it; empty if it is all that the item asks for.
    """

    words: tuple[str, ...]
    what: str = ""

    def missing(self, text: str) -> bool:
        """Whether the text has none of the words."""
        return not any(re.search(word, text, re.IGNORECASE) for word in self.words)


@dataclass(frozen=True)
class Usual:
    """Where an item is usually reported, and the words (regular expressions) of which the text there has one."""

    at: tuple[str, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checklist:
    """A checklist as its authors published it, what Prismake looks for in the text under each item, and where."""

    id: str
    name: str
    source: str
    licence: str
    items: tuple[Item, ...]
    particulars: Mapping[str, tuple[Particular, ...]]
    standard: Mapping[str, Usual] = field(default_factory=dict)


@dataclass(frozen=True)
class Float:
    """A table or figure of the manuscript, as its PDF shows it."""

    name: str
    page: int


def read_checklist(path: Path) -> Checklist:
    """A checklist that comes with Prismake."""
    data = house_yaml(path)
    particulars = {
        name: tuple(Particular(tuple(entry["words"]), entry.get("what", "")) for entry in entries)
        for name, entries in data.get("particulars", {}).items()
    }
    items = tuple(Item(**item) for item in data["items"])
    standard = {
        name: Usual(tuple(usual["at"]), tuple(usual.get("words", ()))) for name, usual in data["standard"].items()
    }
    return Checklist(data["id"], data["name"], data["source"], data["licence"], items, particulars, standard)


class Places:
    """Looks up where a manuscript reports an item.

    A place is `Title`, a heading of the source (`Eligibility`, or `Results > Critical Appraisal` where two have the
    same words), a table or figure as the text refers to it (`@tbl:characteristics`), or a section of the supplement
    (`Supplement: Search Strategies`).
    """

    def __init__(
        self,
        headings: Sequence[Heading],
        floats: Mapping[str, Float],
        supplement: Sequence[str],
        texts: Mapping[str, str] | None = None,
    ) -> None:
        """`headings` are those of the source with their pages.

        `floats` maps identifiers (`tbl:x`, `fig:x`); `supplement` lists the headings of the supplement. `texts` are
        the words at each place (see `texts.py`); without them nothing is known of the words.
        """
        self._headings, self._floats, self._supplement = headings, floats, supplement
        self._texts = texts or {}

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

    def named(self, name: str) -> list[str]:
        """The places that a usual name means here: `Methods > Selection`, `Limitations`, `@tbl:appraisal*`.

        `Methods > *` are all headings under that one. Letter case does not count, and `Methods` may be a part of the
        heading; a name that several headings have means none of them.
        """
        if name.startswith("@"):
            return [f"@{entry}" for entry in self._floats if fnmatchcase(entry, name[1:])]
        if name == TITLE or name in (f"{SUPPLEMENT}: {heading}" for heading in self._supplement):
            return [name]
        *above, title = name.casefold().split(" > ")
        paths = [heading.path for heading in self._headings if _is_named(heading, above, title)]
        return paths if len(paths) == 1 or title == "*" else []

    def says(self, place: str, words: Sequence[str]) -> bool:
        """Whether the text at a place says something, with one of the words where there are any."""
        text = self.text(place)
        if text is None or place.startswith("@"):
            return not words
        return bool(text.strip()) and (not words or any(re.search(word, text, re.IGNORECASE) for word in words))

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

    def text(self, place: str) -> str | None:
        """The words at a place that is there; None if they are not known."""
        if place == TITLE or place.startswith(("@", f"{SUPPLEMENT}:")):
            return self._texts.get(re.sub(r":\s+", ": ", place.removeprefix("@")))
        return self._texts.get(self._heading(place).path)


def _is_named(heading: Heading, above: Sequence[str], title: str) -> bool:
    """Whether a heading has the title; one of the first level has it in part, any other stands `above` it if named."""
    own = heading.title.casefold()
    if not heading.above:
        return not above and title in (own, *own.split(" and "))
    return title in (own, "*") and (not above or above[0] in heading.above[0].casefold().split(" and "))


@dataclass(frozen=True)
class Entry:
    """What manuscript/checklists.yaml says of an item: its places, why it does not apply, what is not reported.

    `quote` are the words of the text that report it, where Prismake does not recognise them.
    """

    at: tuple[str, ...] = ()
    not_applicable: str = ""
    not_reported: str = ""
    quote: str = ""


def _entry(value: Any) -> Entry:
    if isinstance(value, Mapping):
        return Entry(_entry(value.get("at", [])).at, **{key: text for key, text in value.items() if key != "at"})
    return Entry((value,) if isinstance(value, str) else tuple(value))


def _same_blanks(text: str) -> str:
    return " ".join(text.split())


def _unreported(entry: Entry, particulars: Sequence[Particular], places: Places) -> list[Particular]:
    """What the words at the places of an item do not report; nothing if some of the words are not known."""
    texts = [places.text(place) for place in entry.at]
    if entry.not_applicable or entry.not_reported or entry.quote or None in texts:
        return []
    text = "\n".join(filter(None, texts))
    if texts and not text.strip():
        return [Particular((), "")]
    return [particular for particular in particulars if particular.missing(text)]


def _answer(entry: Entry, shown: Sequence[str], lacking: Sequence[Particular]) -> str:
    """`Page 5, Eligibility. Not reported: how many reviewers …`, as the checklist prints it."""
    where = "; ".join(shown)
    if entry.not_applicable:
        return f"Not applicable: {entry.not_applicable}" + (f" ({where})" if where else "")
    missing = entry.not_reported or "; ".join(particular.what for particular in lacking if particular.what)
    if any(not particular.what for particular in lacking):
        return NOT_REPORTED
    parts = [where[:1].upper() + where[1:], f"{NOT_REPORTED}: {missing}" if missing else ""]
    return ". ".join(part for part in parts if part)


def locate(
    checklist: Checklist,
    reported: Mapping[str, Any],
    places: Places,
    source: Path,
    usual: Mapping[str, Entry] | None = None,
) -> tuple[dict[str, str], list[Issue]]:
    """({item: where it is reported}, faults).

    `reported` is the checklist's block of manuscript/checklists.yaml: item -> a place, a list of places, or an
    `Entry`; `usual` are the entries of items that it does not name, as the headings of the manuscript show them (see
    `standard_places.py`), which the authors are asked to check. Any other item, and what the words at its places lack,
    is printed as not reported, with a warning; an unknown item, heading, table or section, and a quotation that stands
    at none of the places, is an error.
    """
    issues: list[Issue] = []
    located = dict.fromkeys((item.item for item in checklist.items), NOT_REPORTED)
    for name, value in reported.items():
        where = f"{source.as_posix()}, {checklist.id}.{name}"
        if name not in located:
            issues.append(
                Issue("unknown-item", f"the {checklist.name} has no item '{name}'", where, nearest(name, list(located)))
            )
            continue
        entry, shown = _entry(value), []
        faults = []
        for place in entry.at:
            try:
                shown.append(places.find(place))
            except LookupError as fault:
                message, fix = fault.args
                faults.append(Issue("unknown-place", message, where, fix))
        if not faults:
            lacking = _unreported(entry, checklist.particulars.get(name, ()), places)
            faults = [*_misquoted(entry, places, where), *_lacking(lacking, entry, where)]
            located[name] = _answer(entry, shown, lacking)
        issues += faults
    by_heading = {name: entry for name, entry in (usual or {}).items() if name not in reported}
    for name, entry in by_heading.items():
        lacking = _unreported(entry, checklist.particulars.get(name, ()), places)
        located[name] = _answer(entry, [places.find(place) for place in entry.at], lacking)
    return located, [*issues, *_not_named(checklist, reported, by_heading, source)]


def _not_named(
    checklist: Checklist, reported: Mapping[str, Any], by_heading: Mapping[str, Entry], source: Path
) -> Iterator[Issue]:
    """A warning for the items that checklists.yaml does not name: those that headings place, and those without one."""
    items = [item.item for item in checklist.items]
    missing = [name for name in items if name not in reported and name not in by_heading]
    parts = []
    if by_heading:
        parts.append(f"the usual headings show where {counted(len(by_heading), 'item is', 'items are')} reported")
    if missing:
        parts.append(f"no text is known to report {_listed(missing)}, and the checklist prints 'not reported'")
    if parts:
        fix = "check the checklist in the supplement; name the heading, table or figure that reports an item under "
        fix += f"'{checklist.id}' of this file"
        message = f"{checklist.name}: {'; '.join(parts)}"
        yield Issue("not-located", message, source.as_posix(), fix, "warning")


def _misquoted(entry: Entry, places: Places, where: str) -> list[Issue]:
    texts = [_same_blanks(places.text(place) or "") for place in entry.at]
    if not entry.quote or any(_same_blanks(entry.quote) in text for text in texts):
        return []
    fix = "quote the text letter for letter, or name the place where it occurs"
    return [Issue("unknown-quote", f"no place of this item says '{entry.quote}'", where, fix)]


def _lacking(lacking: Sequence[Particular], entry: Entry, where: str) -> list[Issue]:
    if not lacking:
        return []
    missing = "; ".join(particular.what or "what the item asks for" for particular in lacking)
    message = f"the text at {', '.join(repr(place) for place in entry.at)} does not say {missing}"
    fix = "report it there, or quote the words that report it (quote: …), or state what is missing (not_reported: …)"
    return [Issue("not-in-text", f"{message}; the checklist prints 'not reported'", where, fix, "warning")]


def _listed(items: Sequence[str]) -> str:
    return f"item{'' if len(items) == 1 else 's'} {some_of(items, 10)}"
