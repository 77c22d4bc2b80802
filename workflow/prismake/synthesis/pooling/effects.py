"""Comparisons turned into effects with their variances, and the raw figures beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from prismake.common.errors import BuildStop, Issue
from prismake.metaanalysis import binary, continuous, correlations, diagnostic, generic, proportions, rates
from prismake.metaanalysis.faults import Inestimable, demand
from prismake.metaanalysis.rows import Effects, Note
from prismake.synthesis import outcomes
from prismake.synthesis.pooling import completing
from prismake.synthesis.pooling.completing import Conversion, Lacking, Side
from prismake.synthesis.pooling.locating import located
from prismake.synthesis.pooling.rows import Chosen, Comparison, Excluded, Row
from prismake.synthesis.pooling.settings import Analysis

Raw = Mapping[str, Mapping[str, float]]
# Where the effect itself is reported, its interval is one of this level, whatever that of the analysis.
REPORTED_LEVEL = 0.95


@dataclass(frozen=True)
class Entry:
    """A comparison with its figures: `raw` side -> figure -> number; sides are `arm`, `versus` and `effect`."""

    comparison: Comparison
    raw: Raw
    conversions: tuple[Conversion, ...] = ()

    @cached_property
    def participants(self) -> float | None:
        """The patients behind it; None where a row does not say."""
        sizes = [side.get("n", side.get("total")) for side in self.raw.values()]
        return None if None in sizes else float(sum(size for size in sizes if size is not None))

    def column(self, side: str, name: str) -> float:
        """One figure."""
        return self.raw[side][name]


@dataclass(frozen=True)
class Gathered:
    """The entries that are pooled, by their label, their effects, and what was left out of them."""

    entries: Mapping[str, Entry]
    effects: Effects
    excluded: list[Excluded] = field(default_factory=list)
    notes: tuple[Note, ...] = ()


def gather(analysis: Analysis, chosen: Chosen, *, draft: bool = False) -> Gathered:
    """The effects of an analysis.

    A study that lacks a figure is excluded by name where the settings say so, or in a draft. Raises BuildStop with
    every other fault, each with row and column.
    """
    entries: list[Entry] = []
    excluded, issues = list(chosen.excluded), list(chosen.issues)
    for comparison in chosen.comparisons:
        try:
            entries.append(_entry(analysis, comparison))
        except Lacking as lack:
            if analysis.missing == "exclude" or draft:
                study = comparison.study["study_id"]
                excluded.append(Excluded(comparison.label, study, lack.issue.message, lack.issue.where))
            else:
                issues.append(lack.issue)
        except Inestimable as fault:
            issues += completing.placed(fault, comparison.given or comparison.ours[0])
    issues += _scale_issues(analysis, chosen.comparisons)
    if issues:
        raise BuildStop([*issues, *(_impossible(analysis, entries) if entries else ())])
    if not entries:
        message = "no study has all the figures that the analysis needs"
        raise BuildStop(Issue("no-figures", message, analysis.where, excluded[0].where if excluded else ""))
    return _with_effects(analysis, {entry.comparison.label: entry for entry in entries}, excluded)


def _impossible(analysis: Analysis, entries: Sequence[Entry]) -> list[Issue]:
    """The faults of rows that have all their figures, so that they are reported beside those of other rows."""
    try:
        _with_effects(analysis, {entry.comparison.label: entry for entry in entries}, [])
    except BuildStop as fault:
        return [issue for issue in fault.issues if issue.where != analysis.where]
    return []


def _with_effects(analysis: Analysis, entries: dict[str, Entry], excluded: list[Excluded]) -> Gathered:
    where = {label: entry.comparison.where for label, entry in entries.items()}
    given = {label: entry for label, entry in entries.items() if "effect" in entry.raw}
    raw = {label: entry for label, entry in entries.items() if label not in given}
    try:
        parts = [_EFFECTS[analysis.kind](analysis, raw)] if raw else []
        parts += [_given(analysis, given)] if given else []
    except Inestimable as fault:
        raise BuildStop([_located(issue, entries, analysis) for issue in fault.issues]) from None
    effects = _joined(parts, list(entries))
    left = {note.label: note.message.removeprefix("excluded: ") for note in effects.notes if note.code == "no-contrast"}
    excluded += [
        Excluded(label, entries[label].comparison.study["study_id"], reason, where[label])
        for label, reason in left.items()
    ]
    kept = {label: entry for label, entry in entries.items() if label not in left}
    return Gathered(kept, effects, excluded, tuple(note for note in effects.notes if note.code != "no-contrast"))


def _located(issue: Issue, entries: Mapping[str, Entry], analysis: Analysis) -> Issue:
    """A fault with its row as the place, or with the analysis where it is of no single row."""
    entry = entries.get(issue.where)
    return located(issue, entry.comparison, entry.raw) if entry else replace(issue, where=analysis.where)


def _scale_issues(analysis: Analysis, comparisons: Sequence[Comparison]) -> list[Issue]:
    """An issue where rows of a mean in its own unit name different scales."""
    if analysis.measure not in ("MD", "MN"):
        return []
    rows = [row for one in comparisons for row in (*one.ours, *one.theirs)]
    scales = {str(row.cells[outcomes.SCALE]): row for row in reversed(rows) if row.cells.get(outcomes.SCALE)}
    if len(scales) < 2:
        return []
    first, *others = sorted(scales, key=lambda scale: rows.index(scales[scale]))
    message = f"'{others[0]}' and '{first}' are different scales, whose means have no common mean"
    fix = "convert the figures to one scale, or use the measure SMD or ROM"
    return [Issue("mixed-scales", message, scales[others[0]].place(outcomes.SCALE), fix)]


def _entry(analysis: Analysis, comparison: Comparison) -> Entry:
    if comparison.given is not None:
        side = _effect_row(analysis, comparison.given)
        return Entry(comparison, {"effect": side.figures}, side.conversions)
    sides = {"arm": comparison.ours, "versus": comparison.theirs}
    made = {name: _side(analysis, rows, comparison) for name, rows in sides.items() if rows}
    if "versus" in made:
        made["versus"] = completing.divided(made["versus"], comparison.parts)
    conversions = tuple(flag for side in made.values() for flag in side.conversions)
    return Entry(comparison, {name: side.figures for name, side in made.items()}, tuple(dict.fromkeys(conversions)))


def _side(analysis: Analysis, rows: Sequence[Row], comparison: Comparison) -> Side:
    match analysis.kind:
        case "events" | "proportion":
            sides = [completing.events(row, analysis) for row in rows]
        case "rates" | "rate":
            sides = [completing.rate(row) for row in rows]
        case "means" | "mean":
            sides = [_mean(analysis, row, comparison) for row in rows]
        case "correlation":
            return Side(
                {
                    "r": completing.required(rows[0], outcomes.CORRELATION, "the correlation"),
                    "n": completing.size(rows[0]),
                }
            )
        case _:
            return _accuracy(rows[0])
    return completing.combined(sides, analysis.kind)


def _mean(analysis: Analysis, row: Row, comparison: Comparison) -> Side:
    try:
        return completing.mean(row, analysis)
    except Lacking:
        pair = (comparison.ours, comparison.theirs)
        alone = all(len(rows) == 1 for rows in pair) and analysis.scores == "final"
        shared = completing.shared_deviation(pair[0][0], pair[1][0], None, analysis) if alone else None
        if shared is None:
            raise
        average = completing.required(row, outcomes.MEAN, "the mean")
        return Side({"mean": average, "n": completing.size(row), **shared.figures}, shared.conversions)


def _accuracy(row: Row) -> Side:
    columns = {"tp": outcomes.TP, "fp": outcomes.FP, "fn": outcomes.FN, "tn": outcomes.TN}
    nouns = {"tp": "true positives", "fp": "false positives", "fn": "false negatives", "tn": "true negatives"}
    counts = {
        name: completing.required(row, column, f"the number of {nouns[name]}") for name, column in columns.items()
    }
    return Side({**counts, "n": sum(counts.values())})


def _effect_row(analysis: Analysis, row: Row) -> Side:
    """The effect that a row reports, with its SE, its interval, or O − E and its variance. Raises Lacking."""
    stated = row.cells.get(outcomes.EFFECT_MEASURE)
    if stated and str(stated).upper() != analysis.measure:
        message = f"the effect is stated as {stated}, and the analysis pools {analysis.measure}"
        fix = f"leave the study out, or pool it in an analysis of {stated}"
        raise Inestimable(Issue("mixed-measures", message, row.place(outcomes.EFFECT_MEASURE), fix))
    names = {
        "estimate": outcomes.EFFECT,
        "se": outcomes.EFFECT_SE,
        "low": outcomes.EFFECT_LOW,
        "high": outcomes.EFFECT_HIGH,
        "oe": outcomes.OBSERVED,
        "variance": outcomes.OBSERVED_VARIANCE,
        "n": outcomes.N,
    }
    numbers = {name: completing.figure(row, column) for name, column in names.items()}
    figures = {name: number for name, number in numbers.items() if number is not None}
    logarithm = completing.figure(row, outcomes.EFFECT_LOG)
    if logarithm is not None and "estimate" not in figures:
        figures["estimate"] = analysis.about.displayed(logarithm)
    if "estimate" not in figures and not {"oe", "variance"} <= figures.keys():
        raise completing.lacking(row, outcomes.EFFECT, "the effect")
    if "estimate" in figures and "se" not in figures and not {"low", "high"} <= figures.keys():
        raise completing.lacking(row, outcomes.EFFECT_SE, "the error of the effect", "add its SE or its interval")
    flags = () if "se" in figures else (Conversion("", "SE", "95% CI (Cochrane Handbook 6.3.1)"),)
    return Side(figures, flags if "estimate" in figures else ())


def _columns(entries: Mapping[str, Entry], side: str, *names: str) -> list[Any]:
    return [np.array([entry.column(side, name) for entry in entries.values()]) for name in names]


def tables_of(entries: Mapping[str, Entry]) -> binary.Tables:
    """The events of both sides. Raises Inestimable for counts that cannot be."""
    e1, n1 = _columns(entries, "arm", "events", "n")
    e2, n2 = _columns(entries, "versus", "events", "n")
    return binary.Tables(tuple(entries), e1, n1, e2, n2)


def proportions_of(entries: Mapping[str, Entry]) -> proportions.Proportions:
    """The events of single groups. Raises Inestimable for counts that cannot be."""
    return proportions.Proportions(tuple(entries), *_columns(entries, "arm", "events", "n"))


def _binary(analysis: Analysis, entries: Mapping[str, Entry]) -> Effects:
    tables = tables_of(entries)
    if analysis.measure == "PETO":
        return binary.peto_odds_ratio(tables)
    functions = {"RD": binary.risk_difference, "RR": binary.risk_ratio, "OR": binary.odds_ratio}
    return functions[analysis.measure](tables, analysis.zeros)


def _means(analysis: Analysis, entries: Mapping[str, Entry]) -> Effects:
    ours, theirs = (_columns(entries, side, "mean", "sd", "n") for side in ("arm", "versus"))
    if analysis.equal_variances:
        (_, sd1, n1), (_, sd2, n2) = ours, theirs
        ours[1] = theirs[1] = np.sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (n1 + n2 - 2))
    functions = {
        "MD": continuous.mean_difference,
        "SMD": continuous.standardized_mean_difference,
        "ROM": continuous.ratio_of_means,
    }
    return functions[analysis.measure](continuous.Means(tuple(entries), *ours, *theirs))


def _rates(analysis: Analysis, entries: Mapping[str, Entry]) -> Effects:
    both = rates.Rates(
        tuple(entries), *_columns(entries, "arm", "events", "time"), *_columns(entries, "versus", "events", "time")
    )
    return rates.rate_ratio(both, analysis.add) if analysis.measure == "IRR" else rates.rate_difference(both)


def _proportion(analysis: Analysis, entries: Mapping[str, Entry]) -> Effects:
    groups = proportions_of(entries)
    if analysis.measure == "PFT":
        return proportions.freeman_tukey_proportion(groups)
    made = proportions.raw_proportion if analysis.measure == "PR" else proportions.logit_proportion
    return made(groups, analysis.add)


def _correlation(_: Analysis, entries: Mapping[str, Entry]) -> Effects:
    return correlations.fisher_z(tuple(entries), *_columns(entries, "arm", "r", "n"))


def accuracy_of(entries: Mapping[str, Entry]) -> diagnostic.Accuracy:
    """The tables of a test against its reference standard."""
    return diagnostic.Accuracy(tuple(entries), *_columns(entries, "arm", "tp", "fp", "fn", "tn"))


def _diagnostic(analysis: Analysis, entries: Mapping[str, Entry]) -> Effects:
    accuracy = accuracy_of(entries)
    if analysis.measure == "DOR":
        return diagnostic.diagnostic_odds_ratio(accuracy, analysis.zeros)
    made = diagnostic.sensitivity if analysis.measure == "SENS" else diagnostic.specificity
    return made(accuracy, analysis.add)


def _mean_of(_: Analysis, entries: Mapping[str, Entry]) -> Effects:
    return continuous.single_mean(continuous.SingleMeans(tuple(entries), *_columns(entries, "arm", "mean", "sd", "n")))


def _rate_of(analysis: Analysis, entries: Mapping[str, Entry]) -> Effects:
    single = rates.SingleRates(tuple(entries), *_columns(entries, "arm", "events", "time"))
    return rates.incidence_rate(single, analysis.add)


_EFFECTS: dict[str, Callable[[Analysis, Mapping[str, Entry]], Effects]] = {
    "events": _binary,
    "means": _means,
    "rates": _rates,
    "mean": _mean_of,
    "proportion": _proportion,
    "rate": _rate_of,
    "correlation": _correlation,
    "accuracy": _diagnostic,
}


Form = Literal["se", "interval", "observed"]


def _form(entry: Entry) -> Form:
    figures = entry.raw["effect"]
    if "estimate" not in figures:
        return "observed"
    return "se" if "se" in figures else "interval"


def _given(analysis: Analysis, entries: Mapping[str, Entry]) -> Effects:
    """The effects that studies report themselves."""
    parts = []
    for form in ("se", "interval", "observed"):
        some = {label: entry for label, entry in entries.items() if _form(entry) == form}
        labels = tuple(some)
        if not some:
            continue
        if form == "observed":
            parts.append(generic.from_observed(labels, analysis.measure, *_columns(some, "effect", "oe", "variance")))
        elif form == "interval":
            middle, low, high = _columns(some, "effect", "estimate", "low", "high")
            parts.append(generic.from_interval(labels, analysis.measure, middle, low, high, REPORTED_LEVEL))
        else:
            estimates, errors = _columns(some, "effect", "estimate", "se")
            parts.append(_from_se(analysis, labels, estimates, errors))
    return _joined(parts, list(entries))


def _from_se(analysis: Analysis, labels: tuple[str, ...], estimates: Any, errors: Any) -> Effects:
    """Effects with their SE; a ratio is reported itself, its SE on the scale of the logarithm."""
    if analysis.about.scale != "log":
        return generic.from_se(labels, analysis.measure, estimates, errors)
    demand(labels, estimates > 0, "ratio-not-positive", "a ratio is positive", "give it, not its logarithm")
    return generic.from_se(labels, analysis.measure, np.log(estimates), errors)


def _joined(parts: Sequence[Effects], order: Sequence[str]) -> Effects:
    """Effects of several kinds of rows in one table, in the order of the studies."""
    if len(parts) == 1:
        return parts[0]
    every = Effects(
        tuple(label for part in parts for label in part.labels),
        parts[0].measure,
        np.concatenate([part.yi for part in parts]),
        np.concatenate([part.vi for part in parts]),
        notes=tuple(note for part in parts for note in part.notes),
    )
    place = {label: at for at, label in enumerate(every.labels)}
    return every.take([place[label] for label in order if label in place])
