"""Step: joins the records of all exports into one table, in the order of searches, files and positions."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from prismake.common.errors import BuildStop
from prismake.common.progress import followed
from prismake.common.records import open_records
from prismake.common.results.records import EXPORT_REPORT, IMPORTS, REJECTED
from prismake.importing.collecting import check_hits, counted_records, import_rows, rejected_rows, renumbered
from prismake.importing.export import ExportReport, Search
from prismake.importing.record_files import BATCH, SCHEMA, write_tables


def _tables(paths: list[Path]) -> Iterator[pa.Table]:
    for path in paths:
        with open_records(path) as file:
            for batch in file.iter_batches(batch_size=BATCH):
                yield pa.Table.from_batches([batch], SCHEMA)


def _ids(paths: list[Path]) -> Iterator[pa.Array]:
    for path in paths:
        with open_records(path) as file:
            for batch in file.iter_batches(columns=["record_id"]):
                yield batch.column(0)


def collect_records(
    *,
    records: list[Path],
    reports: list[Path],
    collected: Path,
    imports: Path,
    rejected: Path,
    exports: list[dict[str, Any]],
    searches: list[dict[str, Any]],
) -> None:
    """Writes all records (Parquet), one row per export (`imports`) and one row per rejected record (`rejected`).

    `records`, `reports` and `exports` (the fields of `Search`) have one item per export, in the order of the searches
    and their files; `searches` are those of config.yaml. Raises BuildStop if a search holds another number of
    records than its configured `hits` and config.yaml does not explain it.
    """
    exported = [Search(**export) for export in exports]
    export_reports = [ExportReport.from_json(EXPORT_REPORT.read(path)) for path in reports]
    if issues := check_hits(searches, counted_records(exported, export_reports)):
        raise BuildStop(issues)
    count = sum(report.parsed for report in export_reports)
    write_tables(collected, renumbered(followed(_tables(records), "gathered", count, "records"), _ids(records)))
    IMPORTS.write(imports, import_rows(exported, export_reports))
    REJECTED.write(rejected, rejected_rows(exported, export_reports))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(collect_records, globals()["snakemake"])
