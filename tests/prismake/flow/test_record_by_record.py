"""Each law of the flow on its own: what the sums see, what the ends see, and what only the records' trails see."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from prismake.common.errors import SHOWN, BuildStop
from prismake.flow.boxes import Box, make_labels
from prismake.flow.conservation import check_ends, check_sums

from tests.prismake.flow.conftest import OTHER_SEARCHES, PRISMA_STAGES, SEARCHES, STAGES, Known, known
from tests.prismake.flow.tables import check_flow, columns_of, make_boxes, make_clusters, survivors_of
from tests.prismake.flow.test_conservation import Flow, flows

ENDS = [
    ("title", "exclude", "editorial", 1),
    ("title", "exclude", "review", 2),
    ("abstract", "exclude", "off_topic", 2),
    ("fulltext", "exclude", "no_outcome", 1),
    ("fulltext", "include", "", 2),
]


@pytest.fixture
def review() -> Known:
    """Ten records: two duplicates, and ends at every stage."""
    return known((6, 4), 2, ENDS)


def without(boxes: Sequence[Box], name: str, count: int = 1) -> list[Box]:
    """The boxes, with one of them short of its first records."""
    return [replace(box, records=box.records[count:]) if box.id == name else box for box in boxes]


def exchanged(boxes: Sequence[Box], left: str, other: str) -> tuple[list[Box], str, str]:
    """The boxes with the first records of two of them exchanged, and those records."""
    by_id = {box.id: box for box in boxes}
    first, second = by_id[left].records[0], by_id[other].records[0]
    swap = {left: (second, *by_id[left].records[1:]), other: (first, *by_id[other].records[1:])}
    return [replace(box, records=swap.get(box.id, box.records)) for box in boxes], first, second


@given(flow=flows(), data=st.data())
@settings(max_examples=100, deadline=None)
def test_two_records_exchanged_between_boxes_are_both_named(flow: Flow, data: st.DataObject) -> None:
    """No number changes, so only the ids can tell."""
    boxes = flow.boxes()
    pairs = [
        (item.id, other.id)
        for item in boxes
        for other in boxes
        if item.n and other.n and not set(item.records) & set(other.records)
    ]
    assume(pairs)
    wrong, *names = exchanged(boxes, *data.draw(st.sampled_from(pairs)))
    assert [box.n for box in wrong] == [box.n for box in boxes]
    with pytest.raises(BuildStop) as stopped:
        flow.check(wrong)
    reported = " ".join(issue.message for issue in stopped.value.issues)
    assert all(name in reported for name in names)


def test_a_screening_table_with_two_records_exchanged_stops_though_every_sum_closes() -> None:
    records = [{"record_id": f"pubmed:{number}", "search": "pubmed"} for number in range(4)]
    clusters = make_clusters(records, {}, SEARCHES)

    def row(number: int, stage: str, decision: str, reason: str = "") -> dict[str, str]:
        return {"record_id": f"pubmed:{number}", "stage": stage, "decision": decision, "reason": reason}

    stages: list[Mapping[str, Any]] = [
        {"id": "title", "reasons": {"topic": "Off topic"}},
        {"id": "fulltext", "reasons": {"design": "Wrong design"}},
    ]
    trail = [row(0, "title", "exclude", "topic")]
    trail += [row(number, "title", "include") for number in (1, 2, 3)]
    trail += [row(1, "fulltext", "exclude", "design"), row(2, "fulltext", "include"), row(3, "fulltext", "include")]
    true = [trail[0], *trail[-3:]]
    wrong = [row(1, "title", "exclude", "topic"), row(0, "fulltext", "exclude", "design"), *true[2:]]
    labels = make_labels({}, stages, SEARCHES)

    def check(screening: list[dict[str, str]]) -> list[Box]:
        boxes = make_boxes(records, clusters, screening, stages, SEARCHES, labels)
        check_flow(boxes, records, clusters, trail, stages)
        return boxes

    boxes = check(true)
    assert not check_sums(boxes, stages) + check_ends(boxes)
    with pytest.raises(BuildStop) as stopped:
        check(wrong)
    reported = str(stopped.value)
    assert "title.excluded" in reported and "pubmed:0" in reported and "pubmed:1" in reported


@pytest.mark.parametrize(
    ("box", "whole"),
    [
        ("identified.pubmed", "identified"),
        ("duplicates", "identified"),
        ("title.screened", "identified"),
        ("title.excluded", "title.screened"),
        ("abstract.screened", "title.screened"),
        ("abstract.excluded", "abstract.screened"),
        ("fulltext.assessed", "abstract.screened"),
        ("fulltext.excluded", "fulltext.assessed"),
        ("included", "fulltext.assessed"),
        ("title.automation", "title.excluded"),
        ("title.excluded.review", "title.excluded"),
        ("abstract.excluded.off_topic", "abstract.excluded"),
    ],
)
def test_the_sums_alone_name_a_box_that_lost_a_record(review: Known, box: str, whole: str) -> None:
    boxes = review.boxes()
    assert check_sums(boxes, STAGES) == []
    lost = next(each for each in boxes if each.id == box).records[0]
    issues = [issue for issue in check_sums(without(boxes, box), STAGES) if lost in issue.message]
    assert any(whole in issue.message and box in issue.message for issue in issues)
    assert all(issue.code == "boxes-differ" for issue in issues)


def test_the_sums_count_each_copy_of_a_record(review: Known) -> None:
    boxes = review.boxes()
    twice = [replace(box, records=[*box.records, *box.records]) if box.id == "included" else box for box in boxes]
    assert check_sums(twice, STAGES)


def test_a_record_ends_once(review: Known) -> None:
    boxes = review.boxes()
    assert check_ends(boxes) == []
    by_id = {box.id: box for box in boxes}
    moved = by_id["included"].records[0]

    def also_in(name: str) -> list[Box]:
        return [replace(box, records=(*box.records, moved)) if box.id == name else box for box in boxes]

    (issue,) = check_ends(also_in("title.excluded"))
    assert (issue.code, "title.excluded" in issue.message, moved in issue.message) == ("two-ends", True, True)
    (issue,) = check_ends(without(boxes, "included"))
    assert (issue.code, moved in issue.message) == ("lost", True)
    (issue,) = check_ends(also_in("identified"))
    assert (issue.code, moved in issue.message) == ("twice", True)
    (issue,) = check_ends([*boxes, Box("extra", "", ("nobody:1",), "included")])
    assert (issue.code, "nobody:1" in issue.message) == ("foreign", True)


def test_all_faults_of_the_ends_are_reported_with_their_numbers(review: Known) -> None:
    boxes = review.boxes()
    assert check_ends(without(boxes, "included", 2))[0].message.startswith("2 ")
    foreign = [*boxes, Box("extra", "", ("nobody:1", "nobody:2", "nobody:3"), "included")]
    assert check_ends(foreign)[0].message.startswith("3 ")


def test_a_box_that_is_missing_is_noticed_where_no_sum_needs_it(review: Known) -> None:
    boxes = [box for box in review.boxes() if not box.id.startswith("fulltext.excluded.")]
    assert not check_sums(boxes, STAGES) + check_ends(boxes)
    with pytest.raises(BuildStop, match=r"fulltext\.excluded\.no_outcome"):
        review.check(boxes)


def test_a_box_that_the_trails_do_not_know_is_noticed_where_every_sum_closes(review: Known) -> None:
    boxes = review.boxes()
    excluded = next(box for box in boxes if box.id == "abstract.excluded")
    more = [
        Box("abstract.automation", "", excluded.records, "split", parent="abstract.excluded"),
        Box("abstract.human", "", (), "split", parent="abstract.excluded"),
    ]
    assert not check_sums([*boxes, *more], STAGES) + check_ends([*boxes, *more])
    with pytest.raises(BuildStop, match=r"abstract\.automation"):
        review.check([*boxes, *more])


@pytest.mark.parametrize("order", [("who:0", "pubmed:0", "embase:0"), ("who:0", "embase:0", "pubmed:0")])
def test_the_first_record_of_a_database_stands_for_a_cluster_whose_survivor_other_methods_found(
    order: tuple[str, ...],
) -> None:
    records = [{"record_id": name, "search": name.partition(":")[0]} for name in order]
    clusters = make_clusters(records, dict.fromkeys(order, "who:0"), [*SEARCHES, *OTHER_SEARCHES])
    assert set(clusters.values()) == {order[1]}
    assert survivors_of(clusters) == {order[1]: "who:0"}
    assert columns_of(clusters) == {"who:0": "other", "pubmed:0": "databases", "embase:0": "databases"}


def test_a_record_waiting_at_a_removal_has_a_box_and_leaves_the_column() -> None:
    ends = [
        ("sift", "pending", "", 2),
        ("sift", "exclude", "old", 1),
        ("sift", "exclude", "retracted", 3),
        ("fulltext", "include", "", 4),
    ]
    review = known((6, 4), 0, ends, stages=PRISMA_STAGES)
    boxes = review.boxes()
    n = {box.id: box.n for box in boxes}
    assert (n["removed.automation"], n["removed.other"], n["sift.pending"]) == (1, 3, 2)
    assert n["screening.screened"] == n["included"] == 4
    review.check(boxes)
    assert any("sift.pending" in issue.message for issue in check_sums(without(boxes, "sift.pending"), PRISMA_STAGES))


@pytest.mark.parametrize(("count", "more"), [(SHOWN, ""), (SHOWN + 1, " and 1 more"), (SHOWN + 5, " and 5 more")])
def test_a_long_list_of_records_is_cut(count: int, more: str) -> None:
    names = [f"pubmed:{number}" for number in range(count)]
    (issue,) = check_ends([Box("identified", "", tuple(names), "identified")])
    assert issue.message.endswith(": " + ", ".join(names[:SHOWN]) + more)


def test_both_columns_end_in_the_included_together() -> None:
    searches = [*SEARCHES, *OTHER_SEARCHES]
    review = known(
        (3, 2, 1, 1), 0, [("fulltext", "include", "", 5), ("fulltext", "include", "", 2, "other")], searches=searches
    )
    boxes = review.boxes()
    assert check_sums(boxes, STAGES) == []
    (issue,) = check_sums(without(boxes, "included"), STAGES)
    assert issue.message.startswith("fulltext.assessed + other.fulltext.assessed ")


def test_a_record_number_may_hold_a_colon() -> None:
    records = [{"record_id": "pubmed:WOS:0001", "search": "pubmed"}]
    clusters = make_clusters(records, {}, SEARCHES)
    way = [
        {"record_id": "pubmed:WOS:0001", "stage": stage["id"], "decision": "include", "reason": ""} for stage in STAGES
    ]
    boxes = make_boxes(records, clusters, way[-1:], STAGES, SEARCHES, make_labels({}, STAGES, SEARCHES))
    check_flow(boxes, records, clusters, way, STAGES)
