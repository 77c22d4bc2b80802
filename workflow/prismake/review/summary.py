"""What a build says when it has succeeded: the flow in one line, what people have to do, where the manuscript is."""

from __future__ import annotations

import json
from pathlib import Path

from prismake.common.errors import counted
from prismake.common.results.screening import WAITING
from prismake.common.writing import read_rows


def _doubtful_pairs(results: Path, decisions: str) -> list[str]:
    """A line that names the pairs of records that deduplication leaves to a person, where there are any."""
    queue = results / "dedup" / "to_review.csv"
    pairs = len(read_rows(queue)) if queue.is_file() else 0
    if not pairs:
        return []
    return [f"To decide: {counted(pairs, 'possible duplicate')} in {queue.as_posix()}; decide each in {decisions}"]


def _waiting(results: Path) -> list[str]:
    """A line for each stage that waits for people: what waits, for what, and the folder that has it."""
    table = results / "screening" / "to_screen" / "waiting.csv"
    lines = []
    for row in WAITING.read(table) if table.is_file() else []:
        if row["records"] == "0" or row["reviewer"] or row["batch"] not in ("all", "conflicts"):
            continue
        number, name = int(row["records"]), row["stage"].replace("_", " ")
        if row["batch"] == "conflicts":
            what = counted(number, "conflict waits", "conflicts wait") + f" for the team's decision ({name})"
        elif row["role"] == "retrieval":
            what = counted(number, "report waits", "reports wait") + " to be retrieved"
        elif row["role"] == "assessment":
            what = counted(number, "report waits", "reports wait") + f" for assessment ({name})"
        else:
            what = counted(number, "record waits", "records wait") + f" for {name} screening"
        lines.append(f"{what}: {row['folder']}/")
    return lines


def summary(results: Path, decisions: str) -> str:
    """The flow in one line (`120 identified, 30 duplicates, …`), what to decide and screen, where the manuscript is.

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
    lines = ["", "Flow: " + ", ".join(parts), *_doubtful_pairs(results, decisions), *_waiting(results)]
    documents = [results / "manuscript" / name for name in ("manuscript.docx", "manuscript.pdf")]
    places = [f"Manuscript: {document.as_posix()}" for document in documents if document.is_file()]
    return "\n".join([*lines, *(places or [f"Flow figure: {(results / 'figures' / 'prisma.svg').as_posix()}"])])
