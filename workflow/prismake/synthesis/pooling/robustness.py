"""What a pooled effect depends on: the model, single studies, time, small studies, the appraisal, the direction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from prismake.metaanalysis import small_study as tests
from prismake.metaanalysis.diagnostic import bivariate as joint_model
from prismake.metaanalysis.direction import vote_count
from prismake.metaanalysis.faults import Inestimable
from prismake.metaanalysis.measures import expit
from prismake.metaanalysis.models import common_effect, random_effects, single
from prismake.metaanalysis.results import Coefficient, Model
from prismake.metaanalysis.sensitivity import cumulative as grown
from prismake.metaanalysis.sensitivity import leave_one_out as without_each
from prismake.synthesis.pooling import plain
from prismake.synthesis.pooling.effects import accuracy_of
from prismake.synthesis.pooling.models import Pooling
from prismake.synthesis.pooling.plain import Plain
from prismake.synthesis.pooling.settings import COMMON


def or_refusal(compute: Callable[[], Any]) -> Any:
    """A result, or the reason why the data do not allow it: {"refused": reason}."""
    try:
        return compute()
    except Inestimable as fault:
        return {"refused": fault.issues[0].message}


def alternatives(pooling: Pooling) -> Plain:
    """The pooled effect under other models, for what depends on the choice: common, REML, REML with Hartung-Knapp."""
    analysis, effects = pooling.analysis, pooling.gathered.effects
    if len(effects) < 2:
        return {}
    level, tau2 = analysis.level, pooling.tau2

    def pooled(model: Callable[[], Model]) -> Any:
        return or_refusal(lambda: plain.coefficient(pooling, (made := model()).pooled, made.labels))

    return {
        "common": pooled(lambda: common_effect(effects, level)),
        "random": pooled(lambda: random_effects(effects, tau2, "z", level)),
        "hartung_knapp": pooled(lambda: random_effects(effects, tau2, "hartung-knapp", level)),
    }


def _step(pooling: Pooling, label: str, model: Model) -> Plain:
    entry = pooling.gathered.entries[label]
    return {
        "label": label,
        "study": entry.comparison.study["study_id"],
        "k": model.k,
        "participants": plain.participants(pooling, model.labels),
        "pooled": plain.coefficient(pooling, model.pooled, model.labels),
        "heterogeneity": plain.heterogeneity(model.heterogeneity),
    }


def leave_one_out(pooling: Pooling) -> Any:
    """The effect without each study, or why there is none."""
    effects, pool = pooling.gathered.effects, pooling.pool
    return or_refusal(lambda: [_step(pooling, one.label, one.model) for one in without_each(effects, pool)])


def cumulative(pooling: Pooling, year: str) -> Any:
    """The effect as it grew from the first study to the last, by year."""
    effects, entries = pooling.gathered.effects, pooling.gathered.entries
    years = [entries[label].comparison.study[year] for label in effects.labels]
    if None in years:
        return {"refused": f"a study has no {year}"}
    order = sorted(range(len(effects)), key=lambda at: (years[at], at))
    return or_refusal(lambda: [_step(pooling, one.label, one.model) for one in grown(effects, order, pooling.pool)])


def selections(pooling: Pooling, selections: Mapping[str, Any]) -> Plain:
    """The model over the studies that each selection of the appraisal keeps: those of the outcome, or else of all."""
    return {name: _selected(pooling, chosen) for name, chosen in selections.items()}


def bivariate(pooling: Pooling) -> Any:
    """Sensitivity and specificity pooled together, as proportions times the scale of the analysis; or why not."""
    analysis, entries = pooling.analysis, pooling.gathered.entries
    labels = set(pooling.gathered.effects.labels)
    kept = {label: entry for label, entry in entries.items() if label in labels}
    scale = 1 if analysis.measure == "DOR" else analysis.scale

    def proportion(one: Coefficient) -> Plain:
        ends = {"estimate": one.estimate, "low": one.ci.low, "high": one.ci.high}
        return {end: expit(logit) * scale for end, logit in ends.items()}

    def made() -> Plain:
        both = joint_model(accuracy_of(kept), analysis.level, analysis.add)
        return {
            "sensitivity": proportion(both.sensitivity),
            "specificity": proportion(both.specificity),
            "tau2_sensitivity": both.tau2_sensitivity,
            "tau2_specificity": both.tau2_specificity,
            "correlation": both.correlation,
            "warnings": plain.notes(both.warnings),
        }

    return or_refusal(made)


def _selected(pooling: Pooling, chosen: Mapping[str, Any]) -> Plain:
    """The studies that it keeps and leaves out of those pooled, and their model, or why there is none."""
    analysis, entries = pooling.analysis, pooling.gathered.entries
    effects = pooling.gathered.effects
    own = next(
        (chosen["about"][name] for name in (analysis.outcome, analysis.title) if name in chosen["about"]), chosen
    )
    study_of = {label: str(entries[label].comparison.study["study_id"]) for label in effects.labels}
    at = [number for number, label in enumerate(effects.labels) if study_of[label] in own["studies"]]
    kept = list(dict.fromkeys(study_of[effects.labels[number]] for number in at))
    made: Plain = {"kept": kept, "left_out": [one for one in dict.fromkeys(study_of.values()) if one not in kept]}
    if not made["left_out"]:
        return {**made, "refused": "it keeps every study"}
    if not at:
        return {**made, "refused": "it keeps no study"}
    some = effects.take(at)
    pooled: Any = or_refusal(lambda: pooling.pool(some) if len(some) > 1 else single(some, analysis.level))
    return {**made, **(pooled if isinstance(pooled, dict) else plain.model(pooling, pooled))}


def small_study(pooling: Pooling) -> Plain:
    """Egger's test in two forms, Begg's, and trim and fill; of each the result, or why it was not made."""
    effects, analysis = pooling.gathered.effects, pooling.analysis
    level, test = analysis.level, analysis.test

    def egger() -> Plain:
        made = tests.egger(effects, pooling.tau2, test, level)  # type: ignore[arg-type]
        return {
            "form": made.form,
            **plain.test(made.slope),
            "limit": plain.coefficient(pooling, made.limit, effects.labels),
        }

    def classic() -> Plain:
        made = tests.egger_classic(effects, level)
        return {"form": made.form, **plain.test(made.slope)}

    def trimmed() -> Plain:
        tau2 = None if analysis.model == COMMON else pooling.tau2
        made = tests.trim_and_fill(effects, tau2, test, level)  # type: ignore[arg-type]
        filled = range(len(effects), len(made.effects))
        return {
            "missing": made.missing,
            "se": made.se,
            "side": made.side,
            "pooled": plain.coefficient(pooling, made.model.pooled, effects.labels),
            "filled": [{"yi": float(made.effects.yi[at]), "vi": float(made.effects.vi[at])} for at in filled],
        }

    return {
        "egger": or_refusal(egger),
        "egger_classic": or_refusal(classic),
        "begg": or_refusal(lambda: vars(tests.begg(effects))),
        "trim_and_fill": or_refusal(trimmed),
    }


def directions(pooling: Pooling) -> list[Plain]:
    """For each effect whether it favours the arm (1), the other (-1) or none (0); None where better is not stated."""
    analysis = pooling.analysis
    stated = analysis.better and analysis.about.null is not None
    sign = -1 if analysis.better == "lower" else 1
    return [
        # On the scale of the pooling no effect is 0 for every measure that compares.
        {"label": label, "direction": int(sign * np.sign(yi)) if stated else None}
        for label, yi in zip(pooling.gathered.effects.labels, pooling.gathered.effects.yi, strict=True)
    ]


def votes(pooling: Pooling) -> Plain:
    """How many effects favour the arm, whatever their size, with the sign test; or why they are not counted."""
    cast = [one["direction"] for one in directions(pooling)]
    if None in cast:
        return {"refused": "which direction is better is not stated, or the measure has no value of no effect"}
    made = or_refusal(lambda: vars(vote_count(cast, pooling.analysis.level)))
    return {**made, "ci": vars(made["ci"])} if "ci" in made else dict(made)
