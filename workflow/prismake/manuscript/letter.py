"""the cover letter with the review's values filled in."""

from pathlib import Path
from typing import Any

import yaml

from prismake.common.errors import stop
from prismake.common.printed import plain
from prismake.manuscript.filters import Ready

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


def head_of(manuscript: Path) -> dict[str, Any]:
    """The YAML head that `render` wrote. Raises BuildStop where there is none."""
    text = manuscript.read_text(encoding="utf-8")
    if not text.startswith("---\n") or "\n---\n" not in text:
        raise stop("no-head", "the manuscript has no YAML head", where=manuscript.as_posix(), fix="build it again")
    head: dict[str, Any] = yaml.safe_load(text[4:].split("\n---\n", 1)[0])
    return head
