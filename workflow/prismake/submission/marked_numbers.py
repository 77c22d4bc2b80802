"""Numbers of the supplement with the values of the ledger that they are: plain in documents, marked for the page."""

from __future__ import annotations

from collections.abc import Callable

from prismake.common.errors import counted

# Writes a number, given as it prints and by the names of the values of the ledger whose sum it is.
Show = Callable[..., str]
# What the page knows a marked number and a line of a search by.
COMPUTED, TYPED, NAMES = "computed", "as-typed", "names"


def plainly(text: str, *names: str) -> str:
    """A number as a document prints it: the number alone."""
    return text


def marked(text: str, *names: str) -> str:
    """A number as the page takes it: in a span that names its values, or that says that an author typed it."""
    if not names:
        return f"[{text}]{{.{TYPED}}}"
    return f'[{text}]{{.{COMPUTED} {NAMES}="{" ".join(names)}"}}'


def shown(show: Show, number: int, names: tuple[str, ...], singular: str, plural: str = "") -> str:
    """`1,204 records`, the number written by `show`."""
    digits, _, words = counted(number, singular, plural).partition(" ")
    return f"{show(digits, *names)} {words}"
