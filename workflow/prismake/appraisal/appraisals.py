"""The appraisals of the included studies: each study on its form, item by item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from prismake.appraisal.forms import Form
from prismake.common.tables import Row


@dataclass(frozen=True)
class Item:
    """An item of a study: `state` is answered or pending; `answer` and `note` are None while it is pending."""

    state: str
    answer: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Appraisal:
    """A study on its form: `form` is None where nobody has appraised the study, `overall` where it has no such answer.

    `state` is complete, partial or pending; `items` maps the ids of the form's items.
    """

    study_id: str
    form: str | None
    state: str
    overall: str | None
    items: dict[str, Item]

    @property
    def pending_items(self) -> list[str]:
        """The ids of the items without an answer."""
        return [name for name, item in self.items.items() if item.state == "pending"]

    def as_json(self) -> dict[str, Any]:
        """The appraisal as in results/appraisal.json."""
        return asdict(self)


def appraise(
    study_ids: Sequence[str], answers: Sequence[Row], overall: Sequence[Row], forms: dict[str, Form]
) -> list[Appraisal]:
    """The appraisal of each study, from the checked rows of answers and of overall answers."""
    by_study: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in answers:
        by_study[row["study_id"]][row["item"]] = row
    decided = {row["study_id"]: row["overall"] for row in overall}
    return [_appraisal(study_id, by_study.get(study_id, {}), decided.get(study_id), forms) for study_id in study_ids]


def _appraisal(study_id: str, answers: dict[str, Row], overall: str | None, forms: dict[str, Form]) -> Appraisal:
    form = forms[next(iter(answers.values()))["form"]] if answers else None
    items = {name: _item(answers.get(name)) for name in (form.items if form else ())}
    pending = sum(item.state == "pending" for item in items.values())
    complete = form is not None and not pending and (overall is not None or not form.overall)
    state = "complete" if complete else "pending" if pending == len(items) else "partial"
    return Appraisal(study_id, form.id if form else None, state, overall, items)


def _item(row: Row | None) -> Item:
    if row is None or row["answer"] is None:
        return Item("pending")
    return Item("answered", row["answer"], row["note"])
