"""The boxes of the searches, whole, and what becomes of a row of screening whose record is not known."""

import pytest
from prismake.common.errors import BuildStop
from prismake.flow.boxes import Box, make_labels, reasons_of, rules_of

from tests.prismake.flow.conftest import OTHER_SEARCHES, PRISMA_STAGES, REGISTER, SEARCHES, STAGES, known
from tests.prismake.flow.tables import check_flow, make_boxes, make_clusters

PLAIN = [{"id": "plain", "database": "Plain"}]
BARE_OTHER = [{"id": "hand", "database": "By hand", "kind": "other"}]


def sources(records: list[dict[str, str]], searches: list[dict[str, str]], kinds: str) -> list[Box]:
    clusters = make_clusters(records, {}, searches)
    boxes = make_boxes(records, clusters, [], STAGES, searches, make_labels({}, STAGES, searches), kinds=kinds)
    return [box for box in boxes if box.role == "source"]


def record(search: str, number: int, **more: str) -> dict[str, str]:
    return {"record_id": f"{search}:{number}", "search": search, **more}


@pytest.mark.parametrize("kinds", ["search", "record"])
def test_a_search_is_a_database_and_another_method_unnamed_where_nothing_else_is_stated(kinds: str) -> None:
    records = [record("plain", 1), record("hand", 1), record("hand", 2, kind="register")]
    assert sources(records, [*PLAIN, *BARE_OTHER], kinds) == [
        Box("identified.plain", "Plain", ("plain:1",), "source", "", "database", "databases", "identified"),
        Box("identified.hand", "By hand", ("hand:1", "hand:2"), "source", "", "other", "other", "other.identified"),
    ]


def test_records_of_the_other_kind_have_a_box_of_their_own() -> None:
    records = [
        record("pubmed", 1, kind="database"),
        record("pubmed", 2, kind="register"),
        record("pubmed", 3),
        record("ctgov", 1),
        record("ctgov", 2, kind="database"),
        record("who", 1, kind="register"),
    ]
    searches = [SEARCHES[0], REGISTER, OTHER_SEARCHES[0]]
    assert sources(records, searches, "record") == [
        Box(
            "identified.pubmed", "PubMed", ("pubmed:1", "pubmed:3"), "source", "", "database", "databases", "identified"
        ),
        Box("identified.pubmed.register", "PubMed", ("pubmed:2",), "source", "", "register", "databases", "identified"),
        Box(
            "identified.ctgov", "ClinicalTrials.gov", ("ctgov:1",), "source", "", "register", "databases", "identified"
        ),
        Box(
            "identified.ctgov.database",
            "ClinicalTrials.gov",
            ("ctgov:2",),
            "source",
            "",
            "database",
            "databases",
            "identified",
        ),
        Box(
            "identified.who",
            "World Health Organization",
            ("who:1",),
            "source",
            "",
            "website",
            "other",
            "other.identified",
        ),
    ]
    assert [box.id for box in sources(records, searches, "search")] == [
        "identified.pubmed",
        "identified.ctgov",
        "identified.who",
    ]


def test_a_screened_record_that_nobody_found_is_named() -> None:
    records = [record("pubmed", 1)]
    way = [{"record_id": "nobody:1", "stage": stage["id"], "decision": "include", "reason": ""} for stage in STAGES] + [
        {"record_id": "pubmed:1", "stage": "title", "decision": "exclude", "reason": "review"}
    ]
    clusters = make_clusters(records, {}, SEARCHES)
    boxes = make_boxes(records, clusters, way[-2:], STAGES, SEARCHES, make_labels({}, STAGES, SEARCHES))
    contents = {box.id: box.records for box in boxes}
    assert contents["title.screened"] == ("nobody:1", "pubmed:1") and contents["included"] == ("nobody:1",)
    with pytest.raises(BuildStop, match="nobody:1"):
        check_flow(boxes, records, clusters, way, STAGES)


@pytest.mark.parametrize("leave", ["old", "retracted"])
def test_a_removal_has_a_box_for_what_it_can_say(leave: str) -> None:
    """Rules fill the first box, reasons the second; a stage with one of them has that box alone."""
    sift = {key: value for key, value in PRISMA_STAGES[0].items() if key != ("reasons" if leave == "old" else "rules")}
    review = known(
        (2, 0), 0, [("sift", "exclude", leave, 1), ("fulltext", "include", "", 1)], stages=[sift, *STAGES[2:]]
    )
    removed = [box for box in review.boxes() if box.id.startswith("removed")]
    own = "automation" if leave == "old" else "other"
    label = {
        "old": "Records marked as ineligible by automation tools",
        "retracted": "Records removed for other reasons",
    }[leave]
    assert removed == [
        Box(f"removed.{own}", label, ("pubmed:0",), "removed", parent="removed"),
        Box(
            f"removed.{own}.{leave}",
            {"old": "Before 1990", "retracted": "Retracted"}[leave],
            ("pubmed:0",),
            "reason",
            parent=f"removed.{own}",
        ),
    ]
    review.check(review.boxes())


def test_what_both_columns_share_belongs_to_neither() -> None:
    boxes = known((1, 0), 0, [("fulltext", "include", "", 1)]).boxes()
    assert boxes[-1] == Box("included", "Reports of included studies", ("pubmed:0",), "included", column="")


def test_a_rule_without_a_label_is_called_by_its_id() -> None:
    stage = {"id": "title", "rules": [{"id": "old"}, {"id": "letter", "label": "A letter"}], "reasons": {"topic": "T"}}
    assert rules_of(stage) == {"old": "old", "letter": "A letter"}
    assert list(reasons_of(stage).items()) == [("old", "old"), ("letter", "A letter"), ("topic", "T")]
    assert rules_of({"id": "title"}) == reasons_of({"id": "title", "rules": None, "reasons": None}) == {}


def test_every_label_of_a_review_of_one_database_without_a_kind() -> None:
    """Two stages of one role are distinguished by their ids; no label names a source that the review does not have."""
    stages: list[dict[str, object]] = [
        {"id": "first"},
        {"id": "second", "rules": [{"id": "old"}]},
        {"id": "fulltext", "reasons": {"d": "Design"}},
    ]
    labels = make_labels({}, stages, PLAIN)
    own = {name: text for name, text in labels.items() if "." in name and not name.startswith(("phase", "removed"))}
    assert labels["heading"] == "Identification of studies via databases"
    assert labels["included"] == "Reports of included studies" and "total" not in labels
    assert own == {
        "identified.databases": "Databases",
        "identified.registers": "Registers",
        "included.studies": "Studies included in review",
        "identified.plain": "Plain",
        "identified.plain.database": "Plain",
        "identified.plain.register": "Plain",
        "first.screened": "Records screened (first)",
        "first.excluded": "Records excluded (first)",
        "first.pending": "Records awaiting a decision",
        "second.screened": "Records screened (second)",
        "second.excluded": "Records excluded (second)",
        "second.pending": "Records awaiting a decision",
        "second.automation": "By automation tools",
        "second.human": "By a human",
        "second.excluded.old": "old",
        "fulltext.assessed": "Reports assessed for eligibility",
        "fulltext.excluded": "Reports excluded",
        "fulltext.pending": "Reports awaiting a decision",
        "fulltext.excluded.d": "Design",
    }


@pytest.mark.parametrize(
    ("searches", "sources"),
    [
        ([SEARCHES[0], REGISTER], "databases and registers"),
        ([REGISTER], "registers"),
        (SEARCHES, "databases"),
        (OTHER_SEARCHES, "databases and registers"),
    ],
)
def test_the_heading_names_the_sources(searches: list[dict[str, str]], sources: str) -> None:
    assert make_labels({}, STAGES, searches)["heading"] == f"Identification of studies via {sources}"
    updated = make_labels({}, STAGES, searches, updated=True)
    assert updated["heading"] == f"Identification of new studies via {sources}"
    assert ("heading.other" in updated) == (searches is OTHER_SEARCHES)


def test_the_other_column_has_labels_for_the_stages_that_it_goes_through() -> None:
    labels = make_labels({}, STAGES, [*SEARCHES, *OTHER_SEARCHES])
    assert {name.split(".")[1] for name in labels if name.startswith("other.")} == {
        "identified",
        "duplicates",
        "fulltext",
    }
