"""The printed tables of GRADE: the summary of findings, and the evidence profile with the judgement on each domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prismake.common.errors import counted
from prismake.common.escaping import escape
from prismake.common.notation import Notation, number_text
from prismake.grade.absolute import ENDS
from prismake.grade.domains import DOMAINS, LEVELS, symbols, words
from prismake.grade.evidence import footnotes, letter

Plain = Mapping[str, Any]
Column = dict[str, Any]

DASH = "–"
PENDING = "To be judged"
# What the engine's own words abbreviate; a review's list of abbreviations goes before.
ABBREVIATIONS = {
    "CI": "confidence interval",
    "GRADE": "Grading of Recommendations, Assessment, Development and Evaluation",
    "HR": "hazard ratio",
    "IRR": "incidence rate ratio",
    "MD": "mean difference",
    "OR": "odds ratio",
    "RD": "risk difference",
    "RR": "risk ratio",
    "SD": "standard deviation",
    "SMD": "standardised mean difference",
}
SHORT = {
    "RR": "RR",
    "OR": "OR",
    "PETO": "Peto OR",
    "HR": "HR",
    "IRR": "IRR",
    "ROM": "Ratio of means",
    "DOR": "Diagnostic OR",
}
_MEANING = {
    "high": "We are very confident that the true effect lies close to the estimate.",
    "moderate": "The true effect is probably close to the estimate, but may be substantially different.",
    "low": "The true effect may be substantially different from the estimate.",
    "very_low": "The true effect is likely to be substantially different from the estimate.",
}


def findings_rows(document: Plain, notation: Notation) -> list[dict[str, Any]]:
    """The rows of the summary of findings, from the content of results/grade.json."""
    outcomes = document["outcomes"]
    _, marks = footnotes(outcomes)
    return [
        {
            "study_id": one["name"],
            "outcome": [one["title"], *([str(one["time"])] if one.get("time") else []), *_important(one)],
            **_effects(one, document["per"], notation),
            "participants": participants(one),
            "certainty": certainty_words(one["rating"]),
            "marks": own,
            "comments": one["comments"] or "",
        }
        for one, own in zip(outcomes, marks, strict=True)
    ]


def _important(one: Plain) -> list[str]:
    return [f"({one['importance']})"] if one["importance"] else []


def participants(one: Plain) -> str:
    """`357,347 (13 studies)`; the studies alone where one does not say how many it measured."""
    studies = counted(len(one["studies"]), "study", "studies")
    return studies if one["participants"] is None else f"{number_text(one['participants'], 0)} ({studies})"


def certainty_words(rating: Plain) -> list[str]:
    """The signs and the level, a line each."""
    level = rating["certainty"]
    return [symbols(level), words(level).capitalize()] if level else [PENDING]


def places_of(effect: Plain, per: int) -> int:
    """The decimal places of an outcome's risks: one where a risk is below ten per 1,000."""
    risks = [risk for risk in (effect["assumed"], effect["expected"]["estimate"]) if risk is not None]
    return int(min(risks) * per < 10)


def per_many(risk: float, per: int, places: int) -> str:
    """A risk as a number per 1,000, or per as many people as `per` says."""
    return number_text(risk * per, places)


def assumed_text(effect: Plain, per: int) -> str:
    """`16 per 1,000`: the risk with the comparison."""
    return f"{per_many(effect['assumed'], per, places_of(effect, per))} per {per:,}"


def risk_text(effect: Plain, per: int, notation: Notation) -> str:
    """`25 per 1,000 (17 to 36)`: the risk with the intervention."""
    places, expected = places_of(effect, per), effect["expected"]
    estimate, low, high = (per_many(expected[end], per, places) for end in ENDS)
    return f"{estimate} per {per:,} ({notation.ends(low, high)})"


def difference_text(effect: Plain, per: int) -> str:
    """`26 fewer per 1,000 (34 fewer to 15 fewer)`: what the intervention adds to the assumed risk."""
    places, change = places_of(effect, per), effect["difference"]
    estimate, low, high = (per_many(abs(change[end]), per, places) for end in ENDS)
    less, least, most = ("fewer" if change[end] < 0 else "more" for end in ENDS)
    return f"{estimate} {less} per {per:,} ({low} {least} to {high} {most})"


def _effects(one: Plain, per: int, notation: Notation) -> dict[str, Any]:
    if not one["pooled"]:
        return {"risk_without": DASH, "risk_with": DASH, "relative": one["finding"] or "Not pooled"}
    return {**_absolute(one, per, notation), "relative": _relative(one, notation)}


def _absolute(one: Plain, per: int, notation: Notation) -> dict[str, Any]:
    effect = one["absolute"]
    if effect:
        if effect["assumed"] is None:
            return {"risk_without": DASH, "risk_with": risk_text(effect, per, notation)}
        change = difference_text(effect, per)
        return {"risk_without": assumed_text(effect, per), "risk_with": [risk_text(effect, per, notation), change]}
    if one["measure"] in ("MD", "SMD"):
        unit = "" if one["measure"] == "MD" else " SD"
        return {"risk_without": _means(one), "risk_with": f"{_shift(one, unit)}"}
    if one["measure"] == "MN":
        return {"risk_without": DASH, "risk_with": _interval(one, notation)}
    return {"risk_without": DASH, "risk_with": DASH}


def _means(one: Plain) -> str:
    if not one["comparison_means"]:
        return DASH
    low, high = (number_text(mean, one["decimals"]) for mean in one["comparison_means"])
    return f"Mean {low}" if low == high else f"Means from {low} to {high}"


def _shift(one: Plain, unit: str) -> str:
    """`MD 15.12 lower (23.40 lower to 6.84 lower)`: a difference of means in words."""
    estimate, low, high = (_moved(one["effect"][end], one["decimals"], unit) for end in ("estimate", "low", "high"))
    return f"{one['measure']} {estimate} ({low} to {high})"


def _moved(number: float, places: int, unit: str) -> str:
    return f"{number_text(abs(number), places)}{unit} {'lower' if number < 0 else 'higher'}"


def _interval(one: Plain, notation: Notation) -> str:
    estimate, low, high = (number_text(one["effect"][end], one["decimals"]) for end in ("estimate", "low", "high"))
    return f"{estimate} ({notation.ends(low, high)})"


def _relative(one: Plain, notation: Notation) -> str:
    if one["measure"] in SHORT:
        return f"{SHORT[one['measure']]} {_interval(one, notation)}"
    if one["measure"] in ("MD", "SMD", "MN") or one["absolute"]:
        return DASH
    return f"{one['noun'].capitalize()} {_interval(one, notation)}"


def profile_rows(document: Plain) -> list[dict[str, Any]]:
    """The rows of the evidence profile."""
    outcomes = document["outcomes"]
    _, marks = footnotes(outcomes)
    return [
        {
            "study_id": one["name"],
            "outcome": one["title"],
            "studies": str(len(one["studies"])),
            "start": words(one["rating"]["start"]).capitalize() or PENDING,
            **{domain.name: _judged(one["rating"], domain.name) for domain in DOMAINS if domain.lowers},
            "raised": _raised(one["rating"]),
            "certainty": certainty_words(one["rating"]),
            "marks": own,
        }
        for one, own in zip(outcomes, marks, strict=True)
    ]


def _judged(rating: Plain, name: str) -> str:
    return words(rating["steps"][name]["answer"]).capitalize() or PENDING


def _raised(rating: Plain) -> str | list[str]:
    raised = [
        f"{domain.words[:1].upper()}{domain.words[1:]} (+{rating['steps'][domain.name]['levels']})"
        for domain in DOMAINS
        if rating["steps"][domain.name]["levels"] > 0
    ]
    return raised or "None"


def notes(document: Plain) -> list[str]:
    """The reasons of the steps with their letters, as Markdown."""
    texts, _ = footnotes(document["outcomes"])
    return [f"^{letter(number)}^ {escape(text)}" for number, text in enumerate(texts)]


def findings_notes(document: Plain) -> list[str]:
    """The notes of the summary of findings: the reasons, what the risks rest on, what the levels mean."""
    return [*notes(document), *_risk_notes(document), *_level_notes(document["outcomes"])]


def _risk_notes(document: Plain) -> Iterator[str]:
    sources = {one["absolute"]["source"] for one in document["outcomes"] if one["pooled"] and one["absolute"]}
    rules = {
        "median": "the median risk of the comparison groups",
        "pooled": "the risk of all comparison groups together",
    }
    based = [text for rule, text in rules.items() if rule in sources]
    if based:
        yield (
            f"The risk with the comparison is {based[0]} of the pooled studies; that with the intervention follows "
            "from it and the relative effect."
        )
    stated = {escape(one["risk_source"]): None for one in document["outcomes"] if one["risk_source"]}
    if stated:
        yield f"Risks with the comparison that are not from the pooled studies: {'; '.join(stated)}."


def _level_notes(outcomes: Sequence[Plain]) -> Iterator[str]:
    used = {one["rating"]["certainty"] for one in outcomes}
    texts = [f"{words(level).capitalize()} certainty: {_MEANING[level]}" for level in reversed(LEVELS) if level in used]
    if texts:
        yield " ".join(texts)
