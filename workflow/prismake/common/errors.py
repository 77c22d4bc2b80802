"""Issues that stop a build or warn, and their messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

# Characters that a terminal would obey or that reverse a line; a title must contain none.
_COMMANDS = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")

Severity = Literal["error", "warning"]

SHOWN = 20


def inert(text: str) -> str:
    """A text as a terminal may show it: control characters, also those of direction, become replacement marks."""
    return _COMMANDS.sub("\ufffd", text)


def counted(number: int, singular: str, plural: str = "") -> str:
    """`1 record`, `1,204 records`: a number with its noun, whose plural is `many` where an s does not make it."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def some_of(items: Iterable[object], most: int = 5) -> str:
    """`a, b, c`; of more than `most` items the first ones and the number of the others: `a, b, c, d, e and 4 more`."""
    texts = [str(item) for item in items]
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


# A word without end, as a damaged cell may hold; a message quotes the beginning.
_ENDLESS = re.compile(r"(\S{80})\S{120,}")


@dataclass(frozen=True)
class Issue:
    """One fault in the input.

    `code` is a short stable name (`unknown-key`); `message` says what is wrong; `where` names file, line, row,
    column, record or key; `fix` says what to do. A warning is printed and logged; an error stops the build.
    `item` is the part of the message that differs between rows with one cause, such as an id.
    """

    code: str
    message: str
    where: str = ""
    fix: str = ""
    severity: Severity = "error"
    item: str = ""

    def __str__(self) -> str:
        lines = [_ENDLESS.sub(r"\1…", f"{self.where}: {self.message}" if self.where else self.message)]
        if self.fix:
            lines.append(f"  -> {self.fix}")
        return inert("\n".join(lines))


# A row of a file and what follows in a place: "data/decisions.csv:12, column 'date'", "a.xlsx, sheet 'S', row 3".
_ROW = re.compile(r"(?P<file>.+?(?::|, row ))(?P<line>\d+)(?P<rest>(?:, .*)?)", re.DOTALL)


# Stands for the item of a message while messages are compared.
_ITEM = "\0"


def grouped(issues: Iterable[Issue]) -> list[Issue]:
    """Issues that say the same of several rows of a file as one, which counts the rows and names the first ones.

    Issues that differ in their `item` alone say the same: the one names the first items. Issues that are the same in
    all else occur once. The order is that of the first of each.
    """
    lines: dict[tuple[str, str, Issue], dict[str, None]] = {}
    items: dict[tuple[str, str, Issue], dict[str, None]] = {}
    for issue in issues:
        row = _ROW.fullmatch(issue.where)
        file, line, rest = row.group("file", "line", "rest") if row else (issue.where, "", "")
        message = issue.message.replace(issue.item, _ITEM) if issue.item else issue.message
        key = file, rest, replace(issue, where="", message=message, item="")
        lines.setdefault(key, {})[line] = None
        items.setdefault(key, {})[issue.item] = None
    return [
        replace(issue, message=issue.message.replace(_ITEM, some_of(items[key])), where=_rows(file, list(rows), rest))
        for key, rows in lines.items()
        for file, rest, issue in [key]
    ]


def _rows(file: str, lines: Sequence[str], rest: str) -> str:
    if len(lines) == 1:
        return f"{file}{lines[0]}{rest}"
    noun = "line" if file.endswith(":") else "row"
    others = f"{noun}{'s' if len(lines) > 2 else ''} {some_of(lines[1:])}"
    return f"{file}{lines[0]} ({len(lines):,} rows, also {others}){rest}"


class BuildStop(Exception):
    """Stops the build with one message that holds all issues found, each cause once, never a traceback.

    Raise it with every issue of the same check at once, so that all can be fixed in one go.
    """

    def __init__(self, issues: Issue | Iterable[Issue]) -> None:
        self.issues: tuple[Issue, ...] = (issues,) if isinstance(issues, Issue) else tuple(grouped(issues))
        super().__init__(str(self))

    def __str__(self) -> str:
        shown = [str(issue) for issue in self.issues[:SHOWN]]
        if len(self.issues) > SHOWN:
            shown.append(f"… and {len(self.issues) - SHOWN} more of the same check")
        return "\n".join(shown)


def stop(code: str, message: str, *, where: str = "", fix: str = "") -> BuildStop:
    """The exception for a single issue, to be raised by the caller."""
    return BuildStop(Issue(code, message, where, fix))


def shortened(text: str, length: int = 200) -> str:
    """A text for a message, cut if it is long."""
    return text if len(text) <= length else text[:length] + "…"


def near_name(name: str, valid: Sequence[str]) -> str | None:
    """The valid name that a misspelt one means; None where none is near."""
    close = get_close_matches(name.lower(), [v.lower() for v in valid], n=1, cutoff=0.6)
    return next(v for v in valid if v.lower() == close[0]) if close else None


def nearest(name: str, valid: Sequence[str]) -> str:
    """A hint for a misspelt name: the nearest valid one, or the list of valid ones where none is near."""
    if meant := near_name(name, valid):
        return f"did you mean '{meant}'?"
    if not valid:
        return "nothing is valid here"
    shown = sorted(valid)[:SHOWN]
    return "valid here: " + ", ".join(shown) + (f", … ({len(valid)} in all)" if len(valid) > SHOWN else "")
