"""Records that nobody had seen when screening stopped: a box of their own, in the sums, the figure, texts and CSV."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from prismake.common.errors import BuildStop
from prismake.common.results.flow import PRISMA2020
from prismake.figures.flow_layout import arrange
from prismake.figures.flow_rows import make_rows
from prismake.flow.count import shown_boxes
from prismake.flow.describe import describe, outline
from prismake.flow.prisma2020 import rows_of
from prismake.flow.prisma2020_flow import flow_of
from prismake.flow.prisma2020_table import Table, check, read
from prismake.review.status import Status
from prismake.review.summary import summary

from tests.prismake.flow.conftest import OTHER_SEARCHES, SEARCHES, build_flow, known

STAGES = [
    {"id": "abstract", "stopping_rule": "100 in a row", "reasons": {"topic": "Off topic"}},
    {"id": "fulltext", "stopping_rule": "enough", "reasons": {"design": "Wrong design"}},
]
ENDS = [
    ("abstract", "unseen", "", 40),
    ("abstract", "exclude", "topic", 7),
    ("abstract", "pending", "", 2),
    ("fulltext", "unseen", "", 5),
    ("fulltext", "exclude", "design", 3),
    ("fulltext", "include", "", 11),
    ("fulltext", "unseen", "", 1, "other"),
    ("fulltext", "include", "", 4, "other"),
]
REVIEW = {"stages": STAGES, "searches": [*SEARCHES, *OTHER_SEARCHES]}
FOUND = (50, 20, 2, 3)


@pytest.fixture(scope="module")
def flow():
    return build_flow(FOUND, 2, ENDS, **REVIEW)


def numbers(flow):
    return {box["id"]: box["n"] for box in flow["boxes"]}


def test_the_unseen_stand_in_their_own_box_and_were_not_screened(flow):
    boxes = numbers(flow)
    assert (boxes["abstract.unseen"], boxes["abstract.screened"]) == (40, 28)
    assert (boxes["fulltext.unseen"], boxes["fulltext.assessed"]) == (5, 14)
    assert (boxes["other.fulltext.unseen"], boxes["other.fulltext.assessed"], boxes["included"]) == (1, 4, 15)
    order = list(boxes)
    assert order.index("abstract.unseen") == order.index("abstract.screened") - 1


def test_without_a_stopping_rule_there_is_no_such_box():
    stages = [{key: value for key, value in stage.items() if key != "stopping_rule"} for stage in STAGES]
    flow = build_flow((3, 0), 0, [("abstract", "exclude", "topic", 3)], stages=stages)
    assert not any("unseen" in name for name in numbers(flow))


@pytest.mark.parametrize("name", ["abstract.unseen", "fulltext.unseen", "other.fulltext.unseen"])
def test_a_record_missing_from_the_box_is_found(name):
    review = known(FOUND, 2, ENDS, **REVIEW)
    boxes = [replace(box, records=box.records[1:]) if box.id == name else box for box in review.boxes()]
    with pytest.raises(BuildStop, match=name):
        review.check(boxes)
    moved = [replace(box, records=()) if box.id == name else box for box in review.boxes()]
    with pytest.raises(BuildStop, match="in none of the boxes at the end"):
        review.check(moved)
    with pytest.raises(BuildStop, match=f"'{name}' cannot be hidden"):
        shown_boxes(review.boxes(), [name], [])


def test_the_figure_shows_them_beside_what_they_leave(flow):
    identification, abstract, _, _ = make_rows(flow)
    assert [entry.name for entry in identification.databases.side] == ["removed", "abstract.unseen"]
    assert [entry.name for entry in identification.other.side] == ["other.fulltext.unseen"]
    assert [entry.name for entry in abstract.databases.side] == [
        "abstract.excluded",
        "abstract.pending",
        "fulltext.unseen",
    ]
    text = " ".join(line for shape in arrange(flow).shapes for line in shape.lines).replace("\u00a0", " ")
    assert "Records not screened, as the stopping rule was met (n = 40)" in " ".join(text.split())


def test_texts_name_them_and_still_add_up(flow, tmp_path):
    text = describe(flow)
    assert "Records not screened, as the stopping rule was met: 40. Abstracts screened: 28; excluded: 7" in text
    assert "passed on: 19. Reports not assessed, as the stopping rule was met: 5. Reports assessed" in text
    assert "Reports not assessed, as the stopping rule was met (other methods): 1." in text
    assert "Records not screened, as the stopping rule was met: 40 [abstract.unseen]" in outline(flow)
    (tmp_path / "flow.json").write_text(json.dumps(flow))
    assert "40 unseen (abstract), 28 screened (abstract)" in summary(tmp_path, "d.csv", Status())


def test_the_csv_of_the_r_package_keeps_them(flow, tmp_path):
    path = tmp_path / "prisma2020.csv"
    PRISMA2020.write(path, rows_of(flow))
    with path.open(newline="", encoding="utf-8") as file:
        cells = {row["data"]: row["n"] for row in csv.DictReader(file)}
    result = {name: n for name, n in cells.items() if name.endswith("_unseen")}
    # Without a stage of retrieval they leave before reports are sought.
    assert result == {"records_unseen": "40", "dbr_sought_unseen": "5", "other_sought_unseen": "1"}
    table = read(path)
    assert check(table, path) == []
    for name in result:
        less = Table(table.columns, tuple(row for row in table.rows if row["data"] != name))
        assert [issue.code for issue in check(less, path)] == ["prisma2020-sum"], name
    boxes = numbers(flow_of(table))
    assert boxes["records.unseen"] == 40


def test_two_stages_that_screen_have_a_row_each(tmp_path):
    stages = [{"id": "title"}, {**STAGES[0]}, {"id": "fulltext"}]
    ends = [("title", "exclude", "", 3), ("abstract", "unseen", "", 4), ("fulltext", "include", "", 2)]
    path = Path(tmp_path / "prisma2020.csv")
    PRISMA2020.write(path, rows_of(build_flow((9, 0), 0, ends, stages=stages)))
    assert check(read(path), path) == []
    boxes = numbers(flow_of(read(path)))
    assert (boxes["abstract.unseen"], boxes["abstract.screened"]) == (4, 2)
