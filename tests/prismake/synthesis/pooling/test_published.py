"""Published meta-analyses from the extraction to the results, against metafor and the papers."""

import pytest
from prismake.common.errors import BuildStop
from prismake.synthesis.pooling.analysing import analyse_all

from .extractions import bcg, hine, normand, settings

ARMS = {"arm": "treated", "versus": "control"}


def analysed(extraction, **about):
    document, warnings = analyse_all(extraction, settings(**{**ARMS, **about}), draft=False)
    return document["analyses"]["death"], warnings


@pytest.fixture(scope="module")
def trials():
    return analysed(bcg(), measure="RR", subgroups="alloc", moderator="ablat", prediction="z")[0]


def near(*values, digits=4):
    return pytest.approx(values, abs=0.5 * 10**-digits)


def test_the_bcg_trials_by_default(trials):
    pooled, between = trials["pooled"], trials["heterogeneity"]
    assert (pooled["yi"], pooled["se"], pooled["yi_low"], pooled["yi_high"]) == near(-0.7145, 0.1798, -1.0669, -0.3622)
    assert (pooled["estimate"], pooled["low"], pooled["high"]) == near(0.49, 0.34, 0.70, digits=2)
    assert (between["tau2"], between["tau2_low"], between["tau2_high"]) == near(0.3132, 0.1197, 1.1115)
    assert (between["i2"], between["i2_low"], between["i2_high"]) == near(92.22, 81.92, 97.68, digits=2)
    assert (trials["k"], trials["participants"], trials["method"], trials["test"]) == (13, 357_347, "REML", "z")
    assert sum(row["weight"] for row in trials["rows"]) == pytest.approx(1)
    low, high = trials["prediction"]["low"], trials["prediction"]["high"]
    assert (low, high) == near(0.1546, 1.5490, digits=4)


def test_what_the_bcg_trials_rest_on(trials):
    egger, begg, filled = (trials["small_study"][name] for name in ("egger", "begg", "trim_and_fill"))
    assert (egger["statistic"], egger["p"]) == near(-0.8033, 0.4218)
    assert (begg["tau"], begg["p"]) == near(0.0256, 0.9524)
    assert (filled["missing"], filled["side"], len(filled["filled"])) == (1, "right", 1)
    assert filled["pooled"]["yi"] == pytest.approx(-0.6571, abs=5e-5)
    without = {step["label"]: step["pooled"]["yi"] for step in trials["leave_one_out"]}
    assert without["TPT Madras 1980"] == pytest.approx(-0.7948, abs=5e-5)
    assert [step["label"] for step in trials["cumulative"]][:2] == ["Aronson 1948", "Ferguson & Simes 1949"]
    assert trials["cumulative"][-1]["pooled"]["yi"] == trials["pooled"]["yi"]


def test_subgroups_and_the_moderator_of_the_bcg_trials(trials):
    groups = {group["label"]: group["pooled"]["yi"] for group in trials["subgroups"]["groups"]}
    assert groups == pytest.approx({"random": -0.9710, "alternate": -0.5408, "systematic": -0.4242}, abs=5e-5)
    moderator = trials["moderator"]
    assert (moderator["slope"]["slope"], moderator["slope"]["se"]) == near(-0.0291, 0.0072)
    assert moderator["r2"] == pytest.approx(75.62, abs=1e-2)
    assert [point["x"] for point in (moderator["line"][0], moderator["line"][-1])] == [13, 55]
    assert {row["moderator"] for row in trials["rows"]} >= {13, 55}


@pytest.mark.parametrize(
    ("about", "estimate", "low", "high"),
    [
        ({"model": "common"}, -0.4303, -0.5097, -0.3509),
        ({"model": "DL"}, -0.7141, -1.0644, -0.3638),
        ({"model": "SJ"}, -0.7172, -1.0839, -0.3506),
        ({"test": "hartung-knapp"}, -0.7145, -1.1084, -0.3206),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else "",
)
def test_models_of_the_bcg_trials(about, estimate, low, high):
    pooled = analysed(bcg(), measure="RR", **about)[0]["pooled"]
    assert (pooled["yi"], pooled["yi_low"], pooled["yi_high"]) == near(estimate, low, high)


@pytest.mark.parametrize(
    ("measure", "model", "estimate"),
    [("RR", "mantel-haenszel", 0.6353), ("OR", "mantel-haenszel", 0.6229), ("PETO", None, 0.6222)],
)
def test_models_of_counts(measure, model, estimate):
    about = {"model": model} if model else {}
    made = analysed(bcg(), measure=measure, **about)[0]
    assert made["pooled"]["estimate"] == pytest.approx(estimate, abs=5e-5)
    assert len(made["leave_one_out"]) == 13


def test_a_risk_difference_per_hundred():
    pooled = analysed(hine(), measure="RD", scale=100)[0]["pooled"]
    assert (pooled["estimate"], pooled["low"], pooled["high"]) == near(2.9444, 0.3831, 5.5058)


def test_a_mean_difference_from_decimals_as_text():
    made = analysed(normand(), measure="MD")[0]
    # metafor's answers: with the SD of each arm, and with the one of both that the paper takes.
    assert (made["pooled"]["estimate"], made["heterogeneity"]["tau2"]) == near(-15.1060, 684.6462)
    paper = analysed(normand(), measure="MD", equal_variances=True)[0]
    assert (paper["pooled"]["estimate"], paper["heterogeneity"]["tau2"]) == near(-15.1217, 685.1965)
    assert made["small_study"]["egger"]["refused"].startswith("Egger's test needs 10 studies, and there are 9")


def test_a_model_that_the_measure_does_not_fit():
    with pytest.raises(BuildStop, match=r"config.yaml, synthesis.meta.death.model: the model peto pools PETO, not RR"):
        analysed(bcg(), measure="RR", model="peto")
