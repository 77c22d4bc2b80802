"""Wrong cells of an extraction are reported, right ones are not."""

from typing import Any

import pytest
from prismake.audit.findings import DATA_RULES, RULES
from prismake.audit.matter import StudyRow
from prismake.audit.rules import data, study_reference
from prismake.audit.run import audit

from .extraction import columns_matter, example

DATA = [name for name in RULES if name.startswith(("data-", "study-", "search-"))]


def findings(matter):
    return [(one.rule, one.text) for one in audit(matter, DATA).findings]


def test_the_rules_of_the_data_are_those_of_two_files():
    files = (data.__name__, study_reference.__name__)
    assert sorted(DATA_RULES) == sorted(name for name, one in RULES.items() if one.check.__module__ in files)


def test_the_example_is_clean():
    assert findings(example()) == []


@pytest.mark.parametrize(
    ("study", "column", "cell", "rule"),
    [
        ("yu2017", "publication_year", 2071, "study-year"),
        ("yu2017", "publication_year", 2007, "study-year"),
        ("jing2021", "publication_year", 2012, "study-year"),
        ("philips2020", "publication_year", 2019, "study-year-online"),
        ("wagner2016", "age_mean", "172", "data-impossible"),
        ("bu2026", "operation_time_mean", "19.9", "data-outlier"),
        ("bu2026", "operation_time_mean", "9.19", "data-outlier"),
        ("bu2026", "operation_time_mean", "919", "data-outlier"),
        ("chu2018", "operation_time_mean", "701", "data-outlier"),
        ("yu2017", "age_mean", "47.4", "data-outlier"),
        ("yu2017", "age_mean", "74.5", "data-grim"),
        ("chu2018", "age_mean", "74.3", "data-grim"),
        ("philips2020", "age_mean", "81.2", "data-grim"),
        ("jing2021", "age_mean", "82.5", "data-grim"),
        ("chu2018", "age_sd", "0.6", "data-deviation"),
        ("chu2018", "age_sd", "8.61", "data-deviation"),
        ("yu2017", "operation_time_mean", "58.6", "data-range"),
        ("yu2017", "operation_time_mean", "86.5", "data-grim"),
        ("yu2017", "operation_time_mean", "128.6", "data-impossible"),
        ("yu2017", "operation_time_sd", "71.0", "data-impossible"),
        ("yu2017", "operation_time_sd", "11.0", "data-deviation"),
        ("chu2018", "age_sd", "-8.6", "data-impossible"),
        ("jing2021", "age_sd", "3.1", "data-deviation"),
        ("yu2020", "cases", 21, "study-size"),
        ("yu2020", "hospital_stay_sd", "2.5312", "data-decimals"),
        ("wu2019", "authors_label", "Yu et al", "study-authors"),
        ("ahn2024", "authors_label", "Ahn & Lee", "study-authors"),
        ("philips2020", "journal", "Spine J", "study-journal"),
        ("jing2021", "journal", "J Pain Res", "study-journal"),
    ],
)
def test_a_wrong_cell_is_reported_at_its_row(study, column, cell, rule):
    matter = example({(study, column): cell})
    reported = [one for one in audit(matter, DATA).findings if one.rule == rule]
    assert reported, findings(matter)
    assert {StudyRow(one.file, one.line) for one in reported} == {matter.rows[study]} and study in reported[0].text


@pytest.mark.parametrize(
    ("journal", "title"),
    [
        ("World Neurosurg", "World Neurosurgery"),
        ("World Neurosurgery", "World Neurosurg"),
        ("N Engl J Med", "New England Journal of Medicine"),
        ("BMJ", "British Medical Journal"),
        ("The Lancet", "Lancet"),
        ("JAMA", "JAMA: The Journal of the American Medical Association"),
        ("Cochrane Database Syst Rev", "Cochrane Database of Systematic Reviews"),
    ],
)
def test_an_abbreviated_journal_is_the_same(journal, title):
    matter = example({("wu2019", "journal"): journal})
    reference = {**matter.references["wu2019"], "container-title": title}
    assert (
        audit(type(matter)(**{**vars(matter), "references": {"wu2019": reference}}), ["study-journal"]).findings == []
    )


def test_a_study_after_the_search_is_explained_by_publication_online():
    assert findings(example(passages=())) == [("study-after-search", "bu2026: 2026")]
    assert ("study-after-search", "bu2026: 2027") in findings(example({("bu2026", "publication_year"): 2027}))


@pytest.mark.parametrize(
    ("date", "years", "rules"),
    [
        ("2025-12-16", {2025: 9, 2026: 3}, []),
        ("2015-12-16", {2015: 9, 2019: 3}, ["search-before-results"]),
        ("2025-03-16", {2025: 9, 2026: 3}, ["search-early"]),
        ("2024-12-16", {2025: 9, 2026: 1}, []),
    ],
)
def test_a_search_is_not_dated_before_its_results(date, years, rules):
    matter = example(dates={"pubmed": date}, years={"pubmed": years})
    assert [one.rule for one in audit(matter, ["search-before-results", "search-early"]).findings] == rules


def test_a_column_says_what_it_holds():
    values: dict[str, list[Any]] = {
        "patients": [10, 12],
        "k": ["30", "7"],
        "share": ["70.0", "58.3"],
        "low": ["0.5", "1.1"],
        "hr": ["0.8", "1.0"],
        "high": ["1.3", "2.0"],
        "p": ["0.41", "1.2"],
    }
    marks = {
        "k": {"statistic": "count", "of": "relapse", "n": "patients"},
        "share": {"statistic": "percent", "of": "relapse", "n": "patients"},
        "low": {"statistic": "ci_low", "of": "hr"},
        "hr": {"statistic": "ratio", "of": "hr"},
        "high": {"statistic": "ci_high", "of": "hr"},
        "p": {"statistic": "p", "of": "hr"},
    }
    assert findings(columns_matter(values, marks)) == [
        ("data-impossible", "b: p 1.2"),
        ("data-impossible", "b: low 1.1, hr 1.0, high 2.0"),
        ("data-recomputed", "a: k 30, share 70.0"),
    ]


@pytest.mark.parametrize(
    ("values", "marks", "rules"),
    [
        # Ages with decimals, and a follow-up that spreads: nothing to report.
        ({"patients": [5, 7], "age_mean": ["74.5", "61.3"]}, {}, []),
        ({"patients": [5, 7], "age_mean": ["74.5", "61.2"]}, {"age_mean": {"whole": True}}, ["data-grim", "data-grim"]),
        ({"patients": [5] * 5, "followup_mean": ["6", "12", "24", "60", "3"]}, {}, []),
        ({"patients": [5] * 5, "followup_median": ["12", "15", "18", "14", "160"]}, {}, ["data-outlier"]),
        ({"patients": [5], "score_median": ["2.5"]}, {"score_median": {"whole": True}}, ["data-grim"]),
        ({"patients": [6], "score_median": ["2.5"]}, {"score_median": {"whole": True}}, []),
        ({"patients": [9], "age_mean": ["130"]}, {}, ["data-age"]),
        ({"patients": [9], "stage_mean": ["130"]}, {}, []),
        (
            {"patients": [10], "won_mean": ["0.3"], "won_sd": ["0.40"]},
            {"won_mean": {"whole": True, "bounds": [0, 1]}},
            ["data-deviation"],
        ),
        (
            {"patients": [40], "pain_mean": ["4.1"], "pain_sd": ["9.0"]},
            {"pain_mean": {"bounds": [0, 10]}},
            ["data-impossible"],
        ),
        ({"patients": [40], "pain_mean": ["4.1"], "pain_sd": ["2.5"], "pain_se": ["0.40"]}, {}, []),
        ({"patients": [40], "pain_mean": ["4.1"], "pain_sd": ["2.5"], "pain_se": ["0.93"]}, {}, ["data-recomputed"]),
        ({"patients": [4], "dead_percent": ["33.3"]}, {}, []),
        ({"patients": [4], "dead_percent": ["33.3"]}, {"dead_percent": {"n": "patients"}}, ["data-grim"]),
        ({"patients": [4], "dead_percent": ["130"]}, {}, ["data-impossible"]),
        ({"patients": [4, 9], "weight_change_percent": ["-12.5", "130"]}, {}, []),
        ({"patients": [9], "cured_percent": ["-12.5"]}, {}, ["data-impossible"]),
        ({"patients": [300, 4, 5, 6]}, {}, []),
        ({"patients": [4], "note": ["n.r."]}, {}, []),
    ],
)
def test_a_rule_applies_where_it_can(values, marks, rules):
    assert [rule for rule, _ in findings(columns_matter(values, marks))] == rules
