"""reads one export of one search into the record model, and reports what was counted, read and rejected."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from prismake.importing.cells import chosen, empty, repeated, texts
from prismake.importing.reading import Export, RecordIds
from prismake.importing.record_files import of_columns


def of_search(export: Export, search: dict[str, Any]) -> Iterator[pa.Table]:
    """Tables of the export's records with the columns that come from the search, and their ids.

    A trial registry's record counts as a register's whatever the search's kind.
    """
    ids = RecordIds(search["id"])
    in_pubmed = any(name in search["database"].lower() for name in ("pubmed", "medline"))
    for table in export.tables():
        columns = {name: table.column(name).chunk(0) for name in table.column_names}
        if in_pubmed:
            columns["accession"] = chosen(empty(columns["accession"]), columns["pmid"], columns["accession"])
        columns["kind"] = chosen(empty(columns["kind"]), repeated(search["kind"], len(table)), columns["kind"])
        for column, told in (
            ("search", search["id"]),
            ("database", search["database"]),
            ("search_date", search["date"]),
        ):
            columns[column] = repeated(told, len(table))
        columns["record_id"] = texts(ids.of(of_columns(columns, len(table))))
        yield of_columns(columns, len(table))
