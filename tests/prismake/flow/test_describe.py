from prismake.flow.describe import describe, outline

from tests.prismake.flow.conftest import template


def test_a_finished_review(flow):
    assert describe(flow) == (
        "Flow diagram of how records were selected. 1,200 records were identified in PubMed (1,000) and Embase (200). "
        "160 duplicates were removed. "
        "Titles screened: 1,040; excluded: 9 (Editorial, 2; Narrative review, 7); passed on: 1,031. "
        "Abstracts screened: 1,031; excluded: 1,011 (Off topic, 1,011); passed on: 20. "
        "Reports assessed for eligibility: 20; "
        "excluded: 11 (No postoperative outcome, 6; Insufficient detail, 5). "
        "9 studies were included in the review."
    )


def test_a_draft(draft_flow):
    text = describe(draft_flow)
    assert "1 duplicate was removed." in text
    assert "Abstracts screened: 6; excluded: 3 (Off topic, 3); awaiting a decision: 2; passed on: 1." in text
    assert text.endswith("0 reports were included in the review.")


def test_reports_and_studies(wide_flow):
    assert describe(wide_flow).endswith("2 studies were included in the review, described in 3 reports.")


def test_an_updated_review_with_other_methods():
    text = describe(template(updated=True, other=True))
    assert "The previous version of the review included 11 studies in 11 reports." in text
    assert "Records marked as ineligible by automation tools: 30 (Before 1990, 30)." in text
    assert "excluded: 650, 400 by automation tools, 250 by a human (Classifier, 400; Off topic, 250)" in text
    assert "Reports sought for retrieval: 78; not retrieved: 8; passed on: 70." in text
    assert (
        "8 records were identified by other methods: World Health Organization (3) and Citation searching (5)." in text
    )
    assert "Reports assessed for eligibility (other methods): 7; excluded: 4 (Wrong study design, 4)." in text
    assert "20 new studies were included in the review, described in 30 reports." in text
    assert text.endswith("With the previous version, the review includes 31 studies in 41 reports.")


def test_the_outline_tells_every_box(draft_flow):
    for flow in (draft_flow, template(updated=True, other=True)):
        text = outline(flow)
        for box in flow["boxes"]:
            assert f": {box['n']:,} [{box['id']}]\n" in text
    assert "\n    Duplicate records removed: 150 [duplicates]\n" in text or "  Duplicate records removed: 150" in text
    removed = text[: text.index("[removed.automation]")]
    assert removed.rindex("via databases and registers") > removed.rindex("via other methods")
    assert "\n    Wrong study design: 4 [other.fulltext.excluded.design]\n" in text


def test_a_review_of_something_else_than_studies(wide_flow):
    text = describe({**wide_flow, "includes": ["source of evidence", "sources of evidence"]})
    assert text.endswith("2 sources of evidence were included in the review, described in 3 reports.")
