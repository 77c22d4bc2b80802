"""Step: the appraisal of the included studies, validated against the forms, and its printed matrix."""

from dataclasses import dataclass
from pathlib import Path

from prismake.appraisal.checks import setting_issues, state_issues
from prismake.appraisal.forms import read_forms
from prismake.appraisal.matrix import (
    AppraisalTables,
    Settings,
    described,
    item_columns,
    item_notes,
    layout_columns,
    matrix_rows,
    on_form,
    settle,
    used_forms,
)
from prismake.appraisal.states import printed_states
from prismake.common.errors import BuildStop
from prismake.common.places import schema_of
from prismake.common.printed import Wording, compose, escape
from prismake.common.results.synthesis import APPRAISAL, PRINTED, STUDIES, TABLE_CELLS
from prismake.manuscript.parsing import words_of


@dataclass(frozen=True)
class Forms:
    """The files of the engine's forms and of the review's own."""

    forms: list[Path]
    own_forms: list[Path]


@dataclass(frozen=True)
class Written:
    """The validated answers (JSON), and each matrix as plain text (CSV) and as printed (JSON)."""

    appraisal: Path
    cells: list[Path]
    tables: list[Path]


def matrix(
    *,
    extraction: Path,
    answered: AppraisalTables,
    files: Forms,
    wording: Wording,
    written: Written,
    settings: Settings,
    shows: dict[str, str],
    patients: str,
    draft: bool,
) -> None:
    """Validates the answers of the studies in `extraction` (results/studies.json) and composes what is printed of them.

    `settings` is the block `appraisal` of config.yaml, `shows` maps the id of each matrix to the one form that it
    shows, empty for all forms, in the order of the files that are written; `patients` is the column that counts a
    study's patients. Studies that the screening left out may keep their answers, which are not used. Raises BuildStop
    with all faults at once; what is not yet appraised stops all but a draft.
    """
    layout: Settings = settings["table"]
    forms = read_forms(files.forms, files.own_forms, schema_of("appraisal_form"))
    data = STUDIES.read(extraction)
    wrong = [
        *setting_issues(settings, forms, list(data["columns"])),
        *state_issues(layout["cells"], forms, wording.missing),
    ]
    if wrong:
        raise BuildStop(wrong)
    appraisals = settle(data, answered, forms, settings, patients, draft)
    for (table_id, form), cells, table in zip(shows.items(), written.cells, written.tables, strict=True):
        chosen, studies = on_form(appraisals, data["studies"], form, settings, forms)
        columns = layout_columns(layout, item_columns(chosen, forms))
        listed = item_notes(chosen, forms, layout["item"]["header"]) if layout["list_items"] else []
        caption = f"{layout['caption']}: {escape(forms[form].short)}" if form else layout["caption"]
        printed, plain_rows = compose(
            {**layout, "caption": caption, "columns": columns, "notes": [*layout["notes"], *listed]},
            matrix_rows(chosen, studies, data, forms, printed_states(layout["cells"], forms)),
            table_id=table_id,
            missing=wording.missing,
            dictionary=wording.dictionary(),
            words_of=words_of,
            common=wording.not_abbreviations,
        )
        TABLE_CELLS.write(cells, plain_rows, [column["id"] for column in columns])
        PRINTED.write(table, printed)
    used = {name: described(form) for name, form in used_forms(appraisals, forms).items()}
    APPRAISAL.write(written.appraisal, {"forms": used, "studies": [appraisal.as_json() for appraisal in appraisals]})


if "snakemake" in globals():
    from prismake.common.steps import run

    run(matrix, globals()["snakemake"])
