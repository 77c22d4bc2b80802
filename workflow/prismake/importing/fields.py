"""Fields of a record by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from prismake.common import identifiers
from prismake.common.records import SEPARATOR
from prismake.importing.entries import Fields

# Also of a date without hyphens: 20150301, 201503.
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?=(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?)?(?!\d))")


class Values(dict[str, list[str]]):
    """The values of each field, empty ones left out, repeats in their order."""

    __slots__ = ("exported",)

    def __init__(self, fields: Iterable[tuple[str, str]], exported: Fields | None = None) -> None:
        """`exported` are the fields as the export names them, where `fields` go by simpler names."""
        super().__init__()
        self.exported = exported or []
        for name, value in fields:
            if value:
                self.add(name, value)

    def add(self, name: str, value: str) -> None:
        """One more value of a field."""
        if name in self:
            self[name].append(value)
        else:
            self[name] = [value]

    def first(self, *names: str) -> str:
        """The first value of the first of these fields that has one, or ""."""
        for name in names:
            if name in self:
                return self[name][0]
        return ""

    def all(self, *names: str) -> list[str]:
        """All values of all these fields, in the order of the names."""
        return [value for name in names if name in self for value in self[name]]

    def either(self, *names: str) -> list[str]:
        """All values of the first of these fields that has one."""
        for name in names:
            if name in self:
                return self[name]
        return []


def year(text: str) -> str:
    """The first four-digit year in a text, or ""."""
    if len(text) == 4 and text.isdigit():
        return text
    match = _YEAR.search(text)
    return match[0] if match else ""


def pages(start: str, end: str) -> str:
    """First and last page as one text; where one is missing or both are the same, the one."""
    if not end or end == start or "-" in start or "–" in start:
        return start
    return f"{start}-{end}" if start else end


def issns(values: Iterable[str]) -> str:
    """The ISSNs in the values, as a list cell."""
    return SEPARATOR.join(identifiers.issns(values))


def isbns(values: Iterable[str]) -> str:
    """The ISBNs in the values, as a list cell."""
    return SEPARATOR.join(identifiers.isbns(values))


def trial_ids(values: Iterable[str]) -> str:
    """The trial registration numbers in the values, as a list cell."""
    return SEPARATOR.join(identifiers.trial_ids(values))


def lines(values: Iterable[str]) -> list[str]:
    """The lines of all values, stripped."""
    return [line.strip() for value in values for line in value.split("\n")]


def joined(fields: Fields, tags: frozenset[str]) -> Fields:
    """The fields with the lines of each value joined by a space, but for those tags that hold a list, a line each."""
    return [
        (tag, value if "\n" not in value or tag in tags else " ".join(map(str.strip, value.split("\n"))))
        for tag, value in fields
    ]
