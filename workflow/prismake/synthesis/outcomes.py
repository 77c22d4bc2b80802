"""The columns of the table of outcomes, and which of them each kind of effect measure needs.

Nothing here computes, so that reading a table or writing a workbook loads no statistics.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

OUTCOMES, ARMS = "outcomes", "arms"
STUDY, OUTCOME, ARM, VERSUS, TIME, SCALE = "study_id", "outcome", "arm", "versus", "time", "scale"
N, EVENTS, PERCENT, PERSON_TIME = "n_analyzed", "n_events", "value_percent", "person_time"
MEAN, SD, SE = "value_mean", "value_sd", "value_se"
CI_LOW, CI_HIGH = "value_ci_low", "value_ci_high"
MEDIAN, Q1, Q3, LOWEST, HIGHEST = "value_median", "value_q1", "value_q3", "value_min", "value_max"
BASELINE_MEAN, BASELINE_SD, CHANGE_MEAN, CHANGE_SD = "baseline_mean", "baseline_sd", "change_mean", "change_sd"
CORRELATION = "value_r"
EFFECT, EFFECT_LOG, EFFECT_SE = "effect", "effect_log", "effect_se"
EFFECT_LOW, EFFECT_HIGH = "effect_ci_low", "effect_ci_high"
EFFECT_MEASURE, EFFECT_T, EFFECT_P = "effect_measure", "effect_t", "effect_p"
OBSERVED, OBSERVED_VARIANCE = "effect_oe", "effect_oe_variance"
DIRECTION = "effect_direction"
TP, FP, FN, TN = "n_tp", "n_fp", "n_fn", "n_tn"

# What a column holds, as the workbook says it; the effect's p may be a text such as <0.001.
MEANINGS = {
    VERSUS: "The other arm, in a row that compares two: its effect is that of `arm` against this one.",
    N: "Patients measured. A whole number.",
    EVENTS: "Patients with the event; for a rate, the number of events.",
    PERCENT: "Percentage of patients with the event, digits as reported, where the report gives no number.",
    PERSON_TIME: "Person-time at risk, in the same unit in all studies.",
    MEAN: "Mean; digits as reported, so 65.50 stays 65.50.",
    SD: "Standard deviation; digits as reported.",
    SE: "Standard error of the mean.",
    CI_LOW: "Lower end of the 95% confidence interval of the mean.",
    CI_HIGH: "Upper end of the 95% confidence interval of the mean.",
    MEDIAN: "Median; digits as reported.",
    Q1: "First quartile.",
    Q3: "Third quartile.",
    LOWEST: "Smallest value of a patient.",
    HIGHEST: "Largest value of a patient.",
    BASELINE_MEAN: "Mean before treatment.",
    BASELINE_SD: "Standard deviation before treatment.",
    CHANGE_MEAN: "Mean change from before treatment.",
    CHANGE_SD: "Standard deviation of the change.",
    CORRELATION: "Correlation coefficient of the outcome with what the analysis relates it to.",
    EFFECT: "Effect as the report gives it: a ratio itself, not its logarithm.",
    EFFECT_LOG: "Natural logarithm of a ratio, where the report gives that in place of the ratio.",
    EFFECT_SE: "Standard error of the effect; of a ratio, that of its logarithm.",
    EFFECT_LOW: "Lower end of the effect's 95% confidence interval.",
    EFFECT_HIGH: "Upper end of the effect's 95% confidence interval.",
    EFFECT_MEASURE: "What the effect is: RR, OR, HR, MD and so on.",
    EFFECT_T: "t statistic of the difference between the arms.",
    EFFECT_P: "Exact two-sided p value of the difference between the arms.",
    OBSERVED: "Observed minus expected events (O - E) in `arm`.",
    OBSERVED_VARIANCE: "Variance of O - E.",
    DIRECTION: "Which side the result favours, where it is counted and not pooled: favours, against or unclear.",
    TP: "True positives.",
    FP: "False positives.",
    FN: "False negatives.",
    TN: "True negatives.",
}
_TEXTS = frozenset((VERSUS, EFFECT_MEASURE, EFFECT_P, DIRECTION))
# Effects whose value of no effect is 1.
_RATIOS = ("RR", "OR", "PETO", "HR", "IRR", "ROM", "DOR")
NUMBERS = frozenset(MEANINGS) - _TEXTS
# Measures by what an arm, or a row that compares two arms, must give.
KINDS = {
    "events": ("RD", "RR", "OR", "PETO"),
    "means": ("MD", "SMD", "ROM"),
    "rates": ("IRR", "IRD"),
    "given": ("HR", "GEN"),
    "mean": ("MN",),
    "proportion": ("PR", "PLO", "PFT"),
    "rate": ("IRLN",),
    "correlation": ("ZCOR",),
    "accuracy": ("SENS", "SPEC", "DOR"),
}
KIND_OF = {measure: kind for kind, measures in KINDS.items() for measure in measures}
# Kinds that compare two arms.
COMPARING = ("events", "means", "rates", "given")
_GIVEN = (VERSUS, EFFECT_MEASURE, EFFECT, EFFECT_LOG, EFFECT_SE, EFFECT_LOW, EFFECT_HIGH)
_MEANS = (N, MEAN, SD, SE, CI_LOW, CI_HIGH, MEDIAN, Q1, Q3, LOWEST, HIGHEST)
_COLUMNS = {
    "events": (N, EVENTS, PERCENT),
    "means": _MEANS,
    "rates": (EVENTS, PERSON_TIME),
    "given": (N, *_GIVEN, OBSERVED, OBSERVED_VARIANCE),
    "mean": _MEANS,
    "proportion": (N, EVENTS, PERCENT),
    "rate": (EVENTS, PERSON_TIME),
    "correlation": (N, CORRELATION),
    "accuracy": (TP, FP, FN, TN),
}
_CHANGES = (BASELINE_MEAN, BASELINE_SD, CHANGE_MEAN, CHANGE_SD)


def columns_for(analyses: Iterable[Mapping[str, Any]]) -> list[str]:
    """The columns of outcomes that these meta-analyses (entries of `synthesis.meta`) may take figures from."""
    names: list[str] = []
    for about in analyses:
        kind = KIND_OF.get(about.get("measure", ""), "")
        names += _COLUMNS.get(kind, ())
        if kind == "means" and about.get("scores") == "change":
            names += _CHANGES
    return list(dict.fromkeys(names))


def counted_columns(directions: Mapping[str, Any]) -> list[str]:
    """The columns of outcomes that tell the direction of effects which are counted and not pooled."""
    return [DIRECTION, N, EVENTS, PERCENT, MEAN, MEDIAN] if directions else []


def is_ratio(measure: str) -> bool:
    """Whether an effect of this measure is a ratio, as `effect_measure` names it."""
    return measure.upper() in _RATIOS


def studied_numbers(meta: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The columns of studies that meta-analyses take for numbers: their moderators."""
    return {about["moderator"] for about in meta.values() if "moderator" in about}
