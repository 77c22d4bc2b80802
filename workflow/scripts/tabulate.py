"""Step: the printed tables of the included studies, composed from the extraction as config.yaml says."""

from pathlib import Path
from typing import Any

from prismake.common.errors import stop
from prismake.common.printed import Wording, compose, helpers
from prismake.common.results.synthesis import PRINTED, STUDIES, TABLE_CELLS
from prismake.manuscript.parsing import words_of


def tabulate(
    *,
    extraction: Path,
    wording: Wording,
    cells: list[Path],
    tables: list[Path],
    settings: dict[str, dict[str, Any]],
) -> None:
    """Writes each configured table twice: `cells` (CSV, plain text, one row per study) and `tables` (JSON, printed).

    `extraction` is results/studies.json, `settings` the block `synthesis.tables` (table id -> table). Outputs are in
    the order of `settings`. Raises BuildStop as `compose` does, and where no study is included.
    """
    data = STUDIES.read(extraction)
    if not data["studies"]:
        raise stop("no-study", "no study is included", where=str(extraction), fix="screen and extract first")
    rows = [helpers(study, data) for study in data["studies"]]
    # All tables are composed before any is written, so that a fault in the last leaves no incomplete set behind.
    composed = [
        compose(
            table,
            rows,
            table_id=name,
            missing=wording.missing,
            dictionary=wording.dictionary(),
            words_of=words_of,
            common=wording.not_abbreviations,
        )
        for name, table in settings.items()
    ]
    for (printed, plain_rows), cells_path, table_path in zip(composed, cells, tables, strict=True):
        TABLE_CELLS.write(cells_path, plain_rows, list(plain_rows[0])[1:])
        PRINTED.write(table_path, printed)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(tabulate, globals()["snakemake"])
