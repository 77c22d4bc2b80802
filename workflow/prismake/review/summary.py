"""What a build says when it has succeeded: where the manuscript is, and the flow in one line."""

from __future__ import annotations

import json
from pathlib import Path


def summary(results: Path) -> str:
    """Where the manuscript is, and the flow in one line: `120 identified, 30 duplicates, …`."""
    boxes = json.loads((results / "flow.json").read_text(encoding="utf-8"))["boxes"]
    roles = ("identified", "duplicates", "removed", "unseen", "screened", "excluded", "pending", "included")
    parts = []
    for box in boxes:
        if box["role"] not in roles or (box["id"] == "other.duplicates" and not box["n"]):
            continue
        # Of the words of roles only this one is a noun; the others are participles.
        one_duplicate = box["role"] == "duplicates" and box["n"] == 1
        words = "duplicate" if one_duplicate else "assessed" if box["id"].endswith(".assessed") else box["role"]
        where = [name for name in (box.get("stage"), "other methods" if box.get("column") == "other" else "") if name]
        parts.append(f"{box['n']:,} {words}" + (f" ({', '.join(where)})" if where else ""))
    lines = ["", "Flow: " + ", ".join(parts)]
    for name in ("manuscript.docx", "manuscript.pdf"):
        if (results / "manuscript" / name).is_file():
            lines.append(f"Manuscript: {(results / 'manuscript' / name).as_posix()}")
    if len(lines) == 2:
        lines.append(f"Flow figure: {(results / 'figures' / 'prisma.svg').as_posix()}")
    return "\n".join(lines)
