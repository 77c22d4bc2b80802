"""Figures over studies: sums, patient-weighted means, and who is in which group; exact until they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from prismake.common.errors import BuildStop, Issue, nearest, stop
from prismake.common.records import split_list

Study = dict[str, Any]
Values = dict[str, Any]

DIGITS = 12


def name_of(text: str) -> str:
    """A name that the text's expressions can use: lower case ASCII letters, digits, underscores.

    >>> name_of("fulltext.excluded.no-outcome"), name_of("Côte d'Ivoire")
    ('fulltext_excluded_no_outcome', 'cote_d_ivoire')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "x"


def number(value: Fraction | Decimal | int | str) -> int | float:
    """A JSON number: whole where it is whole, else rounded to twelve significant digits."""
    exact = Fraction(value)
    if exact.denominator == 1:
        return exact.numerator
    return float(f"{float(exact):.{DIGITS}g}")


def weighted_mean(pairs: Iterable[tuple[Fraction, int]]) -> Fraction:
    """The mean of (value, weight) pairs, exact. Raises ZeroDivisionError if the weights add up to nothing."""
    weighted = list(pairs)
    return sum((value * weight for value, weight in weighted), Fraction(0)) / sum(weight for _, weight in weighted)


def patients_counted(studies: list[Study], overlaps: list[Values]) -> tuple[list[Study], list[str]]:
    """(studies whose patients count, ids of those that do not because another study reports the same patients)."""
    out = {
        pair["study_b"] if pair["counted"] == pair["study_a"] else pair["study_a"]
        for pair in overlaps
        if pair["decision"] == "same"
    }
    return [study for study in studies if study["study_id"] not in out], sorted(out)


def pooled_figure(studies: list[Study], rule: Values, patients: str) -> Values:
    """One figure over all studies: `value`, `unit`, patients `n` and `studies` it rests on, `left_out`, `min`, `max`.

    `sum` adds a column up; `mean` is the mean of the studies' means, each weighted by the study's patients, which is
    the mean over all patients where the studies' means are exact. `min` and `max` are the range of the studies' values;
    with `low` and `high` there are also `lowest` and `highest`, the extremes that single patients reached as reported.
    Without any study that has the fact there is no `value`, so a text that uses it stops the build.
    """
    column = rule.get("sum") or rule["mean"]
    have = [study for study in studies if study[column] is not None and study[patients] is not None]
    lack = [study["study_id"] for study in studies if study not in have]
    weighted = [(Fraction(str(study[column])), int(study[patients])) for study in have]
    figure: Values = {}
    if weighted:
        result = sum((value for value, _ in weighted), Fraction(0)) if "sum" in rule else weighted_mean(weighted)
        figure["value"] = number(result)
    figure |= {
        "unit": rule.get("unit", ""),
        "n": sum(weight for _, weight in weighted),
        "n_studies": len(have),
        "studies": [study["study_id"] for study in have],
        "n_left_out": len(lack),
        "left_out": lack,
    }
    if weighted:
        figure |= {"min": number(min(weighted)[0]), "max": number(max(weighted)[0])}
    for key, pick, name in (("low", min, "lowest"), ("high", max, "highest")):
        extremes = [
            Fraction(str(study[rule[key]])) for study in studies if key in rule and study[rule[key]] is not None
        ]
        if extremes:
            figure[name] = number(pick(extremes))
    return figure


def levels_of(study: Study, rule: Values, extraction: Values) -> list[tuple[str, str, int | None]]:
    """The levels of a grouping that a study has: (level id, label, patients where the report counts them)."""
    if "part" in rule:
        part = extraction["parts"][rule["part"]]
        levels = []
        for row in study["parts"][rule["part"]]:
            texts = [row[part["column"]], row[part["to"]] if "to" in part else None]
            codes = [text for text in texts if text is not None]
            label = "–".join(_label(extraction, part["column"], code) for code in codes)
            levels.append((name_of(" ".join(codes)), label, row[part["n"]] if "n" in part else None))
        return levels
    column, text = rule["column"], study[rule["column"]]
    if text is None:
        return []
    marks = extraction["columns"][column]
    codes = split_list(text) if marks["list"] else [str(text)]
    return [(name_of(code), _label(extraction, column, code), None) for code in codes]


def _label(extraction: Values, column: str, code: str) -> str:
    book = extraction["codes"].get(column, {})
    return str(book[code]["label"]) if code in book else code


def group(studies: list[Study], rule: Values, extraction: Values, patients: str, counted: set[str]) -> Values:
    """Level id -> {label, n, studies, patients…} for one grouping; a study with several levels is in each of them.

    `patients` is there only where it is known: every study of the level has this level alone or counts its patients
    by level. Else the level has `patients_known` (at least) and `patients_possible` (at most), and `uncounted` names
    the studies that have several levels without a count. `only` are the studies that have no other level.
    """
    levels: dict[str, Values] = {}
    labels: dict[str, str] = {}
    for study in studies:
        own_levels = levels_of(study, rule, extraction)
        # In a draft the number may be missing.
        size = (study[patients] or 0) if study["study_id"] in counted else 0
        for level, label, n in own_levels:
            if labels.setdefault(level, label) != label:
                raise stop(
                    "level", f"'{label}' and '{labels[level]}' give the same name '{level}'", fix="rename one of them"
                )
            entry = levels.setdefault(
                level, {"label": label, "studies": [], "only": [], "uncounted": [], "known": 0, "possible": 0}
            )
            entry["studies"].append(study["study_id"])
            if len(own_levels) == 1:
                entry["only"].append(study["study_id"])
            exact = size if len(own_levels) == 1 else (min(n, size) if n is not None else None)
            if exact is None:
                entry["uncounted"].append(study["study_id"])
            entry["known"] += exact or 0
            entry["possible"] += size if exact is None else exact
    return {level: _level(entry) for level, entry in levels.items()}


def _level(entry: Values) -> Values:
    known, possible = entry.pop("known"), entry.pop("possible")
    exact = {} if entry["uncounted"] else {"patients": known}
    return {
        "label": entry["label"],
        "n": len(entry["studies"]),
        "studies": entry["studies"],
        **exact,
        "patients_known": known,
        "patients_possible": possible,
        "n_only": len(entry["only"]),
        "only": entry["only"],
        "uncounted": entry["uncounted"],
    }


def sensitivity(studies: list[Study], settings: Values, overlaps: list[Values]) -> Values:
    """The pooled figures without the smaller study of each pair that may share patients; none without such a pair."""
    patients = settings["patients"]
    size = {study["study_id"]: study[patients] or 0 for study in studies}
    unclear = [
        pair for pair in overlaps if pair["decision"] == "unclear" and {pair["study_a"], pair["study_b"]} <= set(size)
    ]
    # Of two studies of one size the first of the pair leaves, so the choice is the person's.
    out = {pair["study_b"] if size[pair["study_b"]] < size[pair["study_a"]] else pair["study_a"] for pair in unclear}
    without = [study for study in studies if study["study_id"] not in out]
    return {
        "pairs": unclear,
        "n_pairs": len(unclear),
        "left_out": [study["study_id"] for study in studies if study["study_id"] in out],
        "pooled": {name: pooled_figure(without, rule, patients) for name, rule in settings["pooled"].items()}
        if out
        else {},
    }


def check_settings(settings: Values, extraction: Values) -> None:
    """Raises BuildStop if a pooled figure or a group names an unknown column or part, or a column of text."""
    columns, parts = list(extraction["columns"]), list(extraction["parts"])
    issues = []
    for kind in ("pooled", "groups"):
        for name, rule in settings[kind].items():
            for key, value in rule.items():
                if key in ("unit", "counts"):
                    continue
                noun, valid = ("part", parts) if key == "part" else ("column", columns)
                where = f"config.yaml: synthesis.{kind}.{name}.{key}"
                if value not in valid:
                    issues.append(
                        Issue("unknown-column", f"there is no {noun} '{value}'", where, nearest(value, valid))
                    )
                elif kind == "pooled" and not extraction["columns"][value]["number"]:
                    issues.append(Issue("no-number", f"column '{value}' is not numeric", where, "name another column"))
    if issues:
        raise BuildStop(issues)
