"""What an arm gives to an effect: its events, or its mean and standard deviation, completed from what is reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from prismake.common.errors import Issue
from prismake.metaanalysis import conversions, groups
from prismake.metaanalysis.faults import Inestimable
from prismake.metaanalysis.percentages import count_from_percentage
from prismake.metaanalysis.quantiles import Quantiles, moments
from prismake.synthesis import outcomes
from prismake.synthesis.pooling.rows import Row
from prismake.synthesis.pooling.settings import Analysis

Figures = dict[str, float]


class Lacking(Exception):
    """A row lacks a figure that its analysis needs; `issue` says which, where, and what may take its place."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.message)
        self.issue = issue


@dataclass(frozen=True)
class Conversion:
    """A figure that is not reported but computed from others: which, from what, and the method's source."""

    arm: str
    figure: str
    source: str
    exact: bool = True

    def plain(self) -> dict[str, Any]:
        """It as plain data."""
        return vars(self)

    def __str__(self) -> str:
        return f"{self.figure}{f' of {self.arm}' if self.arm else ''} from {self.source}"


@dataclass(frozen=True)
class Side:
    """One side of a comparison: its figures by name, and how those came about that are not reported."""

    figures: Figures
    conversions: tuple[Conversion, ...] = ()


def figure(row: Row, column: str) -> float | None:
    """A number of a row; None where it is not reported."""
    cell = row.cells.get(column)
    return None if cell is None or str(cell).strip() == "" else float(str(cell))


def required(row: Row, column: str, noun: str, fix: str = "") -> float:
    """A number that must be there. Raises Lacking."""
    value = figure(row, column)
    if value is None:
        raise lacking(row, column, noun, fix)
    return value


def lacking(row: Row, column: str, noun: str, fix: str = "") -> Lacking:
    """The exception that a figure is missing, to be raised by the caller."""
    arm = f" in arm '{row.arm}'" if row.arm else ""
    message = f"{noun} of study '{row.study['study_id']}'{arm} is missing"
    otherwise = "or set `missing: exclude` to leave the study out by name"
    return Lacking(Issue("missing-number", message, row.place(column), f"{fix or 'add it'}, {otherwise}"))


def size(row: Row) -> float:
    """The patients measured in an arm, or else in the arm as the sheet of arms has it. Raises Lacking."""
    measured = figure(row, outcomes.N)
    if measured is None and row.arm_size is not None:
        return float(row.arm_size)
    return required(row, outcomes.N, "the number of patients measured")


def events(row: Row, analysis: Analysis) -> Side:
    """`events` and `n` of an arm. Raises Lacking, and Inestimable for a percentage that no single count fits."""
    n, count = size(row), figure(row, outcomes.EVENTS)
    if count is not None:
        return Side({"events": count, "n": n})
    percentage = row.cells.get(outcomes.PERCENT)
    if percentage is None or "percentage" not in analysis.conversions:
        raise lacking(row, outcomes.EVENTS, "the number of events")
    count = count_from_percentage(str(percentage), round(n))
    return Side({"events": count, "n": n}, (Conversion(row.arm, "events", f"{percentage}% of {n:g}"),))


def rate(row: Row) -> Side:
    """`events` and `time` of an arm. Raises Lacking."""
    return Side(
        {
            "events": required(row, outcomes.EVENTS, "the number of events"),
            "time": required(row, outcomes.PERSON_TIME, "the person-time"),
        }
    )


def mean(row: Row, analysis: Analysis) -> Side:
    """`mean`, `sd` and `n` of an arm. Raises Lacking, and Inestimable for figures that cannot be."""
    return _changed(row, analysis) if analysis.scores == "change" else _final(row, analysis)


def _final(row: Row, analysis: Analysis) -> Side:
    n, average, deviation = size(row), figure(row, outcomes.MEAN), figure(row, outcomes.SD)
    if average is None:
        return _from_quantiles(row, analysis, n)
    if deviation is not None:
        return Side({"mean": average, "sd": deviation, "n": n})
    error, low, high = (figure(row, name) for name in (outcomes.SE, outcomes.CI_LOW, outcomes.CI_HIGH))
    if error is not None and "se" in analysis.conversions:
        sd, source = conversions.sd_from_se(error, n), "SE (Cochrane Handbook 6.5.2.2)"
    elif low is not None and high is not None and "interval" in analysis.conversions:
        sd, source = conversions.sd_from_interval(low, high, n), "95% CI (Cochrane Handbook 6.5.2.2)"
    elif analysis.quantiles and figure(row, outcomes.MEDIAN) is not None:
        estimated = _from_quantiles(row, analysis, n)
        only_sd = tuple(one for one in estimated.conversions if one.figure != "mean")
        return Side({**estimated.figures, "mean": average}, only_sd)
    else:
        raise lacking(row, outcomes.SD, "the standard deviation", "add it, or the SE or CI of the mean")
    return Side({"mean": average, "sd": sd, "n": n}, (Conversion(row.arm, "SD", source),))


def _from_quantiles(row: Row, analysis: Analysis, n: float) -> Side:
    median = figure(row, outcomes.MEDIAN)
    if median is None:
        raise lacking(row, outcomes.MEAN, "the mean")
    if not analysis.quantiles:
        fix = f"to take it from the median and its quartiles or range, set `quantiles: luo` in {analysis.where}"
        raise lacking(row, outcomes.MEAN, "the mean", fix)
    low, q1, q3, high = (figure(row, name) for name in (outcomes.LOWEST, outcomes.Q1, outcomes.Q3, outcomes.HIGHEST))
    pairs = {"low": low, "high": high} if low is not None and high is not None else {}
    pairs |= {"q1": q1, "q3": q3} if q1 is not None and q3 is not None else {}
    made = moments(Quantiles(n, median, **pairs), analysis.quantiles)  # type: ignore[arg-type]
    source = f"median and {' and '.join(_ends(pairs))} ({made.method})"
    warned = f"{source}; {made.warnings[0].message}" if made.warnings else source
    flags = tuple(Conversion(row.arm, figure_, warned, exact=False) for figure_ in ("mean", "SD"))
    return Side({"mean": made.mean, "sd": made.sd, "n": n}, flags)


def _ends(pairs: Figures | dict[str, float]) -> list[str]:
    return [*(["quartiles"] if "q1" in pairs else []), *(["range"] if "low" in pairs else [])]


def _changed(row: Row, analysis: Analysis) -> Side:
    """Mean and SD of the change from before treatment, reported or from the two with the stated correlation."""
    change, deviation = figure(row, outcomes.CHANGE_MEAN), figure(row, outcomes.CHANGE_SD)
    if change is not None and deviation is not None:
        return Side({"mean": change, "sd": deviation, "n": size(row)})
    final = _final(row, analysis)
    before = required(row, outcomes.BASELINE_MEAN, "the mean before treatment")
    change = final.figures["mean"] - before if change is None else change
    flags = (*final.conversions, Conversion(row.arm, "mean change", "means before and after"))
    if deviation is None:
        baseline = required(row, outcomes.BASELINE_SD, "the standard deviation before treatment")
        if analysis.correlation is None:
            fix = f"state the correlation of values before and after, `correlation: 0.5`, in {analysis.where}"
            raise lacking(row, outcomes.CHANGE_SD, "the standard deviation of the change", fix)
        deviation = conversions.change_sd(baseline, final.figures["sd"], analysis.correlation)
        source = f"SDs before and after with correlation {analysis.correlation:g} (Cochrane Handbook 6.5.2.8)"
        flags += (Conversion(row.arm, "SD of change", source, exact=False),)
    return Side({"mean": change, "sd": deviation, "n": final.figures["n"]}, flags)


def shared_deviation(ours: Row, theirs: Row, contrast: Row | None, analysis: Analysis) -> Side | None:
    """`sd`, the average SD of two arms from t or exact p of their difference; None where neither is reported."""
    means = (figure(ours, outcomes.MEAN), figure(theirs, outcomes.MEAN))
    row = contrast or ours
    t, p = figure(row, outcomes.EFFECT_T), row.cells.get(outcomes.EFFECT_P)
    if None in means or (t is None and p is None):
        return None
    difference, n1, n2 = float(means[0] or 0) - float(means[1] or 0), size(ours), size(theirs)
    if t is not None and "t" in analysis.conversions:
        sd, source = conversions.sd_from_t(difference, t, n1, n2), f"t = {t:g} (Cochrane Handbook 6.5.2.3)"
    elif p is not None and "p" in analysis.conversions:
        sd = conversions.sd_from_p(difference, _exact(row, str(p)), n1, n2)
        source = f"p = {p} (Cochrane Handbook 6.5.2.3)"
    else:
        return None
    return Side({"sd": sd}, (Conversion("both arms", "SD", source),))


def _exact(row: Row, text: str) -> float:
    try:
        return float(text.strip().removeprefix("=").strip())
    except ValueError:
        fix = "a bound gives no SD: find the exact p, the SD or the SE"
        raise lacking(row, outcomes.EFFECT_P, f"the exact p value ('{text}' is a bound)", fix) from None


def combined(sides: Sequence[Side], kind: str) -> Side:
    """Several arms as one group. Cochrane Handbook 6.5.2.10 and 23.3.4."""
    if len(sides) == 1:
        return sides[0]
    flags = (*(flag for side in sides for flag in side.conversions),)
    flags += (Conversion("", "group", f"{len(sides)} arms combined (Cochrane Handbook 6.5.2.10)"),)
    if kind in ("means", "mean"):
        whole = groups.combine([groups.Group(s.figures["n"], s.figures["mean"], s.figures["sd"]) for s in sides])
        return Side({"mean": whole.mean, "sd": whole.sd, "n": whole.n}, flags)
    return Side({name: sum(side.figures[name] for side in sides) for name in sides[0].figures}, flags)


def divided(side: Side, parts: int) -> Side:
    """A share of a group that several comparisons use: counts and person-time divided, mean and SD as they are."""
    if parts == 1:
        return side
    counts = ("n", "events", "time")
    figures = {name: value / parts if name in counts else value for name, value in side.figures.items()}
    flag = Conversion("", "group", f"shared by {parts} comparisons and split (Cochrane Handbook 23.3.4)")
    return Side(figures, (*side.conversions, flag))


def placed(fault: Inestimable, row: Row) -> list[Issue]:
    """The issues of a refusal, with the row as the place of those that have none."""
    return [replace(issue, where=issue.where or row.where) for issue in fault.issues]
