"""Data rows of Cochrane's data packages, as RevMan exports them: read into outcomes, and written from results.

The columns are those of the file `…-data-rows.csv` in Cochrane's data package specification, version 1
(https://documentation.cochrane.org/revman-kb/data-package-specification-249561249.html). Whether an analysis has its
effects on a logarithmic scale stands in the file `…-overall-estimates-and-settings.csv`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prismake.common.errors import BuildStop, Issue
from prismake.synthesis import outcomes
from prismake.synthesis.figures import name_of

Cells = Mapping[str, str]

GROUP, NUMBER, NAME = "Analysis group", "Analysis number", "Analysis name"
SUBGROUP, STUDY, YEAR, LOG_SCALE = "Subgroup", "Study", "Study year", "Log-scale data"
MEAN, SE, LOW, HIGH = "GIV Mean", "GIV SE", "CI start", "CI end"
OBSERVED, VARIANCE, WEIGHT = "O-E", "Variance", "Weight"
SIDES = {"experimental": "Experimental", "control": "Control"}
# What stands behind the name of a side: column of outcomes -> column of RevMan.
ARM = {outcomes.EVENTS: "cases", outcomes.N: "N", outcomes.MEAN: "mean", outcomes.SD: "SD"}
COLUMNS = (
    *(GROUP, NUMBER, NAME, SUBGROUP, STUDY, YEAR, MEAN, SE),
    *(f"{side} {name}" for side in SIDES.values() for name in ARM.values()),
    *(OBSERVED, VARIANCE, "Mean", LOW, HIGH, WEIGHT, "Footnotes"),
)
NEEDED = (GROUP, NUMBER, NAME, STUDY)
OUTCOME_COLUMNS = (
    *(outcomes.STUDY, outcomes.OUTCOME, outcomes.ARM, outcomes.VERSUS, *ARM),
    *(outcomes.EFFECT, outcomes.EFFECT_LOG, outcomes.EFFECT_SE, outcomes.OBSERVED, outcomes.OBSERVED_VARIANCE),
    "subgroup",
)
STUDY_COLUMNS = (outcomes.STUDY, "label", "year")


def study_rows(rows: Sequence[Cells]) -> list[dict[str, str]]:
    """The studies of data rows, each once: its id, its label and its year."""
    studies: dict[str, dict[str, str]] = {}
    for row in rows:
        name = name_of(row[STUDY])
        studies.setdefault(name, {outcomes.STUDY: name, "label": row[STUDY], "year": row.get(YEAR) or ""})
    return list(studies.values())


def outcome_rows(rows: Sequence[Cells], settings: Sequence[Cells], where: str) -> list[dict[str, str]]:
    """The rows of the table of outcomes that data rows give; a study may stand in an analysis once per subgroup.

    `settings` are the rows of the file of settings, which only effects by generic inverse variance need. Raises
    BuildStop with every row that cannot be read.
    """
    logarithmic = {(row[GROUP], row[NUMBER]): row[LOG_SCALE].strip().upper() == "TRUE" for row in settings}
    names = _names(rows)
    made: list[dict[str, str]] = []
    issues: list[Issue] = []
    for line, row in enumerate(rows, start=2):
        key = (row[GROUP], row[NUMBER])
        start = {outcomes.STUDY: name_of(row[STUDY]), outcomes.OUTCOME: names[key], "subgroup": row.get(SUBGROUP) or ""}
        effect = _effect(row, logarithmic.get(key))
        if effect is None:
            message = f"analysis {key[0]}.{key[1]} gives effects, and whether they are logarithms is not known"
            issues.append(
                Issue("revman-scale", message, f"{where}:{line}", "name its file of settings: --settings FILE")
            )
        elif effect:
            made.append({**start, outcomes.ARM: "experimental", outcomes.VERSUS: "control", **effect})
        else:
            made += [{**start, **arm} for arm in _arms(row)]
    if issues:
        raise BuildStop(issues)
    return made


def _names(rows: Sequence[Cells]) -> dict[tuple[str, str], str]:
    """Analysis -> the name of its outcome, with its number where several have the same name."""
    keys = {(row[GROUP], row[NUMBER]): row[NAME] for row in rows}
    named = list(keys.values())
    return {key: f"{name} ({key[0]}.{key[1]})" if named.count(name) > 1 else name for key, name in keys.items()}


def _arms(row: Cells) -> Iterator[dict[str, str]]:
    for arm, side in SIDES.items():
        cells = {column: row.get(f"{side} {name}") or "" for column, name in ARM.items()}
        if any(cells.values()):
            # A figure that the type of the data does not have may be empty or 0.
            means = {outcomes.MEAN, outcomes.SD}
            if not float(cells[outcomes.SD] or 0):
                cells |= dict.fromkeys(means, "")
            elif not float(cells[outcomes.EVENTS] or 0):
                cells[outcomes.EVENTS] = ""
            yield {outcomes.ARM: arm, **cells}


def _effect(row: Cells, logarithmic: bool | None) -> dict[str, str] | None:
    """The effect that a row gives itself; empty where it gives arms, None where its scale is not known."""
    observed, variance = row.get(OBSERVED) or "", row.get(VARIANCE) or ""
    if variance and float(variance) > 0:
        return {outcomes.OBSERVED: observed, outcomes.OBSERVED_VARIANCE: variance}
    error = row.get(SE) or ""
    counted = any(float(row.get(f"{side} {name}") or 0) for side in SIDES.values() for name in ("cases", "mean", "SD"))
    if counted or not error or not float(error) > 0:
        return {}
    if logarithmic is None:
        return None
    column = outcomes.EFFECT_LOG if logarithmic else outcomes.EFFECT
    return {column: row.get(MEAN) or "", outcomes.EFFECT_SE: error}


def data_rows(meta: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The data rows of results/meta.json: one analysis group, an analysis for each meta-analysis of two arms.

    Analyses of one arm have no place in data rows; `left_out` names them.
    """
    for number, about in enumerate(_of_two_arms(meta), start=1):
        for row in about["rows"]:
            made = {GROUP: 1, NUMBER: number, NAME: about["title"], STUDY: row["label"], YEAR: row["year"]}
            made |= {SUBGROUP: row["subgroup"] or "", MEAN: row["yi"], SE: row["se"]}
            made |= {"Mean": row["estimate"], LOW: row["low"], HIGH: row["high"]}
            made[WEIGHT] = "" if row["weight"] is None else 100 * row["weight"]
            for side, cells in (("Experimental", row["cells"].get("arm")), ("Control", row["cells"].get("versus"))):
                for name, figure in (("cases", "events"), ("N", "n"), ("mean", "mean"), ("SD", "sd")):
                    if cells and figure in cells:
                        made[f"{side} {name}"] = cells[figure]
            effect = row["cells"].get("effect", {})
            made |= {OBSERVED: effect["oe"], VARIANCE: effect["variance"]} if "oe" in effect else {}
            yield made


def _of_two_arms(meta: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in meta["analyses"].values() if outcomes.KIND_OF[one["measure"]] in outcomes.COMPARING]


def left_out(meta: Mapping[str, Any]) -> list[str]:
    """The analyses of one arm."""
    two = _of_two_arms(meta)
    return [name for name, one in meta["analyses"].items() if one not in two]


def is_number(text: str) -> bool:
    """Whether a cell is a finite number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
