"""The flow in words, for readers who cannot see the figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

Box = Mapping[str, Any]


def _listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b, and c`."""
    if len(items) < 3:
        return " and ".join(items)
    return ", ".join(items[:-1]) + f", and {items[-1]}"


def _counted(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"


def _was(n: int) -> str:
    return "was" if n == 1 else "were"


def _identification(boxes: Sequence[Box]) -> str:
    total = next(box["n"] for box in boxes if box["role"] == "identified")
    sources = [f"{box['label']} ({box['n']:,})" for box in boxes if box["role"] == "source"]
    text = f"{_counted(total, 'record', 'records')} {_was(total)} identified"
    text += f" in {_listed(sources)}." if sources else "."
    removed = sum(box["n"] for box in boxes if box["role"] == "duplicates")
    return f"{text} {_counted(removed, 'duplicate', 'duplicates')} {_was(removed)} removed."


def _stage(entry: Box, boxes: Sequence[Box], following: Box) -> str:
    """`Titles screened: 50; excluded: 20 (reviews, 15; editorials, 5); passed on: 30.`"""
    here = [box for box in boxes if box.get("stage") == entry["stage"]]
    parts = [f"{entry['label']}: {entry['n']:,}"]
    for box in here:
        if box["role"] == "excluded":
            reasons = [
                f"{reason['label']}, {reason['n']:,}" for reason in here if reason["role"] == "reason" and reason["n"]
            ]
            parts.append(f"excluded: {box['n']:,}" + (f" ({'; '.join(reasons)})" if reasons else ""))
        elif box["role"] == "pending":
            parts.append(f"awaiting a decision: {box['n']:,}")
    if following["role"] != "included":
        parts.append(f"passed on: {following['n']:,}")
    return "; ".join(parts) + "."


def describe(flow: Mapping[str, Any]) -> str:
    """The figure as sentences, composed from the content of flow.json: one paragraph, every number in it."""
    boxes: Sequence[Box] = flow["boxes"]
    column = [box for box in boxes if box["role"] in ("screened", "included")]
    sentences = ["Flow diagram of how records were selected.", _identification(boxes)]
    sentences += [_stage(box, boxes, after) for box, after in pairwise(column)]
    included = column[-1]
    if "studies" in included:
        studies, reports = included["studies"], included["n"]
        told = f", described in {_counted(reports, 'report', 'reports')}" if studies != reports else ""
        sentences.append(f"{_counted(studies, 'study', 'studies')} {_was(studies)} included in the review{told}.")
    else:
        sentences.append(
            f"{_counted(included['n'], 'report', 'reports')} {_was(included['n'])} included in the review."
        )
    return " ".join(" ".join(sentences).split())
