"""The kind of work as which a citation style sets a work best.

Styles know articles, books and chapters; a data set, a standard or a leaflet falls to the rule for all the rest, which
is mostly made for articles: the publisher goes missing, and the work is "published online". Here a style is read as
citeproc reads it, which says what it would print of a work; a work whose own kind loses more than a kindred one is set
as that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from prismake.document.csl import CSL, cites

Work = dict[str, Any]
# CSL type -> the kinds as which it may be set, the nearest first.
KINDRED = {
    "document": ("report", "webpage"),
    "software": ("software", "book", "report", "webpage"),
    "dataset": ("dataset", "report", "webpage"),
    "standard": ("standard", "report"),
    "legislation": ("legislation", "report"),
    "patent": ("patent", "report"),
    "pamphlet": ("pamphlet", "report"),
    "manuscript": ("manuscript", "report"),
    "report": ("report", "webpage"),
    "thesis": ("thesis", "report"),
    "article": ("article", "article-journal"),
    "book": ("book",),
    "chapter": ("chapter",),
    "paper-conference": ("paper-conference",),
    "song": ("song", "webpage"),
    "motion_picture": ("motion_picture", "webpage"),
    "broadcast": ("broadcast", "webpage", "report"),
    "graphic": ("graphic", "report", "webpage"),
    "speech": ("speech", "report"),
    "post": ("post", "webpage"),
    "post-weblog": ("post-weblog", "webpage"),
    "entry-encyclopedia": ("entry-encyclopedia", "chapter"),
    "entry-dictionary": ("entry-dictionary", "chapter"),
}
# Where a work lies counts for more than any other part of it.
WEIGHT = {"URL": 3}
# Kinds whose volume may stand where an edition would.
IN_VOLUMES = ("book", "chapter", "paper-conference")
# Kinds that go by a number -> the word before it, where the work does not say what it is.
NUMBERED = {"report": "Report", "standard": "", "patent": "Patent"}
NUMERIC = re.compile(r"[A-Za-z]*\d+[A-Za-z]*(\s*[-–,&]\s*[A-Za-z]*\d+[A-Za-z]*)*")
UNDATED = "n.d."


class Style:
    """A citation style, read for what it prints of a work."""

    def __init__(self, style: bytes) -> None:
        root = etree.fromstring(style, etree.XMLParser(resolve_entities=False, no_network=True))
        self._macros = {macro.get("name"): macro for macro in root.iter(f"{CSL}macro")}
        self._layout = root.find(f"{CSL}bibliography/{CSL}layout")
        self.by_year = cites(root, "issued")
        self.prints_places = cites(root, "locator")
        initials = {node.get("initialize-with") for node in root.iter() if node.get("initialize-with") is not None}
        self.bare_initials = initials == {""}
        self.joins_hyphens = root.get("initialize-with-hyphen") == "false"

    def prints(self, work: Work) -> set[str]:
        """The variables of a work that the style prints in the list of references."""
        return set() if self._layout is None else set(self._printed(self._layout, work))

    def _printed(self, node: Any, work: Work) -> Iterator[str]:
        for child in node:
            if not isinstance(child.tag, str):
                continue
            tag = child.tag.removeprefix(CSL)
            if tag == "choose":
                branch = next((inner for inner in child if isinstance(inner.tag, str) and _applies(inner, work)), None)
                if branch is not None:
                    yield from self._printed(branch, work)
            elif tag in ("text", "number", "date", "names", "group", "substitute"):
                filled = [name for name in str(child.get("variable") or "").split() if work.get(name)]
                yield from filled
                if child.get("macro") in self._macros:
                    yield from self._printed(self._macros[child.get("macro")], work)
                # What stands in for missing names is printed only where they are missing.
                if tag != "names" or not filled:
                    yield from self._printed(child, work)


def _tests(branch: Any, work: Work) -> Iterator[bool]:
    for word in str(branch.get("type") or "").split():
        yield work.get("type") == word
    for word in str(branch.get("variable") or "").split():
        yield bool(work.get(word))
    for word in str(branch.get("is-numeric") or "").split():
        yield NUMERIC.fullmatch(str(work.get(word, ""))) is not None
    for name in ("position", "locator", "disambiguate", "is-uncertain-date"):
        if branch.get(name):
            yield False


def _applies(branch: Any, work: Work) -> bool:
    tests = list(_tests(branch, work))
    if branch.tag == f"{CSL}else" or not tests:
        return True
    match = branch.get("match", "all")
    return any(tests) if match == "any" else (not any(tests) if match == "none" else all(tests))


def _as(kind: str, work: Work, style: Style) -> Work:
    """The work as one of another kind, what that has no place for in the place of the nearest."""
    made = {**work, "type": kind}
    if work["type"] == "article" and work.get("publisher") and "publisher" not in style.prints(made):
        made["container-title"] = made.pop("publisher")
    if kind in IN_VOLUMES and work.get("volume") and not work.get("edition") and "volume" not in style.prints(made):
        made["edition"] = f"Vol {work['volume']}"
    number = str(work.get("number") or "")
    if work["type"] in NUMBERED and number and "number" not in style.prints(made) and not work.get("edition"):
        name = made.pop("genre", NUMBERED[work["type"]])
        made["edition"] = f"{name} {number}".strip()
    if work.get("version") and "version" not in style.prints(made):
        made.setdefault("edition", f"Version {work['version']}")
    return made


def _worth(work: Work, style: Style) -> int:
    printed = style.prints(work) - ({"URL", "accessed"} if work.get("DOI") else set())
    return sum(WEIGHT.get(name, 1) for name in printed)


def _dated(work: Work, style: Style) -> Work:
    """A work without a date says so, except a page of which the day is printed on which it was read; beside its
    author, what stands for the date is in small letters ("Dietz, in press")."""
    if style.by_year and work.get("status") and "literal" in work.get("issued", {}):
        return {**work, "issued": {"literal": str(work["status"])}}
    if work.get("issued") or (work.get("accessed") and not style.by_year):
        return work
    return {**work, "issued": {"literal": UNDATED}}


def _named(work: Work, style: Style) -> Work:
    """The work with its names as the style writes them: "Jr" where initials have no stop, "KH" for "K.-H."."""

    def person(name: Any) -> Any:
        made = dict(name) if isinstance(name, dict) else name
        if style.bare_initials and isinstance(made, dict) and "suffix" in made:
            made["suffix"] = made["suffix"].rstrip(".")
        if style.joins_hyphens and isinstance(made, dict) and "given" in made:
            made["given"] = made["given"].replace("-", " ")
        return made

    return {key: [person(one) for one in value] if isinstance(value, list) else value for key, value in work.items()}


def set_as(work: Work, style: Style) -> Work:
    """The work as the style sets it best: as itself, or as the kindred kind of which the style prints more."""
    work = _dated(_named(work, style), style)
    kinds = KINDRED.get(str(work.get("type")))
    if not kinds:
        return work
    return max((_as(kind, work, style) for kind in kinds), key=lambda made: _worth(made, style))
