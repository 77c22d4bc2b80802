"""The flow in words, for readers who cannot see the figure: a paragraph, and an outline of all boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from prismake.common.errors import counted
from prismake.common.results.flow import INCLUDES

Box = Mapping[str, Any]


def _listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b, and c`."""
    if len(items) < 3:
        return " and ".join(items)
    return ", ".join(items[:-1]) + f", and {items[-1]}"


def _was(n: int) -> str:
    return "was" if n == 1 else "were"


def _sources(boxes: Sequence[Box], column: str) -> str:
    sources = [box for box in boxes if box["role"] == "source" and box.get("column", "databases") == column]
    return _listed([f"{box['label']} ({box['n']:,})" for box in sources if box["label"]])


def _identification(boxes: Sequence[Box], column: str) -> str:
    total = next(box["n"] for box in boxes if box["role"] == "identified" and box.get("column") == column)
    sources = _sources(boxes, column)
    by = " by other methods" if column == "other" else ""
    text = f"{counted(total, 'record')} {_was(total)} identified{by}"
    text += (f": {sources}." if by else f" in {sources}.") if sources else "."
    leaving = [box for box in boxes if box.get("column") == column and box["role"] in ("duplicates", "removed")]
    parts = []
    for box in leaving:
        if box["role"] == "duplicates":
            parts.append(f"{counted(box['n'], 'duplicate')} {_was(box['n'])} removed.")
        elif box["n"]:
            parts.append(f"{box['label']}: {box['n']:,}{_reasons(boxes, box)}.")
    waits = [box for box in boxes if box.get("column") == column and box.get("kind") == "removal"]
    parts += [f"{box['label']}: {box['n']:,}." for box in waits if box["role"] == "pending"]
    return " ".join([text, *parts])


def _reasons(boxes: Sequence[Box], left: Box) -> str:
    inner = [box for box in boxes if box.get("parent") == left.get("id") and box["role"] == "reason" and box["n"]]
    return f" ({'; '.join(_item(box) for box in inner)})" if inner else ""


def _item(box: Box) -> str:
    return f"{box['label']}, {box['n']:,}"


def _stage(entry: Box, boxes: Sequence[Box], following: Box) -> str:
    """`Titles screened: 50; excluded: 20 (reviews, 15; editorials, 5); passed on: 30.`"""
    column = entry.get("column", "databases")
    at_stage = [box for box in boxes if box.get("stage") == entry["stage"] and box.get("column", "databases") == column]
    method = " (other methods)" if column == "other" else ""
    parts = [f"{entry['label']}{method}: {entry['n']:,}"]
    before = "".join(f"{box['label']}{method}: {box['n']:,}. " for box in at_stage if box["role"] == "unseen")
    for box in at_stage:
        if box["role"] == "excluded":
            word = "not retrieved" if entry.get("kind") == "retrieval" else "excluded"
            split = [each for each in at_stage if each["role"] == "split" and each.get("shown", True)]
            by = "".join(f", {each['n']:,} {each['label'][:1].lower()}{each['label'][1:]}" for each in split)
            parts.append(f"{word}: {box['n']:,}{by}{_reasons(boxes, box)}")
        elif box["role"] == "pending":
            parts.append(f"awaiting a decision: {box['n']:,}")
    if following["role"] != "included":
        unseen = [box["n"] for box in boxes if box["role"] == "unseen" and _same_stage(box, following)]
        parts.append(f"passed on: {following['n'] + sum(unseen):,}")
    return before + "; ".join(parts) + "."


def _same_stage(box: Box, other: Box) -> bool:
    return (box.get("stage"), box.get("column")) == (other.get("stage"), other.get("column"))


def _ends(boxes: Sequence[Box], one: str, many: str) -> list[str]:
    sentences = []
    for box in boxes:
        if box["role"] == "included":
            adjective = "new " if any(other["role"] == "total" for other in boxes) else ""
            if "studies" in box:
                studies, reports = box["studies"], box["n"]
                reported = f", described in {counted(reports, 'report')}" if studies != reports else ""
                included = counted(studies, f"{adjective}{one}", f"{adjective}{many}")
                sentences.append(f"{included} {_was(studies)} included in the review{reported}.")
            else:
                included = counted(box["n"], f"{adjective}report", f"{adjective}reports")
                sentences.append(f"{included} {_was(box['n'])} included in the review.")
        elif box["role"] == "added" and box.get("parent") == "included":
            sentences.append(f"{box['label']}: {box.get('studies', box['n']):,}.")
        elif box["role"] == "total":
            reported = f" in {counted(box['reports'], 'report')}" if box.get("reports") is not None else ""
            sentences.append(
                f"With the previous version, the review includes {counted(box['n'], one, many)}{reported}."
            )
    return sentences


def describe(flow: Mapping[str, Any]) -> str:
    """The figure as sentences, composed from the content of flow.json: one paragraph, every number in it."""
    boxes: Sequence[Box] = flow["boxes"]
    one, many = flow.get("includes", INCLUDES)
    sentences = ["Flow diagram of how records were selected."]
    if "draft" in flow:
        sentences = [f"{flow['draft']}: screening is not finished.", *sentences]
    for box in boxes:
        if box["role"] == "previous":
            reported = f" in {counted(box['reports'], 'report')}" if box.get("reports") is not None else ""
            sentences.append(f"The previous version of the review included {counted(box['n'], one, many)}{reported}.")
    included = [box for box in boxes if box["role"] == "included"]
    for column in ("databases", "other"):
        entries = [box for box in boxes if box["role"] == "screened" and box.get("column", "databases") == column]
        if any(box["role"] == "identified" and box.get("column") == column for box in boxes):
            sentences.append(_identification(boxes, column))
        sentences += [_stage(box, boxes, after) for box, after in pairwise([*entries, *included])]
    return " ".join(" ".join([*sentences, *_ends(boxes, one, many)]).split())


def outline(flow: Mapping[str, Any]) -> str:
    """Every box of the flow on a line of its own, in reading order, with the parts of a box indented below it.

    Boxes that the figure leaves out are included. A line is `label: number`, with the id of the box.
    """
    boxes: Sequence[Box] = flow["boxes"]
    by_id = {box["id"]: box for box in boxes}
    lines: list[str] = []
    heading = {"databases": flow["heading"], **flow["headings"]}
    current = ""
    for box in boxes:
        part = box["role"] if box["role"] in ("included", "previous", "total") else box.get("column", "")
        if part in ("included", "previous", "total", *heading) and part != current:
            text = heading.get(part, flow["phases"]["included"] if part == "included" else "")
            lines += ["", text] if text.strip() else []
            current = part
        depth, holder = 1, by_id.get(box.get("parent", ""))
        while holder:
            depth, holder = depth + 1, by_id.get(holder.get("parent", ""))
        label = " ".join((box["label"] or flow["kinds"].get(box.get("kind", ""), box["id"])).split()).removesuffix(":")
        if "studies" in box:
            name = box.get("studies_label", box["label"])
            lines.append(f"{'  ' * depth}{name}: {box['studies']:,} [{box['id']}]")
            label = label if name != box["label"] else "Reports"
        lines.append(f"{'  ' * depth}{label}: {box['n']:,} [{box['id']}]")
        if box.get("reports") is not None:
            lines.append(f"{'  ' * depth}{box['reports_label']}: {box['reports']:,} [{box['id']}]")
    return "\n".join(["Flow of records", *lines]) + "\n"
