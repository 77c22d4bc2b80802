"""The columns of the printed tables of GRADE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prismake.grade.domains import DOMAINS

Plain = Mapping[str, Any]
Column = dict[str, Any]


def findings_columns(outcomes: Sequence[Plain]) -> list[Column]:
    """The columns of the summary of findings; arms that all outcomes share stand in the headers."""
    arm, versus = (_shared(outcomes, side) for side in ("arm", "versus"))
    return [
        _column("outcome", "Outcome", width=1.6),
        _column("risk_without", f"Risk with {versus or 'the comparison'}", "center", 1.2),
        _column("risk_with", f"Risk with {arm or 'the intervention'} (95% CI)", "center", 1.4),
        _column("relative", "Relative effect (95% CI)", "center", 1.3),
        _column("participants", "Participants (studies)", "center", 1.2),
        {**_column("certainty", "Certainty of the evidence (GRADE)", "center", 1.4), "marks": "marks"},
        _column("comments", "Comments", width=1.8),
    ]


def profile_columns() -> list[Column]:
    """The columns of the evidence profile: the domains that lower the certainty, what raises it, the rating."""
    lowering = [_column(one.name, one.words.capitalize(), "center") for one in DOMAINS if one.lowers]
    return [
        _column("outcome", "Outcome", width=1.5),
        _column("studies", "Studies", "center"),
        _column("start", "Starts", "center", 0.8),
        *lowering,
        _column("raised", "Rated up for", "center"),
        {**_column("certainty", "Certainty", "center", 1.2), "marks": "marks"},
    ]


def _column(name: str, header: str, align: str = "left", width: float = 1) -> Column:
    return {"id": name, "header": header, "cell": name, "align": align, "width": width}


def _shared(outcomes: Sequence[Plain], side: str) -> str:
    names = {" or ".join(one[side]) for one in outcomes if one["pooled"]}
    return names.pop() if len(names) == 1 else ""


# Column -> the expression of its cells, for those who follow a number of a printed table back.
CELLS = {column["id"]: str(column["cell"]) for column in (*findings_columns(()), *profile_columns())}
