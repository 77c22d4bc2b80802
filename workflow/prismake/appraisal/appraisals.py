"""The appraisals of the included studies, item by item; a study may have several, one for each outcome for example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from prismake.appraisal.forms import OVERALL, Form
from prismake.appraisal.forms import Item as FormItem
from prismake.common.tables import Row

ANSWERED, UNCLEAR, PENDING = "answered", "unclear", "pending"


@dataclass(frozen=True)
class Item:
    """An item of an appraisal: `state` is answered, unclear or pending; a pending one has neither answer nor note.

    `proposed` is what the form's rules propose, None where they propose nothing.
    """

    state: str
    answer: str | None = None
    note: str | None = None
    proposed: str | None = None


@dataclass(frozen=True)
class Appraisal:
    """A study on its form: `form` is None where nobody has appraised the study, `overall` where it has no such answer.

    `about` is what of the study is appraised, empty for all of it; `state` is complete, partial or pending; `items`
    maps the ids of the form's items, `questions` those of the signalling questions that have an answer. `open` are
    questions that apply and have none, beside others of their item that have. `score` is the sum of the answers of a
    form that is scored.
    """

    study_id: str
    about: str
    form: str | None
    state: str
    overall: str | None
    items: dict[str, Item]
    proposed: str | None = None
    note: str | None = None
    questions: dict[str, str] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    score: int | None = None

    @property
    def label(self) -> str:
        """The study, and what of it is appraised."""
        return f"study '{self.study_id}'" + (f", {self.about}" if self.about else "")

    @property
    def pending_items(self) -> list[str]:
        """The ids of the items without an answer."""
        return [name for name, item in self.items.items() if item.state == PENDING]

    @property
    def departures(self) -> Iterator[tuple[str, str, str]]:
        """(item, judgement, proposal) of each judgement that is not what the rules propose, without a note on it."""
        judged = {name: (item.answer, item.proposed, item.note) for name, item in self.items.items()}
        for name, (answer, proposed, note) in {**judged, OVERALL: (self.overall, self.proposed, self.note)}.items():
            if answer and proposed and answer != proposed and not (note or self.note):
                yield name, answer, proposed

    def as_json(self) -> dict[str, Any]:
        """The appraisal as in results/appraisal.json."""
        return asdict(self)


def key_of(row: Row) -> tuple[str, str]:
    """(study, what of it is appraised) of a row of answers."""
    return row["study_id"], row.get("about") or ""


def appraise(
    study_ids: Sequence[str], answers: Sequence[Row], overall: Sequence[Row], forms: Mapping[str, Form]
) -> list[Appraisal]:
    """The appraisals of each study in turn, from the checked rows of answers and of overall answers."""
    rows: dict[str, dict[str, dict[str, Row]]] = {}
    for row in answers:
        study, about = key_of(row)
        rows.setdefault(study, {}).setdefault(about, {})[row["item"]] = row
    decided = {key_of(row): row for row in overall}
    return [
        _appraisal(study, about, own, decided.get((study, about)), forms)
        for study in study_ids
        for about, own in rows.get(study, {"": {}}).items()
    ]


def _appraisal(
    study: str, about: str, rows: Mapping[str, Row], decided: Row | None, forms: Mapping[str, Form]
) -> Appraisal:
    overall, note = (decided["overall"], decided["note"]) if decided else (None, None)
    if not rows:
        return Appraisal(study, about, None, PENDING, overall, {}, note=note)
    form = forms[next(iter(rows.values()))["form"]]
    given = {name: row["answer"] for name, row in rows.items() if row["answer"] is not None}
    items = {name: _item(item, rows.get(name), given, form) for name, item in form.items.items()}
    begun = [item for item in (*form.items.values(), form.verdict) if any(one.id in given for one in item.questions)]
    unanswered = [name for item in begun for name in item.unanswered(given)]
    pending = sum(item.state == PENDING for item in items.values())
    complete = not pending and not unanswered and (overall is not None or not form.overall)
    bare = pending == len(items) and not begun
    score = sum(int(given[name]) for name in items) if form.scored and not pending else None
    questions = {name: given[name] for name in form.questions if name in given}
    state = "complete" if complete else PENDING if bare else "partial"
    proposed = form.verdict.proposed(given)
    return Appraisal(study, about, form.id, state, overall, items, proposed, note, questions, unanswered, score)


def _item(item: FormItem, row: Row | None, given: Mapping[str, str], form: Form) -> Item:
    proposed = item.proposed(given)
    if row is None or row["answer"] is None:
        return Item(PENDING, proposed=proposed)
    state = UNCLEAR if row["answer"] in form.unclear else ANSWERED
    return Item(state, row["answer"], row["note"], proposed)
