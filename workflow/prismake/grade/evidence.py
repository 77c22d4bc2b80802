"""The content of results/grade.json: each outcome with its rating, its effect, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prismake.common.errors import BuildStop, Issue
from prismake.common.tables import Row
from prismake.grade.absolute import Absolute, absolute, comparison_means
from prismake.grade.domains import DOMAINS, symbols
from prismake.grade.judgements import Rating, outcome_issues, rating_of, row_issues
from prismake.synthesis.figures import name_of

Plain = dict[str, Any]
# Of an analysis what the tables and the text take.
TAKEN = ("measure", "noun", "scale", "decimals", "level", "arm", "versus", "time", "k", "participants", "studies")
OUTCOMES = "outcomes"


def evidence(
    rows: Sequence[Row],
    meta: Mapping[str, Any],
    extraction: Mapping[str, Any],
    settings: Mapping[str, Any],
    path: Path,
    *,
    draft: bool,
) -> tuple[Plain, list[Issue]]:
    """(content of results/grade.json, warnings) of the judgements `rows`, which stand in `path`.

    `meta` is the content of results/meta.json, `extraction` that of results/studies.json; of `settings`, the block
    `synthesis.grade`, `design` names the column of designs. Raises BuildStop with all faults; what is not yet judged
    stops all but a draft.
    """
    analyses, failed = meta["analyses"], meta.get("failed", {})
    reported = _reported(extraction)
    issues = list(outcome_issues(rows, analyses, failed, list(reported), path))
    outcomes = []
    for row in rows:
        name = row["outcome"]
        if name in failed or not (name in analyses or name in reported):
            continue
        analysis = analyses.get(name)
        studies = analysis["studies"] if analysis else list(reported[name])
        rating = rating_of(row, _designs(extraction, studies, settings["design"]))
        issues += row_issues(row, rating, path, draft=draft)
        outcomes.append(_outcome(row, rating, analysis, reported.get(name, {}), settings))
    if errors := [issue for issue in issues if issue.severity == "error"]:
        raise BuildStop(errors)
    awaited = {row["outcome"]: failed[row["outcome"]] for row in rows if row["outcome"] in failed}
    return {"outcomes": outcomes, "per": settings["per"], "awaited": awaited}, issues


def _designs(extraction: Mapping[str, Any], studies: Sequence[str], column: str) -> list[str]:
    codes = extraction["codes"].get(column, {})
    cells = [str(one.get(column) or "") for one in extraction["studies"] if one["study_id"] in studies]
    return [f"{cell} {codes[cell]['label']}" if cell in codes else cell for cell in cells]


def _reported(extraction: Mapping[str, Any]) -> dict[str, dict[str, int | None]]:
    """Outcome of the table of outcomes -> study -> the patients measured, None where the study does not say."""
    made: dict[str, dict[str, int | None]] = {}
    for study in extraction["studies"]:
        by_outcome: dict[str, dict[str, list[Any]]] = {}
        for row in study["parts"].get(OUTCOMES, []):
            arms = by_outcome.setdefault(str(row.get("outcome")), {})
            arms.setdefault(str(row.get("arm") or ""), []).append(row.get("n_analyzed"))
        for outcome, arms in by_outcome.items():
            # Of several time points the one at which most were measured.
            sizes = [max((int(n) for n in numbers if n is not None), default=None) for numbers in arms.values()]
            whole = None if None in sizes else sum(size for size in sizes if size is not None)
            made.setdefault(outcome, {})[study["study_id"]] = whole
    return made


def _outcome(
    row: Row,
    rating: Rating,
    analysis: Mapping[str, Any] | None,
    reported: Mapping[str, int | None],
    settings: Plain | Any,
) -> Plain:
    made: Plain = {
        "name": name_of(row["outcome"]),
        "outcome": row["outcome"],
        "title": row["title"] or (analysis["title"] if analysis else row["outcome"]),
        "importance": row["importance"],
        "rating": _rating(rating),
        "comments": row["comments"],
        "finding": row["effect"],
        "risk_source": row["assumed_risk_source"],
    }
    if analysis is None:
        sizes = list(reported.values())
        known = None if None in sizes else sum(size for size in sizes if size is not None)
        return {**made, "pooled": False, "studies": list(reported), "participants": known}
    stated = row["assumed_risk"]
    made |= {"pooled": True, **{key: analysis[key] for key in TAKEN}}
    made["effect"] = {end: analysis["pooled"][end] for end in ("estimate", "low", "high")}
    effect = absolute(analysis, settings["assumed_risk"], None if stated is None else stated / settings["per"])
    made["absolute"] = _absolute(effect) if effect else None
    made["comparison_means"] = comparison_means(analysis)
    return made


def _rating(rating: Rating) -> Plain:
    steps = {
        step.domain.name: {"answer": step.answer, "levels": step.levels, "reason": step.reason} for step in rating.steps
    }
    certainty = rating.certainty
    return {
        "start": rating.start,
        "steps": steps,
        "summed": rating.summed,
        "certainty": certainty,
        "symbols": symbols(certainty) if certainty else "",
        "reason": rating.reason,
        "pending": rating.pending,
    }


def _absolute(one: Absolute) -> Plain:
    return {**asdict(one), "difference": one.difference}


def footnotes(outcomes: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[list[str]]]:
    """(the notes in the order of their letters, the letters of each outcome): one note for what outcomes share."""
    notes: list[str] = []
    marks = []
    for outcome in outcomes:
        own = list(_reasons(outcome["rating"]))
        notes += [text for text in own if text not in notes]
        marks.append([letter(notes.index(text)) for text in own])
    return notes, marks


def letter(number: int) -> str:
    """a, b, …, z, aa, bb: the mark of a note."""
    return "abcdefghijklmnopqrstuvwxyz"[number % 26] * (number // 26 + 1)


_LEVELS = {1: "one level", 2: "two levels", 3: "three levels"}


def moves(rating: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(what moved the certainty: `rated down two levels for imprecision`, why) of each step that moves it."""
    for domain in DOMAINS:
        step = rating["steps"][domain.name]
        if step["levels"]:
            direction = "down" if step["levels"] < 0 else "up"
            yield f"rated {direction} {_LEVELS[abs(step['levels'])]} for {domain.words}", step["reason"]


def _reasons(rating: Mapping[str, Any]) -> Iterator[str]:
    for move, reason in moves(rating):
        yield _sentence(f"{move[:1].upper()}{move[1:]}{f': {reason}' if reason else ''}")
    if rating["reason"]:
        yield _sentence(rating["reason"])


def _sentence(text: str) -> str:
    return f"{text.rstrip(' .')}."
