"""Texts that people type at a command, as the files of a review can contain them."""

from __future__ import annotations

import datetime
import re

from prismake.common.errors import stop
from prismake.common.reading import UNPRINTABLE

# What would call something: a value, a citation, raw HTML, an equation, code.
_CALLING = re.compile(r"([\\`<@{}$]|(?<=\{)[%#])")
# What would begin a heading, a list, a quotation or a table at the start of a paragraph.
_OPENING = re.compile(r"^(\(?\w+(?=[.)](?:\s|$))|(?=[-+=:#>|%(]|\*\s))")
# What the text of the manuscript would take for a value, a citation or raw HTML.
_NO_NAME = re.compile(r"\{[{%#]|<|(?:^|\s)@|\$")
LONGEST_NAME = 100
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def one_line(text: str, where: str) -> str:
    """The text on one line. Raises BuildStop for a character that no document contains."""
    line = " ".join(text.split())
    if character := UNPRINTABLE.search(line):
        message = f"contains the character U+{ord(character[0]):04X}"
        raise stop("character", message, where=where, fix="delete it")
    return line


def as_markdown(line: str) -> str:
    """The text as Markdown that calls nothing; signs of emphasis stay, as authors type names of species with them."""
    return _OPENING.sub(r"\1\\", _CALLING.sub(r"\\\1", line), count=1)


def check_name(name: str, where: str) -> None:
    """Raises BuildStop if the name of a person or place contains what the manuscript would interpret."""
    if sign := _NO_NAME.search(name):
        message = f"contains '{sign[0].strip()}', which the manuscript would interpret"
        raise stop("interpreted-name", message, where=where, fix="write the name without it")


def check_day(text: str, where: str) -> None:
    """Raises BuildStop unless the text is a day, written YYYY-MM-DD."""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        datetime.date.fromisoformat(text)
    except ValueError:
        raise stop("date", f"'{text}' is not a valid date", where=where, fix="write it as YYYY-MM-DD") from None


def people_in(text: str, where: str) -> list[str]:
    """The names in a text such as `Ana, Ben`. Raises BuildStop for an address, and for one name given twice."""
    names = [" ".join(name.split()) for name in text.split(",") if name.strip()]
    for at, name in enumerate(names):
        if "@" in name or len(name) > LONGEST_NAME:
            message = "is an e-mail address" if "@" in name else f"is longer than {LONGEST_NAME} characters"
            raise stop("reviewer", f"'{name[:LONGEST_NAME]}' {message}", where=where, fix="write a name or initials")
        if name.casefold() in (other.casefold() for other in names[:at]):
            raise stop("reviewer", f"'{name}' is named twice", where=where, fix="give two people two names")
    return names
