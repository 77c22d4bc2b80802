"""How far two reviewers agree who appraise each on their own: over all items, and item by item with kappa."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prismake.common.double_entry import Cell, Settled
from prismake.common.kappa import DIGITS, agreement


def agreements(settled: Sequence[Settled]) -> dict[str, Any]:
    """Form -> the agreement of its reviewers: `reviewers`, `n` answers, `agree`, `raw`, `open`, and the same by item.

    An item counts for a study if one of the reviewers answered it; its `kappa` is over the studies that all of them
    answered it for.
    """
    return {next(iter(one.entries)).table: _agreement(one) for one in settled if one.entries}


def _agreement(settled: Settled) -> dict[str, Any]:
    differing = {one.cell for one in settled.differences}
    cells: dict[str, list[Cell]] = {}
    for cell, values in settled.entries.items():
        if any(values):
            cells.setdefault(cell.column, []).append(cell)
    items = {name: _item(settled, own, differing) for name, own in cells.items()}
    n, agree = (sum(item[key] for item in items.values()) for key in ("n", "agree"))
    return {
        "reviewers": list(settled.people),
        "n": n,
        "agree": agree,
        "raw": round(agree / n, DIGITS) if n else None,
        "open": sum(one.open for one in settled.differences),
        "items": items,
    }


def _item(settled: Settled, cells: Sequence[Cell], differing: set[Cell]) -> dict[str, Any]:
    answers = {str(cell): dict(zip(settled.people, settled.entries[cell], strict=True)) for cell in cells}
    agree = sum(cell not in differing for cell in cells)
    kappa = agreement(answers, settled.people)["kappa"]
    return {"n": len(cells), "agree": agree, "raw": round(agree / len(cells), DIGITS), "kappa": kappa}
