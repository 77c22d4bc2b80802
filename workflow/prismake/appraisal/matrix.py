"""The appraisal of the included studies, validated against the forms, and its printed matrix.

An item of a study is in one of four states, which print differently and are never mixed up: answered, unclear (the
answer leaves the matter open), `not_on_form` (another form of the matrix has such an item, this one has not) and
`pending` (not yet appraised: a draft prints it, anything else stops).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prismake.appraisal.agreement import agreements
from prismake.appraisal.appraisals import Appraisal, appraise, key_of
from prismake.appraisal.checks import (
    about_issues,
    answer_issues,
    departure_issues,
    excluded_issues,
    fit_issues,
    overall_issues,
    pending_issues,
)
from prismake.appraisal.forms import Form, Item, forms_for
from prismake.appraisal.grids import agreed_rows, read_grids, unread_of_grids
from prismake.appraisal.states import NOT_ON_FORM, PENDING
from prismake.common.double_entry import open_issues
from prismake.common.errors import BuildStop, Issue
from prismake.common.escaping import escape
from prismake.common.places import schema_of
from prismake.common.printed import helpers
from prismake.common.sheet_cells import is_workbook, table_names
from prismake.common.steps import warn
from prismake.common.tables import Row, read_table, read_tables, sheet_warnings
from prismake.common.yaml_files import house_yaml

# The sheet of a workbook that holds answers one per row, as the table does.
ANSWERS = "answers"
CAPTION = "Critical appraisal of the included studies"
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


@dataclass(frozen=True)
class Answers:
    """Rows of answers and of overall answers, differences that nobody has decided, and how far the reviewers agree.

    `disputed` are the answers (study, about, item) in which an undecided difference is.
    """

    answers: list[Row]
    overall: list[Row]
    undecided: list[Issue] = field(default_factory=list)
    agreement: dict[str, Any] = field(default_factory=dict)
    disputed: frozenset[tuple[str, str, str]] = frozenset()


@dataclass(frozen=True)
class Appraised:
    """The appraisals of all studies, and form -> how far its reviewers agree, where several appraised."""

    appraisals: list[Appraisal]
    agreement: dict[str, Any]


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
    """What the matrix's expressions may use: a study's columns, `form`, `about`, `score`, `overall`, `item_<id>`.

    `cells` maps the states and the answers of the forms to what they print; see `printed_states`.
    """
    items = item_columns(appraisals, forms)
    rows = []
    for appraisal, study in zip(appraisals, studies, strict=True):
        pending = cells[PENDING]
        row = helpers(study, data)
        row["form"] = forms[appraisal.form].short if appraisal.form else pending
        row["about"], row["score"] = appraisal.about or None, appraisal.score
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
    """The overall answer, or the score of the highest; a form that has neither has none to wait for."""
    if appraisal.form and forms[appraisal.form].scored:
        return cells[PENDING] if appraisal.score is None else f"{appraisal.score}/{forms[appraisal.form].maximum}"
    if appraisal.form and not forms[appraisal.form].overall:
        return cells[NOT_ON_FORM]
    return cells[appraisal.overall] if appraisal.overall else cells[PENDING]


def on_forms(
    appraisals: list[Appraisal],
    studies: Mapping[str, Study],
    shown: Sequence[str],
    settings: Settings,
    forms: dict[str, Form],
) -> tuple[list[Appraisal], list[Study]]:
    """The appraisals on the forms `shown`, each with its study; what is not yet appraised is on those for its design.

    All of them where no form is named.
    """
    chosen = [
        appraisal
        for appraisal in appraisals
        if not shown
        or appraisal.form in shown
        or (
            appraisal.form is None
            and set(shown).intersection(
                forms_for(studies[appraisal.study_id][settings["design"]], settings.get("designs"), forms)
            )
        )
    ]
    return chosen, [studies[appraisal.study_id] for appraisal in chosen]


def item_notes(appraisals: list[Appraisal], forms: dict[str, Form], header: str) -> list[str]:
    """A note for each form used whose items have subjects, on what its items ask, and one on their source."""
    used = [form for form in used_forms(appraisals, forms).values() if all(one.subject for one in form.items.values())]
    listed = [
        (f"{form.short} form: " if len(used) > 1 else "Items: ")
        + "; ".join(f"{header.replace('{item}', name)}, {item.subject}" for name, item in form.items.items())
        + "."
        for form in used
    ]
    sources = dict.fromkeys(form.source for form in used if form.source)
    return [*listed, *([f"Source: {', '.join(map(escape, sources))}."] if sources else [])]


def caption_of(layout: Settings, used: Sequence[Form], *, several: bool) -> str:
    """The caption of a matrix: as the settings have it, with the names of its forms where they are not its only one."""
    named = " and ".join(escape(form.title) for form in used)
    own = layout.get("caption")
    return f"{own or CAPTION}: {named}" if named and (several or not own) else own or CAPTION


def words_in_names(forms: Iterable[Form]) -> list[str]:
    """The words of the names of forms, which look like abbreviations and are names: JBI, RoB, MINORS."""
    return [word for form in forms for word in re.findall(r"[\w-]+", f"{form.title} {form.short}")]


def described(form: Form) -> dict[str, Any]:
    """A form as in results/appraisal.json."""
    return {
        "title": form.title,
        "short": form.short,
        "source": form.source,
        "family": form.family,
        "answers": form.judged,
        "overall": list(form.overall),
        "unclear": list(form.unclear),
        "best": list(form.best),
        "marks": dict(form.marks),
        "maximum": form.maximum,
        "items": [_described_item(item) for item in form.items.values()],
    }


def _described_item(item: Item) -> dict[str, Any]:
    questions = [{"id": one.id, "subject": one.subject} for one in item.questions]
    return {"id": item.id, "subject": item.subject, "group": item.group, "questions": questions}


def layout_columns(layout: Settings, items: list[str], about: str = "") -> list[Settings]:
    """The columns of the matrix: the configured ones around one for each item.

    `about` heads a column for what each appraisal is of, unless one of the configured columns prints it.
    """
    item = layout["item"]
    between = [
        {**item, "id": f"item_{name}", "header": item["header"].replace("{item}", name), "cell": f"item_{name}"}
        for name in items
    ]
    columns = [*layout["columns"], *layout["last_columns"]]
    if about and not any(re.search(r"\babout\b", column["cell"]) for column in columns):
        one = {"id": "about", "header": about, "cell": "about", "cite": False, "align": "left", "width": 1}
        between.insert(0, one)
    return [*layout["columns"], *between, *layout["last_columns"]]


def about_header(appraisals: list[Appraisal], forms: dict[str, Form]) -> str:
    """What the appraisals of a table are of, by its forms: `Outcome`; empty where each is of a whole study."""
    named = {appraisal.form for appraisal in appraisals if appraisal.about and appraisal.form}
    words = {forms[name].about for name in named}
    return (words.pop() if len(words) == 1 else "").capitalize() or "Result" if named else ""


def used_forms(appraisals: list[Appraisal], forms: dict[str, Form]) -> dict[str, Form]:
    """The forms that studies are appraised on, by id."""
    return {name: forms[name] for name in sorted({appraisal.form for appraisal in appraisals if appraisal.form})}


def read_answers(tables: AppraisalTables, forms: dict[str, Form]) -> Answers:
    """The answers, from their tables or a workbook's grids."""
    if is_workbook(tables.answers) and ANSWERS not in table_names(tables.answers):
        answers, overall, settled = agreed_rows(read_grids(tables.answers, forms), tables.agreed)
        undecided = [issue for one in settled for issue in open_issues(one, tables.agreed)]
        still_open = [one.cell for group in settled for one in group.differences if one.open]
        disputed = frozenset((cell.study, cell.row, cell.column) for cell in still_open)
        return Answers(answers, overall, undecided, agreements(settled), disputed)
    answers = read_table(tables.answers, schema_of("appraisal_answers"), sheet=ANSWERS)
    for row in answers:
        if row["form"] in forms and row["answer"] is not None:
            form = forms[row["form"]]
            row["answer"] = form.answer_meant(row["answer"], form.answers_of(row["item"])) or row["answer"]
    return Answers(answers, read_tables(tables.overall, schema_of("appraisal_overall"), sheet="overall"))


def _unread(tables: AppraisalTables, forms: dict[str, Form]) -> Iterator[Issue]:
    """What is not read of the workbooks with the answers."""
    if is_workbook(tables.answers) and ANSWERS not in table_names(tables.answers):
        yield from unread_of_grids(tables.answers, forms)
        return
    yield from sheet_warnings(tables.answers, ANSWERS, house_yaml(schema_of("appraisal_answers")))
    for path in tables.overall:
        yield from sheet_warnings(path, "overall", house_yaml(schema_of("appraisal_overall")))


def _outcomes(data: Mapping[str, Any]) -> list[str]:
    """The outcomes of the table of outcomes, each once; none where the review has no such table."""
    rows = [row for study in data["studies"] for row in study.get("parts", {}).get("outcomes", [])]
    return list(dict.fromkeys(str(row["outcome"]) for row in rows if row.get("outcome")))


def settle(
    data: dict[str, Any],
    tables: AppraisalTables,
    forms: dict[str, Form],
    settings: Settings,
    patients: str,
    draft: bool,
) -> Appraised:
    """Reads and checks the answers of the studies in `data` (results/studies.json); see `matrix`."""
    studies: dict[str, Study] = {study["study_id"]: study for study in data["studies"]}
    # Studies that the screening left out may keep their answers; they are passed over.
    known = [*studies, *(study["study_id"] for study in data["left_out"])]
    read = read_answers(tables, forms)
    answers = tables.answers
    overall_at = next(iter(tables.overall), "config.yaml, appraisal.overall")
    if wrong := list(answer_issues(read.answers, forms, known, answers)):
        raise BuildStop(wrong)
    form_of = {key_of(row): forms[row["form"]] for row in read.answers}
    issues = list(overall_issues(read.overall, form_of, known, overall_at))
    for study, form in dict.fromkeys((study, form.id) for (study, _), form in form_of.items()):
        if study in studies:
            issues += fit_issues(studies[study], forms[form], forms, settings, patients, answers)
    appraisals = appraise(list(studies), read.answers, read.overall, forms)
    waiting = [*read.undecided, *pending_issues(appraisals, forms, answers, overall_at, read.disputed)]
    if issues or (waiting and not draft):
        raise BuildStop([*issues, *([] if draft else waiting)])
    for issue in (
        *_unread(tables, forms),
        *waiting,
        *about_issues(appraisals, forms, _outcomes(data), answers),
        *departure_issues(appraisals, answers),
        *excluded_issues(appraisals, overall_at),
    ):
        warn(issue)
    return Appraised(appraisals, read.agreement)
