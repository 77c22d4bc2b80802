"""Step: the printed tables of the included studies, composed from the extraction as config.yaml says."""

from pathlib import Path
from typing import Any

from prismake.common.errors import Issue, Severity
from prismake.common.printed import Wording, compose, helpers
from prismake.common.results.synthesis import PRINTED, STUDIES, TABLE_CELLS
from prismake.common.steps import report_issues
from prismake.manuscript.parsing import words_of
from prismake.manuscript.unwritten import to_write

# What a draft prints in place of the rows while no study is included.
PLACEHOLDER = to_write("the rows of this table, once studies are included")


def tabulate(
    *,
    extraction: Path,
    wording: Wording,
    cells: list[Path],
    tables: list[Path],
    settings: dict[str, dict[str, Any]],
    draft: bool = False,
) -> None:
    """Writes each configured table twice: `cells` (CSV, plain text, one row per study) and `tables` (JSON, printed).

    `extraction` is results/studies.json, `settings` the block `synthesis.tables` (table id -> table). Outputs are in
    the order of `settings`. Raises BuildStop as `compose` does, and where no study is included; a draft has one marked
    row in each table then, and a warning.
    """
    data = STUDIES.read(extraction)
    if not data["studies"]:
        _without_studies(extraction, draft=draft)
    rows = [helpers(study, data) for study in data["studies"]]
    # All tables are composed before any is written, so that a fault in the last leaves no incomplete set behind.
    composed = [
        compose(
            table,
            rows,
            table_id=name,
            missing=table.get("missing", wording.missing),
            dictionary=wording.dictionary(),
            words_of=words_of,
            common=wording.not_abbreviations,
        )
        for name, table in settings.items()
    ]
    for (printed, plain_rows), cells_path, table_path in zip(composed, cells, tables, strict=True):
        names = [column["id"] for column in printed["columns"]]
        TABLE_CELLS.write(cells_path, plain_rows, names)
        PRINTED.write(table_path, {**printed, "rows": printed["rows"] or [[PLACEHOLDER, *[""] * (len(names) - 1)]]})


def _without_studies(extraction: Path, *, draft: bool) -> None:
    """Reports that the tables have no rows: a warning in a draft, else BuildStop."""
    message = "no study is included" + (", so the tables have a placeholder for their rows" if draft else "")
    severity: Severity = "warning" if draft else "error"
    report_issues([Issue("no-study", message, str(extraction), "screen and extract first", severity)])


if "snakemake" in globals():
    from prismake.common.steps import run

    run(tabulate, globals()["snakemake"])
