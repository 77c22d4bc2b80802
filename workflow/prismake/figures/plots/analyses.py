"""Plots of a meta-analysis, from its entry in results/meta.json."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from prismake.common.errors import counted, stop
from prismake.common.notation import PLAIN_NOTATION, Notation
from prismake.figures.plots.beside import NOTHING_BESIDE, Beside
from prismake.figures.plots.bubble import Bubble, Bubbles, LinePoint
from prismake.figures.plots.forest import Effect, Forest, Group, Row, Summary
from prismake.figures.plots.funnel import Funnel, Point
from prismake.figures.plots.judgements import capital
from prismake.figures.plots.scale import number

Analysis = Mapping[str, Any]
# Below, asymmetry cannot be told from chance. Sterne JAC et al. BMJ 2011;343:d4002.
FEWEST = 10


def _effect(part: Mapping[str, Any]) -> Effect:
    """An effect as printed; what rounding puts outside its interval ends at its end."""
    value, low, high = part["estimate"], part["low"], part["high"]
    return Effect(value, min(low, value), max(high, value))


def _heterogeneity(model: Mapping[str, Any], notation: Notation) -> tuple[str, ...]:
    """Heterogeneity: τ² and I², then Q and its test; nothing of a single study."""
    spread = model["heterogeneity"]
    if not spread["df"]:
        return ()
    parts = [] if spread["tau2"] is None else [notation.relation("\u03c4\u00b2", "=", number(spread["tau2"], 2))]
    parts += [] if spread["i2"] is None else [notation.relation("I\u00b2", "=", f"{number(spread['i2'], 0)}%")]
    test = _test_words(spread["q"], spread, notation)
    return (f"Heterogeneity: {'; '.join(parts)}", test) if parts else (f"Heterogeneity: {test}",)


def _test_words(q: float, test: Mapping[str, Any], notation: Notation) -> str:
    """`Q = 152.23, df = 12, p < 0.001`."""
    parts = [notation.relation("Q", "=", number(q, 2)), notation.relation("df", "=", str(test["df"]))]
    return ", ".join([*parts, notation.p_value(test["p"])])


def _figures(analysis: Analysis, side: Mapping[str, Any]) -> str:
    """The raw figures of one arm: events of patients, or mean (SD) and patients."""
    total = side.get("n", side.get("total"))
    if "events" in side and total is not None:
        return f"{number(side['events'])}/{number(total)}"
    if "mean" in side and side.get("sd") is not None:
        text = f"{number(side['mean'], analysis['decimals'])} ({number(side['sd'], analysis['decimals'])})"
        return text if total is None else f"{text}, {number(total)}"
    return ""


def _columns(analysis: Analysis) -> list[tuple[str, str]]:
    """(side, heading) of the columns of raw figures that any study fills."""
    made = []
    for side in ("arm", "versus"):
        texts = [_figures(analysis, row["cells"].get(side, {})) for row in analysis["rows"]]
        if any(texts):
            name = capital(", ".join(analysis[side])) or "All"
            kind = "events/total" if any("/" in text for text in texts) else "mean (SD), n"
            made.append((side, f"{name}, {kind}"))
    return made


def _rows(
    analysis: Analysis, columns: list[tuple[str, str]], beside: Beside, labels: Mapping[str, Any] | None = None
) -> Iterator[Row]:
    for row in analysis["rows"]:
        if labels is None or row["label"] in labels:
            cells = tuple(_figures(analysis, row["cells"].get(side, {})) for side, _ in columns)
            yield Row(row["label"], _effect(row), row["weight"], cells, beside.of(row["study"]), study=row["study"])


def _summary(model: Mapping[str, Any], label: str, weight: float | None, notation: Notation) -> Summary:
    prediction = model.get("prediction")
    ends = (prediction["low"], prediction["high"]) if prediction else None
    return Summary(label, _effect(model["pooled"]), weight, ends, (), _heterogeneity(model, notation))


def _method(analysis: Analysis) -> str:
    """What the diamond is: the model as run."""
    model = analysis["settings"]["model"]
    if model in ("common", "mantel-haenszel", "peto", "logistic"):
        return f"Pooled ({analysis['method']})"
    return f"Random effects ({analysis['method']})"


def sides_of(analysis: Analysis) -> tuple[str, str] | None:
    """What lies left and right of no effect, where the analysis says which values are better for the patient."""
    arm, versus = ", ".join(analysis["arm"]), ", ".join(analysis["versus"])
    if analysis["null"] is None or not analysis["better"] or not (arm and versus):
        return None
    sides = (f"{capital(arm)} better", f"{capital(versus)} better")
    return sides if analysis["better"] == "lower" else sides[::-1]


def subject_of(analysis: Analysis) -> str:
    """The outcome with its time: `mortality, 12 months`."""
    return ", ".join(part for part in (analysis["title"], analysis["time"]) if part)


def _bare(analysis: Analysis, notation: Notation) -> dict[str, Any]:
    return {
        "noun": capital(analysis["noun"]),
        "log": analysis["scale"] == "log",
        "null": analysis["null"],
        "decimals": analysis["decimals"],
        "level": analysis["level"],
        "sides": sides_of(analysis),
        "subject": subject_of(analysis),
        "notation": notation,
    }


def forest_of(analysis: Analysis, beside: Beside = NOTHING_BESIDE, notation: Notation = PLAIN_NOTATION) -> Forest:
    """The forest plot of an analysis: every study, those excluded with "not pooled" in place of an effect.

    `beside` has the judgements that stand beside the studies.
    """
    columns = _columns(analysis)
    weighted = any(row["weight"] is not None for row in analysis["rows"])
    subgroups = analysis.get("subgroups")
    lines: tuple[str, ...] = ()
    if subgroups:
        groups = []
        for group in subgroups["groups"]:
            rows = tuple(_rows(analysis, columns, beside, dict.fromkeys(group["rows"])))
            share = math.fsum(row.weight or 0.0 for row in rows) if weighted else None
            groups.append(Group(rows, capital(group["label"]), _summary(group, "Subgroup", share, notation)))
        test = subgroups["between"]
        lines = (f"Subgroup differences: {_test_words(test['statistic'], test, notation)}",)
    else:
        groups = [Group(tuple(_rows(analysis, columns, beside)))]
    excluded = [(one["label"], one["study"]) for one in analysis["excluded"]]
    if excluded:
        rows = tuple(
            Row(label, None, lights=beside.of(study), note="not pooled", study=study) for label, study in excluded
        )
        groups.append(Group(rows, "Not pooled"))
    overall = _summary(analysis, _method(analysis), 1.0 if weighted else None, notation) if analysis["k"] > 1 else None
    headings = tuple(heading for _, heading in columns)
    return Forest(
        tuple(groups),
        overall,
        columns=headings,
        lines=lines,
        domains=beside.domains,
        levels=beside.levels,
        **_bare(analysis, notation),
    )


def leave_one_out_of(analysis: Analysis, notation: Notation = PLAIN_NOTATION) -> Forest:
    """The pooled effect without each study in turn. Raises BuildStop where there are too few studies."""
    studies = _studies(analysis)
    rows = tuple(
        Row(f"Without {step['label']}", _effect(step["pooled"]), study=studies.get(step["label"], ""))
        for step in _steps(analysis, "leave_one_out")
    )
    return _of_pooled(analysis, rows, notation)


def cumulative_of(analysis: Analysis, notation: Notation = PLAIN_NOTATION) -> Forest:
    """The pooled effect as it grew with each study, by year. Raises BuildStop where there are too few, or no years."""
    steps = _steps(analysis, "cumulative")
    words = ["" if place == 0 else "+ " for place in range(len(steps))]
    pooled = [_effect(step["pooled"]) for step in steps]
    studies = _studies(analysis)
    rows = tuple(
        Row(word + step["label"], one, study=studies.get(step["label"], ""))
        for word, step, one in zip(words, steps, pooled, strict=True)
    )
    return _of_pooled(analysis, rows, notation)


def _studies(analysis: Analysis) -> dict[str, str]:
    """Label of each effect -> its study."""
    return {row["label"]: row["study"] for row in analysis["rows"]}


def _steps(analysis: Analysis, key: str) -> list[Mapping[str, Any]]:
    steps = analysis[key]
    if isinstance(steps, Mapping):
        raise stop("plot-refused", steps["refused"], where=analysis["name"])
    return list(steps)


def _of_pooled(analysis: Analysis, rows: tuple[Row, ...], notation: Notation) -> Forest:
    """A forest plot whose rows are pooled effects, with that of all studies below."""
    overall, nouns = Summary("All studies", _effect(analysis["pooled"])), ("pooled effect", "pooled effects")
    return Forest((Group(rows),), overall, label="Pooled effect", rows_are=nouns, **_bare(analysis, notation))


def funnel_of(analysis: Analysis, notation: Notation = PLAIN_NOTATION, *, filled: bool = False) -> Funnel:
    """The funnel plot of an analysis; `filled`: with the studies that trim and fill adds.

    Raises BuildStop for fewer than ten studies.
    """
    rows, name = analysis["rows"], analysis["name"]
    if len(rows) < FEWEST:
        studies = counted(len(rows), "study", "studies")
        message = f"a funnel plot of {studies} cannot tell asymmetry from chance; it takes {FEWEST}"
        raise stop("plot-refused", message, where=name)
    scale = analysis["scale"]
    factor = analysis["multiplied"] if scale == "identity" else 1.0
    points = [Point(row["label"], row["yi"] * factor, row["se"] * factor, study=row["study"]) for row in rows]
    small = analysis["small_study"]
    if filled and "filled" in small["trim_and_fill"]:
        added = small["trim_and_fill"]["filled"]
        points += [Point("", one["yi"] * factor, math.sqrt(one["vi"]) * factor, imputed=True) for one in added]
    noun = capital(analysis["noun"])
    if scale not in ("identity", "log"):
        noun += f" ({scale.replace('-', ' ')} scale)"
    null = None if analysis["null"] is None else 0.0
    egger = small["egger"]
    asymmetry = "" if "refused" in egger else f"Egger's test of asymmetry: {notation.p_value(egger['p'])}."
    pooled = analysis["pooled"]["yi"] * factor
    return Funnel(tuple(points), pooled, noun, scale == "log", null, asymmetry, subject_of(analysis), notation.p)


def bubbles_of(analysis: Analysis, notation: Notation = PLAIN_NOTATION) -> Bubbles:
    """The bubble plot of the analysis's meta-regression. Raises BuildStop for an analysis without moderator."""
    moderator = analysis.get("moderator")
    if moderator is None:
        fix = "name a column under `moderator`"
        raise stop("plot-refused", "the analysis has no moderator", where=analysis["name"], fix=fix)
    weights = moderator["weights"]
    bubbles = tuple(
        Bubble(row["label"], row["moderator"], row["estimate"], weight, row["study"])
        for row, weight in zip(analysis["rows"], weights, strict=True)
    )
    line = tuple(LinePoint(one["x"], one["estimate"], one["low"], one["high"]) for one in moderator["line"])
    slope = moderator["slope"]
    ends = notation.ends(number(slope["low"], 3), number(slope["high"], 3))
    on = "" if analysis["scale"] == "identity" else f" on the {analysis['scale'].replace('-', ' ')} scale"
    words = f"Slope {number(slope['slope'], 3)}{on}, {analysis['level']:g}% CI {ends}, {notation.p_value(slope['p'])}."
    log = analysis["scale"] == "log"
    noun, null = capital(analysis["noun"]), analysis["null"]
    return Bubbles(bubbles, line, noun, moderator["column"].replace("_", " "), log, null, words, subject_of(analysis))
