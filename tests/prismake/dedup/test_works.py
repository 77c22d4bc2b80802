"""What becomes of the records of a work, on tables small enough to see through."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from prismake.common.records import COLUMNS, INTEGERS
from prismake.dedup import merging
from prismake.dedup.contents import contents_of
from prismake.dedup.merging import Works, completed, works
from prismake.dedup.record_ids import id_rank

from tests.prismake.dedup.conftest import unique_table

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


def works_in(records: pa.Table, roots: npt.NDArray[np.int64]) -> dict[int, list[int]]:
    ids = records["record_id"].combine_chunks()
    return dict(works(contents_of(records), id_rank(ids), roots))


def works_of(members: dict[int, list[int]]) -> Works:
    sizes = np.array([len(rows) for rows in members.values()], np.int64)
    rows = np.array([row for work in members.values() for row in work], np.int64)
    return Works(rows, np.cumsum(sizes) - sizes)


def test_works_are_ranked_and_lone_records_are_none() -> None:
    assert works_in(SMALL, ROOTS) == {4: [4, 2, 0], 5: [5, 3]}
    # Without abstracts the id decides.
    assert works_in(SMALL.drop_columns(["abstract"]), ROOTS) == {4: [4, 2, 0], 5: [5, 3]}
    assert works_in(SMALL, np.arange(6)) == {}


def test_most_fields_then_the_longer_abstract_decide() -> None:
    one_work = np.array([0, 0])
    fields = table(record_id=["a", "b"], title=["", "T"], year=["2014", "2014"], journal=["", "J"], language=["en", ""])
    assert works_in(fields, one_work) == {1: [1, 0]}
    length = table(record_id=["a", "b"], title=["T", "T"], abstract=["short", "longer"])
    assert works_in(length, one_work) == {1: [1, 0]}


def test_a_root_may_be_the_last_row() -> None:
    assert works_in(SMALL, np.array([5, 1, 2, 3, 4, 5])) == {5: [5, 0]}


def test_a_survivor_gains_what_it_lacks_and_keeps_what_it_has() -> None:
    records = table(title=["", "x", "", "y"], year=["own", "other", "", ""], doi=["", "", "", ""])

    def completed_by(members: dict[int, list[int]]) -> tuple[list[int], pa.Table]:
        known = contents_of(records)
        rows, gained = completed(known, works_of(members), lambda rows: records.take(pa.array(rows)))
        return rows.tolist(), gained

    rows, gained = completed_by({2: [2, 3], 0: [0, 1, 3]})
    assert rows == [0, 2]
    assert gained.to_pydict() == {"title": ["x", "y"], "year": ["own", ""], "doi": ["", ""]}
    assert gained.schema.types == [pa.large_string()] * 3
    assert completed_by({1: [1, 3]})[0] == completed_by({})[0] == []


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
    rows: list[dict[str, str]] = unique_table(FULL, works_of(MEMBERS), size).to_pylist()
    return rows


def merged_values(records: pa.Table, members: dict[int, list[int]]) -> merging.Merged:
    works = works_of(members)
    rows = np.sort(works.rows)
    return merging.merged_values(records.take(pa.array(rows)), rows, works)


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
    assert merged_values(records, {0: [0, 1, 2]})["abstract"] == {0: "abcdefghij"}
    assert merged_values(records, {0: [0, 3, 2]})["abstract"] == {0: "abcdefghij"}
    assert merged_values(records, {1: [1, 0]})["abstract"] == {}
    assert merged_values(records, {0: [0, 1]})["abstract"] == {}
    half = whole(record_id=["a", "b"], abstract=["abc", "abcdef"])
    assert merged_values(half, {0: [0, 1]})["abstract"] == {}
    # Without one of its own the survivor gets that of the next record.
    assert merged_values(records, {3: [3, 1, 2]})["abstract"] == {3: "zz"}


def test_only_changes_are_kept() -> None:
    merged = merged_values(FULL, MEMBERS)
    assert merged["title"] == merged["language"] == merged["journal"] == {}
    assert merged["keywords"] == {3: "k2; k3; k1"}
    assert not {"record_id", "search", "accession", "raw", "position"} & set(merged)


def test_records_alone_stay_as_they_are() -> None:
    result = unique_table(FULL, works_of({}), len(FULL)).to_pylist()
    assert [row["members"] for row in result] == ["a", "b", "c", "d", "e"]
    assert [row["sources"] for row in result] == FULL.column("database").to_pylist()
    assert result[1]["identifiers"] == "trial_ids:NCT1; trial_ids:NCT2"
