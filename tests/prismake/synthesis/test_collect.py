"""Extraction linked to the screening: what goes through, what is left out, and every stop."""

import pytest
from prismake.common.errors import BuildStop


def codes_of(stopped) -> list[str]:
    return [issue.code for issue in stopped.value.issues]


def stops(review, *, draft=False):
    with pytest.raises(BuildStop) as stopped:
        review.collect(draft=draft)
    assert not review.extraction.exists()
    return stopped


def test_studies_stand_in_the_configured_order_with_parts_and_included_reports(review):
    data = review.collect()
    assert [study["study_id"] for study in data["studies"]] == ["alpha2001", "gamma2002", "beta2003"]
    assert [study["reports"] for study in data["studies"]] == [["s:1"], ["s:3"], ["s:2"]]
    assert data["studies"][0]["parts"]["sites"] == [
        {"site": "hand", "site_to": None, "n": 7},
        {"site": "foot", "site_to": None, "n": 3},
    ]
    assert data["left_out"] == [] and data["overlaps"] == []


def test_decimals_keep_their_digits(review):
    assert review.collect()["studies"][0]["age_sd"] == "2.50"


def test_any_record_of_a_cluster_stands_for_its_report(review):
    review.edit("reports", "s:1,", "t:10,")
    assert review.collect()["studies"][0]["reports"] == ["s:1"]


@pytest.mark.parametrize("name", ["10.5555/copy", "https://doi.org/10.5555/COPY", "31415926", "PMID 31415926"])
def test_a_report_is_named_by_any_identifier_of_any_copy(review, name):
    review.edit("reports", "s:1,", f"{name},")
    assert review.collect()["studies"][0]["reports"] == ["s:1"]


def test_two_included_reports_of_one_study_are_one_study(review):
    review.edit("screening", "2003,exclude", "2003,include")
    studies = review.collect()["studies"]
    assert len(studies) == 3 and studies[1]["reports"] == ["s:3", "t:30"]


def test_a_preprint_in_another_study_than_its_article_is_reported(review, caplog):
    review.add("links", "s:2,s:1,same title")
    review.add("links", "s:3,t:30,same title")
    review.collect()
    assert "'s:2' is the preprint of 's:1', but they belong to 'beta2003' and 'alpha2001'" in caplog.text
    assert "'s:3'" not in caplog.text


def test_a_study_whose_record_is_excluded_is_left_out_and_reported(review, caplog):
    review.edit("screening", "2001,include", "2001,exclude")
    data = review.collect()
    assert data["left_out"] == [{"study_id": "alpha2001", "reason": "excluded"}]
    assert [study["study_id"] for study in data["studies"]] == ["gamma2002", "beta2003"]
    assert "alpha2001" in caplog.text and "excluded" in caplog.text


def test_a_study_whose_record_is_pending_is_left_out_of_a_draft(review):
    review.edit("screening", "2001,include", "2001,pending")
    assert review.collect(draft=True)["left_out"] == [{"study_id": "alpha2001", "reason": "pending"}]


def test_a_study_whose_record_nobody_saw_is_left_out_for_that(review, caplog):
    review.edit("screening", "2001,include", "2001,unseen")
    assert review.collect()["left_out"] == [{"study_id": "alpha2001", "reason": "unseen"}]
    assert "screening stopped before anybody saw its records" in caplog.text


def test_an_included_record_without_a_study_stops(review):
    review.edit("screening", "2009,exclude", "2009,include")
    stopped = stops(review)
    assert codes_of(stopped) == ["not-extracted"]
    assert "'s:4' (Delta, D 2009)" in str(stopped.value)


def test_an_included_record_without_a_study_only_warns_in_a_draft(review, caplog):
    review.edit("screening", "2009,exclude", "2009,include")
    assert len(review.collect(draft=True)["studies"]) == 3
    assert "'s:4'" in caplog.text


def test_a_record_of_other_authors_or_another_time_is_reported(review, caplog):
    review.edit("screening", '"Beta, B",2002', '"Zeta, Z",1987')
    review.collect()
    assert "Zeta, Z" in caplog.text and "1987" in caplog.text


def test_a_record_without_authors_is_not_of_other_authors(review, caplog):
    review.edit("screening", '"Beta, B",2002', ",2002")
    review.collect()
    assert "its records are by" not in caplog.text


@pytest.mark.parametrize(
    ("table", "old", "new", "code", "message"),
    [
        ("reports", "s:2,beta2003", "s:2,beta2033", "unknown-study", "did you mean 'beta2003'"),
        ("reports", "s:2,beta2003\n", "", "no-report", "beta2003"),
        (
            "reports",
            "s:2,",
            "s:22,",
            "unknown-record",
            "csv:3: no record has the id 's:22'\n  -> results/records/clusters",
        ),
        ("reports", "t:30,gamma2002", "t:10,gamma2002", "report-of-two", "'alpha2001' and 'gamma2002'"),
        ("studies", "10,4,6", "10,4,5", "sum", "women + men is 9, patients is 10"),
        ("studies", "10,4,6", "10,,11", "sum", "women + men is 11, patients is 10"),
        ("studies", "40,60", "70,60", "order", "shortest 70 is above longest 60"),
        ("studies", "report,1,1,0", "report,,,", "no-patients", "studies.csv:3, column 'patients'"),
        ("studies", "aa; bb", "aa; bc", "unknown-code", "'bc' is not in the code book"),
        ("studies", "aa; bb", "aa; aa", "code-twice", "aa; aa"),
        ("studies", "50.0,2.50", "fifty,2.50", "cell", "column 'age'"),
        ("sites", "foot,,3", "foot,,4", "counts", "add up to 11, patients is 10"),
        ("sites", "foot,,3", "foot,,", "counts", "some rows have a count"),
        ("sites", "beta2003", "delta2003", "unknown-study", "did you mean 'beta2003'"),
    ],
)
def test_a_fault_stops_and_is_named(review, table, old, new, code, message):
    review.edit(table, old, new)
    stopped = stops(review)
    assert code in codes_of(stopped)
    assert message in str(stopped.value)


def test_a_misspelt_study_is_one_fault(review):
    review.add("overlaps", "gamma2002,beta2003,different,,two hospitals")
    review.edit("studies", "beta2003", "beta2030")
    stopped = stops(review)
    assert codes_of(stopped) == ["unknown-study"]
    assert "study 'beta2003' is not in the studies table; 2 more rows name it" in str(stopped.value)
    assert "did you mean 'beta2030'?" in str(stopped.value)


def test_all_faults_are_reported_at_once(review):
    review.edit("studies", "10,4,6", "10,4,5")
    review.edit("reports", "s:2,", "s:22,")
    review.edit("sites", "foot,,3", "foot,,4")
    assert {"sum", "counts", "unknown-record"} <= set(codes_of(stops(review)))


def test_a_setting_that_names_no_column_stops(review):
    review.settings["order"] = ["yaer"]
    review.settings["checks"]["sums"][0]["total"] = "country"
    stopped = stops(review)
    assert codes_of(stopped) == ["no-number", "unknown-column"]
    assert "did you mean 'year'" in str(stopped.value)


def twins(review):
    """Alpha and Gamma as studies of one country with as many patients."""
    review.edit("studies", "Côte d'Ivoire,series,4,,,,", "Peru,series,10,,,,")


def test_studies_that_may_share_patients_must_be_judged(review):
    twins(review)
    stopped = stops(review)
    assert codes_of(stopped) == ["same-patients"]
    assert "'alpha2001' and 'gamma2002' agree in country Peru, patients 10" in str(stopped.value)
    review.add("overlaps", "gamma2002,alpha2001,different,,two hospitals")
    assert review.collect()["overlaps"][0]["decision"] == "different"


def test_a_missing_fact_is_not_an_agreement(review):
    review.edit("studies", "Côte d'Ivoire,series,4,,,,", ",series,10,,,,")
    review.edit("studies", "Peru", "")
    assert review.collect()["overlaps"] == []


def test_a_pair_with_a_study_left_out_is_passed_over(review):
    review.add("overlaps", "gamma2002,alpha2001,unclear,,")
    review.edit("screening", "2001,include", "2001,exclude")
    assert review.collect()["overlaps"] == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("alpha2001,nobody,unclear,,", "unknown-study"),
        ("alpha2001,alpha2001,unclear,,", "pair"),
        ("alpha2001,beta2003,same,,", "counted"),
        ("alpha2001,beta2003,same,gamma2002,", "counted"),
        ("alpha2001,beta2003,different,alpha2001,", "counted"),
    ],
)
def test_a_faulty_judgement_stops(review, line, code):
    review.add("overlaps", line)
    assert code in codes_of(stops(review))


def test_a_pair_judged_twice_stops(review):
    review.add("overlaps", "alpha2001,beta2003,unclear,,")
    review.add("overlaps", "beta2003,alpha2001,different,,")
    assert codes_of(stops(review)) == ["pair"]


def test_pairs_that_nobody_judged_are_named_also_where_there_is_not_a_table_of_them(review):
    review.edit(
        "studies", "gamma2002,Gamma et al,2002,Côte d'Ivoire,series,4", "gamma2002,Gamma et al,2002,Peru,series,10"
    )
    with pytest.raises(BuildStop, match=r"config\.yaml, synthesis\.extraction\.overlaps: studies 'alpha2001' and"):
        review.collect(without="overlaps")
    review.settings["same_patients"] = []
    assert review.collect(without="overlaps")["overlaps"] == []


def test_a_code_without_a_code_book_is_named(review):
    with pytest.raises(BuildStop, match="'series' is not in the code book"):
        review.collect(without="codes")
