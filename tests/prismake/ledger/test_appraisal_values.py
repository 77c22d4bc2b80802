"""Values about appraisals: of several outcomes, by state, with scores; the sensitivity of pooled figures to them."""

from typing import Any

import pytest
from prismake.appraisal.appraisals import appraise
from prismake.appraisal.matrix import described
from prismake.appraisal.selection import selections
from prismake.ledger.appraisal import appraisal_values
from prismake.ledger.sensitivity import sensitivity_values
from prismake.ledger.studies import Sources

from tests.ledgers import plain_of

from ..appraisal.test_appraisals import BY_ID, domains, rows, verdicts


def document(answers, overall, tables=None, agreement=None) -> dict[str, Any]:
    appraised = appraise(["alpha2001", "gamma2002", "beta2003"], answers, overall, BY_ID)
    used = {one.form for one in appraised if one.form}
    return {
        "forms": {name: described(BY_ID[name]) for name in sorted(used)},
        "tables": tables or {"appraisal": []},
        "appraisals": [one.as_json() for one in appraised],
        "agreement": agreement or {},
        "selections": selections(appraised, BY_ID, None),
    }


OUTCOMES = document(
    [
        *rows("alpha2001", "Death, 30 days", **domains(), q1_1="yes", q1_2="no", q1_3="no"),
        *rows("alpha2001", "pain", **domains(D4="high")),
        *rows("gamma2002", "pain", **domains(D4="low")),
        *rows("beta2003", "", **domains()),
    ],
    verdicts(
        ("alpha2001", "Death, 30 days", "low"),
        ("alpha2001", "pain", "high"),
        ("gamma2002", "pain", "low"),
        ("beta2003", "", "low"),
    ),
)


def test_several_appraisals_of_a_study_count_it_once():
    values = plain_of(appraisal_values(OUTCOMES))
    form = values["forms"]["rob2"]
    assert (form["n"], form["n_appraisals"]) == (3, 4)
    assert values["overall"]["low"] == {"n": 3, "studies": ["alpha2001", "gamma2002", "beta2003"]}
    assert values["overall"]["high"]["studies"] == ["alpha2001"]
    assert values["items"]["rob2"]["D4"]["low"]["n"] == 3
    assert (values["answers"]["low"], values["n_answers"]) == (19, 20)
    assert values["about"]["pain"]["overall"]["high"]["studies"] == ["alpha2001"]
    death = values["about"]["death_30_days"]
    assert (death["label"], death["n"], death["overall"]["some_concerns"]["n"]) == ("Death, 30 days", 1, 0)
    # The first domain of one appraisal is judged low, where its questions propose high; the overall of another is not.
    assert values["departures"] == 1


def test_the_four_states_are_counted_apart():
    report = rows("beta2003", "", "case_report", **{"1": "yes", "2": "unclear"})
    series = rows("alpha2001", "", "case_series", **dict.fromkeys(BY_ID["case_series"].items, "no"))
    states = plain_of(appraisal_values(document([*report, *series], [])))["states"]
    # The report's form has eight items, the series' ten.
    assert states == {"answered": 11, "unclear": 1, "pending": 6, "not_on_form": 2}
    apart = document([*report, *series], [], {"a": ["case_report"], "b": ["case_series"]})
    assert plain_of(appraisal_values(apart))["states"]["not_on_form"] == 0


def test_scores_and_agreement_are_values():
    stars = {name: dict.fromkeys(BY_ID["nos_cohort"].items, answer) for name, answer in (("a", "1"), ("b", "0"))}
    answers = [*rows("alpha2001", "", "nos_cohort", **stars["a"]), *rows("beta2003", "", "nos_cohort", **stars["b"])]
    item = {"n": 2, "agree": 1, "raw": 0.5, "kappa": 0.0}
    agreement = {"nos_cohort": {"reviewers": ["AB", "CD"], **item, "open": 1, "items": {"S1": {**item, "kappa": None}}}}
    values = plain_of(appraisal_values(document(answers, [], agreement=agreement)))
    form = values["forms"]["nos_cohort"]
    assert (form["lowest"], form["highest"], form["maximum"]) == (0, 8, 9)
    about = values["agreement"]["nos_cohort"]
    assert (about["reviewers"], about["agree"], about["raw"], about["open"]) == (["AB", "CD"], 1, 0.5, 1)
    assert about["items"]["S1"] == {"n": 2, "agree": 1, "raw": 0.5}


def test_pooled_figures_at_low_risk_rest_on_the_studies_that_are_kept(review):
    extraction = review.collect()
    values = plain_of(sensitivity_values(OUTCOMES["selections"], extraction, review.settings, Sources()))
    chosen = values["low_risk"]
    assert (chosen["studies"], chosen["left_out"]) == (["gamma2002", "beta2003"], ["alpha2001"])
    assert chosen["about"]["death_30_days"]["studies"] == ["alpha2001", "beta2003"]
    name, rule = next((name, rule) for name, rule in review.settings["pooled"].items() if "sum" in rule)
    cells = {study["study_id"]: study[rule["sum"]] for study in extraction["studies"]}
    assert chosen["pooled"][name]["value"] == (cells["gamma2002"] or 0) + (cells["beta2003"] or 0)
    assert "alpha2001" not in chosen["pooled"][name]["studies"]


@pytest.mark.parametrize("kept", [["alpha2001", "gamma2002", "beta2003"], []])
def test_a_selection_of_all_studies_or_none_has_no_figures(review, kept):
    every = {"studies": kept, "left_out": [], "about": {}}
    values = plain_of(sensitivity_values({"x": every}, review.collect(), review.settings, Sources()))
    assert values["x"]["pooled"] == {}
