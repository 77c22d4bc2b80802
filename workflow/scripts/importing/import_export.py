"""Step: reads one export of one search into the record model, and reports what was counted, read and rejected."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue
from prismake.common.steps import warn
from prismake.common.writing import write_json
from prismake.importing.reading import Export, RecordIds
from prismake.importing.record_files import as_table, batches, write_tables


def of_search(export: Export, search: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The export's records with the columns that come from the search, and their ids.

    A trial registry's record counts as a register's whatever the search's kind.
    """
    ids = RecordIds(search["id"])
    in_pubmed = any(name in search["database"].lower() for name in ("pubmed", "medline"))
    for record in export.records():
        if in_pubmed and not record.get("accession"):
            record["accession"] = record.get("pmid", "")
        record["record_id"] = ids.next(record)
        record["search"] = search["id"]
        record["database"] = search["database"]
        record.setdefault("kind", search["kind"])
        record["search_date"] = search["date"]
        yield record


def import_export(*, export: Path, records: Path, report: Path, search: dict[str, Any]) -> None:
    """Writes the export's records (Parquet, the record model) and its report (JSON).

    `search` has id, database, kind, date and export (the export's id). Raises BuildStop where the file is no export
    or where counted is not parsed plus rejected.
    """
    reading = Export(export)
    write_tables(records, (as_table(batch) for batch in batches(of_search(reading, search))))
    result = reading.report()
    for text in result["warnings"]:
        warn(Issue("export", text, result["path"], severity="warning"))
    for row in result["rejected"]:
        warn(Issue("rejected", row["reason"], f"{result['path']}:{row['line']}", severity="warning"))
    write_json(report, result)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(import_export, globals()["snakemake"])
