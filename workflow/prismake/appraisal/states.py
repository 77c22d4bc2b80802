"""What the cells of the matrix print: answers of the forms, and the states of an item that has none."""

from __future__ import annotations

from collections.abc import Mapping

from prismake.appraisal.forms import Form

NOT_ON_FORM, PENDING = "not_on_form", "pending"


def printed_states(cells: Mapping[str, str], forms: Mapping[str, Form]) -> dict[str, str]:
    """State or answer -> its text: as `appraisal.table.cells` says, else the code as words (`Not applicable`)."""
    answers = [answer for form in forms.values() for answer in (*form.answers, *form.overall)]
    words = {answer: answer.replace("_", " ").capitalize() for answer in answers}
    known = {NOT_ON_FORM: cells[NOT_ON_FORM], PENDING: cells[PENDING], **words}
    return {name: cells.get(name, text) for name, text in known.items()}
