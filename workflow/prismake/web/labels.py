"""What boxes of the flow are called where they stand in a list, away from the figure's columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

# What names a column of the figure, where boxes of both have one label.
ARMS = {"databases": "databases and registers", "other": "other methods"}


def labels_of(boxes: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Box -> its label; of boxes with the same label, each with its column of the figure or what it is part of."""
    labels = {str(box["id"]): str(box.get("label", box["id"])).rstrip(":") for box in boxes}
    own = dict(labels)
    arms = {str(box["id"]): ARMS.get(str(box.get("column", "")), "") for box in boxes}
    parents = {str(box["id"]): own.get(str(box.get("parent", "")), "") for box in boxes}
    # The column alone, where it tells the boxes apart; the stages of one column may have the same reasons.
    for called in (arms, parents):
        many = Counter(labels.values())
        differing = {label: len({called[box] for box in labels if labels[box] == label}) for label in many}
        labels = {
            box: f"{label} ({called[box]})" if differing[label] > 1 and called[box] else label
            for box, label in labels.items()
        }
    return labels
