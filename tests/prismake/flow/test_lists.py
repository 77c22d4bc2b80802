"""The list of each box: whose description it takes, and what it gives as the reason."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from prismake.common.errors import BuildStop
from prismake.common.matching import Matcher
from prismake.common.writing import read_rows, write_rows
from prismake.flow.boxes import Box, Outcomes
from prismake.flow.count import added_boxes, studies_of
from prismake.flow.ids import Ids
from prismake.flow.lists import IMPORTED, SCREENED, describe_imported, describe_screened, write_lists

from tests.prismake.flow.conftest import SEARCHES
from tests.prismake.flow.tables import make_clusters, outcomes, table_of

RECORDS = [
    {"record_id": "pubmed:1", "search": "pubmed", "database": "PubMed", "title": "As imported", "year": "2020"},
    {"record_id": "embase:1", "search": "embase", "database": "Embase", "title": "The copy", "year": "2020"},
]
SCREENING = [
    {
        "record_id": "pubmed:1",
        "title": "As screened",
        "author": "Doe, J",
        "sources": "PubMed; Embase",
        "reason": "off_topic",
        "label": "Off topic",
        "note": "only an image",
    }
]
EMPTY = {"author": "", "journal": "", "doi": ""}
CLUSTERS = make_clusters(RECORDS, {"pubmed:1": "pubmed:1", "embase:1": "pubmed:1"}, SEARCHES)
OUTCOMES = Outcomes(outcomes([{**SCREENING[0], "stage": "title", "decision": "exclude"}]), CLUSTERS)
IMPORTS = table_of([EMPTY | record for record in RECORDS], IMPORTED)


def screened(**changes: str) -> pa.Table:
    return table_of([{**EMPTY, "year": "", **SCREENING[0], **changes}], SCREENED)


def test_a_record_is_described_as_imported_and_as_screened() -> None:
    assert describe_imported(IMPORTS, 0, CLUSTERS).to_pylist() == [
        {**EMPTY, "record_id": "pubmed:1", "title": "As imported", "year": "2020", "sources": "PubMed", "reason": ""},
        {
            **EMPTY,
            "record_id": "embase:1",
            "title": "The copy",
            "year": "2020",
            "sources": "Embase",
            "reason": "duplicate of pubmed:1",
        },
    ]
    assert describe_screened(screened(), 0, OUTCOMES.ids).to_pylist() == [
        {
            "record_id": "pubmed:1",
            "title": "As screened",
            "author": "Doe, J",
            "year": "",
            "journal": "",
            "doi": "",
            "sources": "PubMed; Embase",
            "reason": "Off topic; only an image",
        }
    ]
    (bare,) = describe_screened(screened(label="", note=""), 0, OUTCOMES.ids).to_pylist()
    assert bare["reason"] == "off_topic"


def lists_of(boxes: list[Box], folder: Path, batch: int = 1) -> None:
    """Writes the lists of boxes, of so many records at a time."""

    def batches(table: pa.Table) -> Iterator[pa.Table]:
        return (table.slice(start, batch) for start in range(0, len(table), batch))

    write_lists(boxes, OUTCOMES, batches(IMPORTS), batches(screened()), folder)


@pytest.mark.parametrize(
    ("role", "title", "reason"),
    [
        ("identified", "As imported", ""),
        ("source", "As imported", ""),
        ("screened", "As screened", ""),
        ("included", "As screened", ""),
        ("excluded", "As screened", "Off topic; only an image"),
        ("removed", "As screened", "Off topic; only an image"),
        ("reason", "As screened", "Off topic; only an image"),
        ("split", "As screened", "Off topic; only an image"),
        ("pending", "As screened", "Off topic; only an image"),
    ],
)
def test_each_kind_of_box_takes_its_own_description(tmp_path: Path, role: str, title: str, reason: str) -> None:
    lists = tmp_path / "deep" / "lists"
    lists.mkdir(parents=True)
    (lists / "gone.csv").write_text("record_id\n")
    (lists / "kept.txt").write_text("")
    lists_of([Box("one", "", Ids(np.array([0]), CLUSTERS.names), role)], lists)
    (row,) = read_rows(lists / "one.csv")
    assert (row["title"], row["reason"]) == (title, reason)
    assert {path.name for path in lists.iterdir()} == {"one.csv", "kept.txt"}


@pytest.mark.parametrize("batch", [1, 2])
def test_lists_are_in_the_order_of_the_records_whatever_is_read_together(tmp_path: Path, batch: int) -> None:
    boxes = [
        Box("all", "", Ids(np.array([0, 1]), CLUSTERS.names), "identified"),
        Box("copies", "", Ids(np.array([1]), CLUSTERS.names), "duplicates"),
        Box("none", "", Ids(np.array([], int), CLUSTERS.names), "excluded"),
    ]
    lists_of(boxes, tmp_path, batch)
    rows = {box.id: [(row["title"], row["reason"]) for row in read_rows(tmp_path / f"{box.id}.csv")] for box in boxes}
    copy = "The copy"
    assert rows == {
        "all": [("As imported", ""), (copy, "")],
        "copies": [(copy, "duplicate of pubmed:1")],
        "none": [],
    }


def test_an_added_box_describes_a_duplicate_as_imported_and_all_else_as_screened(tmp_path: Path) -> None:
    lists_of([Box("one", "", ("embase:1", "pubmed:1"), "added")], tmp_path)
    assert [row["title"] for row in read_rows(tmp_path / "one.csv")] == ["The copy", "As screened"]


@pytest.mark.parametrize("name", ["a/b", "..", ".a", "", "ä", "a b"])
def test_a_box_whose_id_cannot_name_a_file_stops(tmp_path: Path, name: str) -> None:
    with pytest.raises(BuildStop) as stopped:
        lists_of([Box(name, "", (), "added")], tmp_path)
    assert [issue.code for issue in stopped.value.issues] == ["box-id"]


def test_an_included_record_of_a_draft_without_a_study_is_one_of_its_own(tmp_path: Path) -> None:
    assert studies_of(["a", "b"], [], Matcher({"a": "a", "b": "b"}), tmp_path, True) == {"a": "a", "b": "b"}


def test_every_fault_of_every_added_box_is_reported(tmp_path: Path) -> None:
    table = tmp_path / "added.csv"
    write_rows(table, ("record_id",), [{"record_id": "b"}, {"record_id": "z"}])
    boxes = [Box("included", "", ("a", "b", "c"), "included", column="other")]

    def block(name: str, holder: str) -> dict[str, str]:
        return {"id": name, "in": holder, "label": name.title()}

    declared = [block("one", "nowhere"), block("included", "included"), block("two", "included")]
    with pytest.raises(BuildStop) as stopped:
        added_boxes(declared, [table] * 3, boxes, Matcher({"b": "b", "z": "z"}))
    assert [issue.code for issue in stopped.value.issues] == ["no-box", "box-twice", "not-in-box"]

    write_rows(table, ("record_id",), [{"record_id": "c"}, {"record_id": "b"}])
    (added,) = added_boxes([block("two", "included")], [table], boxes, Matcher({"b": "b", "c": "a"}))
    assert added == Box("two", "Two", ("a", "b"), "added", column="other", parent="included")
