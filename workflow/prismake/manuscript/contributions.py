"""The authors' contributions, as a paragraph made from their CRediT roles in the metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from prismake.manuscript.filters import Ready, escape

# The roles of CRediT (ANSI/NISO Z39.104-2022) in its order, as they print.
ROLES = {
    "conceptualization": "conceptualization",
    "data-curation": "data curation",
    "formal-analysis": "formal analysis",
    "funding-acquisition": "funding acquisition",
    "investigation": "investigation",
    "methodology": "methodology",
    "project-administration": "project administration",
    "resources": "resources",
    "software": "software",
    "supervision": "supervision",
    "validation": "validation",
    "visualization": "visualization",
    "writing-original-draft": "writing – original draft",
    "writing-review-editing": "writing – review & editing",
}


def initials(name: str) -> str:
    """`Anna-Maria de Vries` -> `A.-M.d.V.`: the first letter of each part of a name."""
    return "".join(re.sub(r"(\w)[^\s-]*", r"\1.", part) for part in name.split())


def contributions(authors: Sequence[Mapping[str, Any]], by: str = "author", names: str = "full") -> Ready:
    """Who did what: by author (`Ann Lee: software, validation. …`) or by role (`Software: Ann Lee. …`).

    `names` are printed in full or as initials. Raises ValueError if an author has no roles, or `by` or `names` is
    neither of its two words.
    """
    if by not in ("author", "role") or names not in ("full", "initials"):
        raise ValueError('contributions() takes by="author" or "role", and names="full" or "initials"')
    if without := [author["name"] for author in authors if not author.get("roles")]:
        raise ValueError(f"{', '.join(without)}: no roles are stated under author in the metadata")
    printed = [(initials(author["name"]) if names == "initials" else author["name"]) for author in authors]
    if by == "author":
        who = [
            (name, ", ".join(text for role, text in ROLES.items() if role in author["roles"]))
            for name, author in zip(printed, authors, strict=True)
        ]
    else:
        named = {
            text: [name for name, author in zip(printed, authors, strict=True) if role in author["roles"]]
            for role, text in ROLES.items()
        }
        who = [(text[0].upper() + text[1:], ", ".join(people)) for text, people in named.items() if people]
    return Ready(" ".join(f"{escape(first)}: {escape(second)}." for first, second in who).replace("..", "."))
