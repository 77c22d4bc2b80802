"""What a build says when it has succeeded: the flow in one line, what to decide, where the manuscript is."""

from __future__ import annotations

import json
from pathlib import Path

from prismake.common.errors import counted
from prismake.common.writing import read_rows


def _doubtful_pairs(results: Path, decisions: str) -> list[str]:
    """A line that names the pairs of records that deduplication leaves to a person, where there are any."""
    queue = results / "dedup" / "to_review.csv"
    pairs = len(read_rows(queue)) if queue.is_file() else 0
    if not pairs:
        return []
    return [f"To decide: {counted(pairs, 'possible duplicate')} in {queue.as_posix()}; decide each in {decisions}"]


def summary(results: Path, decisions: str) -> str:
    """The flow in one line (`120 identified, 30 duplicates, …`), the pairs to decide, where the manuscript is.

    `decisions` is the table of the decisions on pairs.
    """
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
    lines = ["", "Flow: " + ", ".join(parts), *_doubtful_pairs(results, decisions)]
    documents = [results / "manuscript" / name for name in ("manuscript.docx", "manuscript.pdf")]
    places = [f"Manuscript: {document.as_posix()}" for document in documents if document.is_file()]
    return "\n".join([*lines, *(places or [f"Flow figure: {(results / 'figures' / 'prisma.svg').as_posix()}"])])
