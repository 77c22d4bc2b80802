"""Step: reads one export of one search into the record model, and reports what was counted, read and rejected."""

from pathlib import Path
from typing import Any

from prismake.common.errors import Issue
from prismake.common.results.records import EXPORT_REPORT
from prismake.common.steps import warn
from prismake.importing.export import Export, Search, search_tables
from prismake.importing.record_files import write_tables


def import_export(*, export: Path, records: Path, report: Path, search: dict[str, Any]) -> None:
    """Writes the export's records (Parquet, the record model) and its report (JSON).

    `search` has the fields of `Search`. Raises BuildStop if the file is no export, or where the records counted are
    not those read and rejected.
    """
    reading = Export(export)
    write_tables(records, search_tables(reading, Search(**search)))
    result = reading.report()
    for text in result.warnings:
        warn(Issue("export", text, result.path, severity="warning"))
    for row in result.rejected:
        warn(Issue("rejected", row.reason, f"{result.path}:{row.line}", severity="warning"))
    EXPORT_REPORT.write(report, result.as_json())


if "snakemake" in globals():
    from prismake.common.steps import run

    run(import_export, globals()["snakemake"])
