import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.common.errors import BuildStop, Issue
from prismake.common.matching import Matcher, Named, fold_title, named_by, without_accents

RECORDS = [
    {"record_id": "a:1", "title": "Cement <i>leakage</i> & pain", "year": "2020", "doi": "10.5555/x", "pmid": "77"},
    {
        "record_id": "b:1",
        "title": "Cement leakage and pain",
        "year": "2021",
        "embase_id": "L123456",
        "accession": "acc-1",
    },
    {"record_id": "a:2", "title": "A second look", "year": "2010", "author": "Moreno, Ana; Li, B."},
    {"record_id": "a:3", "title": "A second look", "year": "2010", "author": "Ode, Per", "trial_ids": "NCT01234567"},
    {"record_id": "a:4", "title": "A second look", "year": "2019", "trial_ids": "NCT01234567"},
    {"record_id": "a:5", "title": "Ménière", "accession": "123456789"},
]
SURVIVORS = {"a:1": "a:1", "b:1": "a:1", "a:2": "a:2", "a:3": "a:3", "a:4": "a:4", "a:5": "a:5"}


@pytest.fixture
def matcher():
    return Matcher(SURVIVORS, lambda: RECORDS)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (Named(("b:1",)), {"a:1": "record id"}),
        (Named(("nothing",), doi="10.5555/x"), {"a:1": "DOI"}),
        (Named(("PMID: 77",)), {"a:1": "PMID"}),
        (Named(("https://doi.org/10.5555/X",)), {"a:1": "DOI"}),
        (Named(("L123456",)), {"a:1": "EMBASE"}),
        (Named(("ACC-1",)), {"a:1": "accession number"}),
        (Named(title="CEMENT LEAKAGE & PAIN.", year="2020"), {"a:1": "title and year"}),
        (Named(title="Cement leakage and pain"), {"a:1": "title"}),
        (Named(title="Cement leakage and pain", year="2022"), {"a:1": "title and year"}),
        (Named(title="Cement leakage and pain", year="2024"), {}),
        (Named(title="Meniere"), {"a:5": "title"}),
        (Named(title="a second look", year="2019"), {"a:4": "title and year"}),
        (Named(title="A second look", year="2010"), {"a:2": "title and year", "a:3": "title and year"}),
        (Named(title="A second look", year="2010", author="A. Moreno and B. Li"), {"a:2": "title and author"}),
        (
            Named(title="A second look", year="2010", author="Nobody"),
            {"a:2": "title and year", "a:3": "title and year"},
        ),
        (Named(("NCT01234567",), title="A second look", year="2019"), {"a:4": "trial number"}),
        (Named(("NCT01234567",)), {"a:3": "trial number", "a:4": "trial number"}),
        (Named(("123456789",), title="Another work"), {}),
        (Named(("123456789",), title="Ménière"), {"a:5": "accession number"}),
    ],
)
def test_a_row_is_found_by_what_it_tells(matcher, named, expected):
    assert {survivor: how for survivor, (_, how) in matcher.find(named).items()} == expected


def test_of_many_records_that_a_title_fits_a_few_are_named():
    rows = [{"record_id": f"a:{number:04}", "title": "Editorial"} for number in range(1200)]
    matcher = Matcher({row["record_id"]: row["record_id"] for row in rows}, lambda: rows)
    fault = matcher.match(Named(title="Editorial"), "x.csv:4")
    assert fault.message.startswith("'Editorial' fits 1,200 records: a:0000 (title), a:0001 (title)")
    assert fault.message.endswith("a:0004 (title) and 1,195 more")


def test_what_fits_no_record_or_two_is_reported_with_the_nearest(matcher):
    named = Named(("rayyan-1",), title="Cement leakage and pains", year="2021")
    fault = matcher.fault(named, matcher.find(named), "x.csv:4")
    assert (fault.code, fault.where) == ("unknown-record", "x.csv:4")
    assert fault.message == "no record fits 'rayyan-1' (Cement leakage and pains (2021))"
    assert fault.fix.startswith("nearest: b:1 (2021, 98 % alike)") or "a:1" in fault.fix
    named = Named(title="A second look", year="2010")
    fault = matcher.fault(named, matcher.find(named), "x.csv:5")
    assert fault.code == "two-records" and "a:2 (title and year), a:3 (title and year)" in fault.message


@pytest.mark.parametrize(
    ("given", "fix"),
    [
        ("a:6", "results/records/clusters.csv lists all records, results/import/rejected.csv"),
        ("aa:5", "did you mean 'a:5'?"),
    ],
)
def test_an_id_with_another_number_is_not_taken_for_a_misspelt_one(matcher, given, fix):
    named = Named((given,))
    assert matcher.fault(named, matcher.find(named), "x.csv:4").fix.startswith(fix)


def test_records_are_not_read_where_all_rows_have_ids():
    def load():
        raise AssertionError("read")

    assert Matcher(SURVIVORS, load).find(Named(("b:1",))) == {"a:1": ("b:1", "record id")}


@given(st.text(max_size=60))
def test_folding_a_title_is_stable(title):
    folded = fold_title(title)
    assert fold_title(folded) == folded and not any(c.isspace() for c in folded)


def test_letters_that_do_not_decompose_are_spelled_plainly():
    assert without_accents("Frimodt-Møller, Łoś, Weiß, Ærø") == "Frimodt-Moller, Los, Weiss, AEro"


def test_the_records_of_an_export_that_was_cut_off_are_one_fault_of_each_table() -> None:
    matcher = Matcher({"s:1": "s:1"})
    faults = [matcher.match(named_by("S:1"), "a.csv:2")]
    faults += [matcher.match(named_by(f"s:{n}"), f"{file}.csv:{n}") for file in "ab" for n in range(90, 200)]
    issues = BuildStop(fault for fault in faults if isinstance(fault, Issue)).issues
    assert [issue.message for issue in issues] == [
        "no record has the id 'S:1'",
        *["no record has the id 's:90', 's:91', 's:92', 's:93', 's:94' and 105 more"] * 2,
    ]
    assert "did you mean 's:1'" in issues[0].fix and "an export may have been cut off" in issues[1].fix
