"""The record id on its way through a screening tool: a mark in a field that the tool gives back as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LABEL = "PRISMAKE-ID:"
# Record ids contain no white space. Tools join notes with bars and semicolons, and close tags around them.
_MARK = re.compile(re.escape(_LABEL) + r"\s*([^\s|;<>{}\"]+)")


def marked(record_id: str) -> str:
    """The note that carries a record's id."""
    return f"{_LABEL} {record_id}"


def marked_ids(texts: Iterable[str]) -> list[str]:
    """The record ids that texts carry, each once and in their order."""
    ids = (match[1].rstrip(".,") for text in texts if _LABEL in text for match in _MARK.finditer(text))
    return list(dict.fromkeys(ids))


def without_mark(text: str) -> str:
    """A note without the mark and what joins it to the rest."""
    return _MARK.sub("", text).strip(" |;,") if _LABEL in text else text
