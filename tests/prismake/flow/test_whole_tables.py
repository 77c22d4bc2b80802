"""The flow of two reviews, whole: flow.json, the CSV of the R package, and the boxes that are read from it.

The fixtures were checked line by line against the numbers of the reviews below, worked out by hand.
"""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prismake.common.results.flow import PRISMA2020
from prismake.flow.previous import read_previous
from prismake.flow.prisma2020 import rows_of
from prismake.flow.prisma2020_flow import flow_of
from prismake.flow.prisma2020_table import check, read

from tests.prismake.flow.conftest import (
    OTHER_SEARCHES,
    PREVIOUS,
    PRISMA_STAGES,
    REGISTER,
    SEARCHES,
    build_flow,
)

FIXTURES = Path(__file__).parent / "fixtures"
# Every number another, so that no cell can stand for its neighbour.
UPDATED = {
    "found": (20, 13, 9, 101, 9, 8),
    "duplicates": 3,
    "ends": [
        ("sift", "exclude", "old", 4),
        ("sift", "exclude", "retracted", 6),
        ("sift", "pending", "", 5),
        ("screening", "exclude", "classifier", 7),
        ("screening", "exclude", "off_topic", 19),
        ("screening", "pending", "", 8),
        ("retrieval", "exclude", "", 9),
        ("retrieval", "pending", "", 10),
        ("fulltext", "exclude", "design", 11),
        ("fulltext", "exclude", "no_outcome", 1),
        ("fulltext", "pending", "", 12),
        ("fulltext", "include", "", 26),
        ("retrieval", "exclude", "", 2, "other"),
        ("retrieval", "pending", "", 14, "other"),
        ("fulltext", "exclude", "design", 3, "other"),
        ("fulltext", "pending", "", 13, "other"),
        ("fulltext", "include", "", 7, "other"),
    ],
    "stages": PRISMA_STAGES,
    "searches": [
        *OTHER_SEARCHES,
        {"id": "shelf", "database": "Own shelf", "kind": "other", "method": "other"},
        *SEARCHES,
        REGISTER,
    ],
    "studies": [f"study{number}" for number in range(22)],
    "previous": PREVIOUS,
}
TWO_STAGES = {
    "found": (40, 21),
    "duplicates": 7,
    "ends": [
        ("title", "exclude", "letter", 3),
        ("title", "exclude", "review", 5),
        ("title", "exclude", "editorial", 1),
        ("abstract", "exclude", "off_topic", 11),
        ("abstract", "pending", "", 2),
        ("fulltext", "exclude", "semi", 4),
        ("fulltext", "pending", "", 6),
        ("fulltext", "include", "", 22),
    ],
    "stages": [
        {"id": "title", "reasons": {"review": "Review", "editorial": "Editorial", "letter": "Letter"}},
        {"id": "abstract", "reasons": {"off_topic": "Off topic", "animals": "Animals only"}},
        {"id": "fulltext", "reasons": {"semi": "Wrong design;  no control", "none": "No outcome"}},
    ],
}
REVIEWS = {"updated": UPDATED, "two-stages": TWO_STAGES}


def flow_document(name: str) -> dict[str, Any]:
    """What flow.json holds of one of the reviews."""
    review: dict[str, Any] = dict(REVIEWS[name])
    return build_flow(review.pop("found"), review.pop("duplicates"), review.pop("ends"), **review)


@pytest.mark.parametrize("name", REVIEWS)
def test_every_box_of_the_flow(name: str) -> None:
    expected = json.loads((FIXTURES / f"{name}.flow.json").read_text(encoding="utf-8"))
    assert flow_document(name) == expected


@pytest.mark.parametrize("name", REVIEWS)
def test_every_cell_of_the_csv(tmp_path: Path, name: str) -> None:
    def rows(path: Path) -> list[dict[str, str]]:
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    path = tmp_path / "prisma2020.csv"
    written = rows_of(flow_document(name))
    assert all(isinstance(cell, str) for row in written for cell in row.values())
    PRISMA2020.write(path, written)
    assert rows(path) == rows(FIXTURES / f"{name}.csv")


@pytest.mark.parametrize("name", REVIEWS)
def test_every_box_that_is_read_from_it(name: str) -> None:
    expected = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    assert flow_of(read(FIXTURES / f"{name}.csv")) == expected


# The row of the table that words a label ("" for none), and the label where it words nothing.
WORDS = {
    "previous": ("previous_studies", "Studies included in previous version of review"),
    "duplicates": ("duplicates", "Duplicate records removed"),
    "removed.automation": ("excluded_automatic", "Records marked as ineligible by automation tools"),
    "removed.other": ("excluded_other", "Records removed for other reasons"),
    "identified.website": ("website_results", "Websites"),
    "identified.organisation": ("organisation_results", "Organisations"),
    "identified.citation": ("citations_results", "Citation searching"),
    "identified.other": ("other_results", "Other methods"),
    "other.duplicates": ("", "Duplicate records removed"),
    "records.screened": ("records_screened", "Records screened"),
    "records.excluded": ("records_excluded", "Records excluded"),
    "records.pending": ("", "Records awaiting a decision"),
    "retrieval.screened": ("dbr_sought_reports", "Reports sought for retrieval"),
    "retrieval.excluded": ("dbr_notretrieved_reports", "Reports not retrieved"),
    "retrieval.pending": ("", "Reports awaiting retrieval"),
    "assessment.screened": ("dbr_assessed", "Reports assessed for eligibility"),
    "assessment.excluded": ("dbr_excluded", "Reports excluded"),
    "other.retrieval.screened": ("other_sought_reports", "Reports sought for retrieval"),
    "other.assessment.excluded": ("other_excluded", "Reports excluded"),
    "included": ("new_reports", "Reports of new included studies"),
    "total": ("total_studies", "Total studies included in review"),
}
SECOND_WORDS = {
    "previous": ("reports_label", "previous_reports", "Reports of studies included in previous version of review"),
    "included": ("studies_label", "new_studies", "New studies included in review"),
    "total": ("reports_label", "total_reports", "Reports of total included studies"),
}


# Part of flow.json -> name -> the row that words it (by its `box` where it has no number), and the standard words.
OTHER_WORDS = {
    "headings": {
        "other": ("othstud", "Identification of new studies via other methods"),
        "previous": ("prevstud", "Previous studies"),
    },
    "phases": {
        "identification": ("identification", "Identification"),
        "screening": ("screening", "Screening"),
        "included": ("included", "Included"),
    },
    "kinds": {"database": ("database_results", "Databases"), "register": ("register_results", "Registers")},
    "methods": {
        "website": ("website_results", "Websites"),
        "organisation": ("organisation_results", "Organisations"),
        "citation": ("citations_results", "Citation searching"),
        "other": ("other_results", "Other methods"),
    },
}


@pytest.mark.parametrize("text", ["Own {}", "NA", " "])
def test_a_label_is_the_tables_own_words_or_the_standard_ones(text: str) -> None:
    def words(row: str, standard: str) -> str:
        return text.format(row) if "{}" in text and row else standard

    table = read(FIXTURES / "updated.csv")
    names = [row["box"] if row["data"] == "NA" else row["data"] for row in table.rows]
    rows = [{**row, "boxtext": text.format(name)} for row, name in zip(table.rows, names, strict=True)]
    flow = flow_of(replace(table, rows=tuple(rows)))
    boxes = {box["id"]: box for box in flow["boxes"]}
    assert {name: boxes[name]["label"] for name in WORDS} == {name: words(*row) for name, row in WORDS.items()}
    assert {name: boxes[name][key] for name, (key, *_) in SECOND_WORDS.items()} == {
        name: words(*row) for name, (_, *row) in SECOND_WORDS.items()
    }
    for part, wording in OTHER_WORDS.items():
        assert flow[part] == {name: words(*row) for name, row in wording.items()}
    assert flow["heading"] == words("newstud", "Identification of new studies via databases and registers")


def test_the_packages_own_headings_are_only_right_for_an_updated_review() -> None:
    whole = read(FIXTURES / "updated.csv")
    rows = tuple(row for row in whole.rows if not row["data"].startswith(("previous", "total")))
    flow = flow_of(replace(whole, rows=rows))
    assert flow["heading"] == "Identification of studies via databases and registers"
    assert flow["headings"] == {"other": "Identification of studies via other methods"}
    # A table may have the numbers alone.
    bare = tuple({"data": row["data"], "n": row["n"]} for row in rows)
    flow = flow_of(replace(whole, columns=("data", "n"), rows=bare))
    assert flow["heading"] == "Identification of studies via databases and registers"
    assert flow["phases"]["screening"] == "Screening" and flow["kinds"]["register"] == "Registers"


def test_every_number_takes_part_in_a_sum() -> None:
    """One more in any row of the larger table, and the table no longer adds up; as it stands, it does."""
    path = FIXTURES / "updated.csv"
    table = read(path)
    assert check(table, path) == []
    free = []
    for position, row in enumerate(table.rows):
        if row["data"] != "NA" and row["n"].isdigit():
            changed = list(table.rows)
            changed[position] = {**row, "n": str(int(row["n"]) + 1)}
            if not check(replace(table, rows=tuple(changed)), path):
                free.append(row["data"])
    assert free == []


def test_headings_of_the_review_are_those_of_the_csv() -> None:
    headings = {"heading": "New searches", "heading.other": "By hand", "heading.previous": "Earlier version"}
    flow = build_flow(
        (3, 1, 0, 1),
        0,
        [("fulltext", "include", "", 4), ("fulltext", "include", "", 1, "other")],
        searches=[*SEARCHES, *OTHER_SEARCHES],
        studies=["a"],
        previous=PREVIOUS,
        labels=headings,
    )
    texts = {row["box"]: (row["boxtext"], row["description"], row["tooltips"]) for row in rows_of(flow)}
    for box, heading in (("newstud", "New searches"), ("othstud", "By hand"), ("prevstud", "Earlier version")):
        assert texts[box] == (heading, heading, heading)


def test_a_previous_study_may_have_no_report(tmp_path: Path) -> None:
    table = tmp_path / "previous.csv"
    table.write_text("study_id,report\na,10.1/one\na,10.1/two\nb,\n", encoding="utf-8")
    previous = read_previous(table)
    assert {study: [text for text, _ in reports] for study, reports in previous.studies.items()} == {
        "a": ["10.1/one", "10.1/two"],
        "b": [""],
    }
    assert previous.studies["b"][0][1].endswith("previous.csv:4") and previous.reports == 3
