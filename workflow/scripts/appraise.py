"""Step: the appraisal of the included studies, validated against the forms, and its printed matrix.

An item of a study is in one of four states, which print differently and are never mixed up: answered with one of the
form's answers, answered as not applicable, `not_on_form` (another form of the matrix has such an item, this one has
not) and `pending` (not yet appraised: a draft prints it, anything else stops)."""

import json
from pathlib import Path

from prismake.appraisal.checks import (
    setting_issues,
    state_issues,
)
from prismake.appraisal.forms import read_forms
from prismake.appraisal.matrix import (
    Settings,
    described,
    item_columns,
    item_notes,
    layout_columns,
    matrix_rows,
    settle,
    used_forms,
)
from prismake.appraisal.states import printed_states
from prismake.common.errors import BuildStop
from prismake.common.printed import compose
from prismake.common.tables import read_tables
from prismake.common.writing import write_json, write_rows


def matrix(
    *,
    extraction: Path,
    answers: Path,
    answers_schema: Path,
    overall: Path | list[Path],
    overall_schema: Path,
    forms: list[Path],
    own_forms: list[Path],
    form_schema: Path,
    abbreviations: Path | list[Path],
    abbreviations_schema: Path,
    cells: Path,
    tables: list[Path],
    appraisal: Path,
    settings: Settings,
    patients: str,
    missing: str,
    not_abbreviations: list[str],
    draft: bool,
) -> None:
    """Writes the validated answers (`appraisal`, JSON) and their matrix (`cells`, CSV; the one of `tables`, JSON).

    Inputs: `extraction` (results/studies.json), the tables of answers, of overall answers and of abbreviations (the
    last two empty where the review has none), the engine's `forms` and the review's `own_forms`.
    `settings` is the config block `appraisal`, `patients` the column that
    counts a study's patients. Studies that the screening left out may keep their answers; they are passed over.
    Raises BuildStop with all faults at once; what is not yet appraised stops all but a draft.
    """
    layout: Settings = settings["table"]
    book = read_forms(forms, own_forms, form_schema)
    data = json.loads(extraction.read_text(encoding="utf-8"))
    wrong = [*setting_issues(settings, book, list(data["columns"])), *state_issues(layout["cells"], book, missing)]
    if wrong:
        raise BuildStop(wrong)
    schemas = (answers_schema, overall_schema)
    entries = settle(data, answers, overall, schemas, book, settings, patients, draft)
    dictionary = {row["abbreviation"]: row["expansion"] for row in read_tables(abbreviations, abbreviations_schema)}
    columns = layout_columns(layout, item_columns(entries, book))
    listed = item_notes(entries, book, layout["item"]["header"]) if layout["list_items"] else []
    printed, plain_rows = compose(
        {**layout, "columns": columns, "notes": [*layout["notes"], *listed]},
        matrix_rows(entries, data["studies"], data, book, printed_states(layout["cells"], book)),
        table_id=layout["id"],
        missing=missing,
        dictionary=dictionary,
        common=not_abbreviations,
    )
    (table,) = tables
    write_rows(cells, ["study_id", *(column["id"] for column in columns)], plain_rows)
    write_json(table, printed)
    write_json(
        appraisal,
        {"forms": {name: described(form) for name, form in used_forms(entries, book).items()}, "studies": entries},
    )


if "snakemake" in globals():
    from prismake.common.steps import run

    run(matrix, globals()["snakemake"])
