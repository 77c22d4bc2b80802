import json

import pytest
from prismake.common.errors import BuildStop
from prismake.common.values import Value
from prismake.common.writing import write_json, write_rows
from prismake.revision.numbers import as_markdown, changed_numbers, moved_records, read_build

from tests.ledgers import ledger_document

BOXES = ("identified", "identified.embase", "duplicates", "title.excluded", "title.excluded.review", "included")


def results(folder, boxes, studies, mean):
    folder.mkdir(parents=True)
    values = {
        "flow": {box.replace(".", "_"): len(boxes[box]) for box in BOXES},
        "search": {"embase": {"n": len(boxes["identified.embase"])}},
        "studies": studies,
        "pooled": {"age": Value(mean, "measure", "a mean", studies=tuple(studies))},
    }
    write_json(folder / "values.json", ledger_document(values))
    write_json(
        folder / "flow.json",
        {"boxes": [{"id": box, "label": "Reviews" if box == BOXES[4] else box, "n": len(boxes[box])} for box in BOXES]},
    )
    for box in BOXES:
        rows = [{"record_id": record, "title": f"Title {record}"} for record in boxes[box]]
        write_rows(folder / "flow" / f"{box}.csv", ("record_id", "title"), rows)
    used = [
        {
            "file": "manuscript/03.results.md",
            "line": "4",
            "expression": "flow.identified | n",
            "printed": "x",
            "values": "flow.identified",
        }
    ]
    write_rows(folder / "manuscript/values_used.csv", ("file", "line", "expression", "printed", "values"), used)
    return read_build(folder)


def in_boxes(identified, duplicates, excluded, included):
    return {
        "identified": identified,
        "identified.embase": identified,
        "duplicates": duplicates,
        "title.excluded": excluded,
        "title.excluded.review": excluded,
        "included": included,
    }


@pytest.fixture
def builds(tmp_path):
    cells = {"age": 70, "label": "A"}
    old = results(tmp_path / "old", in_boxes(["a", "b", "c"], ["b"], ["c"], ["a"]), {"s1": cells}, 70)
    new = results(
        tmp_path / "new",
        in_boxes(["a", "b", "d"], [], ["b"], ["a", "d"]),
        {"s1": {**cells, "age": 71, "label": "B"}, "s2": cells},
        70.5,
    )
    return old, new


def test_each_changed_value_says_where_it_stands_and_which_records_changed_it(builds):
    changes = {change.value: change for change in changed_numbers(*builds)}
    included = changes["flow.included"]
    assert (included.old, included.new, included.why) == ("1", "2", "+1 d (not in the old exports)")
    assert changes["flow.duplicates"].why == "−1 b (now in “Reviews”)"
    assert "flow.identified" not in changes, "as many as before"
    assert changes["pooled.age"].why == "s1.age: 70 → 71; study s2 added"


def test_records_that_came_went_or_moved_are_listed_each(builds):
    rows = {row["record_id"]: (row["old"], row["new"]) for row in moved_records(*builds)}
    assert rows == {
        "b": ("duplicates", "title.excluded.review"),
        "c": ("title.excluded.review", ""),
        "d": ("", "included"),
    }


def test_values_that_the_text_uses_come_first(tmp_path):
    old = results(tmp_path / "old", in_boxes(["a"], [], [], ["a"]), {}, 1)
    new = results(tmp_path / "new", in_boxes(["a", "b"], [], ["b"], ["a"]), {}, 1)
    first, *others = changed_numbers(old, new)
    assert (first.value, first.used) == ("flow.identified", "manuscript/03.results.md:4")
    assert others and not any(change.used for change in others)


def test_markup_in_a_title_stays_letters(builds):
    text = as_markdown([], [{"record_id": "a", "title": "x | <b> `y`", "old": "", "new": "included"}])
    assert "No value changed." in text and r"x \| \<b\> \`y\`" in text


def test_a_folder_without_a_build_is_reported(tmp_path):
    with pytest.raises(BuildStop, match="the result does not exist"):
        read_build(tmp_path)
    (tmp_path / "values.json").write_text(json.dumps({}) + "}")
    with pytest.raises(BuildStop, match="not what a build wrote"):
        read_build(tmp_path)
