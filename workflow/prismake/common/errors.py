"""Issues that stop a build or warn, and their messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Issue:
    """One fault in the input.

    `code` is a short stable name (`unknown-key`); `message` says what is wrong; `where` names file, line, row,
    column, record or key; `fix` says what to do. A warning is printed and logged; an error stops the build.
    """

    code: str
    message: str
    where: str = ""
    fix: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.message}" if self.where else self.message]
        if self.fix:
            lines.append(f"  -> {self.fix}")
        return inert("\n".join(lines))


class BuildStop(Exception):
    """Stops the build with one message that holds all issues found, never a traceback.

    Raise it with every issue of the same check at once, so that all can be fixed in one go.
    """

    def __init__(self, issues: Issue | Iterable[Issue]) -> None:
        self.issues: tuple[Issue, ...] = (issues,) if isinstance(issues, Issue) else tuple(issues)
        super().__init__(str(self))

    def __str__(self) -> str:
        shown = [str(issue) for issue in self.issues[:SHOWN]]
        if len(self.issues) > SHOWN:
            shown.append(f"… and {len(self.issues) - SHOWN} more of the same check")
        return "\n".join(shown)


def stop(code: str, message: str, *, where: str = "", fix: str = "") -> BuildStop:
    """The exception for a single issue, to be raised by the caller."""
    return BuildStop(Issue(code, message, where, fix))


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
