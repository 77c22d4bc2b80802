"""What waits in an unfinished review, in the CSV of the R package: each number in its own row, written and read."""

import csv
from pathlib import Path

import pytest
from prismake.common.results.flow import PRISMA2020
from prismake.flow.prisma2020 import rows_of
from prismake.flow.prisma2020_flow import flow_of
from prismake.flow.prisma2020_table import Table, check, read

from tests.prismake.flow.conftest import OTHER_SEARCHES, PRISMA_STAGES, SEARCHES, build_flow

# Every number another, so that no row can stand for its neighbour.
ENDS = [
    ("sift", "exclude", "old", 4),
    ("sift", "exclude", "retracted", 6),
    ("sift", "pending", "", 5),
    ("screening", "exclude", "classifier", 7),
    ("screening", "exclude", "off_topic", 20),
    ("screening", "pending", "", 8),
    ("retrieval", "exclude", "", 9),
    ("retrieval", "pending", "", 10),
    ("fulltext", "exclude", "design", 11),
    ("fulltext", "pending", "", 12),
    ("fulltext", "include", "", 13),
    ("retrieval", "exclude", "", 1, "other"),
    ("retrieval", "pending", "", 2, "other"),
    ("fulltext", "exclude", "design", 3, "other"),
    ("fulltext", "pending", "", 14, "other"),
    ("fulltext", "include", "", 15, "other"),
]
WAITING = {
    "removed_pending": "5",
    "records_pending": "8",
    "dbr_notretrieved_pending": "10",
    "dbr_pending": "12",
    "other_notretrieved_pending": "2",
    "other_pending": "14",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The CSV of a review in which records wait at every stage of both columns."""
    flow = build_flow(
        (80, 27, 20, 15), 2, ENDS, stages=PRISMA_STAGES, searches=[*SEARCHES, *OTHER_SEARCHES], studies=["a", "b"]
    )
    file = tmp_path / "prisma2020.csv"
    PRISMA2020.write(file, rows_of(flow))
    return file


def numbers(path: Path) -> dict[str, str]:
    with path.open(newline="", encoding="utf-8") as file:
        return {row["data"]: row["n"] for row in csv.DictReader(file)}


def test_each_number_has_its_own_row(path: Path) -> None:
    counts = numbers(path)
    assert {name: counts[name] for name in WAITING} == WAITING
    assert (counts["dbr_notretrieved_reports"], counts["other_notretrieved_reports"]) == ("9", "1")
    assert (counts["dbr_sought_reports"], counts["dbr_assessed"]) == ("55", "36")
    assert (counts["other_sought_reports"], counts["other_assessed"]) == ("35", "32")
    assert (counts["excluded_automatic"], counts["excluded_other"]) == ("4", "6")
    assert (counts["new_studies"], counts["new_reports"]) == ("2", "28")


def test_what_waits_stands_behind_the_row_it_belongs_to(path: Path) -> None:
    order = list(numbers(path))
    assert {name: order[order.index(name) - 1] for name in WAITING} == {
        "removed_pending": "excluded_other",
        "records_pending": "records_excluded",
        "dbr_notretrieved_pending": "dbr_notretrieved_reports",
        "dbr_pending": "dbr_excluded",
        "other_notretrieved_pending": "other_notretrieved_reports",
        "other_pending": "other_excluded",
    }


def test_the_numbers_add_up_only_with_what_waits(path: Path) -> None:
    table = read(path)
    assert [issue.message for issue in check(table, path)] == []
    for name in WAITING:
        less = Table(table.columns, tuple(row for row in table.rows if row["data"] != name))
        assert len(check(less, path)) == 1, name
        more = tuple({**row, "n": str(int(row["n"]) + 1)} if row["data"] == name else row for row in table.rows)
        (issue,) = check(Table(table.columns, more), path)
        assert issue.code == "prisma2020-sum" and name in issue.message


def test_the_boxes_of_a_table_hold_what_its_rows_say(path: Path) -> None:
    boxes = {box["id"]: box["n"] for box in flow_of(read(path))["boxes"]}
    assert {name: n for name, n in boxes.items() if name.endswith(".pending")} == {
        "records.pending": 8,
        "retrieval.pending": 10,
        "assessment.pending": 12,
        "other.retrieval.pending": 2,
        "other.assessment.pending": 14,
    }
    assert (boxes["retrieval.excluded"], boxes["other.retrieval.excluded"], boxes["included"]) == (9, 1, 28)


def test_a_stage_that_screens_twice_gives_its_first_number(tmp_path: Path) -> None:
    stages = [{"id": "title"}, {"id": "abstract"}, {"id": "fulltext", "reasons": {"design": "Wrong design"}}]
    ends = [
        ("title", "exclude", "", 3),
        ("abstract", "exclude", "", 5),
        ("abstract", "pending", "", 1),
        ("fulltext", "include", "", 2),
    ]
    file = tmp_path / "prisma2020.csv"
    PRISMA2020.write(file, rows_of(build_flow((11, 0), 0, ends, stages=stages)))
    counts = numbers(file)
    assert (counts["records_screened"], counts["records_excluded"], counts["duplicates"]) == ("11", "8", "0")
    own = ("title_screened", "title_excluded", "abstract_screened", "abstract_excluded", "abstract_pending")
    assert [counts[name] for name in own] == ["11", "3", "8", "5", "1"]
