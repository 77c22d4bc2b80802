"""Step: reads one export of one search into the record model, and reports what was counted, read and rejected."""

from pathlib import Path
from typing import Any

from prismake.common.errors import Issue
from prismake.common.steps import warn
from prismake.common.writing import write_json
from prismake.importing.export import of_search
from prismake.importing.reading import Export
from prismake.importing.record_files import write_tables


def import_export(*, export: Path, records: Path, report: Path, search: dict[str, Any]) -> None:
    """Writes the export's records (Parquet, the record model) and its report (JSON).

    `search` has id, database, kind, date and export (the export's id). Raises BuildStop where the file is no export
    or where counted is not parsed plus rejected.
    """
    reading = Export(export)
    write_tables(records, of_search(reading, search))
    result = reading.report()
    for text in result["warnings"]:
        warn(Issue("export", text, result["path"], severity="warning"))
    for row in result["rejected"]:
        warn(Issue("rejected", row["reason"], f"{result['path']}:{row['line']}", severity="warning"))
    write_json(report, result)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(import_export, globals()["snakemake"])
