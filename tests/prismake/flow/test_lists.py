"""The list of each box: whose description it takes, and what it gives as the reason."""

from pathlib import Path

import pytest
from prismake.common.errors import BuildStop
from prismake.common.matching import Matcher
from prismake.common.writing import read_rows, write_rows
from prismake.flow.boxes import Box, make_clusters
from prismake.flow.count import added_boxes, describe_records, studies_of, write_lists

from tests.prismake.flow.conftest import SEARCHES

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
CLUSTERS = make_clusters(RECORDS, {"pubmed:1": "pubmed:1", "embase:1": "pubmed:1"}, SEARCHES)
EMPTY = {"author": "", "journal": "", "doi": ""}


def test_a_record_is_described_as_imported_and_as_screened() -> None:
    imported, screened = describe_records(RECORDS, CLUSTERS, SCREENING)
    assert imported == {
        "pubmed:1": {
            **EMPTY,
            "record_id": "pubmed:1",
            "title": "As imported",
            "year": "2020",
            "sources": "PubMed",
            "reason": "",
        },
        "embase:1": {
            **EMPTY,
            "record_id": "embase:1",
            "title": "The copy",
            "year": "2020",
            "sources": "Embase",
            "reason": "duplicate of pubmed:1",
        },
    }
    assert screened == {
        "pubmed:1": {
            "record_id": "pubmed:1",
            "title": "As screened",
            "author": "Doe, J",
            "year": "",
            "journal": "",
            "doi": "",
            "sources": "PubMed; Embase",
            "reason": "Off topic; only an image",
        }
    }
    assert describe_records(RECORDS, CLUSTERS, [{**SCREENING[0], "label": ""}])[1]["pubmed:1"]["reason"] == (
        "off_topic; only an image"
    )


@pytest.mark.parametrize(
    ("role", "title", "reason"),
    [
        ("identified", "As imported", ""),
        ("source", "As imported", ""),
        ("duplicates", "As imported", "duplicate of x"),
        ("screened", "As screened", ""),
        ("included", "As screened", ""),
        ("excluded", "As screened", "Off topic"),
        ("removed", "As screened", "Off topic"),
        ("reason", "As screened", "Off topic"),
        ("split", "As screened", "Off topic"),
        ("pending", "As screened", "Off topic"),
    ],
)
def test_each_kind_of_box_takes_its_own_description(tmp_path: Path, role: str, title: str, reason: str) -> None:
    imported = {"a": {"record_id": "a", "title": "As imported", "reason": "duplicate of x"}}
    screened = {"a": {"record_id": "a", "title": "As screened", "reason": "Off topic"}}
    lists = tmp_path / "deep" / "lists"
    lists.mkdir(parents=True)
    (lists / "gone.csv").write_text("record_id\n")
    (lists / "kept.txt").write_text("")
    write_lists([Box("one", "", ("a",), role)], imported, screened, lists)
    (row,) = read_rows(lists / "one.csv")
    assert (row["title"], row["reason"]) == (title, reason)
    assert {path.name for path in lists.iterdir()} == {"one.csv", "kept.txt"}


def test_a_duplicate_without_an_outcome_is_described_as_imported(tmp_path: Path) -> None:
    imported = {name: {"record_id": name, "title": name} for name in ("a", "b")}
    write_lists([Box("one", "", ("b", "a"), "added")], imported, {"a": {"record_id": "a", "title": "Kept"}}, tmp_path)
    assert [row["title"] for row in read_rows(tmp_path / "one.csv")] == ["b", "Kept"]


@pytest.mark.parametrize("name", ["a/b", "..", ".a", "", "ä", "a b"])
def test_a_box_whose_id_cannot_name_a_file_stops(tmp_path: Path, name: str) -> None:
    with pytest.raises(BuildStop) as stopped:
        write_lists([Box(name, "", (), "added")], {}, {}, tmp_path)
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
