"""Tables written as CSV have the bytes of the same rows, and are read back as they were."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.common.csv_tables import csv_file, read_tables, write_tables
from prismake.common.errors import BuildStop
from prismake.common.results.records import CLUSTERS
from prismake.common.writing import read_rows, write_rows

CELLS = st.text(st.sampled_from(list("a1,\"\n=+-@\t'＝＋é .")), max_size=4)
NAMES = ("one", "tw,o", "three")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("csv")


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 3), st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6), st.integers(1, 7))
def test_the_bytes_are_those_of_the_rows_whatever_is_written_together(
    folder: Path, width: int, cells: list[tuple[str, ...]], batch: int
) -> None:
    columns = NAMES[:width]
    rows = [dict(zip(columns, row, strict=False)) for row in cells]
    table = pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in columns]))
    write_rows(folder / "rows.csv", columns, rows)
    write_tables(folder / "tables.csv", columns, (table.slice(at, batch) for at in range(0, len(table), batch)))
    assert (folder / "tables.csv").read_bytes() == (folder / "rows.csv").read_bytes()
    assert pa.concat_tables(read_tables(folder / "tables.csv")).to_pylist() == read_rows(folder / "rows.csv") == rows


def test_numbers_are_written_as_digits_and_nothing_as_an_empty_cell(tmp_path: Path) -> None:
    write_tables(tmp_path / "a.csv", ("n", "text"), [pa.table({"n": [7, None], "text": ["é", "x"]})])
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "n,text\n7,é\n,x\n"


def test_a_table_with_other_columns_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the columns are"), csv_file(tmp_path / "a.csv", ("n",)) as write:
        write(pa.table({"m": ["1"]}))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["record_id,cluster\na,b\n", "record_id\nx,y\n", ""])
def test_a_damaged_table_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "clusters.csv"
    path.write_text(text)
    with pytest.raises(BuildStop, match=r"clusters.csv: (the file is damaged|its columns are not)"):
        list(CLUSTERS.read_tables(path))


def test_a_column_that_is_not_declared_is_a_fault_of_the_reader(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="nothing"):
        list(CLUSTERS.read_tables(tmp_path / "none.csv", ["nothing"]))


def test_rows_are_chosen_and_counted_without_holding_all(tmp_path: Path) -> None:
    path = tmp_path / "clusters.csv"
    rows = [{"record_id": f"=a:{n}", "cluster": f"a:{n // 2}", "survivor": "no" if n % 2 else "yes"} for n in range(5)]
    CLUSTERS.write(path, rows)
    assert list(CLUSTERS.read_where(path, {"survivor": ["no"], "cluster": ["a:1", "a:9"]}, ("record_id",))) == [
        {"record_id": "=a:3"}
    ]
    assert [row["cluster"] for row in CLUSTERS.read_where(path, {})] == ["a:0", "a:0", "a:1", "a:1", "a:2"]
    assert list(CLUSTERS.read_where(path, {"survivor": []})) == []
    assert CLUSTERS.count(path, ("survivor",)) == {("yes",): 3, ("no",): 2}
    path.write_text("record_id\n1,2\n")
    with pytest.raises(BuildStop, match="is damaged"):
        CLUSTERS.count(path, ("survivor",))
