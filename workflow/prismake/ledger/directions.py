"""Values of outcomes that are counted by direction of effect and not pooled, and what the methods say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prismake.common.errors import counted
from prismake.common.notation import PLAIN_NOTATION, Notation, number_text
from prismake.common.values import OWN, Tree, Value, count, noun
from prismake.ledger.meta_methods import listing
from prismake.ledger.records import STUDY
from prismake.ledger.studies import MISSING, listed

Plain = Mapping[str, Any]
EFFECT = noun("effects")
HOW = "vote counting by direction of effect"


def direction_values(document: Plain, table: str, notation: Notation = PLAIN_NOTATION) -> Tree:
    """`directions.NAME` of each outcome and `methods.directions`; `table` is the file of the outcomes."""
    made = document["outcomes"]
    files = (table,) if table else ()
    values = {name: _outcome(one, files, notation) for name, one in made.items()}
    ids = tuple(dict.fromkeys(row["study"] for one in made.values() for row in one["rows"]))
    paragraph = Value(_paragraph(list(made.values())), "text", "how effects were counted", studies=ids)
    return {"directions": values, "methods": {"directions": paragraph}}


def vote_values(votes: Plain, arms: Sequence[str], more: Mapping[str, Any], notation: Notation) -> Any:
    """The votes for an arm with their sign test, or as a text why there are none; `more` is what the values carry."""
    if "refused" in votes:
        return Value(votes["refused"], "text", f"why there is no {HOW}", **more)
    clear, p = votes["favour"] + votes["against"], notation.p_value(votes["p"])
    words = f"{votes['favour']} of {counted(clear, *EFFECT)} favour {' or '.join(arms) or 'the intervention'}"
    share = {"estimate": votes["proportion"], **votes["ci"]}
    ends = {
        end: Value(share[end] * 100, "measure", f"{end} of the share of effects, {HOW}", "%", places=0, **more)
        for end in ("estimate", "low", "high")
    }
    return {
        OWN: Value(f"{words} (sign test, {p})", "text", HOW, **more),
        "favour": count(votes["favour"], f"effects that favour the arm, {HOW}", EFFECT, **more),
        "against": count(votes["against"], f"effects that favour the other arm, {HOW}", EFFECT, **more),
        "unclear": count(votes["unclear"], f"effects without a direction, {HOW}", EFFECT, **more),
        "p": Value(p, "text", f"sign test, {HOW}", **more),
        "share": ends,
    }


def _outcome(one: Plain, files: tuple[str, ...], notation: Notation) -> Tree:
    studies = tuple(row["study"] for row in one["rows"])
    more: dict[str, Any] = {"files": files, "studies": studies}
    values = vote_values(one["votes"], one["arm"], more, notation)
    values = values if isinstance(values, dict) else {OWN: values}
    values["n_studies"] = count(len(studies), f"studies of {one['title']}, {HOW}", STUDY, **more)
    sizes = [row["participants"] for row in one["rows"]]
    if None not in sizes:
        how = f"participants of the studies of {one['title']}"
        values["participants"] = count(sum(sizes), how, noun("participants"), noun("patients"), **more)
    missing = {"files": files, "roles": (MISSING,)}
    left = [row["study"] for row in one["undetermined"]]
    values["undetermined"] = listed(left, f"studies of {one['title']} without a direction", **missing)
    values["not_reported"] = listed(one["not_reported"], f"studies that do not report {one['title']}", **missing)
    return values


def _paragraph(made: Sequence[Plain]) -> str:
    """What the methods section says: metric, method, what it leaves aside, how direction was told (SWiM 2 to 4)."""
    titles = listing([one["title"] for one in made])
    sources = {row["source"] for one in made for row in one["rows"]}
    ways = {
        "stated": "as the report or the extractors state it",
        "effect": "by the side of no effect on which the reported effect lies",
        "figures": "by the means, medians or percentages of the two arms",
    }
    level = number_text(made[0]["level"], 0)
    sentences = [
        f"Results on {titles} were not pooled; effects were synthesised by vote counting based on their direction.",
        f"The direction in each study was taken {', or '.join(ways[key] for key in ways if key in sources)}, "
        "whatever the size of the effect and its statistical significance; results that point both ways are unclear.",
        "The number of effects that favour the intervention was compared with an even split by a two-sided sign test, "
        f"and its share is given with a {level}% Wilson interval.",
        "Vote counting says nothing of how large effects are, and gives each study the same weight.",
    ]
    return " ".join(sentences)
