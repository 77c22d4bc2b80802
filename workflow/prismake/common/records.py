"""The record model: what every reader gives and every later stage takes.

A record is one entry of one export. All columns hold text ("" where the export says nothing) but `position` and
`line`, which are integers; lists are joined with `SEPARATOR`. What has no column of its own is in `raw`, in the
order of the export and as it stood there, so no field value is ever lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prismake.common.errors import stop

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    from prismake.common.cluster_map import ClusterMap

SEPARATOR = "; "

# column -> meaning. The bibliographic names are those of the public deduplication benchmarks.
COLUMNS: dict[str, str] = {
    "record_id": "stable id: search id, colon, the database's accession number or else a hash of the content",
    "search": "id of the search in config.yaml",
    "database": "name of the database or register as printed",
    "kind": "database or register (PRISMA counts them apart)",
    "search_date": "date of the search, YYYY-MM-DD",
    "file": "the export's path as config.yaml gives it",
    "format": "the format found from the content",
    "position": "1-based position of the record in its file",
    "line": "1-based line (or spreadsheet row) where the record starts; 0 where the format has none",
    "accession": "the database's own number for the record, normalised",
    "entrytype": "article, conference, chapter, book, thesis, report, registration, … in lower case",
    "title": "title as exported, white space folded",
    "author": "authors in order, each as 'Family, Given' where the export has both names",
    "year": "four digits",
    "journal": "full source title where given, else its abbreviation",
    "journal_abbrev": "abbreviated source title",
    "volume": "volume",
    "number": "issue",
    "pages": "pages as exported",
    "doi": "DOI, lower case, without resolver address",
    "pmid": "PubMed id, digits",
    "pmcid": "PubMed Central id, PMC and digits",
    "embase_id": "Embase L-number, L and digits",
    "central_id": "Cochrane CENTRAL number, CN- and digits",
    "trial_ids": "trial registration numbers",
    "issn": "ISSNs, NNNN-NNNN",
    "isbn": "ISBNs",
    "abstract": "abstract, white space folded",
    "keywords": "keywords and index terms",
    "language": "language as exported",
    "publication_types": "publication types as exported, of all fields that hold one",
    "url": "addresses",
    "date": "publication date as exported",
    "note": "notes",
    "raw": "JSON list of [field, value] pairs: every field of the export in its order, as it stood",
}

INTEGERS = ("position", "line")


# A table of unique records has one row per cluster: the survivor's columns, completed from the others, and these.
UNIQUE_COLUMNS = (*COLUMNS, "members", "sources", "identifiers")


def open_records(path: Path) -> ParquetFile:
    """A table of records, to be read from its first to its last row: what has been read does not stay in memory."""
    from pyarrow.parquet import ParquetFile

    # By default the whole file is fetched ahead, and kept until it is closed.
    return ParquetFile(path, pre_buffer=False)


@contextmanager
def _opened(path: Path, columns: Sequence[str]) -> Iterator[ParquetFile]:
    """A table of records while columns of it are read (see `read_record_table`)."""
    import pyarrow as pa

    if unknown := [name for name in columns if name not in UNIQUE_COLUMNS]:
        raise KeyError(f"not columns of the record model: {unknown}")
    try:
        # `pq.read_table` also takes folders of files, for which it loads pandas: that takes longer than most steps.
        with open_records(path) as file:
            if not set(columns).issubset(file.schema_arrow.names):
                raise pa.ArrowInvalid("a column is missing")
            yield file
    except (pa.ArrowException, OSError) as fault:
        if isinstance(fault, FileNotFoundError):
            raise
        raise stop(
            "damaged", "cannot be read as a table of records", where=str(path), fix="delete it and build again"
        ) from None


def read_record_table(path: Path, columns: Sequence[str] = tuple(COLUMNS)) -> pa.Table:
    """Some columns of a table of records (records.parquet, unique.parquet), in this order.

    Raises KeyError for a column that no such table has, and BuildStop for a file that is damaged or no such table.
    """
    with _opened(path, columns) as file:
        return file.read(columns=list(columns)).select(list(columns))


def record_count(path: Path) -> int:
    """How many records a table of records has. Raises BuildStop for a file that is damaged."""
    with _opened(path, ()) as file:
        return int(file.metadata.num_rows)


def read_record_batches(path: Path, columns: Sequence[str], batch: int = 50_000) -> Iterator[pa.Table]:
    """The same some thousands of records at a time."""
    import pyarrow as pa

    with _opened(path, columns) as file:
        yield pa.Table.from_batches([], file.schema_arrow).select(list(columns))
        for part in file.iter_batches(batch_size=batch, columns=list(columns)):
            yield pa.Table.from_batches([part]).select(list(columns))


def read_records(path: Path, columns: Sequence[str] = tuple(COLUMNS)) -> list[dict[str, Any]]:
    """The rows of a table of records: text, or an integer in the columns `INTEGERS` (see `read_record_table`)."""
    rows: list[dict[str, Any]] = read_record_table(path, columns).to_pylist()
    return rows


def each_record(path: Path, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The same one after another, without holding all of them."""
    for table in read_record_batches(path, columns, 10_000):
        yield from table.to_pylist()


def read_clusters(path: Path) -> ClusterMap:
    """The map that every stage calls `cluster_of`: each record's id -> its cluster, in the order of the records.

    A cluster has the id of its survivor, the record that represents it. Raises BuildStop for a file that is damaged.
    """
    import pyarrow as pa

    from prismake.common.cluster_map import ClusterMap
    from prismake.common.results.records import CLUSTERS

    table = pa.concat_tables(CLUSTERS.read_tables(path, ("record_id", "cluster"))).combine_chunks()
    return ClusterMap(table["record_id"].combine_chunks(), table["cluster"].combine_chunks())


def split_list(cell: str) -> list[str]:
    """The items of a list cell."""
    return [item for item in cell.split(SEPARATOR) if item] if cell else []


def join_list(items: list[str]) -> str:
    """A list as one cell: white space folded, empty items and repeats dropped, order kept."""
    return SEPARATOR.join(dict.fromkeys(" ".join(item.split()) for item in items if item and item.strip()))


def agreed_value(values: Iterable[str]) -> str:
    """What more than half of the values are, empty ones aside; "" where no value is."""
    filled = [value for value in values if value]
    value, number = Counter(filled).most_common(1)[0] if filled else ("", 0)
    return value if 2 * number > len(filled) else ""
