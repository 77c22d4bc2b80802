"""What the cells of the matrix print: answers of the forms, and the states of an item that has none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prismake.appraisal.forms import Form

NOT_ON_FORM, PENDING = "not_on_form", "pending"
# Within a mark no line may break.
_FIXED = "\u00a0"


def printed_states(cells: Mapping[str, str], forms: Iterable[Form]) -> dict[str, str]:
    """State or answer -> its text: as `appraisal.table.cells` says, else the form's mark, else the code as words."""
    known = {NOT_ON_FORM: cells[NOT_ON_FORM], PENDING: cells[PENDING]}
    for form in forms:
        for answer in (*form.judged, *form.overall):
            known[answer] = form.marks.get(answer, words(answer)).replace(" ", _FIXED if answer in form.marks else " ")
    return {name: cells.get(name, text) for name, text in known.items()}


def words(answer: str) -> str:
    """An answer in words: `Not applicable`."""
    return answer.replace("_", " ").capitalize()


def legend(cells: Mapping[str, str], forms: Iterable[Form]) -> list[str]:
    """A note on what the marks of the forms stand for, where `cells` prints nothing else: `L +, low; H ×, high.`"""
    marks: dict[str, str] = {}
    for form in forms:
        for answer in (*form.judged, *form.overall):
            if answer in form.marks and answer not in cells:
                marks[form.marks[answer].replace(" ", _FIXED)] = words(answer).lower()
    return ["; ".join(f"{mark}, {text}" for mark, text in marks.items()) + "."] if marks else []
