"""The people of a bibliography: names that BibTeX reads otherwise than their author means them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bibtexparser.library import Library

from prismake.common.errors import Issue

FIELDS = ("author", "editor", "translator", "bookauthor")
AND = re.compile(r"(?<!\s)\s+and\s+", re.IGNORECASE)
BRACED = re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}")
# What may stand behind a family name, without its stops.
SUFFIX = re.compile(r"jr|sr|[ivx]+|\d(st|nd|rd|th)|esq|md|phd|dr|msc|mph|bsc|rn", re.IGNORECASE)
# "Smith J", as PubMed writes a name.
WITH_INITIALS = re.compile(r"[^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+)* [A-Z]{1,3}")
INITIALS = re.compile(r"[A-Z]{2,4}")


def is_suffix(text: str) -> bool:
    """Whether a part of a name is none of its own: "Jr.", "III", "M.D."."""
    return SUFFIX.fullmatch(text.replace(".", "").strip()) is not None


def _fault(name: str) -> bool:
    """Whether one name of an entry holds more than a name."""
    bare = BRACED.sub("", name)
    parts = [part.strip() for part in bare.rstrip(" ,").split(",")]
    if ";" in bare or "&" in bare or len(parts) > 3:
        return True
    if len(parts) == 3:
        return not any(map(is_suffix, parts[1:]))
    return len(parts) == 2 and all(WITH_INITIALS.fullmatch(part) for part in parts)


def misread_names(library: Library, source: str) -> Iterator[Issue]:
    """Issues of fields whose names are not separated by "and": BibTeX makes one person of several."""
    for entry in library.entries:
        for field in entry.fields:
            if field.key.lower() not in FIELDS:
                continue
            names = AND.split(" ".join(str(field.value).split()))
            wrong = next((name for name in names if _fault(name)), "")
            if wrong:
                yield Issue(
                    "bibtex",
                    f"'{entry.key}': the {field.key.lower()} '{wrong}' is not one name",
                    f"{source}:{(field.start_line or entry.start_line or 0) + 1}",
                    "separate names with 'and', and put the name of a group or company into braces",
                )


def set_names(item: dict[str, Any]) -> None:
    """Names as medical styles mean them, in place: a particle ("van der") belongs to the family name, "JPT", as in
    PubMed, is three initials, and "Smith, John, Jr." has its suffix."""
    people = [person for value in item.values() if isinstance(value, list) for person in value]
    for person in [person for person in people if isinstance(person, dict)]:
        if "dropping-particle" in person and "non-dropping-particle" not in person:
            person["non-dropping-particle"] = person.pop("dropping-particle")
        given, family, suffix = (str(person.get(part, "")) for part in ("given", "family", "suffix"))
        if suffix and given and is_suffix(given) and not is_suffix(suffix):
            person["given"], person["suffix"] = given, suffix = suffix, given
        # A name all in capitals is no name in initials.
        if INITIALS.fullmatch(given) and not family.isupper():
            person["given"] = " ".join(given)
