"""A meta-analysis from the extraction to everything that text and figures take from it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from prismake.common.errors import BuildStop, Issue, nearest
from prismake.metaanalysis.distributions import Reference
from prismake.metaanalysis.faults import Inestimable
from prismake.metaanalysis.models import single
from prismake.metaanalysis.proportions import wilson
from prismake.metaanalysis.regression import Moderation, meta_regression
from prismake.metaanalysis.results import Interval, Model
from prismake.metaanalysis.rows import Note
from prismake.metaanalysis.subgroups import subgroups, subgroups_common_tau2
from prismake.synthesis.figures import name_of
from prismake.synthesis.pooling import plain, robustness
from prismake.synthesis.pooling.effects import Gathered, gather
from prismake.synthesis.pooling.models import Pooling, pooling_of
from prismake.synthesis.pooling.plain import Plain
from prismake.synthesis.pooling.rows import Cells, choose
from prismake.synthesis.pooling.settings import Analysis, analysis_of

# Points of a regression line and its band.
LINE = 41


def analyse_all(
    extraction: Cells, synthesis: Mapping[str, Any], selections: Mapping[str, Any] | None = None, *, draft: bool
) -> tuple[Plain, list[Issue]]:
    """(content of results/meta.json, warnings) of every analysis in `synthesis.meta`.

    `selections` are those of results/appraisal.json: each analysis is repeated over the studies that one keeps. Raises
    BuildStop with the faults of all analyses. In a draft an analysis that cannot be made is left out with a warning and
    listed under `failed`.
    """
    made: Plain = {}
    failed: Plain = {}
    issues: list[Issue] = []
    warnings: list[Issue] = []
    for name, about in synthesis["meta"].items():
        analysis = analysis_of(name, about)
        try:
            made[name] = plain.rounded(analyse(analysis, extraction, synthesis, selections or {}, draft=draft))
        except BuildStop as fault:
            issues += [replace(one, where=one.where or analysis.where) for one in fault.issues]
            failed[name] = fault.issues[0].message
            continue
        warnings += _warnings(analysis, made[name])
    if issues and not draft:
        raise BuildStop(issues)
    document = {"analyses": made, "failed": failed}
    return document, [*(replace(one, severity="warning") for one in issues), *warnings]


def _warnings(analysis: Analysis, made: Plain) -> Iterator[Issue]:
    for one in made["excluded"]:
        message = f"'{analysis.name}' leaves out {one['label']}: {one['reason']}"
        yield Issue("not-pooled", message, one["where"], severity="warning")
    for one in made["warnings"]:
        row = f"{one['row']}: " if one["row"] else ""
        yield Issue(one["code"], f"{row}{one['message']}", analysis.where, severity="warning")


def analyse(
    analysis: Analysis,
    extraction: Cells,
    synthesis: Mapping[str, Any],
    selections: Mapping[str, Any],
    *,
    draft: bool = False,
) -> Plain:
    """All results of one analysis as plain data; `synthesis` is the block of the settings. Raises BuildStop."""
    issues = list(_setting_issues(analysis, extraction["columns"]))
    if issues:
        raise BuildStop(issues)
    chosen = choose(analysis, extraction, synthesis["label"])
    gathered = gather(analysis, chosen, draft=draft)
    pooling = pooling_of(analysis, gathered)
    effects = gathered.effects
    pooled = pooling.pool(effects) if len(effects) > 1 else single(effects, analysis.level)
    about: Plain = _about(analysis)
    about |= {
        **plain.model(pooling, pooled),
        "rows": _rows(pooling, pooled, extraction, synthesis["year"]),
        "excluded": [vars(one) for one in gathered.excluded],
        "not_reported": chosen.not_reported,
        "alternatives": robustness.alternatives(pooling),
        "leave_one_out": robustness.leave_one_out(pooling),
        "cumulative": robustness.cumulative(pooling, synthesis["year"]),
        "small_study": robustness.small_study(pooling),
        "votes": robustness.votes(pooling),
        "directions": robustness.directions(pooling),
        "selections": robustness.selections(pooling, selections),
    }
    if analysis.kind == "accuracy":
        about["bivariate"] = robustness.bivariate(pooling)
    further: tuple[Any, ...] = tuple(_impossible(analysis, pooled))
    if analysis.subgroups:
        about["subgroups"], notes = _subgroups(pooling, extraction)
        further += notes
    if analysis.moderator:
        about["moderator"], notes = _regression(pooling)
        further += notes
    about["warnings"] = plain.notes([*gathered.notes, *pooled.warnings, *further])
    return about


def _impossible(analysis: Analysis, pooled: Model) -> Iterator[Note]:
    """A note where the interval of raw proportions leaves 0 to 1."""
    if analysis.measure == "PR" and not 0 <= pooled.ci.low <= pooled.ci.high <= 1:
        message = "the interval of the raw proportions leaves 0 to 1; use PLO, or the model logistic"
        yield Note("proportion-range", message)


def _setting_issues(analysis: Analysis, columns: Mapping[str, Any]) -> Iterator[Issue]:
    for key in ("subgroups", "moderator"):
        column = getattr(analysis, key)
        if column and column not in columns:
            message, fix = f"the studies table has no column '{column}'", nearest(column, list(columns))
            yield Issue("unknown-column", message, f"{analysis.where}.{key}", fix)
        elif key == "moderator" and column and not columns[column]["number"]:
            message, fix = f"column '{column}' is not numeric", "name another column, or use it for `subgroups`"
            yield Issue("no-number", message, f"{analysis.where}.{key}", fix)
    if analysis.compares and analysis.kind != "given" and not (analysis.arms and analysis.versus):
        message = f"the measure {analysis.measure} compares two arms, and the analysis does not name both"
        yield Issue("no-arms", message, analysis.where, "add `arm: NAME` and `versus: NAME`")


def _about(analysis: Analysis) -> Plain:
    measure = analysis.about
    return {
        "name": analysis.name,
        "outcome": analysis.outcome,
        "title": analysis.title,
        "time": analysis.time,
        "measure": analysis.measure,
        "noun": measure.noun,
        "scale": measure.scale,
        "null": None if measure.null is None else measure.null * (1 if measure.scale == "log" else analysis.scale),
        "multiplied": analysis.scale,
        "arm": list(analysis.arms),
        "versus": list(analysis.versus),
        "better": analysis.better,
        "decimals": analysis.decimals,
        "level": analysis.level * 100,
        "settings": {
            "model": analysis.model,
            "zero_cells": analysis.zero_cells,
            "add": analysis.add,
            "double_zeros": analysis.double_zeros,
            "prediction": analysis.prediction,
            "shared": analysis.shared,
            "quantiles": analysis.quantiles,
            "scores": analysis.scores,
            "correlation": analysis.correlation,
            "equal_variances": analysis.equal_variances,
        },
    }


def _rows(pooling: Pooling, pooled: Model, extraction: Cells, year: str) -> list[Plain]:
    analysis, gathered = pooling.analysis, pooling.gathered
    weights = dict(zip(pooled.labels, pooled.weights if pooled.weights is not None else [], strict=False))
    half = Reference().critical(analysis.level)
    made = []
    for at, (label, yi, vi) in enumerate(zip(gathered.effects.labels, *_numbers(gathered), strict=True)):
        entry, se = gathered.entries[label], math.sqrt(vi)
        study = entry.comparison.study
        row: Plain = {
            "label": label,
            "study": study["study_id"],
            "year": study[year],
            "where": entry.comparison.where,
            "estimate": pooling.displayed(yi, [label]),
            **plain.interval(pooling, Interval(yi - half * se, yi + half * se), [label]),
            "yi": yi,
            "vi": vi,
            "se": se,
            "weight": float(weights[label]) if label in weights else None,
            "participants": entry.participants,
            "cells": {side: {name: plain.whole(one) for name, one in raw.items()} for side, raw in entry.raw.items()},
            "conversions": [one.plain() for one in entry.conversions],
            "notes": [note.message for note in gathered.notes if note.label == label],
            "subgroup": group_of(study, analysis.subgroups, extraction) if analysis.subgroups else None,
            "moderator": _value_of(study, analysis.moderator),
        }
        if analysis.kind == "proportion":
            row |= _wilson(pooling, entry.raw["arm"])
        made.append({**row, "order": at})
    return made


def _numbers(gathered: Gathered) -> tuple[list[float], list[float]]:
    return gathered.effects.yi.tolist(), gathered.effects.vi.tolist()


def _wilson(pooling: Pooling, arm: Mapping[str, float]) -> Plain:
    """The proportion of a single study as it is, with Wilson's interval, whatever scale it is pooled on."""
    ends, scale = wilson(arm["events"], arm["n"], pooling.analysis.level), pooling.analysis.scale
    return {"estimate": arm["events"] / arm["n"] * scale, "low": ends.low * scale, "high": ends.high * scale}


def group_of(study: Cells, column: str, extraction: Cells) -> str:
    """The subgroup of a study, as the text says it; empty where it has none."""
    cell = study[column]
    code = extraction["codes"].get(column, {}).get(cell)
    return str(code["label"] if code else "" if cell is None else cell)


def _value_of(study: Cells, column: str) -> float | None:
    cell = study.get(column) if column else None
    return None if cell is None else float(str(cell))


def _moderation(one: Moderation) -> Plain:
    return {"statistic": one.statistic, "df": one.df, "df2": one.df2, "p": one.p}


def _located(pooling: Pooling, fault: Inestimable, column: str, key: str) -> BuildStop:
    """A refusal with the study that it concerns, or else with the setting, as its place."""
    issues = []
    for issue in fault.issues:
        entry = pooling.gathered.entries.get(issue.where)
        study = f"the studies table, study '{entry.comparison.study['study_id']}', column '{column}'" if entry else ""
        issues.append(replace(issue, where=study or f"{pooling.analysis.where}.{key}"))
    return BuildStop(issues)


def _subgroups(pooling: Pooling, extraction: Cells) -> tuple[Plain, tuple[Any, ...]]:
    """The model of each subgroup and the test between them. Raises BuildStop where they cannot be compared."""
    analysis, effects = pooling.analysis, pooling.gathered.effects
    entries = pooling.gathered.entries
    groups = [group_of(entries[label].comparison.study, analysis.subgroups, extraction) for label in effects.labels]
    try:
        if analysis.common_tau2:
            made = subgroups_common_tau2(effects, groups, pooling.tau2, analysis.test, analysis.level)  # type: ignore[arg-type]
        else:
            made = subgroups(effects, groups, pooling.pool)
    except Inestimable as fault:
        raise _located(pooling, fault, analysis.subgroups, "subgroups") from None
    about: Plain = {
        "column": analysis.subgroups,
        "common_tau2": made.common_tau2,
        "between": _moderation(made.between),
        "groups": [
            {
                "name": name_of(group),
                "label": group,
                "rows": list(model.labels),
                "weights": None if model.weights is None else model.weights,
                **plain.model(pooling, model),
            }
            for group, model in made.groups.items()
        ],
    }
    if made.residual is not None:
        about["residual"] = plain.heterogeneity(made.residual)
    return about, tuple(note for model in made.groups.values() for note in model.warnings if note.code != "one-study")


def _regression(pooling: Pooling) -> tuple[Plain, tuple[Any, ...]]:
    """The meta-regression on the moderator, with its line and band. Raises BuildStop where there can be none."""
    analysis, effects, entries = pooling.analysis, pooling.gathered.effects, pooling.gathered.entries
    column = analysis.moderator
    values = [_value_of(entries[label].comparison.study, column) for label in effects.labels]
    numbers = np.array([math.nan if value is None else value for value in values])
    try:
        made = meta_regression(effects, numbers, column, pooling.tau2, analysis.test, analysis.level)  # type: ignore[arg-type]
    except Inestimable as fault:
        raise _located(pooling, fault, column, "moderator") from None
    line = []
    for x in np.linspace(float(numbers.min()), float(numbers.max()), LINE).tolist():
        line.append({"x": x, **_line_point(pooling, made.at(x))})
    return {
        "column": column,
        "method": made.method,
        "test": made.test,
        "slope": {**plain.test(made.slope), "low": made.slope.ci.low, "high": made.slope.ci.high},
        "intercept": {**plain.test(made.intercept), "low": made.intercept.ci.low, "high": made.intercept.ci.high},
        "r2": made.r2,
        "residual": plain.heterogeneity(made.residual),
        "moderation": _moderation(made.moderation),
        "weights": made.weights,
        "line": line,
    }, made.warnings


def _line_point(pooling: Pooling, one: Any) -> Plain:
    point = plain.coefficient(pooling, one, pooling.gathered.effects.labels)
    return {key: point[key] for key in ("estimate", "low", "high", "yi", "yi_low", "yi_high")}
