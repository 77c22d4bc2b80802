from prismake.flow.describe import describe


def test_a_finished_review(flow):
    assert describe(flow) == (
        "Flow diagram of how records were selected. 1,200 records were identified in PubMed (1,000) and Embase (200). "
        "160 duplicates were removed. "
        "Titles screened: 1,040; excluded: 9 (Editorial, 2; Narrative review, 7); passed on: 1,031. "
        "Abstracts screened: 1,031; excluded: 1,011 (Off topic, 1,011); passed on: 20. "
        "Full texts assessed for eligibility: 20; "
        "excluded: 11 (No postoperative outcome, 6; Insufficient detail, 5). "
        "9 studies were included in the review."
    )


def test_a_draft(draft_flow):
    told = describe(draft_flow)
    assert "1 duplicate was removed." in told
    assert "Abstracts screened: 6; excluded: 3 (Off topic, 3); awaiting a decision: 2; passed on: 1." in told
    assert told.endswith("0 reports were included in the review.")


def test_reports_and_studies(wide_flow):
    assert describe(wide_flow).endswith("2 studies were included in the review, described in 3 reports.")
