import pytest
from prismake.common.errors import BuildStop
from prismake.flow.boxes import make_labels
from prismake.flow.count import shown_boxes

from tests.prismake.flow.conftest import (
    ENDS,
    OTHER_ENDS,
    OTHER_SEARCHES,
    PRISMA_ENDS,
    PRISMA_STAGES,
    SEARCHES,
    STAGES,
    known,
)
from tests.prismake.flow.tables import make_clusters, survivors_of


def numbers(boxes):
    return {box.id: box.n for box in boxes}


def test_boxes_in_reading_order():
    review = known((1000, 200), 160, ENDS)
    boxes = review.boxes()
    assert numbers(boxes) == {
        "identified": 1200,
        "identified.pubmed": 1000,
        "identified.embase": 200,
        "duplicates": 160,
        "title.screened": 1040,
        "title.excluded": 9,
        "title.automation": 9,
        "title.human": 0,
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
    review.check(boxes)


def test_pending_only_where_records_wait():
    review = known((3, 0), 0, [("abstract", "pending", "", 3)])
    counts = numbers(review.boxes())
    assert counts["abstract.pending"] == 3
    assert "title.pending" not in counts
    assert counts["fulltext.assessed"] == counts["included"] == 0
    review.check(review.boxes())


def test_removal_retrieval_and_other_methods_have_boxes_of_their_own():
    searches = [*SEARCHES, *OTHER_SEARCHES]
    review = known((600, 310, 3, 5), 150, PRISMA_ENDS + OTHER_ENDS, stages=PRISMA_STAGES, searches=searches)
    counts = numbers(review.boxes())
    assert counts["identified"] == 910
    assert counts["other.identified"] == 8
    assert counts["removed.automation"] == counts["removed.automation.old"] == 30
    assert counts["removed.other"] == counts["removed.other.retracted"] == 2
    assert "sift.screened" not in counts
    assert (counts["screening.screened"], counts["screening.automation"], counts["screening.human"]) == (728, 400, 250)
    assert (counts["retrieval.screened"], counts["retrieval.excluded"]) == (78, 8)
    assert "other.screening.screened" not in counts
    assert (counts["other.retrieval.screened"], counts["other.retrieval.excluded"]) == (8, 1)
    assert (counts["other.fulltext.assessed"], counts["other.fulltext.excluded.design"]) == (7, 4)
    assert counts["included"] == 30
    review.check(review.boxes())


def test_a_report_found_by_both_counts_in_the_column_of_the_databases():
    searches = [*SEARCHES, *OTHER_SEARCHES]
    records = [
        {"record_id": name, "search": name.partition(":")[0]} for name in ("pubmed:1", "who:1", "cited:2", "who:3")
    ]
    # The survivor of the first cluster is a record of another method, the second cluster is of other methods alone.
    kept = {"pubmed:1": "who:1", "who:1": "who:1", "cited:2": "cited:2", "who:3": "cited:2"}
    clusters = make_clusters(records, kept, searches)
    assert dict(clusters) == {
        "pubmed:1": "pubmed:1",
        "who:1": "pubmed:1",
        "cited:2": "cited:2",
        "who:3": "cited:2",
    }
    assert survivors_of(clusters) == {"pubmed:1": "who:1", "cited:2": "cited:2"}


def test_records_of_a_registry_found_in_a_database_can_count_as_a_registers():
    review = known((3, 0), 0, [("abstract", "pending", "", 3)])
    review.records[1]["kind"] = "register"
    assert numbers(review.boxes())["identified.pubmed"] == 3
    boxes = review.boxes(kinds="record")
    result = {box.id: (box.n, box.kind) for box in boxes if box.role == "source"}
    assert result["identified.pubmed"] == (2, "database")
    assert result["identified.pubmed.register"] == (1, "register")
    review.check(boxes)


def test_records_of_other_methods_stay_one_source_whatever_their_kind():
    review = known(
        (2, 0, 2, 0),
        0,
        [("abstract", "pending", "", 2), ("fulltext", "include", "", 2, "other")],
        searches=[*SEARCHES, *OTHER_SEARCHES],
    )
    review.records[2]["kind"] = "register"
    boxes = review.boxes(kinds="record")
    assert [(box.id, box.n, box.kind) for box in boxes if box.column == "other" and box.role == "source"] == [
        ("identified.who", 2, "website"),
        ("identified.cited", 0, "citation"),
    ]
    review.check(boxes)


def test_labels_come_from_defaults_stage_and_config():
    stages = [{"id": "title", "label": "Records read", "excluded_label": "Records put aside"}, {"id": "odd"}]
    labels = make_labels({"included": "Taken", "heading": ""}, stages, SEARCHES)
    assert labels["title.screened"] == "Records read"
    assert labels["title.excluded"] == "Records put aside"
    assert labels["odd.assessed"] == "Reports assessed for eligibility"
    assert labels["identified.embase"] == "Embase"
    assert (labels["included"], labels["heading"]) == ("Taken", "")


def test_the_heading_tells_databases_from_registers():
    register = {"id": "ctgov", "database": "ClinicalTrials.gov", "kind": "register"}
    assert make_labels({}, STAGES, SEARCHES)["heading"].endswith("via databases")
    assert make_labels({}, STAGES, [*SEARCHES, register])["heading"].endswith("via databases and registers")
    updated = make_labels({}, STAGES, SEARCHES, updated=True)
    assert updated["heading"] == "Identification of new studies via databases"
    assert updated["total"] == "Total studies included in review"


def test_a_label_of_no_box_stops_the_build():
    with pytest.raises(BuildStop, match=r"did you mean 'duplicates'\?"):
        make_labels({"duplicate": "Doubles"}, STAGES, SEARCHES)


def test_boxes_are_hidden_and_shown_by_config():
    boxes = known((1000, 200), 160, ENDS).boxes()
    shown = shown_boxes(boxes, [], [])
    assert "title.excluded.letter" not in shown and "title.automation" not in shown
    shown = shown_boxes(
        boxes, ["identified.embase", "title.excluded.review"], ["title.excluded.letter", "title.automation"]
    )
    assert {"title.excluded.letter", "title.automation"} <= shown
    assert not {"identified.embase", "title.excluded.review"} & shown
    with pytest.raises(BuildStop, match=r"'duplicates' cannot be hidden: 160 records leave the flow in 'duplicates'"):
        shown_boxes(boxes, ["duplicates"], [])
    with pytest.raises(BuildStop, match=r"'title.screened' cannot be hidden: 9 records leave"):
        shown_boxes(boxes, ["title.screened"], [])
    with pytest.raises(BuildStop, match=r"flow.hide: there is no box 'duplicate'\n  -> did you mean 'duplicates'"):
        shown_boxes(boxes, ["duplicate"], [])
    with pytest.raises(BuildStop, match=r"flow.show: there is no box 'Embase'"):
        shown_boxes(boxes, [], ["Embase"])


@pytest.mark.parametrize(("rules", "people"), [(0, 0), (2, 0), (0, 2), (2, 1)])
def test_the_split_is_shown_where_rules_and_people_excluded(rules, people):
    stages = [{**STAGES[0], "reasons": {}}, STAGES[2]]
    ends = [("title", "exclude", "review", rules), ("title", "exclude", "", people), ("fulltext", "include", "", 3)]
    boxes = known((rules + people, 3), 0, ends, stages=stages).boxes()
    split = {"title.automation", "title.human"}
    assert split & shown_boxes(boxes, [], []) == (split if rules and people else set())
    assert shown_boxes(boxes, [], ["title.human"]) >= {"title.human", "title.excluded", "duplicates"}


@pytest.mark.parametrize("duplicates", [0, 1])
def test_duplicates_of_other_methods_are_shown_where_there_are_any(duplicates):
    searches = [*OTHER_SEARCHES, *SEARCHES]
    ends = [("fulltext", "include", "", 2), ("fulltext", "include", "", 3 - duplicates, "other")]
    boxes = known((1, 2, 1, 1), duplicates, ends, searches=searches).boxes()
    shown = shown_boxes(boxes, [], [])
    assert ("other.duplicates" in shown) == bool(duplicates)
    assert "duplicates" in shown and "other.duplicates" in shown_boxes(boxes, [], ["other.duplicates"])


def test_what_leaves_the_flow_cannot_be_hidden():
    """Every box by which records leave or enter, and no other: hidden, the remaining numbers would not add up."""
    ends = [*PRISMA_ENDS, *OTHER_ENDS, ("sift", "pending", "", 1), ("retrieval", "pending", "", 1)]
    review = known((601, 311, 3, 5), 150, ends, stages=PRISMA_STAGES, searches=[*SEARCHES, *OTHER_SEARCHES])
    boxes = review.boxes()
    refused = []
    for box in boxes:
        try:
            assert box.id not in shown_boxes(boxes, [box.id], [])
        except BuildStop as stopped:
            refused += [box.id for issue in stopped.issues if issue.code == "hidden"]
    assert refused == [
        "identified",
        "duplicates",
        "other.identified",
        "removed.automation",
        "removed.other",
        "sift.pending",
        "screening.screened",
        "screening.excluded",
        "retrieval.screened",
        "retrieval.excluded",
        "retrieval.pending",
        "fulltext.assessed",
        "fulltext.excluded",
        "other.retrieval.screened",
        "other.retrieval.excluded",
        "other.fulltext.assessed",
        "other.fulltext.excluded",
        "included",
    ]


def test_a_stage_where_nothing_leaves_can_be_hidden():
    boxes = known((4, 0), 0, [("fulltext", "include", "", 4)]).boxes()
    assert "title.screened" not in shown_boxes(boxes, ["title.screened", "duplicates"], [])


def test_a_review_of_something_else_than_studies_has_it_in_its_labels():
    labels = make_labels({}, STAGES, SEARCHES, updated=True, includes="sources of evidence")
    assert labels["included.studies"] == "New sources of evidence included in review"
    assert labels["previous"] == "Sources of evidence included in previous version of review"
    assert labels["heading"] == "Identification of new sources of evidence via databases"
