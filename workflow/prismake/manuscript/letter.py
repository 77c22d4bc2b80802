"""The cover letter with the review's values filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prismake.common.errors import stop
from prismake.common.escaping import plain
from prismake.manuscript.filters import Ready
from prismake.manuscript.marks import mark_lines
from prismake.manuscript.model import Manuscript
from prismake.manuscript.parsing import Source, parse
from prismake.manuscript.templates import Prose
from prismake.manuscript.tracing import Text, Tracer

KEPT = ("author", "lang", "date-fixed")


def facts_of(head: dict[str, Any]) -> dict[str, Any]:
    """What a letter says of the manuscript: title, authors, whom to write to, words, tables and figures."""
    authors = [plain(str(author["name"])) for author in head.get("author") or []]
    contact: dict[str, Any] = next((author for author in head.get("author") or [] if author.get("corresponding")), {})
    counts = head.get("word-counts") or {}
    listed = ", ".join(authors[:-1]) + (", and " if len(authors) > 2 else " and ") + authors[-1]
    return {
        # As the author wrote them: emphasis in a title is emphasis in the letter.
        "title": Ready(head["title"]),
        "short_title": Ready(head.get("short-title") or ""),
        "authors": listed if len(authors) > 1 else "".join(authors),
        "corresponding": plain(str(contact.get("name", ""))),
        "email": str(contact.get("email", "")),
        "abstract_words": counts.get("abstract"),
        "text_words": counts.get("text"),
        "tables": head.get("tables"),
        "figures": head.get("figures"),
    }


def names_in_letter(values: Mapping[str, Any], head: dict[str, Any], journal: str, where: str) -> dict[str, Any]:
    """What a letter may use: all values, `manuscript` (title, authors, text_words, …) and `journal.name`.

    Raises BuildStop if the review has values of its own with these names; `where` is its ledger.
    """
    own = {"manuscript": facts_of(head), "journal": {"name": journal}}
    if taken := sorted(own.keys() & values.keys()):
        message = f"the review has values of its own called {', '.join(taken)}"
        raise stop("name-twice", message, where=where, fix="rename them in config.yaml")
    return {**values, **own}


def read_letter(written: str, file: str, names: Mapping[str, Any]) -> Manuscript:
    """A letter with its values filled in, parsed; each node knows its line in `file`, and which letters are a value's.

    Raises BuildStop for an unknown value, with file and line.
    """
    prose, tracing = Prose(names), Prose(names, traced=True)
    text = Text(file, written, prose.render(written, file), tracing.render(written, file), uses=tuple(tracing.ledger))
    tracer = Tracer()
    lines = tracer.lines(text)
    places = tuple(line.place for line in lines)
    marked = mark_lines("\n".join(line.marked for line in lines), 0)
    document = parse(Source(file, "\n".join(line.text for line in lines), marked, places))
    return Manuscript(file, {}, document, places, tuple(tracer.values))
