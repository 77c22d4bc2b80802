"""Values of meta-analyses: how they read, what they rest on, and the paragraph on the models as they were run."""

import csv
import math
from pathlib import Path

import pytest
from prismake.common.errors import BuildStop
from prismake.common.notation import PLAIN_NOTATION, Notation, number_text
from prismake.common.results.synthesis import META
from prismake.common.values import as_document, flat, ledger_of, named_tree
from prismake.ledger.meta import meta_values
from prismake.manuscript.templates import Prose
from prismake.synthesis.pooling.analysing import analyse_all

from tests.prismake.synthesis.pooling.extractions import bcg, hine, settings
from tests.prismake.synthesis.pooling.extractions import extraction as pooled_extraction

KEARON = Path(__file__).parents[1] / "metaanalysis" / "data" / "kearon1998.csv"
ABOUT = {"outcome": "death", "measure": "RR", "arm": "treated", "versus": "control"}


def values_of(extraction, analyses, selections=None, notation=PLAIN_NOTATION):
    block = settings(**ABOUT) | {"meta": {name: settings(**about)["meta"]["death"] for name, about in analyses.items()}}
    meta, _ = analyse_all(extraction, block, selections, draft=False)
    return meta_values(meta, extraction, {"outcomes": "data/outcomes.csv"}, notation)


@pytest.fixture(scope="module")
def trials():
    extraction = bcg()
    for study in extraction["studies"]:
        study["design"] = "randomized_trial"
    about = {**ABOUT, "subgroups": "alloc", "moderator": "ablat", "prediction": "z", "better": "lower"}
    return values_of(extraction, {"mortality": about})


@pytest.fixture(scope="module")
def prose(trials):
    document = as_document(trials)
    return Prose(named_tree(ledger_of(document, "x")))


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("", "risk ratio 0.49, 95% CI 0.34 to 0.70; 13 trials, 357,347 participants; I² = 92%"),
        (".estimate", "0.49"),
        (".low", "0.34"),
        (".high", "0.70"),
        (".ci", "95% CI 0.34 to 0.70"),
        (".k", "13 trials"),
        (".participants", "357,347 participants"),
        (".i2", "92%"),
        (".i2_low", "82%"),
        (".tau2", "0.31"),
        (".tau2_high", "1.11"),
        (".q", "152.23"),
        (".q_p", "p < 0.001"),
        (".p", "p < 0.001"),
        (".prediction", "95% prediction interval 0.15 to 1.55"),
        (".prediction.low", "0.15"),
        (".model", "random-effects model (restricted maximum likelihood)"),
        (".hartung_knapp.ci", "95% CI 0.33 to 0.73"),
        (".hartung_knapp.p", "p = 0.002"),
        (".common.estimate", "0.65"),
        (".subgroups.random.estimate", "0.38"),
        (".subgroups.random.k", "7 trials"),
        (".subgroups.alternate.label", "alternate"),
        (".between.df", "2"),
        (".moderator.slope", "−0.029"),
        (".moderator.r2", "76%"),
        (".without.tpt1980_8.estimate", "0.45"),
        (".egger.p", "p = 0.42"),
        (".trim_and_fill.missing", "1 study"),
        (".excluded.n", "0 studies"),
        (".votes", "11 of 13 effects favour treated (sign test, p = 0.02)"),
        (".votes.against", "2 effects"),
    ],
)
def test_every_part_prints(prose, written, printed):
    # A sign that would start a tag is escaped in Markdown.
    assert prose.render(f"A {{{{ meta.mortality{written} }}}}", "x.md").replace("\\<", "<") == f"A {printed}"


def test_a_value_knows_what_it_rests_on(trials):
    value = dict(flat(trials))["meta.mortality.estimate"]
    assert value.value == pytest.approx(math.exp(-0.7145), abs=5e-5)
    assert value.how == "risk ratio by random-effects model (restricted maximum likelihood), 13 studies"
    assert value.files == ("data/outcomes.csv",)
    assert value.columns == ("n_analyzed", "n_events")
    assert len(value.studies) == 13


def test_an_analysis_of_few_studies_says_why_asymmetry_was_not_tested():
    about = {**ABOUT, "measure": "RD", "scale": 100, "test": "hartung-knapp-adhoc"}
    values = dict(flat(values_of(hine(), {"risk": about, "ratio": ABOUT})))
    assert values["meta.risk"].value.startswith("risk difference 2.94, 95% CI ")
    assert values["meta.risk.egger"].value.startswith("Egger's test needs 10 studies, and there are 6")
    assert values["meta.risk.votes"].value.startswith("which direction is better is not stated")
    assert values["meta.risk.k"].nouns[0] == ("study", "studies")
    paragraph = values["methods.meta"].value
    assert (
        "risk differences were pooled with a random-effects model (restricted maximum likelihood) with Hart"
        in paragraph
    )
    assert (
        "risk ratios were pooled with a random-effects model (restricted maximum likelihood) with 95% conf" in paragraph
    )
    assert "a t distribution with k − 1 degrees of freedom" in paragraph
    assert "not tested where there were fewer than ten studies" in paragraph


@pytest.mark.parametrize(
    ("p", "words"),
    [(0.0004, "p < 0.001"), (0.0044, "p = 0.004"), (0.0496, "p = 0.050"), (0.4218, "p = 0.42"), (1.0, "p = 1.00")],
)
def test_p_values_read_as_they_are_reported(p, words):
    assert Notation().p_value(p) == words


def test_numbers_round_half_up_and_zero_has_no_sign():
    assert [number_text(*one) for one in ((0.125, 2), (-0.004, 2), (-1.5, 0), (1234.5, 1))] == [
        "0.13",
        "0.00",
        "−2",
        "1,234.5",
    ]


def test_no_analysis_leaves_no_value():
    assert meta_values({"analyses": {}}, {"studies": []}, {}) == {}
    assert META.writer == "pool_effects"


def test_a_journal_has_its_own_notation():
    bmj = Notation(p="P", spaced=False, interval="confidence interval")
    values = dict(flat(values_of(bcg(), {"death": ABOUT}, notation=bmj)))
    assert values["meta.death"].value.startswith("risk ratio 0.49, 95% confidence interval 0.34 to 0.70; ")
    assert values["meta.death"].value.endswith("; I²=92%")
    assert values["meta.death.egger.p"].value == "P=0.42"
    assert Notation(leading_zero=False).p_value(0.42) == "p = .42"
    assert Notation(to="–").ends("0.34", "0.70") == "0.34–0.70"
    assert Notation(to="–").ends("−0.5", "0.2") == "−0.5 to 0.2"


def test_the_effect_over_the_studies_that_the_appraisal_keeps_is_a_value():
    names = [study["study_id"] for study in bcg()["studies"]]
    selections = {
        "low_risk": {"studies": names[:3], "left_out": names[3:], "about": {}},
        "blind": {"studies": [], "left_out": names, "about": {}},
    }
    values = dict(flat(values_of(bcg(), {"death": ABOUT}, selections)))
    assert values["meta.death.low_risk"].value.startswith("risk ratio 0.26, 95% CI 0.14 to 0.48; 3 studies")
    assert values["meta.death.low_risk.studies"].studies == tuple(names[:3])
    assert values["meta.death.low_risk.left_out.n"].value == 10
    assert values["meta.death.blind"].value == "it keeps no study"
    paragraph = values["methods.meta"].value
    assert "The analysis was repeated with the studies selected by appraisal (low risk of bias) alone." in paragraph
    assert "No study was selected by appraisal (blind)" in paragraph


def test_a_selection_cannot_have_the_name_of_another_value():
    names = [study["study_id"] for study in bcg()["studies"]]
    with pytest.raises(BuildStop, match=r"appraisal\.sensitivity\.common"):
        values_of(bcg(), {"death": ABOUT}, {"common": {"studies": names[:3], "left_out": [], "about": {}}})


@pytest.mark.parametrize(
    "written",
    [
        "{{ meta.death }}",
        "{{ meta.death.low_risk.estimate | d(1) }}",
        "{{ meta.death.subgroups['random'].k }}",
        "{{ meta.death.p_value * 2 }}",
        "{% if meta.death.p_value < 0.05 %}low{% endif %}{{ 1 | share(meta.death.k) }}",
    ],
)
def test_a_draft_prints_a_place_for_the_value_of_an_analysis_that_failed(written):
    values = meta_values({"analyses": {}, "failed": {"death": "no study has it"}}, {"studies": []}, {})
    prose = Prose(named_tree(ledger_of(as_document(values), "x")))
    assert prose.render(written, "x.md") == "**\\[meta.death awaits its analysis: no study has it\\]**"


def test_sensitivity_and_specificity_are_pooled_together():
    with (KEARON).open(encoding="utf-8", newline="") as file:
        tables = [{f"n_{name}": int(cell) for name, cell in row.items()} for row in csv.DictReader(file)]
    studies = {f"s{at}": [row] for at, row in enumerate(tables)}
    about = {"outcome": "death", "measure": "SENS", "scale": 100, "decimals": 1}
    values = dict(flat(values_of(pooled_extraction(studies), {"test": about})))
    # The logits 1.1097 (SE 0.2544) and 3.0672 of metafor's rma.mv.
    assert values["meta.test.bivariate.sensitivity"].value == "sensitivity 75.2, 95% CI 64.8 to 83.3"
    assert values["meta.test.bivariate.specificity.estimate"].value == pytest.approx(95.55, abs=0.01)
    assert values["meta.test.bivariate.correlation"].value == pytest.approx(-0.2791, abs=5e-5)
    assert "specificity were pooled together with the bivariate" in values["methods.meta"].value
    few = dict(flat(values_of(pooled_extraction(dict(list(studies.items())[:3])), {"test": about})))
    assert few["meta.test.bivariate"].value.startswith("there are 3 studies, and the bivariate model")
