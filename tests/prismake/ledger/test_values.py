"""The ledger: pooled figures with what they rest on, groups, searches, deduplication, flow, appraisal."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.common.errors import BuildStop
from prismake.common.places import schema_of
from prismake.common.results.records import LINKS, MERGES, SOURCES, TO_REVIEW
from prismake.common.results.screening import SCREENING
from prismake.common.writing import write_rows
from prismake.common.yaml_files import house_yaml
from prismake.ledger.appraisal import appraisal_values
from prismake.ledger.records import agreement_values, flow_values, search_values
from prismake.ledger.studies import Sources, extraction_values, study_values
from prismake.synthesis.figures import group, name_of, number, patients_counted, pooled_figure, weighted_mean
from scripts.pool import ABBREVIATIONS, Counted, Studied, Supplement, pool

from tests.ledgers import plain_of

FLOW = {
    "boxes": [
        {"id": "identified", "n": 6, "label": "Records identified from:", "role": "identified"},
        {"id": "identified.a-b", "n": 4, "label": "A Base", "role": "source"},
        {"id": "title.excluded.no-data", "n": 2, "label": "No data", "role": "reason"},
    ]
}
SEARCHES = [
    {"id": "a-b", "database": "A Base", "kind": "database", "date": "2024-05-01"},
    {"id": "reg", "database": "A Register", "kind": "register", "date": "2023-12-31"},
    {"id": "c", "database": "C", "date": "2024-01-09"},
]
APPRAISAL = {
    "forms": {
        "short": {
            "title": "Short form",
            "short": "Short",
            "answers": ["yes", "no"],
            "overall": ["include", "exclude"],
            "items": [{"id": "1", "questions": []}, {"id": "2", "questions": []}],
        }
    },
    "tables": {"appraisal": []},
    "agreement": {},
    "selections": {},
    "appraisals": [
        {
            "study_id": "a",
            "about": "",
            "score": None,
            "form": "short",
            "state": "complete",
            "overall": "include",
            "items": {"1": {"state": "answered", "answer": "yes"}, "2": {"state": "answered", "answer": "yes"}},
        },
        {
            "study_id": "b",
            "about": "",
            "score": None,
            "form": "short",
            "state": "partial",
            "overall": None,
            "items": {"1": {"state": "answered", "answer": "yes"}, "2": {"state": "pending", "answer": None}},
        },
        {"study_id": "c", "about": "", "form": None, "state": "pending", "overall": None, "items": {}},
    ],
}


def synthesise(extraction, settings):
    return plain_of(extraction_values(extraction, settings))


@pytest.fixture
def ledger(review):
    return synthesise(review.collect(), review.settings)


def test_a_weighted_mean_names_what_it_rests_on(ledger):
    assert ledger["pooled"]["age"] == {
        "value": 52.8181818182,
        "unit": "years",
        "n": 11,
        "n_studies": 2,
        "studies": ["alpha2001", "beta2003"],
        "n_left_out": 1,
        "left_out": ["gamma2002"],
        "min": 50,
        "max": 81,
        "lowest": 40,
        "highest": 60,
    }


def test_a_sum_leaves_out_who_does_not_report(ledger):
    women = ledger["pooled"]["women"]
    assert (women["value"], women["n"], women["left_out"]) == (5, 11, ["gamma2002"])
    assert ledger["pooled"]["patients"]["value"] == 15


def test_no_study_gives_no_value(review):
    review.settings["pooled"] = {"age": {"mean": "age_sd"}}
    review.edit("studies", "50.0,2.50", "50.0,")
    age = synthesise(review.collect(), review.settings)["pooled"]["age"]
    assert "value" not in age and (age["n"], age["n_left_out"]) == (0, 3)


def test_years_and_what_is_not_reported(ledger):
    assert ledger["years"] == {"first": 2001, "last": 2003}
    assert ledger["not_reported"]["age"] == {"n": 1, "studies": ["gamma2002"]}
    assert ledger["not_reported"]["year"] == {"n": 0, "studies": []}


def test_a_study_of_several_levels_is_in_each_and_patients_are_reported_only_where_known(ledger):
    drug = ledger["groups"]["drug"]
    assert drug["aa"] == {
        "label": "drug A",
        "n": 2,
        "studies": ["alpha2001", "gamma2002"],
        "patients_known": 10,
        "patients_possible": 14,
        "n_only": 1,
        "only": ["alpha2001"],
        "uncounted": ["gamma2002"],
    }
    assert drug["bb"]["studies"] == ["gamma2002", "beta2003"]
    assert ledger["groups"]["design"]["series"]["patients"] == 14
    assert ledger["groups"]["country"]["cote_d_ivoire"]["label"] == "Côte d'Ivoire"


def test_counted_parts_give_patients_by_level(ledger):
    site = ledger["groups"]["site"]
    assert {level: entry["patients"] for level, entry in site.items()} == {"hand": 8, "foot": 3, "hand_knee": 4}
    assert site["hand_knee"]["label"] == "hand–knee"


def test_studies_give_their_columns_as_numbers_and_lists(ledger):
    assert ledger["studies"]["alpha2001"]["age_sd"] == 2.5
    assert ledger["studies"]["gamma2002"]["drug"] == ["aa", "bb"]
    assert ledger["studies"]["gamma2002"]["sites"] == [{"site": "hand", "site_to": "knee", "n": None}]
    assert ledger["study_keys"] == ["alpha2001", "gamma2002", "beta2003"]


def test_the_same_patients_count_once(review):
    review.add("overlaps", "gamma2002,alpha2001,same,alpha2001,")
    ledger = synthesise(review.collect(), review.settings)
    assert ledger["pooled"]["patients"]["value"] == 11
    assert ledger["overlap"]["same"] == ["gamma2002"]
    assert ledger["groups"]["design"]["series"] | {"n": 2, "patients": 10} == ledger["groups"]["design"]["series"]


def test_an_unclear_overlap_counts_both_and_gives_the_figures_without_the_smaller(review):
    review.add("overlaps", "gamma2002,alpha2001,unclear,,")
    ledger = synthesise(review.collect(), review.settings)
    assert ledger["pooled"]["patients"]["value"] == 15
    assert ledger["overlap"]["left_out"] == ["gamma2002"]
    assert ledger["overlap"]["pooled"]["patients"]["value"] == 11


def test_two_labels_of_one_name_stop(review):
    review.edit("studies", "Chad", "Peru!")
    with pytest.raises(BuildStop, match="'Peru!' and 'Peru' give the same name 'peru'"):
        synthesise(review.collect(), review.settings)


@pytest.mark.parametrize(
    ("kind", "rule", "message"),
    [
        ("pooled", {"mean": "agee"}, "did you mean 'age'"),
        ("pooled", {"sum": "country"}, "is not numeric"),
        ("groups", {"part": "site"}, "did you mean 'sites'"),
        ("groups", {"column": "sites"}, "there is no column 'sites'"),
    ],
)
def test_a_figure_of_something_that_is_not_there_stops(review, kind, rule, message):
    review.settings[kind] = {"x": rule}
    with pytest.raises(BuildStop, match=message):
        synthesise(review.collect(), review.settings)


def test_boxes_and_searches_get_names_for_the_text():
    assert plain_of(flow_values(FLOW)) == {"identified": 6, "identified_a_b": 4, "title_excluded_no_data": 2}
    included = {"id": "included", "label": "Reports", "role": "included", "n": 3, "studies": 2}
    total = {"id": "total", "label": "Studies", "role": "total", "n": 4, "reports": 7}
    counted = {"boxes": [included, total]}
    assert plain_of(flow_values(counted)) == {"included": 3, "included_studies": 2, "total": 4, "total_reports": 7}
    result = plain_of(search_values(SEARCHES, FLOW))
    assert (result["databases"], result["n_databases"], result["n_registers"]) == (["A Base", "C"], 2, 1)
    assert (result["first_date"], result["last_date"]) == ("2023-12-31", "2024-05-01")
    assert result["a_b"] == {"database": "A Base", "date": "2024-05-01", "n": 4}


def test_other_methods_are_not_sources_and_no_record_is_left_out():
    other = {"id": "cited", "database": "Citation searching", "kind": "other", "date": "2024-06-01"}
    boxes = [*FLOW["boxes"], {"id": "identified.a-b.register", "n": 3}, {"id": "identified.cited", "n": 5}]
    result = plain_of(search_values([*SEARCHES, other], {"boxes": boxes}))
    assert result["n_sources"] == len(SEARCHES) and "Citation searching" not in result["sources"]
    assert (result["other_methods"], result["n_other_methods"]) == (["Citation searching"], 1)
    assert (result["a_b"]["n"], result["cited"]["n"], result["last_date"]) == (7, 5, "2024-06-01")


def test_names_that_collide_stop():
    with pytest.raises(BuildStop, match="two boxes"):
        flow_values({"boxes": [{"id": name, "n": 1, "label": "A", "role": "reason"} for name in ("a.b", "a_b")]})
    with pytest.raises(BuildStop, match="cannot have the id 'n-sources'"):
        search_values([{**SEARCHES[0], "id": "n-sources"}], FLOW)


def test_appraisal_in_numbers():
    values = plain_of(appraisal_values(APPRAISAL))
    assert values["forms"]["short"] == {"title": "Short form", "n_items": 2, "n": 2, "studies": ["a", "b"]}
    assert values["answers"] == {"yes": 3, "no": 0} and values["n_answers"] == 3
    assert values["items"]["short"]["1"] == {"yes": {"n": 2, "studies": ["a", "b"]}, "no": {"n": 0, "studies": []}}
    assert {answer: item["n"] for answer, item in values["overall"].items()} == {"include": 1, "exclude": 0}
    assert values["all_yes"]["studies"] == ["a"] and values["pending"]["studies"] == ["b", "c"]


AGREED = {
    **{
        "stage": "full-text",
        "reviewers": ["A", "B"],
        "n": 9,
        "agree": 8,
        "raw": 0.9,
        "kappa": 0.81,
        "low": 0.5,
        "high": 1.0,
    },
    **{"method": "Cohen's kappa", "reason": "", "conflicts": 1, "open": 0},
}


EXTRACTION = {"studies": {"table": "data/studies.csv"}, "parts": {"sites": {"table": "data/sites.csv"}}}
RESULTS = {
    name: declared.columns
    for name, declared in (("merges", MERGES), ("to_review", TO_REVIEW), ("links", LINKS), ("sources", SOURCES))
}


def test_no_reviewers_no_agreement():
    assert agreement_values({"stages": []}) == {}


def test_the_step_writes_all_of_it(review, tmp_path):
    review.collect()
    for name, content in {
        "flow": FLOW,
        "appraisal": APPRAISAL,
        "agreement": {"stages": [AGREED]},
        "t": {"id": "t", "caption": "C", "rows": [[], []]},
    }.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    for table, columns in RESULTS.items():
        write_rows(tmp_path / f"{table}.csv", columns, [])
    # Two searches share a strategy, that of the third was not recorded.
    for name, text in (("shared", "1 pain"), ("empty", " \n")):
        (tmp_path / f"{name}.txt").write_text(text)
    write_rows(tmp_path / "screening.csv", SCREENING.columns, [{"stage": "full", "decision": "exclude"}])
    strategies = {"a-b": f"{tmp_path}/./shared.txt", "reg": f"{tmp_path}/empty.txt", "c": f"{tmp_path}/shared.txt"}
    tables = {name: tmp_path / f"{name}.csv" for name in RESULTS}
    counted = Counted(tmp_path / "flow.json", tmp_path / "agreement.json", **tables, decided=[])
    pool(
        studied=Studied([review.extraction], [], [], [], [tmp_path / "appraisal.json"], [tmp_path / "t.json"], []),
        counted=counted,
        supplement=Supplement(
            [tmp_path / "empty.txt", tmp_path / "shared.txt"], tmp_path / "screening.csv", [Path("forms/prisma_s.yaml")]
        ),
        values=tmp_path / "values.json",
        synthesis={**review.settings, "extraction": EXTRACTION},
        searches=SEARCHES,
        automation=[],
        about_supplement={
            "labels": {"tables": "Table", "figures": "Figure", "order": "label"},
            "strategies": strategies,
            "stage": "full",
            "tables": [],
        },
        statistics={},
    )
    values = json.loads((tmp_path / "values.json").read_text())["values"]
    assert (values["tables.t.caption"]["value"], values["tables.t.rows"]["value"]) == ("C", 2)
    called = {name: value["value"][-1] for name, value in values.items() if name.startswith("supplement.")}
    assert {name.removeprefix("supplement."): number for name, number in called.items()} == {
        "search_strategies": "1",
        "strategies.a_b": "2",
        "strategies.c": "3",
        "overlap": "4",
        "deduplication": "5",
        "agreement": "6",
        "excluded_reports": "7",
        "checklists.prisma_s": "8",
        "overlap_figure": "1",
    }
    groups = {"flow", "search", "dedup", "studies", "pooled", "groups", "years", "appraisal", "overlap"}
    assert groups <= {name.partition(".")[0] for name in values}
    assert values["agreement.full_text.kappa"]["value"] == 0.81 and "agreement.full_text.reason" not in values
    assert values["pooled.women"] == values["pooled.women.value"]
    assert values["pooled.women"]["files"] == ["data/studies.csv"]


def test_numbers_are_whole_where_they_are():
    assert (number("5.0"), number(Fraction(1, 3)), number(Decimal("65.50"))) == (5, 0.333333333333, 65.5)
    assert isinstance(number("5.0"), int)


def test_a_name_is_always_one():
    assert name_of("日本") == "x" and name_of("T11 S1") == "t11_s1"


decimals = st.decimals(min_value=0, max_value=500, places=2).map(str)
sizes = st.integers(min_value=1, max_value=300)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(decimals, sizes), min_size=1, max_size=12))
def test_the_weighted_mean_is_the_mean_of_all_patients(pairs):
    everyone = [Fraction(value) for value, weight in pairs for _ in range(weight)]
    mean = weighted_mean([(Fraction(value), weight) for value, weight in pairs])
    assert mean == sum(everyone) / len(everyone)
    assert min(everyone) <= mean <= max(everyone)
    assert mean == weighted_mean([(Fraction(value), weight) for value, weight in reversed(pairs)])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.none() | decimals, sizes), max_size=10))
def test_a_figure_accounts_for_every_study(facts):
    studies = [{"study_id": f"s{n}", "x": value, "n": size} for n, (value, size) in enumerate(facts)]
    figure = pooled_figure(studies, {"mean": "x"}, "n")
    assert sorted(figure["studies"] + figure["left_out"]) == sorted(study["study_id"] for study in studies)
    assert figure["n"] == sum(size for value, size in facts if value is not None)
    assert ("value" in figure) == bool(figure["studies"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.lists(st.sampled_from("abc"), unique=True), sizes), max_size=8))
def test_patients_of_a_grouping_never_exceed_the_review(facts):
    studies = [
        {"study_id": f"s{n}", "g": "; ".join(contents) or None, "n": size} for n, (contents, size) in enumerate(facts)
    ]
    extraction = {"columns": {"g": {"list": True}}, "codes": {}, "parts": {}}
    levels = group(studies, {"column": "g"}, extraction, "n", {study["study_id"] for study in studies})
    total = sum(size for _, size in facts)
    assert sum(entry["patients_known"] for entry in levels.values()) <= total
    for entry in levels.values():
        assert entry["patients_known"] <= entry["patients_possible"] <= total
        assert entry.get("patients", entry["patients_known"]) == entry["patients_known"]
        assert ("patients" in entry) == (not entry["uncounted"])


def test_which_of_two_same_studies_leaves():
    studies = [{"study_id": "a"}, {"study_id": "b"}]
    pair = {"study_a": "a", "study_b": "b", "decision": "same"}
    assert patients_counted(studies, [{**pair, "counted": "a"}]) == ([{"study_id": "a"}], ["b"])
    assert patients_counted(studies, [{**pair, "counted": "b"}])[1] == ["a"]


def cells_of(study: dict[str, Any], columns: dict[str, Any]) -> Any:
    return plain_of(study_values(study, columns, {}, Sources()))


def test_a_studys_cells_are_typed_as_their_columns_say() -> None:
    columns = {"age": {"decimal": True}, "drug": {"list": True}, "country": {}}
    cells = {
        "study_id": "a",
        "age": "5.50",
        "drug": "x; y",
        "country": "Peru",
        "parts": {"sites": [1]},
        "reports": ["r"],
    }
    assert cells_of(cells, columns) == {
        "study_id": "a",
        "age": 5.5,
        "drug": ["x", "y"],
        "country": "Peru",
        "sites": [1],
        "reports": ["r"],
    }
    nothing = {"study_id": "a", "age": None, "drug": None, "country": None}
    assert cells_of(nothing, columns) == {"study_id": "a", "age": None, "drug": [], "country": None}


def test_the_sources_of_the_search_whole() -> None:
    searches = [
        {"id": "pub-med", "database": "PubMed", "date": "2024-03-01"},
        {"id": "ctgov", "database": "ClinicalTrials.gov", "kind": "register", "date": "2024-02-01"},
        {"id": "hand", "database": "By hand", "kind": "other", "date": "2024-04-01"},
    ]
    boxes = [
        {"id": "identified.pub-med", "n": 7, "label": "", "role": "source"},
        {"id": "identified.pub-med.register", "n": 2, "label": "", "role": "source"},
        {"id": "identified.ctgov", "n": 5, "label": "", "role": "source"},
        {"id": "identified.ctgov.database", "n": 3, "label": "", "role": "source"},
        {"id": "identified.hand", "n": 1, "label": "", "role": "source"},
    ]
    assert plain_of(search_values(searches, {"boxes": boxes})) == {
        "databases": ["PubMed"],
        "n_databases": 1,
        "registers": ["ClinicalTrials.gov"],
        "n_registers": 1,
        "sources": ["PubMed", "ClinicalTrials.gov"],
        "n_sources": 2,
        "other_methods": ["By hand"],
        "n_other_methods": 1,
        "first_date": "2024-02-01",
        "last_date": "2024-04-01",
        "pub_med": {"database": "PubMed", "date": "2024-03-01", "n": 9},
        "ctgov": {"database": "ClinicalTrials.gov", "date": "2024-02-01", "n": 8},
        "hand": {"database": "By hand", "date": "2024-04-01", "n": 1},
    }


def test_two_forms_count_their_answers_together_and_their_items_apart() -> None:
    def form(*answers: str, overall: list[str]) -> dict[str, Any]:
        items = [{"id": "1", "questions": []}, {"id": "2", "questions": []}]
        return {"title": "F", "answers": list(answers), "overall": overall, "items": items}

    def judged(name: str, kind: str, first: str, second: str | None, overall: str | None) -> dict[str, Any]:
        cells = {"1": first, "2": second}
        items = {key: {"state": "answered" if cell else "pending", "answer": cell} for key, cell in cells.items()}
        state = "complete" if second and overall else "partial"
        made = {"study_id": name, "form": kind, "state": state, "overall": overall, "items": items}
        return {**made, "about": "", "score": None, "proposed": None}

    counted = appraisal_values(
        {
            "forms": {
                "one": form("yes", "no", overall=["low", "high"]),
                "two": form("yes", "unclear", overall=["low", "some"]),
            },
            "tables": {},
            "agreement": {},
            "appraisals": [
                judged("a", "one", "yes", "no", "high"),
                judged("b", "two", "yes", "yes", "low"),
                judged("c", "two", "unclear", None, None),
            ],
        }
    )
    result = plain_of(counted)
    assert result["answers"] == {"yes": 3, "no": 1, "unclear": 1} and result["n_answers"] == 5
    assert result["forms"]["two"] == {"title": "F", "n_items": 2, "n": 2, "studies": ["b", "c"]}
    assert result["items"]["one"]["1"] == {"yes": {"n": 1, "studies": ["a"]}, "no": {"n": 0, "studies": []}}
    assert result["items"]["two"]["1"] == {"yes": {"n": 1, "studies": ["b"]}, "unclear": {"n": 1, "studies": ["c"]}}
    assert result["overall"]["low"] == {"n": 1, "studies": ["b"]}
    assert result["overall_studies"] == {"low": ["b"], "high": ["a"], "some": []}
    assert (result["all_yes"]["studies"], result["pending"]["studies"]) == (["b"], ["c"])


def test_the_columns_of_abbreviations_are_those_of_their_schema():
    assert ABBREVIATIONS["properties"].keys() == house_yaml(schema_of("abbreviations"))["properties"].keys()
