"""The cover letter with the review's values filled in."""

from typing import Any

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
