"""Values about the primary studies of an umbrella review."""

from prismake.ledger.primary import primary_values


def extraction(**listed):
    parts = {name: [{"primary_study": study} for study in studies] for name, studies in listed.items()}
    return {"studies": [{"study_id": name, "parts": {"primary_studies": rows}} for name, rows in parts.items()]}


def test_the_overlap_of_reviews_is_a_value():
    made = extraction(one=["Smith 2001", "wu  2003", None], two=["Wu 2003", "Ode 2010"], three=[])
    values = primary_values(made, "extraction.xlsx")["primary_studies"]
    assert {name: value.value for name, value in values.items() if name != "area"} == {
        "n": 3, "several": 1, "reviews": 2, "overlap": "very high",
    }  # fmt: skip
    # (4 inclusions - 3 studies) / (3 studies x 2 reviews - 3 studies)
    assert round(values["area"].value, 6) == 33.333333 and values["area"].unit == "%"
    assert values["n"].studies == ("one", "two") and values["n"].files == ("extraction.xlsx",)


def test_one_review_overlaps_with_none():
    assert set(primary_values(extraction(one=["A", "B"]), "")["primary_studies"]) == {"n", "several", "reviews"}
