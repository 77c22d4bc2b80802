"""Step: joins the records of all exports into one table, in the order of searches, files and positions."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from prismake.common.errors import BuildStop
from prismake.common.writing import write_rows
from prismake.importing.cells import texts
from prismake.importing.collecting import IMPORT_COLUMNS, REJECTED_COLUMNS, check_hits
from prismake.importing.reading import RecordIds
from prismake.importing.record_files import BATCH, SCHEMA, write_tables

_REPEAT = re.compile(r"~\d+$")


def _joined(records: list[Path], ids: dict[str, RecordIds]) -> Iterator[pa.Table]:
    for path in records:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=BATCH):
                table = pa.Table.from_batches([batch], SCHEMA)
                names = table.column("record_id").to_pylist()
                searches = table.column("search").to_pylist()
                # An export numbers its own repeats; here they are numbered through the whole search.
                renumbered = [
                    ids[search].numbered(_REPEAT.sub("", name)) for name, search in zip(names, searches, strict=True)
                ]
                yield table.set_column(0, "record_id", texts(renumbered))


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

    `records`, `reports` and `exports` (id, database, kind of the search, and export) have one item per export, in the
    order of the searches and their files; `searches` are those of config.yaml. Raises BuildStop where a search holds
    another number of records than its configured `hits` and config.yaml does not explain it.
    """
    rows: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    counted: dict[str, int] = {}
    for search, path in zip(exports, reports, strict=True):
        report = json.loads(path.read_text(encoding="utf-8"))
        counted[search["id"]] = counted.get(search["id"], 0) + report["counted"]
        rows.append(
            {
                "export": search["export"],
                "search": search["id"],
                "database": search["database"],
                "kind": search["kind"],
                "file": report["path"],
                **{name: report[name] for name in ("format", "encoding", "counted", "parsed")},
                "rejected": len(report["rejected"]),
                "warnings": "; ".join(report["warnings"]),
            }
        )
        refused += [{"export": search["export"], "file": report["path"], **row} for row in report["rejected"]]
    if issues := check_hits(searches, counted):
        raise BuildStop(issues)
    write_tables(collected, _joined(records, {search["id"]: RecordIds(search["id"]) for search in searches}))
    write_rows(imports, IMPORT_COLUMNS, rows)
    write_rows(rejected, REJECTED_COLUMNS, refused)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(collect_records, globals()["snakemake"])
