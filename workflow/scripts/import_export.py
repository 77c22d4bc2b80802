"""Step: reads one export of one search into the record model, and reports what was counted, read and rejected."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from prismake.common.errors import Issue
from prismake.common.progress import Progress
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
    write_tables(records, _followed(reading, Search(**search)))
    result = reading.report()
    for text in result.warnings:
        warn(Issue("export", text, result.path, severity="warning"))
    for row in result.rejected:
        warn(Issue("rejected", row.reason, f"{result.path}:{row.line}", severity="warning"))
    EXPORT_REPORT.write(report, result.as_json())


def _followed(reading: Export, search: Search) -> Iterator[pa.Table]:
    """The tables of the export; how many records there are is known once the first one is read."""
    progress = Progress("read", 0, "records")
    for table in search_tables(reading, search):
        yield table
        progress.total = reading.counted
        progress(len(table))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(import_export, globals()["snakemake"])
