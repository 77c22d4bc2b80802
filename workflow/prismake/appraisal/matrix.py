"""The appraisal of the included studies, validated against the forms, and its printed matrix.

An item of a study is in one of four states, which print differently and are never mixed up: answered with one of the
form's answers, answered as not applicable, `not_on_form` (another form of the matrix has such an item, this one has
not) and `pending` (not yet appraised: a draft prints it, anything else stops).
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prismake.appraisal.appraisals import Appraisal, appraise
from prismake.appraisal.checks import (
    answer_issues,
    fit_issues,
    overall_issues,
    pending_issues,
)
from prismake.appraisal.forms import Form, forms_for
from prismake.appraisal.grids import agreed_rows, read_grids
from prismake.appraisal.states import NOT_ON_FORM, PENDING
from prismake.common.double_entry import open_issues
from prismake.common.errors import BuildStop, Issue
from prismake.common.places import schema_of
from prismake.common.printed import helpers
from prismake.common.sheet_cells import is_workbook, table_names
from prismake.common.steps import warn
from prismake.common.tables import Row, read_table, read_tables

# The sheet of a workbook that holds answers one per row, as the table does.
ANSWERS = "answers"
Settings = dict[str, Any]
Study = dict[str, Any]


@dataclass(frozen=True)
class AppraisalTables:
    """The tables of answers and of overall answers; the latter is empty where the review has none.

    `consensus` is what the reviewers of a workbook's grids agree on where they differ.
    """

    answers: Path
    overall: list[Path]
    consensus: list[Path] = field(default_factory=list)

    @property
    def agreed(self) -> Path:
        """Where the consensus stands, or would."""
        return next(iter(self.consensus), self.answers.with_name("consensus.xlsx"))


def item_columns(appraisals: list[Appraisal], forms: dict[str, Form]) -> list[str]:
    """The items of the matrix: those of all forms used, each once, in the order of the longest form first."""
    used = sorted(
        {appraisal.form for appraisal in appraisals if appraisal.form}, key=lambda name: (-len(forms[name].items), name)
    )
    return list(dict.fromkeys(item for name in used for item in forms[name].items))


def matrix_rows(
    appraisals: list[Appraisal],
    studies: list[Study],
    data: dict[str, Any],
    forms: dict[str, Form],
    cells: dict[str, str],
) -> list[dict[str, Any]]:
    """What the matrix's expressions may use: a study's columns, `form`, `overall`, and `item_<id>` of each item.

    `cells` maps the states and the answers of the forms to what they print; see `printed_states`.
    """
    items = item_columns(appraisals, forms)
    rows = []
    for appraisal, study in zip(appraisals, studies, strict=True):
        pending = cells[PENDING]
        row = helpers(study, data)
        row["form"] = forms[appraisal.form].short if appraisal.form else pending
        row["overall"] = _overall_text(appraisal, forms, cells)
        for item in items:
            if appraisal.form is None:
                row[f"item_{item}"] = pending
            elif item not in appraisal.items:
                row[f"item_{item}"] = cells[NOT_ON_FORM]
            else:
                answer = appraisal.items[item].answer
                row[f"item_{item}"] = cells[answer] if answer is not None else pending
        rows.append(row)
    return rows


def _overall_text(appraisal: Appraisal, forms: dict[str, Form], cells: dict[str, str]) -> str:
    """The overall answer; a form without one has none to wait for."""
    if appraisal.form and not forms[appraisal.form].overall:
        return cells[NOT_ON_FORM]
    return cells[appraisal.overall] if appraisal.overall else cells[PENDING]


def on_form(
    appraisals: list[Appraisal], studies: list[Study], form: str, settings: Settings, forms: dict[str, Form]
) -> tuple[list[Appraisal], list[Study]]:
    """The appraisals on a form with their studies; what is not yet appraised is on each form that its design may have.

    All of them where `form` is empty.
    """
    chosen = [
        (appraisal, study)
        for appraisal, study in zip(appraisals, studies, strict=True)
        if not form
        or appraisal.form == form
        or (appraisal.form is None and form in forms_for(study[settings["design"]], settings.get("designs"), forms))
    ]
    return [appraisal for appraisal, _ in chosen], [study for _, study in chosen]


def item_notes(appraisals: list[Appraisal], forms: dict[str, Form], header: str) -> list[str]:
    """A note for each form used whose items have subjects: what its items ask about."""
    return [
        f"{form.short} form: "
        + "; ".join(f"{header.replace('{item}', item)}, {subject}" for item, subject in form.items.items())
        + "."
        for form in used_forms(appraisals, forms).values()
        if all(form.items.values())
    ]


def described(form: Form) -> dict[str, Any]:
    """A form as in results/appraisal.json."""
    return {
        "title": form.title,
        "short": form.short,
        "answers": list(form.answers),
        "overall": list(form.overall),
        "items": [{"id": item, "subject": subject} for item, subject in form.items.items()],
    }


def layout_columns(layout: Settings, items: list[str]) -> list[Settings]:
    """The columns of the matrix: the configured ones around one for each item."""
    item = layout["item"]
    between = [
        {**item, "id": f"item_{name}", "header": item["header"].replace("{item}", name), "cell": f"item_{name}"}
        for name in items
    ]
    return [*layout["columns"], *between, *layout["last_columns"]]


def used_forms(appraisals: list[Appraisal], forms: dict[str, Form]) -> dict[str, Form]:
    """The forms that studies are appraised on, by id."""
    return {name: forms[name] for name in sorted({appraisal.form for appraisal in appraisals if appraisal.form})}


def read_answers(tables: AppraisalTables, forms: dict[str, Form]) -> tuple[list[Row], list[Row], list[Issue]]:
    """(answers, overall answers, differences that nobody has decided), from their tables or a workbook's grids."""
    if is_workbook(tables.answers) and ANSWERS not in table_names(tables.answers):
        answers, overall, settled = agreed_rows(read_grids(tables.answers, forms), tables.agreed)
        return answers, overall, [issue for one in settled for issue in open_issues(one, tables.agreed)]
    return (
        read_table(tables.answers, schema_of("appraisal_answers"), sheet=ANSWERS),
        read_tables(tables.overall, schema_of("appraisal_overall"), sheet="overall"),
        [],
    )


def settle(
    data: dict[str, Any],
    tables: AppraisalTables,
    forms: dict[str, Form],
    settings: Settings,
    patients: str,
    draft: bool,
) -> list[Appraisal]:
    """Reads and checks the answers of the studies in `data` (results/studies.json); see `matrix`."""
    studies: list[Study] = data["studies"]
    # Studies that the screening left out may keep their answers; they are passed over.
    known = [study["study_id"] for study in [*studies, *data["left_out"]]]
    answer_rows, overall_rows, undecided = read_answers(tables, forms)
    answers = tables.answers
    overall_at = next(iter(tables.overall), "config.yaml, appraisal.overall")
    if wrong := list(answer_issues(answer_rows, forms, known, answers)):
        raise BuildStop(wrong)
    form_of = {row["study_id"]: forms[row["form"]] for row in answer_rows}
    issues = list(overall_issues(overall_rows, form_of, known, overall_at))
    for study in studies:
        if study["study_id"] in form_of:
            issues += fit_issues(study, form_of[study["study_id"]], forms, settings, patients, answers)
    appraisals = appraise([study["study_id"] for study in studies], answer_rows, overall_rows, forms)
    waiting = [*undecided, *pending_issues(appraisals, forms, answers, overall_at)]
    if issues or (waiting and not draft):
        raise BuildStop([*issues, *([] if draft else waiting)])
    for issue in waiting:
        warn(issue)
    return appraisals
