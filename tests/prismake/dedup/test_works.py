"""What becomes of the records of a work, on tables small enough to see through."""

import numpy as np
import pyarrow as pa
import pytest
from prismake.common.records import COLUMNS, INTEGERS
from prismake.dedup.merging import completed, merged_values, unique_records, works

# Works: rows 0, 2 and 4; rows 3 and 5; row 1 alone.
ROOTS = np.array([0, 1, 0, 3, 0, 3])


def table(**columns: list[str]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.large_string()) for name, values in columns.items()})


SMALL = table(
    record_id=["f", "e", "d", "c", "b", "a"],
    title=["T", "", "T", "T", "T", "T"],
    year=["", "", "2014", "", "2014", ""],
    abstract=["", "", "short", "", "longer", ""],
)


def test_works_are_ranked_and_lone_records_are_none() -> None:
    assert works(SMALL, ROOTS) == {4: [4, 2, 0], 5: [5, 3]}
    # Without abstracts the id decides.
    assert works(SMALL.drop_columns(["abstract"]), ROOTS) == {4: [4, 2, 0], 5: [5, 3]}
    assert works(SMALL, np.arange(6)) == {}


def test_most_fields_then_the_longer_abstract_decide() -> None:
    one_work = np.array([0, 0])
    fields = table(record_id=["a", "b"], title=["", "T"], year=["2014", "2014"], journal=["", "J"], language=["en", ""])
    assert works(fields, one_work) == {1: [1, 0]}
    length = table(record_id=["a", "b"], title=["T", "T"], abstract=["short", "longer"])
    assert works(length, one_work) == {1: [1, 0]}


def test_a_root_may_be_the_last_row() -> None:
    assert works(SMALL, np.array([5, 1, 2, 3, 4, 5])) == {5: [5, 0]}


def test_a_survivor_gains_what_it_lacks_and_keeps_what_it_has() -> None:
    records = table(a=["", "x", "", "y"], b=["own", "other", "", ""], c=["", "", "", ""])
    rows, gained = completed(records, {0: [0, 1, 3], 2: [2, 3]})
    assert rows.tolist() == [0, 2]
    assert gained.to_pydict() == {"a": ["x", "y"], "b": ["own", ""], "c": ["", ""]}
    assert gained.schema.types == [pa.large_string()] * 3
    rows, gained = completed(records, {1: [1, 3]})
    assert (rows.tolist(), len(gained)) == ([], 0)


def whole(**columns: list[str]) -> pa.Table:
    """A table with all columns of the record model."""
    size = len(columns["record_id"])
    empty = {name: [0] * size if name in INTEGERS else [""] * size for name in COLUMNS}
    return pa.table({**empty, **columns})


FULL = whole(
    record_id=["a", "b", "c", "d", "e"],
    database=["One", "Two", "One", "Three", "Two"],
    title=["T", "T", "Other", "T", "Other"],
    note=["first", "", "only", "second", ""],
    abstract=["Cut off", "Cut", "", "Cut off and whole again", "x"],
    keywords=["k1; k2", "", "", "k2; k3", ""],
    language=["", "English", "", "German", ""],
    doi=["10.1/a", "", "", "10.1/d", ""],
    trial_ids=["", "NCT1; NCT2", "", "", ""],
)
# Row 3 survives, then 0 and 1; rows 2 and 4 are another work.
MEMBERS = {3: [3, 0, 1], 2: [2, 4]}


def unique(size: int) -> list[dict[str, str]]:
    merged = merged_values(FULL.column, MEMBERS)
    batches = [FULL.slice(start, size) for start in range(0, len(FULL), size)]
    rows: list[dict[str, str]] = pa.concat_tables(unique_records(batches, MEMBERS, merged)).to_pylist()
    return rows


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_one_row_per_work_whatever_the_batches(size: int) -> None:
    second, first = unique(size)
    assert [row["record_id"] for row in (first, second)] == ["d", "c"]
    wanted = {
        "title": "T",
        "note": "second; first",
        "abstract": "Cut off and whole again",
        "keywords": "k2; k3; k1",
        "language": "German",
        "doi": "10.1/d",
        "trial_ids": "NCT1; NCT2",
        "members": "d; a; b",
        "sources": "One; Two; Three",
        "identifiers": "doi:10.1/d; doi:10.1/a; trial_ids:NCT1; trial_ids:NCT2",
        "journal": "",
    }
    assert {name: first[name] for name in wanted} == wanted
    assert (second["note"], second["abstract"], second["members"]) == ("only", "x", "c; e")
    assert (second["sources"], second["identifiers"]) == ("One; Two", "")


def test_a_cut_abstract_gives_way_to_the_longest() -> None:
    records = whole(record_id=["a", "b", "c", "d"], abstract=["abc", "zz", "abcdefghij", ""])
    assert merged_values(records.column, {0: [0, 1, 2]})["abstract"] == {0: "abcdefghij"}
    assert merged_values(records.column, {0: [0, 3, 2]})["abstract"] == {0: "abcdefghij"}
    assert merged_values(records.column, {1: [1, 0]})["abstract"] == {}
    assert merged_values(records.column, {0: [0, 1]})["abstract"] == {}
    half = whole(record_id=["a", "b"], abstract=["abc", "abcdef"])
    assert merged_values(half.column, {0: [0, 1]})["abstract"] == {}
    # Without one of its own the survivor gets that of the next record.
    assert merged_values(records.column, {3: [3, 1, 2]})["abstract"] == {3: "zz"}


def test_only_changes_are_kept() -> None:
    merged = merged_values(FULL.column, MEMBERS)
    assert merged["title"] == merged["language"] == merged["journal"] == {}
    assert merged["keywords"] == {3: "k2; k3; k1"}
    assert not {"record_id", "search", "accession", "raw", "position"} & set(merged)


def test_records_alone_stay_as_they_are() -> None:
    (rows,) = unique_records([FULL], {}, {"members": {}, "sources": {}, "identifiers": {}})
    result = rows.to_pylist()
    assert [row["members"] for row in result] == ["a", "b", "c", "d", "e"]
    assert [row["sources"] for row in result] == FULL.column("database").to_pylist()
    assert result[1]["identifiers"] == "trial_ids:NCT1; trial_ids:NCT2"
