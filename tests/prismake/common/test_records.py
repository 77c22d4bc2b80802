from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from prismake.common.errors import BuildStop
from prismake.common.records import (
    COLUMNS,
    UNIQUE_COLUMNS,
    each_record,
    open_records,
    read_clusters,
    read_record_table,
    read_records,
    record_count,
)
from prismake.common.results.records import UNIQUE

from tests.records import as_frame, write_parquet


def test_columns_come_as_requested(tmp_path: Path) -> None:
    path = tmp_path / "records.parquet"
    write_parquet(path, as_frame([{"record_id": "a:1", "title": "One", "line": 7}, {"record_id": "a:2"}]))
    assert read_records(path, ("line", "record_id")) == [
        {"line": 7, "record_id": "a:1"},
        {"line": 0, "record_id": "a:2"},
    ]
    assert read_record_table(path, ("line", "record_id")).column_names == ["line", "record_id"]
    assert read_record_table(path).column_names == list(COLUMNS)


def test_a_column_that_no_table_of_records_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="titel"):
        read_record_table(tmp_path / "records.parquet", ("record_id", "titel"))


@pytest.mark.parametrize("content", [b"", b"PAR1 cut off"])
def test_a_damaged_table_is_named_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "records.parquet"
    path.write_bytes(content)
    with pytest.raises(BuildStop) as stopped:
        read_records(path)
    assert stopped.value.issues[0].where == str(path)
    assert stopped.value.issues[0].fix == "delete it and build again"
    for read in (lambda: list(each_record(path, ("title",))), lambda: record_count(path)):
        with pytest.raises(BuildStop, match="cannot be read as a table of records"):
            read()


def test_a_table_that_lacks_a_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "records.parquet"
    pq.write_table(pa.table({"record_id": ["a:1"]}), path)
    with pytest.raises(BuildStop, match=r"records\.parquet"):
        read_records(path, ("record_id", "title"))
    with pytest.raises(BuildStop, match=r"records\.parquet"):
        list(each_record(path, ("record_id", "title")))
    assert record_count(path) == 1


def test_clusters_are_read_in_the_order_of_the_records(tmp_path: Path) -> None:
    path = tmp_path / "clusters.csv"
    path.write_text("record_id,cluster,survivor\nb:1,a:1,no\na:1,a:1,yes\nc:1,c:1,yes\n", encoding="utf-8")
    cluster_of = read_clusters(path)
    assert cluster_of == {"b:1": "a:1", "a:1": "a:1", "c:1": "c:1"}
    assert list(cluster_of) == ["b:1", "a:1", "c:1"]


def test_unique_records_have_the_declared_columns() -> None:
    assert UNIQUE.columns == UNIQUE_COLUMNS


def test_what_has_been_read_of_a_table_does_not_stay_in_memory(tmp_path: Path) -> None:
    groups, rows = 40, 10
    schema = pa.schema([("abstract", pa.binary())])
    with pq.ParquetWriter(tmp_path / "records.parquet", schema, compression="none", use_dictionary=False) as writer:
        for _ in range(groups):
            writer.write_table(pa.table({"abstract": pa.array([bytes(10_000)] * rows, pa.binary())}, schema))
    before, most, count = pa.total_allocated_bytes(), 0, 0
    with open_records(tmp_path / "records.parquet") as file:
        for batch in file.iter_batches(batch_size=rows):
            count += len(batch)
            most = max(most, pa.total_allocated_bytes() - before)
    assert count == groups * rows
    # What is fetched ahead would be all of the file.
    assert most < groups * rows * 10_000 / 4
