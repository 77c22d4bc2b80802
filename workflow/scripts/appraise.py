"""Step: the appraisal of the included studies, validated against the forms, and its printed matrix."""

from dataclasses import dataclass
from pathlib import Path

from prismake.appraisal.checks import setting_issues, state_issues
from prismake.appraisal.forms import read_forms
from prismake.appraisal.judgements import judgements
from prismake.appraisal.matrix import (
    AppraisalTables,
    Settings,
    about_header,
    caption_of,
    described,
    item_columns,
    item_notes,
    layout_columns,
    matrix_rows,
    on_forms,
    settle,
    used_forms,
    words_in_names,
)
from prismake.appraisal.selection import selection_issues, selections
from prismake.appraisal.states import legend, printed_states
from prismake.common.errors import BuildStop
from prismake.common.escaping import escape
from prismake.common.places import schema_of
from prismake.common.printed import Wording, compose
from prismake.common.results.synthesis import APPRAISAL, JUDGEMENTS, PRINTED, STUDIES, TABLE_CELLS
from prismake.manuscript.parsing import words_of


@dataclass(frozen=True)
class Forms:
    """The files of the engine's forms and of the review's own."""

    forms: list[Path]
    own_forms: list[Path]


@dataclass(frozen=True)
class Written:
    """The validated answers (JSON), the judgements (CSV), and each matrix as plain text (CSV) and as printed (JSON)."""

    appraisal: Path
    judgements: Path
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
    shows: dict[str, list[str]],
    patients: str,
    draft: bool,
) -> None:
    """Validates the answers of the studies in `extraction` (results/studies.json) and composes what is printed of them.

    `settings` is the block `appraisal` of config.yaml, `shows` maps the id of each matrix to the forms that it
    shows, none for all forms, in the order of the files that are written; `patients` is the column that counts a
    study's patients. Studies that the screening left out may keep their answers, which are not used. Raises BuildStop
    with all faults at once; what is not yet appraised stops all but a draft.
    """
    layout: Settings = settings["table"]
    forms = read_forms(files.forms, files.own_forms, schema_of("appraisal_form"))
    data = STUDIES.read(extraction)
    wrong = list(setting_issues(settings, forms, list(data["columns"])))
    if not wrong:
        shared = [[forms[name] for name in shown] for shown in shows.values() if shown]
        families = {
            form.family: [one for one in forms.values() if one.family == form.family] for form in forms.values()
        }
        in_use = {name: forms[name] for shown in shows.values() for name in shown} or forms
        wrong += selection_issues(settings.get("sensitivity"), in_use)
        wrong += state_issues(layout["cells"], forms, wording.missing, shared or families.values())
    if wrong:
        raise BuildStop(wrong)
    appraised = settle(data, answered, forms, settings, patients, draft)
    appraisals, studies_of = appraised.appraisals, {study["study_id"]: study for study in data["studies"]}
    for (table_id, shown), cells, table in zip(shows.items(), written.cells, written.tables, strict=True):
        chosen, studies = on_forms(appraisals, studies_of, shown, settings, forms)
        used = used_forms(chosen, forms).values()
        columns = layout_columns(layout, item_columns(chosen, forms), about_header(chosen, forms))
        listed = item_notes(chosen, forms, layout["item"]["header"]) if layout["list_items"] else []
        in_caption = [forms[form] for form in shown] or list(used)
        printed, plain_rows = compose(
            {
                **layout,
                "caption": caption_of(layout, in_caption, several=bool(shown)),
                "columns": columns,
                "notes": [*layout["notes"], *map(escape, legend(layout["cells"], used)), *listed],
            },
            matrix_rows(chosen, studies, data, forms, printed_states(layout["cells"], used)),
            table_id=table_id,
            missing=wording.missing,
            dictionary=wording.dictionary(),
            words_of=words_of,
            common=[*wording.not_abbreviations, *words_in_names(in_caption)],
        )
        TABLE_CELLS.write(cells, plain_rows, [column["id"] for column in columns])
        PRINTED.write(table, printed)
    document = {
        "forms": {name: described(form) for name, form in used_forms(appraisals, forms).items()},
        "tables": shows,
        "appraisals": [appraisal.as_json() for appraisal in appraisals],
        "agreement": appraised.agreement,
        "selections": selections(appraisals, forms, settings.get("sensitivity")),
    }
    APPRAISAL.write(written.appraisal, document)
    JUDGEMENTS.write(written.judgements, (one.as_row() for one in judgements(document)))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(matrix, globals()["snakemake"])
