import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.common.errors import BuildStop
from prismake.flow.boxes import Box, check_sums, make_labels

from tests.flow.conftest import ENDS, SEARCHES, STAGES, build_boxes


def numbers(boxes):
    return {box.id: box.n for box in boxes}


def test_boxes_in_reading_order():
    boxes = build_boxes((1000, 200), 160, ENDS)
    assert numbers(boxes) == {
        "identified": 1200,
        "identified.pubmed": 1000,
        "identified.embase": 200,
        "duplicates": 160,
        "title.screened": 1040,
        "title.excluded": 9,
        "title.excluded.editorial": 2,
        "title.excluded.review": 7,
        "title.excluded.letter": 0,
        "abstract.screened": 1031,
        "abstract.excluded": 1011,
        "abstract.excluded.off_topic": 1011,
        "fulltext.assessed": 20,
        "fulltext.excluded": 11,
        "fulltext.excluded.no_outcome": 6,
        "fulltext.excluded.no_detail": 5,
        "included": 9,
    }
    assert [box.id for box in boxes] == list(numbers(boxes))
    check_sums(boxes, STAGES)


def test_pending_only_where_records_wait():
    boxes = build_boxes((3, 0), 0, [("title", "include", "", 0), ("abstract", "pending", "", 3)])
    found = numbers(boxes)
    assert found["abstract.pending"] == 3
    assert "title.pending" not in found
    assert found["fulltext.assessed"] == found["included"] == 0
    check_sums(boxes, STAGES)


@given(
    found=st.tuples(st.integers(0, 30), st.integers(0, 30)),
    cut=st.integers(0, 60),
    ends=st.lists(
        st.sampled_from(
            [
                (stage["id"], "exclude", code)
                for stage, code in zip(STAGES, ("review", "off_topic", "no_detail"), strict=True)
            ]
            + [(stage["id"], "pending", "") for stage in STAGES]
            + [("fulltext", "include", "")]
        ),
        min_size=60,
        max_size=60,
    ),
)
@settings(max_examples=60, deadline=None)
def test_the_sums_close_whatever_is_decided(found, cut, ends):
    duplicates = min(cut, sum(found))
    boxes = build_boxes(found, duplicates, [(*end, 1) for end in ends[: sum(found) - duplicates]])
    check_sums(boxes, STAGES)
    n = numbers(boxes)
    gone = sum(n[name] for name in n if name.endswith((".excluded", ".pending")))
    assert n["identified"] == n["duplicates"] + gone + n["included"]


@pytest.mark.parametrize(
    ("box", "records", "told"),
    [
        ("identified.embase", ("r9",), "identified has 1 in excess of identified.pubmed + identified.embase: r2"),
        ("duplicates", ("r0", "r1"), "duplicates + title.screened has 1 in excess of identified: r1"),
        ("title.excluded", (), "title.screened has 1 in excess of title.excluded + abstract.screened: r1"),
        (
            "abstract.excluded.off_topic",
            ("r2",),
            "abstract.excluded.off_topic has 1 in excess of abstract.excluded: r2",
        ),
        ("included", (), "fulltext.assessed has 1 in excess of fulltext.excluded + included: r2"),
    ],
)
def test_a_flow_that_does_not_close_names_boxes_and_records(box, records, told):
    whole = build_boxes((2, 1), 1, [("title", "exclude", "review", 1), ("fulltext", "include", "", 1)])
    boxes = [Box(b.id, b.label, records, b.role, b.stage) if b.id == box else b for b in whole]
    with pytest.raises(BuildStop) as stopped:
        check_sums(boxes, STAGES)
    assert told in str(stopped.value)


def test_a_record_in_two_boxes_does_not_close():
    whole = build_boxes((2, 0), 0, [("title", "exclude", "review", 1), ("fulltext", "include", "", 1)])
    boxes = [Box(b.id, b.label, ("r0", "r0"), b.role, b.stage) if b.id == "title.excluded" else b for b in whole]
    with pytest.raises(BuildStop, match=r"title\.excluded has 1 in excess"):
        check_sums(boxes, STAGES)


def test_labels_come_from_defaults_stage_and_config():
    stages = [{"id": "title", "label": "Records read", "excluded_label": "Records put aside"}, {"id": "odd"}]
    labels = make_labels({"included": "Taken", "heading": ""}, stages, SEARCHES)
    assert labels["title.screened"] == "Records read"
    assert labels["title.excluded"] == "Records put aside"
    assert labels["odd.assessed"] == "Reports assessed for eligibility (odd)"
    assert labels["identified.embase"] == "Embase"
    assert (labels["included"], labels["heading"]) == ("Taken", "")


def test_the_heading_tells_databases_from_registers():
    register = {"id": "ctgov", "database": "ClinicalTrials.gov", "kind": "register"}
    assert make_labels({}, STAGES, SEARCHES)["heading"].endswith("via databases")
    assert make_labels({}, STAGES, [*SEARCHES, register])["heading"].endswith("via databases and registers")


def test_a_label_of_no_box_stops_the_build():
    with pytest.raises(BuildStop, match=r"did you mean 'duplicates'\?"):
        make_labels({"duplicate": "Doubles"}, STAGES, SEARCHES)
