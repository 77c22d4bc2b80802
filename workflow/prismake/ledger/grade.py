"""Values of GRADE: the certainty of the evidence on each outcome, why it is so, and absolute effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prismake.common.notation import PLAIN_NOTATION, Notation
from prismake.common.results.synthesis import GRADE
from prismake.common.values import OWN, Tree, Value, count, noun
from prismake.grade.absolute import ENDS
from prismake.grade.domains import LEVELS, words
from prismake.grade.evidence import moves
from prismake.grade.tables import difference_text, places_of, risk_text
from prismake.ledger.meta_methods import listing

Plain = Mapping[str, Any]

OUTCOME = noun("outcomes")


def grade_values(document: Plain, judgements: str, notation: Notation = PLAIN_NOTATION) -> Tree:
    """`grade.NAME` of each outcome, `grade.levels`, and `methods.grade`; `judgements` is the file of the judgements."""
    outcomes = document["outcomes"]
    values: Tree = {one["name"]: _outcome(one, document["per"], judgements, notation) for one in outcomes}
    values |= {name: Value(f"grade.{name}", "awaited", why) for name, why in document["awaited"].items()}
    values.setdefault("levels", {level: _level(outcomes, level, judgements) for level in reversed(LEVELS)})
    return {"grade": values, "methods": {"grade": Value(_methods(outcomes), "text", "how certainty was rated")}}


def _level(outcomes: Sequence[Plain], level: str, judgements: str) -> Value:
    number = sum(one["rating"]["certainty"] == level for one in outcomes)
    how = f"outcomes whose evidence is of {words(level)} certainty"
    return count(number, how, OUTCOME, files=(judgements,), roles=((*level.split("_"), "certainty"),))


def _outcome(one: Plain, per: int, judgements: str, notation: Notation) -> Tree:
    rating, title = one["rating"], one["title"]
    more: dict[str, Any] = {"files": (judgements, GRADE.path), "studies": tuple(one["studies"])}
    level = words(rating["certainty"])
    values: Tree = {"title": Value(title, "text", "the outcome", **more)}
    if level:
        how = f"certainty of the evidence on {title} by GRADE"
        why = listing([f"{move} ({reason})" if reason else move for move, reason in moves(rating)])
        values |= {
            OWN: Value(f"{level} certainty", "text", how, **more),
            "certainty": Value(level, "text", how, **more),
            "symbols": Value(rating["symbols"], "text", how, **more),
            "start": Value(words(rating["start"]), "text", f"where the certainty on {title} starts", **more),
            "reasons": Value(why or "not rated down or up", "text", f"why: {how}", **more),
        }
    else:
        why = f"not judged yet: {', '.join(rating['pending'])}"
        values |= {name: Value(f"grade.{one['name']}", "awaited", why) for name in (OWN, "certainty", "reasons")}
    if one["pooled"] and one["absolute"]:
        values |= _risks(one, per, more, notation)
    return values


def _risks(one: Plain, per: int, more: Mapping[str, Any], notation: Notation) -> Tree:
    effect, title = one["absolute"], one["title"]
    places, unit = places_of(effect, per), f"per {per:,}"
    what = f"risk of {title} with {' or '.join(one['arm']) or 'the intervention'}"

    def measured(risk: float, how: str, unit: str) -> Value:
        return Value(risk * per, "measure", how, unit=unit, places=places, **more)

    expected, change = effect["expected"], effect["difference"]
    ends = {end: measured(expected[end], f"{end} of the {what}", unit) for end in ENDS}
    values: Tree = {"risk": {OWN: Value(risk_text(effect, per, notation), "text", what, **more), **ends}}
    if effect["assumed"] is not None:
        source = {"stated": one["risk_source"]}.get(effect["source"], f"{effect['source']} of the comparison groups")
        values["assumed_risk"] = measured(effect["assumed"], f"risk of {title} with the comparison: {source}", unit)
        how = f"absolute effect on {title}"
        ends = {
            end: measured(abs(change[end]), f"{end} of the {how}", f"{'fewer' if change[end] < 0 else 'more'} {unit}")
            for end in ENDS
        }
        values["difference"] = {OWN: Value(difference_text(effect, per), "text", how, **more), **ends}
    return values


def _methods(outcomes: Sequence[Plain]) -> str:
    """What the methods section says of the ratings."""
    sentences = [
        "The certainty of the evidence on each outcome was rated as high, moderate, low, or very low with GRADE, by "
        "risk of bias, inconsistency, indirectness, imprecision, and publication bias."
    ]
    starts = {one["rating"]["start"]: one["title"] for one in outcomes}
    if starts.get("high"):
        sentences.append("Evidence from randomized trials started as high.")
    if starts.get("low"):
        sentences.append("Evidence from other studies started as low and could be rated up.")
    sources = {one["absolute"]["source"] for one in outcomes if one["pooled"] and one["absolute"]}
    rules = {
        "median": "the median risk of the comparison groups",
        "pooled": "the risk of all comparison groups together",
        "stated": "a risk from another source",
    }
    based = [rules[one] for one in ("median", "pooled", "stated") if one in sources]
    if based:
        sentences.append(f"Absolute effects apply the relative effect to {' or '.join(based)}.")
    return " ".join(sentences)
