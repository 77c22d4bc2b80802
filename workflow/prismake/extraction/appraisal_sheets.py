"""The grids of the appraisal workbook: one sheet per form and reviewer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from prismake.appraisal.forms import OVERALL, Form, Item, Question, forms_for, initials_of
from prismake.appraisal.grids import ABOUT, NOTE, PROPOSED, answer_words, item_header, proposals
from prismake.common.errors import nearest, some_of, stop
from prismake.common.inference import STUDY
from prismake.common.sheet_cells import column_name, grid_name, sheet_titles
from prismake.common.sheets import LONGEST_NAME, SheetColumn
from prismake.extraction.updating import Plan, Row

# Studies that a line names; the others are counted.
SHOWN = 10


@dataclass(frozen=True)
class Appraised:
    """A study to be appraised: its id, its label, and its design where it is known."""

    id: str
    label: str
    design: str | None


def grid_title(form: str, reviewer: str) -> str:
    """The name of a sheet. Raises BuildStop for one that no sheet can have."""
    title = f"{form} ({reviewer})" if reviewer else form
    if len(title) > LONGEST_NAME:
        fix = "shorten the id of the form or the reviewer's initials"
        raise stop(
            "sheet-name", f"'{title}' has more than {LONGEST_NAME} characters, the most of a sheet's name", fix=fix
        )
    return title


def grid_columns(form: Form) -> list[SheetColumn]:
    """The columns of a form's grid: the study, what of it is appraised, its items with their answers, a note.

    The signalling questions of an item stand before it.
    """
    about = SheetColumn(ABOUT, 18, f"The {form.about}, where a study has a row for each; empty for the whole study.")
    overall = [_answer_column(OVERALL, "", "The overall answer.", form.overall)]
    meaning = "What the tool's rules propose from the answers of this row; `prismake extract` writes it anew each time."
    return [
        SheetColumn(STUDY, 16, "A study of the extraction."),
        SheetColumn("label", 22),
        *([about] if form.about else []),
        *(column for item in form.items.values() for column in _item_columns(form, item)),
        *(_question_column(form, one) for one in form.verdict.questions),
        *(overall if form.overall else []),
        *([SheetColumn(PROPOSED, 40, meaning)] if form.proposes else []),
        SheetColumn(NOTE, 40, "Why; also why a judgement is not what the answers to the questions propose."),
    ]


def _item_columns(form: Form, item: Item) -> Iterator[SheetColumn]:
    yield from (_question_column(form, one) for one in item.questions)
    subject = f", {item.subject}" if item.subject else ""
    note = f"{form.title}: item {item.id}{subject}."
    yield _answer_column(item.id, item.subject, note, item.answers)


def _question_column(form: Form, question: Question) -> SheetColumn:
    note = f"{form.title}: question {question.id}, {question.subject}. {_when_it_applies(form, question)}".strip()
    return _answer_column(question.id, question.subject, note, question.answers)


def _answer_column(name: str, subject: str, note: str, answers: Sequence[str]) -> SheetColumn:
    listed = tuple(map(answer_words, answers))
    short = f"; initials will do: {', '.join(names)}" if (names := initials_of(answers)) else ""
    note = f"{note} Answers: {', '.join(listed)}{short}."
    return SheetColumn(item_header(name, subject), 15, note, listed, other="allow")


def _when_it_applies(form: Form, question: Question) -> str:
    """When a question applies, in words: `Applies if 2.1 is yes or probably yes, or 2.2 is …`."""
    cases = [
        " and ".join(
            f"{name} is {' or '.join(answer_words(answer) for answer in form.answers_of(name) if answer in answers)}"
            for name, answers in case.answers.items()
        )
        for case in question.condition
    ]
    return f"Applies if {'; or if '.join(cases)}." if cases else ""


def reviewers_in(path: Path) -> list[str]:
    """The reviewers who have sheets in the workbook, in their order."""
    named = [grid_name(title)[1] for title in sheet_titles(path)] if path.is_file() else []
    return list(dict.fromkeys(name for name in named if name))


def grid_plans(
    studies: Sequence[Appraised],
    forms: Mapping[str, Form],
    chosen: Sequence[str],
    designs: Mapping[str, list[str]] | None,
    reviewers: Sequence[str],
) -> list[Plan]:
    """The sheets of the workbook. `chosen` are the forms that the review names; else those for its studies' designs.

    A study whose design is not known stands on the form that the review names, if it names only one.
    """
    allowed = {study.id: forms_for(study.design, designs, forms) for study in studies if study.design}
    offered = [name for name, form in forms.items() if designs is not None or not form.on_request]
    used = list(chosen) or [name for name in offered if any(name in names for names in allowed.values())]
    plans = []
    for name in used:
        on_form = [study for study in studies if name in allowed.get(study.id, chosen if len(chosen) == 1 else [])]
        for reviewer in reviewers or [""]:
            title = grid_title(name, reviewer)
            rows = [{STUDY: study.id, "label": study.label} for study in on_form]
            plans.append(_grid_plan(title, forms[name], rows))
    return plans


def _grid_plan(title: str, form: Form, rows: Sequence[Row]) -> Plan:
    plan = Plan(column_name(title), grid_columns(form), (STUDY,), rows, title=title)
    if not form.proposes:
        return plan

    def computed(header: Sequence[str], cells: Sequence[str]) -> Row:
        return {PROPOSED: proposals(form, header, cells)}

    return replace(plan, further=frozenset({PROPOSED}), computed=computed)


def formless(
    studies: Sequence[Appraised],
    forms: Mapping[str, Form],
    chosen: Sequence[str],
    designs: Mapping[str, list[str]] | None,
) -> Iterator[str]:
    """A line for each design that no form in use is for: its studies, and what to do."""
    for design in dict.fromkeys(study.design for study in studies):
        fitting = forms_for(design, designs, forms)
        known = sorted(designs if designs is not None else {name for form in forms.values() for name in form.designs})
        how = f"prismake add form {fitting[0]}" if fitting else f"for its design, {nearest(design or '', known)}"
        named = some_of([study.id for study in studies if study.design == design], SHOWN)
        yield f"no form of this review is for the design '{design}' of {named}: {how}"


def choices(
    studies: Sequence[Appraised],
    sheets: Collection[str],
    forms: Mapping[str, Form],
    designs: Mapping[str, list[str]] | None,
) -> Iterator[str]:
    """A line for each design for which several forms have a sheet, of which a study needs one."""
    for design in dict.fromkeys(study.design for study in studies if study.design):
        fitting = [name for name in forms_for(design, designs, forms) if name in sheets]
        if len(fitting) > 1:
            yield f"a {answer_words(design)} needs one form: fill in one of the sheets {' and '.join(fitting)}"
