"""Step: the printed tables of the included studies, composed from the extraction as config.yaml says."""

import json
from pathlib import Path
from typing import Any

from prismake.common.errors import stop
from prismake.common.printed import compose, helpers
from prismake.common.tables import read_tables
from prismake.common.writing import write_json, write_rows


def tabulate(
    *,
    extraction: Path,
    abbreviations: Path | list[Path],
    abbreviations_schema: Path,
    cells: list[Path],
    tables: list[Path],
    settings: dict[str, dict[str, Any]],
    missing: str,
    not_abbreviations: list[str],
) -> None:
    """Writes each configured table twice: `cells` (CSV, plain text, one row a study) and `tables` (JSON, printed).

    `extraction` is results/studies.json, `abbreviations` the review's dictionary, if it has one, `settings` the block
    `synthesis.tables` (table id -> table), `missing` what an empty fact prints. Outputs are in the order of
    `settings`. Raises BuildStop as `compose` does, and where there is no study to print.
    """
    data = json.loads(extraction.read_text(encoding="utf-8"))
    if not data["studies"]:
        raise stop(
            "no-study", "there is no included study to print", where=str(extraction), fix="screen and extract first"
        )
    dictionary = {row["abbreviation"]: row["expansion"] for row in read_tables(abbreviations, abbreviations_schema)}
    rows = [helpers(study, data) for study in data["studies"]]
    # All tables are composed before any is written, so a fault in the last leaves no half set behind.
    composed = [
        compose(table, rows, table_id=name, missing=missing, dictionary=dictionary, common=not_abbreviations)
        for name, table in settings.items()
    ]
    for (printed, plain_rows), cells_path, table_path in zip(composed, cells, tables, strict=True):
        write_rows(cells_path, list(plain_rows[0]), plain_rows)
        write_json(table_path, printed)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(tabulate, globals()["snakemake"])
